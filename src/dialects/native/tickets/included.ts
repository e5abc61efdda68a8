import type { Context } from '../../../core/context.ts'
import { deliveriesOf } from '../../../core/mail/outgoing/outbox.ts'
import { marksOn } from '../../../core/marks/commands.ts'
import type { Message } from '../../../core/messages/message.ts'
import type { Conditions } from '../../../core/query/conditions.ts'
import { snippetsFor } from '../../../core/query/list.ts'
import type { Snippet } from '../../../core/search/snippets.ts'
import { linksOn } from '../../../core/tickets/queries/links.ts'
import { abilitiesOn } from '../../../core/tickets/rules/abilities.ts'
import type { Ticket } from '../../../core/tickets/ticket.ts'
import { encodeDelivery } from '../letters/codec.ts'
import { encodeLink } from '../links/codec.ts'
import { namesOf } from '../names.ts'
import type { Included, MessageAnswer, MessageIncluded, TicketAnswer } from './schema.ts'

/**
 * What else is shown of each ticket, for this caller and at this moment: looked up for all of them at once.
 *
 * @param asked what the list was asked for, whose words the snippets show
 */
export async function includedOf(
  ctx: Context,
  included: ReadonlySet<Included>,
  tickets: readonly Ticket[],
  asked: Conditions = {},
): Promise<(ticket: Ticket) => Pick<TicketAnswer, 'unread' | 'read_position' | 'abilities' | 'links' | 'snippet'>> {
  const ids = included.has('unread') ? tickets.map(({ id }) => id) : []
  const marks = await marksOn(ctx, ids)
  const links = included.has('links')
    ? await linksOn(
        ctx,
        tickets.map(({ id }) => id),
      )
    : null
  const names = namesOf(ctx.tenant)
  const snippets = included.has('snippets') ? await snippetsFor(ctx, asked, tickets) : null
  return (ticket) => ({
    ...(included.has('unread') && {
      unread: marks.get(ticket.id)?.isUnread ?? false,
      read_position: marks.get(ticket.id)?.position ?? 0,
    }),
    ...(included.has('abilities') && { abilities: [...abilitiesOn(ctx.actor, ticket)] }),
    ...(links && { links: (links.get(ticket.id) ?? []).map((link) => encodeLink(names, link)) }),
    ...(snippets && { snippet: encodeSnippet(snippets.get(ticket.id)) }),
  })
}

/** What else is shown of each message: nothing unless it was asked for. */
export async function includedOfMessages(
  ctx: Context,
  included: ReadonlySet<MessageIncluded>,
  messages: readonly Pick<Message, 'id'>[],
): Promise<ShownOfMessage> {
  if (!included.has('delivery')) return () => ({})
  const deliveries = await deliveriesOf(ctx, messages)
  return ({ id }) => {
    const delivery = deliveries.get(id)
    return { delivery: delivery ? encodeDelivery(delivery) : null }
  }
}

export type ShownOfMessage = (message: Pick<Message, 'id'>) => Pick<MessageAnswer, 'delivery'>

function encodeSnippet(snippet: Snippet | undefined): NonNullable<TicketAnswer['snippet']> | null {
  if (!snippet) return null
  const { text, marks, messageId } = snippet
  return { text, marks: marks.map(({ at, length }) => ({ at, length })), message: messageId }
}
