import { TITLE_CHARACTERS } from '../../bounds.ts'
import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import type { Event } from '../../events/event.ts'
import { eventOf } from '../../events/rows.ts'
import { inSight, may, sightOf } from '../../identity/actor.ts'
import type { TicketState } from '../drafts.ts'
import { stateOfLine } from '../fields.ts'
import { cutTo, ticketOf } from '../rows.ts'
import { TICKET_EVENT } from '../store/conversation.ts'
import {
  BY_NUMBER,
  FIND_BY_ID,
  FIND_BY_INTEGER,
  FIND_MANY_BY_ID,
  FIND_MANY_BY_INTEGER,
  LED,
  LED_MANY,
  MERGED,
  STATES_BY_ID,
  STAYING,
} from '../store/find.ts'
import type { Ticket, TicketRef } from '../ticket.ts'

/**
 * The tickets behind refs, in their order: null for what is out of sight. One that was merged into another leads to that.
 * Several have no more of their descriptions than titles are made of.
 *
 * @throws Refusal `forbidden` when the actor may not read tickets at all.
 */
export async function findTickets(ctx: Context, refs: readonly TicketRef[]): Promise<readonly (Ticket | null)[]> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const isOne = refs.length <= 1
  const byId = ctx.store.batched(isOne ? FIND_BY_ID : FIND_MANY_BY_ID)
  const byInteger = ctx.store.batched(isOne ? FIND_BY_INTEGER : FIND_MANY_BY_INTEGER)
  const named = await Promise.all(
    refs.map((ref) => ('id' in ref ? byId(ctx.tenant.id, ref.id) : byInteger(ctx.tenant.id, ref.integer))),
  )
  const found = named.includes(null) ? await orLed(ctx, refs, named) : named
  const sight = sightOf(ctx.actor)
  return found.map((ticket) => (ticket && inSight(sight, ticket) ? ticket : null))
}

/** What was found, and in the place of nothing what the ref leads to. */
async function orLed(
  { store, tenant }: Context,
  refs: readonly TicketRef[],
  found: readonly (Ticket | null)[],
): Promise<readonly (Ticket | null)[]> {
  const sought = refs.filter((_, index) => found[index] === null)
  const ids = sought.flatMap((ref) => ('id' in ref ? ref.id : []))
  const integers = sought.flatMap((ref) => ('integer' in ref ? ref.integer : []))
  const rows = await store.run((refs.length <= 1 ? LED : LED_MANY).with({ tenant_id: tenant.id, ids, integers }))
  const shown = (row: (typeof rows)[number]): Ticket =>
    refs.length <= 1 ? ticketOf(row) : cutTo(TITLE_CHARACTERS, ticketOf(row))
  const byId = new Map(rows.map((row) => [row.sought_id, shown(row)]))
  const byInteger = new Map(rows.map((row) => [row.sought_integer, shown(row)]))
  return found.map((ticket, index) => {
    const ref = refs[index]
    if (ticket || !ref) return ticket
    return ('id' in ref ? byId.get(ref.id) : byInteger.get(ref.integer)) ?? null
  })
}

/** The ids of tickets, each once: in the place of one that was merged that of the ticket that stays. Whoever asks. */
export async function idsThatStay({ store, tenant }: Context, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await store.run(STAYING.with({ tenant_id: tenant.id, ids }))
  const stays = new Map(rows.map((row) => [row.sought_id, row.id]))
  return [...new Set(ids.map((id) => stays.get(id) ?? id))]
}

/** A ticket in sight that was merged into another, and into which. Null for every other one. */
export async function findMerged(
  ctx: Context,
  ref: TicketRef,
): Promise<{ readonly ticket: Ticket; readonly intoId: string } | null> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const [id, integer] = 'id' in ref ? [ref.id, null] : [null, ref.integer]
  const [row] = await ctx.store.run(MERGED.with({ tenant_id: ctx.tenant.id, id, integer }))
  const ticket = row && ticketOf(row)
  return ticket && inSight(sightOf(ctx.actor), ticket) ? { ticket, intoId: row.merged_into } : null
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

/** As `findStates`, whoever asks. */
export async function findAllStates(
  { store, tenant }: Pick<Context, 'store' | 'tenant'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TicketState>> {
  const rows = await store.run(STATES_BY_ID.with({ tenant_id: tenant.id, ids }))
  return new Map(rows.map((row) => [row.id, stateOfLine(row)]))
}

/** One ticket in sight. @throws Refusal `not_found` */
export async function getTicket(ctx: Context, ref: TicketRef): Promise<Ticket> {
  const [ticket] = await findTickets(ctx, [ref])
  if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
  return ticket
}

/** The ticket in sight that has a number on a desk, or had it before it moved away or was merged. @throws Refusal `not_found`, `forbidden` */
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
