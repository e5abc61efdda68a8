import { setTimeout as pause } from 'node:timers/promises'
import { createIds } from '../core/ids.ts'
import { renewSome } from '../core/messages/renewal/commands.ts'
import { listTenants } from '../core/tenants/queries.ts'
import type { Store } from '../storage/store.ts'

/** For how long one run goes on, in milliseconds; the next one goes on from there. */
const LONGEST_RUN_MS = 300_000

/**
 * Renders messages again that older rules rendered, a few of each tenant in turn, and rests as long as it worked. Which
 * are left is told by their rows alone, so that it can end at any time.
 */
export async function renewMessages(store: Store, now: Date, signal: AbortSignal): Promise<void> {
  const newId = createIds()
  const until = performance.now() + LONGEST_RUN_MS
  const tenants = await listTenants(store)
  let left = tenants.map(({ id }) => id)
  while (left.length > 0) {
    const more: string[] = []
    for (const tenantId of left) {
      if (signal.aborted || performance.now() > until) return
      const started = performance.now()
      const renewed = await renewSome({ store, tenantId, now: now.toISOString(), newId })
      if (renewed === 0) continue
      more.push(tenantId)
      await pause(performance.now() - started, undefined, { signal }).catch(() => {})
    }
    left = more
  }
}
