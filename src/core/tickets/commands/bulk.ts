import { TITLE_CHARACTERS } from '../../bounds.ts'
import type { Context } from '../../context.ts'
import { type Asked, workedOut } from '../../idempotency/asked.ts'
import type { IdempotencyKey } from '../../idempotency/key.ts'
import { earlierResult } from '../../idempotency/store.ts'
import { findTickets } from '../queries/find.ts'
import { listTickets } from '../queries/list.ts'
import { type Progress, TICKETS_KEPT } from '../rows.ts'
import type { Ticket, TicketChange, TicketFilter, TicketRef } from '../ticket.ts'
import { changeTickets } from './change.ts'

/** As many tickets of a list are changed all or nothing; a whole call has no bound. */
const PART = 1_000

/** Which tickets a call is for: those of a list or some by name, as far as each of them is meant. */
export interface Meant {
  readonly tickets: { readonly filter: TicketFilter } | { readonly refs: readonly TicketRef[] }
  readonly isMeant: (ticket: Ticket) => boolean
}

/**
 * Applies changes to every ticket that is meant, a list from the oldest on, in parts that each hold together or not at
 * all. With an idempotency key each part also keeps how far the call has come, in the statement of its changes (decision
 * 0006): a repeat goes on behind the last part that was kept, also after a crash, and answers the same total.
 *
 * @returns how many tickets were changed.
 * @throws Refusal as `changeTickets`; what earlier parts changed then stays.
 */
export async function changeEvery(
  ctx: Context,
  asked: Asked<Meant>,
  changes: readonly TicketChange[],
): Promise<number> {
  let meant: Meant | undefined
  let progress: Progress = { changed: 0, after: null }
  for (let part = 1; ; part++) {
    const call = { ...ctx, idempotency: keyOfPart(ctx.idempotency, part) }
    const earlier = await progressOf(call)
    if (earlier === undefined) meant ??= await workedOut(asked)
    progress = earlier ?? (meant ? await changePart(call, meant, changes, progress) : progress)
    if (progress.after === null) return progress.changed
  }
}

/** No client's key has a blank, so the keys of later parts are nobody else's. */
function keyOfPart(idempotency: IdempotencyKey | null, part: number): IdempotencyKey | null {
  return idempotency && part > 1 ? { ...idempotency, key: `${idempotency.key} ${part}` } : idempotency
}

async function progressOf(ctx: Context): Promise<Progress | undefined> {
  const earlier = await earlierResult(ctx, TICKETS_KEPT)
  return earlier && (earlier.progress ?? { changed: earlier.events.length, after: null })
}

async function changePart(
  ctx: Context,
  meant: Meant,
  changes: readonly TicketChange[],
  { changed, after }: Progress,
): Promise<Progress> {
  const { tickets, next } = await nextTickets(ctx, meant, after)
  const refs = tickets.filter(meant.isMeant).map(({ id }) => ({ id }))
  const progress = (more: number): Progress => ({ changed: changed + more, after: next })
  const { events } = await changeTickets(ctx, refs, changes, { progress })
  // With a key a twin may have done this part, with other tickets: what was kept is how far both have come.
  return (await progressOf(ctx)) ?? progress(new Set(events.map(({ ticketId }) => ticketId)).size)
}

async function nextTickets(
  ctx: Context,
  { tickets }: Meant,
  after: Progress['after'],
): Promise<{ readonly tickets: readonly Ticket[]; readonly next: Progress['after'] }> {
  if ('filter' in tickets)
    return listTickets(ctx, tickets.filter, { by: 'key', order: 'oldest', after, limit: PART }, TITLE_CHARACTERS)
  const found = await findTickets(ctx, tickets.refs)
  return { tickets: found.filter((ticket) => ticket !== null), next: null }
}
