import type { NewLink } from '../../../core/tickets/commands/links.ts'
import type { ShownLink } from '../../../core/tickets/queries/links.ts'
import type { Names } from '../names.ts'
import type { LinkAnswer, NewLinkBody } from './schema.ts'

export function decodeNewLink({ relation, ticket }: NewLinkBody): NewLink {
  return { relation, ticket: typeof ticket === 'number' ? { integer: ticket } : { id: ticket.toLowerCase() } }
}

export function encodeLink(names: Names, { id, relation, ticket, createdAt }: ShownLink): LinkAnswer {
  const { id: ticketId, integer, number, deskId, title, status } = ticket
  return {
    id,
    relation,
    ticket: { id: ticketId, integer, number, desk: names.desk(deskId), title, status },
    created_at: createdAt,
  }
}
