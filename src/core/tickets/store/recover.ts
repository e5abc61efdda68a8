import type { Static } from 'typebox'
import type { Database } from '../../../storage/database.ts'
import { Sql } from '../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../storage/statement.ts'
import { EVENT_VIEW, EventRow, eventOf } from '../../events/rows.ts'
import { messageOf, ticketOf } from '../rows.ts'
import type { WriteOutcome } from './answers.ts'
import { FIND_BY_ID, MESSAGES_BY_ID } from './find.ts'

/** What became of calls whose connection was lost. */

const EVENTS_OF_TICKETS = statement(
  'event.of_tickets',
  { takes: { tenant_id: Sql.uuid, ticket_ids: Sql.array(Sql.uuid) }, row: EventRow },
  `select ${EVENT_VIEW} from events e where e.tenant_id = :tenant_id and e.ticket_id = any (:ticket_ids::uuid[]) order by e.position`,
)

export function eventsOfTickets(
  tenantId: string,
  ticketIds: readonly string[],
): BoundStatement<Static<typeof EventRow>> {
  return EVENTS_OF_TICKETS.with({ tenant_id: tenantId, ticket_ids: ticketIds })
}

/** A call that recorded its events has committed; its answer is then made of what stands now. */
export async function recoverByEvents<Call>(
  database: Database,
  tenantId: string,
  calls: readonly Call[],
  wrote: (call: Call) => { readonly ticketIds: readonly string[]; readonly eventIds: readonly string[] },
): Promise<(WriteOutcome | undefined)[]> {
  const ticketIds = calls.flatMap((call) => wrote(call).ticketIds)
  const events = await database.run(eventsOfTickets(tenantId, ticketIds))
  const byId = new Map(events.map((event) => [event.id, eventOf(event)]))
  const tickets = await database.run(FIND_BY_ID.statement(tenantId, ticketIds))
  const messageIds = events.flatMap((event) => (event.kind === 'message.added' ? (event.message_id ?? []) : []))
  const messages = await database.run(MESSAGES_BY_ID.with({ tenant_id: tenantId, ids: messageIds }))
  return calls.map((call) => {
    const recorded = wrote(call).eventIds.flatMap((id) => byId.get(id) ?? [])
    if (recorded.length === 0) return undefined
    const wanted = new Set(wrote(call).ticketIds)
    const said = new Set(recorded.map((event) => event.messageId))
    return {
      done: {
        tickets: tickets.filter((row) => wanted.has(row.id)).map(ticketOf),
        events: recorded,
        messages: messages.filter((row) => said.has(row.id)).map(messageOf),
      },
    }
  })
}
