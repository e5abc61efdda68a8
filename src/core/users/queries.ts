import { demandTenantWide } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { LIST_USERS, USER_BY_EXTERNAL_ID, USERS_BY_ID, USERS_BY_INTEGER, USERS_BY_MEMBERSHIP, userOf } from './store.ts'
import type { UserSummary } from './user.ts'

/** Those of the users that exist in the tenant, by UUID. */
export async function findUsers(
  ctx: Pick<Context, 'store' | 'tenant'>,
  ids: readonly string[],
): Promise<readonly UserSummary[]> {
  if (ids.length === 0) return []
  return (await ctx.store.run({ statement: USERS_BY_ID, values: [ctx.tenant.id, ids] })).map(userOf)
}

/** Those of the users that exist in the tenant, by integer. */
export async function findUsersByInteger(ctx: Context, integers: readonly number[]): Promise<readonly UserSummary[]> {
  if (integers.length === 0) return []
  return (await ctx.store.run({ statement: USERS_BY_INTEGER, values: [ctx.tenant.id, integers] })).map(userOf)
}

/** The user that a client's own system knows by an id on a desk. */
export async function findUserByExternalId(
  ctx: Context,
  deskId: string,
  externalId: string,
): Promise<UserSummary | null> {
  const [row] = await ctx.store.run({ statement: USER_BY_EXTERNAL_ID, values: [ctx.tenant.id, deskId, externalId] })
  return row ? userOf(row) : null
}

/** The users behind membership ids, by membership id; unknown ones are absent. */
export async function findUsersByMembership(
  ctx: Context,
  membershipIds: readonly string[],
): Promise<ReadonlyMap<string, UserSummary>> {
  if (membershipIds.length === 0) return new Map()
  const rows = await ctx.store.run({ statement: USERS_BY_MEMBERSHIP, values: [ctx.tenant.id, membershipIds] })
  return new Map(rows.map((row) => [row.membership_id, userOf(row)]))
}

/** Which users a list holds. `query` is looked for in name, address and telephone. */
export interface UserListing {
  readonly query?: string
  readonly activeOnly: boolean
  /** Only people who work on some desk. */
  readonly agentsOnly: boolean
  readonly offset: number
  readonly limit: number
}

/** A page of users in the order of their integers, and how many there are in all. @throws Refusal `forbidden` */
export async function listUsers(
  ctx: Context,
  listing: UserListing,
): Promise<{ readonly users: readonly UserSummary[]; readonly total: number }> {
  demandTenantWide(ctx.actor, 'user.read')
  const pattern = listing.query ? `%${listing.query.replace(/[\\%_]/g, '\\$&')}%` : null
  const values = [ctx.tenant.id, pattern, listing.activeOnly, listing.agentsOnly, listing.limit, listing.offset]
  const rows = await ctx.store.run({ statement: LIST_USERS, values })
  return { users: rows.map(userOf), total: rows[0]?.total ?? 0 }
}
