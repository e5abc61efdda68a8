import { linkingIn } from '../../../core/attachments/links.ts'
import type { Context } from '../../../core/context.ts'
import { deleteMessage } from '../../../core/erasure/message.ts'
import { deleteTickets } from '../../../core/erasure/ticket.ts'
import { refuse, refuseField } from '../../../core/errors.ts'
import { markRead, markUnread } from '../../../core/marks/commands.ts'
import { queryTickets } from '../../../core/query/list.ts'
import { changeTicket } from '../../../core/tickets/commands/change.ts'
import { createTicket } from '../../../core/tickets/commands/create.ts'
import { mergeTicket, unmergeTicket } from '../../../core/tickets/commands/merge.ts'
import { snoozeTicket, wakeTicket } from '../../../core/tickets/commands/snooze.ts'
import { splitTicket } from '../../../core/tickets/commands/split.ts'
import { undoChange } from '../../../core/tickets/commands/undo.ts'
import { getMessagePage } from '../../../core/tickets/queries/conversation.ts'
import { getTicket, getTicketByNumber } from '../../../core/tickets/queries/find.ts'
import { listShown, listTickets } from '../../../core/tickets/queries/list.ts'
import { getOriginal } from '../../../core/tickets/queries/original.ts'
import { getMessagesAsOf, getTicketAsOf, getValues } from '../../../core/tickets/queries/past.ts'
import { getTimeline } from '../../../core/tickets/queries/timeline.ts'
import type { Ticket } from '../../../core/tickets/ticket.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import type { Answer } from '../../wire.ts'
import type { Need } from '../auth.ts'
import { namesOf } from '../names.ts'
import { decodeCount, decodeKey, decodeLimit, decodeMessageLimit } from '../paging.ts'
import { decodeNumber, decodeRef } from '../reference.ts'
import {
  answerCreated,
  answerMessageAdded,
  answerMessages,
  answerShown,
  answerTicket,
  answerTickets,
  answerTimeline,
  answerUnlessKnown,
  orAsItIs,
} from './answers.ts'
import {
  decodeAsOf,
  decodeChange,
  decodeFilter,
  decodeHistoryField,
  decodeIncluded,
  decodeInstant,
  decodeInto,
  decodeMessageIncluded,
  decodeNewTicket,
  decodePrecondition,
  decodeReply,
  decodeReplyOptions,
  decodeSplit,
  encodeDeleted,
  encodeOriginal,
  encodeTicket,
  encodeValue,
} from './codec.ts'
import { includedOf, includedOfMessages } from './included.ts'
import { createTicketShelf, type TicketText, textOf } from './listed.ts'
import { decodeQuery, decodeQueryPage, encodeCursor, isQuery, viewOf } from './query.ts'
import {
  ChangeBody,
  HistoryAnswer,
  HistoryQuery,
  MergeBody,
  MessageAddedAnswer,
  MessageListAnswer,
  MessageParams,
  MessageQuery,
  NewMessageBody,
  NewTicketBody,
  NumberParams,
  OriginalAnswer,
  ReadBody,
  ShownQuery,
  SnoozeBody,
  SplitBody,
  TicketAnswer,
  TicketListAnswer,
  TicketParams,
  TicketQuery,
  TimelineAnswer,
  TimelineQuery,
  UndoBody,
} from './schema.ts'

/** What people write. */
const WRITTEN = texts('title', 'text', 'html', 'fields')

/** What lists showed lately, of all tenants. */
const SHELF = createTicketShelf()

const IF_NONE_MATCH = { 'If-None-Match': "The ticket's ETag: answered with 304 unless it has changed since." }
const IF_MATCH = { 'If-Match': "The ticket's ETag: refused with 412 when it has changed since." }

export const ticketRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/v1/tickets',
    operationId: 'createTicket',
    summary: 'Open a ticket',
    need: ['ticket.create', 'ticket.assign'],
    body: NewTicketBody,
    isText: WRITTEN,
    answers: { 201: TicketAnswer },
    handle: async ({ ctx, body }) => {
      const { ticket } = await createTicket(ctx, () => decodeNewTicket(ctx.tenant, ctx.actor, body))
      return answerCreated(ctx.tenant, ticket)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets',
    operationId: 'listTickets',
    summary: 'List tickets: the newest first, or as they are asked for',
    need: ['ticket.read', 'message.read_internal', 'user.read', 'view.read', 'view.manage'],
    query: TicketQuery,
    answers: { 200: TicketListAnswer },
    handle: async ({ ctx, query }) => {
      if (isQuery(query)) return answerQuery(ctx, query)
      const page = { by: 'key', order: 'newest', after: decodeKey(query), limit: decodeLimit(query) } as const
      const included = decodeIncluded(query)
      if (page.after === null && included.size === 0) {
        const show = (ticket: Ticket): TicketText => textOf(ctx.tenant, ticket)
        const { tickets, next } = await listShown(ctx, decodeFilter(query), page.limit, { shelf: SHELF, show })
        return answerShown(tickets, next)
      }
      const { tickets, next } = await listTickets(ctx, decodeFilter(query), page)
      return answerTickets(ctx.tenant, tickets, next, await includedOf(ctx, included, tickets))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets/:id',
    operationId: 'getTicket',
    summary: 'Show a ticket, or with as_of what it was',
    headers: IF_NONE_MATCH,
    need: ['ticket.read'],
    params: TicketParams,
    query: ShownQuery,
    answers: { 200: TicketAnswer, 304: null },
    handle: async ({ ctx, params, query, headers }) => {
      const included = decodeIncluded(query)
      const at = decodeAsOf(query)
      if (at !== null) {
        if (included.size > 0) refuseField(['include'], 'not_allowed', 'What is included is of now.')
        const then = await getTicketAsOf(ctx, decodeRef(params, 'ticket'), at)
        return { status: 200, body: encodeTicket(namesOf(ctx.tenant), then) }
      }
      const ticket = await getTicket(ctx, decodeRef(params, 'ticket'))
      // What is included changes without the ticket.
      if (included.size === 0) return answerUnlessKnown(ctx.tenant, ticket, headers)
      return answerTicket(ctx.tenant, ticket, (await includedOf(ctx, included, [ticket]))(ticket))
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/tickets/:id/read',
    operationId: 'markRead',
    summary: 'Mark a ticket as read by you',
    withoutKey: 'Marking what is marked is the same; a mark never goes back by it.',
    need: ['ticket.read'],
    params: TicketParams,
    body: ReadBody,
    bodyOptional: true,
    answers: { 204: null },
    handle: async ({ ctx, params, body }) => {
      await markRead(ctx, decodeRef(params, 'ticket'), body.position ?? null)
      return { status: 204 }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/tickets/:id/read',
    operationId: 'markUnread',
    summary: 'Mark a ticket as unread by you',
    withoutKey: 'Taking away a mark that is not there is the same.',
    need: ['ticket.read'],
    params: TicketParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await markUnread(ctx, decodeRef(params, 'ticket'))
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/desks/:desk/tickets/:number',
    operationId: 'getTicketByNumber',
    summary: 'Show the ticket that has a number on a desk, or had it before it moved to another one',
    headers: IF_NONE_MATCH,
    need: ['ticket.read'],
    params: NumberParams,
    answers: { 200: TicketAnswer, 304: null },
    handle: async ({ ctx, params, headers }) =>
      answerUnlessKnown(ctx.tenant, await getTicketByNumber(ctx, ...decodeNumber(params)), headers),
  }),
  route({
    method: 'PATCH',
    path: '/v1/tickets/:id',
    operationId: 'changeTicket',
    summary: 'Change a ticket: absent fields stay, null empties; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: ['ticket.read', 'ticket.change', 'ticket.status', 'ticket.assign'],
    params: TicketParams,
    body: ChangeBody,
    isText: WRITTEN,
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params, body, headers }) =>
      orAsItIs(ctx, params, async (ref) => {
        const { ticket } = await changeTicket(ctx, ref, decodeChange(body), decodePrecondition(headers))
        return answerTicket(ctx.tenant, ticket)
      }),
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/undo',
    operationId: 'undoChange',
    summary:
      'Undo the last change of a ticket, or its merge, or another change: it gets what it had, unless that would overwrite something newer',
    headers: IF_MATCH,
    need: ['ticket.read', 'ticket.change', 'ticket.status', 'ticket.assign', 'ticket.merge'],
    params: TicketParams,
    body: UndoBody,
    bodyOptional: true,
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params, body, headers }) =>
      orAsItIs(ctx, params, async (ref) => {
        const ticket = await undoChange(ctx, ref, body.change ?? null, decodePrecondition(headers))
        return answerTicket(ctx.tenant, ticket)
      }),
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/merge',
    operationId: 'mergeTicket',
    summary: 'Merge a ticket into another, which is answered: its id, integer and number lead there from then on',
    need: ['ticket.merge', 'ticket.read'],
    params: TicketParams,
    body: MergeBody,
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params, body }) =>
      answerTicket(ctx.tenant, await mergeTicket(ctx, decodeRef(params, 'ticket'), decodeInto(body))),
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/unmerge',
    operationId: 'unmergeTicket',
    summary:
      'Take the merge of a ticket back, by its own id or integer: its messages return, what was said since stays',
    need: ['ticket.merge', 'ticket.read'],
    params: TicketParams,
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params }) => answerTicket(ctx.tenant, await unmergeTicket(ctx, decodeRef(params, 'ticket'))),
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/split',
    operationId: 'splitTicket',
    summary:
      'Split a message off a ticket, with what follows it if wanted, into a new one that is answered and linked to it',
    need: ['ticket.merge', 'ticket.read', 'message.read_internal'],
    params: TicketParams,
    body: SplitBody,
    isText: WRITTEN,
    answers: { 201: TicketAnswer },
    handle: async ({ ctx, params, body }) =>
      answerCreated(ctx.tenant, await splitTicket(ctx, decodeRef(params, 'ticket'), decodeSplit(body))),
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/snooze',
    operationId: 'snoozeTicket',
    summary: 'Take a ticket out of the everyday views until a time, or until its requester says something',
    headers: IF_MATCH,
    need: ['ticket.read', 'ticket.change'],
    params: TicketParams,
    body: SnoozeBody,
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params, body, headers }) =>
      orAsItIs(ctx, params, async (ref) => {
        const until = body.until === null ? null : decodeInstant('until', body.until)
        const { ticket } = await snoozeTicket(ctx, ref, until, decodePrecondition(headers))
        return answerTicket(ctx.tenant, ticket)
      }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/tickets/:id/snooze',
    operationId: 'wakeTicket',
    summary: 'Wake a ticket that is snoozed',
    headers: IF_MATCH,
    need: ['ticket.read', 'ticket.change'],
    params: TicketParams,
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params, headers }) =>
      orAsItIs(ctx, params, async (ref) => {
        const { ticket } = await wakeTicket(ctx, ref, decodePrecondition(headers))
        return answerTicket(ctx.tenant, ticket)
      }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/tickets/:id',
    operationId: 'deleteTicket',
    summary: 'Erase a ticket with its messages',
    need: ['ticket.delete', 'ticket.read'],
    params: TicketParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      const { missing } = await deleteTickets(ctx, [decodeRef(params, 'ticket')])
      return missing.length === 0 ? { status: 204 } : refuse({ code: 'not_found', missing: 'ticket' })
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/messages',
    operationId: 'addMessage',
    summary: 'Reply to a ticket or note something on it; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: ['ticket.read', 'message.reply', 'message.note', 'ticket.status', 'message.read_internal'],
    params: TicketParams,
    body: NewMessageBody,
    isText: WRITTEN,
    answers: { 201: MessageAddedAnswer },
    handle: async ({ ctx, params, body, headers, services }) =>
      orAsItIs(ctx, params, async (ref) => {
        const { ticket, messages } = await changeTicket(ctx, ref, decodeReply(body), decodeReplyOptions(body, headers))
        return answerMessageAdded(ctx.tenant, ticket, messages, linkingIn(services.links, ctx))
      }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/tickets/:id/messages/:message',
    operationId: 'deleteMessage',
    summary: 'Erase a message with its files: authors their own, others with message.delete',
    need: ['ticket.read', 'message.delete', 'message.reply', 'message.note', 'message.read_internal'],
    params: MessageParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      const ticket = decodeRef(params, 'ticket')
      await deleteMessage(ctx, decodeRef({ id: params.message }, 'message'), { ticket })
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets/:id/messages',
    operationId: 'listMessages',
    summary: 'List the messages of a ticket, oldest first; with as_of those of then',
    need: ['ticket.read', 'message.read_internal'],
    params: TicketParams,
    query: MessageQuery,
    answers: { 200: MessageListAnswer },
    handle: async ({ ctx, params, query, services }) => {
      const page = { after: decodeCount(query), limit: decodeMessageLimit(query) }
      const at = decodeAsOf(query)
      const included = decodeMessageIncluded(query)
      // What became of a letter is known for now alone.
      if (at !== null && included.size > 0) refuseField(['include'], 'not_allowed', 'Not together with as_of.')
      const ref = decodeRef(params, 'ticket')
      if (at === null) {
        const { messages, next } = await getMessagePage(ctx, ref, page)
        const ofEach = await includedOfMessages(ctx, included, messages)
        return answerMessages(ctx.tenant, messages, next, linkingIn(services.links, ctx), { ofEach })
      }
      const { messages, deleted, next } = await getMessagesAsOf(ctx, ref, page, at)
      return answerMessages(ctx.tenant, messages, next, linkingIn(services.links, ctx), {
        ...(page.after === 0 && { deleted: deleted.map(encodeDeleted) }),
      })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets/:id/messages/:message/original',
    operationId: 'getOriginalMessage',
    summary: 'Show a message as it came in, to who may read internal messages: HTML of it runs what is in it',
    need: ['ticket.read', 'message.read_internal'],
    params: MessageParams,
    answers: { 200: OriginalAnswer },
    handle: async ({ ctx, params }) => {
      const message = decodeRef({ id: params.message }, 'message')
      return { status: 200, body: encodeOriginal(await getOriginal(ctx, decodeRef(params, 'ticket'), message)) }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets/:id/history',
    operationId: 'listValues',
    summary: 'List all values that a field of a ticket had, the first of them first',
    need: ['ticket.read'],
    params: TicketParams,
    query: HistoryQuery,
    answers: { 200: HistoryAnswer },
    handle: async ({ ctx, params, query }) => {
      const values = await getValues(ctx, decodeRef(params, 'ticket'), decodeHistoryField(query))
      return { status: 200, body: { data: values.map(encodeValue) } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets/:id/timeline',
    operationId: 'listTimeline',
    summary: 'List what happened to a ticket, oldest first',
    need: ['ticket.read', 'message.read_internal'],
    params: TicketParams,
    query: TimelineQuery,
    answers: { 200: TimelineAnswer },
    handle: async ({ ctx, params, query, services }) => {
      const page = { after: decodeCount(query), limit: decodeLimit(query) }
      const { entries, next } = await getTimeline(ctx, decodeRef(params, 'ticket'), page)
      const messages = entries.flatMap(({ message }) => message ?? [])
      const ofEach = await includedOfMessages(ctx, decodeMessageIncluded(query), messages)
      return answerTimeline(ctx.tenant, entries, next, linkingIn(services.links, ctx), ofEach)
    },
  }),
]

async function answerQuery(ctx: Context, query: TicketQuery): Promise<Answer> {
  const view = await viewOf(ctx, query)
  const [page, included] = [decodeQueryPage(view, query), decodeIncluded(query)]
  const conditions = await decodeQuery(ctx, view, query.q ?? '', decodeFilter(query))
  const { tickets, next, previous } = await queryTickets(ctx, conditions, page)
  const names = namesOf(ctx.tenant)
  const shown = await includedOf(ctx, included, tickets, conditions)
  const data = tickets.map((ticket) => ({ ...encodeTicket(names, ticket), ...shown(ticket) }))
  return {
    status: 200,
    body: { data, next: encodeCursor(next, page), previous: encodeCursor(previous, page) },
  }
}
