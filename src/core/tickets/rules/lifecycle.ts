import { refuse } from '../../errors.ts'
import { type Actor, may } from '../../identity/actor.ts'
import type { Instant } from '../../instant.ts'
import { FINISHED, type Status } from '../../words.ts'
import type { MessageDraft, TicketState } from '../drafts.ts'
import type { TicketChange } from '../ticket.ts'

export const isFinished = (status: Status): boolean => FINISHED.includes(status)

/** Agents set any status; a requester may close the own ticket. */
export function demandStatus(before: TicketState, to: Status, actor: Actor): void {
  const closesOwn = to === 'closed' && before.requesterId === actor.user.id && actor.permissions.has('ticket.status')
  if (!closesOwn && !may(actor, 'ticket.status', before.deskId))
    refuse({ code: 'forbidden', permission: 'ticket.status' })
}

/** The lifecycle. A status that the call names wins over what a message would do. */
export function statusAfter(
  before: Pick<TicketState, 'status'>,
  change: Pick<TicketChange, 'status' | 'message'>,
  message: Pick<MessageDraft, 'visibility' | 'authorRole'> | null,
): Status {
  if (change.status) return change.status.sameAs?.includes(before.status) ? before.status : change.status.to
  if (change.message?.status) return change.message.status
  if (message?.visibility !== 'public') return before.status
  if (message.authorRole === 'agent') return before.status === 'new' ? 'open' : before.status
  const waited = before.status === 'pending' || before.status === 'on_hold' || before.status === 'solved'
  return waited ? 'open' : before.status
}

/** The times of a ticket, what they follow from, and its version. */
export type Moments = Pick<
  TicketState,
  | 'status'
  | 'version'
  | 'updatedAt'
  | 'statusChangedAt'
  | 'firstResponseAt'
  | 'latestMessageAt'
  | 'latestAgentAt'
  | 'latestRequesterAt'
  | 'waitingSince'
  | 'solvedAt'
  | 'closedAt'
  | 'finishedAt'
>

/** What times depend on of what was said. */
type Said = Pick<MessageDraft, 'visibility' | 'authorRole'>

/** The times of a new ticket. */
export function openingMoments(opening: {
  readonly status: Status
  readonly direction: TicketState['direction']
  readonly message: Said | null
  readonly now: Instant
}): Moments {
  const { status, direction, message, now } = opening
  const isPublic = message?.visibility === 'public'
  const byAgent = message?.authorRole === 'agent'
  const isAsked = direction === 'inbound' && !byAgent
  return {
    status,
    version: 1,
    updatedAt: now,
    statusChangedAt: null,
    firstResponseAt: isPublic && byAgent ? now : null,
    latestMessageAt: isPublic ? now : null,
    latestAgentAt: byAgent ? now : null,
    latestRequesterAt: isAsked ? now : null,
    waitingSince: isAsked && !isFinished(status) ? now : null,
    solvedAt: status === 'solved' ? now : null,
    closedAt: status === 'closed' ? now : null,
    finishedAt: isFinished(status) ? now : null,
  }
}

/** What a change does to times, beside the status and what is said. */
type Moving = Pick<TicketChange, 'waiting' | 'waitingSince'>

/**
 * Since when the requester waits: from their first public message that nobody answered, until a public message of the desk,
 * a solution, or the word that there is nothing to answer. A note answers nobody, and opening a ticket neither.
 */
function waitingSince(
  state: Moments,
  before: Moments,
  { change, message, now }: { change: Moving; message: Said | null; now: Instant },
): Instant | null {
  if (isFinished(state.status) || change.waiting === false) return null
  if (message?.visibility === 'public') return message.authorRole === 'agent' ? null : (before.waitingSince ?? now)
  return change.waiting === true ? (before.waitingSince ?? change.waitingSince ?? now) : before.waitingSince
}

/** A state after a step, with the times that it moves. */
export function withTimes<State extends Moments>(
  state: State,
  before: Moments,
  step: { readonly change: Moving; readonly message: Said | null; readonly now: Instant },
): State {
  const { message, now } = step
  const isPublic = message?.visibility === 'public'
  const byAgent = message?.authorRole === 'agent'
  const moved = state.status !== before.status
  return {
    ...state,
    statusChangedAt: moved ? now : before.statusChangedAt,
    firstResponseAt: isPublic && byAgent ? (before.firstResponseAt ?? now) : before.firstResponseAt,
    latestMessageAt: isPublic ? now : before.latestMessageAt,
    latestAgentAt: byAgent ? now : before.latestAgentAt,
    latestRequesterAt: message && !byAgent ? now : before.latestRequesterAt,
    waitingSince: waitingSince(state, before, step),
    solvedAt: !moved
      ? before.solvedAt
      : state.status === 'solved'
        ? now
        : isFinished(state.status)
          ? before.solvedAt
          : null,
    closedAt: !moved ? before.closedAt : state.status === 'closed' ? now : null,
    finishedAt: !moved ? before.finishedAt : isFinished(state.status) ? (before.finishedAt ?? now) : null,
  }
}
