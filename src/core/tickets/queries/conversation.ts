import type { TypedStatement } from '../../../storage/statement.ts'
import { boundsOf } from '../../bounds.ts'
import type { Context } from '../../context.ts'
import { may } from '../../identity/actor.ts'
import type { Instant } from '../../instant.ts'
import type { Message } from '../../messages/message.ts'
import { asSeen } from '../../messages/rules.ts'
import { messageOf } from '../rows.ts'
import { MESSAGES, MESSAGES_IN_SHARES, MESSAGES_OF_TICKETS, MESSAGES_UNTIL } from '../store/conversation.ts'
import type { Ticket, TicketRef } from '../ticket.ts'
import { getTicket } from './find.ts'

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
export interface Part<Entry> {
  readonly entries: readonly Entry[]
  readonly next: number | null
}

/**
 * A whole conversation. Most are one page. A longer one is read by shares that fit into an answer, by one caller of this
 * process after the other.
 */
export async function readAll<Entry>(
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

export const FIRST_PAGE: ConversationPage = { after: 0, limit: ENTRIES_AT_ONCE }

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
export async function pageOf<Row extends { readonly is_beyond: boolean }>(
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

/** As `messagesOf`, of what had been said at a moment. */
export async function messagesUntil(
  ctx: Context,
  ticket: Ticket,
  { after, limit }: ConversationPage,
  until: Instant,
): Promise<Part<Message>> {
  const notes = may(ctx.actor, 'message.read_internal', ticket.deskId)
  const page = { after, limit: limit + 1, page_bytes: boundsOf(ctx).pageBytes }
  const of = { tenant_id: ctx.tenant.id, ticket_id: ticket.id, with_notes: notes }
  const { shown, isMore } = shownOf(await ctx.store.run(MESSAGES_UNTIL.with({ ...of, ...page, until })), limit)
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
