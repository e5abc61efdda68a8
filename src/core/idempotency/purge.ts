import type { Store } from '../../storage/store.ts'
import type { Instant } from '../instant.ts'
import { PURGE } from './store.ts'

/** Claims that one statement forgets. */
const PURGE_CHUNK = 1_000

/** Forgets a tenant's claims made before a time. @returns how many. */
export async function purgeClaims(store: Pick<Store, 'run'>, tenantId: string, before: Instant): Promise<number> {
  let purged = 0
  for (;;) {
    const rows = await store.run(PURGE.with({ tenant_id: tenantId, before, limit: PURGE_CHUNK }))
    purged += rows.length
    if (rows.length < PURGE_CHUNK) return purged
  }
}
