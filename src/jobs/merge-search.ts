import { setTimeout as pause } from 'node:timers/promises'
import { mergeSome, rebuildPeople, rebuildSome, tenantsDue } from '../core/search/merge.ts'
import type { Store } from '../storage/store.ts'

/** For how long one run goes on, in milliseconds; the next one goes on from there. */
const LONGEST_RUN_MS = 300_000
/** So many writes of a tenant are searched one by one. */
const UNMERGED = 500
/** Tickets of one statement. */
const CHUNK = 200

/**
 * Makes keys of search anew that are due, and merges what was said lately: a little of each tenant in turn that has any of
 * it. Rests as long as it worked.
 */
export async function mergeSearch(store: Store, _now: Date, signal: AbortSignal): Promise<void> {
  const until = performance.now() + LONGEST_RUN_MS
  let left = await tenantsDue(store, UNMERGED)
  while (left.length > 0) {
    const more: string[] = []
    for (const tenantId of left) {
      if (signal.aborted || performance.now() > until) return
      const started = performance.now()
      const named = await rebuildPeople(store, tenantId)
      const rebuilt = await rebuildSome(store, tenantId)
      const merged = await mergeSome(store, tenantId, CHUNK, UNMERGED)
      if (named + rebuilt + merged === 0) continue
      more.push(tenantId)
      await pause(performance.now() - started, undefined, { signal }).catch(() => {})
    }
    left = more
  }
}
