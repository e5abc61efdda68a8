import type { Static } from 'typebox'
import { linkingIn } from '../../../core/attachments/links.ts'
import { TITLE_CHARACTERS } from '../../../core/bounds.ts'
import { changeTicket } from '../../../core/tickets/commands/change.ts'
import { createTicket } from '../../../core/tickets/commands/create.ts'
import { getConversation } from '../../../core/tickets/queries/conversation.ts'
import { getTicket } from '../../../core/tickets/queries/find.ts'
import { listTickets } from '../../../core/tickets/queries/list.ts'
import { type Call, type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import type { Answer } from '../../wire.ts'
import type { Need } from '../auth.ts'
import { nextAfter, pageFrom } from '../paging.ts'
import {
  decodeFilter,
  decodeNewTicket,
  decodeUpdate,
  deskIn,
  encodeMessages,
  encodePage,
  encodeTicket,
  ticketIn,
} from './codec.ts'
import { onceOnly } from './once.ts'
import {
  AccountParams,
  CreateTicket,
  ListTickets,
  Messages,
  Page,
  Ticket,
  TicketParams,
  UpdateTicket,
} from './schema.ts'

/** Moov, Update a support ticket. */
async function update({ ctx, params, body }: Call<Static<typeof TicketParams>, object, UpdateTicket>): Promise<Answer> {
  const { ticket } = await changeTicket(ctx, ticketIn(params), decodeUpdate(body))
  return { status: 200, body: encodeTicket(ticket, ctx.tenant) }
}

/** Moov, Support tickets: all five operations answer 200, create included. */
export const ticketRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/accounts/:accountID/tickets',
    operationId: 'createTicket',
    summary: 'Create a support ticket for a Moov account.',
    need: 'create a ticket',
    params: AccountParams,
    body: CreateTicket,
    isText: texts('title', 'body'),
    answers: { 200: Ticket },
    handle: async ({ ctx, params, body, headers, services }) => {
      const deskId = deskIn(params)
      const once = onceOnly(ctx, services.settings, deskId, headers)
      const { ticket } = await createTicket(once, decodeNewTicket(deskId, body))
      return { status: 200, body: encodeTicket(ticket, ctx.tenant) }
    },
  }),

  route({
    method: 'GET',
    path: '/accounts/:accountID/tickets',
    operationId: 'listTickets',
    summary: 'List the support tickets of a Moov account, newest first.',
    need: 'read tickets',
    params: AccountParams,
    query: ListTickets,
    answers: { 200: Page },
    handle: async ({ ctx, params, query }) => {
      const page = pageFrom(query)
      const listed = await listTickets(ctx, decodeFilter(deskIn(params), query), page, TITLE_CHARACTERS)
      return { status: 200, body: encodePage(listed.tickets, nextAfter(listed, page), ctx.tenant) }
    },
  }),

  route({
    method: 'GET',
    path: '/accounts/:accountID/tickets/:ticketID',
    operationId: 'getTicket',
    summary: 'Retrieve a support ticket.',
    need: 'read tickets',
    params: TicketParams,
    answers: { 200: Ticket },
    handle: async ({ ctx, params }) => {
      const ticket = await getTicket(ctx, ticketIn(params))
      return { status: 200, body: encodeTicket(ticket, ctx.tenant) }
    },
  }),

  route({
    method: 'PATCH',
    path: '/accounts/:accountID/tickets/:ticketID',
    operationId: 'updateTicket',
    summary: 'Close a support ticket.',
    need: 'close a ticket',
    params: TicketParams,
    body: UpdateTicket,
    answers: { 200: Ticket },
    handle: update,
  }),

  // The page prints its command with this method.
  route({
    method: 'POST',
    path: '/accounts/:accountID/tickets/:ticketID',
    operationId: 'updateTicketAsPrinted',
    summary: 'Close a support ticket, as the command of the vendor’s page does it.',
    need: 'close a ticket',
    params: TicketParams,
    body: UpdateTicket,
    answers: { 200: Ticket },
    handle: update,
  }),

  route({
    method: 'GET',
    path: '/accounts/:accountID/tickets/:ticketID/messages',
    operationId: 'listTicketMessages',
    summary: 'List the messages of a support ticket, oldest first.',
    need: 'read tickets',
    params: TicketParams,
    answers: { 200: Messages },
    handle: async ({ ctx, params, services }) => {
      const { ticket, messages } = await getConversation(ctx, ticketIn(params))
      return { status: 200, body: encodeMessages(ticket, messages, linkingIn(services.links, ctx)) }
    },
  }),
]
