import { boundsOf } from '../../bounds.ts'
import type { Context } from '../../context.ts'
import { refuse, refuseField } from '../../errors.ts'
import { may } from '../../identity/actor.ts'
import { hasRoom } from '../../messages/bounds.ts'
import { MOST_MESSAGES } from '../../messages/store.ts'
import { findMerged, findTickets } from '../queries/find.ts'
import { decideMerge, decideUnmerge, type MergeDrafts } from '../rules/merge.ts'
import { ABSORBED } from '../store/find.ts'
import { MERGE_TICKETS, UNMERGE_TICKETS } from '../store/merge.ts'
import type { Ticket, TicketOutcome, TicketRef } from '../ticket.ts'
import { withTicket } from './outcome.ts'
import { type Decided, inRounds } from './rounds.ts'

/**
 * Merges a ticket into another: its messages are on that one from then on, and so is whatever is asked or said by its name.
 * A ticket that was merged already means the one that it leads to, in both places.
 *
 * @returns the ticket that stays.
 * @throws Refusal `not_found`, `forbidden`, `invalid` (path `into`), `conflict`, `idempotency_mismatch`
 */
export async function mergeTicket(ctx: Context, ref: TicketRef, intoRef: TicketRef): Promise<Ticket> {
  return inRounds(
    ctx,
    [ref, intoRef],
    async (): Promise<Decided<Ticket>> => {
      const [from, into] = await findTickets(ctx, [ref, intoRef])
      if (!from) refuse({ code: 'not_found', missing: 'ticket' })
      demandMerge(ctx, [from])
      if (!into) refuseField(['into'], 'unknown', 'This ticket does not exist.')
      if (from.id === into.id) {
        // It is so already: a repeat, also without a key.
        if (!isNameOf(ref, from) && isNameOf(intoRef, into)) return { already: into }
        refuseField(['into'], 'not_allowed', 'It leads to the ticket itself.')
      }
      demandMerge(ctx, [into])
      await demandRoom(ctx, from, into)
      return merging(ctx, MERGE_TICKETS, decideMerge(from, into, ctx), into.id)
    },
    first,
  )
}

/**
 * Takes the merge of a ticket back: it is in lists again, with the messages that came from it. What was said since then
 * stays where it was said, on the other ticket.
 *
 * @returns the ticket that is back, or the one that stays.
 * @throws Refusal `not_found`, `forbidden`, `conflict` where it was not merged, or what it was merged into was merged itself,
 * `idempotency_mismatch`
 */
export async function unmergeTicket(ctx: Context, ref: TicketRef, answers: UnmergeAnswer = 'back'): Promise<Ticket> {
  return inRounds(
    ctx,
    [ref],
    async () => {
      const merged = await findMerged(ctx, ref)
      const [into] = await findTickets(ctx, [merged ? { id: merged.intoId } : ref])
      if (!into) refuse({ code: 'not_found', missing: 'ticket' })
      if (!merged) refuse({ code: 'conflict', message: 'The ticket is not merged into another one.' })
      if (into.id !== merged.intoId)
        refuse({ code: 'conflict', message: 'What it was merged into was merged itself: take that back first.' })
      demandMerge(ctx, [merged.ticket, into])
      const values = { tenant_id: ctx.tenant.id, into_id: into.id, from_id: merged.ticket.id }
      const [absorbed = null] = await ctx.store.run(ABSORBED.with(values))
      if (absorbed !== null && (absorbed.undoes ?? null) !== null)
        refuse({ code: 'conflict', message: 'It was split off, and that was taken back: split it off anew.' })
      const drafts = decideUnmerge(merged.ticket, into, absorbed, ctx)
      return merging(ctx, UNMERGE_TICKETS, drafts, answers === 'back' ? merged.ticket.id : into.id)
    },
    first,
  )
}

/** Which of the two tickets is answered. */
export type UnmergeAnswer = 'back' | 'stays'

/** Both tickets as they become, of which one is answered. */
export function merging(
  ctx: Context,
  kind: typeof MERGE_TICKETS,
  drafts: MergeDrafts,
  answer: string,
): Decided<Ticket> {
  const [into, from] = drafts
  const ordered = answer === into.id ? drafts : [from, into]
  return {
    write: (made) =>
      ctx.store.batched(kind)(ctx.tenant.id, { ...made, fromId: from.id, intoId: into.id, drafts: ordered }),
    answer: ({ tickets }) =>
      tickets.find(({ id }) => id === answer) ?? refuse({ code: 'not_found', missing: 'ticket' }),
  }
}

const first = (outcome: TicketOutcome): Ticket => withTicket(outcome).ticket

/** Whether a ref is the ticket's own name, and not one that leads to it. */
export function isNameOf(ref: TicketRef, ticket: Ticket): boolean {
  return 'id' in ref ? ref.id === ticket.id : ref.integer === ticket.integer
}

function demandMerge({ actor }: Context, tickets: readonly Ticket[]): void {
  if (tickets.every(({ deskId }) => may(actor, 'ticket.merge', deskId))) return
  refuse({ code: 'forbidden', permission: 'ticket.merge' })
}

/** Refuses what would be more messages than a ticket has room for. */
async function demandRoom(ctx: Context, from: Ticket, into: Ticket): Promise<void> {
  const bounds = boundsOf(ctx)
  if (hasRoom(into.version, from.version, bounds)) return
  const counts = await Promise.all(
    [from, into].map(({ id }) => ctx.store.run(MOST_MESSAGES.with({ tenant_id: ctx.tenant.id, ticket_ids: [id] }))),
  )
  const messages = counts.reduce((sum, [row]) => sum + (row?.messages ?? 0), 0)
  if (messages > bounds.messages)
    refuseField(['into'], 'not_allowed', `A ticket has at most ${bounds.messages} messages.`, bounds.messages)
}
