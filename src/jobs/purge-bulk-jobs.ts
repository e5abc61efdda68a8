import { purgeJobs } from '../core/bulk/purge.ts'
import { listTenants } from '../core/tenants/queries.ts'
import type { Store } from '../storage/store.ts'

/** For how long a bulk job can be taken back, in milliseconds. */
const KEPT_MS = 30 * 86_400_000

/** Forgets bulk jobs that nobody takes back any more. */
export async function purgeOldBulkJobs(store: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS).toISOString()
  for (const { id } of await listTenants(store)) await purgeJobs(store, id, before)
}
