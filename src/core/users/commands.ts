import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { type Asked, workedOut } from '../idempotency/asked.ts'
import { callInput } from '../idempotency/claimed.ts'
import { once, orEarlier } from '../idempotency/store.ts'
import type { Address, NewProfile, UserChange, UserProfile } from '../identity/user.ts'
import { keysOfPerson } from '../search/people.ts'
import { addressKey, composed, usernameKey } from '../spelling.ts'
import { inRoundsOfTwins, isHeld } from '../taken.ts'
import { findProfile, findProfilesByAddress, findProfilesByExternalId, type UserRef } from './queries.ts'
import {
  asKept,
  checkFieldCount,
  checkUserChange,
  demandMayChange,
  demandMayGive,
  demandMayMakeOwner,
} from './rules.ts'
import {
  CHANGE_PROFILE,
  CREATE_PROFILE,
  ENSURE_CUSTOMER,
  FIRST_OWNER,
  LEAVE_DESK,
  TICKETS_OF_NOBODY,
  USER_KEPT,
} from './store.ts'

/**
 * Makes sure that a person with an e-mail address exists and is at least a customer of a desk. An existing user's name
 * stays. Safe to repeat and to run at the same time as its twins.
 */
export async function ensureCustomer(
  ctx: Context,
  person: { readonly email: string; readonly name: string; readonly deskId: string },
): Promise<void> {
  await inRoundsOfTwins(() =>
    ctx.store.run(
      ENSURE_CUSTOMER.with({
        tenant_id: ctx.tenant.id,
        email: composed(person.email),
        email_key: addressKey(person.email),
        name: composed(person.name),
        desk_id: person.deskId,
        user_id: ctx.newId(),
        membership_id: ctx.newId(),
        event_id: ctx.newId(),
        actor_id: ctx.actor.user.id,
        credential_id: ctx.actor.credential.id,
        dialect: ctx.dialect,
        request_id: ctx.requestId,
        at: ctx.now,
        search_keys: keysOfPerson(person),
      }),
    ),
  )
}

/** Makes a person or a machine. @throws Refusal `forbidden`, `invalid`, `idempotency_mismatch` */
export async function makeUser(ctx: Context, asked: Asked<NewProfile>): Promise<UserProfile> {
  return inRounds(ctx, async () => {
    const input = asKept(await workedOut(asked))
    checkUserChange(input, ctx.tenant)
    if ((input.memberships ?? []).length === 0) refuseField(['memberships'], 'required', 'Names no desk.')
    demandMayGive(ctx.actor, input.memberships)
    if (input.isOwner === true) demandMayMakeOwner(ctx.actor)
    checkFieldCount({}, input)
    await demandFree(ctx, input, null)
    const change = withOwnAddresses(input, { email: null, phone: null })
    const { name, surname, email, username, customerNumber, phone, photoUrl, about, active } = change
    const user = {
      id: ctx.newId(),
      kind: input.kind ?? 'person',
      is_owner: input.isOwner ?? false,
      name,
      surname: surname ?? '',
      email: email ?? null,
      email_key: keyOf(email, addressKey) ?? null,
      username: username ?? null,
      username_key: keyOf(username, usernameKey) ?? null,
      customer_number: customerNumber ?? null,
      phone: phone ?? null,
      photo_url: photoUrl ?? null,
      about: about ?? null,
      active: active ?? true,
      fields: Object.fromEntries(Object.entries(input.fields ?? {}).filter(([, value]) => value !== null)),
    }
    const call = { ...user, ...callInput(ctx) }
    const [made] = await ctx.store.run(CREATE_PROFILE.with({ tenant_id: ctx.tenant.id, call, ...added(ctx, change) }))
    return made?.id
  })
}

/**
 * Changes a person; what is absent stays. What is added and there already is no change.
 *
 * @throws Refusal `not_found`, `forbidden`, `invalid`, `idempotency_mismatch`
 */
export async function changeUser(ctx: Context, id: string, asked: Asked<UserChange>): Promise<UserProfile> {
  return inRounds(ctx, async () => {
    const change = asKept(await workedOut(asked))
    const user = (await findProfile(ctx, { id })) ?? refuse({ code: 'not_found', missing: 'user' })
    checkUserChange(change, ctx.tenant)
    demandMayChange(ctx.actor, user)
    demandMayGive(ctx.actor, change.memberships)
    if (change.isOwner !== undefined && change.isOwner !== user.isOwner) demandMayMakeOwner(ctx.actor)
    await demandOwner(ctx, user, change)
    checkFieldCount(user.fields, change)
    await demandFree(ctx, change, id)
    const wanted = withOwnAddresses(change, user)
    const call = { id, ...changeInput(wanted), ...callInput(ctx) }
    const [changed] = await ctx.store.run(
      CHANGE_PROFILE.with({ tenant_id: ctx.tenant.id, call, ...added(ctx, wanted) }),
    )
    return changed?.id
  })
}

/**
 * Takes a user's role on a desk away; their tickets stay as they are.
 *
 * @throws Refusal `not_found`, `forbidden`, `idempotency_mismatch`
 */
export async function removeFromDesk(
  ctx: Context,
  asked: Asked<{ readonly user: UserRef; readonly deskId: string }>,
): Promise<void> {
  await once(
    ctx,
    USER_KEPT,
    async () => {
      const { user: ref, deskId } = await workedOut(asked)
      const user = (await findProfile(ctx, ref)) ?? refuse({ code: 'not_found', missing: 'user' })
      if (!user.memberships.some((each) => each.deskId === deskId)) refuse({ code: 'not_found', missing: 'desk' })
      demandMayChange(ctx.actor, user)
      demandMayGive(ctx.actor, [{ deskId, role: 'customer' }])
      const call = { id: user.id, desk_id: deskId, ...callInput(ctx) }
      const [left] = await ctx.store.run(LEAVE_DESK.with({ tenant_id: ctx.tenant.id, call }))
      return left?.id
    },
    userIn,
  )
}

/** Who erases: an actor, or the command line, which is nobody and may. */
/** Tickets of a desk from some addresses that belong to nobody yet, as many as asked for at the most. */
export async function ticketsOfNobody(
  ctx: Context,
  deskId: string,
  addresses: readonly Address[],
  limit: number,
): Promise<readonly string[]> {
  const address_keys = addresses.map(({ address }) => addressKey(address))
  const found = TICKETS_OF_NOBODY.with({ tenant_id: ctx.tenant.id, desk_id: deskId, address_keys, limit })
  return (await ctx.store.run(found)).map(({ id }) => id)
}

/** Runs a write until it has found its user: a twin may take an address, or the key, between the looks and the write. */
async function inRounds(ctx: Context, write: () => Promise<string | undefined>): Promise<UserProfile> {
  const id = await once(ctx, USER_KEPT, () => tried(write), userIn)
  return userBy(ctx, id)
}

/**
 * Does `work`, which ends in a user. When it is refused, the user in whom an earlier call with the key ended, as the user
 * is now: what is kept of a call does not show people.
 */
export async function orEarlierUser(ctx: Context, work: () => Promise<UserProfile>): Promise<UserProfile> {
  return orEarlier(ctx, USER_KEPT, work, (earlier) => userBy(ctx, userIn(earlier)))
}

function userIn({ user }: { readonly user?: string }): string {
  return user ?? refuse({ code: 'not_found', missing: 'user' })
}

async function userBy(ctx: Context, id: string): Promise<UserProfile> {
  return (await findProfile(ctx, { id })) ?? refuse({ code: 'not_found', missing: 'user' })
}

/** Runs a write; nothing came of it when a twin was in its way. */
export async function tried<Result>(write: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await write()
  } catch (error) {
    if (!isHeld(error)) throw error
    return undefined
  }
}

/** Refuses what leaves the tenant without an owner who gets in. */
async function demandOwner(ctx: Context, user: UserProfile, { isOwner, active }: UserChange): Promise<void> {
  const leaves = isOwner === false || active === false
  if (!leaves || !user.isOwner || !user.active) return
  const [other] = await ctx.store.run(FIRST_OWNER.with({ tenant_id: ctx.tenant.id, but: user.id }))
  if (!other)
    refuseField(
      [isOwner === false ? 'isOwner' : 'active'],
      'not_allowed',
      'Nobody else owns the tenant and may sign in.',
    )
}

/** Refuses an address or an external id that is another user's. */
async function demandFree(ctx: Context, change: UserChange, id: string | null): Promise<void> {
  const own = typeof change.email === 'string' ? [{ kind: 'email' as const, address: change.email }] : []
  const isAnother = (user: UserProfile): boolean => user.id !== id
  if ((await findProfilesByAddress(ctx, own)).some(isAnother))
    refuseField(['email'], 'not_allowed', 'This address belongs to another user.')
  if ((await findProfilesByAddress(ctx, change.addAddresses ?? [])).some(isAnother))
    refuseField(['addresses'], 'not_allowed', 'This address belongs to another user.')
  for (const { deskId, externalId } of change.addExternalIds ?? []) {
    if ((await findProfilesByExternalId(ctx, externalId, deskId)).some(isAnother))
      refuseField(['externalIds'], 'not_allowed', 'This id is the name of another user.')
  }
}

/** The first e-mail address names the user, and the first telephone number is theirs, where they have none yet. */
function withOwnAddresses<Change extends UserChange>(
  change: Change,
  user: { readonly email: string | null; readonly phone: string | null },
): Change {
  const added = change.addAddresses ?? []
  const email =
    change.email === undefined && user.email === null ? added.find(({ kind }) => kind === 'email') : undefined
  const phone =
    change.phone === undefined && user.phone === null ? added.find(({ kind }) => kind === 'telephone') : undefined
  const isKnown = ({ kind, address }: Address): boolean =>
    kind === 'email' && addressKey(address) === addressKey(user.email ?? email?.address ?? '')
  return {
    ...change,
    ...(email === undefined ? {} : { email: email.address }),
    ...(phone === undefined ? {} : { phone: phone.address }),
    addAddresses: added.filter((each) => !isKnown(each)),
  }
}

/** The key of a text, where there is one. */
function keyOf(text: string | null | undefined, key: (text: string) => string): string | null | undefined {
  return typeof text === 'string' ? key(text) : text
}

function changeInput(change: UserChange): { readonly set: object; readonly fields: object } {
  const { name, surname, email, username, customerNumber, phone, photoUrl, about, active } = change
  const set = {
    name,
    surname,
    email,
    email_key: keyOf(email, addressKey),
    username,
    username_key: keyOf(username, usernameKey),
    customer_number: customerNumber,
    phone,
    photo_url: photoUrl,
    about,
    active,
    is_owner: change.isOwner,
  }
  return { set, fields: change.fields ?? {} }
}

function added(ctx: Context, change: UserChange) {
  const { memberships = [], addExternalIds = [], addAddresses = [] } = change
  return {
    search_keys: keysOfPerson({ ...change, externalIds: addExternalIds.map(({ externalId }) => externalId) }),
    memberships: memberships.map(({ deskId, role }) => ({ id: ctx.newId(), desk_id: deskId, role })),
    external_ids: addExternalIds.map(({ deskId, externalId }) => ({ desk_id: deskId, external_id: externalId })),
    addresses: addAddresses.map(({ kind, address }) => ({ kind, address, address_key: addressKey(address) })),
  }
}
