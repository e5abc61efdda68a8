import { Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'

const TicketId = Type.Object({ ticket_id: Type.String() })

/** Sets how far a person has read a ticket: never back, and never beyond what there is. */
export const MARK_READ = statement(
  'mark.read',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, ticket_id: Sql.uuid, position: Sql.nullable(Sql.bigint) },
    row: TicketId,
  },
  `insert into read_marks as k (tenant_id, user_id, ticket_id, position)
select :tenant_id, :user_id, t.id, least(coalesce(:position::bigint, t.change_position), t.change_position)
from tickets t where t.tenant_id = :tenant_id and t.id = :ticket_id
on conflict (tenant_id, user_id, ticket_id) do update set position = greatest(k.position, excluded.position)
returning k.ticket_id`,
)

export const MARK_UNREAD = statement(
  'mark.unread',
  { takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, ticket_id: Sql.uuid }, row: TicketId },
  `insert into read_marks as k (tenant_id, user_id, ticket_id, position)
select :tenant_id, :user_id, t.id, 0 from tickets t where t.tenant_id = :tenant_id and t.id = :ticket_id
on conflict (tenant_id, user_id, ticket_id) do update set position = 0
returning k.ticket_id`,
)

/** From now on, for whoever never began before. */
export const BEGIN_READING = statement(
  'mark.begin',
  { takes: { tenant_id: Sql.uuid, user_id: Sql.uuid }, row: Type.Object({ user_id: Type.String() }) },
  `insert into read_beginnings as b (tenant_id, user_id, position)
select :tenant_id, :user_id, c.event_position from tenant_counters c where c.tenant_id = :tenant_id
on conflict do nothing returning b.user_id`,
)

/** SQL of how far a person has read a ticket `t`. @param userId SQL of who it is. */
function readPosition(userId: string): string {
  return `coalesce(
    (select k.position from read_marks k where k.tenant_id = :tenant_id and k.user_id = ${userId} and k.ticket_id = t.id),
    (select b.position from read_beginnings b where b.tenant_id = :tenant_id and b.user_id = ${userId}), 0)`
}

/**
 * SQL of whether a ticket `t` is unread to a person.
 *
 * @param userId SQL of who it is.
 */
export function isUnread(userId: string): string {
  return `t.change_position > ${readPosition(userId)}`
}

/** How far a person has read some tickets, and whether there is more. */
export const MARKS_ON = statement(
  'mark.on',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, ticket_ids: Sql.array(Sql.uuid) },
    row: Type.Object({ ...TicketId.properties, position: Type.Integer(), is_unread: Type.Boolean() }),
  },
  `select m.id as ticket_id, m.position, m.change_position > m.position as is_unread
from (select t.id, t.change_position, ${readPosition(':user_id')} as position from tickets t
  where t.tenant_id = :tenant_id and t.id = any (:ticket_ids::uuid[])) m`,
)
