import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import type { Event } from '../../events/event.ts'
import { eventOf } from '../../events/rows.ts'
import { inSight, may, sightOf } from '../../identity/actor.ts'
import type { TicketState } from '../drafts.ts'
import { stateOfLine } from '../fields.ts'
import { ticketOf } from '../rows.ts'
import { TICKET_EVENT } from '../store/conversation.ts'
import {
  BY_NUMBER,
  FIND_BY_ID,
  FIND_BY_INTEGER,
  FIND_MANY_BY_ID,
  FIND_MANY_BY_INTEGER,
  STATES_BY_ID,
} from '../store/find.ts'
import type { Ticket, TicketRef } from '../ticket.ts'

/**
 * The tickets behind refs, in their order: null for what is out of sight. Several have no more of their descriptions than
 * titles are made of.
 *
 * @throws Refusal `forbidden` when the actor may not read tickets at all.
 */
export async function findTickets(ctx: Context, refs: readonly TicketRef[]): Promise<readonly (Ticket | null)[]> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const isOne = refs.length <= 1
  const byId = ctx.store.batched(isOne ? FIND_BY_ID : FIND_MANY_BY_ID)
  const byInteger = ctx.store.batched(isOne ? FIND_BY_INTEGER : FIND_MANY_BY_INTEGER)
  const found = await Promise.all(
    refs.map((ref) => ('id' in ref ? byId(ctx.tenant.id, ref.id) : byInteger(ctx.tenant.id, ref.integer))),
  )
  const sight = sightOf(ctx.actor)
  return found.map((ticket) => (ticket && inSight(sight, ticket) ? ticket : null))
}

/**
 * Tickets as rules take them, by id, as far as they are in sight; with as much of their descriptions as titles are made of.
 *
 * @throws Refusal `forbidden` when the actor may not read tickets at all.
 */
export async function findStates(ctx: Context, ids: readonly string[]): Promise<ReadonlyMap<string, TicketState>> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const rows = await ctx.store.run(STATES_BY_ID.with({ tenant_id: ctx.tenant.id, ids }))
  const sight = sightOf(ctx.actor)
  const seen = rows.filter(({ desk_id: deskId, requester_id: id }) =>
    inSight(sight, { deskId, requester: id === null ? null : { id } }),
  )
  return new Map(seen.map((row) => [row.id, stateOfLine(row)]))
}

/** One ticket in sight. @throws Refusal `not_found` */
export async function getTicket(ctx: Context, ref: TicketRef): Promise<Ticket> {
  const [ticket] = await findTickets(ctx, [ref])
  if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
  return ticket
}

/** The ticket in sight that has a number on a desk, or had it before it moved away. @throws Refusal `not_found`, `forbidden` */
export async function getTicketByNumber(ctx: Context, deskId: string, number: number): Promise<Ticket> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const [row] = await ctx.store.run(BY_NUMBER.with({ tenant_id: ctx.tenant.id, desk_id: deskId, number }))
  const ticket = row ? ticketOf(row) : undefined
  if (!ticket || !inSight(sightOf(ctx.actor), ticket)) refuse({ code: 'not_found', missing: 'ticket' })
  return ticket
}

/** What was recorded under an id about a ticket in sight, notes only with `message.read_internal`; else null. */
export async function findTicketEvent(ctx: Context, id: string): Promise<Event | null> {
  const [row] = await ctx.store.run(TICKET_EVENT.with({ tenant_id: ctx.tenant.id, id }))
  if (!row || row.ticket_id === null) return null
  const [ticket] = await findTickets(ctx, [{ id: row.ticket_id }])
  const isSeen = ticket && (!row.is_of_note || may(ctx.actor, 'message.read_internal', ticket.deskId))
  return isSeen ? eventOf(row) : null
}
