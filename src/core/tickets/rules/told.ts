import type { EventData } from '../../events/event.ts'
import type { ChangeDraft, EventDraft, TicketState } from '../drafts.ts'
import type { Ticket } from '../ticket.ts'
import { stateOf } from './change.ts'
import type { Circumstances } from './circumstances.ts'

/** An event of a ticket itself. */
export function toldBy(
  kind: EventDraft['kind'],
  before: EventData | null,
  after: EventData | null,
  { newId }: Pick<Circumstances, 'newId'>,
): EventDraft {
  return { id: newId(), kind, messageId: null, before, after }
}

/** A change of which an event tells, by somebody of the desk: nothing of what people set, and times alone where it moves some. */
export function draftOf(
  ticket: Ticket,
  moments: Partial<TicketState>,
  told: EventDraft,
  { now }: Pick<Circumstances, 'now'>,
): ChangeDraft {
  const state: TicketState = { ...stateOf(ticket), ...moments, updatedAt: now, latestAgentAt: now }
  return { ...unchanged(state), version: ticket.version, changed: true, events: [told] }
}

/** A ticket that is to be as it was when something is written on others. */
export function unchanged(state: TicketState): ChangeDraft {
  const { id, version, deskId, status } = state
  return {
    ...{ id, version, state, changed: false, describes: false, before: { deskId, status } },
    ...{ messages: [], events: [] },
  }
}
