import { listUsers } from '../../../core/users/queries.ts'
import { type Route, route } from '../../dialect.ts'
import type { Need } from '../auth.ts'
import { namesOf } from '../names.ts'
import { decodeListing, encodeMe, encodeUser, nextPage } from './codec.ts'
import { findUser } from './lookup.ts'
import { MeAnswer, UserAnswer, UserListAnswer, UserParams, UserQuery } from './schema.ts'

export const userRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/users',
    operationId: 'listUsers',
    summary: 'List users, the oldest first',
    need: ['user.read'],
    query: UserQuery,
    answers: { 200: UserListAnswer },
    handle: async ({ ctx, query }) => {
      const listing = decodeListing(query)
      const { users, total } = await listUsers(ctx, listing)
      const names = namesOf(ctx.tenant)
      const data = users.map((user) => encodeUser(names, user))
      return { status: 200, body: { data, next: nextPage(listing, users.length, total) } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/users/:id',
    operationId: 'getUser',
    summary: 'Show a user',
    need: ['user.read'],
    params: UserParams,
    answers: { 200: UserAnswer },
    handle: async ({ ctx, params }) => {
      const user = await findUser(ctx, params)
      return { status: 200, body: encodeUser(namesOf(ctx.tenant), user) }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/me',
    operationId: 'getMe',
    summary: 'Show who you are, and what your key allows',
    need: [],
    answers: { 200: MeAnswer },
    handle: async ({ ctx }) => ({ status: 200, body: encodeMe(ctx.tenant, ctx.actor) }),
  }),
]
