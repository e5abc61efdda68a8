import type { FastifyRequest } from 'fastify'
import { refuse } from '../../core/errors.ts'
import { type Actor, narrowed } from '../../core/identity/actor.ts'
import { PERMISSIONS, type Permission } from '../../core/identity/permissions.ts'
import { cameBySession, SESSION_KIND } from '../../core/sessions/session.ts'
import { WRITES } from '../openapi/document.ts'
import type { Services } from '../services.ts'
import { CSRF_HEADER, isCsrfToken, secretIn } from './sessions/cookie.ts'

/** The core permissions that an operation may use. Without the first there is nothing it could do. */
export type Need = readonly Permission[]

/** The scope of a key that may do whatever its user may. */
const EVERYTHING = '*'

const BEARER = /^Bearer +(\S+) *$/i

/** Tells who calls, by the API key or else by the session. @throws Refusal `unauthenticated`. */
export async function authenticate(request: FastifyRequest, services: Services): Promise<Actor> {
  return (await callerOf(request, services)) ?? refuse({ code: 'unauthenticated' })
}

/** As far as it tells who calls. */
type Asking = Pick<FastifyRequest, 'method' | 'headers'>

/** Who calls; null where it is nobody. */
export async function callerOf(request: Asking, services: Services): Promise<Actor | null> {
  const { authorization } = request.headers
  return authorization === undefined ? bySession(request, services) : byKey(authorization, services)
}

/** Who has these credentials by now, for what goes on for longer than a moment; null where it is nobody any more. */
export async function readerNow(headers: Asking['headers'], services: Services): Promise<Actor | null> {
  const actor = await callerOf({ method: 'GET', headers }, services)
  return actor && withinScopes(actor)
}

async function byKey(authorization: string, { access }: Services): Promise<Actor | null> {
  const key = BEARER.exec(authorization)?.[1]
  return key === undefined ? null : access.resolve('native', 'api_key', key)
}

async function bySession({ method, headers }: Asking, services: Services): Promise<Actor | null> {
  const secret = secretIn(headers.cookie, services)
  if (secret === undefined) return null
  const token = headers[CSRF_HEADER]
  if (WRITES.has(method) && !(typeof token === 'string' && isCsrfToken(token, secret, services))) return null
  return services.access.resolve('native', SESSION_KIND, secret)
}

/**
 * Admits the holder of an API key, with the permissions that the key's scopes name. Which of them its roles give is the
 * core's to decide.
 *
 * @throws Refusal `forbidden`.
 */
export async function admit(_request: FastifyRequest, need: Need, _services: Services, caller: Actor): Promise<Actor> {
  const actor = withinScopes(caller)
  const [first] = need
  if (first && !actor.permissions.has(first)) refuse({ code: 'forbidden', permission: first })
  return actor
}

/** Whether only roles say what an actor may do: by a session, which is its person, or a key that may do everything. */
export function isWhole(actor: Actor): boolean {
  return cameBySession(actor) || actor.credential.scopes.includes(EVERYTHING)
}

/** Refuses a key that may do little: what it is given here could do more. @throws Refusal `forbidden` */
export function demandWhole(actor: Actor): void {
  if (!isWhole(actor)) refuse({ code: 'forbidden', permission: EVERYTHING })
}

/** The actor with no more than the scopes of its key: the core's own permissions by name, or `*`. */
export function withinScopes(actor: Actor): Actor {
  const { scopes } = actor.credential
  if (isWhole(actor)) return actor
  return narrowed(
    actor,
    PERMISSIONS.filter((permission) => scopes.includes(permission)),
  )
}
