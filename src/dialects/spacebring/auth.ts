import type { FastifyRequest } from 'fastify'
import { refuse, refuseField } from '../../core/errors.ts'
import type { Actor, ActorCredential } from '../../core/identity/actor.ts'
import { narrowed } from '../../core/identity/actor.ts'
import type { Permission } from '../../core/identity/permissions.ts'
import { UUID } from '../../core/uuid.ts'
import type { Services } from '../services.ts'
import { options } from './options.ts'

export const NETWORK_HEADER = 'spacebring-network-id'

/** The areas of the vendor that are served here: tickets, and what clients find their ids by. */
export const AREAS_SERVED = ['support', 'locations', 'community'] as const
type Area = (typeof AREAS_SERVED)[number]

/** Spacebring reference, Authentication: an area reads and writes, with `.readonly` it only reads. */
export type Scope = Area | `${Area}.readonly`

/** What a caller must hold for an operation, and what the operation uses of the core. */
export interface Need {
  /** One of these; none where the reference asks for none. */
  readonly scopes: readonly Scope[]
  readonly uses: readonly Permission[]
  /** The reference lists OAuth2 alone (S5). */
  readonly byTokenOnly?: true
  /** It is asked in order to find the network's id, so that it cannot be required. */
  readonly findsNetwork?: true
}

export function reading(...uses: Permission[]): Need {
  return { scopes: ['support.readonly', 'support'], uses }
}

export function writing(...uses: Permission[]): Need {
  return { scopes: ['support'], uses }
}

export function readingOf(area: Area, ...uses: Permission[]): Need {
  return { scopes: [`${area}.readonly`, area], uses }
}

export function byTokenOnly(need: Need): Need {
  return { ...need, byTokenOnly: true }
}

/** What a caller presented: how, and the text that the core knows it by. */
export interface Presented {
  readonly kind: 'basic' | 'access_token'
  readonly secret: string
}

/**
 * Reads an `Authorization` header; null when it is absent or not one of the two documented schemes.
 *
 * Spacebring reference, Authentication: Basic with client id and secret, or a bearer token.
 */
export function presentedIn(authorization: string | undefined): Presented | null {
  const parts = /^(basic|bearer) +(\S+) *$/i.exec(authorization ?? '')
  const [, scheme = '', value = ''] = parts ?? []
  if (scheme.toLowerCase() === 'bearer') return { kind: 'access_token', secret: value }
  if (scheme.toLowerCase() === 'basic') return basicPair(value)
  return null
}

function basicPair(encoded: string): Presented | null {
  const bytes = Buffer.from(encoded, 'base64')
  // Node skips what is not base64; only what encodes back to the same text was meant.
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return null
  const pair = bytes.toString('utf8')
  return pair.includes(':') ? { kind: 'basic', secret: pair } : null
}

/** Tells who calls; the first check of S42. @throws Refusal */
export async function authenticate(request: FastifyRequest, services: Services): Promise<Actor> {
  const presented = presentedIn(request.headers.authorization)
  const actor = presented && (await services.access.resolve('spacebring', presented.kind, presented.secret))
  return actor || refuse({ code: 'unauthenticated' })
}

/**
 * Admits a caller in the order of S42: network header, scheme, scope. What is left of the actor's permissions is what the
 * operation uses; roles are the core's.
 *
 * @throws Refusal
 */
export async function admit(request: FastifyRequest, need: Need, services: Services, actor: Actor): Promise<Actor> {
  const network = request.headers[NETWORK_HEADER]
  if (network !== undefined || !need.findsNetwork) checkNetwork(actor, network)
  checkScheme(actor.credential, need, services)
  checkScope(actor.credential, need)
  return narrowed(actor, need.uses)
}

/** A bearer token must be sent with the network's id; client id and secret already fix the network (S6). */
function checkNetwork(actor: Actor, network: string | string[] | undefined): void {
  if (network === undefined) {
    if (actor.credential.kind === 'basic') return
    refuseField([NETWORK_HEADER], 'required', `The header ${NETWORK_HEADER} is required with a bearer token.`)
  }
  if (typeof network !== 'string' || !UUID.test(network)) {
    refuseField([NETWORK_HEADER], 'format', `The header ${NETWORK_HEADER} must be one UUID.`)
  }
  if (network.toLowerCase() !== actor.tenantId) refuse({ code: 'forbidden', permission: 'network' })
}

/** S5: the reference lists two operations for OAuth2 alone; they refuse the rest only where the operator wants it so. */
function checkScheme(credential: ActorCredential, need: Need, { settings }: Services): void {
  const isRefused = settings.chosen(options).strictSecurity && need.byTokenOnly && credential.kind === 'basic'
  if (isRefused) refuse({ code: 'forbidden', permission: 'OAuth2' })
}

function checkScope(credential: ActorCredential, need: Need): void {
  const holds = need.scopes.length === 0 || need.scopes.some((scope) => credential.scopes.includes(scope))
  if (!holds) refuse({ code: 'forbidden', permission: need.scopes.join(' or ') })
}
