import { refuseField } from '../../../core/errors.ts'
import type { NewMessage } from '../../../core/messages/message.ts'
import { CHANNEL, type Tenant } from '../../../core/tenants/tenant.ts'
import type { Direction, Status, TicketChange, TicketRef } from '../../../core/tickets/ticket.ts'
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
  checkAddresses(parameters, ['toAddress', 'ccInput', 'bccInput'])
  numberOr(parameters, 'respondMessageID', 0)
  text(parameters, 'plaintext')
  if (!isNone(parameters['forwardedFileIDs']) && idList(parameters, 'forwardedFileIDs')) {
    refuseField(['forwardedFileIDs'], 'unknown', 'names no file')
  }
  return {
    ticket: { integer: required('ticketID', number(parameters, 'ticketID')) },
    userID: number(parameters, 'userID'),
    kind: decodeKind(parameters, tenant),
    text: decodeText(parameters),
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

function contentOf({ kind, text }: SentMessage): Pick<NewMessage, 'visibility' | 'format' | 'text'> {
  return { visibility: kind.isNote ? 'internal' : 'public', format: isHtml(text) ? 'html' : 'text', text }
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

// The vendor takes HTML and has a plaintext beside it; what holds no markup is kept as the text that it is.
function isHtml(message: string): boolean {
  return /<\/?[a-z][^>]*>|&(?:#\d+|#x[\da-f]+|[a-z]+\d*);/i.test(message)
}

function checkAddresses(parameters: Parameters, names: readonly string[]): void {
  for (const name of names) {
    const addresses = (text(parameters, name) ?? '').split(',').map((address) => address.trim())
    const wrong = addresses.some(
      (address) => address !== '' && name !== 'toAddress' && !/^[^\s@]+@[^\s@]+$/.test(address),
    )
    if (wrong) refuseField([name], 'format', 'is no e-mail address')
  }
}
