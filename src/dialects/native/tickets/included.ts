import type { Context } from '../../../core/context.ts'
import { marksOn } from '../../../core/marks/commands.ts'
import { abilitiesOn } from '../../../core/tickets/rules/abilities.ts'
import type { Ticket } from '../../../core/tickets/ticket.ts'
import type { Included, TicketAnswer } from './schema.ts'

/** What else is shown of each ticket, for this caller and at this moment: looked up for all of them at once. */
export async function includedOf(
  ctx: Context,
  included: ReadonlySet<Included>,
  tickets: readonly Ticket[],
): Promise<(ticket: Ticket) => Pick<TicketAnswer, Included | 'read_position'>> {
  const ids = included.has('unread') ? tickets.map(({ id }) => id) : []
  const marks = await marksOn(ctx, ids)
  return (ticket) => ({
    ...(included.has('unread') && {
      unread: marks.get(ticket.id)?.isUnread ?? false,
      read_position: marks.get(ticket.id)?.position ?? 0,
    }),
    ...(included.has('abilities') && { abilities: [...abilitiesOn(ctx.actor, ticket)] }),
  })
}
