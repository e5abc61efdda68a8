import type { Tenant } from '../catalogue/tenant.ts'
import { refuse, refuseField } from '../errors.ts'
import { type Actor, may } from '../identity/actor.ts'
import { isEmail } from '../identity/email.ts'
import type { Address, AddressKind, UserChange, UserSummary } from '../identity/user.ts'
import { composed } from '../spelling.ts'

/** Characters of a name, an address or another short text at the most. */
const LONGEST_TEXT = 255
const LONGEST_ABOUT = 2_000
/** Fields of one user at the most, and how long their names and values may be. */
const MOST_FIELDS = 50
const LONGEST_FIELD_NAME = 64
const LONGEST_FIELD = 2_000
/** Addresses and external ids that one change adds at the most. */
const MOST_ADDED = 20

const SPELLED = ['name', 'surname', 'email', 'username', 'customerNumber', 'phone'] as const
const SHORT_TEXTS = [...SPELLED, 'photoUrl'] as const

/** E.164 of the ITU: a plus sign and at most 15 digits. */
const TELEPHONE = /^\+[1-9]\d{1,14}$/
const HANDLE = /^\S(?:.*\S)?$/
/** What a person writes as an address of each kind. */
const FORMS: Readonly<Record<AddressKind, (address: string) => boolean>> = {
  email: isEmail,
  telephone: (address) => TELEPHONE.test(address),
  facebook: (address) => HANDLE.test(address),
  twitter: (address) => HANDLE.test(address),
}

/** A change as it is kept: names, addresses and ids in their one spelling. What people wrote of themselves stays as it is. */
export function asKept<Change extends UserChange>(change: Change): Change {
  const { fields, addExternalIds, addAddresses } = change
  const short = SPELLED.flatMap((field) => {
    const text = change[field]
    return typeof text === 'string' ? [[field, composed(text)]] : []
  })
  return {
    ...change,
    ...Object.fromEntries(short),
    ...(fields && {
      fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [composed(name), value])),
    }),
    ...(addExternalIds && {
      addExternalIds: addExternalIds.map((each) => ({ ...each, externalId: composed(each.externalId) })),
    }),
    ...(addAddresses && { addAddresses: addAddresses.map((each) => ({ ...each, address: composed(each.address) })) }),
  }
}

/** Refuses what no user can have. @throws Refusal `invalid` (paths are the change's own names) */
export function checkUserChange(change: UserChange, tenant: Tenant): void {
  for (const field of SHORT_TEXTS) demandShort(field, change[field], LONGEST_TEXT)
  demandShort('about', change.about, LONGEST_ABOUT)
  if (typeof change.email === 'string' && !isEmail(change.email))
    refuseField(['email'], 'format', 'Must be an e-mail address.')
  checkFields(change.fields ?? {})
  checkAddresses(change.addAddresses ?? [])
  const desks = new Set(tenant.desks.map((desk) => desk.id))
  const named = [...(change.memberships ?? []), ...(change.addExternalIds ?? [])]
  if (named.some(({ deskId }) => !desks.has(deskId))) refuseField(['desk'], 'unknown', 'This desk does not exist.')
  if ((change.addExternalIds ?? []).length > MOST_ADDED)
    refuseField(['externalIds'], 'too_long', 'Too many.', MOST_ADDED)
  for (const { externalId } of change.addExternalIds ?? []) {
    if (externalId.trim() === '') refuseField(['externalIds'], 'required', 'Must not be empty.')
    demandShort('externalIds', externalId, LONGEST_TEXT)
  }
}

function demandShort(field: string, text: string | null | undefined, limit: number): void {
  if (typeof text === 'string' && [...text].length > limit) refuseField([field], 'too_long', 'Is too long.', limit)
}

function checkFields(fields: Readonly<Record<string, string | null>>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (name.trim() === '') refuseField(['fields', name], 'format', 'Must have a name.')
    if ([...name].length > LONGEST_FIELD_NAME)
      refuseField(['fields', name], 'too_long', 'Has too long a name.', LONGEST_FIELD_NAME)
    if (value !== null && [...value].length > LONGEST_FIELD)
      refuseField(['fields', name], 'too_long', 'Is too long.', LONGEST_FIELD)
  }
}

/** A user has so many fields at the most, those it keeps included. @throws Refusal `invalid` */
export function checkFieldCount(standing: object, change: UserChange): void {
  const given = Object.entries(change.fields ?? {})
  const kept = Object.keys(standing).filter((name) => !given.some(([other]) => other === name))
  if (kept.length + given.filter(([, value]) => value !== null).length > MOST_FIELDS)
    refuseField(['fields'], 'too_long', `At most ${MOST_FIELDS} fields.`, MOST_FIELDS)
}

function checkAddresses(addresses: readonly Address[]): void {
  if (addresses.length > MOST_ADDED) refuseField(['addresses'], 'too_long', 'Too many.', MOST_ADDED)
  for (const { kind, address } of addresses) {
    demandShort('addresses', address, LONGEST_TEXT)
    if (!FORMS[kind](address)) refuseField(['addresses'], 'format', `Is no address of the kind ${kind}.`)
  }
}

/** Refuses as `forbidden` whoever may not give out these roles: on each of the desks it takes one who manages its users. */
export function demandMayGive(actor: Actor, memberships: UserChange['memberships']): void {
  for (const { deskId } of memberships ?? []) demandManaging(actor, deskId)
}

/** Refuses as `forbidden` whoever may not make an owner, or end one's being so: that is up to owners, who reach every desk. */
export function demandMayMakeOwner({ user, permissions, credential }: Actor): void {
  if (!user.isOwner || !permissions.has('user.manage') || credential.deskId !== null)
    refuse({ code: 'forbidden', permission: 'user.manage' })
}

/**
 * Refuses as `forbidden` whoever may not change this user. An owner is changed by owners only, and who works on a desk
 * only by those who manage its users: otherwise an admin of one desk could take over a colleague of another.
 */
export function demandMayChange(actor: Actor, user: UserSummary): void {
  const isOwner = actor.user.isOwner && actor.permissions.has('user.manage')
  if (user.isOwner && !isOwner) refuse({ code: 'forbidden', permission: 'user.manage' })
  for (const { deskId, role } of user.memberships) if (role !== 'customer') demandManaging(actor, deskId)
  const isWithin = user.memberships.some(({ deskId }) => may(actor, 'user.manage', deskId))
  if (!isWithin && !(isOwner && actor.credential.deskId === null))
    refuse({ code: 'forbidden', permission: 'user.manage' })
}

/**
 * Refuses whoever may not decide how this person gets in, by a link to set a password or without a second factor. Who gets in
 * has all roles of the person, so every desk of theirs counts; and about oneself one proves who one is.
 *
 * @throws Refusal `forbidden`, `invalid` (path `user`)
 */
export function demandMayLetIn(actor: Actor, user: UserSummary): void {
  if (user.id === actor.user.id) refuseField(['user'], 'not_allowed', 'About yourself your own password decides.')
  if (actor.credential.deskId !== null) refuse({ code: 'forbidden', permission: 'user.manage' })
  for (const { deskId } of user.memberships) demandManaging(actor, deskId)
  demandMayChange(actor, user)
}

/** Refuses whoever may not erase this person, and whoever nobody may. @throws Refusal `forbidden`, `invalid` */
export function demandMayErase(actor: Actor, user: UserSummary): void {
  for (const { deskId } of user.memberships) demandManaging(actor, deskId)
  demandMayChange(actor, user)
  demandErasable(user)
}

/** Only people who work nowhere are erased: what agents did has to stay theirs. @throws Refusal `invalid` */
export function demandErasable(user: UserSummary): void {
  if (works(user)) refuseField(['user'], 'not_allowed', 'Only people who work on no desk can be erased.')
}

/**
 * Who was erased before is erased again by whoever manages users anywhere: it shows nothing, and takes only what a
 * failure left. @throws Refusal `forbidden`
 */
export function demandMayEraseAgain(actor: Actor): void {
  const { user, permissions } = actor
  const manages = user.memberships.some(({ deskId }) => may(actor, 'user.manage', deskId))
  if (!manages && !(user.isOwner && permissions.has('user.manage')))
    refuse({ code: 'forbidden', permission: 'user.manage' })
}

/** Whether a user is more than a customer somewhere: an owner, a service, or one who works on a desk. */
export function works(user: UserSummary): boolean {
  return user.isOwner || user.kind !== 'person' || user.memberships.some(({ role }) => role !== 'customer')
}

function demandManaging(actor: Actor, deskId: string): void {
  if (!may(actor, 'user.manage', deskId)) refuse({ code: 'forbidden', permission: 'user.manage' })
}
