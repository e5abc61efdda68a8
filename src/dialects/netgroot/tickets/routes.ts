import { Type } from 'typebox'
import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import type { UserSummary } from '../../../core/identity/user.ts'
import { changeTicket } from '../../../core/tickets/commands/change.ts'
import { createTicket } from '../../../core/tickets/commands/create.ts'
import { getConversation } from '../../../core/tickets/queries/conversation.ts'
import { findUsersByInteger } from '../../../core/users/queries.ts'
import type { Route } from '../../route.ts'
import { route } from '../../route.ts'
import { texts } from '../../text.ts'
import { NEEDS, type Need } from '../auth.ts'
import { done, doneAs, show, shownAs } from '../envelope.ts'
import { decodePage, list, listedAs, showList } from '../paging.ts'
import {
  decodeFilter,
  decodeMessage,
  decodeNewTicket,
  decodeUpdate,
  encodeCreated,
  encodeDetails,
  encodeReplies,
  encodeReplyAdded,
  encodeStaffDetails,
  encodeStaffSummary,
  encodeStanding,
  encodeSummary,
} from './codec.ts'
import {
  CloseBody,
  FilterQuery,
  NewTicketBody,
  PageQuery,
  Reply,
  ReplyAdded,
  ReplyBody,
  StaffReplyBody,
  StaffTicketDetails,
  StaffTicketSummary,
  TicketDetails,
  TicketQuery,
  TicketStanding,
  TicketSummary,
  UpdateBody,
} from './schema.ts'

/** What subscribers do with their own tickets; CreateTicket and getCustomerTickets are the vendor's, the others complete them. */
export const subscriberTicketRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/api/v1/subscriber/CreateTicket',
    operationId: 'createTicket',
    summary: 'Open a ticket for the authenticated subscriber',
    need: NEEDS.createTicket,
    body: NewTicketBody,
    isText: texts('message'),
    answers: { 200: doneAs(TicketStanding) },
    handle: async ({ ctx, body }) => {
      const { ticket } = await createTicket(ctx, () => decodeNewTicket(ctx.tenant, ctx.actor.user, body))
      return done('Ticket created successfully', encodeCreated(ctx.tenant, ticket, body))
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/subscriber/getCustomerTickets',
    operationId: 'getCustomerTickets',
    summary: "List the subscriber's tickets, newest first",
    need: NEEDS.readOwnTickets,
    query: PageQuery,
    answers: { 200: listedAs(TicketSummary) },
    handle: async ({ ctx, query }) => {
      const listing = await list(ctx, { requesterIds: [ctx.actor.user.id] }, decodePage(query))
      return showList(listing, (ticket) => encodeSummary(ctx.tenant, ticket))
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/subscriber/getTicketDetails',
    operationId: 'getTicketDetails',
    summary: "Show one of the subscriber's tickets with its replies",
    need: NEEDS.readOwnTickets,
    query: TicketQuery,
    answers: { 200: shownAs(TicketDetails) },
    handle: async ({ ctx, query }) => {
      const conversation = await getConversation(ctx, { integer: Number(query.id) })
      return show(encodeDetails(ctx.tenant, conversation))
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/subscriber/getTicketReplies',
    operationId: 'getTicketReplies',
    summary: "List the replies to one of the subscriber's tickets, oldest first",
    need: NEEDS.readOwnTickets,
    query: TicketQuery,
    answers: { 200: shownAs(Type.Array(Reply)) },
    handle: async ({ ctx, query }) => {
      const conversation = await getConversation(ctx, { integer: Number(query.id) })
      return show(encodeReplies(conversation))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/subscriber/ReplyTicket',
    operationId: 'replyTicket',
    summary: "Reply to one of the subscriber's tickets",
    need: NEEDS.replyToOwnTicket,
    body: ReplyBody,
    isText: texts('message'),
    answers: { 200: doneAs(ReplyAdded) },
    handle: async ({ ctx, body }) => {
      const message = decodeMessage('public', body.message)
      const outcome = await changeTicket(ctx, { integer: body.ticket_id }, { message })
      return done('Reply added successfully', encodeReplyAdded(ctx.tenant, outcome))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/subscriber/CloseTicket',
    operationId: 'closeTicket',
    summary: "Close one of the subscriber's tickets",
    need: NEEDS.closeOwnTicket,
    body: CloseBody,
    answers: { 200: doneAs(TicketStanding) },
    handle: async ({ ctx, body }) => {
      const { ticket } = await changeTicket(ctx, { integer: body.ticket_id }, { status: { to: 'closed' } })
      return done('Ticket closed successfully', encodeStanding(ctx.tenant, ticket))
    },
  }),
]

/** The user whose tickets staff ask for. @throws Refusal `invalid` when there is none by this id. */
async function requesterNamed(ctx: Context, subscriberId: string | undefined): Promise<UserSummary | null> {
  if (subscriberId === undefined) return null
  const [user] = await findUsersByInteger(ctx, [Number(subscriberId)])
  return user ?? refuseField(['subscriber_id'], 'unknown', 'names no user')
}

/** What staff do with every ticket in their sight. The vendor documents none of these publicly; the form is ours. */
export const staffTicketRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v1/Tickets/getTickets',
    operationId: 'getTickets',
    summary: 'List tickets, newest first',
    need: NEEDS.listTickets,
    query: FilterQuery,
    answers: { 200: listedAs(StaffTicketSummary) },
    handle: async ({ ctx, query }) => {
      const filter = decodeFilter(ctx.tenant, query, await requesterNamed(ctx, query.subscriber_id))
      const listing = await list(ctx, filter, decodePage(query))
      return showList(listing, (ticket) => encodeStaffSummary(ctx.tenant, ticket))
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/Tickets/getTicket',
    operationId: 'getTicket',
    summary: 'Show a ticket with its replies and notes',
    need: NEEDS.readTicket,
    query: TicketQuery,
    answers: { 200: shownAs(StaffTicketDetails) },
    handle: async ({ ctx, query }) => {
      const conversation = await getConversation(ctx, { integer: Number(query.id) })
      return show(encodeStaffDetails(ctx.tenant, conversation))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/Tickets/UpdateTicket',
    operationId: 'updateTicket',
    summary: "Change a ticket's subject, type, status, priority or group",
    need: NEEDS.updateTicket,
    body: UpdateBody,
    answers: { 200: doneAs(TicketStanding) },
    handle: async ({ ctx, body }) => {
      const { ticket } = await changeTicket(ctx, { integer: body.ticket_id }, () => decodeUpdate(ctx.tenant, body))
      return done('Ticket updated successfully', encodeStanding(ctx.tenant, ticket))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/Tickets/ReplyTicket',
    operationId: 'replyToTicket',
    summary: 'Reply to a ticket, or note something internally',
    need: NEEDS.replyToTicket,
    body: StaffReplyBody,
    isText: texts('message'),
    answers: { 200: doneAs(ReplyAdded) },
    handle: async ({ ctx, body }) => {
      const message = decodeMessage(body.internal === true ? 'internal' : 'public', body.message)
      const outcome = await changeTicket(ctx, { integer: body.ticket_id }, { message })
      return done('Reply added successfully', encodeReplyAdded(ctx.tenant, outcome))
    },
  }),
]
