import { purgeBuckets } from '../core/limits/store.ts'
import { LIST_TENANTS } from '../core/tenants/store.ts'
import type { Store } from '../storage/store.ts'

/** For how long an unused bucket is kept, in milliseconds; it is full after a second. */
const KEPT_MS = 3_600_000

/** Forgets the rate buckets of credentials and addresses that do not call any more. */
export async function purgeOldRateBuckets(store: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS).toISOString()
  const tenants = await store.run(LIST_TENANTS.with({}))
  for (const tenant of tenants) await purgeBuckets(store, tenant.tenant_id, before)
}
