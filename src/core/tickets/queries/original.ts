import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { demand } from '../../identity/actor.ts'
import { type Instant, instant } from '../../instant.ts'
import type { MessageRef } from '../../messages/message.ts'
import { ORIGINAL, type OriginalRow } from '../../messages/store.ts'
import type { TicketRef } from '../ticket.ts'
import { getTicket } from './find.ts'

/** A message as it came in. Whoever renders HTML of it runs what is in it. */
export interface Original {
  readonly id: string
  readonly integer: number
  readonly format: 'text' | 'html'
  readonly original: string
  /** What made its safe form, and by which rules (`RENDERING`); null for text. */
  readonly sanitizer: string | null
  readonly rendering: number | null
  readonly createdAt: Instant
}

/**
 * A message as it came in, for who works on the desk of its ticket: whoever may read internal messages there.
 *
 * @throws Refusal `not_found`, `forbidden`
 */
export async function getOriginal(ctx: Context, ticketRef: TicketRef, ref: MessageRef): Promise<Original> {
  const ticket = await getTicket(ctx, ticketRef)
  demand(ctx.actor, 'message.read_internal', ticket.deskId)
  const [id, integer] = 'id' in ref ? [ref.id, null] : [null, ref.integer]
  const [row] = await ctx.store.run(ORIGINAL.with({ tenant_id: ctx.tenant.id, ticket_id: ticket.id, id, integer }))
  return row ? originalOf(row) : refuse({ code: 'not_found', missing: 'message' })
}

function originalOf({ created_at, ...row }: OriginalRow): Original {
  return { ...row, createdAt: instant(created_at) }
}
