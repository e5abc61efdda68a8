import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { may } from '../../identity/actor.ts'
import { instant } from '../../instant.ts'
import { findTickets } from '../queries/find.ts'
import { decideUnsplit } from '../rules/merge.ts'
import type { LogEntry } from '../rules/past.ts'
import { decideSplit, demandLastSplit, type NewSplit, type Said } from '../rules/split.ts'
import { LOG_OF_TICKET, logEntryOf } from '../store/log.ts'
import { UNSPLIT_TICKETS } from '../store/merge.ts'
import { SAID_ON, SPLIT_TICKETS } from '../store/split.ts'
import type { Ticket, TicketOutcome, TicketRef } from '../ticket.ts'
import { findLink } from './links.ts'
import { merging } from './merge.ts'
import { withTicket } from './outcome.ts'
import { type Decided, inRounds, type Made } from './rounds.ts'

const first = (outcome: TicketOutcome): Ticket => withTicket(outcome).ticket

/**
 * Makes a message of a ticket, with what follows it if that is wanted, a ticket of its own, which is linked to that one.
 *
 * @returns the new ticket.
 * @throws Refusal `not_found`, `forbidden`, `invalid` (paths `message`, `following`), `idempotency_mismatch`
 */
export async function splitTicket(ctx: Context, ref: TicketRef, asked: NewSplit): Promise<Ticket> {
  return inRounds(
    ctx,
    [ref],
    async (): Promise<Decided<Ticket>> => {
      const [ticket] = await findTickets(ctx, [ref])
      if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
      demandSplit(ctx, [ticket])
      // After the ticket: what is said or erased since then has changed it.
      const said = await saidOn(ctx, ticket)
      const seesNotes = may(ctx.actor, 'message.read_internal', ticket.deskId)
      const draft = decideSplit(ticket, said, asked, { ...ctx, seesNotes })
      return {
        write: (made: Made) => ctx.store.batched(SPLIT_TICKETS)(ctx.tenant.id, { ...made, draft }),
        answer: ({ tickets }) =>
          tickets.find(({ id }) => id === draft.state.id) ?? refuse({ code: 'not_found', missing: 'ticket' }),
      }
    },
    first,
  )
}

/**
 * Takes a split back, while nothing else happened to either ticket: the messages return to where they were, and the names of
 * the ticket that they were split off into lead there.
 *
 * @param ref of either ticket.
 * @param linkId of the link that the split made.
 * @returns the ticket with all messages.
 * @throws Refusal `not_found`, `forbidden`, `conflict`, `idempotency_mismatch`
 */
export async function unsplitTicket(ctx: Context, ref: TicketRef, linkId: string): Promise<Ticket> {
  return inRounds(
    ctx,
    [ref],
    async (): Promise<Decided<Ticket>> => {
      const [ticket] = await findTickets(ctx, [ref])
      if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
      const found = await findLink(ctx, ticket, linkId)
      if (!found) refuse({ code: 'conflict', message: 'The other ticket is not there any more.' })
      const [splitOff, old] = found.link.fromId === ticket.id ? [ticket, found.other] : [found.other, ticket]
      demandSplit(ctx, [splitOff, old])
      // After the tickets: what is recorded since then has changed them.
      const [lastThere, last] = await Promise.all([splitOff, old].map((each) => lastOf(ctx, each)))
      demandLastSplit(lastThere, last, linkId)
      return merging(ctx, UNSPLIT_TICKETS, decideUnsplit(splitOff, old, last ?? null, ctx), old.id)
    },
    first,
  )
}

async function lastOf({ store, tenant }: Context, { id }: Ticket): Promise<LogEntry | undefined> {
  const [row] = await store.run(LOG_OF_TICKET.with({ tenant_id: tenant.id, ticket_id: id, limit: 1 }))
  return row && logEntryOf(row)
}

async function saidOn({ store, tenant }: Context, { id }: Ticket): Promise<readonly Said[]> {
  const rows = await store.run(SAID_ON.with({ tenant_id: tenant.id, ticket_id: id }))
  return rows.map((row) => ({
    id: row.id,
    integer: row.integer,
    visibility: row.visibility,
    authorRole: row.author_role,
    createdAt: instant(row.created_at),
    isGuest: row.is_guest,
  }))
}

function demandSplit({ actor }: Context, tickets: readonly Ticket[]): void {
  if (tickets.every(({ deskId }) => may(actor, 'ticket.merge', deskId))) return
  refuse({ code: 'forbidden', permission: 'ticket.merge' })
}
