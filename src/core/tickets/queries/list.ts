import { LISTED_CHARACTERS } from '../../bounds.ts'
import type { Desk } from '../../catalogue/tenant.ts'
import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { may, sightOf } from '../../identity/actor.ts'
import { findUsers } from '../../identity/queries.ts'
import { userOf } from '../../identity/rows.ts'
import { type Instant, instant } from '../../instant.ts'
import { demandFewWords } from '../../patterns.ts'
import { type TicketLine, ticketWith } from '../fields.ts'
import { cutTo } from '../rows.ts'
import type { Mark, Shelf } from '../shelf.ts'
import { keyOf, type MarkRow, markedLines, marksOfTickets, pageOfTickets, totalOfTickets } from '../store/listing.ts'
import type { Person, Ticket, TicketFilter } from '../ticket.ts'
import { personAmong } from './people.ts'

/** Which part of a list: by keyset in one of the orders, or by offset for dialects that count pages. */
export type TicketPage =
  | { readonly by: 'key'; readonly order: TicketOrder; readonly after: TicketKey | null; readonly limit: number }
  | { readonly by: 'offset'; readonly offset: number; readonly limit: number }

/**
 * Orders that have an index range. Changes are in the order in which they were recorded, whatever a server's clock says, so
 * who reads on from an earlier page misses none. Offsets always count from the newest.
 */
export type TicketOrder = 'newest' | 'oldest' | 'latest_change' | 'earliest_change'

/** Where the previous page ended. */
export interface TicketKey {
  /** What the order sorts by: when the ticket was made, or the position of its latest change. */
  readonly at: string
  readonly id: string
}

/**
 * A page of the tickets in sight. `next` is the key of the following page, null on the last one; `total` is the number
 * of all matching tickets, only for pages by offset. Words are looked for only in pages by offset.
 *
 * @param characters how many of each description are read.
 * @throws Refusal `forbidden`, `invalid` (path `query`) for more or longer words than may be looked for.
 */
export async function listTickets(
  ctx: Context,
  filter: TicketFilter,
  page: TicketPage,
  characters = LISTED_CHARACTERS,
): Promise<{ readonly tickets: readonly Ticket[]; readonly next: TicketKey | null; readonly total: number | null }> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  demandFewWords(filter.words ?? [])
  const sight = sightOf(ctx.actor)
  const mayReadNotes = (desk: Desk): boolean => may(ctx.actor, 'message.read_internal', desk.id)
  const notesOn = filter.words?.length ? ctx.tenant.desks.filter(mayReadNotes).map((desk) => desk.id) : []
  const asked = ctx.store.run(pageOfTickets(ctx.tenant.id, sight, filter, page, notesOn, characters))
  if (page.by === 'offset') {
    const [rows, totals] = await Promise.all([
      asked,
      ctx.store.run(totalOfTickets(ctx.tenant.id, sight, filter, notesOn)),
    ])
    return { tickets: await withPeople(ctx, rows, characters), next: null, total: totals[0]?.total ?? 0 }
  }
  const rows = await asked
  const tickets = await withPeople(ctx, rows.slice(0, page.limit), characters)
  const last = tickets.at(-1)
  const lastRow = rows[page.limit - 1]
  const next = rows.length > page.limit && last && lastRow ? keyOf(page.order, last, lastRow) : null
  return { tickets, next, total: null }
}

/** A ticket of a list as it is shown, with the people on it as they are now. */
export interface ShownTicket<Shown> {
  readonly shown: Shown
  readonly requester: Person | null
  readonly assignee: Person | null
}

/**
 * The first page of the newest tickets in sight. Only those are read, and shown by `show`, that have been written since
 * they were put on the shelf; `show` gets them without people, who change without their tickets.
 *
 * @throws Refusal `forbidden`
 */
export async function listShown<Shown>(
  ctx: Context,
  filter: TicketFilter,
  limit: number,
  { shelf, show }: { readonly shelf: Shelf<Shown>; readonly show: (ticket: Ticket) => Shown },
): Promise<{ readonly tickets: readonly ShownTicket<Shown>[]; readonly next: TicketKey | null }> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const { tenant, store } = ctx
  const sight = sightOf(ctx.actor)
  const rows = await store.run(marksOfTickets(tenant.id, sight, filter, limit))
  const found = rows.flatMap(markIn).sort((a, b) => (a.id < b.id ? 1 : -1))
  const marks = found.slice(0, limit)
  const person = personAmong(rows.flatMap(({ people }) => people ?? []).map(userOf))
  const shown = new Map<string, Shown>()
  for (const mark of marks) {
    const kept = shelf.find(tenant, mark)
    if (kept !== undefined) shown.set(mark.id, kept)
  }
  const missing = marks.filter(({ id }) => !shown.has(id))
  if (missing.length > 0) {
    const stamps = new Map(missing.map(({ id, stamp }) => [id, stamp]))
    const lines = await store.run(markedLines(tenant.id, [...stamps.keys()]))
    // Written since their marks were read: then these and the people on them no longer belong together.
    if (lines.filter(({ id, stamp }) => stamps.get(id) === stamp).length < missing.length)
      return listAnew(ctx, filter, limit, show)
    for (const line of lines) {
      const made = show(cutTo(LISTED_CHARACTERS, ticketWith(line, null, null)))
      shelf.keep(tenant, line, made)
      shown.set(line.id, made)
    }
  }
  const tickets = marks.flatMap(({ id, deskId, requesterId, assigneeId }) => {
    const made = shown.get(id)
    if (made === undefined) return []
    return [{ shown: made, requester: person(requesterId, deskId), assignee: person(assigneeId, deskId) }]
  })
  const last = marks.at(-1)
  return { tickets, next: found.length > limit && last ? { at: last.createdAt, id: last.id } : null }
}

interface ListedMark extends Mark {
  readonly deskId: string
  readonly requesterId: string | null
  readonly assigneeId: string | null
  readonly createdAt: Instant
}

/** The mark that a row holds: none where it brings people. */
function markIn(row: MarkRow): readonly ListedMark[] {
  const { id, stamp, desk_id, requester_id, assignee_id, created_at } = row
  if (id === null || stamp === null || desk_id === null || created_at === null) return []
  return [
    { id, stamp, deskId: desk_id, requesterId: requester_id, assigneeId: assignee_id, createdAt: instant(created_at) },
  ]
}

async function listAnew<Shown>(
  ctx: Context,
  filter: TicketFilter,
  limit: number,
  show: (ticket: Ticket) => Shown,
): Promise<{ readonly tickets: readonly ShownTicket<Shown>[]; readonly next: TicketKey | null }> {
  const { tickets, next } = await listTickets(ctx, filter, { by: 'key', order: 'newest', after: null, limit })
  const shown = tickets.map((ticket) => ({
    shown: show({ ...ticket, requester: null, assignee: null }),
    requester: ticket.requester,
    assignee: ticket.assignee,
  }))
  return { tickets: shown, next }
}

/** The tickets of a list: its people are few and on many of them, so they are read once and not with each ticket. */
export async function withPeople(
  ctx: Context,
  rows: readonly TicketLine[],
  characters: number,
): Promise<readonly Ticket[]> {
  const ids = new Set(rows.flatMap((row) => [row.requester_id, row.assignee_id]).filter((id) => id !== null))
  const person = personAmong(await findUsers(ctx, [...ids]))
  return rows.map((row) =>
    cutTo(characters, ticketWith(row, person(row.requester_id, row.desk_id), person(row.assignee_id, row.desk_id))),
  )
}
