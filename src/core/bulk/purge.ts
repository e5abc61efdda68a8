import type { Store } from '../../storage/store.ts'
import type { Instant } from '../instant.ts'
import { PURGE_JOBS } from './store.ts'

/** Jobs that one statement forgets, each with up to 10,000 rows of what came of tickets. */
const PURGE_CHUNK = 10

/** Forgets jobs of a tenant that ended before a time: they cannot be taken back any more. */
export async function purgeJobs(store: Pick<Store, 'run'>, tenantId: string, before: Instant): Promise<void> {
  for (;;) {
    const rows = await store.run(PURGE_JOBS.with({ tenant_id: tenantId, before, limit: PURGE_CHUNK }))
    if (rows.length < PURGE_CHUNK) return
  }
}
