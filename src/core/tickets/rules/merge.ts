import type { EventData } from '../../events/event.ts'
import type { Instant } from '../../instant.ts'
import type { ChangeDraft, TicketState } from '../drafts.ts'
import { told } from '../fields.ts'
import type { Ticket } from '../ticket.ts'
import type { Circumstances } from './circumstances.ts'
import { isFinished } from './lifecycle.ts'
import { distinct } from './tags.ts'
import { draftOf, toldBy } from './told.ts'

type Given = Pick<Circumstances, 'now' | 'newId' | 'tenant'>

/** What becomes of the ticket that stays and of the one that goes, in this order. */
export type MergeDrafts = readonly [into: ChangeDraft, from: ChangeDraft]

/** What a conversation tells of a ticket: of two that become one, the earlier or the later. */
const TOLD_BY_MESSAGES = {
  firstResponseAt: earlier,
  latestMessageAt: later,
  latestRequesterAt: later,
  waitingSince: earlier,
} as const satisfies {
  readonly [Key in keyof TicketState]?: (one: Instant | null, other: Instant | null) => Instant | null
}
type Told = keyof typeof TOLD_BY_MESSAGES
const TOLD = Object.keys(TOLD_BY_MESSAGES) as Told[]

type Moments = Partial<Record<Told, Instant | null>>

/** All that a conversation tells of its ticket. */
export type TicketMoments = Readonly<Record<Told, Instant | null>>

/** The same, as events hold it. */
export function momentsData(moments: TicketMoments): EventData {
  return dataOf(moments, moments)
}

/**
 * One ticket taken into another: what people set on the one that stays is left as it is, and its conversation tells of both.
 * Nobody waits on a ticket that is done.
 */
export function decideMerge(from: Ticket, into: Ticket, given: Given): MergeDrafts {
  const moments: Moments = {}
  for (const key of TOLD) {
    const both = TOLD_BY_MESSAGES[key](into[key], from[key])
    const after = key === 'waitingSince' && isFinished(into.status) ? into[key] : both
    if (after !== into[key]) moments[key] = after
  }
  const before = Object.keys(moments).length > 0 ? dataOf(into, moments) : null
  return [
    draftOf(
      into,
      moments,
      toldBy('ticket.absorbed', before, { ticket_id: from.id, ...dataOf(moments, moments) }, given),
      given,
    ),
    draftOf(from, {}, toldBy('ticket.merged', { merged_into: null }, { merged_into: into.id }, given), given),
  ]
}

/**
 * A merge taken back. What it had moved on the ticket that stays goes back where it still is as the merge left it: what
 * happened there since goes before.
 *
 * @param absorbed what the event of the merge tells of the ticket that stays; null where it is not known any more.
 */
export function decideUnmerge(
  from: Ticket,
  into: Ticket,
  absorbed: { readonly before: EventData | null; readonly after: EventData | null } | null,
  given: Given,
): MergeDrafts {
  const [was, became] = [momentsTold(absorbed?.before ?? null), momentsTold(absorbed?.after ?? null)]
  const moments: Moments = {}
  for (const key of TOLD) {
    if (was[key] !== undefined && became[key] === into[key]) moments[key] = was[key]
  }
  const before = { ticket_id: from.id, ...dataOf(into, moments) }
  const after = Object.keys(moments).length > 0 ? dataOf(moments, moments) : null
  return [
    draftOf(into, moments, toldBy('ticket.released', before, after, given), given),
    withTagsOfNow(
      draftOf(from, {}, toldBy('ticket.unmerged', { merged_into: into.id }, { merged_into: null }, given), given),
      given,
    ),
  ]
}

/**
 * A split taken back, by what leads the new ticket to the one that it was split off from: whoever was told its name finds the
 * messages there. Nothing else happened to either.
 *
 * @param split what the event of the split tells.
 */
export function decideUnsplit(
  splitOff: Ticket,
  old: Ticket,
  split: { readonly position: number; readonly before: EventData | null } | null,
  given: Given,
): MergeDrafts {
  const moments = momentsTold(split?.before ?? null)
  const after = { ticket_id: splitOff.id, ...dataOf(moments, moments) }
  const [into, from] = [
    toldBy('ticket.absorbed', dataOf(old, moments), after, given),
    toldBy('ticket.merged', { merged_into: null }, { merged_into: old.id }, given),
  ]
  const undoes = split?.position ?? 0
  return [draftOf(old, moments, { ...into, undoes }, given), draftOf(splitOff, {}, { ...from, undoes }, given)]
}

/** What was renamed while a ticket was away is called so on it, too. */
function withTagsOfNow(draft: ChangeDraft, given: Given): ChangeDraft {
  const { tags: before } = draft.state
  const tags = distinct(before, given.tenant.tagWays)
  if (tags.every((tag, nth) => tag === before[nth]) && tags.length === before.length) return draft
  const told = toldBy('ticket.tags_changed', { tags: before }, { tags }, given)
  return { ...draft, state: { ...draft.state, tags }, events: [...draft.events, told] }
}

/** The times of the ticket that stays, as far as an event tells that a merge, or its undo, moved them. */
export function momentsTold(data: EventData | null): Moments {
  const moments: Moments = {}
  for (const key of TOLD) {
    const [column = ''] = Object.keys(told({ [key]: null }, key))
    const value = data?.[column]
    if (value === null || typeof value === 'string') moments[key] = value
  }
  return moments
}

function dataOf(state: Moments, moved: Moments): EventData {
  return Object.assign({}, ...TOLD.filter((key) => key in moved).map((key) => told({ [key]: state[key] }, key)))
}

function earlier(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}

function later(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other
  return one > other ? one : other
}
