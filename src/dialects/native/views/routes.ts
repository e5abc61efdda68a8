import { Type } from 'typebox'
import { QUERY_FIELDS } from '../../../core/query/query.ts'
import { countViews, listViews } from '../../../core/views/queries.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { closed } from '../shapes.ts'
import { encodeSort } from '../tickets/query.ts'

const ViewAnswer = closed({
  id: Type.String(),
  name: Type.String(),
  query: Type.String({ description: 'In the language of `q` of listTickets.' }),
  sort: Type.String({ description: 'As `sort` of listTickets.' }),
})
const ViewListAnswer = closed({ data: Type.Array(ViewAnswer) })

const CountsAnswer = closed({
  data: Type.Array(
    closed({
      view: Type.String(),
      count: Type.Integer(),
      more: Type.Boolean({ description: 'Whether there are more than that.' }),
      problem: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'What is wrong with its query, which then counts nothing.',
      }),
    }),
  ),
})

const FieldsAnswer = closed({
  data: Type.Array(
    closed({ field: Type.String(), takes: Type.String(), about: Type.String(), example: Type.String() }),
  ),
})

const NEED: Need = ['view.read', 'ticket.read', 'message.read_internal', 'user.read']

export const viewRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/views',
    operationId: 'listViews',
    summary: 'List the views over tickets, in their order',
    need: NEED,
    answers: { 200: ViewListAnswer },
    handle: async ({ ctx }) => {
      const data = listViews(ctx).map(({ id, name, query, ...order }) => ({ id, name, query, sort: encodeSort(order) }))
      return { status: 200, body: { data } }
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
    method: 'GET',
    path: '/v1/query/fields',
    operationId: 'listQueryFields',
    summary: 'Tell what a query can ask for',
    need: ['ticket.read'],
    answers: { 200: FieldsAnswer },
    handle: async () => ({
      status: 200,
      body: { data: Object.entries(QUERY_FIELDS).map(([field, about]) => ({ field, ...about })) },
    }),
  }),
]
