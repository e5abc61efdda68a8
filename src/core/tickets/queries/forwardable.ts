import type { Forwardable } from '../../attachments/attachment.ts'
import { FILES_OF_MESSAGES } from '../../attachments/store.ts'
import type { Context } from '../../context.ts'
import { may } from '../../identity/actor.ts'
import { findTickets } from './find.ts'

/** The files behind integers that the caller sees: of messages on tickets in sight, of notes only for who may read them. */
export async function findForwardable(ctx: Context, integers: readonly number[]): Promise<readonly Forwardable[]> {
  if (integers.length === 0) return []
  const rows = await ctx.store.run(FILES_OF_MESSAGES.with({ tenant_id: ctx.tenant.id, integers }))
  const ticketIds = [...new Set(rows.map((row) => row.ticket_id))]
  const tickets = await findTickets(
    ctx,
    ticketIds.map((id) => ({ id })),
  )
  const seen = new Map(tickets.flatMap((ticket) => (ticket ? [[ticket.id, ticket]] : [])))
  return rows.flatMap(({ ticket_id, visibility, ...file }) => {
    const ticket = seen.get(ticket_id)
    const isSeen = ticket && (visibility === 'public' || may(ctx.actor, 'message.read_internal', ticket.deskId))
    return isSeen ? file : []
  })
}
