import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Context } from '../../../core/context.ts'
import { findUsers } from '../../../core/identity/queries.ts'
import { getConversation } from '../../../core/tickets/queries/conversation.ts'
import { getWholeTimeline } from '../../../core/tickets/queries/timeline.ts'
import type { TicketRef } from '../../../core/tickets/ticket.ts'
import type { Answer } from '../../wire.ts'
import { encodeTicket } from './codec.ts'
import { encodeHistory, encodeMessage, usersNamed } from './timeline.ts'

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
  const { ticket, entries } = await getWholeTimeline(ctx, ref)
  const users = await findUsers(ctx, usersNamed(entries))
  const shown = { ticket, tenant: ctx.tenant, users: new Map(users.map((user) => [user.id, user.integer])), linkTo }
  return { ticket, timeline: encodeHistory(entries, shown) }
}
