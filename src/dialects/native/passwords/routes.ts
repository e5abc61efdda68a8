import { changePassword, givePasswordLink, usePasswordLink } from '../../../core/passwords/commands.ts'
import { type OpenRoute, openRoute, type Route, route } from '../../route.ts'
import { demandUnlocked } from '../../wire.ts'
import { demandWhole, type Need } from '../auth.ts'
import { decodeRef } from '../reference.ts'
import { UserParams } from '../users/schema.ts'
import { PasswordChangeBody, PasswordLinkAnswer, PasswordResetBody } from './schema.ts'

export const openPasswordRoutes: readonly OpenRoute[] = [
  openRoute({
    method: 'POST',
    path: '/v1/password_resets',
    operationId: 'resetPassword',
    summary: 'Set a password by the token of a link, which works once; all sessions of the person end',
    withoutKey: 'Who asks is nobody yet, so a key could belong to no credential. A repeat finds the link used.',
    body: PasswordResetBody,
    answers: { 204: null },
    handle: async ({ body, address, requestId, services }) => {
      const { store, limits, newId, clock } = services
      const system = { store, newId, now: clock().toISOString(), requestId }
      const done = await usePasswordLink(system, { limits, address }, { secret: body.token, password: body.password })
      demandUnlocked(done)
      return { status: 204 }
    },
  }),
]

export const passwordRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/v1/me/password',
    operationId: 'changePassword',
    summary: 'Change your password; your other sessions end, and this one goes on',
    withoutKey: 'A claim would keep a digest of passwords. A repeat finds the new password in place, and is done.',
    need: [],
    body: PasswordChangeBody,
    answers: { 204: null },
    handle: async ({ ctx, body, address, services }) => {
      const { limits } = services
      const passwords = { password: body.password, next: body.new_password }
      demandUnlocked(await changePassword(ctx, { limits, address }, passwords))
      return { status: 204 }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/users/:id/password_link',
    operationId: 'createPasswordLink',
    summary: 'Make a link by which somebody sets their password, once; by a session, or a key that may do everything',
    withoutKey: 'A claim would keep the secret. A repeat makes another link, and the one before ends.',
    need: ['user.manage', 'user.read'],
    params: UserParams,
    answers: { 201: PasswordLinkAnswer },
    handle: async ({ ctx, params }) => {
      demandWhole(ctx.actor)
      const { secret, expiresAt } = await givePasswordLink(ctx, decodeRef(params, 'user'))
      return { status: 201, headers: { 'cache-control': 'no-store' }, body: { token: secret, expires_at: expiresAt } }
    },
  }),
]
