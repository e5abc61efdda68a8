import type { FieldType } from '../../../core/catalogue/field.ts'
import type { Context } from '../../../core/context.ts'
import { Refusal } from '../../../core/errors.ts'
import { QUERY_FIELDS } from '../../../core/query/query.ts'
import { changeView, createView, deleteView, orderViews, pinView } from '../../../core/views/commands.ts'
import { countViews, getView, listViews } from '../../../core/views/queries.ts'
import type { View } from '../../../core/views/view.ts'
import { type Route, route } from '../../route.ts'
import type { Answer } from '../../wire.ts'
import type { Need } from '../auth.ts'
import { errors } from '../errors.ts'
import { isKnown, versionsIn } from '../tickets/entity-tags.ts'
import { decodeNewView, decodeViewChange, encodeView } from './codec.ts'
import {
  CountsAnswer,
  FieldsAnswer,
  NewViewBody,
  OrderBody,
  ViewAnswer,
  ViewChangeBody,
  ViewListAnswer,
  ViewParams,
} from './schema.ts'

/** A query is read as a list of tickets reads it. */
const NEED: Need = ['view.read', 'view.manage', 'ticket.read', 'message.read_internal', 'user.read']

const IF_MATCH = { 'If-Match': "The view's ETag: refused with 412 when it has changed since." }

export const viewRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/views',
    operationId: 'listViews',
    summary:
      'List the views over tickets, in your order: those that everybody has, then the saved ones that are for you',
    need: NEED,
    answers: { 200: ViewListAnswer },
    handle: async ({ ctx }) => {
      const data = (await listViews(ctx)).map((view) => encodeView(ctx, view))
      return { status: 200, body: { data } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/views',
    operationId: 'createView',
    summary: 'Save a query as a view, for yourself unless it says otherwise',
    need: NEED,
    body: NewViewBody,
    answers: { 201: ViewAnswer },
    handle: async ({ ctx, body }) => {
      const view = await createView(ctx, decodeNewView(body))
      const { headers, ...answer } = answerView(ctx, view)
      return { ...answer, status: 201, headers: { ...headers, location: `/v1/views/${view.id}` } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/views/counts',
    operationId: 'countViews',
    summary: 'Tell how many tickets each view has for you, up to a thousand',
    need: NEED,
    answers: { 200: CountsAnswer },
    handle: async ({ ctx }) => {
      const counts = await countViews(ctx)
      const data = counts.map(({ viewId, count, more, mistake }) => ({
        view: viewId,
        count,
        more,
        problem: mistake && `Expected ${mistake.expected}.`,
      }))
      return { status: 200, body: { data } }
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/views/order',
    operationId: 'orderViews',
    summary: 'Put saved views in an order of your own',
    withoutKey: 'The same order once more is the same.',
    need: NEED,
    body: OrderBody,
    answers: { 204: null },
    handle: async ({ ctx, body }) => {
      await orderViews(
        ctx,
        body.views.map((id) => id.toLowerCase()),
      )
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/views/:id',
    operationId: 'getView',
    summary: 'Show a view',
    headers: { 'If-None-Match': "The view's ETag: answered with 304 unless it has changed since." },
    need: NEED,
    params: ViewParams,
    answers: { 200: ViewAnswer, 304: null },
    handle: async ({ ctx, params, headers }) => {
      const answer = answerView(ctx, await getView(ctx, params.id))
      return isKnown(headers, answer.body.version) ? { status: 304, headers: answer.headers } : answer
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/views/:id',
    operationId: 'changeView',
    summary: 'Change a view: absent fields stay; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: NEED,
    params: ViewParams,
    body: ViewChangeBody,
    answers: { 200: ViewAnswer },
    handle: async ({ ctx, params, body, headers }) =>
      orAsItIs(ctx, params.id, async () => {
        const precondition = { versions: versionsIn(headers, 'If-Match') }
        return answerView(ctx, await changeView(ctx, params.id, (view) => decodeViewChange(view, body), precondition))
      }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/views/:id',
    operationId: 'deleteView',
    summary: 'Delete a view; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: NEED,
    params: ViewParams,
    answers: { 204: null },
    handle: async ({ ctx, params, headers }) =>
      orAsItIs(ctx, params.id, async () => {
        await deleteView(ctx, params.id, { versions: versionsIn(headers, 'If-Match') })
        return { status: 204 }
      }),
  }),
  route({
    method: 'PUT',
    path: '/v1/views/:id/pin',
    operationId: 'pinView',
    summary: 'Pin a saved view: you find it before the others',
    withoutKey: 'Pinning what is pinned is the same.',
    need: NEED,
    params: ViewParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await pinView(ctx, params.id, true)
      return { status: 204 }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/views/:id/pin',
    operationId: 'unpinView',
    summary: 'Take the pin off a view',
    withoutKey: 'Taking off a pin that is not there is the same.',
    need: NEED,
    params: ViewParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await pinView(ctx, params.id, false)
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/query/fields',
    operationId: 'listQueryFields',
    summary: 'Tell what a query can ask for',
    need: ['ticket.read'],
    answers: { 200: FieldsAnswer },
    handle: async ({ ctx }) => ({
      status: 200,
      body: {
        data: [...Object.entries(QUERY_FIELDS).map(([field, about]) => ({ field, ...about })), ...ownFields(ctx)],
      },
    }),
  }),
]

/** What a query can ask of the fields of the tenant's own. */
function ownFields({ tenant }: Context) {
  return tenant.fields.map(({ key, type, label, choices }) => ({
    ...{ field: `field.${key}`, takes: type, about: label },
    example: `field.${key}:${EXAMPLES[type] ?? choices[0]?.value.replace(/.*\s.*/s, '"$&"') ?? 'none'}`,
  }))
}

const EXAMPLES: Partial<Readonly<Record<FieldType, string>>> = {
  number: '>=10',
  boolean: 'yes',
  date: '<2026-12-31',
  person: 'me',
}

function answerView(ctx: Context, view: View) {
  return { status: 200, headers: { etag: `"${view.version}"` }, body: encodeView(ctx, view) }
}

/** Does `work` on a view; who is too late for it is answered how the view is now. */
async function orAsItIs(ctx: Context, id: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal && error.error.code === 'precondition_failed')) throw error
    const { body, ...answer } = errors.precondition_failed({ code: 'precondition_failed' })
    return { ...answer, body: { ...Object(body), view: encodeView(ctx, await getView(ctx, id)) } }
  }
}
