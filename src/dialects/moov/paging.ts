import { isInstant } from '../../core/instant.ts'
import type { TicketKey, TicketPage } from '../../core/tickets/queries/list.ts'
import type { Ticket } from '../../core/tickets/ticket.ts'
import { WireRefusal } from '../wire.ts'

export const DEFAULT_COUNT = 200
export const LARGEST_COUNT = 1000

/**
 * The page a list call asks for, newest first; a `count` above 1000 is cut (Moov list, M26). The vendor pages tickets by
 * cursor and everything else by `skip`; who takes the one for the other is answered what it asks for.
 */
export function pageFrom(query: {
  readonly count?: string
  readonly cursor?: string
  readonly skip?: string
}): TicketPage {
  const limit = query.count === undefined ? DEFAULT_COUNT : Math.min(Number(query.count), LARGEST_COUNT)
  const offset = Number(query.skip ?? 0)
  if (offset === 0)
    return { by: 'key', order: 'newest', after: query.cursor === undefined ? null : keyIn(query.cursor), limit }
  if (query.cursor === undefined) return { by: 'offset', offset, limit }
  throw new WireRefusal({ code: 'bad_request', message: 'skip and cursor do not go together' })
}

/** Where the page after one begins; null behind the last. */
export function nextAfter(
  {
    tickets,
    next,
    total,
  }: { readonly tickets: readonly Ticket[]; readonly next: TicketKey | null; readonly total: number | null },
  page: TicketPage,
): TicketKey | null {
  if (page.by === 'key') return next
  const last = tickets.at(-1)
  return last && page.offset + tickets.length < (total ?? 0) ? { at: last.createdAt, id: last.id } : null
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
