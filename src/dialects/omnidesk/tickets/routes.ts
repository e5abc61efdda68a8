import { linkingIn } from '../../../core/attachments/links.ts'
import { TITLE_CHARACTERS } from '../../../core/bounds.ts'
import { deleteTickets, eraseTickets } from '../../../core/erasure/ticket.ts'
import { changeTicket, changeTickets } from '../../../core/tickets/commands/change.ts'
import { createTicket } from '../../../core/tickets/commands/create.ts'
import { listTickets } from '../../../core/tickets/queries/list.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import { demandVendor, NEEDS, type Need } from '../auth.ts'
import { parametersOf } from '../names.ts'
import { pageOf, showPage } from '../paging.ts'
import { AnyQuery } from '../parameters.ts'
import { changesOf, decodeBatch, isActionText, outlineOf } from './batch.ts'
import {
  decodeHistory,
  decodeListing,
  decodeNarrowing,
  decodeNewTicket,
  decodePath,
  decodePriority,
  decodeStatus,
  decodeTicketId,
  decodeTicketIds,
  decodeUpdate,
  encodeTicket,
  refsOf,
  showMany,
  showOne,
  showResult,
} from './codec.ts'
import { showItem } from './item.ts'
import { fromCustomer, linked } from './linking.ts'
import {
  BatchBody,
  CreatedResult,
  ItemQuery,
  ListQuery,
  ManyBody,
  ManyResult,
  NewTicketBody,
  OneBody,
  Result,
  SetPriorityBody,
  SetStatusBody,
  SolveBody,
  SolvedResult,
  TicketItem,
  TicketPath,
  TicketRecord,
  UpdateBody,
  UpdatedResult,
} from './schema.ts'
import { solveUnfinished } from './solving.ts'

/** The Ticket controller, in the order of the vendor's page. */
export const ticketRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v2/ticket',
    operationId: 'getTicketIndex',
    summary: 'List tickets, newest first, with optional search, view and status',
    need: NEEDS.readTickets,
    query: ListQuery,
    answers: { 200: pageOf(TicketRecord) },
    handle: async (call) => {
      const { filter, window } = decodeListing(parametersOf(call))
      const { tickets, total } = await listTickets(call.ctx, filter, { by: 'offset', ...window }, TITLE_CHARACTERS)
      return showPage(
        tickets.map((ticket) => encodeTicket(ticket, call.ctx.tenant)),
        window,
        total ?? 0,
      )
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/ticket',
    operationId: 'postTicketIndex',
    summary: 'Create a new empty ticket, with such data as is given',
    need: NEEDS.createTicket,
    query: AnyQuery,
    body: NewTicketBody,
    isText: texts('title'),
    bodyOptional: true,
    answers: { 200: CreatedResult },
    handle: async (call) => {
      const { ticket } = await createTicket(call.ctx, () =>
        fromCustomer(call.ctx, decodeNewTicket(parametersOf(call), call.ctx)),
      )
      const item = encodeTicket(ticket, call.ctx.tenant)
      return showResult('Ticket created.', { ticketID: item.id, item })
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/ticket/:ticketID',
    operationId: 'getTicketItem',
    summary: 'Get all the data of a ticket',
    need: NEEDS.readTickets,
    params: TicketPath,
    query: ItemQuery,
    answers: { 200: TicketItem },
    handle: (call) =>
      showItem(
        call.ctx,
        decodePath(call.params),
        decodeHistory(parametersOf(call)),
        linkingIn(call.services.links, call.ctx),
      ),
  }),
  route({
    method: 'PUT',
    path: '/api/v2/ticket/:ticketID',
    operationId: 'putTicketItem',
    summary: 'Update fields of a ticket',
    need: NEEDS.updateTicket,
    params: TicketPath,
    query: AnyQuery,
    body: UpdateBody,
    isText: texts('title'),
    bodyOptional: true,
    answers: { 200: UpdatedResult },
    handle: async (call) => {
      const ref = decodePath(call.params)
      const { ticket } = await changeTicket(call.ctx, ref, () => linked(call.ctx, decodeUpdate(parametersOf(call))))
      return showResult('Ticket updated.', { item: encodeTicket(ticket, call.ctx.tenant) })
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/ticket/:ticketID',
    operationId: 'deleteTicketItem',
    summary: 'Delete all the data of a ticket',
    need: NEEDS.deleteTicket,
    params: TicketPath,
    query: AnyQuery,
    answers: { 200: Result },
    handle: async (call) => {
      const ref = decodePath(call.params)
      const { missing } = await deleteTickets(call.ctx, [ref])
      return showOne('Ticket deleted.', missing)
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/ticket/multi',
    operationId: 'deleteTicketMulti',
    summary: 'Delete the tickets given in an array',
    need: NEEDS.deleteTickets,
    query: AnyQuery,
    body: ManyBody,
    bodyOptional: true,
    answers: { 200: ManyResult },
    handle: async (call) => {
      const ids = decodeTicketIds(parametersOf(call))
      const { missing } = await deleteTickets(call.ctx, refsOf(ids))
      return showMany('Tickets deleted.', ids, missing)
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/ticket/setStatus',
    operationId: 'postTicketSetStatus',
    summary: 'Set the status of the tickets given in an array',
    need: NEEDS.setStatus,
    query: AnyQuery,
    body: SetStatusBody,
    bodyOptional: true,
    answers: { 200: ManyResult },
    handle: async (call) => {
      const parameters = parametersOf(call)
      const [to, ids] = [decodeStatus(parameters), decodeTicketIds(parameters)]
      const { missing } = await changeTickets(call.ctx, refsOf(ids), [{ status: { to } }])
      return showMany('Status updated.', ids, missing)
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/ticket/setPriority',
    operationId: 'postTicketSetPriority',
    summary: 'Set the priority of the tickets given in an array',
    need: NEEDS.setPriority,
    query: AnyQuery,
    body: SetPriorityBody,
    bodyOptional: true,
    answers: { 200: ManyResult },
    handle: async (call) => {
      const parameters = parametersOf(call)
      const [priority, ids] = [decodePriority(parameters), decodeTicketIds(parameters)]
      const { missing } = await changeTickets(call.ctx, refsOf(ids), [{ priority }])
      return showMany('Priority updated.', ids, missing)
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/ticket/unlinkCustomerFromTicket',
    operationId: 'postTicketUnlinkCustomerFromTicket',
    summary: 'Unlink the customer from a ticket',
    need: NEEDS.unlinkCustomer,
    query: AnyQuery,
    body: OneBody,
    bodyOptional: true,
    answers: { 200: Result },
    handle: async (call) => {
      await changeTicket(call.ctx, decodeTicketId(parametersOf(call)), { requesterId: null })
      return showResult('Customer unlinked from ticket.')
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/ticket/batch',
    operationId: 'postTicketBatch',
    summary: 'Perform actions on the tickets given in an array, all or nothing',
    need: NEEDS.batch,
    query: AnyQuery,
    body: BatchBody,
    isText: isActionText,
    bodyOptional: true,
    answers: { 200: ManyResult },
    handle: async (call) => {
      const parameters = parametersOf(call)
      const { ids, thenDelete } = outlineOf(parameters)
      const changes = () => {
        const batch = decodeBatch(parameters, call.ctx)
        if (thenDelete) demandVendor(call.ctx.actor, 'TICKET_DELETE')
        return changesOf(call.ctx, batch)
      }
      const { missing } = await changeTickets(
        call.ctx,
        refsOf(ids),
        changes,
        thenDelete ? { thenDelete: eraseTickets } : {},
      )
      return showMany('Batch processed.', ids, missing)
    },
  }),
  route({
    method: 'PUT',
    path: '/api/v2/ticket/solveUnfinishedTickets',
    operationId: 'putTicketSolveUnfinishedTickets',
    summary: 'Solve every unfinished ticket, or those that a narrowing leaves',
    need: NEEDS.setStatus,
    query: AnyQuery,
    body: SolveBody,
    bodyOptional: true,
    answers: { 200: SolvedResult },
    handle: async (call) => {
      const count = await solveUnfinished(call.ctx, () => decodeNarrowing(parametersOf(call), call.ctx))
      return showResult('Unfinished tickets solved.', { count })
    },
  }),
]
