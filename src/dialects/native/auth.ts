import type { FastifyRequest } from 'fastify'
import { refuse } from '../../core/errors.ts'
import { type Actor, narrowed } from '../../core/identity/actor.ts'
import { PERMISSIONS, type Permission } from '../../core/identity/permissions.ts'
import type { Services } from '../services.ts'

/** The core permissions that an operation may use. Without the first there is nothing it could do. */
export type Need = readonly Permission[]

/** The scope of a key that may do whatever its user may. */
const EVERYTHING = '*'

const BEARER = /^Bearer +(\S+) *$/i

/** Tells who calls, by the API key. @throws Refusal `unauthenticated`. */
export async function authenticate(request: FastifyRequest, { access }: Services): Promise<Actor> {
  const key = BEARER.exec(request.headers.authorization ?? '')?.[1]
  const actor = key === undefined ? null : await access.resolve('native', 'api_key', key)
  return actor ?? refuse({ code: 'unauthenticated' })
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

/** The actor with no more than the scopes of its key: the core's own permissions by name, or `*`. */
export function withinScopes(actor: Actor): Actor {
  const { scopes } = actor.credential
  if (scopes.includes(EVERYTHING)) return actor
  return narrowed(
    actor,
    PERMISSIONS.filter((permission) => scopes.includes(permission)),
  )
}
