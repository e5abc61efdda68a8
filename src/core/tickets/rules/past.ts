import type { FieldChanges } from '../../catalogue/field.ts'
import type { Event, EventData } from '../../events/event.ts'
import type { Instant } from '../../instant.ts'
import type { AuthorRole, Visibility } from '../../messages/message.ts'
import { STATUSES, type Status } from '../../words.ts'
import type { TicketState } from '../drafts.ts'
import { columnOf, type ToldKey, told, toldBy } from '../fields.ts'
import { sameData } from './change.ts'
import { type Moments, openingMoments, withTimes } from './lifecycle.ts'
import { momentsTold } from './merge.ts'

/** What the log tells of a ticket: an event, where its ticket stood then, and what is known of its message. */
export interface LogEntry
  extends Pick<
    Event,
    'position' | 'kind' | 'at' | 'requestId' | 'messageId' | 'actorId' | 'dialect' | 'before' | 'after' | 'undoes'
  > {
  readonly deskId: string | null
  readonly requesterId: string | null
  readonly visibility: Visibility | null
  readonly authorRole: AuthorRole | null
}

/** A field of a ticket with a value for a while. */
export interface Value {
  readonly value: EventData[string]
  readonly since: Instant
  /** Null while it has it. */
  readonly until: Instant | null
  /** What gave it to it. */
  readonly entry: LogEntry
}

/** What replaying a log depends on beside the log. */
export interface Replay {
  readonly direction: TicketState['direction']
  /** Whether somebody works on a desk: what they do there is an agent's, also on a ticket that they asked for. */
  readonly worksOn: (userId: string, deskId: string) => boolean
}

/** Whether an event tells of a change, and not merely of what was so already. An erasure leaves nothing on either side. */
export function isReal({ kind, before, after }: Pick<LogEntry, 'kind' | 'before' | 'after'>): boolean {
  if (kind === 'ticket.created' || kind.startsWith('message.')) return true
  return !sameData(before, after) || Object.keys(before ?? {}).length === 0
}

/** What each call recorded, in their order. */
export function callsIn(log: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const calls: LogEntry[][] = []
  for (const entry of log) {
    const call = calls.at(-1)
    if (call?.[0]?.requestId === entry.requestId) call.push(entry)
    else calls.push([entry])
  }
  return calls
}

/**
 * The times of a ticket after what a log tells, by the rules by which a change moves them.
 *
 * @param log from the opening on; without it, what happened before is not known.
 * @param all of the log, also what came later.
 */
export function momentsAfter(log: readonly LogEntry[], given: Replay, all = log): Moments {
  let moments: Moments = openingMoments({ status: 'new', direction: 'outbound', message: null, now: '' })
  /** Since when the requester waited before each change, by its first position: an undo gives that back. */
  const waited = new Map<number, string | null>()
  let place = log[0]
  for (const call of callsIn(log)) {
    const [first] = call
    if (!first) continue
    waited.set(first.position, moments.waitingSince)
    for (const step of stepsIn(call)) moments = momentsAfterStep(moments, step, { log: all, waited, place, ...given })
    place = call.at(-1) ?? place
    moments = { ...moments, version: moments.version + (call.some(countsAsChange) ? 1 : 0) }
  }
  return moments
}

/** The version that a ticket is opened with is its first. */
const countsAsChange = (entry: LogEntry): boolean =>
  entry.kind !== 'ticket.created' && entry.kind !== 'ticket.split_off' && isReal(entry)

/** Each message that a call brings begins a step of its own. */
function stepsIn(call: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const steps: LogEntry[][] = [[]]
  for (const entry of call) {
    const step = steps.at(-1)
    if (step === undefined || (entry.kind === 'message.added' && step.length > 0)) steps.push([entry])
    else step.push(entry)
  }
  return steps
}

/**
 * A ticket as it was at a moment, from how it is now: what was recorded later is taken back by what each event tells of
 * before, and times are those of the log until then. Words that were erased since are nowhere.
 *
 * @param log all of it.
 * @param numbers that the ticket has, or had, on each desk.
 * @returns null before it was opened.
 */
export function asOf(
  now: TicketState,
  log: readonly LogEntry[],
  at: Instant,
  { numbers, ...given }: Replay & { readonly numbers: ReadonlyMap<string, readonly number[]> },
): TicketState | null {
  if (now.createdAt > at) return null
  const since = log.findIndex((entry) => entry.at > at)
  const [past, later] = since === -1 ? [log, []] : [log.slice(0, since), log.slice(since)]
  const fields = { ...now }
  for (const entry of later.toReversed()) Object.assign(fields, fieldsBefore(entry, fields.fields))
  // Whose opening message was deleted is known from what came later.
  const moments = momentsAfter(past, given, log)
  const { deskId } = fields
  const visits = desksIn(past, now.deskId, log).filter((each) => each === deskId).length
  const number = [...(numbers.get(deskId) ?? [])].sort((a, b) => a - b)[visits - 1] ?? now.number
  const isDescribed = moments.latestMessageAt !== null
  return { ...fields, ...moments, number, description: isDescribed ? now.description : '' }
}

/** The desks that a ticket was on, in their order. */
function desksIn(past: readonly LogEntry[], now: string, log: readonly LogEntry[]): readonly string[] {
  const moves = (entries: readonly LogEntry[]) =>
    entries.filter((each) => each.kind === 'ticket.desk_changed' && isReal(each))
  const first = moves(log)[0]?.before?.['desk_id']
  const later = moves(past).flatMap(({ after }) => String(after?.['desk_id']))
  return [typeof first === 'string' ? first : now, ...later]
}

/** The tenant's own fields before an event: it tells those that it changed, and null for nothing. */
function ownBefore({ before }: LogEntry, own: TicketState['fields']): TicketState['fields'] {
  const changed: FieldChanges = Object(before?.['fields'])
  return Object.fromEntries(
    Object.entries({ ...own, ...changed }).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])),
  )
}

/** What an event tells of before it. Of what was erased nothing is left. */
function fieldsBefore(entry: LogEntry, own: TicketState['fields']): Partial<TicketState> {
  if (entry.kind === 'ticket.fields_changed') return { fields: ownBefore(entry, own) }
  const field = toldBy(entry.kind)
  return field === null || entry.before === null ? {} : field.read(entry.before)
}

/**
 * All values that a field of a ticket had, the first of them first.
 *
 * @param key of a field of which changes are told.
 */
export function valuesOf(now: TicketState, log: readonly LogEntry[], key: ToldKey): readonly Value[] {
  const changes = log.filter((entry) => isReal(entry) && toldBy(entry.kind)?.key === key)
  const [created] = log
  if (!created) return []
  const valueIn = (data: EventData | null): EventData[string] | undefined => data?.[columnOf(key)]
  const first = changes.length > 0 ? valueIn(changes[0]?.before ?? null) : told(now, key)[columnOf(key)]
  const entries = [created, ...changes]
  return entries.map((entry, nth) => ({
    value: (nth === 0 ? first : valueIn(entry.after)) ?? null,
    since: entry.at,
    until: entries[nth + 1]?.at ?? null,
    entry,
  }))
}

interface Replaying extends Replay {
  readonly log: readonly LogEntry[]
  readonly waited: ReadonlyMap<number, string | null>
  /** Where the ticket stood before the call. */
  readonly place: LogEntry | undefined
}

function momentsAfterStep(before: Moments, step: readonly LogEntry[], given: Replaying): Moments {
  const last = step.at(-1)
  if (!last) return before
  const created = step.find(({ kind }) => kind === 'ticket.created')
  const { at: now } = last
  if (created) {
    const role = created.authorRole ?? roleOfDeleted(created, given.log)
    const message =
      created.messageId === null || role === null
        ? null
        : { visibility: created.visibility ?? 'public', authorRole: role }
    const opened = openingMoments({ status: statusIn(created) ?? 'new', direction: given.direction, message, now })
    const splitOff = step.find(({ kind }) => kind === 'ticket.split_off')
    return splitOff ? { ...opened, ...momentsTold(splitOff.after), latestAgentAt: now } : opened
  }
  if (last.kind === 'message.deleted') return { ...before, updatedAt: now }
  if (last.kind === 'ticket.absorbed' || last.kind === 'ticket.released' || last.kind === 'ticket.split')
    return { ...before, ...momentsTold(last.after), updatedAt: now, latestAgentAt: now }
  const [first] = step
  const message =
    first?.kind === 'message.added' && first.authorRole !== null
      ? { visibility: first.visibility ?? 'public', authorRole: first.authorRole }
      : null
  const status = step.findLast(({ kind }) => kind === 'ticket.status_changed')
  const waiting = step.findLast(({ kind }) => kind === 'ticket.waiting_changed')
  const since = waiting && waiting.undoes !== null ? given.waited.get(waiting.undoes) : null
  const change = {
    ...(waiting && { waiting: waiting.after?.['waiting'] === true }),
    ...(typeof since === 'string' && { waitingSince: since }),
  }
  const state = { ...before, status: (status && statusIn(status)) ?? before.status }
  const after = withTimes(state, before, { change, message, now })
  if (!step.some(isReal)) return before
  const { actorId } = last
  const { requesterId, deskId } = given.place ?? last
  const byRequester =
    actorId !== null && actorId === requesterId && !(deskId !== null && given.worksOn(actorId, deskId))
  // What happens by itself, nobody did.
  const isAgents = actorId !== null && !byRequester && message?.authorRole !== 'requester'
  return { ...after, updatedAt: now, latestAgentAt: isAgents ? now : after.latestAgentAt }
}

/** What is told of a message once it is deleted. */
function roleOfDeleted({ messageId }: LogEntry, log: readonly LogEntry[]): AuthorRole | null {
  return log.find((entry) => entry.kind === 'message.deleted' && entry.messageId === messageId)?.authorRole ?? null
}

function statusIn({ after }: LogEntry): Status | undefined {
  return STATUSES.find((status) => status === after?.['status'])
}
