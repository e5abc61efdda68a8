import { LRUCache } from 'lru-cache'
import type { Instant } from './instant.ts'

/** Things whose beginning lies ahead of the clock are remembered, so many at the most. */
const MAXIMUM_REMEMBERED = 20_000

/**
 * How long ago things began, also when the clock went back since: then what lies ahead of it counts from when this process
 * met it first. So nothing waits or holds for as long as the clock jumped, and no server that is behind shortens what
 * another wrote: nothing of it is kept in the store.
 */
export interface Ages {
  /** Milliseconds since `began`. @param name what it is, unique with the time it began. */
  of(name: string, began: Instant, now: Instant): number
  /** Whether what was to hold from one time to another has ended. */
  hasEnded(name: string, span: { readonly from: Instant; readonly until: Instant }, now: Instant): boolean
}

export function openAges(): Ages {
  const met = new LRUCache<string, number>({ max: MAXIMUM_REMEMBERED })

  function of(name: string, began: Instant, now: Instant): number {
    const at = Date.parse(now)
    const age = at - Date.parse(began)
    if (age >= 0) return age
    const key = `${name} ${began}`
    // The clock may go back more than once.
    const since = Math.min(met.get(key) ?? at, at)
    met.set(key, since)
    return at - since
  }

  return {
    of,
    hasEnded: (name, { from, until }, now) => of(name, from, now) >= Date.parse(until) - Date.parse(from),
  }
}
