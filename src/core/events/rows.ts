import { type Static, type TSchema, Type } from 'typebox'
import { instant } from '../instant.ts'
import { EVENT_KINDS, type Event, type EventData } from './event.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const data = Type.Unsafe<EventData | null>({})

/** Select list of an event `e`. */
export const EVENT_VIEW =
  'e.id, e.position, e.kind, e.ticket_id, e.message_id, e.actor_id, e.credential_id, e.dialect, e.request_id, e.at, e.before, e.after, e.undoes'

export const EventRow = Type.Object({
  id: text,
  position: Type.Integer(),
  kind: Type.Enum(EVENT_KINDS),
  ticket_id: nullable(text),
  message_id: nullable(text),
  actor_id: nullable(text),
  credential_id: nullable(text),
  dialect: text,
  request_id: text,
  at: text,
  before: data,
  after: data,
  /** Absent in results that were stored before there was any. */
  undoes: Type.Optional(nullable(Type.Integer())),
})
export type EventRow = Static<typeof EventRow>

export function eventOf(row: EventRow): Event {
  return {
    id: row.id,
    position: row.position,
    kind: row.kind,
    ticketId: row.ticket_id,
    messageId: row.message_id,
    actorId: row.actor_id,
    credentialId: row.credential_id,
    dialect: row.dialect,
    requestId: row.request_id,
    at: instant(row.at),
    before: row.before,
    after: row.after,
    undoes: row.undoes ?? null,
  }
}
