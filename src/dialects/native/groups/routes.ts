import { Type } from 'typebox'
import { addToGroup, membersOf, removeFromGroup } from '../../../core/groups/members.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { decodeRecordId } from '../catalogue/codec.ts'
import { CatalogueQuery, RecordParams } from '../catalogue/schema.ts'
import { namesOf } from '../names.ts'
import { pageOf } from '../paging.ts'
import { decodeRef } from '../reference.ts'
import { encodeUser } from '../users/codec.ts'
import { UserListAnswer } from '../users/schema.ts'

const MemberParams = Type.Object({
  id: Type.String({ description: 'UUID of the group.' }),
  user: Type.String({ description: 'UUID or integer of the user.' }),
})

const MANAGE: Need = ['catalogue.manage', 'user.read']

/** Who is in which group. */
export const groupRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/groups/:id/members',
    operationId: 'listGroupMembers',
    summary: 'List who is in a group',
    need: ['user.read'],
    params: RecordParams,
    query: CatalogueQuery,
    answers: { 200: UserListAnswer },
    handle: async ({ ctx, params, query }) => {
      const names = namesOf(ctx.tenant)
      const members = await membersOf(ctx, String(decodeRecordId('group', params.id)))
      return {
        status: 200,
        body: pageOf(
          members.map((user) => encodeUser(names, user)),
          query,
        ),
      }
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/groups/:id/members/:user',
    operationId: 'addGroupMember',
    summary: 'Put somebody who works on a desk into a group',
    withoutKey: 'Who is in it already stays.',
    need: MANAGE,
    params: MemberParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      const groupId = String(decodeRecordId('group', params.id))
      await addToGroup(ctx, groupId, decodeRef({ id: params.user }, 'user'))
      return { status: 204 }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/groups/:id/members/:user',
    operationId: 'removeGroupMember',
    summary: 'Take somebody out of a group',
    withoutKey: 'Who is not in it stays so.',
    need: MANAGE,
    params: MemberParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      const groupId = String(decodeRecordId('group', params.id))
      await removeFromGroup(ctx, groupId, decodeRef({ id: params.user }, 'user'))
      return { status: 204 }
    },
  }),
]
