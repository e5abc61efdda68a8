import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { type Actor, may } from '../../identity/actor.ts'
import type { Message } from '../../messages/message.ts'
import { asSeen } from '../../messages/rules.ts'
import { findTickets } from '../queries/find.ts'
import { messageOf, type OutcomeRow, outcomeOf } from '../rows.ts'
import { MESSAGES_BY_ID } from '../store/find.ts'
import type { Ticket, TicketIds, TicketOutcome, TicketRef } from '../ticket.ts'

export type OneTicket = TicketOutcome & { readonly ticket: Ticket }

export function fail(message: string): never {
  throw new Error(message)
}

export function withTicket(outcome: TicketOutcome | null): OneTicket {
  const ticket = outcome?.tickets[0]
  if (!outcome || !ticket) refuse({ code: 'not_found', missing: 'ticket' })
  return { ...outcome, ticket }
}

export type ManyTickets = TicketOutcome & { readonly missing: readonly TicketRef[] }

/** Messages of an answer that was kept, in the forms that they have now: better rules may have made them again since. */
async function renderedNow(ctx: Context, messages: readonly Message[]): Promise<readonly Message[]> {
  const ids = messages.flatMap(({ id, safeHtml }) => (safeHtml === null ? [] : id))
  if (ids.length === 0) return messages
  const rows = await ctx.store.run(MESSAGES_BY_ID.with({ tenant_id: ctx.tenant.id, ids }))
  const now = new Map(rows.map((row) => [row.id, messageOf(row)]))
  return messages.map((message) => {
    const { format, plain, safeHtml, attachments } = now.get(message.id) ?? message
    return { ...message, format, plain, safeHtml, attachments }
  })
}

/** The messages of an outcome, as much of them as the caller may see. */
export function seenMessages(actor: Actor, { tickets, messages }: TicketOutcome): readonly Message[] {
  const deskIds = new Map(tickets.map((ticket) => [ticket.id, ticket.deskId]))
  return messages.map((message) =>
    asSeen(message, may(actor, 'message.read_internal', deskIds.get(message.ticketId) ?? '')),
  )
}

export async function repeated(ctx: Context, earlier: OutcomeRow, refs: readonly TicketRef[]): Promise<ManyTickets> {
  const outcome = outcomeOf(earlier)
  const messages = await renderedNow(ctx, outcome.messages)
  const missing = missingIn(refs, [...earlier.tickets, ...(earlier.deleted ?? [])])
  // By the name of a ticket that was merged it was done on the one that stays.
  const led = missing.length > 0 ? (await findTickets(ctx, missing)).map((ticket) => ticket?.id) : []
  const shown = new Set(earlier.tickets.map(({ id }) => id))
  return { ...outcome, messages, missing: missing.filter((_, index) => !shown.has(led[index] ?? '')) }
}

/** The refs behind which there is none of the tickets. */
export function missingIn(refs: readonly TicketRef[], found: readonly TicketIds[]): readonly TicketRef[] {
  const ids = new Set(found.map((ticket) => ticket.id))
  const integers = new Set(found.map((ticket) => ticket.integer))
  return refs.filter((ref) => ('id' in ref ? !ids.has(ref.id) : !integers.has(ref.integer)))
}
