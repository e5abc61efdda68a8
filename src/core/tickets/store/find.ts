import type { BatchKind } from '../../../storage/batch.ts'
import { Sql, type SqlType } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { TITLE_CHARACTERS } from '../../bounds.ts'
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

/** The ticket that has, or had before it moved, a number on a desk; whoever asks. */
export const BY_NUMBER = statement(
  'ticket.by_number',
  { takes: { tenant_id: Sql.uuid, desk_id: Sql.uuid, number: Sql.integer }, row: TicketRow },
  `select ${TICKET_VIEW} from tickets t where t.tenant_id = :tenant_id and t.id = coalesce(
    (select n.id from tickets n where n.tenant_id = :tenant_id and n.desk_id = :desk_id and n.number = :number),
    (select f.ticket_id from former_numbers f where f.tenant_id = :tenant_id and f.desk_id = :desk_id and f.number = :number))`,
)

const BRIEF = describedBriefly(TITLE_CHARACTERS)

/** Tickets by UUID, whoever asks: sight is the caller's business. */
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
    `select ${ticketView(description)} from tickets t where t.tenant_id = :tenant_id and t.${column} = any (:keys::${type.sql}[])`,
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

/** Tickets by UUID as rules take them, without their people; whoever asks. */
export const STATES_BY_ID = statement(
  'ticket.states_by_id',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: TicketLine },
  `select ${ticketLine(BRIEF)} from tickets t where t.tenant_id = :tenant_id and t.id = any (:ids::uuid[])`,
)

/** Messages by UUID, with their authors; whoever asks. */
export const MESSAGES_BY_ID = statement(
  'message.by_id',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: MessageRow },
  `select ${MESSAGE_VIEW} from messages m left join users u on u.tenant_id = :tenant_id and u.id = m.author_id
where m.tenant_id = :tenant_id and m.id = any (:ids::uuid[]) order by m.integer`,
)
