import { copyFiles, eraseFiles, findUploads, keepPictures } from '../../attachments/commands.ts'
import { refuseUnknown } from '../../attachments/rules.ts'
import type { Context } from '../../context.ts'
import { refuse, refuseField } from '../../errors.ts'
import { type Asked, workedOut } from '../../idempotency/asked.ts'
import { earlierResult, orEarlier } from '../../idempotency/store.ts'
import { demandLiving, findLiving } from '../../identity/queries.ts'
import type { Content } from '../../messages/content.ts'
import { findAnswered } from '../../messages/queries.ts'
import { SAID_AFTER } from '../../messages/store.ts'
import { findTickets } from '../queries/find.ts'
import { findForwardable } from '../queries/forwardable.ts'
import { type Progress, TICKETS_KEPT } from '../rows.ts'
import { decideChange } from '../rules/change.ts'
import { CHANGE_TICKETS } from '../store/change.ts'
import type { ChangeOptions, Ticket, TicketChange, TicketIds, TicketRef } from '../ticket.ts'
import {
  attachmentsNamed,
  type Contents,
  circumstances,
  contentIn,
  demandRoomOn,
  demandSpreadable,
  type Looked,
  makeContents,
  messagesNamed,
  namedPeople,
  provenance,
} from './circumstances.ts'
import { type ManyTickets, missingIn, type OneTicket, repeated, seenMessages, withTicket } from './outcome.ts'

/** How often a race that another process won is read and decided again before the caller is told of a conflict. */
const ROUNDS = 32

/**
 * What is decided on the tickets themselves, as they were just read, and again when others changed them meanwhile: what was
 * decided on is what is written on. Nobody needs to read them before.
 */
export interface Decision<Seen, What> {
  readonly decide: (seen: Seen) => What | Promise<What>
}

/** Changes that are known before their tickets are read, or a decision on these. */
type Wanted = readonly TicketChange[] | Decision<readonly Ticket[], readonly TicketChange[]>

/**
 * Changes one ticket: a message, a status, an assignee, anything. Two round trips: read, and write if it still stands.
 *
 * @param asked the change, or a decision on the ticket.
 * @throws Refusal `not_found`, `forbidden`, `invalid`, `ticket_closed`, `precondition_failed` (when `options.version` is
 * not the ticket's), `conflict` (when others kept changing it), `idempotency_mismatch`.
 */
export async function changeTicket(
  ctx: Context,
  ref: TicketRef,
  asked: Asked<TicketChange | Decision<Ticket, TicketChange>>,
  options: ChangeOptions = {},
): Promise<OneTicket> {
  const wanted = async (): Promise<Wanted> => {
    const change = await workedOut(asked)
    if (!('decide' in change)) return [change]
    return { decide: (tickets) => Promise.all(tickets.map(async (ticket) => change.decide(ticket))) }
  }
  const { missing, ...outcome } = await carryOut(ctx, [ref], wanted, options)
  if (missing.length > 0) refuse({ code: 'not_found', missing: 'ticket' })
  return withTicket(outcome)
}

/**
 * Applies changes, in order, to many tickets: all or nothing. A decision is on all that were found. Tickets out of sight are skipped and named in `missing`.
 * With `thenDelete` the tickets are erased by it once the changes were found allowed.
 *
 * @throws Refusal as `changeTicket`, and `forbidden` without `ticket.bulk`.
 */
export async function changeTickets(
  ctx: Context,
  refs: readonly TicketRef[],
  changes: Asked<Wanted>,
  options: BulkOptions = {},
): Promise<ManyTickets> {
  if (!ctx.actor.permissions.has('ticket.bulk')) refuse({ code: 'forbidden', permission: 'ticket.bulk' })
  return carryOut(ctx, refs, changes, options)
}

export interface BulkOptions {
  readonly thenDelete?: (ctx: Context, tickets: readonly Ticket[]) => Promise<readonly TicketIds[]>
  /**
   * For a part of a call on many tickets: what is kept for a repeat is how far the call has come, by how many tickets
   * this part changes, and none of the tickets. It is kept also when there are none.
   */
  readonly progress?: (changed: number) => Progress
}

/** Changes of one ticket that come at the same time take turns: together, all but one would be decided in vain. */
async function carryOut(
  ctx: Context,
  refs: readonly TicketRef[],
  changes: Asked<Wanted>,
  options: ChangeOptions & BulkOptions,
): Promise<ManyTickets> {
  const lines = refs.map((ref) => `${ctx.tenant.id} ${'id' in ref ? ref.id : ref.integer}`)
  const outcome = await ctx.store.inTurn(lines, () =>
    // What is refused may be so by a twin that finished between the looks for its answer and at the tickets.
    orEarlier(
      ctx,
      TICKETS_KEPT,
      async () => carryOutInTurn(ctx, refs, await workedOut(changes), options),
      (earlier) => repeated(ctx, earlier, refs),
    ),
  )
  return { ...outcome, messages: seenMessages(ctx.actor, outcome) }
}

/** Makes the forms of what changes write, if there is room for them. @returns the pictures in them */
async function prepare(
  ctx: Context,
  contents: Contents,
  changes: readonly TicketChange[],
  tickets: number,
): Promise<Content['pictures']> {
  demandSpreadable(changes, tickets)
  return makeContents(ctx, contents, changes, tickets === 1)
}

/** What changes name, as far as it is there. */
async function lookUp(
  ctx: Context,
  changes: readonly TicketChange[],
): Promise<Required<Pick<Looked, 'people' | 'uploads' | 'forwardable'>>> {
  const named = changes.flatMap((change) => namedPeople(ctx.tenant, change)).filter((id) => id !== ctx.actor.user.id)
  const [people, uploads, forwardable] = await Promise.all([
    findLiving(ctx, named),
    findUploads(ctx, attachmentsNamed(changes)),
    findForwardable(
      ctx,
      changes.flatMap(({ message }) => message?.forwardedFiles ?? []),
    ),
  ])
  return { people: [...people, ctx.actor.user], uploads, forwardable }
}

async function carryOutInTurn(
  ctx: Context,
  refs: readonly TicketRef[],
  wanted: Wanted,
  options: ChangeOptions & BulkOptions,
): Promise<ManyTickets> {
  const contents: Contents = new Map()
  const known = 'decide' in wanted ? null : wanted
  // Before the tickets are read, which do not stand still while forms are made.
  let pictures = await prepare(ctx, contents, known ?? [], refs.length)
  for (let round = 1; round <= ROUNDS; round++) {
    const [earlier, found, early] = await Promise.all([
      earlierResult(ctx, TICKETS_KEPT),
      findTickets(ctx, refs),
      known && lookUp(ctx, known),
    ])
    const tickets = found.filter((ticket) => ticket !== null)
    const missing = refs.filter((_, index) => found[index] === null)
    // What is missing may be so by a twin that finished between these looks: then its answer is there by now.
    const answered = earlier ?? (missing.length > 0 ? await earlierResult(ctx, TICKETS_KEPT) : undefined)
    if (answered) return repeated(ctx, answered, refs)
    const unique = distinct(found)
    const { version } = options
    if (version !== undefined && tickets.some((ticket) => ![version].flat().includes(ticket.version)))
      refuse({ code: 'precondition_failed' })
    const changes = 'decide' in wanted ? await wanted.decide(unique) : wanted
    if (tickets.length === 0 && options.progress === undefined)
      return { tickets: [], events: [], messages: [], missing }
    demandNotTaken(ctx, unique, options)
    await demandNothingSaid(ctx, unique, options)
    if (!known) pictures = await prepare(ctx, contents, changes, refs.length)
    const looked = {
      ...(early ?? (await lookUp(ctx, changes))),
      contentOf: contentIn(contents),
      // After the tickets: what is deleted since then has changed its ticket, and the change is decided again.
      answered: await findAnswered(ctx, messagesNamed(changes)),
    }
    const given = circumstances(ctx, looked, options.recordAlways ?? false)
    await demandRoomOn(ctx, unique, changes)
    const drafts = unique.map((ticket) => decideChange(ticket, changes, given))
    if (options.thenDelete) {
      const deleted = await options.thenDelete(ctx, unique)
      return { tickets: unique, events: [], messages: [], missing: missingIn(refs, deleted) }
    }
    const writing = drafts.filter((draft) => draft.changed || draft.events.length > 0)
    // With a key, also a call that changes nothing is recorded: its repeat must change nothing either.
    const recorded = ctx.idempotency === null ? writing : drafts
    const isKept = ctx.idempotency !== null && options.progress !== undefined
    if (recorded.length === 0 && !isKept) return { tickets: unique, events: [], messages: [], missing }
    const progress = options.progress?.(writing.length) ?? null
    const call = { drafts: recorded, by: provenance(ctx), idempotency: ctx.idempotency, progress }
    const copies = recorded.flatMap(({ messages }) => messages.flatMap((message) => message.copies))
    await copyFiles(ctx, copies)
    await keepPictures(ctx, pictures)
    pictures = []
    // Should it fail, nobody knows whether rows say that the copies are there: the sweep looks.
    const outcome = await ctx.store.batched(CHANGE_TICKETS)(ctx.tenant.id, call)
    if ('done' in outcome) {
      const now = new Map(outcome.done.tickets.map((ticket) => [ticket.id, ticket]))
      return { ...outcome.done, tickets: unique.map((ticket) => now.get(ticket.id) ?? ticket), missing }
    }
    await eraseFiles(
      ctx,
      copies.map(({ id }) => id),
    )
    if ('repeated' in outcome) {
      if (outcome.repeated === null) refuse({ code: 'not_found', missing: 'ticket' })
      return { ...outcome.repeated, missing }
    }
    if (outcome.refused === 'idempotency_mismatch') refuse({ code: 'idempotency_mismatch' })
    // Anybody else who was erased meanwhile is not found by the next look.
    if (outcome.refused === 'person_unknown') await demandLiving(ctx)
    // With files to pass on the next look tells which of all is not there any more.
    if (outcome.refused === 'attachment_unknown' && copies.length === 0) refuseUnknown()
  }
  return refuse({ code: 'conflict', message: 'The ticket kept changing at the same time. Try again.' })
}

/** After the tickets were read: what is said since then has changed them, and this is looked at again. */
async function demandNothingSaid(
  ctx: Context,
  tickets: readonly Ticket[],
  { unlessPublicAfter: seen }: ChangeOptions,
): Promise<void> {
  if (!seen) return
  const [message] = await findAnswered(ctx, [seen])
  for (const { id } of tickets) {
    if (message?.ticketId !== id) refuseField(['unless_public_after'], 'unknown', 'The ticket has no such message.')
    const later = SAID_AFTER.with({ tenant_id: ctx.tenant.id, ticket_id: id, integer: message.integer })
    if ((await ctx.store.run(later)).length > 0) refuse({ code: 'precondition_failed' })
  }
}

/** @throws Refusal `precondition_failed` when somebody took a ticket meanwhile. */
function demandNotTaken(
  { actor }: Context,
  tickets: readonly Ticket[],
  { unlessTakenFrom: seen }: ChangeOptions,
): void {
  if (seen === undefined) return
  const expected = [seen, actor.user.id, null]
  if (tickets.some(({ assignee }) => !expected.includes(assignee?.id ?? null))) refuse({ code: 'precondition_failed' })
}

/** The tickets that were found, each once. */
export function distinct(found: readonly (Ticket | null)[]): readonly Ticket[] {
  return [...new Map(found.filter((ticket) => ticket !== null).map((ticket) => [ticket.id, ticket])).values()]
}
