import type { Store } from '../../storage/store.ts'
import type { Actor } from '../identity/actor.ts'
import { noteUses } from './store.ts'

/** A use is kept once in so many milliseconds for each credential: an hour. */
const KEPT_EVERY_MS = 3_600_000
/** How long uses are gathered before they are written together, in milliseconds. */
const GATHERED_MS = 60_000
/** Credentials whose last use is remembered; when there are more, uses are only written more often. */
const MAXIMUM_REMEMBERED = 50_000

/** Keeps when each credential was last used, so that an operator sees which one nobody needs any more. */
export interface Uses {
  /** Notes a use. It costs a look into a map; what is to be kept is written later, in the background. */
  note(actor: Actor): void
  /** Writes what was gathered. */
  flush(): Promise<void>
  /** Writes what was gathered, and gathers no more. */
  stop(): Promise<void>
}

/** @param log what could not be written; it is gathered again. */
export function trackUses(store: Store, clock: () => Date, log: (message: string) => void): Uses {
  const notedAt = new Map<string, number>()
  let gathered = new Map<string, Set<string>>()

  async function flush(): Promise<void> {
    const waiting = gathered
    gathered = new Map()
    const now = clock()
    const fresh = new Date(now.getTime() - KEPT_EVERY_MS).toISOString()
    for (const [tenantId, ids] of waiting) {
      await noteUses(store, tenantId, [...ids], { now: now.toISOString(), fresh })
    }
  }
  const quietly = (): Promise<void> =>
    flush().catch((error: unknown) => {
      // The next use of each is noted again.
      notedAt.clear()
      log(`The last uses of credentials were not kept: ${error instanceof Error ? error.message : String(error)}`)
    })
  const timer = setInterval(() => void quietly(), GATHERED_MS).unref()

  return {
    note({ tenantId, credential }) {
      const now = clock().getTime()
      const last = notedAt.get(credential.id)
      if (last !== undefined && Math.abs(now - last) < KEPT_EVERY_MS) return
      if (notedAt.size >= MAXIMUM_REMEMBERED) notedAt.clear()
      notedAt.set(credential.id, now)
      const ofTenant = gathered.get(tenantId)
      if (ofTenant) ofTenant.add(credential.id)
      else gathered.set(tenantId, new Set([credential.id]))
    },
    flush,
    stop() {
      clearInterval(timer)
      return quietly()
    },
  }
}
