import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { EVENT_VIEW, EventRow, eventOf } from './rows.ts'
import type { RecordedEvent } from './sight.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const RecordedRow = Type.Object({
  ...EventRow.properties,
  subject_id: nullable(Type.String()),
  desk_id: nullable(Type.String()),
  requester_id: nullable(Type.String()),
  assignee_id: nullable(Type.String()),
  visibility: nullable(Type.Enum(['public', 'internal'])),
})
type RecordedRow = Static<typeof RecordedRow>

/**
 * The next events of a tenant's log. Positions are taken under the lock of the tenant's counters until the commit: whoever
 * sees one sees all before it.
 */
export const EVENTS_AFTER = statement(
  'event.after',
  { takes: { tenant_id: Sql.uuid, after: Sql.bigint, limit: Sql.bigint }, row: RecordedRow },
  `select ${EVENT_VIEW}, e.subject_id, e.desk_id, e.requester_id, e.assignee_id, e.visibility
from events e where e.tenant_id = :tenant_id and e.position > :after order by e.position limit :limit`,
)

/** The latest events of some kinds that are about no ticket, those before a position. */
export const AUDITED_EVENTS = statement(
  'event.audited',
  {
    takes: {
      tenant_id: Sql.uuid,
      kinds: Sql.array(Sql.text),
      actor_id: Sql.nullable(Sql.uuid),
      from: Sql.nullable(Sql.timestamptz),
      to: Sql.nullable(Sql.timestamptz),
      before: Sql.nullable(Sql.bigint),
      limit: Sql.bigint,
    },
    row: RecordedRow,
  },
  `select ${EVENT_VIEW}, e.subject_id, e.desk_id, e.requester_id, e.assignee_id, e.visibility
from events e
where e.tenant_id = :tenant_id and e.ticket_id is null and e.kind = any (:kinds::text[])
  and (:actor_id::uuid is null or e.actor_id = :actor_id::uuid)
  and (:from::timestamptz is null or e.at >= :from::timestamptz) and (:to::timestamptz is null or e.at < :to::timestamptz)
  and (:before::bigint is null or e.position < :before::bigint)
order by e.position desc limit :limit`,
)

export const LATEST_POSITION = statement(
  'event.latest_position',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ position: Type.Integer() }) },
  'select c.event_position as position from tenant_counters c where c.tenant_id = :tenant_id',
)

export function recordedEventOf(row: RecordedRow): RecordedEvent {
  return {
    ...eventOf(row),
    subjectId: row.subject_id,
    deskId: row.desk_id,
    requesterId: row.requester_id,
    assigneeId: row.assignee_id,
    visibility: row.visibility,
  }
}
