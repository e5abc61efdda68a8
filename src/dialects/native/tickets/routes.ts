import { refuse } from '../../../core/errors.ts'
import { changeTicket, createTicket, deleteTickets } from '../../../core/tickets/commands.ts'
import { getConversation, getTicket, getTimeline, listTickets } from '../../../core/tickets/queries.ts'
import type { Route } from '../../dialect.ts'
import { route } from '../../dialect.ts'
import type { Need } from '../auth.ts'
import { namesOf } from '../names.ts'
import { decodeCount, decodeKey, decodeLimit } from '../paging.ts'
import { answerCreated, answerMessageAdded, answerMessages, answerTicket, answerTickets, answerTimeline } from './answers.ts'
import { decodeChange, decodeFilter, decodeNewTicket, decodePrecondition, decodeRef, decodeReply } from './codec.ts'
import {
  ChangeBody,
  MessageAddedAnswer,
  MessageListAnswer,
  NewMessageBody,
  NewTicketBody,
  TicketAnswer,
  TicketListAnswer,
  TicketParams,
  TicketQuery,
  TimelineAnswer,
  TimelineQuery,
} from './schema.ts'

export const ticketRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/v1/tickets',
    operationId: 'createTicket',
    summary: 'Open a ticket',
    need: ['ticket.create', 'ticket.assign'],
    body: NewTicketBody,
    answers: { 201: TicketAnswer },
    handle: async ({ ctx, body }) => {
      const { ticket } = await createTicket(ctx, decodeNewTicket(ctx.tenant, ctx.actor, body))
      return answerCreated(ctx.tenant, ticket)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets',
    operationId: 'listTickets',
    summary: 'List tickets, newest first',
    need: ['ticket.read'],
    query: TicketQuery,
    answers: { 200: TicketListAnswer },
    handle: async ({ ctx, query }) => {
      const page = { by: 'key', order: 'newest', after: decodeKey(query), limit: decodeLimit(query) } as const
      const { tickets, next } = await listTickets(ctx, decodeFilter(query), page)
      return answerTickets(ctx.tenant, tickets, next)
    },
  }),
