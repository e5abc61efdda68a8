import { changeTicket, createTicket } from '../../../core/tickets/commands.ts'
import { listTickets } from '../../../core/tickets/queries.ts'
import { route } from '../../dialect.ts'
import { reading, writing } from '../auth.ts'
import { answerChange, answerComment, answerCreated, answerPage, answerTicket } from './answers.ts'
import { decodeCommentText, decodeNewTicket, decodeStatusChange, lowerCase } from './codec.ts'
import { changeType, refuseToMembers } from './guards.ts'
import { decodeListing, pageAfter } from './listing.ts'
import { findAssignee } from './references.ts'
import {
  AssigneeBody,
  ChangeAnswer,
  CommentAnswer,
  CommentBody,
  CreateBody,
  ListQuery,
  StatusBody,
  TicketAnswer,
  TicketPageAnswer,
  TicketParams,
  TypeBody,
} from './schema.ts'
import { wholeTimeline } from './timeline.ts'

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
    need: writing('ticket.create'),
    body: CreateBody,
    answers: { 201: TicketAnswer },
    handle: async ({ ctx, body }) => {
      const { ticket } = await createTicket(ctx, decodeNewTicket(body, ctx.tenant, ctx.actor))
      return answerCreated(ctx, ticket)
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
    handle: async ({ ctx, params }) => {
      const { ticket, entries } = await wholeTimeline(ctx, lowerCase(params.id))
      return answerTicket(ctx, ticket, entries)
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
    handle: async ({ ctx, params, body }) => {
      const id = lowerCase(params.id)
      if (body.ticket.status === 'closed') await refuseToMembers(ctx, id)
      const outcome = await changeTicket(ctx, { id }, decodeStatusChange(body), { recordAlways: true })
      return answerChange(ctx, outcome, 'ticket.status_changed')
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
    handle: async ({ ctx, params, body }) => {
      const id = lowerCase(params.id)
      const assigneeId = await findAssignee(ctx, id, body)
      const outcome = await changeTicket(ctx, { id }, { assigneeId }, { recordAlways: true })
      return answerChange(ctx, outcome, 'ticket.assignee_changed')
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
    need: writing('ticket.read', 'message.reply'),
    body: CommentBody,
    answers: { 201: CommentAnswer },
    handle: async ({ ctx, body }) => {
      const text = decodeCommentText(body)
      const ref = { id: lowerCase(body.activity.ticketRef) }
      const outcome = await changeTicket(ctx, ref, { message: { visibility: 'public', format: 'text', text } })
      return answerComment(ctx, outcome, text)
    },
  }),
]
