import { CHANNEL } from '../catalogue/tenant.ts'
import { refuse, refuseField } from '../errors.ts'
import { type Actor, may, worksOn } from '../identity/actor.ts'
import { isEmail, LONGEST_EMAIL } from '../identity/email.ts'
import { addressKey, composed } from '../spelling.ts'
import type { Envelope, Message, MessageRef, NewEnvelope, Visibility } from './message.ts'

/** Addresses of one kind that a message has at the most. */
export const MOST_ADDRESSES = 50
/** Length of an address. */
export const LONGEST_ADDRESS = LONGEST_EMAIL
export const LONGEST_REFERENCE = 255

/** One line without a comma: in some dialects commas stand between addresses. */
const ADDRESS = /^[^\s,]+(?: [^\s,]+)*$/

/** A message that another one says it answers, with what decides whether it can. */
export interface Answered {
  readonly id: string
  readonly integer: number
  readonly ticketId: string
  readonly visibility: Visibility
}

/** The message that is to get an envelope, as far as that matters. */
interface Addressed {
  readonly visibility: Visibility
  readonly channelId: number
  readonly ticketId: string
  readonly deskId: string
}

/**
 * The envelope of a message that is added to a ticket, null when there is nothing in it.
 *
 * @param answered the messages that it names; a missing one does not exist.
 * @throws Refusal `forbidden`, `invalid` (paths `message.to`, `cc`, `bcc`, `in_reply_to`, `external_reference`)
 */
export function decideEnvelope(
  input: NewEnvelope | undefined,
  message: Addressed,
  actor: Actor,
  answered: readonly Answered[],
): Envelope | null {
  if (!input) return null
  const { to = [], cc = [], bcc = [], inReplyTo, externalReference = null } = input
  // Else whoever may write to the desk could have it send mail to anybody.
  if (to.length + cc.length + bcc.length > 0 && !worksOn(actor, message.deskId))
    refuse({ code: 'forbidden', permission: 'message.reply' })
  const envelope = {
    to: addresses('to', to, message.channelId !== CHANNEL.email),
    cc: addresses('cc', cc),
    bcc: addresses('bcc', bcc),
    inReplyTo: inReplyTo === undefined ? null : idOfAnswered(inReplyTo, message, actor, answered),
    externalReference: externalReference === null ? null : composed(externalReference),
  }
  if (externalReference !== null && [...externalReference].length > LONGEST_REFERENCE)
    refuseField(['message', 'external_reference'], 'too_long', 'Is too long.', LONGEST_REFERENCE)
  // It is a header of mail, where a second line would be another header.
  if (externalReference !== null && /[\r\n]/.test(externalReference))
    refuseField(['message', 'external_reference'], 'format', 'Must be one line.')
  return isEmpty(envelope) ? null : envelope
}

/** @param any whether other addresses than those of e-mail will do: of a telephone, of a chat. */
function addresses(field: 'to' | 'cc' | 'bcc', given: readonly string[], any = false): readonly string[] {
  if (given.length > MOST_ADDRESSES)
    refuseField(['message', field], 'too_long', `At most ${MOST_ADDRESSES} addresses.`, MOST_ADDRESSES)
  for (const [nth, address] of given.entries()) {
    const path = ['message', field, nth]
    if (address.length > LONGEST_ADDRESS) refuseField(path, 'too_long', 'Is too long.', LONGEST_ADDRESS)
    if (!ADDRESS.test(address) || !(any || isEmail(address)))
      refuseField(path, 'format', any ? 'Must be an address.' : 'Must be an e-mail address.')
  }
  const keys = given.map(addressKey)
  return given.map(composed).filter((_, nth) => keys.indexOf(keys[nth] ?? '') === nth)
}

function idOfAnswered(
  ref: MessageRef,
  { visibility, ticketId, deskId }: Addressed,
  actor: Actor,
  answered: readonly Answered[],
): string {
  const path = ['message', 'in_reply_to']
  const found = answered.find((each) => ('id' in ref ? each.id === ref.id : each.integer === ref.integer))
  const isSeen = found?.visibility === 'public' || may(actor, 'message.read_internal', deskId)
  if (!found || found.ticketId !== ticketId || !isSeen)
    return refuseField(path, 'unknown', 'There is no such message on the ticket.')
  // Who sees the answer and not the note would learn that there is one.
  if (visibility === 'public' && found.visibility === 'internal')
    return refuseField(path, 'not_allowed', 'A public message answers no internal one.')
  return found.id
}

function isEmpty({ to, cc, bcc, inReplyTo, externalReference }: Envelope): boolean {
  return to.length + cc.length + bcc.length === 0 && inReplyTo === null && externalReference === null
}

/** A message as it is shown to somebody: who may not read notes is not told who got a copy unseen either. */
export function asSeen(message: Message, readsNotes: boolean): Message {
  const { envelope } = message
  return readsNotes || envelope.bcc.length === 0 ? message : { ...message, envelope: { ...envelope, bcc: [] } }
}
