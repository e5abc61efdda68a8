import { purgeDeliveries } from '../core/webhooks/deliveries/commands.ts'
import { tenantsWithWebhooks } from '../core/webhooks/subscriptions/commands.ts'
import type { Store } from '../storage/store.ts'

const DAY_MS = 86_400_000
/** For how long the log keeps what was delivered, in days. */
const DELIVERED_DAYS = 14
/** For how long what was given up can be replayed, in days. */
const DEAD_DAYS = 90

/** Forgets deliveries that nobody asks for any more, with their logs. */
export async function purgeOldDeliveries(store: Store, now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString()
  const ended = { delivered: before(DELIVERED_DAYS), givenUp: before(DEAD_DAYS) }
  for (const tenantId of await tenantsWithWebhooks(store)) await purgeDeliveries(store, tenantId, ended)
}
