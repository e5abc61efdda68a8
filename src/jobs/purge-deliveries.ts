import { PURGE_DELIVERIES, TENANTS_WITH_WEBHOOKS } from '../core/webhooks/store.ts'
import type { Store } from '../storage/store.ts'

const DAY_MS = 86_400_000
/** For how long the log keeps what was delivered, in days. */
const DELIVERED_DAYS = 14
/** For how long what was given up can be replayed, in days. */
const DEAD_DAYS = 90

/** Forgets deliveries that nobody asks for any more, with their logs. */
export async function purgeOldDeliveries(store: Store, now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString()
  const tenants = await store.run(TENANTS_WITH_WEBHOOKS.with({}))
  for (const { tenant_id } of tenants)
    await store.run(
      PURGE_DELIVERIES.with({
        tenant_id,
        delivered_before: before(DELIVERED_DAYS),
        given_up_before: before(DEAD_DAYS),
      }),
    )
}
