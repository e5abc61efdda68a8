import { CHANNEL, type Tenant } from '../../../core/catalogue/tenant.ts'
import { refuseField } from '../../../core/errors.ts'
import type { NewEnvelope, NewMessage } from '../../../core/messages/message.ts'
import type { TicketChange, TicketRef } from '../../../core/tickets/ticket.ts'
import type { Direction, Status } from '../../../core/words.ts'
import { choice, idList, isNone, number, numberOr, type Parameters, required, text } from '../coercion.ts'
import { channelBy } from '../records.ts'
import { DIRECTION_BY_WORD, STATUS_BY_WORD } from '../words.ts'

const SHORTEST_MESSAGE = 5

/** As the vendor shows the author of a message that names none. */
export const NAMELESS_AGENT = 'Agent Anonymous'

/** A message to put on a ticket. Its author is looked up by the caller. */
export interface SentMessage {
  readonly ticket: TicketRef
  /** The agent who wrote it, where the call names one. */
  readonly userID: number | undefined
  readonly kind: MessageKind
  readonly text: string
  /** What the sender would have shown as plain text; empty for what is made of the text. */
  readonly plain: string
  readonly envelope: NewEnvelope
  /** Files of other messages that it passes on. */
  readonly forwardedFiles: readonly number[]
  readonly status: Status | undefined
}

/** What the parameters `type` and `direction` say about a message. */
export interface MessageKind {
  readonly channelId: number
  readonly isNote: boolean
  readonly direction: Direction
}

/** Reads a message. @throws Refusal `invalid` */
export function decodeMessage(parameters: Parameters, tenant: Tenant): SentMessage {
  return {
    ticket: { integer: required('ticketID', number(parameters, 'ticketID')) },
    userID: number(parameters, 'userID'),
    kind: decodeKind(parameters, tenant),
    text: decodeText(parameters),
    plain: (text(parameters, 'plaintext') ?? '').trim(),
    envelope: decodeEnvelope(parameters),
    forwardedFiles: decodeForwarded(parameters),
    status: choice(parameters, 'status', STATUS_BY_WORD),
  }
}

/** What a message does to its ticket. Only an outbound one moves the status in a way of this vendor's own. */
export function changeBy(sent: SentMessage, authorId: string | null): TicketChange {
  const { kind, status } = sent
  const message = { ...contentOf(sent), ...authorOf(kind, authorId), channelId: kind.channelId }
  if (status !== undefined) return { message, status: { to: status } }
  if (kind.isNote || kind.direction === 'inbound') return { message }
  // An answer waits for the customer, unless the ticket is finished already.
  return { message, status: { to: 'pending', sameAs: ['solved', 'closed'] } }
}

type Content = Pick<NewMessage, 'visibility' | 'format' | 'text' | 'plain' | 'envelope' | 'forwardedFiles'>

function contentOf({ kind, text, plain, envelope, forwardedFiles }: SentMessage): Content {
  const rest = { visibility: kind.isNote ? 'internal' : 'public', envelope, forwardedFiles } as const
  // The vendor takes HTML and has a plaintext beside it; what is no HTML is kept as the text that it is.
  return { ...rest, format: 'either', text, ...(plain !== '' && { plain }) }
}

type Author = Pick<NewMessage, 'author' | 'authorName' | 'authorRole' | 'direction'>

function authorOf({ isNote, direction }: MessageKind, authorId: string | null): Author {
  if (direction === 'inbound' && !isNote) return { author: 'requester', authorRole: 'requester', direction: 'inbound' }
  const byAgent = { authorRole: 'agent', direction: 'outbound' } as const
  return authorId === null
    ? { ...byAgent, author: 'nobody', authorName: NAMELESS_AGENT }
    : { ...byAgent, author: { id: authorId } }
}

function decodeKind(parameters: Parameters, tenant: Tenant): MessageKind {
  const type = required('type', text(parameters, 'type')).trim()
  const direction = choice(parameters, 'direction', DIRECTION_BY_WORD)
  if (type === 'calllog') return { channelId: CHANNEL.telephone, isNote: true, direction: 'outbound' }
  if (type === 'contactform') return { channelId: CHANNEL.web, isNote: false, direction: direction ?? 'inbound' }
  if (!/^\d{1,9}$/.test(type)) return refuseField(['type'], 'format', 'is no type of message')
  const { id } = channelBy(tenant, Number(type), 'type')
  return { channelId: id, isNote: id === CHANNEL.note, direction: direction ?? 'outbound' }
}

function decodeText(parameters: Parameters): string {
  const message = required('message', text(parameters, 'message'))
  if ([...message.trim()].length >= SHORTEST_MESSAGE) return message
  return refuseField(['message'], 'too_short', 'is too short', SHORTEST_MESSAGE)
}

/** Whom a message goes to, and the message that it answers; 0 is none. The core says what is an address where. */
function decodeEnvelope(parameters: Parameters): NewEnvelope {
  const respondMessageID = numberOr(parameters, 'respondMessageID', 0)
  return {
    to: (text(parameters, 'toAddress') ?? '').split(',').flatMap(addressIn),
    cc: addressIn(text(parameters, 'ccInput')),
    bcc: addressIn(text(parameters, 'bccInput')),
    ...(respondMessageID !== 0 && { inReplyTo: { integer: respondMessageID } }),
  }
}

function addressIn(sent = ''): readonly string[] {
  const address = sent.trim()
  return address === '' ? [] : [address]
}

/** Declared with null for none; an empty list is none too. */
function decodeForwarded(parameters: Parameters): readonly number[] {
  const sent = parameters['forwardedFileIDs']
  if (isNone(sent) || (Array.isArray(sent) && sent.length === 0)) return []
  return idList(parameters, 'forwardedFileIDs') ?? []
}
