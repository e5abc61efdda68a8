import type { Readable } from 'node:stream'
import type { TicketFile } from '../../attachments/attachment.ts'
import { FILES_OF_TICKET, ticketFileOf } from '../../attachments/store.ts'
import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { may } from '../../identity/actor.ts'
import type { Ticket, TicketRef } from '../ticket.ts'
import { getTicket } from './find.ts'

/** Files that are handed out together at the most: what is told of each is in memory meanwhile. */
export const FILES_AT_ONCE = 10_000

/** The files of a ticket, and what opens each in its turn. */
export interface TicketFiles {
  readonly ticket: Ticket
  readonly files: readonly TicketFile[]
  /** The bytes of one. @throws Refusal `unavailable` when it was erased meanwhile @throws StoreUnavailable */
  open(file: TicketFile): Promise<Readable>
}

/**
 * The files of all messages of a ticket, in their order; those of notes only with `message.read_internal`.
 *
 * @throws Refusal `not_found`, `forbidden`, `conflict` where there are too many to be handed out together, `unavailable`
 */
export async function getFiles(ctx: Context, ref: TicketRef): Promise<TicketFiles> {
  const ticket = await getTicket(ctx, ref)
  const { store } = ctx.store.files ?? refuse({ code: 'unavailable' })
  const rows = await ctx.store.run(
    FILES_OF_TICKET.with({
      tenant_id: ctx.tenant.id,
      ticket_id: ticket.id,
      with_notes: may(ctx.actor, 'message.read_internal', ticket.deskId),
      limit: FILES_AT_ONCE + 1,
    }),
  )
  if (rows.length > FILES_AT_ONCE)
    refuse({ code: 'conflict', message: `There are more than ${FILES_AT_ONCE} files: load them one by one.` })
  return {
    ticket,
    files: rows.map(ticketFileOf),
    // Whoever asks once more is told of those that are there by then.
    open: async ({ id }) => (await store.open({ tenantId: ctx.tenant.id, id })) ?? refuse({ code: 'unavailable' }),
  }
}
