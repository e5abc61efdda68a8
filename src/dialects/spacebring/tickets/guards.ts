import { demand } from '../../../core/access/actor.ts'
import type { Context } from '../../../core/context.ts'
import { changeTicket } from '../../../core/tickets/commands.ts'
import { getTicket } from '../../../core/tickets/queries.ts'
import { OTHER_TYPE, type TypeWord, typeWordOf } from '../words.ts'
import { decodeType } from './codec.ts'

/** The core lets a requester close the own ticket; with this vendor members change no status (S21). */
export async function refuseToMembers(ctx: Context, id: string): Promise<void> {
  if (ctx.actor.user.isOwner) return
  const { deskId } = await getTicket(ctx, { id })
  demand(ctx.actor, 'ticket.status', deskId)
}

/**
 * Every topic without a word of this vendor is shown as `other`. Setting that word must not take such a topic away: a
 * word that the ticket already shows changes nothing.
 */
export async function changeType(ctx: Context, id: string, word: TypeWord): Promise<void> {
  await changeTicket(ctx, { id }, async () => {
    const topicId = decodeType(word, ctx.tenant)
    if (word !== OTHER_TYPE) return { topicId }
    const ticket = await getTicket(ctx, { id })
    demand(ctx.actor, 'ticket.change', ticket.deskId)
    return typeWordOf(ctx.tenant, ticket.topicId) === word ? {} : { topicId }
  })
}
