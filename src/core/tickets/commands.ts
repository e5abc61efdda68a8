import type { Forwardable } from '../attachments/attachment.ts'
import { copyFiles, eraseFiles, findUploads, keepPictures } from '../attachments/commands.ts'
import { refuseUnknown } from '../attachments/rules.ts'
import { boundsOf, SPREAD_CHARACTERS } from '../bounds.ts'
import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { type Asked, workedOut } from '../idempotency/asked.ts'
import { earlierResult, orEarlier } from '../idempotency/store.ts'
import { type Actor, may } from '../identity/actor.ts'
import { demandLiving, findLiving } from '../identity/queries.ts'
import { reachesEverybody } from '../identity/reach.ts'
import type { UserSummary } from '../identity/user.ts'
import { demandFitting, demandFittingForms, demandRoom, fieldOf, hasRoom } from '../messages/bounds.ts'
import { type Content, contentOf, roomFor } from '../messages/content.ts'
import type { Message, MessageRef, NewMessage } from '../messages/message.ts'
import { findAnswered } from '../messages/queries.ts'
import { type Answered, asSeen } from '../messages/rules.ts'
import { MOST_MESSAGES } from '../messages/store.ts'
import { ensureCustomer } from '../users/commands.ts'
import type { Provenance } from './drafts.ts'
import { findForwardable } from './forwardable.ts'
import { findTickets } from './queries.ts'
import { messageOf, type OutcomeRow, outcomeOf, type Progress, TICKETS_KEPT } from './rows.ts'
import { type Circumstances, decideChange, decideCreate } from './rules.ts'
import type { WriteOutcome } from './store/answers.ts'
import { CHANGE_TICKETS } from './store/change.ts'
import { CREATE_TICKETS } from './store/create.ts'
import { MESSAGES_BY_ID } from './store/find.ts'
import type { ChangeOptions, NewTicket, Ticket, TicketChange, TicketIds, TicketOutcome, TicketRef } from './ticket.ts'

/** How often a race that another process won is read and decided again before the caller is told of a conflict. */
const ROUNDS = 32

type OneTicket = TicketOutcome & { readonly ticket: Ticket }

/** Who calls, when and how, for the events of the call. */
export function provenance(ctx: Context): Provenance {
  return {
    actorId: ctx.actor.user.id,
    credentialId: ctx.actor.credential.id,
    dialect: ctx.dialect,
    requestId: ctx.requestId,
    at: ctx.now,
  }
}

type Looked = Required<Pick<Circumstances, 'uploads' | 'contentOf'>> & {
  readonly people: readonly UserSummary[]
  readonly answered?: readonly Answered[]
  readonly forwardable?: readonly Forwardable[]
}

function circumstances(ctx: Context, { people, ...looked }: Looked, recordAlways: boolean): Circumstances {
  const { actor, tenant, now, newId } = ctx
  const messageBytes = ctx.store.files?.limits.messageBytes ?? 0
  const byId = new Map(people.map((user) => [user.id, user]))
  return { actor, tenant, now, newId, people: byId, recordAlways, messageBytes, ...looked }
}

function attachmentsNamed(changes: readonly Pick<TicketChange, 'message'>[]): readonly string[] {
  return changes.flatMap(({ message }) => message?.attachmentIds ?? [])
}

function messagesNamed(changes: readonly TicketChange[]): readonly MessageRef[] {
  return changes.flatMap(({ message }) => message?.envelope?.inReplyTo ?? [])
}

/** The forms of messages, made once however often these are decided. */
type Contents = Map<NewMessage, Content>

/**
 * Makes the forms of the messages that changes hold and that have none yet. A message that goes on several tickets keeps
 * its pictures in words: a file is on one message.
 *
 * @returns the pictures of those that were made, which are to be kept before they are written.
 */
async function makeContents(
  ctx: Context,
  contents: Contents,
  changes: readonly { readonly message?: NewMessage }[],
  isForOne: boolean,
): Promise<Content['pictures']> {
  const messages = changes.flatMap(({ message }) => (message && !contents.has(message) ? [message] : []))
  const made = await Promise.all(
    messages.map(async (message) => {
      const room = roomFor(isForOne ? ctx.store.files?.limits : undefined, message)
      demandFitting(message, boundsOf(ctx))
      const content = await contentOf(message, { room, newId: ctx.newId })
      demandFittingForms(message, content, boundsOf(ctx))
      contents.set(message, content)
      return content.pictures
    }),
  )
  return made.flat()
}

function contentIn(contents: Contents): Circumstances['contentOf'] {
  return (message) => contents.get(message) ?? fail('The forms of each message are made before.')
}

/** Refuses messages that tickets have no room for. Few tickets are old enough that it takes counting. */
async function demandRoomOn(ctx: Context, tickets: readonly Ticket[], changes: readonly TicketChange[]): Promise<void> {
  const added = changes.flatMap(({ message }) => message ?? [])
  const bounds = boundsOf(ctx)
  const old = tickets.filter(({ version }) => !hasRoom(version, added.length, bounds)).map(({ id }) => id)
  if (old.length === 0) return
  const [most] = await ctx.store.run(MOST_MESSAGES.with({ tenant_id: ctx.tenant.id, ticket_ids: old }))
  demandRoom(added, most?.messages ?? 0, bounds)
}

/** Refuses texts that come to too much on all the tickets that they go onto. */
function demandSpreadable(changes: readonly TicketChange[], tickets: number): void {
  const [first, ...others] = changes.flatMap(({ message }) => message ?? [])
  if (!first || tickets <= 1) return
  const characters = [first, ...others].reduce((sum, { text }) => sum + text.length, 0)
  const most = Math.floor(SPREAD_CHARACTERS / tickets)
  if (characters > most)
    refuseField(['message', fieldOf(first)], 'too_long', `At most ${most} characters on so many tickets.`, most)
}

function fail(message: string): never {
  throw new Error(message)
}

function withTicket(outcome: TicketOutcome | null): OneTicket {
  const ticket = outcome?.tickets[0]
  if (!outcome || !ticket) refuse({ code: 'not_found', missing: 'ticket' })
  return { ...outcome, ticket }
}

/**
 * Opens a ticket: one round trip, unless it is for an e-mail address that the desk does not know yet.
 *
 * @throws Refusal `invalid` (paths `desk`, `requester`, `assignee`, `topic`, `type`, `group`, `channel`, `form`),
 * `forbidden`, `idempotency_mismatch`.
 */
export async function createTicket(ctx: Context, asked: Asked<NewTicket>): Promise<OneTicket> {
  return orEarlier(
    ctx,
    TICKETS_KEPT,
    async () => createNow(ctx, await workedOut(asked)),
    (earlier) => withTicket(outcomeOf(earlier)),
  )
}

async function createNow(ctx: Context, input: NewTicket): Promise<OneTicket> {
  const requester = input.requester.by === 'id' && !reachesEverybody(ctx.actor) ? [input.requester.id] : []
  const named = [...namedPeople(input), ...requester].filter((id) => id !== ctx.actor.user.id)
  const contents: Contents = new Map()
  const [found, uploads] = await Promise.all([
    findLiving(ctx, named),
    findUploads(ctx, attachmentsNamed([input])),
    makeContents(ctx, contents, [input], true),
  ])
  const looked = { people: [...found, ctx.actor.user], uploads, contentOf: contentIn(contents) }
  const draft = decideCreate(input, circumstances(ctx, looked, false))
  const pictures = draft.message?.pictures ?? []
  // A repeat brings its pictures once more, and nothing takes them.
  const earlier = pictures.length > 0 ? await earlierResult(ctx, TICKETS_KEPT) : undefined
  if (earlier) return withTicket(outcomeOf(earlier))
  await keepPictures(ctx, pictures)
  const call = { draft, by: provenance(ctx), idempotency: ctx.idempotency }
  const create = ctx.store.batched(CREATE_TICKETS)
  const outcome = await create(ctx.tenant.id, call)
  if (!('refused' in outcome) || outcome.refused !== 'requester_missing' || input.requester.by !== 'email')
    return oneCreated(ctx, outcome)
  await ensureCustomer(ctx, { email: input.requester.email, name: input.requester.name, deskId: input.deskId })
  return oneCreated(ctx, await create(ctx.tenant.id, call))
}

async function oneCreated(ctx: Context, outcome: WriteOutcome): Promise<OneTicket> {
  if ('done' in outcome) return withTicket(outcome.done)
  if ('repeated' in outcome) return withTicket(outcome.repeated)
  switch (outcome.refused) {
    case 'idempotency_mismatch':
      return refuse({ code: 'idempotency_mismatch' })
    case 'requester_not_member':
      return refuse({
        code: 'invalid',
        issues: [{ path: ['requester'], rule: 'unknown', message: 'This requester has no membership on the desk.' }],
      })
    case 'person_unknown':
      await demandLiving(ctx)
      return refuse({
        code: 'invalid',
        issues: [{ path: ['author'], rule: 'unknown', message: 'This author does not exist.' }],
      })
    case 'requester_unknown':
    case 'requester_missing':
      await demandLiving(ctx)
      return refuse({
        code: 'invalid',
        issues: [{ path: ['requester'], rule: 'unknown', message: 'This requester does not exist.' }],
      })
    case 'attachment_unknown':
      return refuseUnknown()
    case 'stale':
      return refuse({ code: 'conflict', message: 'The ticket changed at the same time.' })
  }
}

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

type ManyTickets = TicketOutcome & { readonly missing: readonly TicketRef[] }

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
function seenMessages(actor: Actor, { tickets, messages }: TicketOutcome): readonly Message[] {
  const deskIds = new Map(tickets.map((ticket) => [ticket.id, ticket.deskId]))
  return messages.map((message) =>
    asSeen(message, may(actor, 'message.read_internal', deskIds.get(message.ticketId) ?? '')),
  )
}

async function repeated(ctx: Context, earlier: OutcomeRow, refs: readonly TicketRef[]): Promise<ManyTickets> {
  const outcome = outcomeOf(earlier)
  const messages = await renderedNow(ctx, outcome.messages)
  return { ...outcome, messages, missing: missingIn(refs, [...earlier.tickets, ...(earlier.deleted ?? [])]) }
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
  const named = changes.flatMap((change) => namedPeople(change)).filter((id) => id !== ctx.actor.user.id)
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
    const changes = 'decide' in wanted ? await wanted.decide(unique) : wanted
    if (tickets.length === 0 && options.progress === undefined)
      return { tickets: [], events: [], messages: [], missing }
    const { version } = options
    if (version !== undefined && tickets.some((ticket) => ![version].flat().includes(ticket.version)))
      refuse({ code: 'precondition_failed' })
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

function namedPeople(named: Pick<TicketChange, 'assigneeId' | 'requesterId' | 'message'>): string[] {
  const author = typeof named.message?.author === 'object' ? named.message.author.id : null
  return [named.assigneeId, named.requesterId, author].filter((id) => typeof id === 'string')
}

/** The refs behind which there is none of the tickets. */
export function missingIn(refs: readonly TicketRef[], found: readonly TicketIds[]): readonly TicketRef[] {
  const ids = new Set(found.map((ticket) => ticket.id))
  const integers = new Set(found.map((ticket) => ticket.integer))
  return refs.filter((ref) => ('id' in ref ? !ids.has(ref.id) : !integers.has(ref.integer)))
}

/** The tickets that were found, each once. */
export function distinct(found: readonly (Ticket | null)[]): readonly Ticket[] {
  return [...new Map(found.filter((ticket) => ticket !== null).map((ticket) => [ticket.id, ticket])).values()]
}
