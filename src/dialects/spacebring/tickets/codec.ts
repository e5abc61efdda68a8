import type { Tenant } from '../../../core/catalogue/tenant.ts'
import { refuseField } from '../../../core/errors.ts'
import type { NewMessage } from '../../../core/messages/message.ts'
import type {
  Ticket as CoreTicket,
  NewTicket,
  Person,
  RequesterChoice,
  TicketChange,
} from '../../../core/tickets/ticket.ts'
import { UUID } from '../../../core/uuid.ts'
import { firstLine } from '../../text.ts'
import { CHANGE_OF_STATUS_WORD, type TypeWord, topicOfTypeWord, typeWordOf, WORD_OF_STATUS } from '../words.ts'
import { encodeMembership, encodeUser, type Reader } from './people.ts'
import type { CommentBody, CreateBody, StatusBody, Ticket, TicketUser } from './schema.ts'

/** Ids are compared as text with what PostgreSQL gives, which is lower case. */
export const lowerCase = (uuid: string): string => uuid.toLowerCase()

const TITLE_LENGTH = 120

/** A title for those who show one: the first line of the text. This vendor has no titles. */
export function titleFrom(text: string): string {
  const characters = [...firstLine(text).trimEnd()]
  return characters.length <= TITLE_LENGTH ? characters.join('') : `${characters.slice(0, TITLE_LENGTH - 1).join('')}…`
}

/**
 * Spacebring reference, Create a ticket.
 *
 * @param requester who it is for, as `findRequester` tells.
 */
export function decodeNewTicket({ ticket }: CreateBody, tenant: Tenant, requester: RequesterChoice): NewTicket {
  return {
    deskId: lowerCase(ticket.locationRef),
    requester,
    title: titleFrom(ticket.text),
    topicId: decodeType(ticket.type, tenant),
    message: { visibility: 'public', format: 'text', text: ticket.text },
  }
}

export function decodeType(word: TypeWord, tenant: Tenant): number {
  const topicId = topicOfTypeWord(tenant, word)
  return topicId ?? refuseField(['ticket', 'type'], 'unknown', 'This type is not offered here.')
}

/** Spacebring reference, Update a ticket's status. */
export function decodeStatusChange({ ticket }: StatusBody): TicketChange {
  return { status: CHANGE_OF_STATUS_WORD[ticket.status] }
}

/** Spacebring reference, Create a ticket comment: a text, a file, or both. */
export function decodeComment({ activity }: CommentBody): NewMessage {
  const attachmentIds = (activity.attachments ?? []).map(({ key }) => decodeKey(key))
  if (activity.text === undefined && attachmentIds.length === 0)
    refuseField(['activity', 'text'], 'required', 'A comment needs a text or an attachment.')
  return { visibility: 'public', format: 'text', text: activity.text ?? '', attachmentIds }
}

/** S30: keys are ids of uploads, so anything else names none. */
function decodeKey(key: string): string {
  return UUID.test(key)
    ? lowerCase(key)
    : refuseField(['activity', 'attachments', 0, 'key'], 'unknown', 'There is no such attachment.')
}

/** Spacebring reference, Support: `ticket`. */
export function encodeTicket(ticket: CoreTicket, tenant: Tenant, reader: Reader): Ticket {
  return {
    id: ticket.id,
    number: ticket.number,
    locationRef: ticket.deskId,
    description: describedBy(ticket),
    status: WORD_OF_STATUS[ticket.status],
    type: typeWordOf(tenant, ticket.topicId),
    createDate: ticket.createdAt,
    updateDate: ticket.updatedAt,
    ...(ticket.statusChangedAt !== null && { statusUpdateDate: ticket.statusChangedAt }),
    ...encodeRequester(ticket.requester, reader),
    ...encodeAssignee(ticket.assignee, reader),
  }
}

/** In lists one that other dialects made too long for this one ends early, and shows it. */
function describedBy({ description, isDescriptionCut, title }: CoreTicket): string {
  return isDescriptionCut ? `${description}…` : description || title
}

/** A ticket as its creation answers it: the two users with `about`, when they have one (S25). */
export function encodeCreatedTicket(ticket: CoreTicket, tenant: Tenant, reader: Reader): Ticket {
  const encoded = encodeTicket(ticket, tenant, reader)
  return {
    ...encoded,
    userRequester: withAbout(encoded.userRequester, ticket.requester),
    userAssignee: withAbout(encoded.userAssignee, ticket.assignee),
  }
}

function withAbout(user: TicketUser | null, person: Person | null): TicketUser | null {
  return user && person?.about ? { ...user, about: person.about } : user
}

function encodeRequester(
  requester: Person | null,
  reader: Reader,
): Pick<Ticket, 'userRequester' | 'membershipRefRequester' | 'membershipRequester'> {
  const membership = encodeMembership(requester, reader)
  return {
    userRequester: requester && encodeUser(requester, reader),
    ...(membership && { membershipRefRequester: membership.id, membershipRequester: membership }),
  }
}

function encodeAssignee(
  assignee: Person | null,
  reader: Reader,
): Pick<Ticket, 'userAssignee' | 'userRefAssignee' | 'membershipRefAssignee' | 'membershipAssignee'> {
  const membership = encodeMembership(assignee, reader)
  return {
    userAssignee: assignee && encodeUser(assignee, reader),
    ...(assignee && { userRefAssignee: assignee.id }),
    ...(membership && { membershipRefAssignee: membership.id, membershipAssignee: membership }),
  }
}
