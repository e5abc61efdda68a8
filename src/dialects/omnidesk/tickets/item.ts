import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Context } from '../../../core/context.ts'
import { getConversation, getTimeline, type TimelineEntry } from '../../../core/tickets/queries.ts'
import type { Ticket, TicketRef } from '../../../core/tickets/ticket.ts'
import { findUsers } from '../../../core/users/queries.ts'
import type { Answer } from '../../dialect.ts'
import { encodeTicket } from './codec.ts'
import { encodeHistory, encodeMessage, usersNamed } from './timeline.ts'

/** The vendor's timeline has no pages: a long one is read in some and answered as one. */
const ENTRIES_AT_ONCE = 1000

/** One ticket with its messages, and on request with what has been changed. @throws Refusal `not_found` */
export async function showItem(ctx: Context, ref: TicketRef, withHistory: boolean, linkTo: LinkTo): Promise<Answer> {
  const { ticket, timeline } = withHistory ? await history(ctx, ref, linkTo) : await conversation(ctx, ref, linkTo)
  return { status: 200, body: { type: 'item', item: { ...encodeTicket(ticket, ctx.tenant), timeline } } }
}

async function conversation(ctx: Context, ref: TicketRef, linkTo: LinkTo) {
  const { ticket, messages } = await getConversation(ctx, ref)
  const shown = { ticket, tenant: ctx.tenant, users: new Map(), linkTo }
  return { ticket, timeline: messages.map((message) => encodeMessage(message, shown)) }
}

async function history(ctx: Context, ref: TicketRef, linkTo: LinkTo) {
  const { ticket, entries } = await wholeTimeline(ctx, ref)
  const users = await findUsers(ctx, usersNamed(entries))
  const shown = { ticket, tenant: ctx.tenant, users: new Map(users.map((user) => [user.id, user.integer])), linkTo }
  return { ticket, timeline: encodeHistory(entries, shown) }
}

async function wholeTimeline(
  ctx: Context,
  ref: TicketRef,
): Promise<{ readonly ticket: Ticket; readonly entries: readonly TimelineEntry[] }> {
  const first = await getTimeline(ctx, ref, { after: 0, limit: ENTRIES_AT_ONCE })
  const entries = [...first.entries]
  for (let after = first.next; after !== null; ) {
    const page = await getTimeline(ctx, { id: first.ticket.id }, { after, limit: ENTRIES_AT_ONCE })
    entries.push(...page.entries)
    after = page.next
  }
  return { ticket: first.ticket, entries }
}
