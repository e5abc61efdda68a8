import type { TypedStatement } from '../../storage/statement.ts'
import { boundsOf, LISTED_CHARACTERS } from '../bounds.ts'
import type { Desk } from '../catalogue/tenant.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import type { Event } from '../events/event.ts'
import { inSight, may, sightOf } from '../identity/actor.ts'
import { findUsers } from '../identity/queries.ts'
import { userOf } from '../identity/rows.ts'
import type { UserSummary } from '../identity/user.ts'
import { type Instant, instant } from '../instant.ts'
import type { Message } from '../messages/message.ts'
import { asSeen } from '../messages/rules.ts'
import { demandFewWords } from '../patterns.ts'
import { type TicketLine, ticketWith } from './fields.ts'
import { cutTo, eventOf, messageOf, ticketOf } from './rows.ts'
import type { Mark, Shelf } from './shelf.ts'
import {
  MESSAGES,
  MESSAGES_IN_SHARES,
  MESSAGES_OF_TICKETS,
  TICKET_EVENT,
  TIMELINE,
  TIMELINE_IN_SHARES,
} from './store/conversation.ts'
import { BY_NUMBER, FIND_BY_ID, FIND_BY_INTEGER, FIND_MANY_BY_ID, FIND_MANY_BY_INTEGER } from './store/find.ts'
import { keyOf, type MarkRow, markedLines, marksOfTickets, pageOfTickets, totalOfTickets } from './store/listing.ts'
import type { Person, Ticket, TicketFilter, TicketRef } from './ticket.ts'

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

/** One entry of a ticket's timeline: an event, and the message if it added one. Internal messages only with `message.read_internal`. */
export interface TimelineEntry {
  readonly event: Event
  readonly message: Message | null
  readonly actor: Person | null
  /** The name of the credential it was done with. */
  readonly credentialName: string | null
}

/**
 * The tickets behind refs, in their order: null for what is out of sight. Several have no more of their descriptions than
 * titles are made of.
 *
 * @throws Refusal `forbidden` when the actor may not read tickets at all.
 */
export async function findTickets(ctx: Context, refs: readonly TicketRef[]): Promise<readonly (Ticket | null)[]> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const isOne = refs.length <= 1
  const byId = ctx.store.batched(isOne ? FIND_BY_ID : FIND_MANY_BY_ID)
  const byInteger = ctx.store.batched(isOne ? FIND_BY_INTEGER : FIND_MANY_BY_INTEGER)
  const found = await Promise.all(
    refs.map((ref) => ('id' in ref ? byId(ctx.tenant.id, ref.id) : byInteger(ctx.tenant.id, ref.integer))),
  )
  const sight = sightOf(ctx.actor)
  return found.map((ticket) => (ticket && inSight(sight, ticket) ? ticket : null))
}

/** One ticket in sight. @throws Refusal `not_found` */
export async function getTicket(ctx: Context, ref: TicketRef): Promise<Ticket> {
  const [ticket] = await findTickets(ctx, [ref])
  if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
  return ticket
}

/** The ticket in sight that has a number on a desk, or had it before it moved away. @throws Refusal `not_found`, `forbidden` */
export async function getTicketByNumber(ctx: Context, deskId: string, number: number): Promise<Ticket> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const [row] = await ctx.store.run(BY_NUMBER.with({ tenant_id: ctx.tenant.id, desk_id: deskId, number }))
  const ticket = row ? ticketOf(row) : undefined
  if (!ticket || !inSight(sightOf(ctx.actor), ticket)) refuse({ code: 'not_found', missing: 'ticket' })
  return ticket
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
async function withPeople(ctx: Context, rows: readonly TicketLine[], characters: number): Promise<readonly Ticket[]> {
  const ids = new Set(rows.flatMap((row) => [row.requester_id, row.assignee_id]).filter((id) => id !== null))
  const person = personAmong(await findUsers(ctx, [...ids]))
  return rows.map((row) =>
    cutTo(characters, ticketWith(row, person(row.requester_id, row.desk_id), person(row.assignee_id, row.desk_id))),
  )
}

/** A page of a conversation or timeline: after which integer or position it begins, and of how many entries at the most. */
export interface ConversationPage {
  readonly after: number
  readonly limit: number
}

/** Where an answer holds a whole conversation it is read in pages all the same. */
const ENTRIES_AT_ONCE = 1_000

/** Who answers with a conversation longer than a page waits in this line: each of them takes memory. */
const LONG_ANSWERS = 'long answers'

/** A part of a conversation, and where the next one begins. */
interface Part<Entry> {
  readonly entries: readonly Entry[]
  readonly next: number | null
}

/**
 * A whole conversation. Most are one page. A longer one is read by shares that fit into an answer, by one caller of this
 * process after the other.
 */
async function readAll<Entry>(
  ctx: Context,
  first: Part<Entry>,
  readInShares: (page: ConversationPage, budget: number) => Promise<Part<Entry>>,
): Promise<readonly Entry[]> {
  if (first.next === null) return first.entries
  return ctx.store.inTurn([LONG_ANSWERS], async () => {
    const entries: Entry[] = []
    for (let after: number | null = 0; after !== null; ) {
      const part: Part<Entry> = await readInShares({ after, limit: ENTRIES_AT_ONCE }, boundsOf(ctx).answerBytes)
      entries.push(...part.entries)
      after = part.next
    }
    return entries
  })
}

const FIRST_PAGE: ConversationPage = { after: 0, limit: ENTRIES_AT_ONCE }

/** The rows of a page that are shown, and whether others follow: those beyond it are only there to tell. */
function shownOf<Row extends { readonly is_beyond: boolean }>(
  rows: readonly Row[],
  limit: number,
): { readonly shown: readonly Row[]; readonly isMore: boolean } {
  const shown = rows.slice(0, limit).filter((row) => !row.is_beyond)
  return { shown, isMore: shown.length < rows.length }
}

type OnePage = Parameters<typeof MESSAGES.with>[0]
type InShares = Parameters<typeof MESSAGES_IN_SHARES.with>[0]
type PageStatement<Row, Values = OnePage> = TypedStatement<Values, Row>

/** The rows of a page of a ticket's conversation: texts as they are, or in shares of a budget. */
async function pageOf<Row extends { readonly is_beyond: boolean }>(
  ctx: Context,
  ticket: Ticket,
  { after, limit, notes, budget }: ConversationPage & { readonly notes: boolean; readonly budget: number | undefined },
  { whole, inShares }: { readonly whole: PageStatement<Row>; readonly inShares: PageStatement<Row, InShares> },
): Promise<{ readonly shown: readonly Row[]; readonly isMore: boolean }> {
  const page = { after, limit: limit + 1, page_bytes: boundsOf(ctx).pageBytes }
  const values = { tenant_id: ctx.tenant.id, ticket_id: ticket.id, with_notes: notes, ...page }
  const bound = budget === undefined ? whole.with(values) : inShares.with({ ...values, all_bytes: budget })
  const rows = await ctx.store.run(bound)
  return shownOf(rows, limit)
}

/** @param budget bytes of the texts of all pages; without it texts are as they are. */
async function messagesOf(
  ctx: Context,
  ticket: Ticket,
  { after, limit }: ConversationPage,
  budget?: number,
): Promise<Part<Message>> {
  const notes = may(ctx.actor, 'message.read_internal', ticket.deskId)
  const statements = { whole: MESSAGES, inShares: MESSAGES_IN_SHARES }
  const { shown, isMore } = await pageOf(ctx, ticket, { after, limit, notes, budget }, statements)
  const entries = shown.map((row) => asSeen(messageOf(row), notes))
  return { entries, next: isMore ? (entries.at(-1)?.integer ?? null) : null }
}

/**
 * A ticket with its messages, oldest first; internal ones only with `message.read_internal`. Where their texts are too long
 * together (`Bounds.answerBytes`), the longest are cut and say so.
 *
 * @throws Refusal `not_found`
 */
export async function getConversation(
  ctx: Context,
  ref: TicketRef,
): Promise<{ readonly ticket: Ticket; readonly messages: readonly Message[] }> {
  const ticket = await getTicket(ctx, ref)
  const first = await messagesOf(ctx, ticket, FIRST_PAGE)
  return { ticket, messages: await readAll(ctx, first, (page, budget) => messagesOf(ctx, ticket, page, budget)) }
}

/**
 * A page of a ticket's messages, oldest first, after the integer of one; shorter than it may be where its texts are long.
 *
 * @returns `next`: the integer to continue after, null at the end.
 * @throws Refusal `not_found`
 */
export async function getMessagePage(
  ctx: Context,
  ref: TicketRef,
  page: ConversationPage,
): Promise<{ readonly messages: readonly Message[]; readonly next: number | null }> {
  const { entries, next } = await messagesOf(ctx, await getTicket(ctx, ref), page)
  return { messages: entries, next }
}

/** The messages of some tickets, the oldest first, as `getConversation` gives those of one. */
export async function getMessages(
  ctx: Context,
  tickets: readonly Ticket[],
): Promise<readonly { readonly ticket: Ticket; readonly message: Message }[]> {
  if (tickets.length === 0) return []
  const withNotes = tickets.filter((ticket) => may(ctx.actor, 'message.read_internal', ticket.deskId))
  const ids = { ticket_ids: tickets.map(({ id }) => id), noted_ids: withNotes.map(({ id }) => id) }
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]))
  const inShares = async ({ after, limit }: ConversationPage, budget: number) => {
    const page = { after, limit: limit + 1, page_bytes: boundsOf(ctx).pageBytes, all_bytes: budget }
    const rows = await ctx.store.run(MESSAGES_OF_TICKETS.with({ tenant_id: ctx.tenant.id, ...ids, ...page }))
    const { shown, isMore } = shownOf(rows, limit)
    const entries = shown.map(messageOf).flatMap((message) => {
      const ticket = byId.get(message.ticketId)
      return ticket ? [{ ticket, message: asSeen(message, withNotes.includes(ticket)) }] : []
    })
    return { entries, next: isMore ? (entries.at(-1)?.message.integer ?? null) : null }
  }
  return readAll(ctx, await inShares(FIRST_PAGE, boundsOf(ctx).answerBytes), inShares)
}

/**
 * A ticket with a page of its timeline, oldest first, after an event position; shorter than it may be where its texts are
 * long.
 *
 * @returns `next`: the position to continue after, null at the end.
 * @throws Refusal `not_found`
 */
export async function getTimeline(
  ctx: Context,
  ref: TicketRef,
  page: ConversationPage,
): Promise<{ readonly ticket: Ticket; readonly entries: readonly TimelineEntry[]; readonly next: number | null }> {
  const ticket = await getTicket(ctx, ref)
  return { ticket, ...(await timelineOf(ctx, ticket, page)) }
}

/** A ticket with all of its timeline, for vendors that show it at once; texts as in `getConversation`. @throws Refusal `not_found` */
export async function getWholeTimeline(
  ctx: Context,
  ref: TicketRef,
): Promise<{ readonly ticket: Ticket; readonly entries: readonly TimelineEntry[] }> {
  const ticket = await getTicket(ctx, ref)
  const first = await timelineOf(ctx, ticket, FIRST_PAGE)
  return { ticket, entries: await readAll(ctx, first, (page, budget) => timelineOf(ctx, ticket, page, budget)) }
}

/** @param budget as for `messagesOf`. */
async function timelineOf(
  ctx: Context,
  ticket: Ticket,
  { after, limit }: ConversationPage,
  budget?: number,
): Promise<Part<TimelineEntry>> {
  const notes = may(ctx.actor, 'message.read_internal', ticket.deskId)
  const statements = { whole: TIMELINE, inShares: TIMELINE_IN_SHARES }
  const { shown, isMore } = await pageOf(ctx, ticket, { after, limit, notes, budget }, statements)
  const actorIds = [...new Set(shown.flatMap((row) => row.actor_id ?? []))]
  const actor = personAmong(await findUsers(ctx, actorIds))
  const entries = shown.map((row) => ({
    event: eventOf(row),
    message: row.message ? asSeen(messageOf(row.message), notes) : null,
    actor: actor(row.actor_id, ticket.deskId),
    credentialName: row.credential_name,
  }))
  return { entries, next: isMore ? (entries.at(-1)?.event.position ?? null) : null }
}

/** What was recorded under an id about a ticket in sight, notes only with `message.read_internal`; else null. */
export async function findTicketEvent(ctx: Context, id: string): Promise<Event | null> {
  const [row] = await ctx.store.run(TICKET_EVENT.with({ tenant_id: ctx.tenant.id, id }))
  if (!row || row.ticket_id === null) return null
  const [ticket] = await findTickets(ctx, [{ id: row.ticket_id }])
  const isSeen = ticket && (!row.is_of_note || may(ctx.actor, 'message.read_internal', ticket.deskId))
  return isSeen ? eventOf(row) : null
}

/** Finds a user among some, as a ticket of a desk shows them. */
function personAmong(users: readonly UserSummary[]): (id: string | null, deskId: string) => Person | null {
  const byId = new Map(users.map((user) => [user.id, user]))
  return (id, deskId) => {
    const user = id === null ? undefined : byId.get(id)
    return user ? personOn(user, deskId) : null
  }
}

/** A user as a ticket of a desk shows them. */
export function personOn(user: UserSummary, deskId: string): Person {
  const { memberships, username: _, ...person } = user
  const membership = memberships.find((each) => each.deskId === deskId)
  return { ...person, membership: membership ? { id: membership.id, role: membership.role } : null }
}
