import type { Store } from '../../storage/store.ts'
import type { Instant } from '../instant.ts'
import { PURGE } from './store.ts'

/** Forgets the buckets that nobody used since a time. @returns how many. */
export async function purgeBuckets(store: Pick<Store, 'run'>, tenantId: string, before: Instant): Promise<number> {
  const rows = await store.run(PURGE.with({ tenant_id: tenantId, before: Date.parse(before) * 1_000 }))
  return rows.length
}
