import { setTimeout as pause } from 'node:timers/promises'
import { countSome, purgeCounts, tenantsBehind } from '../core/reports/consume.ts'
import type { Store } from '../storage/store.ts'

/** For how long one run goes on, in milliseconds; the next one goes on from there. */
const LONGEST_RUN_MS = 300_000

/** Counts for reports what was recorded: a little of each tenant in turn. Rests as long as it worked. */
export async function countReports(store: Store, _now: Date, signal: AbortSignal): Promise<void> {
  const until = performance.now() + LONGEST_RUN_MS
  let left = await tenantsBehind(store)
  while (left.length > 0) {
    const more: string[] = []
    for (const tenantId of left) {
      if (signal.aborted || performance.now() > until) return
      const started = performance.now()
      const isMore = await store.inTurn([`reports of ${tenantId}`], () => countSome({ store, tenantId }))
      if (isMore || (await purgeCounts(store, tenantId))) more.push(tenantId)
      await pause(performance.now() - started, undefined, { signal }).catch(() => {})
    }
    left = more
  }
}
