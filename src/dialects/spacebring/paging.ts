import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { refuseField } from '../../core/errors.ts'
import { isInstant } from '../../core/instant.ts'
import type { TicketKey } from '../../core/tickets/queries/list.ts'
import { ORDER_WORDS, type OrderWord } from './words.ts'

/** Spacebring reference, Pagination. */
export const DEFAULT_LIMIT = 25

const UUID = Type.String({ pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })

/** The list a token belongs to, and where its page ended: the sort value and the id of its last ticket (S18). */
const Place = Type.Tuple([Type.Enum(ORDER_WORDS), UUID, Type.String(), UUID])
type Place = Static<typeof Place>

/** The list that a page is part of. */
export interface Listing {
  readonly order: OrderWord
  readonly locationRef: string
}

export function encodePageToken(listing: Listing, key: TicketKey): string {
  const place: Place = [listing.order, listing.locationRef, key.at, key.id]
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/**
 * Where the page of a token begins.
 *
 * @throws Refusal `invalid` when it cannot be read or belongs to another list (S18).
 */
export function decodePageToken(token: string, listing: Listing): TicketKey {
  const [order, locationRef, at, id] = readToken(token, Place)
  if (!(isByChange(listing.order) ? POSITION.test(at) : isInstant(at))) refuseToken()
  if (order !== listing.order || locationRef !== listing.locationRef) {
    refuseField(['nextPageToken'], 'unknown', 'This token belongs to another locationRef or order.')
  }
  return { at, id }
}

/** The position of a change: tickets by their update are in the order in which these were recorded. */
const POSITION = /^\d{1,15}$/

function isByChange(order: OrderWord): boolean {
  return order === 'updateDate:asc' || order === 'updateDate:desc'
}

/** The location of a list of memberships, and the membership that ended its page. */
const MemberPlace = Type.Tuple([UUID, UUID])
type MemberPlace = Static<typeof MemberPlace>

export function encodeMemberToken(locationRef: string, membershipId: string): string {
  const place: MemberPlace = [locationRef, membershipId]
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/**
 * The membership after which the page of a token begins.
 *
 * @throws Refusal `invalid` as for tickets (S18)
 */
export function decodeMemberToken(token: string, locationRef: string): string {
  const [of, id] = readToken(token, MemberPlace)
  if (of !== locationRef) refuseField(['nextPageToken'], 'unknown', 'This token belongs to another locationRef.')
  return id
}

function readToken<S extends TSchema>(token: string, schema: S): Static<S> {
  const value = parsed(Buffer.from(token, 'base64url').toString('utf8'))
  return Value.Check(schema, value) ? value : refuseToken()
}

function refuseToken(): never {
  return refuseField(['nextPageToken'], 'format', 'This is not a token of a previous page.')
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The query of the following page: what was asked for, with the token; ready to append to the address (S19). */
export function searchQueryNext(asked: Readonly<Record<string, string | undefined>>, nextPageToken: string): string {
  const given = Object.entries({ ...asked, nextPageToken }).flatMap(([name, value]) => (value ? [[name, value]] : []))
  return `?${new URLSearchParams(given)}`
}

/**
 * A query that began with a second `?`, as when a client puts its own before `searchQueryNext`, as if that were not
 * there (S19).
 */
export function withoutSecondMark(query: unknown): unknown {
  if (typeof query !== 'object' || query === null) return query
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name.replace(/^\?/, ''), value]))
}
