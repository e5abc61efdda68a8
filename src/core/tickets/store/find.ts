import { Type } from 'typebox'
import type { BatchKind } from '../../../storage/batch.ts'
import { Sql, type SqlType } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { TITLE_CHARACTERS } from '../../bounds.ts'
import { EVENT_VIEW, EventRow } from '../../events/rows.ts'
import { TicketLine, ticketLine } from '../fields.ts'
import {
  cutTo,
  describedBriefly,
  MESSAGE_VIEW,
  MessageRow,
  TICKET_VIEW,
  TicketRow,
  ticketOf,
  ticketView,
} from '../rows.ts'
import type { Ticket } from '../ticket.ts'
import { waysFrom } from './family.ts'

/** The ticket that has, or had before it moved or was merged, a number on a desk; whoever asks. */
export const BY_NUMBER = statement(
  'ticket.by_number',
  { takes: { tenant_id: Sql.uuid, desk_id: Sql.uuid, number: Sql.integer }, row: TicketRow },
  `with recursive ${waysFrom(
    'ways',
    `select t.id as key, t.id, t.merged_into from tickets t where t.tenant_id = :tenant_id and t.id = coalesce(
    (select n.id from tickets n where n.tenant_id = :tenant_id and n.desk_id = :desk_id and n.number = :number),
    (select f.ticket_id from former_numbers f where f.tenant_id = :tenant_id and f.desk_id = :desk_id and f.number = :number))`,
  )}
select ${TICKET_VIEW} from ways w join tickets t on t.tenant_id = :tenant_id and t.id = w.id where w.merged_into is null`,
)

const BRIEF = describedBriefly(TITLE_CHARACTERS)

/** Tickets by UUID, whoever asks: sight is the caller's business. None that was merged into another. */
export const FIND_BY_ID = finding('ticket.by_id', 'id', Sql.uuid, ({ id }) => id)

/** Tickets by their integer, as `FIND_BY_ID`. */
export const FIND_BY_INTEGER = finding('ticket.by_integer', 'integer', Sql.bigint, ({ integer }) => integer)

/** As these two, with descriptions that are cut, for whoever needs many tickets: theirs together can be anything. */
export const FIND_MANY_BY_ID = finding('ticket.many_by_id', 'id', Sql.uuid, ({ id }) => id, BRIEF)
export const FIND_MANY_BY_INTEGER = finding(
  'ticket.many_by_integer',
  'integer',
  Sql.bigint,
  ({ integer }) => integer,
  BRIEF,
)

function finding<Key>(
  name: string,
  column: 'id' | 'integer',
  type: SqlType<Key>,
  keyOf: (row: TicketRow) => Key,
  description?: string,
): BatchKind<Key, TicketRow, Ticket | null> {
  const select = statement(
    name,
    { takes: { tenant_id: Sql.uuid, keys: Sql.array(type) }, row: TicketRow },
    `select ${ticketView(description)} from tickets t where t.tenant_id = :tenant_id and t.${column} = any (:keys::${type.sql}[]) and t.merged_into is null`,
  )
  const read = (row: TicketRow): Ticket => (description ? cutTo(TITLE_CHARACTERS, ticketOf(row)) : ticketOf(row))
  return {
    name,
    readOnly: true,
    targets: () => [],
    statement: (tenantId, keys) => select.with({ tenant_id: tenantId, keys: [...new Set(keys)] }),
    outcomes: (keys, rows) => {
      const found = new Map(rows.map((row) => [keyOf(row), read(row)]))
      return keys.map((key) => found.get(key) ?? null)
    },
  }
}

const LedRow = Type.Object({ ...TicketRow.properties, sought_id: Type.String(), sought_integer: Type.Integer() })

/**
 * The tickets that stay of those by UUID or integer, also where these were merged into others. Asked where the statements
 * above found none, so that whoever names a ticket by its own name pays nothing for it.
 */
export const LED = leading('ticket.led')

/** As this, with descriptions that are cut. */
export const LED_MANY = leading('ticket.led_many', BRIEF)

function leading(name: string, description?: string) {
  const takes = { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid), integers: Sql.array(Sql.bigint) }
  return statement(
    name,
    { takes, row: LedRow },
    `with recursive ${waysFrom(
      'ways',
      `select t.id as key, t.id, t.merged_into from tickets t
  where t.tenant_id = :tenant_id and (t.id = any (:ids::uuid[]) or t.integer = any (:integers::bigint[]))`,
    )}
select ${ticketView(description)}, s.id as sought_id, s.integer as sought_integer
from ways w join tickets t on t.tenant_id = :tenant_id and t.id = w.id join tickets s on s.tenant_id = :tenant_id and s.id = w.key
where w.merged_into is null`,
  )
}

/** Of some tickets by UUID those that were merged, and which stays in the place of each. */
export const STAYING = statement(
  'ticket.staying',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) },
    row: Type.Object({ sought_id: Type.String(), id: Type.String() }),
  },
  `with recursive ${waysFrom(
    'ways',
    `select t.id as key, t.id, t.merged_into from tickets t
  where t.tenant_id = :tenant_id and t.id = any (:ids::uuid[]) and t.merged_into is not null`,
  )}
select w.key as sought_id, w.id from ways w where w.merged_into is null`,
)

const MergedRow = Type.Object({ ...TicketRow.properties, merged_into: Type.String() })

/** A ticket that was merged into another, by its own UUID or integer; whoever asks. */
export const MERGED = statement(
  'ticket.merged',
  { takes: { tenant_id: Sql.uuid, id: Sql.nullable(Sql.uuid), integer: Sql.nullable(Sql.bigint) }, row: MergedRow },
  `select ${TICKET_VIEW}, t.merged_into from tickets t
where t.tenant_id = :tenant_id and (t.id = :id::uuid or t.integer = :integer::bigint) and t.merged_into is not null`,
)

/** The event by which a ticket last took in another one. */
export const ABSORBED = statement(
  'event.absorbed',
  { takes: { tenant_id: Sql.uuid, into_id: Sql.uuid, from_id: Sql.uuid }, row: EventRow },
  `select ${EVENT_VIEW} from events e
where e.tenant_id = :tenant_id and e.ticket_id = :into_id and e.kind = 'ticket.absorbed' and e.after ->> 'ticket_id' = :from_id::uuid::text
order by e.position desc limit 1`,
)

/** Tickets by UUID as rules take them, without their people; whoever asks. */
export const STATES_BY_ID = statement(
  'ticket.states_by_id',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: TicketLine },
  `select ${ticketLine(BRIEF)} from tickets t where t.tenant_id = :tenant_id and t.id = any (:ids::uuid[]) and t.merged_into is null`,
)

/** Messages by UUID, with their authors; whoever asks. */
export const MESSAGES_BY_ID = statement(
  'message.by_id',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: MessageRow },
  `select ${MESSAGE_VIEW} from messages m left join users u on u.tenant_id = :tenant_id and u.id = m.author_id
where m.tenant_id = :tenant_id and m.id = any (:ids::uuid[]) order by m.integer`,
)
