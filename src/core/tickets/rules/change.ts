import { refuse } from '../../errors.ts'
import type { EventData } from '../../events/event.ts'
import { demand, worksOn } from '../../identity/actor.ts'
import type { ChangeDraft, EventDraft, MessageDraft, TicketState } from '../drafts.ts'
import { givenBy, TOLD_CHANGES, toldChange } from '../fields.ts'
import type { Ticket, TicketChange } from '../ticket.ts'
import type { Circumstances } from './circumstances.ts'
import { demandRequired, fieldsWith } from './field-values.ts'
import { demandStatus, isFinished, statusAfter, withTimes } from './lifecycle.ts'
import { decideMessage } from './message.ts'
import { checkAssignee, checkReferences, checkRequester, unknown } from './references.ts'
import { type SnoozeStep, snoozedAfter, woken } from './snooze.ts'
import { distinct, namesOf, tagOf } from './tags.ts'

/** A ticket as rules take it. */
export function stateOf(ticket: Ticket): TicketState {
  const { requester, assignee, isDescriptionCut: _, ...rest } = ticket
  return { ...rest, requesterId: requester?.id ?? null, assigneeId: assignee?.id ?? null }
}

/**
 * What changes make of a ticket, one after the other: its new state, the messages and one event for each changed field.
 *
 * @throws Refusal `forbidden`, `invalid` or `ticket_closed`; then nothing is written.
 */
export function decideChange(ticket: Ticket, changes: readonly TicketChange[], given: Circumstances): ChangeDraft {
  return decideOn(stateOf(ticket), changes, given)
}

/** As `decideChange`, of a ticket as rules take it. */
export function decideOn(before: TicketState, changes: readonly TicketChange[], given: Circumstances): ChangeDraft {
  let state = before
  const messages: MessageDraft[] = []
  const events: EventDraft[] = []
  for (const change of changes) {
    const step = decideStep(state, change, given)
    state = step.state
    messages.push(...step.messages)
    events.push(...step.events)
  }
  return {
    id: before.id,
    version: before.version,
    state,
    changed: events.some(isRealChange),
    describes: state.description !== before.description,
    before: { deskId: before.deskId, status: before.status },
    messages,
    events,
  }
}

/** As against a record of what was so already. */
function isRealChange(event: EventDraft): boolean {
  return event.kind === 'message.added' || !sameData(event.before, event.after)
}

/** The times that any real change moves. A requester's message is no act of an agent, even when an agent's key brings it. */
function touched(
  state: TicketState,
  before: TicketState,
  message: MessageDraft | null,
  given: Circumstances,
): TicketState {
  const byRequester = before.requesterId === given.actor.user.id && !worksOn(given.actor, before.deskId)
  const requesterSpoke = message?.authorRole === 'requester'
  return {
    ...state,
    updatedAt: given.now,
    latestAgentAt: byRequester || requesterSpoke ? state.latestAgentAt : given.now,
  }
}

interface Step {
  readonly state: TicketState
  readonly messages: readonly MessageDraft[]
  readonly events: readonly EventDraft[]
}

/** What a vendor's answer must contain, and so is recorded also where it is so already. */
const ALWAYS_RECORDED = ['topicId', 'assigneeId', 'status'] as const

function decideStep(before: TicketState, change: TicketChange, given: Circumstances): Step {
  checkChange(before, change, given)
  const message = change.message ? decideMessage(before, change.message, given) : null
  const fields = fieldsAfter(before, change, given)
  const status = statusAfter(before, change, message)
  // A requester may close the own ticket, and knows nothing of fields.
  const isFinishing = isFinished(status) && !isFinished(before.status)
  if (isFinishing && worksOn(given.actor, before.deskId))
    demandRequired(given.tenant, ['to_solve'], fields.fields ?? before.fields)
  const snoozedUntil = snoozedAfter(before, { status, change, message })
  const state = withTimes({ ...before, ...fields, status, snoozedUntil }, before, { change, message, now: given.now })
  const events: EventDraft[] = []
  if (message) {
    events.push({
      id: given.newId(),
      kind: 'message.added',
      messageId: message.id,
      before: null,
      after: { visibility: message.visibility, author_role: message.authorRole },
    })
  }
  const isForced = (key: keyof TicketState): boolean =>
    given.recordAlways && ALWAYS_RECORDED.some((asked) => asked === key && change[asked] !== undefined)
  for (const each of toldChanges(before, state, { status, change, message }, isForced))
    events.push({ id: given.newId(), messageId: null, ...each })
  // Only where somebody says so: else it follows from the message or status that is told already.
  const [waited, waits] = [before.waitingSince !== null, state.waitingSince !== null]
  if (change.waiting !== undefined && waited !== waits)
    events.push({
      id: given.newId(),
      kind: 'ticket.waiting_changed',
      messageId: null,
      before: { waiting: waited },
      after: { waiting: waits },
    })
  // What changes nothing was no run.
  if (change.macroId !== undefined && events.some(isRealChange))
    events.push({
      id: given.newId(),
      kind: 'ticket.macro_run',
      messageId: null,
      before: null,
      after: { macro_id: change.macroId },
    })
  // The status the ticket has after all of this step is what the message shows.
  const said = message ? [{ ...message, ticketStatus: state.status }] : []
  const description =
    message && before.latestMessageAt === null && message.visibility === 'public' ? message.plain : state.description
  const after = { ...state, description }
  const { undoes } = change
  return {
    state: events.some(isRealChange) ? touched(after, before, message, given) : before,
    messages: said,
    events: undoes === undefined ? events : events.map((event) => ({ ...event, undoes })),
  }
}

/**
 * What is told of the fields that a step has changed, each by its event.
 *
 * @param isForced whether a field is told of although it is as it was
 */
export function toldChanges(
  before: TicketState,
  state: TicketState,
  step: SnoozeStep,
  isForced: (key: keyof TicketState) => boolean = () => false,
): readonly Pick<EventDraft, 'kind' | 'before' | 'after'>[] {
  return TOLD_CHANGES.flatMap(({ key, kind }) => {
    if (before[key] === state[key] && !isForced(key)) return []
    const [was, is] = toldChange(before, state, key)
    if (sameData(was, is) && !isForced(key)) return []
    const isWoken = key === 'snoozedUntil' && state.snoozedUntil === null
    return [{ before: was, ...(isWoken ? woken(step, is) : { kind, after: is }) }]
  })
}

function checkChange(before: TicketState, change: TicketChange, given: Circumstances): void {
  const { actor, people } = given
  // Whatever has no permission of its own, also what is added later.
  const {
    assigneeId: _assignee,
    status: _status,
    message: _message,
    undoes: _undoes,
    macroId: _macro,
    ...fields
  } = change
  const changesFields = Object.values(fields).some((value) => value !== undefined)
  if (changesFields) demand(actor, 'ticket.change', before.deskId)
  if (change.assigneeId !== undefined) demand(actor, 'ticket.assign', before.deskId)
  const status = change.status?.to ?? change.message?.status
  if (status !== undefined) demandStatus(before, status, actor)
  checkReferences(given.tenant, change, before)
  if (change.deskId !== undefined && change.deskId !== before.deskId) demand(actor, 'ticket.change', change.deskId)
  const deskId = change.deskId ?? before.deskId
  const staysAssigned = change.assigneeId === before.assigneeId && deskId === before.deskId
  if (!staysAssigned) checkAssignee(change.assigneeId, deskId, people)
  const { requesterId } = change
  if (requesterId && !people.has(requesterId)) refuse({ code: 'invalid', issues: [unknown('requester')] })
  if (requesterId && requesterId !== before.requesterId) checkRequester(requesterId, given)
}

function fieldsAfter(before: TicketState, change: TicketChange, given: Circumstances): Partial<TicketState> {
  const { tagWays } = given.tenant
  const removed = new Set((change.removeTags ?? []).flatMap((tag) => namesOf(tagOf(tag), tagWays)))
  return {
    ...givenBy(change, before),
    // What a version before kept in two spellings stays as it is until its tags are changed.
    tags:
      change.addTags === undefined && change.removeTags === undefined
        ? before.tags
        : distinct([...before.tags, ...(change.addTags ?? [])], tagWays).filter((tag) => !removed.has(tag)),
    fields: fieldsWith(before.fields, change.fields, given),
  }
}

/**
 * What a change of tags alone makes of a ticket, whoever may change the ticket: the tenant's tags are the same on all of them.
 *
 * @param only the tag without which nothing changes; null where the tags are given back.
 */
export function decideTags(
  before: TicketState,
  { addTags = [], removeTags = [], undoes }: Pick<TicketChange, 'addTags' | 'removeTags' | 'undoes'>,
  only: string | null,
  { now, newId }: Pick<Circumstances, 'now' | 'newId'>,
): ChangeDraft {
  const kept = before.tags.filter((tag) => !removeTags.includes(tag))
  const tags = only !== null && !before.tags.includes(only) ? before.tags : distinct([...kept, ...addTags])
  const changed = tags.join('\n') !== before.tags.join('\n')
  const state = changed ? { ...before, tags, updatedAt: now } : before
  const told = toldChanges(before, state, { status: before.status, change: {}, message: null })
  const { id, version, deskId, status } = before
  return {
    ...{ id, version, state, changed, describes: false, before: { deskId, status }, messages: [] },
    events: told.map((each) => ({
      id: newId(),
      messageId: null,
      ...each,
      ...(undoes !== undefined && { undoes }),
    })),
  }
}

/** Whether two sides of an event tell the same. */
export function sameData(one: EventData | null, other: EventData | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
