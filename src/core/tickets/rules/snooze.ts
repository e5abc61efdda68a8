import { refuse, refuseField } from '../../errors.ts'
import type { EventData, EventKind } from '../../events/event.ts'
import type { Instant } from '../../instant.ts'
import type { MessageDraft, TicketState } from '../drafts.ts'
import type { TicketChange } from '../ticket.ts'
import { isFinished } from './lifecycle.ts'

/** The last moment there is: who is snoozed until then is woken by a reply alone. */
export const UNTIL_REPLY: Instant = '9999-12-31T23:59:59.999Z'

/** For how many years a ticket can be snoozed. */
const MOST_YEARS = 5

/** What ended a snooze: its time, something that the requester said, somebody by hand, or that the ticket was done. */
export const WAKERS = ['time', 'reply', 'hand', 'done'] as const
export type Waker = (typeof WAKERS)[number]

/**
 * Until when a ticket that is snoozed now sleeps: until a moment or a reply, whichever comes first.
 *
 * @param until null for a reply alone.
 * @throws Refusal `invalid` (path `until`), `conflict` for a ticket that is done
 */
export function demandSnooze(
  { status }: Pick<TicketState, 'status'>,
  until: Instant | null,
  now: Instant,
): Pick<TicketChange, 'snoozedUntil'> {
  if (isFinished(status)) refuse({ code: 'conflict', message: 'A ticket that is solved or closed is not snoozed.' })
  if (until === null) return { snoozedUntil: UNTIL_REPLY }
  if (until <= now) refuseField(['until'], 'too_small', 'Must be in the future.')
  const most = new Date(now)
  most.setUTCFullYear(most.getUTCFullYear() + MOST_YEARS)
  if (until > most.toISOString()) refuseField(['until'], 'too_large', `At most ${MOST_YEARS} years from now.`)
  return { snoozedUntil: until }
}

/** Until when a ticket is snoozed after a step. Who is done is not waited for, and who speaks wants to be heard. */
export function snoozedAfter(
  before: Pick<TicketState, 'snoozedUntil'>,
  { status, change, message }: SnoozeStep,
): Instant | null {
  const until = change.snoozedUntil === undefined ? before.snoozedUntil : change.snoozedUntil
  return isFinished(status) || isReply(message) ? null : until
}

/** A step of a ticket, as far as a snooze depends on it. */
export interface SnoozeStep {
  /** The status after it. */
  readonly status: TicketState['status']
  readonly change: Pick<TicketChange, 'snoozedUntil'>
  readonly message: Pick<MessageDraft, 'visibility' | 'authorRole'> | null
}

function isReply(message: SnoozeStep['message']): boolean {
  return message?.visibility === 'public' && message.authorRole === 'requester'
}

/** How the end of a snooze is told, and by what it came. */
export function woken(step: SnoozeStep, after: EventData): { readonly kind: EventKind; readonly after: EventData } {
  const why: Waker = step.change.snoozedUntil === null ? 'hand' : isFinished(step.status) ? 'done' : 'reply'
  return { kind: 'ticket.woken', after: { ...after, why } }
}
