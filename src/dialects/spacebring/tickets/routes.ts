import { linkingIn } from '../../../core/attachments/links.ts'
import type { Context } from '../../../core/context.ts'
import { changeTicket } from '../../../core/tickets/commands/change.ts'
import { createTicket } from '../../../core/tickets/commands/create.ts'
import { listTickets } from '../../../core/tickets/queries/list.ts'
import { getWholeTimeline } from '../../../core/tickets/queries/timeline.ts'
import type { Ticket, TicketChange } from '../../../core/tickets/ticket.ts'
import { route } from '../../route.ts'
import type { Services } from '../../services.ts'
import { texts } from '../../text.ts'
import { byTokenOnly, reading, writing } from '../auth.ts'
import { options } from '../options.ts'
import { answerChange, answerComment, answerCreated, answerPage, answerTicket, type Showing } from './answers.ts'
import { decodeComment, decodeNewTicket, decodeStatusChange, lowerCase } from './codec.ts'
import { changeType, deleteComment, refuseToMembers } from './guards.ts'
import { decodeListing, pageAfter } from './listing.ts'
import { decodeAssignee, findRequester } from './references.ts'
import {
  AssigneeBody,
  ChangeAnswer,
  CommentAnswer,
  CommentBody,
  CommentParams,
  CreateBody,
  ListQuery,
  StatusBody,
  TicketAnswer,
  TicketPageAnswer,
  TicketParams,
  TypeBody,
} from './schema.ts'

function showing(ctx: Context, { settings, links }: Services): Showing {
  return { profile: settings.chosen(options).activityProfile, linkTo: linkingIn(links, ctx) }
}

/** Spacebring reference, Support: the tickets, each operation as decode, one core call, encode. */
export const routes = [
  route({
    method: 'GET',
    path: '/support/tickets/v1',
    operationId: 'retrieveTickets',
    summary: 'Retrieve tickets',
    need: reading('ticket.read'),
    query: ListQuery,
    answers: { 200: TicketPageAnswer },
    handle: async ({ ctx, query }) => {
      const listing = await decodeListing(ctx, query)
      const { tickets, next } = await listTickets(ctx, listing.filter, listing.page)
      return answerPage(ctx, tickets, next && pageAfter(listing, query, next))
    },
  }),
  route({
    method: 'POST',
    path: '/support/tickets/v1',
    operationId: 'createTicket',
    summary: 'Create a ticket',
    need: byTokenOnly(writing('ticket.create')),
    body: CreateBody,
    isText: texts('text'),
    answers: { 201: TicketAnswer },
    handle: async ({ ctx, body, services }) => {
      const outcome = await createTicket(ctx, async () =>
        decodeNewTicket(body, ctx.tenant, await findRequester(ctx, body)),
      )
      return answerCreated(ctx, outcome, showing(ctx, services))
    },
  }),
  route({
    method: 'GET',
    path: '/support/tickets/v1/:id',
    operationId: 'retrieveTicket',
    summary: 'Retrieve a ticket',
    need: reading('ticket.read'),
    params: TicketParams,
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params, services }) => {
      const { ticket, entries } = await getWholeTimeline(ctx, { id: lowerCase(params.id) })
      return answerTicket(ctx, ticket, entries, showing(ctx, services))
    },
  }),
  route({
    method: 'PUT',
    path: '/support/tickets/v1/:id/status',
    operationId: 'updateTicketStatus',
    summary: "Update a ticket's status",
    need: writing('ticket.read', 'ticket.status'),
    params: TicketParams,
    body: StatusBody,
    answers: { 200: ChangeAnswer },
    handle: async ({ ctx, params, body, services }) => {
      const id = lowerCase(params.id)
      const decide = (ticket: Ticket): TicketChange => {
        if (body.ticket.status === 'closed') refuseToMembers(ctx, ticket)
        return decodeStatusChange(body)
      }
      const outcome = await changeTicket(ctx, { id }, { decide }, { recordAlways: true })
      return answerChange(ctx, outcome, 'ticket.status_changed', linkingIn(services.links, ctx))
    },
  }),
  route({
    method: 'PUT',
    path: '/support/tickets/v1/:id/assignee',
    operationId: 'updateTicketAssignee',
    summary: "Update a ticket's assignee",
    need: writing('ticket.read', 'ticket.assign'),
    params: TicketParams,
    body: AssigneeBody,
    answers: { 200: ChangeAnswer },
    handle: async ({ ctx, params, body, services }) => {
      const id = lowerCase(params.id)
      const outcome = await changeTicket(ctx, { id }, () => decodeAssignee(ctx, body), { recordAlways: true })
      return answerChange(ctx, outcome, 'ticket.assignee_changed', linkingIn(services.links, ctx))
    },
  }),
  route({
    method: 'PATCH',
    path: '/support/tickets/v1/:id/type',
    operationId: 'updateTicketType',
    summary: "Update a ticket's type",
    need: writing('ticket.read', 'ticket.change'),
    params: TicketParams,
    body: TypeBody,
    answers: { 204: null },
    handle: async ({ ctx, params, body }) => {
      await changeType(ctx, lowerCase(params.id), body.ticket.type)
      return { status: 204 }
    },
  }),
  route({
    method: 'POST',
    path: '/support/tickets/v1/comment',
    operationId: 'createTicketComment',
    summary: 'Create a ticket comment',
    need: byTokenOnly(writing('ticket.read', 'message.reply')),
    body: CommentBody,
    isText: texts('text'),
    answers: { 201: CommentAnswer },
    handle: async ({ ctx, body, services }) => {
      const ref = { id: lowerCase(body.activity.ticketRef) }
      const outcome = await changeTicket(ctx, ref, () => ({ message: decodeComment(body) }))
      return answerComment(ctx, outcome, linkingIn(services.links, ctx))
    },
  }),
  route({
    method: 'DELETE',
    path: '/support/tickets/v1/comment/:id',
    operationId: 'deleteTicketComment',
    summary: 'Delete a ticket comment',
    need: writing('ticket.read', 'message.delete', 'message.reply'),
    params: CommentParams,
    answers: { 204: null },
    handle: async ({ ctx, params, services }) => {
      await deleteComment(ctx, lowerCase(params.id), services.settings)
      return { status: 204 }
    },
  }),
]
