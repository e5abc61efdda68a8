import { demandTenantWide, may, reachesDesk } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demandShortQuery, patternOf } from '../patterns.ts'
import { addressKey } from './rules.ts'
import {
  FIRST_OWNER,
  LIST_CUSTOMERS,
  LIST_USERS,
  MEMBER_BY_ID,
  MEMBERS_OF_DESK,
  memberOf,
  PROFILES,
  PROFILES_BY_ADDRESS,
  PROFILES_BY_EXTERNAL_ID,
  profileOf,
  USER_BY_ANY_ADDRESS,
  USER_BY_EXTERNAL_ID,
  USERS_BY_ID,
  USERS_BY_INTEGER,
  USERS_BY_MEMBERSHIP,
  userOf,
} from './store.ts'
import type { Address, Member, UserProfile, UserSummary } from './user.ts'

/** Those of the users that exist in the tenant, by UUID. */
export async function findUsers(
  ctx: Pick<Context, 'store' | 'tenant'>,
  ids: readonly string[],
): Promise<readonly UserSummary[]> {
  if (ids.length === 0) return []
  return (await ctx.store.run({ statement: USERS_BY_ID, values: [ctx.tenant.id, ids] })).map(userOf)
}

/** The id of the person who has owned the tenant for longest and may still get in; null when services alone do. */
export async function findOwner(ctx: Pick<Context, 'store' | 'tenant'>): Promise<string | null> {
  const [row] = await ctx.store.run({ statement: FIRST_OWNER, values: [ctx.tenant.id] })
  return row?.id ?? null
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

/** Which of a desk's people a list holds, and where it continues: after a membership. */
export interface MemberListing {
  readonly userId?: string
  readonly email?: string
  readonly after: string | null
  readonly limit: number
}

/**
 * A page of the people of a desk in the order of their memberships, and the membership to continue after, null on the
 * last page. Who may not read users there finds only themselves.
 *
 * @throws Refusal `not_found` for a desk out of reach
 */
export async function listMembers(
  ctx: Context,
  deskId: string,
  { userId, email, after, limit }: MemberListing,
): Promise<{ readonly members: readonly Member[]; readonly next: string | null }> {
  if (!desksInReach(ctx).includes(deskId)) refuse({ code: 'not_found', missing: 'desk' })
  const own = may(ctx.actor, 'user.read', deskId) ? undefined : ctx.actor.user.id
  if (own !== undefined && userId !== undefined && userId !== own) return { members: [], next: null }
  const values = [ctx.tenant.id, deskId, own ?? userId ?? null, email?.toLowerCase() ?? null, after, limit + 1]
  const rows = (await ctx.store.run({ statement: MEMBERS_OF_DESK, values })).map(memberOf)
  const members = rows.slice(0, limit)
  return { members, next: rows.length > limit ? (members.at(-1)?.membership.id ?? null) : null }
}

/** A membership with its user: one's own, or on a desk where one may read users. @throws Refusal `not_found` */
export async function getMember(ctx: Context, membershipId: string): Promise<Member> {
  const [row] = await ctx.store.run({ statement: MEMBER_BY_ID, values: [ctx.tenant.id, membershipId] })
  const member = row && memberOf(row)
  if (!member || !isMemberInSight(ctx, member)) refuse({ code: 'not_found', missing: 'user' })
  return member
}

function isMemberInSight({ actor }: Context, { membership, user }: Member): boolean {
  if (!reachesDesk(actor, membership.deskId)) return false
  return user.id === actor.user.id || may(actor, 'user.read', membership.deskId)
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

/** A page of users in the order of their integers, and how many there are in all. @throws Refusal `forbidden`, `invalid` (path `query`) */
export async function listUsers(
  ctx: Context,
  listing: UserListing,
): Promise<{ readonly users: readonly UserSummary[]; readonly total: number }> {
  demandTenantWide(ctx.actor, 'user.read')
  const pattern = patternOrNull(listing.query)
  const { rows, total } = await pageOf(listing, (limit, offset) => {
    const values = [ctx.tenant.id, pattern, listing.activeOnly, listing.agentsOnly, limit, offset]
    return ctx.store.run({ statement: LIST_USERS, values })
  })
  return { users: rows.map(userOf), total }
}

/** A page with the total that every row tells; past the last page, where there is none, the first row is asked. */
async function pageOf<Row extends { readonly total: number }>(
  { limit, offset }: { readonly limit: number; readonly offset: number },
  ask: (limit: number, offset: number) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly total: number }> {
  const rows = await ask(limit, offset)
  const [told] = rows.length > 0 || offset === 0 ? rows : await ask(1, 0)
  return { rows, total: told?.total ?? 0 }
}

function patternOrNull(query: string | undefined): string | null {
  demandShortQuery(query)
  return query ? patternOf(query) : null
}

/** The desks that an actor reaches. */
function desksInReach({ tenant, actor }: Context): readonly string[] {
  return tenant.desks.filter((desk) => reachesDesk(actor, desk.id)).map((desk) => desk.id)
}

/** Whether a user is there for an actor: by a desk that both reach; who is on no desk is there for owners. */
function isInReach(ctx: Context, user: UserSummary): boolean {
  if (user.memberships.length === 0) return ctx.actor.user.isOwner && ctx.actor.credential.deskId === null
  return user.memberships.some(({ deskId }) => reachesDesk(ctx.actor, deskId))
}

/** All that is known of a user by UUID or integer; null when there is none in reach. @throws Refusal `forbidden` */
export async function findProfile(
  ctx: Context,
  ref: { readonly id: string } | { readonly integer: number },
): Promise<UserProfile | null> {
  demandTenantWide(ctx.actor, 'user.read')
  const [ids, integers] = 'id' in ref ? [[ref.id], []] : [[], [ref.integer]]
  const [row] = await ctx.store.run({ statement: PROFILES, values: [ctx.tenant.id, ids, integers] })
  const user = row && profileOf(row)
  return user && isInReach(ctx, user) ? user : null
}

/** Those whom a client's own system knows by an id, on one desk or on any in reach. @throws Refusal `forbidden` */
export async function findProfilesByExternalId(
  ctx: Context,
  externalId: string,
  deskId?: string,
): Promise<readonly UserProfile[]> {
  demandTenantWide(ctx.actor, 'user.read')
  const desks = desksInReach(ctx).filter((id) => deskId === undefined || id === deskId)
  const values = [ctx.tenant.id, desks, externalId]
  return (await ctx.store.run({ statement: PROFILES_BY_EXTERNAL_ID, values })).map(profileOf)
}

/** Everybody in the tenant who is reached at one of the addresses. */
export async function findProfilesByAddress(
  ctx: Context,
  addresses: readonly Address[],
): Promise<readonly UserProfile[]> {
  if (addresses.length === 0) return []
  const values = [ctx.tenant.id, addresses.map(({ kind }) => kind), addresses.map(addressKey)]
  return (await ctx.store.run({ statement: PROFILES_BY_ADDRESS, values })).map(profileOf)
}

/** The id of who is known on a desk by an address, of whatever kind; null when nobody is. */
export async function findUserIdByAddress(ctx: Context, deskId: string, address: string): Promise<string | null> {
  const values = [ctx.tenant.id, address.trim().toLowerCase(), deskId]
  const [row] = await ctx.store.run({ statement: USER_BY_ANY_ADDRESS, values })
  return row?.id ?? null
}

/** A page of the customers of the desks in reach, the oldest first, and how many there are in all. @throws Refusal `forbidden` */
export async function listCustomers(
  ctx: Context,
  listing: { readonly query?: string; readonly offset: number; readonly limit: number },
): Promise<{ readonly customers: readonly UserProfile[]; readonly total: number }> {
  demandTenantWide(ctx.actor, 'user.read')
  const { rows, total } = await pageOf(listing, (limit, offset) => {
    const values = [ctx.tenant.id, desksInReach(ctx), patternOrNull(listing.query), limit, offset]
    return ctx.store.run({ statement: LIST_CUSTOMERS, values })
  })
  return { customers: rows.map(profileOf), total }
}
