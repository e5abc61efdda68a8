import type { Context } from '../../../core/context.ts'
import { mayChangeShared } from '../../../core/identity/audience.ts'
import { MANAGE, type ReplyFor } from '../../../core/replies/queries.ts'
import type { NewReply, ReplyChange, SavedReply } from '../../../core/replies/reply.ts'
import type { TicketRef } from '../../../core/tickets/ticket.ts'
import { namesOf } from '../names.ts'
import { decodeRef } from '../reference.ts'
import { decodeAudience } from '../views/codec.ts'
import type { NewReplyBody, ReplyAnswer, ReplyChangeBody } from './schema.ts'

/** The ticket to fill variables in for; null for none. @throws Refusal `not_found` */
export function decodeTicket({ ticket }: { readonly ticket?: string }): TicketRef | null {
  return ticket === undefined ? null : decodeRef({ id: ticket }, 'ticket')
}

export function decodeNewReply(body: NewReplyBody): NewReply {
  const { name, text, folder = '', language = null, audience = 'private', group } = body
  return { name, text, folder, language, audience, groupId: group?.toLowerCase() ?? null }
}

export function decodeReplyChange(reply: SavedReply, { audience, group, ...rest }: ReplyChangeBody): ReplyChange {
  return { ...rest, ...decodeAudience(reply, { audience, group }) }
}

export function encodeReply(
  { tenant, actor }: Pick<Context, 'tenant' | 'actor'>,
  { reply, filled }: ReplyFor,
): ReplyAnswer {
  const { id, version, name, folder, language, text, audience, groupId } = reply
  const changeable = mayChangeShared(actor, reply, MANAGE)
  return {
    ...{ id, version, name, folder, language, text, filled, audience },
    group: namesOf(tenant).group(groupId),
    changeable,
  }
}
