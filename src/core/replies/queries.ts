import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demandTenantWide } from '../identity/actor.ts'
import { managesShared } from '../identity/audience.ts'
import { getTicket } from '../tickets/queries/find.ts'
import type { Ticket, TicketRef } from '../tickets/ticket.ts'
import { UUID } from '../uuid.ts'
import type { SavedReply } from './reply.ts'
import { FIND_REPLY, LIST_REPLIES, replyOf } from './store.ts'
import { filled } from './variables.ts'

/** The permission to manage what others share. */
export const MANAGE = 'catalogue.manage'

/** Who asks for saved replies: whoever works here. @throws Refusal `forbidden` */
export function readerOfReplies({ tenant, actor }: Pick<Context, 'tenant' | 'actor'>) {
  demandTenantWide(actor, 'message.note')
  const { groupIds = [] } = actor
  const manages = managesShared(actor, MANAGE)
  return { tenant_id: tenant.id, user_id: actor.user.id, group_ids: groupIds, manages }
}

/** A saved reply as it is to be said on a ticket: null where none was asked for. */
export interface ReplyFor {
  readonly reply: SavedReply
  readonly filled: string | null
}

/**
 * The saved replies that are for whoever asks, what they used last before the others.
 *
 * @param ref the ticket for which the variables are filled in.
 * @throws Refusal `forbidden`, `not_found` (the ticket)
 */
export async function listReplies(ctx: Context, ref: TicketRef | null): Promise<readonly ReplyFor[]> {
  const reader = readerOfReplies(ctx)
  const [rows, fill] = await Promise.all([ctx.store.run(LIST_REPLIES.with(reader)), fillingFor(ctx, ref)])
  return rows.map(replyOf).map((reply) => ({ reply, filled: fill(reply) }))
}

/** @throws Refusal `forbidden`, `not_found` */
export async function getReply(ctx: Context, id: string): Promise<SavedReply> {
  const reader = readerOfReplies(ctx)
  const [row] = UUID.test(id) ? await ctx.store.run(FIND_REPLY.with({ ...reader, id: id.toLowerCase() })) : []
  return row ? replyOf(row) : refuse({ code: 'not_found', missing: 'saved_reply' })
}

/** One with its variables filled in for a ticket. @throws Refusal `forbidden`, `not_found` */
export async function getReplyFor(ctx: Context, id: string, ref: TicketRef | null): Promise<ReplyFor> {
  const [reply, fill] = await Promise.all([getReply(ctx, id), fillingFor(ctx, ref)])
  return { reply, filled: fill(reply) }
}

async function fillingFor(ctx: Context, ref: TicketRef | null): Promise<(reply: SavedReply) => string | null> {
  if (ref === null) return () => null
  const ticket: Ticket = await getTicket(ctx, ref)
  const deskName = ctx.tenant.desks.find(({ id }) => id === ticket.deskId)?.name ?? ''
  return ({ text }) => filled(text, { ticket, deskName, actor: ctx.actor })
}
