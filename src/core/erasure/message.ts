import { eraseFiles } from '../attachments/commands.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { callInput } from '../idempotency/claimed.ts'
import { CALL_KEPT, once } from '../idempotency/store.ts'
import { type Actor, may } from '../identity/actor.ts'
import type { MessageRef } from '../messages/message.ts'
import { MESSAGE_PLACE, type PlaceRow } from '../messages/store.ts'
import { findTickets, getTicket } from '../tickets/queries/find.ts'
import type { Ticket, TicketRef } from '../tickets/ticket.ts'
import { eraseMessage } from './store/message.ts'

/** What a message must be, beside being in sight. */
export interface DeleteOptions {
  /** The ticket that it is on. */
  readonly ticket?: TicketRef
  /** Internal messages and the opening one are nothing that this caller can name. */
  readonly onlyReplies?: boolean
}

/**
 * Erases a message with its files. Authors may erase their own, others' need `message.delete`.
 *
 * @throws Refusal `not_found`, `forbidden`, `idempotency_mismatch`
 */
export async function deleteMessage(ctx: Context, ref: MessageRef, options: DeleteOptions = {}): Promise<void> {
  await once(
    ctx,
    CALL_KEPT,
    async () => {
      const { place, ticket } = await messageInSight(ctx, ref, options)
      if (!mayDelete(ctx.actor, place, ticket.deskId)) refuse({ code: 'forbidden', permission: 'message.delete' })
      const call = { id: place.id, ticket_id: ticket.id, ...callInput(ctx) }
      const [gone] = await ctx.store.run(eraseMessage(ctx.tenant.id, call))
      if (!gone) return undefined
      await eraseFiles(ctx, gone.files)
      return gone
    },
    () => null,
  )
}

async function messageInSight(
  ctx: Context,
  ref: MessageRef,
  options: DeleteOptions,
): Promise<{ readonly place: PlaceRow; readonly ticket: Ticket }> {
  const unseen = (): never => refuse({ code: 'not_found', missing: 'message' })
  // Whoever names a ticket that is out of sight is told of the ticket.
  const named = options.ticket && (await getTicket(ctx, options.ticket))
  const [id, integer] = 'id' in ref ? [ref.id, null] : [null, ref.integer]
  const [place] = await ctx.store.run(MESSAGE_PLACE.with({ tenant_id: ctx.tenant.id, id, integer }))
  if (!place || (named && named.id !== place.ticket_id)) return unseen()
  const ticket = named ?? (await ticketOrUnseen(ctx, place.ticket_id, unseen))
  if (options.onlyReplies && (place.is_opening || place.visibility === 'internal')) return unseen()
  const isHidden = !may(ctx.actor, 'message.read_internal', ticket.deskId)
  if (place.visibility === 'internal' && isHidden) return unseen()
  return { place, ticket }
}

async function ticketOrUnseen(ctx: Context, id: string, unseen: () => never): Promise<Ticket> {
  const [ticket] = await findTickets(ctx, [{ id }])
  return ticket ?? unseen()
}

function mayDelete(actor: Actor, place: PlaceRow, deskId: string): boolean {
  if (may(actor, 'message.delete', deskId)) return true
  const needed = place.visibility === 'public' ? 'message.reply' : 'message.note'
  return place.author_id === actor.user.id && may(actor, needed, deskId)
}
