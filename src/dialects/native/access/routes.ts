import {
  createCredential,
  getCredential,
  listCredentials,
  withdrawCredential,
} from '../../../core/access/credentials.ts'
import { type Route, route } from '../../route.ts'
import { demandWhole, type Need } from '../auth.ts'
import { namesOf } from '../names.ts'
import { pageOf } from '../paging.ts'
import { decodeCredentialId, decodeNewCredential, encodeCredential, KINDS } from './codec.ts'
import {
  CredentialAnswer,
  CredentialListAnswer,
  CredentialParams,
  CredentialQuery,
  NewCredentialAnswer,
  NewCredentialBody,
} from './schema.ts'

const need: Need = ['credential.manage', 'user.read', 'user.manage']

/** The credentials of every dialect that are issued by hand. */
export const credentialRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/credentials',
    operationId: 'listCredentials',
    summary: 'List the credentials of every dialect that you manage, without their secrets',
    need,
    query: CredentialQuery,
    answers: { 200: CredentialListAnswer },
    handle: async ({ ctx, query }) => {
      const names = namesOf(ctx.tenant)
      const credentials = await listCredentials(ctx, KINDS)
      const shown = credentials.map((credential) => encodeCredential(names, credential))
      return { status: 200, body: pageOf(shown, query) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/credentials',
    operationId: 'createCredential',
    summary: 'Issue a credential of a dialect; by a session, or a key that may do everything',
    need,
    body: NewCredentialBody,
    answers: { 201: NewCredentialAnswer },
    handle: async ({ ctx, body, services }) => {
      demandWhole(ctx.actor)
      const input = decodeNewCredential(ctx.actor, body)
      const { credential, secret } = await createCredential(ctx, services.webhooks.vault, KINDS, input)
      const headers = { location: `/v1/credentials/${credential.id}`, 'cache-control': 'no-store' }
      return { status: 201, headers, body: { ...encodeCredential(namesOf(ctx.tenant), credential), secret } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/credentials/:id',
    operationId: 'getCredential',
    summary: 'Show a credential, without its secret',
    need,
    params: CredentialParams,
    answers: { 200: CredentialAnswer },
    handle: async ({ ctx, params }) => {
      const credential = await getCredential(ctx, KINDS, decodeCredentialId(params.id))
      return { status: 200, body: encodeCredential(namesOf(ctx.tenant), credential) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/credentials/:id',
    operationId: 'revokeCredential',
    summary: 'Revoke a credential; it stops working within 5 seconds everywhere',
    need,
    params: CredentialParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await withdrawCredential(ctx, KINDS, decodeCredentialId(params.id))
      return { status: 204 }
    },
  }),
]
