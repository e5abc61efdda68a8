import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import type { Decision } from '../../../core/tickets/commands/change.ts'
import type { NewTicket, Ticket, TicketChange } from '../../../core/tickets/ticket.ts'
import { findUserByExternalId, findUserIdByAddress } from '../../../core/users/queries.ts'
import type { TicketUpdate } from './codec.ts'

/**
 * The change that an update asks for, with the customer it names: an external id counts on the ticket's own brand.
 *
 * @throws Refusal `invalid` for a customer who does not exist, when it is decided.
 */
export function linked(
  ctx: Context,
  { change, externalPrimaryID }: TicketUpdate,
): TicketChange | Decision<Ticket, TicketChange> {
  if (externalPrimaryID === undefined) return change
  return {
    decide: async ({ deskId }) => {
      const customer = await findUserByExternalId(ctx, deskId, externalPrimaryID)
      if (!customer) return refuseField(['externalPrimaryID'], 'unknown', 'names no customer')
      return { ...change, requesterId: customer.id }
    },
  }
}

/** A new ticket with the customer who is reached on its brand at the address it is from, if there is one. */
export async function fromCustomer(ctx: Context, ticket: NewTicket): Promise<NewTicket> {
  if (ticket.requester.by !== 'email') return ticket
  const id = await findUserIdByAddress(ctx, ticket.deskId, ticket.requester.email)
  return { ...ticket, requester: id === null ? { by: 'nobody' } : { by: 'id', id, member: false } }
}
