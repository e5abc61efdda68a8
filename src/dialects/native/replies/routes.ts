import type { Context } from '../../../core/context.ts'
import { changeReply, createReply, deleteReply, markReplyUsed } from '../../../core/replies/commands.ts'
import { getReplyFor, listReplies, type ReplyFor } from '../../../core/replies/queries.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { isKnown, versionsIn } from '../tickets/entity-tags.ts'
import { decodeNewReply, decodeReplyChange, decodeTicket, encodeReply } from './codec.ts'
import { NewReplyBody, ReplyAnswer, ReplyChangeBody, ReplyListAnswer, ReplyParams, ReplyQuery } from './schema.ts'

/** Whoever works here reads them, and keeps private ones. A ticket is read to fill them in. */
const NEED: Need = ['message.note', 'catalogue.manage', 'ticket.read']

const IF_MATCH = { 'If-Match': "The saved reply's ETag: refused with 412 when it has changed since." }

export const replyRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/saved_replies',
    operationId: 'listSavedReplies',
    summary: 'List the saved replies that are for you, what you used last before the others',
    need: NEED,
    query: ReplyQuery,
    answers: { 200: ReplyListAnswer },
    handle: async ({ ctx, query }) => {
      const replies = await listReplies(ctx, decodeTicket(query))
      return { status: 200, body: { data: replies.map((each) => encodeReply(ctx, each)) } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/saved_replies',
    operationId: 'createSavedReply',
    summary: 'Save a reply, for yourself unless it says otherwise',
    need: NEED,
    body: NewReplyBody,
    answers: { 201: ReplyAnswer },
    handle: async ({ ctx, body }) => {
      const reply = await createReply(ctx, decodeNewReply(body))
      const { headers, ...answer } = answerReply(ctx, { reply, filled: null })
      return { ...answer, status: 201, headers: { ...headers, location: `/v1/saved_replies/${reply.id}` } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/saved_replies/:id',
    operationId: 'getSavedReply',
    summary: 'Show a saved reply',
    headers: { 'If-None-Match': "The saved reply's ETag: answered with 304 unless it has changed since." },
    need: NEED,
    params: ReplyParams,
    query: ReplyQuery,
    answers: { 200: ReplyAnswer, 304: null },
    handle: async ({ ctx, params, query, headers }) => {
      const answer = answerReply(ctx, await getReplyFor(ctx, params.id, decodeTicket(query)))
      // What is filled in is of the ticket, which has versions of its own.
      const isAsIs = query.ticket === undefined && isKnown(headers, answer.body.version)
      return isAsIs ? { status: 304, headers: answer.headers } : answer
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/saved_replies/:id',
    operationId: 'changeSavedReply',
    summary: 'Change a saved reply: absent fields stay; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: NEED,
    params: ReplyParams,
    body: ReplyChangeBody,
    answers: { 200: ReplyAnswer },
    handle: async ({ ctx, params, body, headers }) => {
      const precondition = { versions: versionsIn(headers, 'If-Match') }
      const reply = await changeReply(ctx, params.id, (found) => decodeReplyChange(found, body), precondition)
      return answerReply(ctx, { reply, filled: null })
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/saved_replies/:id',
    operationId: 'deleteSavedReply',
    summary: 'Delete a saved reply; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: NEED,
    params: ReplyParams,
    answers: { 204: null },
    handle: async ({ ctx, params, headers }) => {
      await deleteReply(ctx, params.id, { versions: versionsIn(headers, 'If-Match') })
      return { status: 204 }
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/saved_replies/:id/used',
    operationId: 'markSavedReplyUsed',
    summary: 'Tell that you used a saved reply: you find it before the others',
    withoutKey: 'It was used last, however often that is told.',
    need: NEED,
    params: ReplyParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await markReplyUsed(ctx, params.id)
      return { status: 204 }
    },
  }),
]

function answerReply(ctx: Context, reply: ReplyFor) {
  return { status: 200, headers: { etag: `"${reply.reply.version}"` }, body: encodeReply(ctx, reply) }
}
