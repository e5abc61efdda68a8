import type { Store } from '../../storage/store.ts'
import { DUE, DUE_PEOPLE, MERGE, REBUILD, REBUILD_PEOPLE, TENANTS_DUE } from './store.ts'
import { keysOf } from './words.ts'

/** Tickets of one statement. */
const CHUNK = 200
/** Of those whose texts are read. */
const REBUILT = 20

/** The tenants in which keys are due, or more than `beyond` writes are not merged. */
export async function tenantsDue(store: Pick<Store, 'run'>, beyond: number): Promise<readonly string[]> {
  return (await store.run(TENANTS_DUE.with({ beyond }))).map(({ tenant_id }) => tenant_id)
}

/**
 * Makes what was said lately on some tickets of a tenant searched by blocks, where more than `beyond` is not. Nothing is
 * found by it that was not found before, only sooner. It can end at any time, and several may be at it.
 *
 * @returns how many tickets; fewer than asked for when there are no more, or others are at work on them.
 */
export async function mergeSome(
  store: Pick<Store, 'run'>,
  tenantId: string,
  limit = CHUNK,
  beyond = 0,
): Promise<number> {
  return (await store.run(MERGE.with({ tenant_id: tenantId, limit, beyond }))).length
}

/**
 * Makes the keys of some tickets anew of what they say now: of tickets older than the search, and of those of which words
 * were erased. Which are left is told by their rows alone, so that it can end at any time.
 *
 * @returns how many were looked at; none when there are no more.
 */
export async function rebuildSome(store: Pick<Store, 'run'>, tenantId: string, limit = REBUILT): Promise<number> {
  const rows = await store.run(DUE.with({ tenant_id: tenantId, limit }))
  if (rows.length === 0) return 0
  const tickets = rows.map(({ texts, ...row }) => ({ ...row, keys: keysOf(texts) }))
  await store.run(REBUILD.with({ tenant_id: tenantId, tickets }))
  return rows.length
}

/**
 * Makes the keys of some people anew of what they are called now: of those older than these keys, and of those who were
 * called something else.
 *
 * @returns how many were looked at; none when there are no more.
 */
export async function rebuildPeople(store: Pick<Store, 'run'>, tenantId: string, limit = CHUNK): Promise<number> {
  const rows = await store.run(DUE_PEOPLE.with({ tenant_id: tenantId, limit }))
  if (rows.length === 0) return 0
  const people = rows.map(({ user_id, mark, texts }) => ({ user_id, mark, keys: keysOf(texts) }))
  await store.run(REBUILD_PEOPLE.with({ tenant_id: tenantId, people }))
  return rows.length
}
