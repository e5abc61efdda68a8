import { refuse, refuseField } from '../../errors.ts'
import type { Instant } from '../../instant.ts'
import type { MessageRef } from '../../messages/message.ts'
import type { EventDraft, MessageDraft, TicketState } from '../drafts.ts'
import { toldAtOpening } from '../fields.ts'
import type { Ticket } from '../ticket.ts'
import { stateOf } from './change.ts'
import type { Circumstances } from './circumstances.ts'
import { openingMoments } from './lifecycle.ts'
import { type Link, linkBetween } from './links.ts'
import { momentsData, type TicketMoments } from './merge.ts'
import { toldBy } from './told.ts'

/** A message of a ticket, as far as it matters for where it is. */
export interface Said extends Pick<MessageDraft, 'id' | 'visibility' | 'authorRole'> {
  readonly integer: number
  readonly createdAt: Instant
  /** Whether it came from another ticket, by a merge or a split: it cannot be how this one began. */
  readonly isGuest: boolean
}

/** What is to become a ticket of its own. */
export interface NewSplit {
  readonly message: MessageRef
  /** Whether what was said after it goes with it. */
  readonly following: boolean
  /** That of the ticket it is split off from by default. */
  readonly title?: string
}

/** The new ticket and the one it is split off from, as they become. */
export interface SplitDraft {
  readonly ticket: Ticket
  readonly state: Omit<TicketState, 'integer' | 'number'>
  readonly messageIds: readonly string[]
  readonly moments: TicketMoments
  readonly link: Link
  readonly events: { readonly created: EventDraft; readonly splitOff: EventDraft; readonly split: EventDraft }
}

/** What messages alone tell of their ticket. */
export function momentsOf(messages: readonly Said[]): TicketMoments {
  let moments: TicketMoments = {
    ...{ firstResponseAt: null, latestMessageAt: null, latestRequesterAt: null, waitingSince: null },
  }
  for (const { visibility, authorRole, createdAt: at } of messages) {
    const isPublic = visibility === 'public'
    const byAgent = authorRole === 'agent'
    moments = {
      firstResponseAt: moments.firstResponseAt ?? (isPublic && byAgent ? at : null),
      latestMessageAt: isPublic ? at : moments.latestMessageAt,
      latestRequesterAt: byAgent ? moments.latestRequesterAt : at,
      waitingSince: !isPublic ? moments.waitingSince : byAgent ? null : (moments.waitingSince ?? at),
    }
  }
  return moments
}

/**
 * Messages of a ticket made a ticket of their own. It has all that people set on the other one, but for what is only that
 * one's: its reference, and that it is snoozed.
 *
 * @param messages all of the ticket, in their order.
 * @throws Refusal `invalid` (paths `message`, `following`)
 */
export function decideSplit(
  ticket: Ticket,
  messages: readonly Said[],
  { message: ref, following, title }: NewSplit,
  given: Pick<Circumstances, 'now' | 'newId'> & { readonly seesNotes: boolean },
): SplitDraft {
  const chosen = messages.findIndex((each) => ('id' in ref ? each.id === ref.id : each.integer === ref.integer))
  const found = messages[chosen]
  if (!found || (found.visibility === 'internal' && !given.seesNotes))
    refuseField(['message'], 'unknown', 'The ticket has no such message.')
  const moved = following ? messages.slice(chosen) : [found]
  const left = messages.filter((each) => !moved.includes(each))
  const opening = messages.find(({ visibility, isGuest }) => visibility === 'public' && !isGuest)
  if (found === opening) refuseField(['message'], 'not_allowed', 'A ticket began with it, and keeps it.')
  if (opening && moved.includes(opening))
    refuseField(['following'], 'not_allowed', 'The message with which the ticket began is among them.')
  if (left.length === 0) refuseField(['message'], 'not_allowed', 'Nothing would be left of the ticket.')

  const id = given.newId()
  const link = linkBetween(given.newId(), id, 'related', ticket.id)
  const told = momentsOf(moved)
  const status = ticket.status === 'new' ? 'new' : 'open'
  const state: SplitDraft['state'] = {
    ...stateOf(ticket),
    ...openingMoments({ status, direction: ticket.direction, message: null, now: given.now }),
    ...told,
    id,
    version: moved.length,
    title: title ?? ticket.title,
    // Its messages are told where they were written: none of them is how it began.
    description: '',
    externalReference: null,
    snoozedUntil: null,
    createdAt: given.now,
    latestAgentAt: given.now,
  }
  const moments = momentsLeft(ticket, moved, left)
  return {
    ...{ ticket, state, messageIds: moved.map((each) => each.id), moments, link },
    events: {
      created: toldBy('ticket.created', null, toldAtOpening(state), given),
      splitOff: toldBy('ticket.split_off', null, { link_id: link.id, ...momentsData(told) }, given),
      split: toldBy('ticket.split', momentsData(ticket), { link_id: link.id, ...momentsData(moments) }, given),
    },
  }
}

/** The times of a ticket once messages are gone: those that came from one of them are as the others tell them. */
function momentsLeft(ticket: Ticket, moved: readonly Said[], left: readonly Said[]): TicketMoments {
  const times = new Set(moved.map(({ createdAt }) => createdAt))
  const told = momentsOf(left)
  const asked = ticket.direction === 'inbound' ? ticket.createdAt : null
  const isGone = (at: Instant | null): boolean => at !== null && times.has(at)
  return {
    firstResponseAt: isGone(ticket.firstResponseAt) ? told.firstResponseAt : ticket.firstResponseAt,
    latestMessageAt: isGone(ticket.latestMessageAt) ? told.latestMessageAt : ticket.latestMessageAt,
    latestRequesterAt: isGone(ticket.latestRequesterAt) ? (told.latestRequesterAt ?? asked) : ticket.latestRequesterAt,
    waitingSince: isGone(ticket.waitingSince) ? told.waitingSince : ticket.waitingSince,
  }
}

/** An event, as far as it tells of a split. */
type Told = Pick<EventDraft, 'kind' | 'after'> | undefined

/** @throws Refusal `conflict` where a split is not the last that happened to both of its tickets. */
export function demandLastSplit(splitOff: Told, old: Told, linkId: string): void {
  const isOf = (event: Told, kind: string): boolean => event?.kind === kind && event.after?.['link_id'] === linkId
  if (isOf(splitOff, 'ticket.split_off') && isOf(old, 'ticket.split')) return
  refuse({ code: 'conflict', message: 'Something else happened to one of the two tickets since.' })
}
