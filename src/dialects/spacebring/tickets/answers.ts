import type { Static } from 'typebox'
import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Context } from '../../../core/context.ts'
import type { Event, EventKind } from '../../../core/events/event.ts'
import { findUsers } from '../../../core/identity/queries.ts'
import { personOn } from '../../../core/tickets/queries/people.ts'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import type { Ticket as CoreTicket, TicketOutcome } from '../../../core/tickets/ticket.ts'
import type { Answer } from '../../wire.ts'
import { encodeActivities, encodeChange, encodeComment, namedIn, type Scene } from './activities.ts'
import { encodeCreatedTicket, encodeTicket } from './codec.ts'
import type { NextPage } from './listing.ts'
import { peopleById, readerOn } from './people.ts'
import type { ChangeAnswer, CommentAnswer, Ticket, TicketAnswer, TicketPageAnswer } from './schema.ts'

type Outcome = TicketOutcome & { readonly ticket: CoreTicket }
/** What shows in activities beside the events. */
export type Showing = Pick<Scene, 'profile' | 'linkTo'>

export function answerPage(ctx: Context, tickets: readonly CoreTicket[], nextPage: NextPage | null): Answer {
  const body: Static<typeof TicketPageAnswer> = { tickets: tickets.map((ticket) => shown(ctx, ticket)), ...nextPage }
  return { status: 200, body }
}

/** A new ticket has no activities, or that of its creation (S7). */
export async function answerCreated(ctx: Context, outcome: Outcome, showing: Showing): Promise<Answer> {
  const { ticket } = outcome
  const reader = readerOn(ctx.actor, ticket.deskId)
  const actor = personOn(ctx.actor.user, ticket.deskId)
  const entries = outcome.events.map((event) => ({ event, message: null, actor, credentialName: null, cameFrom: null }))
  const created = entries.filter(({ event }) => event.kind === 'ticket.created')
  const body: Static<typeof TicketAnswer> = {
    activities: encodeActivities(created, await sceneOf(ctx, ticket, created, showing)),
    ticket: encodeCreatedTicket(ticket, ctx.tenant, reader),
  }
  return { status: 201, body }
}

export async function answerTicket(
  ctx: Context,
  ticket: CoreTicket,
  entries: readonly TimelineEntry[],
  showing: Showing,
): Promise<Answer> {
  const activities = encodeActivities(entries, await sceneOf(ctx, ticket, entries, showing))
  const body: Static<typeof TicketAnswer> = { activities, ticket: shown(ctx, ticket) }
  return { status: 200, body }
}

/** The activity of the change that was asked for, and the ticket after it. */
export async function answerChange(ctx: Context, outcome: Outcome, kind: EventKind, linkTo: LinkTo): Promise<Answer> {
  const { ticket } = outcome
  const event = recorded(outcome, kind)
  const actor = personOn(ctx.actor.user, ticket.deskId)
  const activity = encodeChange(
    event,
    actor,
    await sceneOf(ctx, ticket, [{ event, message: null, actor }], withEither(linkTo)),
  )
  if (!activity) throw new Error(`An event ${kind} has no activity to show.`)
  const body: Static<typeof ChangeAnswer> = { activity, ticket: shown(ctx, ticket) }
  return { status: 200, body }
}

export async function answerComment(ctx: Context, outcome: Outcome, linkTo: LinkTo): Promise<Answer> {
  const { ticket } = outcome
  const author = personOn(ctx.actor.user, ticket.deskId)
  const [message] = outcome.messages
  if (!message) throw new Error('A comment was added, but the core did not answer it.')
  const scene = await sceneOf(ctx, ticket, [], withEither(linkTo))
  const body: Static<typeof CommentAnswer> = {
    activity: encodeComment(recorded(outcome, 'message.added'), message, author, scene),
  }
  return { status: 201, body }
}

/** What a change is answered with is an activity of both generations. */
function withEither(linkTo: LinkTo): Showing {
  return { profile: 'older', linkTo }
}

function shown(ctx: Context, ticket: CoreTicket): Ticket {
  return encodeTicket(ticket, ctx.tenant, readerOn(ctx.actor, ticket.deskId))
}

function recorded(outcome: TicketOutcome, kind: EventKind): Event {
  const event = outcome.events.find((each) => each.kind === kind)
  if (!event) throw new Error(`A change recorded no ${kind}.`)
  return event
}

/** What the activities of a ticket are shown with. Looks up only whom neither the ticket nor its timeline brings along. */
async function sceneOf(
  ctx: Context,
  ticket: CoreTicket,
  entries: readonly Pick<TimelineEntry, 'event' | 'message' | 'actor'>[],
  showing: Showing,
): Promise<Scene> {
  const { deskId } = ticket
  const known = peopleById([...entries.map((each) => each.actor), ticket.requester, ticket.assignee])
  const unknown = namedIn(entries).filter((id) => !known.has(id))
  const found = (await findUsers(ctx, unknown)).map((user) => personOn(user, deskId))
  const people = peopleById([...known.values(), ...found])
  return { ticketId: ticket.id, tenant: ctx.tenant, reader: readerOn(ctx.actor, deskId), people, ...showing }
}
