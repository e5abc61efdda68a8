import { Type } from 'typebox'
import { refuseField } from '../../core/errors.ts'
import { isInstant } from '../../core/instant.ts'
import type { TicketKey } from '../../core/tickets/queries/list.ts'
import { UUID } from '../../core/uuid.ts'

const DEFAULT_LIMIT = 50
const MAXIMUM_LIMIT = 200

/** The query parameters of every list. */
export const pageParameters = {
  limit: Type.Optional(
    Type.String({ description: `How many at the most: 1 to ${MAXIMUM_LIMIT}, ${DEFAULT_LIMIT} by default.` }),
  ),
  cursor: Type.Optional(Type.String({ description: 'The `next` of the previous page.' })),
}

/** How many messages a page holds where nobody says less: as many as most conversations have. */
const MESSAGES_LIMIT = 1_000

/** The query parameters of a list of messages. */
export const messagePageParameters = {
  limit: Type.Optional(
    Type.String({
      description: `How many at the most: 1 to ${MESSAGES_LIMIT}, which is the default. Long texts end a page earlier.`,
    }),
  ),
  cursor: pageParameters.cursor,
}

/** @throws Refusal `invalid` as `decodeLimit`. */
export function decodeMessageLimit({ limit }: PageQuery): number {
  return limitIn(limit, MESSAGES_LIMIT, MESSAGES_LIMIT)
}

/** A page as it is asked for. */
export interface PageQuery {
  readonly limit?: string
  readonly cursor?: string
}

/** @throws Refusal `invalid` when it is not a whole number within the bounds. */
export function decodeLimit({ limit }: PageQuery): number {
  return limitIn(limit, DEFAULT_LIMIT, MAXIMUM_LIMIT)
}

function limitIn(limit: string | undefined, usual: number, most: number): number {
  if (limit === undefined) return usual
  const number = /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : 0
  if (number >= 1 && number <= most) return number
  return refuseField(['limit'], 'format', `Must be a whole number from 1 to ${most}.`)
}

/** The cursor after a ticket. */
export function cursorAfter(key: TicketKey): string {
  return encode(`${key.at} ${key.id}`)
}

const KEY = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Where a page of tickets begins; null at the beginning. @throws Refusal `invalid` */
export function decodeKey({ cursor }: PageQuery): TicketKey | null {
  if (cursor === undefined) return null
  const [, at = '', id = ''] = KEY.exec(decode(cursor)) ?? []
  return isInstant(at) ? { at, id } : refuseCursor()
}

/** The cursor after so many records, or after a position. */
export function cursorAt(count: number): string {
  return encode(String(count))
}

const COUNT = /^[1-9]\d{0,14}$/

/** After how many records, or which position, a page begins; 0 at the beginning. @throws Refusal `invalid` */
export function decodeCount({ cursor }: PageQuery): number {
  if (cursor === undefined) return 0
  const text = decode(cursor)
  return COUNT.test(text) ? Number(text) : refuseCursor()
}

/** The cursor after a record by its id, for lists in the order of ids. */
export function cursorAfterId(id: string): string {
  return encode(id)
}

/** After which record a page begins; null at the beginning. @throws Refusal `invalid` */
export function decodeId({ cursor }: PageQuery): string | null {
  if (cursor === undefined) return null
  const text = decode(cursor)
  return UUID.test(text) ? text : refuseCursor()
}

/** A place in an order by a count and a text. */
export interface Place {
  readonly count: number
  readonly text: string
}

export function cursorAfterPlace({ count, text }: Place): string {
  return encode(`${count} ${encodeURIComponent(text)}`)
}

const PLACE = /^(\d{1,15}) ([\x20-\x7e]+)$/

/** After which place a page begins; null at the beginning. @throws Refusal `invalid` */
export function decodePlace({ cursor }: PageQuery): Place | null {
  if (cursor === undefined) return null
  const [, count = '', text = ''] = PLACE.exec(decode(cursor)) ?? []
  if (text === '') return refuseCursor()
  try {
    const place = { count: Number(count), text: decodeURIComponent(text) }
    return place.count <= LARGEST_COUNT ? place : refuseCursor()
  } catch {
    return refuseCursor()
  }
}

/** What PostgreSQL takes as `integer`. */
const LARGEST_COUNT = 2_147_483_647

/** A page of records that are all at hand. @throws Refusal `invalid` */
export function pageOf<T>(
  records: readonly T[],
  query: PageQuery,
): { readonly data: T[]; readonly next: string | null } {
  const offset = decodeCount(query)
  const end = offset + decodeLimit(query)
  return { data: records.slice(offset, end), next: end < records.length ? cursorAt(end) : null }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** What a cursor holds. Node skips what is not base64url, so only what encodes back to the same text is one of ours. */
function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  return encode(text) === cursor ? text : refuseCursor()
}

function refuseCursor(): never {
  return refuseField(['cursor'], 'format', 'Is not the `next` of a page of this list.')
}
