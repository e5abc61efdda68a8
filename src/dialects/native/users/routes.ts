import type { Context } from '../../../core/context.ts'
import { eraseUser } from '../../../core/erasure/person.ts'
import { asReached } from '../../../core/identity/reach.ts'
import type { UserProfile } from '../../../core/identity/user.ts'
import { cameBySession } from '../../../core/sessions/session.ts'
import { changeUser, makeUser, removeFromDesk } from '../../../core/users/commands.ts'
import { listUsers } from '../../../core/users/queries.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import type { Answer } from '../../wire.ts'
import type { Need } from '../auth.ts'
import { namesOf } from '../names.ts'
import { cursorAt } from '../paging.ts'
import { decodeRef } from '../reference.ts'
import { csrfToken, secretIn } from '../sessions/cookie.ts'
import {
  decodeChange,
  decodeDesk,
  decodeListing,
  decodeNew,
  encodeMe,
  encodeProfile,
  encodeUser,
  inFields,
} from './codec.ts'
import { findKnown } from './lookup.ts'
import {
  MeAnswer,
  MembershipParams,
  NewUserBody,
  ProfileAnswer,
  UserChangeBody,
  UserListAnswer,
  UserParams,
  UserQuery,
} from './schema.ts'

/** What people write. */
const WRITTEN = texts('about', 'fields')

function showProfile(ctx: Context, user: UserProfile): Answer {
  return { status: 200, body: encodeProfile(namesOf(ctx.tenant), asReached(ctx.actor, user)) }
}

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
      const { filter, page } = decodeListing(query)
      const { users, next } = await listUsers(ctx, filter, page)
      const names = namesOf(ctx.tenant)
      const data = users.map((user) => encodeUser(names, user))
      return { status: 200, body: { data, next: next === null ? null : cursorAt(next) } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/users/:id',
    operationId: 'getUser',
    summary: 'Show a user',
    need: ['user.read'],
    params: UserParams,
    answers: { 200: ProfileAnswer },
    handle: async ({ ctx, params }) => showProfile(ctx, await findKnown(ctx, params)),
  }),
  route({
    method: 'POST',
    path: '/v1/users',
    operationId: 'createUser',
    summary: 'Make a person or a machine with a role on desks',
    need: ['user.manage', 'user.read'],
    body: NewUserBody,
    isText: WRITTEN,
    answers: { 201: ProfileAnswer },
    handle: async ({ ctx, body }) => {
      const user = await inFields(() => makeUser(ctx, () => decodeNew(body, ctx.tenant)))
      return { ...showProfile(ctx, user), status: 201, headers: { location: `/v1/users/${user.id}` } }
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/users/:id',
    operationId: 'changeUser',
    summary: 'Change a user; what is absent stays',
    need: ['user.manage', 'user.read'],
    params: UserParams,
    body: UserChangeBody,
    isText: WRITTEN,
    answers: { 200: ProfileAnswer },
    handle: async ({ ctx, params, body }) => {
      const { id } = await findKnown(ctx, params)
      const user = await inFields(() => changeUser(ctx, id, () => decodeChange(body, ctx.tenant)))
      return showProfile(ctx, user)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:id',
    operationId: 'eraseUser',
    summary: 'Erase all that is known of a person who works on no desk',
    need: ['user.manage', 'user.read'],
    params: UserParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await eraseUser(ctx, () => decodeRef(params, 'user'))
      return { status: 204 }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:id/memberships/:desk',
    operationId: 'removeMembership',
    summary: "Take a user's role on a desk away; their tickets stay",
    need: ['user.manage', 'user.read'],
    params: MembershipParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await removeFromDesk(ctx, () => ({
        user: decodeRef(params, 'user'),
        deskId: decodeDesk(ctx.tenant, params.desk),
      }))
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/me',
    operationId: 'getMe',
    summary: 'Show who you are, and what your key or session allows',
    need: [],
    answers: { 200: MeAnswer },
    handle: async ({ ctx, headers, services }) => {
      const secret = cameBySession(ctx.actor) ? secretIn(headers['cookie'], services) : undefined
      const token = secret === undefined ? null : csrfToken(secret, services)
      return { status: 200, body: encodeMe(ctx.tenant, ctx.actor, token) }
    },
  }),
]
