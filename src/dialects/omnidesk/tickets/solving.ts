import type { Context } from '../../../core/context.ts'
import { changeTickets } from '../../../core/tickets/commands.ts'
import { findTickets, listTickets, type TicketKey } from '../../../core/tickets/queries.ts'
import { FINISHED, type Ticket } from '../../../core/tickets/ticket.ts'
import { type Narrowing, refsOf } from './codec.ts'
import { UNFINISHED } from './views.ts'

/** As many tickets are solved all or nothing; the whole call has no bound. */
const CHUNK = 1000

/** Solves the unfinished tickets that a narrowing leaves, and tells how many these were. */
export async function solveUnfinished(ctx: Context, narrowing: Narrowing): Promise<number> {
  const { ids } = narrowing
  if (ids === undefined) return solveInChunks(ctx, narrowing)
  const tickets = await findTickets(ctx, refsOf(ids))
  const inSight = tickets.filter((ticket) => ticket !== null)
  return solve(
    ctx,
    inSight.filter((ticket) => isMeant(ticket, narrowing)),
  )
}

async function solveInChunks(ctx: Context, narrowing: Narrowing): Promise<number> {
  const filter = {
    statuses: UNFINISHED,
    ...(narrowing.deskId === undefined ? {} : { deskIds: [narrowing.deskId] }),
    ...(typeof narrowing.groupId === 'string' ? { groupIds: [narrowing.groupId] } : {}),
  }
  let solved = 0
  let after: TicketKey | null = null
  let call = ctx
  do {
    const page = { by: 'key', order: 'oldest', after, limit: CHUNK } as const
    const { tickets, next }: Awaited<ReturnType<typeof listTickets>> = await listTickets(ctx, filter, page)
    solved += await solve(
      call,
      tickets.filter((ticket) => isMeant(ticket, narrowing)),
    )
    after = next
    // The key stands for the first chunk: under the same key the second would be answered with the first one's result.
    call = { ...ctx, idempotency: null }
  } while (after !== null)
  return solved
}

async function solve(ctx: Context, tickets: readonly Ticket[]): Promise<number> {
  const refs = tickets.map(({ id }) => ({ id }))
  // Whoever else finished one of them meanwhile is not overruled.
  const { events } = await changeTickets(ctx, refs, [{ status: { to: 'solved', sameAs: FINISHED } }])
  return events.filter((event) => event.kind === 'ticket.status_changed').length
}

function isMeant(ticket: Ticket, { deskId, channelId, groupId }: Narrowing): boolean {
  return (
    UNFINISHED.includes(ticket.status) &&
    (deskId === undefined || ticket.deskId === deskId) &&
    (channelId === undefined || ticket.channelId === channelId) &&
    (groupId === undefined || ticket.groupId === groupId)
  )
}
