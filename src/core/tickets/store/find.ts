import type { BatchKind } from '../../../storage/batch.ts'
import { statement } from '../../../storage/statement.ts'
import { MESSAGE_VIEW, MessageRow, TICKET_VIEW, TicketRow, ticketOf } from '../rows.ts'
import type { Ticket } from '../ticket.ts'

const BY_ID = statement(
  'ticket.by_id',
  TicketRow,
  `select ${TICKET_VIEW} from tickets t where t.tenant_id = $1 and t.id = any ($2::uuid[])`,
)

const BY_INTEGER = statement(
  'ticket.by_integer',
  TicketRow,
  `select ${TICKET_VIEW} from tickets t where t.tenant_id = $1 and t.integer = any ($2::bigint[])`,
)

/** The ticket that has, or had before it moved, the number `$3` on the desk `$2`; whoever asks. */
export const BY_NUMBER = statement(
  'ticket.by_number',
  TicketRow,
  `select ${TICKET_VIEW} from tickets t where t.tenant_id = $1 and t.id = coalesce(
    (select n.id from tickets n where n.tenant_id = $1 and n.desk_id = $2 and n.number = $3),
    (select f.ticket_id from former_numbers f where f.tenant_id = $1 and f.desk_id = $2 and f.number = $3))`,
)

/** Tickets by UUID, whoever asks: sight is the caller's business. */
export const FIND_BY_ID: BatchKind<string, TicketRow, Ticket | null> = {
  name: 'ticket.by_id',
  readOnly: true,
  targets: () => [],
  statement: (tenantId, ids) => ({ statement: BY_ID, values: [tenantId, [...new Set(ids)]] }),
  outcomes: (ids, rows) => {
    const found = new Map(rows.map((row) => [row.id, ticketOf(row)]))
    return ids.map((id) => found.get(id) ?? null)
  },
}

/** Tickets by their integer, as `FIND_BY_ID`. */
export const FIND_BY_INTEGER: BatchKind<number, TicketRow, Ticket | null> = {
  name: 'ticket.by_integer',
  readOnly: true,
  targets: () => [],
  statement: (tenantId, integers) => ({ statement: BY_INTEGER, values: [tenantId, [...new Set(integers)]] }),
  outcomes: (integers, rows) => {
    const found = new Map(rows.map((row) => [row.integer, ticketOf(row)]))
    return integers.map((integer) => found.get(integer) ?? null)
  },
}

/** Messages by UUID, `$2`, with their authors; whoever asks. */
export const MESSAGES_BY_ID = statement(
  'message.by_id',
  MessageRow,
  `select ${MESSAGE_VIEW} from messages m left join users u on u.tenant_id = $1 and u.id = m.author_id
where m.tenant_id = $1 and m.id = any ($2::uuid[]) order by m.integer`,
)
