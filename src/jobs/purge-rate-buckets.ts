import { purgeBuckets } from '../core/limits/purge.ts'
import { listTenants } from '../core/tenants/queries.ts'
import type { Store } from '../storage/store.ts'

/** For how long an unused bucket is kept, in milliseconds; it is full after a second. */
const KEPT_MS = 3_600_000

/** Forgets the rate buckets of credentials and addresses that do not call any more. */
export async function purgeOldRateBuckets(store: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS).toISOString()
  const tenants = await listTenants(store)
  for (const tenant of tenants) await purgeBuckets(store, tenant.id, before)
}
