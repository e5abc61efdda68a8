import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type { ShownTicket } from '../../../core/tickets/queries/list.ts'
import { createShelf, type Shelf } from '../../../core/tickets/shelf.ts'
import type { Person, Ticket } from '../../../core/tickets/ticket.ts'
import { namesOf } from '../names.ts'
import { encodePerson, encodeTicket } from './codec.ts'

/**
 * The JSON of a ticket without the people on it: what is before the requester, between the two, and behind the assignee.
 * A list is mostly the making of JSON, and most tickets of a list were in the one before.
 */
export type TicketText = readonly [string, string, string]

/** Characters of JSON that are kept: some 50,000 tickets with texts of a few lines. */
const MOST_KEPT = 64 * 1_048_576

export function createTicketShelf(): Shelf<TicketText> {
  return createShelf(MOST_KEPT, ([first, second, third]) => first.length + second.length + third.length)
}

// Within a text the quotes would be escaped, so these are the fields themselves.
const REQUESTER = '"requester":'
const ASSIGNEE = '"assignee":'
const NOBODY = 'null'

/** The JSON of a ticket whose people are left out. */
export function textOf(tenant: Tenant, ticket: Ticket): TicketText {
  const json = JSON.stringify(encodeTicket(namesOf(tenant), ticket))
  const requester = json.indexOf(REQUESTER + NOBODY) + REQUESTER.length
  const assignee = json.indexOf(ASSIGNEE + NOBODY, requester) + ASSIGNEE.length
  return [
    json.slice(0, requester),
    json.slice(requester + NOBODY.length, assignee),
    json.slice(assignee + NOBODY.length),
  ]
}

/** The JSON of a list of tickets. */
export function listText(tickets: readonly ShownTicket<TicketText>[], next: string | null): string {
  const known = new Map<string, string>()
  function personText(person: Person | null): string {
    if (person === null) return NOBODY
    const key = `${person.id} ${person.membership?.role}`
    const text = known.get(key) ?? JSON.stringify(encodePerson(person))
    known.set(key, text)
    return text
  }
  const parts = tickets.map(
    ({ shown: [first, second, third], requester, assignee }) =>
      first + personText(requester) + second + personText(assignee) + third,
  )
  return `{"data":[${parts.join(',')}],"next":${JSON.stringify(next)}}`
}
