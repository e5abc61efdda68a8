import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { EVENT_VIEW, EventRow, eventOf } from '../../events/rows.ts'
import type { LogEntry } from '../rules/past.ts'
import { oneOf } from './conversation.ts'

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const LogRow = Type.Object({
  ...EventRow.properties,
  desk_id: orNull(Type.String()),
  requester_id: orNull(Type.String()),
  visibility: orNull(Type.Enum(['public', 'internal'])),
  author_role: orNull(Type.Enum(['requester', 'agent'])),
})

/** The numbers that a ticket had on desks before it moved away. */
export const FORMER_NUMBERS = statement(
  'ticket.former_numbers',
  {
    takes: { tenant_id: Sql.uuid, ticket_id: Sql.uuid },
    row: Type.Object({ desk_id: Type.String(), number: Type.Integer() }),
  },
  'select f.desk_id, f.number from former_numbers f where f.tenant_id = :tenant_id and f.ticket_id = :ticket_id',
)

/** What was recorded of a ticket, oldest first: the latest of it. */
export const LOG_OF_TICKET = statement(
  'event.log_of_ticket',
  { takes: { tenant_id: Sql.uuid, ticket_id: Sql.uuid, limit: Sql.bigint }, row: LogRow },
  `select ${EVENT_VIEW}, e.desk_id, e.requester_id, e.visibility,
  coalesce(e.after ->> 'author_role', e.before ->> 'author_role', m.author_role) as author_role
from (
  select * from events v where v.tenant_id = :tenant_id and v.ticket_id = :ticket_id order by v.position desc limit :limit
) e ${oneOf('messages', "(case e.kind when 'ticket.created' then e.message_id end)", 'm')}
order by e.position`,
)

export function logEntryOf(row: Static<typeof LogRow>): LogEntry {
  const { desk_id: deskId, requester_id: requesterId, visibility, author_role: authorRole } = row
  return { ...eventOf(row), deskId, requesterId, visibility, authorRole }
}
