import { logIn, tenantByHost } from '../../../core/logins/commands.ts'
import { revokeCredential } from '../../../core/tenants/commands.ts'
import type { OpenCall, OpenRoute, Route } from '../../route.ts'
import { openRoute, route } from '../../route.ts'
import type { Answer } from '../../wire.ts'
import { demandUnlocked } from '../../wire.ts'
import { isSubscriber, NEEDS, type Need } from '../auth.ts'
import { encodeNames } from '../subscribers/codec.ts'
import { LoginAnswer, LoginBody, LoginRefused, LogoutAnswer } from './schema.ts'
import { cameByLogin, issueLogin } from './token.ts'

/** ISPCRM reference, Login and Logout. */
export const openLoginRoutes: readonly OpenRoute[] = [
  openRoute({
    method: 'POST',
    path: '/api/v1/subscriber/Login',
    operationId: 'login',
    summary: 'Log a subscriber in',
    withoutKey: 'Who asks is nobody yet, so a key could belong to no credential. A second login ends no other.',
    body: LoginBody,
    answers: { 200: LoginAnswer, 401: LoginRefused },
    handle: login,
  }),
]

export const loginRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/api/v1/subscriber/Logout',
    operationId: 'logout',
    summary: 'End the login whose token is presented',
    withoutKey: 'It ends the credential that the key would belong to: the repeat is 401, as any call is.',
    need: NEEDS.logOut,
    answers: { 200: LogoutAnswer },
    handle: async ({ ctx }) => {
      const { actor } = ctx
      if (cameByLogin(actor)) {
        await revokeCredential(ctx, actor.tenantId, actor.credential.id)
      }
      return { status: 200, body: { success: true, message: 'Logout successful' } }
    },
  }),
]

/** Unknown, wrong, inactive and not a subscriber: all are refused with the same words after the same work. */
async function login({ body, address, host, services }: OpenCall<LoginBody>): Promise<Answer> {
  const { store, limits, secondFactors: vault, clock } = services
  const tenantId = await tenantByHost(store, host)
  const outcome = await logIn({ store, limits, vault, now: clock().toISOString() }, tenantId, {
    by: 'username',
    name: body.username,
    password: body.password,
    address,
    admits: (user) => isSubscriber({ user }),
  })
  demandUnlocked(outcome)
  // The vendor's login has no code: whoever has a second factor does not get in by a password alone (decision 0033).
  if ('refused' in outcome || 'codeNeeded' in outcome || tenantId === null) return REFUSED
  const token = await issueLogin(services, tenantId, outcome.user)
  return { status: 200, body: { message: 'Login successful', token, subscriber: encodeNames(outcome.user) } }
}

const REFUSED: Answer = { status: 401, body: { message: 'Invalid credentials' } }
