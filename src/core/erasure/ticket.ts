import { eraseFiles } from '../attachments/commands.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { earlierResult } from '../idempotency/store.ts'
import { may } from '../identity/actor.ts'
import { forgetTags } from '../tags/commands.ts'
import { distinct } from '../tickets/commands/change.ts'
import { provenance } from '../tickets/commands/circumstances.ts'
import { missingIn } from '../tickets/commands/outcome.ts'
import { findTickets } from '../tickets/queries/find.ts'
import { TICKETS_KEPT } from '../tickets/rows.ts'
import type { Ticket, TicketIds, TicketRef } from '../tickets/ticket.ts'
import { DELETE_TICKETS } from './store/ticket.ts'

/**
 * Erases tickets with all their data; one `ticket.deleted` event for each, without content, stays.
 *
 * @returns what was deleted, and the refs that are not in sight.
 * @throws Refusal `forbidden`, `idempotency_mismatch`; then nothing is deleted.
 */
export async function deleteTickets(
  ctx: Context,
  refs: readonly TicketRef[],
): Promise<{ readonly deleted: readonly TicketIds[]; readonly missing: readonly TicketRef[] }> {
  const found = await findTickets(ctx, refs)
  // After the look at the tickets: what a twin deleted meanwhile is then in its answer.
  const earlier = await earlierResult(ctx, TICKETS_KEPT)
  const deleted = earlier?.deleted ?? (await eraseTickets(ctx, distinct(found)))
  return { deleted, missing: missingIn(refs, deleted) }
}

/** Erases tickets in sight. @throws Refusal `forbidden`, `idempotency_mismatch` */
export async function eraseTickets(ctx: Context, tickets: readonly Ticket[]): Promise<readonly TicketIds[]> {
  for (const ticket of tickets) {
    if (!may(ctx.actor, 'ticket.delete', ticket.deskId)) refuse({ code: 'forbidden', permission: 'ticket.delete' })
  }
  if (tickets.length === 0) return []
  const doomed = tickets.map((ticket) => ({ id: ticket.id, integer: ticket.integer, eventId: ctx.newId() }))
  const call = { tickets: doomed, by: provenance(ctx), idempotency: ctx.idempotency }
  const outcome = await ctx.store.batched(DELETE_TICKETS)(ctx.tenant.id, call)
  if ('refused' in outcome) refuse({ code: 'idempotency_mismatch' })
  await eraseFiles(ctx, outcome.files)
  if (tickets.some(({ tags }) => tags.length > 0)) await forgetTags(ctx)
  return outcome.deleted
}
