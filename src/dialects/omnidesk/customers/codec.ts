import type { Desk, Tenant } from '../../../core/catalogue/tenant.ts'
import { refuse, refuseField } from '../../../core/errors.ts'
import { ADDRESS_KINDS, type Address, type AddressKind, type UserProfile } from '../../../core/identity/user.ts'
import { inRequest } from '../../paths.ts'
import type { IsText } from '../../text.ts'
import { choice, flag, number, type Parameters, plainText, required, text } from '../coercion.ts'
import { decodeWindow, LARGEST_LIMIT, type Window } from '../paging.ts'
import { brandBy, brandsOf, type Caller } from '../records.ts'
import { dateTime } from '../tickets/codec.ts'
import { FIXED_FIELDS } from './schema.ts'

/** The vendor's words for how a customer is reached are ours. */
const KIND_BY_WORD = { email: 'email', telephone: 'telephone', facebook: 'facebook', twitter: 'twitter' } as const

/** By what a customer is found: an external id counts on one brand. */
export interface CustomerKey {
  readonly desk: Desk
  readonly externalId: string
}

/** What the body says of a customer beside its key. */
export interface CustomerData {
  readonly name?: string
  readonly surname?: string
  /** The caller's own fields; null takes one away. */
  readonly fields: Readonly<Record<string, string | null>>
}

export interface NewCustomer extends CustomerData {
  readonly desk: Desk
  readonly externalId: string | undefined
  readonly address: Address | undefined
  /** The ticket to link. */
  readonly ticketId: number | undefined
  readonly linksOthers: boolean
}

// --- from the wire ----------------------------------------------------------------------------------------------------

/** A customer named in a path. @throws Refusal `not_found` for what is no id */
export function decodePath({ customerID }: { readonly customerID: string }): { readonly integer: number } {
  if (!/^[1-9]\d{0,14}$/.test(customerID)) refuse({ code: 'not_found', missing: 'user' })
  return { integer: Number(customerID) }
}

/** @throws Refusal `invalid` */
export function decodeListing(parameters: Parameters): Window & { readonly query?: string } {
  const query = (text(parameters, 'query') ?? '').trim()
  if (!/^[0-9a-zA-Z ]*$/.test(query)) refuseField(['query'], 'format', 'holds other characters than it may')
  return { ...decodeWindow(parameters, LARGEST_LIMIT.customers), ...(query === '' ? {} : { query }) }
}

const NEW_CUSTOMER = ['ticket_id', 'noSync', 'channel_id', 'customer_link_channel']

/** @throws Refusal `invalid` */
export function decodeNew(parameters: Parameters, caller: Caller): NewCustomer {
  const externalId = externalIdOf(parameters)
  const address = text(parameters, 'customer_link_channel')
  const kind = choice(parameters, 'channel_id', KIND_BY_WORD)
  if (externalId === undefined && address === undefined) refuseField(['primary_id'], 'required', 'is missing')
  return {
    ...dataOf(parameters, NEW_CUSTOMER),
    desk: brandOf(parameters, caller),
    externalId,
    address: address === undefined ? undefined : { kind: required('channel_id', kind), address: address.trim() },
    ticketId: number(parameters, 'ticket_id'),
    linksOthers: !flag(parameters, 'noSync', false),
  }
}

/** @throws Refusal `invalid` */
export function decodeUpdate(parameters: Parameters, caller: Caller): CustomerKey & CustomerData {
  return { ...decodeKey(parameters, caller), ...dataOf(parameters, []) }
}

/** @throws Refusal `invalid` */
export function decodeAddedChannels(
  parameters: Parameters,
  caller: Caller,
): CustomerKey & { readonly addresses: readonly Address[]; readonly linksOthers: boolean } {
  const addresses = ADDRESS_KINDS.flatMap((kind) => extraAddress(parameters, kind))
  if (addresses.length === 0) refuseField(['extra_email'], 'required', 'is missing')
  return { ...decodeKey(parameters, caller), addresses, linksOthers: !flag(parameters, 'noSync', false) }
}

function extraAddress(parameters: Parameters, kind: AddressKind): Address[] {
  const address = text(parameters, `extra_${kind}`)?.trim() ?? ''
  return address === '' ? [] : [{ kind, address }]
}

/** The key of one customer. @throws Refusal `invalid` */
export function decodeKey(parameters: Parameters, caller: Caller): CustomerKey {
  const externalId = required('externalPrimaryID', externalIdOf(parameters))
  return { externalId, desk: brandOf(parameters, caller) }
}

/** The key of a timeline, of which the vendor requires both parts. @throws Refusal `invalid` */
export function decodeTimelineKey(parameters: Parameters, caller: Caller): CustomerKey {
  required('brand_id', brandIdOf(parameters))
  return { externalId: required('external_id', externalIdOf(parameters)), desk: brandOf(parameters, caller) }
}

/** The external id to search for, on one brand if it is named. @throws Refusal `invalid` */
export function decodeSearch(
  parameters: Parameters,
  caller: Caller,
): { readonly externalId: string; readonly deskId: string | undefined } {
  const externalId = required('externalPrimaryID', externalIdOf(parameters))
  const brandID = brandIdOf(parameters)
  return { externalId, deskId: brandID === undefined ? undefined : brandBy(caller, brandID).id }
}

/** The guide and the reference, and calls among each other, spell the two parts of a customer's key in other ways. */
const EXTERNAL_ID_NAMES = ['primary_id', 'externalPrimaryID', 'external_primary_id', 'external_id', 'primaryExternalId']
const BRAND_NAMES = ['brand_id', 'brandID']

function externalIdOf(parameters: Parameters): string | undefined {
  const name = EXTERNAL_ID_NAMES.find((each) => parameters[each] !== undefined)
  return name === undefined ? undefined : text(parameters, name)
}

function brandIdOf(parameters: Parameters): number | undefined {
  const name = BRAND_NAMES.find((each) => parameters[each] !== undefined)
  return name === undefined ? undefined : number({ brandID: parameters[name] }, 'brandID')
}

function brandOf(parameters: Parameters, caller: Caller): Desk {
  const brandID = brandIdOf(parameters)
  if (brandID !== undefined) return brandBy(caller, brandID)
  const brands = brandsOf(caller)
  return brands.find((desk) => desk.isDefault) ?? brands[0] ?? refuseField(['brandID'], 'required', 'is missing')
}

const FIXED_NAMES = [...EXTERNAL_ID_NAMES, ...BRAND_NAMES, ...FIXED_FIELDS]
const NO_OWN_FIELDS: ReadonlySet<unknown> = new Set([...NEW_CUSTOMER, ...FIXED_NAMES])

/** Fields of the caller's own hold what people wrote; what a call itself reads are names and ids. */
export const isOwnField: IsText = ([name]) => !NO_OWN_FIELDS.has(name)

/** What is no parameter of a call is a field of the caller's own, unless a customer's fixed fields have its name. */
function dataOf(parameters: Parameters, read: readonly string[]): CustomerData {
  const known = new Set([...read, ...FIXED_NAMES])
  const own = Object.entries(parameters).filter(([name]) => !known.has(name))
  const [name, surname] = [text(parameters, 'firstname'), text(parameters, 'lastname')]
  return {
    ...(name === undefined ? {} : { name }),
    ...(surname === undefined ? {} : { surname }),
    fields: Object.fromEntries(own.map(([field, value]) => [field, fieldText(field, value)])),
  }
}

function fieldText(name: string, value: unknown): string | null {
  if (value === null) return null
  return plainText(typeof value === 'boolean' ? String(value) : value) ?? refuseField([name], 'type', 'must be a text')
}

/** The core's names for what it refuses, as the calls' parameters. */
const NAMES: Readonly<Record<string, string>> = {
  name: 'firstname',
  surname: 'lastname',
  externalIds: 'externalPrimaryID',
  email: 'channel',
  user: 'externalPrimaryID',
}

/**
 * Runs a call on the core and tells what it refuses by the parameters of this one.
 *
 * @param address the parameter that holds the address.
 */
export function inParameters<Result>(address: string, work: () => Promise<Result>): Promise<Result> {
  return inRequest(work, ([field = '', ...rest]) => {
    if (field === 'fields' && rest.length > 0) return rest
    return field === 'addresses' ? [address] : [NAMES[String(field)] ?? field, ...rest]
  })
}

// --- to the wire ------------------------------------------------------------------------------------------------------

/** A customer on the brand that knows them by an external id, else on the default brand, else on any of theirs. */
export function encodeCustomer(user: UserProfile, tenant: Tenant): Readonly<Record<string, unknown>> {
  const isOn = (deskId: string): boolean => user.memberships.some((each) => each.deskId === deskId)
  const brand =
    tenant.desks.find((desk) => user.externalIds.some((each) => each.deskId === desk.id)) ??
    tenant.desks.find((desk) => desk.isDefault && isOn(desk.id)) ??
    tenant.desks.find((desk) => isOn(desk.id))
  return {
    id: user.integer,
    external_primary_id: user.externalIds.find((each) => each.deskId === brand?.id)?.externalId ?? '',
    brand_name: brand?.name ?? '',
    brand_id: brand?.integer ?? 0,
    firstname: user.name,
    lastname: user.surname,
    channels: channelsOf(user).map(({ kind, address }) => ({ channel_id: kind, address })),
    created_at: dateTime(user.createdAt),
    ...user.fields,
  }
}

function channelsOf({ addresses, phone }: UserProfile): readonly Address[] {
  const isListed = phone === null || addresses.some((each) => each.kind === 'telephone' && each.address === phone)
  return isListed ? addresses : [...addresses, { kind: 'telephone', address: phone }]
}
