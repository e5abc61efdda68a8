import type { FastifyRequest } from 'fastify'
import { refuse } from '../../core/errors.ts'
import type { Actor } from '../../core/identity/actor.ts'
import { narrowed } from '../../core/identity/actor.ts'
import type { Permission } from '../../core/identity/permissions.ts'
import type { Services } from '../services.ts'
import { resolveLogin } from './logins/token.ts'

/** Who may call an operation, and what it uses of the core. */
export interface Need {
  readonly caller: 'anyone' | 'subscriber' | 'staff'
  readonly uses: readonly Permission[]
}

/** What each operation needs: this vendor has no scopes, only subscribers and staff. */
export const NEEDS = {
  lookUp: { caller: 'anyone', uses: ['catalogue.read'] },
  logOut: { caller: 'anyone', uses: [] },
  seeDetails: { caller: 'anyone', uses: ['user.read'] },
  createTicket: { caller: 'subscriber', uses: ['ticket.create'] },
  readOwnTickets: { caller: 'subscriber', uses: ['ticket.read'] },
  replyToOwnTicket: { caller: 'subscriber', uses: ['ticket.read', 'message.reply'] },
  closeOwnTicket: { caller: 'subscriber', uses: ['ticket.read', 'ticket.status'] },
  listTickets: { caller: 'staff', uses: ['ticket.read'] },
  readTicket: { caller: 'staff', uses: ['ticket.read', 'message.read_internal'] },
  updateTicket: { caller: 'staff', uses: ['ticket.read', 'ticket.change', 'ticket.status'] },
  replyToTicket: { caller: 'staff', uses: ['ticket.read', 'message.reply', 'message.note'] },
} as const satisfies Record<string, Need>

const BEARER = /^Bearer +(\S+)$/i

/**
 * Tells who calls, which the vendor checks first (401): by a login's token, which is a JWT, or by an API access token,
 * which has no dots.
 */
export async function authenticate(request: FastifyRequest, services: Services): Promise<Actor> {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) refuse({ code: 'unauthenticated' })
  const actor = token.includes('.')
    ? await resolveLogin(services, token)
    : await services.access.resolve('netgroot', 'api_token', token, { evenInactive: true })
  return actor ?? refuse({ code: 'unauthenticated' })
}

/**
 * Decides whether the caller is still there (section 8, 7) and of the right kind. Staff have no subscriber, which is what gives the documented 404 of
 * the subscriber endpoints its meaning.
 */
export async function admit(request: FastifyRequest, need: Need, _services: Services, actor: Actor): Promise<Actor> {
  if (!actor.user.active)
    refuse(isOfSubscribers(request) ? { code: 'not_found', missing: 'user' } : { code: 'unauthenticated' })
  if (need.caller === 'subscriber' && !isSubscriber(actor)) refuse({ code: 'not_found', missing: 'user' })
  if (need.caller === 'staff' && isSubscriber(actor)) refuse({ code: 'forbidden', permission: 'staff' })
  return narrowed(actor, need.uses)
}

function isOfSubscribers(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith('/api/v1/subscriber/') === true
}

/** A subscriber is a person who works on no desk. */
export function isSubscriber({ user }: Pick<Actor, 'user'>): boolean {
  return user.kind === 'person' && !user.isOwner && user.memberships.every((each) => each.role === 'customer')
}
