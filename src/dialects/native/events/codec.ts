import { refuseField } from '../../../core/errors.ts'
import type { RecordedEvent } from '../../../core/events/sight.ts'
import { encodeEventData } from '../tickets/event-data.ts'
import type { EventAnswer, EventQuery } from './schema.ts'

const LATEST = 'latest'
const POSITION = /^(0|[1-9]\d{0,14})$/
const LONGEST_WAIT_SECONDS = 30

/** @returns null for the latest. @throws Refusal `invalid` */
export function decodeAfter({ after }: EventQuery): number | null {
  if (after === undefined) return 0
  if (after === LATEST) return null
  return POSITION.test(after) ? Number(after) : refuseField(['after'], 'format', 'Must be a position, or latest.')
}

/** In milliseconds. @throws Refusal `invalid` */
export function decodeWait({ wait }: EventQuery): number {
  if (wait === undefined) return 0
  const seconds = /^\d{1,2}$/.test(wait) ? Number(wait) : Number.POSITIVE_INFINITY
  if (seconds <= LONGEST_WAIT_SECONDS) return seconds * 1000
  return refuseField(['wait'], 'format', `Must be a whole number of seconds from 0 to ${LONGEST_WAIT_SECONDS}.`)
}

/** The position in `Last-Event-ID`, if it is one. */
export function positionIn(header: string | readonly string[] | undefined): number | undefined {
  return typeof header === 'string' && POSITION.test(header) ? Number(header) : undefined
}

export function encodeEvent(event: RecordedEvent): EventAnswer {
  return {
    position: event.position,
    id: event.id,
    kind: event.kind,
    at: event.at,
    ticket: event.ticketId,
    message: event.messageId,
    subject: event.subjectId,
    actor: event.actorId,
    dialect: event.dialect,
    request_id: event.requestId,
    desk: event.deskId,
    requester: event.requesterId,
    assignee: event.assigneeId,
    visibility: event.visibility,
    before: encodeEventData(event.before),
    after: encodeEventData(event.after),
    undoes: event.undoes,
  }
}
