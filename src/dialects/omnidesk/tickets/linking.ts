import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import { getTicket } from '../../../core/tickets/queries.ts'
import type { NewTicket, TicketChange, TicketRef } from '../../../core/tickets/ticket.ts'
import { findUserByExternalId, findUserIdByAddress } from '../../../core/users/queries.ts'
import type { TicketUpdate } from './codec.ts'

/**
 * The change that an update asks for, with the customer it names: an external id counts on the ticket's own brand.
 *
 * @throws Refusal `not_found`, or `invalid` for a customer who does not exist.
 */
export async function linked(ctx: Context, ref: TicketRef, update: TicketUpdate): Promise<TicketChange> {
  if (update.externalPrimaryID === undefined) return update.change
  const { deskId } = await getTicket(ctx, ref)
  const customer = await findUserByExternalId(ctx, deskId, update.externalPrimaryID)
  if (!customer) return refuseField(['externalPrimaryID'], 'unknown', 'names no customer')
  return { ...update.change, requesterId: customer.id }
}

/** A new ticket with the customer who is reached on its brand at the address it is from, if there is one. */
export async function fromCustomer(ctx: Context, ticket: NewTicket): Promise<NewTicket> {
  if (ticket.requester.by !== 'email') return ticket
  const id = await findUserIdByAddress(ctx, ticket.deskId, ticket.requester.email)
  return { ...ticket, requester: id === null ? { by: 'nobody' } : { by: 'id', id, member: false } }
}
