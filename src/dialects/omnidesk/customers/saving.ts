import type { Context } from '../../../core/context.ts'
import { Refusal, refuseField } from '../../../core/errors.ts'
import { reachesPerson } from '../../../core/identity/reach.ts'
import type { Address, UserChange, UserProfile } from '../../../core/identity/user.ts'
import { changeTickets } from '../../../core/tickets/commands/change.ts'
import { getTicket } from '../../../core/tickets/queries/find.ts'
import { changeUser, makeUser, ticketsOfNobody } from '../../../core/users/commands.ts'
import { findProfilesByAddress, findProfilesByExternalId } from '../../../core/users/queries.ts'
import { works } from '../../../core/users/rules.ts'
import type { CustomerKey, NewCustomer } from './codec.ts'

/** As many tickets are linked all or nothing; a whole call has no bound. */
const CHUNK = 1000

/** The customer behind a key. @throws Refusal `invalid` */
export async function customerBy(ctx: Context, { externalId, desk }: CustomerKey): Promise<UserProfile> {
  const [customer] = await findProfilesByExternalId(ctx, externalId, desk.id)
  return customer ?? refuseField(['externalPrimaryID'], 'unknown', 'names no customer')
}

/**
 * Changes a customer. Who works on desks is none, whatever else knows them by the key: the permission for customers does
 * not reach to users, which have one of their own.
 *
 * @throws Refusal `invalid` (path `user`), `not_found`, `forbidden`.
 */
export async function changeCustomer(ctx: Context, customer: UserProfile, change: UserChange): Promise<UserProfile> {
  if (works(customer)) refuseField(['user'], 'not_allowed', 'works on a desk')
  return changeUser(ctx, customer.id, change)
}

/**
 * Makes a customer, or completes the one who has the external id or the address already; then links tickets.
 *
 * @throws Refusal `not_found` for a ticket that is not there, `invalid`, `forbidden`.
 */
export async function saveCustomer(ctx: Context, sent: NewCustomer): Promise<UserProfile> {
  const ticket = sent.ticketId === undefined ? null : await getTicket(ctx, { integer: sent.ticketId })
  const customer = await savedOnce(ctx, sent).catch((error: unknown) => {
    // A twin may have made the same customer between the look and the write: the second look finds it.
    if (error instanceof Refusal && error.error.code === 'invalid') return savedOnce(ctx, sent)
    throw error
  })
  if (ticket !== null) await linkTickets(ctx, [ticket.id], customer.id)
  if (sent.linksOthers && sent.address) await linkTicketsFrom(ctx, sent.desk.id, [sent.address], customer.id)
  return customer
}

async function savedOnce(ctx: Context, sent: NewCustomer): Promise<UserProfile> {
  const { desk, externalId, address, name, surname, fields } = sent
  const addAddresses = address === undefined ? [] : [address]
  const standing = await standingCustomer(ctx, sent, addAddresses)
  const isOn = standing?.memberships.some((each) => each.deskId === desk.id) ?? false
  const change: UserChange = {
    ...(surname === undefined ? {} : { surname }),
    fields,
    addAddresses,
    ...(isOn ? {} : { memberships: [{ deskId: desk.id, role: 'customer' }] }),
    ...(externalId === undefined ? {} : { addExternalIds: [{ deskId: desk.id, externalId }] }),
  }
  if (standing === null) return makeUser(ctx, { ...change, name: name ?? '' })
  return changeCustomer(ctx, standing, name === undefined ? change : { ...change, name })
}

async function standingCustomer(
  ctx: Context,
  { desk, externalId }: NewCustomer,
  addresses: readonly Address[],
): Promise<UserProfile | null> {
  const [named] = externalId === undefined ? [] : await findProfilesByExternalId(ctx, externalId, desk.id)
  if (named) return named
  const [reached] = await findProfilesByAddress(ctx, addresses)
  if (!reached) return null
  // A customer has one external id on a brand: with another one it is another customer, whose address this cannot be.
  const hasOther = externalId !== undefined && reached.externalIds.some((each) => each.deskId === desk.id)
  // Who is out of reach is not completed: all that the caller learns is that the address is taken.
  const isOther = hasOther || works(reached) || !reachesPerson(ctx.actor, reached)
  return isOther ? refuseField(['addresses'], 'not_allowed', 'belongs to another customer') : reached
}

/** Links all tickets of a brand that came from an address and belong to nobody yet. */
export async function linkTicketsFrom(
  ctx: Context,
  deskId: string,
  addresses: readonly Address[],
  customerId: string,
): Promise<void> {
  for (;;) {
    const ids = await ticketsOfNobody(ctx, deskId, addresses, CHUNK)
    if (ids.length > 0) await linkTickets(ctx, ids, customerId)
    if (ids.length < CHUNK) return
  }
}

async function linkTickets(ctx: Context, ids: readonly string[], requesterId: string): Promise<void> {
  const refs = ids.map((id) => ({ id }))
  // The key stands for the customer; to link again what is linked changes nothing.
  await changeTickets({ ...ctx, idempotency: null }, refs, [{ requesterId }])
}
