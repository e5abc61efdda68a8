import type { FastifyRequest } from 'fastify'
import type { Access } from '../../core/access/access.ts'
import type { Actor } from '../../core/access/actor.ts'
import { narrowed } from '../../core/access/actor.ts'
import type { Permission } from '../../core/access/permissions.ts'
import { refuse } from '../../core/errors.ts'
import type { Services } from '../dialect.ts'

/** Who may call an operation, and what it uses of the core. */
export interface Need {
  readonly caller: 'anyone' | 'subscriber' | 'staff'
  readonly uses: readonly Permission[]
}

/** What each operation needs: this vendor has no scopes, only subscribers and staff. */
export const NEEDS = {
  lookUp: { caller: 'anyone', uses: ['catalogue.read'] },
  seeOwnDetails: { caller: 'subscriber', uses: [] },
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
 * Tells who calls, in the vendor's order of checks: the token (401), then whether the caller is of the right kind. Staff
 * have no subscriber, which is what gives the documented 404 of the subscriber endpoints its meaning.
 */
export async function admit(request: FastifyRequest, need: Need, services: Services): Promise<Actor> {
  const actor = await authenticate(request.headers.authorization, services.access)
  if (need.caller === 'subscriber' && !isSubscriber(actor)) refuse({ code: 'not_found', missing: 'user' })
  if (need.caller === 'staff' && isSubscriber(actor)) refuse({ code: 'forbidden', permission: 'staff' })
  return narrowed(actor, need.uses)
}

/** A subscriber is a person who works on no desk. */
export function isSubscriber({ user }: Actor): boolean {
  return user.kind === 'person' && !user.isOwner && user.memberships.every((each) => each.role === 'customer')
}

async function authenticate(authorization: string | undefined, access: Access): Promise<Actor> {
  const token = BEARER.exec(authorization ?? '')?.[1]
  const actor = token === undefined ? null : await access.resolve('netgroot', 'api_token', token)
  return actor ?? refuse({ code: 'unauthenticated' })
}
