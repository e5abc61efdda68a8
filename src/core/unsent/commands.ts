import { boundsOf } from '../bounds.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demand } from '../identity/actor.ts'
import { demandLiving } from '../identity/queries.ts'
import { demandFitting } from '../messages/bounds.ts'
import { composed } from '../spelling.ts'
import { getTicket } from '../tickets/queries/find.ts'
import type { TicketRef } from '../tickets/ticket.ts'
import { CHANGE_UNSENT, COUNT_UNSENT, DISCARD_UNSENT, LIST_UNSENT, SAVE_UNSENT, unsentOf } from './store.ts'
import { MOST_UNSENT, type Unsent, type Written } from './unsent.ts'

/** Only if it still has one of these versions; null for whatever it has. */
interface UnsentPrecondition {
  readonly versions: readonly number[] | null
}

/** What whoever calls has written on a ticket and not sent, the latest first. @throws Refusal `not_found`, `forbidden` */
export async function listUnsent(ctx: Context, ref: TicketRef): Promise<readonly Unsent[]> {
  const { id } = await getTicket(ctx, ref)
  return (await ctx.store.run(LIST_UNSENT.with(placeOf(ctx, id)))).map(unsentOf)
}

/**
 * Keeps what whoever calls has written by now. With a version it changes one that is there, and never brings back what was
 * sent or discarded meanwhile.
 *
 * @throws Refusal `not_found`, `forbidden`, `invalid` (paths `text`, `html`), `conflict` where another one is in its place or
 * for one more than there may be, `precondition_failed`
 */
export async function saveUnsent(
  ctx: Context,
  ref: TicketRef,
  { id, written, versions }: { readonly id: string; readonly written: Written } & UnsentPrecondition,
): Promise<Unsent> {
  const ticket = await getTicket(ctx, ref)
  const { visibility, format } = written
  demand(ctx.actor, visibility === 'public' ? 'message.reply' : 'message.note', ticket.deskId)
  const text = composed(written.text)
  demandFitting({ text, format }, boundsOf(ctx))
  const place = placeOf(ctx, ticket.id)
  const values = { ...place, id, visibility, format, text, attachment_ids: written.attachmentIds, at: ctx.now }
  const [row] = await ctx.store.run(
    versions === null ? SAVE_UNSENT.with(values) : CHANGE_UNSENT.with({ ...values, versions }),
  )
  if (row) return unsentOf(row)
  const there = await listUnsent(ctx, { id: ticket.id })
  if (versions !== null) {
    if (there.some((each) => each.id === id)) refuse({ code: 'precondition_failed' })
    refuse({ code: 'not_found', missing: 'draft' })
  }
  await demandLiving(ctx)
  const [counted] = await ctx.store.run(COUNT_UNSENT.with({ tenant_id: place.tenant_id, user_id: place.user_id }))
  if ((counted?.count ?? 0) >= MOST_UNSENT)
    refuse({ code: 'conflict', message: `A person has at most ${MOST_UNSENT} drafts.` })
  const other = there.find((each) => each.visibility === visibility)
  return refuse({ code: 'conflict', message: `There is another draft in its place${other ? `: ${other.id}` : ''}.` })
}

/** Throws away what whoever calls has written. @throws Refusal `not_found`, `precondition_failed` */
export async function discardUnsent(
  ctx: Context,
  ref: TicketRef,
  { id, versions }: { readonly id: string } & UnsentPrecondition,
): Promise<void> {
  const ticket = await getTicket(ctx, ref)
  const [row] = await ctx.store.run(DISCARD_UNSENT.with({ ...placeOf(ctx, ticket.id), id, versions }))
  if (row) return
  const isThere = (await listUnsent(ctx, { id: ticket.id })).some((each) => each.id === id)
  refuse(isThere ? { code: 'precondition_failed' } : { code: 'not_found', missing: 'draft' })
}

function placeOf({ tenant, actor }: Context, ticketId: string) {
  return { tenant_id: tenant.id, user_id: actor.user.id, ticket_id: ticketId }
}
