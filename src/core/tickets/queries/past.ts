import type { Context } from '../../context.ts'
import { refuse, refuseField } from '../../errors.ts'
import { may } from '../../identity/actor.ts'
import { findUsers } from '../../identity/queries.ts'
import type { Instant } from '../../instant.ts'
import type { AuthorRole, Message, Visibility } from '../../messages/message.ts'
import type { ToldKey } from '../fields.ts'
import { stateOf } from '../rules/change.ts'
import { asOf, type LogEntry, type Value, valuesOf } from '../rules/past.ts'
import { FORMER_NUMBERS, LOG_OF_TICKET, logEntryOf } from '../store/log.ts'
import type { Person, Ticket, TicketRef } from '../ticket.ts'
import { type ConversationPage, messagesUntil } from './conversation.ts'
import { getTicket } from './find.ts'
import { personAmong } from './people.ts'

/**
 * A ticket as it was at a moment, to whoever sees it now. Of words that were erased since, nothing is left.
 *
 * @throws Refusal `not_found`, also before it was opened; `invalid` (path `as_of`) for a moment that has not come
 */
export async function getTicketAsOf(ctx: Context, ref: TicketRef, at: Instant): Promise<Ticket> {
  demandPast(ctx, at)
  const ticket = await getTicket(ctx, ref)
  return ticketAt(ctx, ticket, await logOf(ctx, ticket), at)
}

/** A message that was there, and was deleted since: nothing of what it said. */
export interface DeletedMessage {
  readonly id: string
  readonly visibility: Visibility
  readonly authorRole: AuthorRole | null
  readonly createdAt: Instant
  readonly deletedAt: Instant
}

/**
 * A page of a conversation as it was at a moment: what had been said by then, and on the first page which of it was deleted
 * since; internal messages only with `message.read_internal`.
 *
 * @throws Refusal as `getTicketAsOf`
 */
export async function getMessagesAsOf(
  ctx: Context,
  ref: TicketRef,
  page: ConversationPage,
  at: Instant,
): Promise<{
  readonly messages: readonly Message[]
  readonly deleted: readonly DeletedMessage[]
  readonly next: number | null
}> {
  demandPast(ctx, at)
  const ticket = await getTicket(ctx, ref)
  if (ticket.createdAt > at) refuse({ code: 'not_found', missing: 'ticket' })
  const notes = may(ctx.actor, 'message.read_internal', ticket.deskId)
  const [{ entries, next }, log] = await Promise.all([
    messagesUntil(ctx, ticket, page, at),
    page.after === 0 ? logOf(ctx, ticket) : [],
  ])
  const deleted = deletedSince(log, at).filter(({ visibility }) => notes || visibility === 'public')
  return { messages: entries, deleted, next }
}

/** A value that a field had, and who gave it. */
export interface KnownValue extends Value {
  readonly actor: Person | null
}

/** All values that a field of a ticket had, the first of them first. @throws Refusal `not_found` */
export async function getValues(ctx: Context, ref: TicketRef, key: ToldKey): Promise<readonly KnownValue[]> {
  const ticket = await getTicket(ctx, ref)
  const values = valuesOf(stateOf(ticket), await logOf(ctx, ticket), key)
  const actors = new Set(values.flatMap(({ entry }) => entry.actorId ?? []))
  const person = personAmong(await findUsers(ctx, [...actors]))
  return values.map((value) => ({ ...value, actor: person(value.entry.actorId, ticket.deskId) }))
}

/** What has not come is not known, and would be another answer later. */
function demandPast({ now }: Context, at: Instant): void {
  if (at > now) refuseField(['as_of'], 'too_large', 'Must not be in the future.')
}

async function logOf({ store, tenant }: Context, { id }: Ticket): Promise<readonly LogEntry[]> {
  const all = { tenant_id: tenant.id, ticket_id: id, limit: Number.MAX_SAFE_INTEGER }
  return (await store.run(LOG_OF_TICKET.with(all))).map(logEntryOf)
}

async function ticketAt(ctx: Context, ticket: Ticket, log: readonly LogEntry[], at: Instant): Promise<Ticket> {
  // Only of somebody who acts on what they asked for it makes a difference whether they work there.
  const requesters = new Set(log.map(({ requesterId }) => requesterId))
  const asked = log.flatMap(({ actorId }) => (actorId !== null && requesters.has(actorId) ? actorId : []))
  const [askers, numbers] = await Promise.all([findUsers(ctx, [...new Set(asked)]), numbersOf(ctx, ticket, log)])
  const worksOn = (userId: string, deskId: string): boolean => {
    const user = askers.find(({ id }) => id === userId)
    const membership = user?.memberships.find((each) => each.deskId === deskId)
    return user?.isOwner === true || (membership !== undefined && membership.role !== 'customer')
  }
  const state = asOf(stateOf(ticket), log, at, { direction: ticket.direction, worksOn, numbers })
  if (state === null) refuse({ code: 'not_found', missing: 'ticket' })
  const { requesterId, assigneeId, ...rest } = state
  const ids = [requesterId, assigneeId].filter((id) => id !== null)
  const person = personAmong(await findUsers(ctx, ids))
  return { ...rest, requester: person(requesterId, rest.deskId), assignee: person(assigneeId, rest.deskId) }
}

/** The numbers of a ticket by desk; those of before are looked for where it has moved. */
async function numbersOf(
  { store, tenant }: Context,
  { id, deskId, number }: Ticket,
  log: readonly LogEntry[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const hasMoved = log.some(({ kind }) => kind === 'ticket.desk_changed')
  const former = hasMoved ? await store.run(FORMER_NUMBERS.with({ tenant_id: tenant.id, ticket_id: id })) : []
  const byDesk = Map.groupBy([...former, { desk_id: deskId, number }], (each) => each.desk_id)
  return new Map([...byDesk].map(([desk, each]) => [desk, each.map((one) => one.number)]))
}

/** The messages that had been said at a moment, and were deleted after it. */
function deletedSince(log: readonly LogEntry[], at: Instant): readonly DeletedMessage[] {
  const said = new Map(
    log.flatMap((entry) => (entry.messageId !== null && isSaying(entry) ? [[entry.messageId, entry]] : [])),
  )
  return log.flatMap((entry) => {
    const { kind, messageId: id, authorRole, at: deletedAt } = entry
    const saying = id === null ? undefined : said.get(id)
    if (kind !== 'message.deleted' || id === null || saying === undefined) return []
    if (deletedAt <= at || saying.at > at) return []
    return [{ id, visibility: entry.visibility ?? 'public', authorRole, createdAt: saying.at, deletedAt }]
  })
}

function isSaying({ kind }: LogEntry): boolean {
  return kind === 'message.added' || kind === 'ticket.created'
}
