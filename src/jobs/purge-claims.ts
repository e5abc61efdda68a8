import { purgeClaims } from '../core/idempotency/purge.ts'
import { listTenants } from '../core/tenants/queries.ts'
import type { Store } from '../storage/store.ts'

/** For how long a retried request gets its first answer, in milliseconds: a week, longer than any client retries. */
const KEPT_MS = 7 * 86_400_000

/** Forgets idempotency keys that nobody retries any more. */
export async function purgeOldClaims(store: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS).toISOString()
  const tenants = await listTenants(store)
  for (const tenant of tenants) await purgeClaims(store, tenant.id, before)
}
