import type { Administration, Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demandTenantWide, may, reachesDesk, worksOn } from '../identity/actor.ts'
import { findLiving } from '../identity/queries.ts'
import { asReached, reachesEverybody, reachesPerson } from '../identity/reach.ts'
import { userOf } from '../identity/rows.ts'
import type { Address, Member, UserProfile, UserSummary } from '../identity/user.ts'
import { demandShortQuery, patternsOf } from '../patterns.ts'
import { addressKey, composed, earlierKey } from '../spelling.ts'
import {
  COUNT_CUSTOMERS,
  COUNT_USERS,
  ERASED,
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
  USER_BY_EMAIL,
  USER_BY_EXTERNAL_ID,
  USERS_BY_INTEGER,
  USERS_BY_MEMBERSHIP,
} from './store.ts'

/** The id of the person who has owned the tenant for longest and may still get in; null when services alone do. */
export async function findOwner(ctx: Pick<Context, 'store' | 'tenant'>): Promise<string | null> {
  const [row] = await ctx.store.run(FIRST_OWNER.with({ tenant_id: ctx.tenant.id, but: null }))
  return row?.id ?? null
}

/** Who has an e-mail address, in nobody's reach: none, or the one. */
export async function findByEmail(
  ctx: Pick<Context, 'store' | 'tenant'>,
  address: string,
): Promise<readonly UserSummary[]> {
  const keys = [earlierKey(address), addressKey(address)]
  return (await ctx.store.run(USER_BY_EMAIL.with({ tenant_id: ctx.tenant.id, email_keys: keys }))).map(userOf)
}

/** The first users of a tenant, in nobody's reach, that have a text in their names, addresses or numbers, and how many do. */
export async function listEverybody(
  { store, tenant }: Pick<Context, 'store' | 'tenant'>,
  query: string | undefined,
  limit: number,
): Promise<{ readonly users: readonly UserSummary[]; readonly total: number }> {
  const patterns = query === undefined ? null : patternsOf(query.trim())
  const wanted = { tenant_id: tenant.id, desk_ids: null, patterns, active_only: false, agents_only: false }
  const rows = await store.run(LIST_USERS.with({ ...wanted, after: 0, limit, offset: 0 }))
  return { users: rows.map(userOf), total: await totalOf(store.run(COUNT_USERS.with(wanted))) }
}

/** Those of the users that are in reach and may be named in something new, as the actor sees them, by integer. */
export async function findUsersByInteger(ctx: Context, integers: readonly number[]): Promise<readonly UserSummary[]> {
  if (integers.length === 0) return []
  const users = await ctx.store.run(USERS_BY_INTEGER.with({ tenant_id: ctx.tenant.id, integers }))
  return inReach(ctx, users.map(userOf))
}

/** The same by UUID. */
export async function findUsersInReach(ctx: Context, ids: readonly string[]): Promise<readonly UserSummary[]> {
  return inReach(ctx, await findLiving(ctx, ids))
}

function inReach({ actor }: Context, users: readonly UserSummary[]): readonly UserSummary[] {
  return users.filter((user) => reachesPerson(actor, user)).map((user) => asReached(actor, user))
}

/** The user that a client's own system knows by an id on a desk. */
export async function findUserByExternalId(
  ctx: Context,
  deskId: string,
  externalId: string,
): Promise<UserSummary | null> {
  const [row] = await ctx.store.run(
    USER_BY_EXTERNAL_ID.with({ tenant_id: ctx.tenant.id, desk_id: deskId, external_id: composed(externalId) }),
  )
  return row ? userOf(row) : null
}

/** The users behind membership ids, by membership id; unknown ones are absent. */
export async function findUsersByMembership(
  ctx: Context,
  membershipIds: readonly string[],
): Promise<ReadonlyMap<string, UserSummary>> {
  if (membershipIds.length === 0) return new Map()
  const rows = await ctx.store.run(USERS_BY_MEMBERSHIP.with({ tenant_id: ctx.tenant.id, ids: membershipIds }))
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
  const found = await ctx.store.run(
    MEMBERS_OF_DESK.with({
      tenant_id: ctx.tenant.id,
      desk_id: deskId,
      user_id: own ?? userId ?? null,
      email_key: email === undefined ? null : addressKey(email),
      after,
      limit: limit + 1,
    }),
  )
  const rows = found.map(memberOf)
  const members = rows.slice(0, limit)
  return { members, next: rows.length > limit ? (members.at(-1)?.membership.id ?? null) : null }
}

/** A membership with its user: one's own, or on a desk where one may read users. @throws Refusal `not_found` */
export async function getMember(ctx: Context, membershipId: string): Promise<Member> {
  const [row] = await ctx.store.run(MEMBER_BY_ID.with({ tenant_id: ctx.tenant.id, id: membershipId }))
  const member = row && memberOf(row)
  if (!member || !isMemberInSight(ctx, member)) refuse({ code: 'not_found', missing: 'user' })
  return member
}

function isMemberInSight({ actor }: Context, { membership, user }: Member): boolean {
  if (!reachesDesk(actor, membership.deskId)) return false
  return user.id === actor.user.id || may(actor, 'user.read', membership.deskId)
}

/** Which users a list holds. `query` is looked for in name, address and telephone. */
export interface UserFilter {
  readonly query?: string
  readonly activeOnly: boolean
  /** Only people who work on some desk. */
  readonly agentsOnly: boolean
}

/** Which part of a list of people: after an integer, or by offset for dialects that count pages. */
export type UserPage =
  | { readonly by: 'key'; readonly after: number; readonly limit: number }
  | { readonly by: 'offset'; readonly offset: number; readonly limit: number }

/**
 * A page of the users in reach, in the order of their integers. `next` is the integer to continue after, null on the last
 * page; `total` is how many there are in all, only for pages by offset.
 *
 * @throws Refusal `forbidden`, `invalid` (path `query`)
 */
export async function listUsers(
  ctx: Context,
  filter: UserFilter,
  page: UserPage,
): Promise<{ readonly users: readonly UserSummary[]; readonly next: number | null; readonly total: number | null }> {
  demandTenantWide(ctx.actor, 'user.read')
  const reach = reachesEverybody(ctx.actor) ? null : desksOfWork(ctx)
  const wanted = {
    tenant_id: ctx.tenant.id,
    desk_ids: reach,
    patterns: patternsOrNull(filter.query),
    active_only: filter.activeOnly,
    agents_only: filter.agentsOnly,
  }
  const [after, offset] = page.by === 'key' ? [page.after, 0] : [0, page.offset]
  const [rows, total] = await Promise.all([
    ctx.store.run(LIST_USERS.with({ ...wanted, after, limit: page.limit + 1, offset })),
    page.by === 'key' ? null : totalOf(ctx.store.run(COUNT_USERS.with(wanted))),
  ])
  const users = rows.slice(0, page.limit).map((row) => asReached(ctx.actor, userOf(row)))
  return { users, next: rows.length > page.limit ? (users.at(-1)?.integer ?? null) : null, total }
}

async function totalOf(counting: Promise<readonly { readonly total: number }[]>): Promise<number> {
  const [counted] = await counting
  return counted?.total ?? 0
}

function patternsOrNull(query: string | undefined): readonly string[] | null {
  demandShortQuery(query)
  const sought = query?.trim() ?? ''
  return sought === '' ? null : patternsOf(sought)
}

/** The desks that an actor reaches. */
function desksInReach({ tenant, actor }: Context): readonly string[] {
  return tenant.desks.filter((desk) => reachesDesk(actor, desk.id)).map((desk) => desk.id)
}

/** The desks whose people are there for an actor. */
function desksOfWork({ tenant, actor }: Context): readonly string[] {
  return tenant.desks.filter((desk) => worksOn(actor, desk.id)).map((desk) => desk.id)
}

/** How a user is named. */
export type UserRef = { readonly id: string } | { readonly integer: number }

/** Who is to be erased; without a user when they are already. */
export interface Erasable {
  readonly id: string
  readonly user: UserProfile | null
}

/** Who asks: an actor, or the command line, which is nobody and whom everybody is there for. */
/** All that is known of a user by UUID or integer; null when there is none in reach. @throws Refusal `forbidden` */
export async function findProfile(
  ctx: Pick<Administration, 'store' | 'tenant' | 'actor'>,
  ref: UserRef,
): Promise<UserProfile | null> {
  if (ctx.actor) demandTenantWide(ctx.actor, 'user.read')
  const [ids, integers] = 'id' in ref ? [[ref.id], []] : [[], [ref.integer]]
  const [row] = await ctx.store.run(PROFILES.with({ tenant_id: ctx.tenant.id, ids, integers }))
  const user = row && profileOf(row)
  return user && (ctx.actor === null || reachesPerson(ctx.actor, user)) ? user : null
}

/** All that is known of some users, as far as they are in reach, as the actor sees them. @throws Refusal `forbidden` */
export async function findProfiles(ctx: Context, ids: readonly string[]): Promise<readonly UserProfile[]> {
  demandTenantWide(ctx.actor, 'user.read')
  const rows = await ctx.store.run(PROFILES.with({ tenant_id: ctx.tenant.id, ids, integers: [] }))
  return rows
    .map(profileOf)
    .filter((user) => reachesPerson(ctx.actor, user))
    .map((user) => asReached(ctx.actor, user))
}

/**
 * Whom an erasure is about: a user in reach, or one who was erased before, of whom nothing but the ids is left.
 *
 * @throws Refusal `forbidden`, `not_found`
 */
export async function findErasable(
  ctx: Pick<Administration, 'store' | 'tenant' | 'actor'>,
  ref: UserRef,
): Promise<Erasable> {
  const user = await findProfile(ctx, ref)
  if (user) return { id: user.id, user }
  const [ids, integers] = 'id' in ref ? [[ref.id], []] : [[], [ref.integer]]
  const [erased] = await ctx.store.run(ERASED.with({ tenant_id: ctx.tenant.id, ids, integers }))
  return erased ? { id: erased.id, user: null } : refuse({ code: 'not_found', missing: 'user' })
}

/** Those whom a client's own system knows by an id, on one desk or on any in reach. @throws Refusal `forbidden` */
export async function findProfilesByExternalId(
  ctx: Context,
  externalId: string,
  deskId?: string,
): Promise<readonly UserProfile[]> {
  demandTenantWide(ctx.actor, 'user.read')
  const desks = desksOfWork(ctx).filter((id) => deskId === undefined || id === deskId)
  const values = { tenant_id: ctx.tenant.id, desk_ids: desks, external_id: composed(externalId) }
  return (await ctx.store.run(PROFILES_BY_EXTERNAL_ID.with(values))).map(profileOf)
}

/** Everybody in the tenant who is reached at one of the addresses. */
export async function findProfilesByAddress(
  ctx: Context,
  addresses: readonly Address[],
): Promise<readonly UserProfile[]> {
  if (addresses.length === 0) return []
  const kinds = addresses.map(({ kind }) => kind)
  const keys = addresses.map(({ address }) => addressKey(address))
  return (await ctx.store.run(PROFILES_BY_ADDRESS.with({ tenant_id: ctx.tenant.id, kinds, keys }))).map(profileOf)
}

/** The id of who is known on a desk by an address, of whatever kind; null when nobody is. */
export async function findUserIdByAddress(ctx: Context, deskId: string, address: string): Promise<string | null> {
  const values = { tenant_id: ctx.tenant.id, address_key: addressKey(address), desk_id: deskId }
  const [row] = await ctx.store.run(USER_BY_ANY_ADDRESS.with(values))
  return row?.id ?? null
}

/** A page of the customers of the desks in reach, the oldest first, and how many there are in all. @throws Refusal `forbidden` */
export async function listCustomers(
  ctx: Context,
  listing: { readonly query?: string; readonly offset: number; readonly limit: number },
): Promise<{ readonly customers: readonly UserProfile[]; readonly total: number }> {
  demandTenantWide(ctx.actor, 'user.read')
  const patterns = patternsOrNull(listing.query)
  const wanted = { tenant_id: ctx.tenant.id, desk_ids: desksOfWork(ctx), patterns }
  const [rows, total] = await Promise.all([
    ctx.store.run(LIST_CUSTOMERS.with({ ...wanted, limit: listing.limit, offset: listing.offset })),
    totalOf(ctx.store.run(COUNT_CUSTOMERS.with(wanted))),
  ])
  return { customers: rows.map(profileOf), total }
}
