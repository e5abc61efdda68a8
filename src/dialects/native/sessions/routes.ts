import { refuse } from '../../../core/errors.ts'
import { logIn, tenantByHost } from '../../../core/logins/commands.ts'
import { endSession, listSessions, openSession } from '../../../core/sessions/commands.ts'
import { cameBySession, type Session } from '../../../core/sessions/session.ts'
import { UUID } from '../../../core/uuid.ts'
import { type OpenCall, type OpenRoute, openRoute, type Route, route } from '../../route.ts'
import { type Answer, demandUnlocked } from '../../wire.ts'
import type { Need } from '../auth.ts'
import { problem } from '../errors.ts'
import { csrfToken, setCookie } from './cookie.ts'
import { NewSessionBody, type SessionAnswer, SessionListAnswer, SessionParams, SignedInAnswer } from './schema.ts'

const CURRENT = 'current'

export const openSessionRoutes: readonly OpenRoute[] = [
  openRoute({
    method: 'POST',
    path: '/v1/sessions',
    operationId: 'signIn',
    summary:
      'Sign a person in: sets a cookie that counts together with the token of the answer; 401 with second_factor_required asks for a code',
    withoutKey: 'Who asks is nobody yet, so a key could belong to no credential. A second session ends no other.',
    body: NewSessionBody,
    answers: { 201: SignedInAnswer },
    handle: signIn,
  }),
]

export const sessionRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/sessions',
    operationId: 'listSessions',
    summary: 'List where you are signed in, the newest first',
    need: [],
    answers: { 200: SessionListAnswer },
    handle: async ({ ctx }) => {
      const sessions = await listSessions(ctx, ctx.actor)
      const data = sessions.map((session) => encodeSession(session, session.id === ctx.actor.credential.id))
      return { status: 200, body: { data } }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/sessions/:id',
    operationId: 'signOut',
    summary: 'End a session of yours',
    withoutKey: 'Ending what has ended is answered alike, and the key may belong to the very session that ends.',
    need: [],
    params: SessionParams,
    answers: { 204: null },
    handle: async ({ ctx, params, services }) => {
      const { actor } = ctx
      const own = cameBySession(actor) ? actor.credential.id : null
      const id = params.id === CURRENT ? own : params.id.toLowerCase()
      // Who came by a key has no session to end.
      if (id === null) return { status: 204 }
      if (!UUID.test(id)) refuse({ code: 'not_found', missing: 'session' })
      await endSession(ctx, actor, id)
      return { status: 204, ...(id === own && { headers: { 'set-cookie': setCookie(null, 0, services) } }) }
    },
  }),
]

/**
 * Unknown, wrong, inactive and not a person: all are refused with the same words after the same work. Only after the right
 * password it is told that a code is needed.
 */
async function signIn({ body, address, host, userAgent, services }: OpenCall<NewSessionBody>): Promise<Answer> {
  const { store, limits, newId } = services
  const now = services.clock().toISOString()
  const tenantId = await tenantByHost(store, host)
  const outcome = await logIn({ store, limits, vault: services.secondFactors, now }, tenantId, {
    by: body.login.includes('@') ? 'email' : 'username',
    name: body.login,
    password: body.password,
    code: body.code,
    address,
    admits: (user) => user.kind === 'person',
  })
  demandUnlocked(outcome)
  if ('codeNeeded' in outcome) return outcome.wasWrong ? CODE_WRONG : CODE_NEEDED
  if ('refused' in outcome || tenantId === null) return REFUSED
  const system = { store, newId, now }
  const { session, secret } = await openSession(system, 'native', { tenantId, userId: outcome.user.id, userAgent })
  const seconds = Math.floor((Date.parse(session.expiresAt) - Date.parse(now)) / 1000)
  return {
    status: 201,
    headers: { 'set-cookie': setCookie(secret, seconds, services), 'cache-control': 'no-store' },
    body: { session: encodeSession(session, true), csrf_token: csrfToken(secret, services) },
  }
}

const REFUSED: Answer = problem('unauthenticated', 401, 'The name or the password is not right')

const CODE_NEEDED: Answer = problem('second_factor_required', 401, 'A code of the second factor is needed', {
  detail: 'The password is right. Send it again, with a code of the authenticator app or a recovery code as `code`.',
})

const CODE_WRONG: Answer = problem('second_factor_required', 401, 'The code is not right, or was used before', {
  detail: 'The password is right. Send it again with the present code, or with a recovery code.',
})

function encodeSession(session: Session, current: boolean): SessionAnswer {
  return {
    id: session.id,
    user_agent: session.userAgent,
    current,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
    last_used_at: session.lastUsedAt,
  }
}
