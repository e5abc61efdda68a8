import type { Context } from '../../context.ts'
import type { Event } from '../../events/event.ts'
import { eventOf } from '../../events/rows.ts'
import { may } from '../../identity/actor.ts'
import { findUsers } from '../../identity/queries.ts'
import type { Message, Origin } from '../../messages/message.ts'
import { asSeen } from '../../messages/rules.ts'
import { messageOf } from '../rows.ts'
import { TIMELINE, TIMELINE_IN_SHARES } from '../store/conversation.ts'
import type { Person, Ticket, TicketRef } from '../ticket.ts'
import { type ConversationPage, FIRST_PAGE, type Part, pageOf, readAll } from './conversation.ts'
import { getTicket } from './find.ts'
import { personAmong } from './people.ts'

/** One entry of a ticket's timeline: an event, and the message if it added one. Internal messages only with `message.read_internal`. */
export interface TimelineEntry {
  readonly event: Event
  readonly message: Message | null
  readonly actor: Person | null
  /** The name of the credential it was done with. */
  readonly credentialName: string | null
  /** The ticket that it happened to, where that was merged into this one; else null. */
  readonly cameFrom: Origin | null
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
    cameFrom: row.came_from,
  }))
  return { entries, next: isMore ? (entries.at(-1)?.event.position ?? null) : null }
}
