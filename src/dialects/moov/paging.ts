import { isInstant } from '../../core/instant.ts'
import type { TicketKey, TicketPage } from '../../core/tickets/queries.ts'
import { WireRefusal } from '../dialect.ts'

export const DEFAULT_COUNT = 200
export const LARGEST_COUNT = 1000

/** The page a list call asks for, newest first; a `count` above 1000 is cut (Moov list, M26). */
export function pageFrom(query: { readonly count?: string; readonly cursor?: string }): TicketPage {
  return {
    by: 'key',
    order: 'newest',
    after: query.cursor === undefined ? null : keyIn(query.cursor),
    limit: query.count === undefined ? DEFAULT_COUNT : Math.min(Number(query.count), LARGEST_COUNT),
  }
}

/** A cursor is the creation time and the id of the page's last ticket (M27). */
export function cursorAt(key: TicketKey): string {
  return Buffer.from(`${key.at} ${key.id}`).toString('base64url')
}

const KEY = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** @throws WireRefusal for anything that `cursorAt` did not make. */
function keyIn(cursor: string): TicketKey {
  const [, at = '', id = ''] = KEY.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  const key = { at, id }
  if (!isInstant(at) || cursorAt(key) !== cursor)
    throw new WireRefusal({ code: 'bad_request', message: 'cursor is not one of ours' })
  return key
}
