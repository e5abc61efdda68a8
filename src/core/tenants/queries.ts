import type { Store } from '../../storage/store.ts'
import type { Instant } from '../instant.ts'
import { LIST_TENANTS, LOCK_FIRST_START } from './store.ts'

/** A tenant as its operator sees it. */
export interface ListedTenant {
  readonly id: string
  readonly name: string
  /** Since when nobody of it gets in; null while they do. */
  readonly retiredAt: Instant | null
}

/** Every tenant, the first made first: for whoever runs the server, and for what goes through all of them. */
export async function listTenants(store: Pick<Store, 'run'>): Promise<readonly ListedTenant[]> {
  const rows = await store.run(LIST_TENANTS.with({}))
  return rows.map(({ tenant_id: id, name, retired_at }) => ({
    id,
    name,
    retiredAt: retired_at === null ? null : new Date(retired_at).toISOString(),
  }))
}

/**
 * Whether there is no tenant yet. To be asked in a transaction: until it ends no other process is told so, and two on one
 * empty store make one demo.
 */
export async function isFirstStart(store: Pick<Store, 'run'>): Promise<boolean> {
  await store.run(LOCK_FIRST_START.with({}))
  return (await listTenants(store)).length === 0
}
