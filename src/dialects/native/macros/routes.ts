import type { Context } from '../../../core/context.ts'
import { changeMacro, createMacro, deleteMacro } from '../../../core/macros/commands.ts'
import type { Macro } from '../../../core/macros/macro.ts'
import { getMacro, listMacros } from '../../../core/macros/queries.ts'
import { previewMacro, runMacro } from '../../../core/macros/run.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import type { Need } from '../auth.ts'
import { decodeRef } from '../reference.ts'
import { answerTicket, orAsItIs } from '../tickets/answers.ts'
import { decodePrecondition } from '../tickets/codec.ts'
import { isKnown, versionsIn } from '../tickets/entity-tags.ts'
import { TicketAnswer, TicketParams } from '../tickets/schema.ts'
import { decodeMacroEdit, decodeNewMacro, encodeMacro, encodePreview } from './codec.ts'
import {
  MacroAnswer,
  MacroEditBody,
  MacroListAnswer,
  MacroParams,
  NewMacroBody,
  PreviewAnswer,
  PreviewQuery,
  RunBody,
} from './schema.ts'

/** Whoever works here reads them, and keeps private ones. */
const NEED: Need = ['message.note', 'catalogue.manage', 'user.read']
/** What a run may come to: each part needs the permission that it needs by itself. */
const RUN: Need = [...NEED, 'ticket.read', 'message.reply', 'ticket.change', 'ticket.status', 'ticket.assign']

const IF_MATCH = { 'If-Match': "The macro's ETag: refused with 412 when it has changed since." }

export const macroRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/macros',
    operationId: 'listMacros',
    summary: 'List the macros that are for you, by name',
    need: NEED,
    answers: { 200: MacroListAnswer },
    handle: async ({ ctx }) => ({
      status: 200,
      body: { data: (await listMacros(ctx)).map((each) => encodeMacro(ctx, each)) },
    }),
  }),
  route({
    method: 'POST',
    path: '/v1/macros',
    operationId: 'createMacro',
    summary: 'Save a macro, for yourself unless it says otherwise: what it changes, and what it says',
    need: NEED,
    body: NewMacroBody,
    isText: texts('fields'),
    answers: { 201: MacroAnswer },
    handle: async ({ ctx, body }) => {
      const macro = await createMacro(ctx, decodeNewMacro(body))
      const { headers, ...answer } = answerMacro(ctx, macro)
      return { ...answer, status: 201, headers: { ...headers, location: `/v1/macros/${macro.id}` } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/macros/:id',
    operationId: 'getMacro',
    summary: 'Show a macro',
    headers: { 'If-None-Match': "The macro's ETag: answered with 304 unless it has changed since." },
    need: NEED,
    params: MacroParams,
    answers: { 200: MacroAnswer, 304: null },
    handle: async ({ ctx, params, headers }) => {
      const answer = answerMacro(ctx, await getMacro(ctx, params.id))
      return isKnown(headers, answer.body.version) ? { status: 304, headers: answer.headers } : answer
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/macros/:id',
    operationId: 'changeMacro',
    summary:
      'Change a macro: absent fields stay, and `change` is changed whole; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: NEED,
    params: MacroParams,
    body: MacroEditBody,
    isText: texts('fields'),
    answers: { 200: MacroAnswer },
    handle: async ({ ctx, params, body, headers }) => {
      const precondition = { versions: versionsIn(headers, 'If-Match') }
      return answerMacro(ctx, await changeMacro(ctx, params.id, (found) => decodeMacroEdit(found, body), precondition))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/macros/:id',
    operationId: 'deleteMacro',
    summary: 'Delete a macro; what it did stays; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: NEED,
    params: MacroParams,
    answers: { 204: null },
    handle: async ({ ctx, params, headers }) => {
      await deleteMacro(ctx, params.id, { versions: versionsIn(headers, 'If-Match') })
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/macros/:id/preview',
    operationId: 'previewMacro',
    summary: 'Show what a macro would do to a ticket as it is now, or why its run would be refused',
    need: RUN,
    params: MacroParams,
    query: PreviewQuery,
    answers: { 200: PreviewAnswer },
    handle: async ({ ctx, params, query }) => {
      const preview = await previewMacro(ctx, params.id, decodeRef({ id: query.ticket }, 'ticket'))
      return { status: 200, body: encodePreview(preview) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/macros',
    operationId: 'runMacro',
    summary: 'Run a macro on a ticket: all of it or nothing, undone as one; what it said stays said',
    headers: { 'If-Match': "The ticket's ETag: refused with 412 when it has changed since." },
    need: RUN,
    params: TicketParams,
    body: RunBody,
    isText: texts('text'),
    answers: { 200: TicketAnswer },
    handle: async ({ ctx, params, body, headers }) =>
      orAsItIs(ctx, params, async (ref) => {
        const asked = { macroId: body.macro, text: body.text ?? null }
        const { ticket } = await runMacro(ctx, ref, asked, decodePrecondition(headers))
        return answerTicket(ctx.tenant, ticket)
      }),
  }),
]

function answerMacro(ctx: Context, macro: Macro) {
  return { status: 200, headers: { etag: `"${macro.version}"` }, body: encodeMacro(ctx, macro) }
}
