import type { Store } from '../../storage/store.ts'
import { MERGE } from './store.ts'

/** Tickets of one statement. */
const CHUNK = 200

/**
 * Makes what was said lately on some tickets of a tenant searched by blocks. Nothing is found by it that was not found
 * before, only sooner. It can end at any time, and several may be at it.
 *
 * @returns how many tickets; fewer than asked for when there are no more, or others are at work on them.
 */
export async function mergeSome(store: Pick<Store, 'run'>, tenantId: string, limit = CHUNK): Promise<number> {
  return (await store.run(MERGE.with({ tenant_id: tenantId, limit }))).length
}
