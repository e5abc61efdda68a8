import type { Context } from '../../../core/context.ts'
import { deleteMessage } from '../../../core/erasure/message.ts'
import { Refusal, refuseField } from '../../../core/errors.ts'
import { demand } from '../../../core/identity/actor.ts'
import { changeTicket } from '../../../core/tickets/commands/change.ts'
import { findTicketEvent } from '../../../core/tickets/queries/find.ts'
import type { Ticket } from '../../../core/tickets/ticket.ts'
import type { Settings } from '../../services.ts'
import { options } from '../options.ts'
import { OTHER_TYPE, type TypeWord, typeWordOf } from '../words.ts'
import { isShownChange } from './activities.ts'
import { decodeType } from './codec.ts'

/** The core lets a requester close the own ticket; with this vendor members change no status (S21). */
export function refuseToMembers({ actor }: Pick<Context, 'actor'>, { deskId }: Ticket): void {
  if (!actor.user.isOwner) demand(actor, 'ticket.status', deskId)
}

/**
 * Every topic without a word of this vendor is shown as `other`. Setting that word must not take such a topic away: a
 * word that the ticket already shows changes nothing.
 */
export async function changeType(ctx: Context, id: string, word: TypeWord): Promise<void> {
  await changeTicket(ctx, { id }, () => {
    const topicId = decodeType(word, ctx.tenant)
    if (word !== OTHER_TYPE) return { topicId }
    return {
      decide: ({ deskId, topicId: now }) => {
        demand(ctx.actor, 'ticket.change', deskId)
        return typeWordOf(ctx.tenant, now) === word ? {} : { topicId }
      },
    }
  })
}

/** S33: an activity that is there but no comment is 400; what is nowhere, or out of sight, is not found. */
export async function deleteComment(ctx: Context, id: string, settings: Settings): Promise<void> {
  try {
    await deleteMessage(ctx, { id }, { onlyReplies: true })
  } catch (error) {
    if (isUnknownMessage(error) && (await isOtherActivity(ctx, id, settings)))
      refuseField(['id'], 'unknown', 'This activity is no comment.')
    throw error
  }
}

function isUnknownMessage(error: unknown): boolean {
  return error instanceof Refusal && error.error.code === 'not_found' && error.error.missing === 'message'
}

async function isOtherActivity(ctx: Context, id: string, settings: Settings): Promise<boolean> {
  const event = await findTicketEvent(ctx, id)
  return (
    event !== null && isShownChange(event, { tenant: ctx.tenant, profile: settings.chosen(options).activityProfile })
  )
}
