import type { BatchKind } from '../../../storage/batch.ts'
import { statement } from '../../../storage/statement.ts'
import { TITLE_CHARACTERS } from '../../bounds.ts'
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

/** The ticket that has, or had before it moved, the number `$3` on the desk `$2`; whoever asks. */
export const BY_NUMBER = statement(
  'ticket.by_number',
  TicketRow,
  `select ${TICKET_VIEW} from tickets t where t.tenant_id = $1 and t.id = coalesce(
    (select n.id from tickets n where n.tenant_id = $1 and n.desk_id = $2 and n.number = $3),
    (select f.ticket_id from former_numbers f where f.tenant_id = $1 and f.desk_id = $2 and f.number = $3))`,
)

const BRIEF = describedBriefly(TITLE_CHARACTERS)

/** Tickets by UUID, whoever asks: sight is the caller's business. */
export const FIND_BY_ID = finding<string>('ticket.by_id', 't.id = any ($2::uuid[])', ({ id }) => id)

/** Tickets by their integer, as `FIND_BY_ID`. */
export const FIND_BY_INTEGER = finding<number>(
  'ticket.by_integer',
  't.integer = any ($2::bigint[])',
  (row) => row.integer,
)

/** As these two, with descriptions that are cut, for whoever needs many tickets: theirs together can be anything. */
export const FIND_MANY_BY_ID = finding<string>('ticket.many_by_id', 't.id = any ($2::uuid[])', ({ id }) => id, BRIEF)
export const FIND_MANY_BY_INTEGER = finding<number>(
  'ticket.many_by_integer',
  't.integer = any ($2::bigint[])',
  (row) => row.integer,
  BRIEF,
)

function finding<Key>(
  name: string,
  condition: string,
  keyOf: (row: TicketRow) => Key,
  description?: string,
): BatchKind<Key, TicketRow, Ticket | null> {
  const select = statement(
    name,
    TicketRow,
    `select ${ticketView(description)} from tickets t where t.tenant_id = $1 and ${condition}`,
  )
  const read = (row: TicketRow): Ticket => (description ? cutTo(TITLE_CHARACTERS, ticketOf(row)) : ticketOf(row))
  return {
    name,
    readOnly: true,
    targets: () => [],
    statement: (tenantId, keys) => ({ statement: select, values: [tenantId, [...new Set(keys)]] }),
    outcomes: (keys, rows) => {
      const found = new Map(rows.map((row) => [keyOf(row), read(row)]))
      return keys.map((key) => found.get(key) ?? null)
    },
  }
}

/** Messages by UUID, `$2`, with their authors; whoever asks. */
export const MESSAGES_BY_ID = statement(
  'message.by_id',
  MessageRow,
  `select ${MESSAGE_VIEW} from messages m left join users u on u.tenant_id = $1 and u.id = m.author_id
where m.tenant_id = $1 and m.id = any ($2::uuid[]) order by m.integer`,
)
