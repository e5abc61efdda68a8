import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import type { Access } from '../../core/access/access.ts'
import type { Desk, Tenant } from '../../core/catalogue/tenant.ts'
import { refuse } from '../../core/errors.ts'
import { type Actor, narrowed, worksOn } from '../../core/identity/actor.ts'
import type { Permission } from '../../core/identity/permissions.ts'
import { WireRefusal } from '../wire.ts'
import { comesFrom } from './origins.ts'

/** What an operation asks of its caller: the vendor's scope, and the core permissions that it uses. */
interface Demand {
  readonly scope: 'tickets.read' | 'tickets.write' | 'profile.read'
  readonly grants: readonly Permission[]
}

/** Moov scopes page: writing and reading are separate, neither implies the other. */
export const NEEDS = {
  'create a ticket': { scope: 'tickets.write', grants: ['ticket.create'] },
  'close a ticket': { scope: 'tickets.write', grants: ['ticket.read', 'ticket.status'] },
  'read tickets': { scope: 'tickets.read', grants: ['ticket.read'] },
  'read an account': { scope: 'profile.read', grants: [] },
} as const satisfies Readonly<Record<string, Demand>>

/** What an operation asks that is about the caller's own account, which no path names (M44). */
interface OwnDemand {
  /** The scope of tokens that may use it; null: keys only. */
  readonly scope: string | null
  readonly grants: readonly Permission[]
}

export const OWN_NEEDS = {
  'manage webhooks': { scope: null, grants: ['webhook.manage'] },
  'list accounts': { scope: '/accounts.read', grants: [] },
  ping: { scope: '/ping.read', grants: [] },
} as const satisfies Readonly<Record<string, OwnDemand>>

export type Need = keyof typeof NEEDS | keyof typeof OWN_NEEDS

function isOwn(need: Need): need is keyof typeof OWN_NEEDS {
  return need in OWN_NEEDS
}

/** Where credentials and accounts are looked up. */
type Directory = Pick<Access, 'resolve' | 'tenant'>

/** Tells who calls, in the vendor's order: version, credential (M41). @throws Refusal, WireRefusal */
export async function authenticate(
  request: FastifyRequest,
  { access }: { readonly access: Directory },
): Promise<Actor> {
  demandVersion(request.headers['x-moov-version'])
  const presented = presentedIn(request.headers.authorization)
  const actor = presented && (await access.resolve('moov', presented.kind, presented.secret))
  return actor ?? refuse({ code: 'unauthenticated' })
}

/**
 * Decides for which account, in the vendor's order: origin, account and scope (M41). The actor that comes out is bound to the
 * account in the path and sees no other.
 *
 * @throws Refusal, WireRefusal
 */
export async function admit(
  request: FastifyRequest,
  need: Need,
  { access }: { readonly access: Directory },
  actor: Actor,
): Promise<Actor> {
  demandOrigin(actor, request.headers)
  const tenant = await access.tenant(actor.tenantId)
  if (isOwn(need)) return admittedToOwn(actor, tenant, OWN_NEEDS[need])
  const { scope, grants } = NEEDS[need]
  const account = demandAccount(actor, tenant, accountInPath(request.params, scope), scope)
  return narrowed(boundTo(account, actor), grants)
}

/** The actor for its own account. That of the platform is bound to no desk: it is over all of them (M42). */
function admittedToOwn(actor: Actor, tenant: Tenant, { scope, grants }: OwnDemand): Actor {
  const { kind, scopes, deskId } = actor.credential
  const isAllowed = kind === 'basic' || (scope !== null && scopes.includes(scope))
  if (!isAllowed) return refuse({ code: 'forbidden', permission: scope ?? 'an API key' })
  const own = deskId === tenant.defaultDesk.id ? null : deskId
  return narrowed({ ...actor, credential: { ...actor.credential, deskId: own } }, grants)
}

const VERSION = /^(?:v\d{4}\.(?:0[1-9]|1[0-2])\.\d{2}|latest|dev)$/

/** Every well-formed version is served in the same shape; a malformed one is the vendor's 404 (Versioning, M1, M2). */
function demandVersion(header: string | string[] | undefined): void {
  if (header === undefined) return
  if (typeof header !== 'string' || !VERSION.test(header)) throw new WireRefusal({ code: 'unknown_route' })
}

/** Access tokens page: tokens of a key with a list of domains work from these only (M9). */
function demandOrigin({ credential }: Actor, headers: FastifyRequest['headers']): void {
  if (credential.kind !== 'access_token' || comesFrom(credential.origins ?? [], headers)) return
  refuse({ code: 'forbidden', permission: 'origin' })
}

interface Presented {
  readonly kind: 'basic' | 'access_token'
  readonly secret: string
}

/** Reads an `Authorization` header: an API key as Basic `publicKey:secretKey`, or an access token as Bearer. */
export function presentedIn(header: string | undefined): Presented | null {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return { kind: 'access_token', secret: value }
  if (scheme.toLowerCase() !== 'basic') return null
  const pair = Buffer.from(value, 'base64').toString('utf8')
  return /^[^:]+:./s.test(pair) ? { kind: 'basic', secret: pair } : null
}

export const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'

const AccountPath = Type.Object({ accountID: Type.String({ pattern: UUID }) })

/** A malformed account id is a syntax error for writers and no one's account for readers (M4). */
function accountInPath(params: unknown, scope: Demand['scope']): string {
  if (Check(AccountPath, params)) return params.accountID.toLowerCase()
  if (scope !== 'tickets.write') return refuse({ code: 'forbidden', permission: scope })
  throw new WireRefusal({ code: 'bad_request', message: 'accountID must be a UUID' })
}

/**
 * The desk behind an account id, if the caller reaches it and may use the scope there. Unknown and unconnected accounts
 * are refused alike, so that nothing tells whether they exist; a disconnected one is shown as gone to its writers (M28),
 * and can itself still be read (Moov, Disconnect account).
 */
function demandAccount(actor: Actor, tenant: Tenant, accountId: string, scope: Demand['scope']): Desk {
  const desk = tenant.desks.find((each) => each.id === accountId)
  if (!desk || !mayUse(actor, tenant, desk, scope)) return refuse({ code: 'forbidden', permission: scope })
  if (desk.active || scope === 'profile.read') return desk
  if (scope === 'tickets.write') return refuse({ code: 'not_found', missing: 'desk' })
  return refuse({ code: 'forbidden', permission: scope })
}

/** The default desk is the platform account that reaches all; a key of another desk reaches only that one (M42). */
function mayUse(actor: Actor, tenant: Tenant, desk: Desk, scope: Demand['scope']): boolean {
  const platform = tenant.defaultDesk.id
  const own = actor.credential.deskId ?? platform
  if (own !== platform && own !== desk.id) return false
  if (!worksOn(boundTo(desk, actor), desk.id)) return false
  return actor.credential.kind === 'basic' || scopesAllow(actor.credential.scopes, scope, own, desk.id)
}

/**
 * Brief page, create: a token needs the scope on the account in the path; on behalf of another account, the scope on
 * its own account together with `profile.read` on the account in the path.
 */
export function scopesAllow(scopes: readonly string[], scope: string, own: string, account: string): boolean {
  const holds = (on: string, right: string) => scopes.includes(`/accounts/${on}/${right}`)
  return holds(account, scope) || (holds(own, scope) && holds(account, 'profile.read'))
}

function boundTo(desk: Desk, actor: Actor): Actor {
  return { ...actor, credential: { ...actor.credential, deskId: desk.id } }
}
