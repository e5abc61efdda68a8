import type { Tenant } from '../../../core/catalogue/tenant.ts'
import { CHANNEL } from '../../../core/catalogue/tenant.ts'
import type { UserSummary } from '../../../core/identity/user.ts'
import { fullName } from '../../../core/identity/user.ts'
import { toSeconds } from '../../../core/instant.ts'
import type { Message, NewMessage, Visibility } from '../../../core/messages/message.ts'
import type { NewTicket, Ticket, TicketChange, TicketFilter } from '../../../core/tickets/ticket.ts'
import { charactersOf, firstLine } from '../../text.ts'
import {
  choosable,
  decodeGroup,
  decodePriority,
  decodeStatus,
  decodeSubject,
  decodeType,
  subjects,
} from '../catalogue/codec.ts'
import { AUTHOR_TYPES, NAMELESS_AUTHORS, priorityWord, statusesMeant, statusWord } from '../words.ts'
import type {
  FilterQuery,
  NewTicketBody,
  Reply,
  ReplyAdded,
  StaffReply,
  StaffTicketDetails,
  StaffTicketSummary,
  TicketDetails,
  TicketStanding,
  TicketSummary,
  UpdateBody,
} from './schema.ts'

const MAX_SUBJECT = 100

interface Conversation {
  readonly ticket: Ticket
  readonly messages: readonly Message[]
}

/** ISPCRM reference, Create Ticket: the subscriber names the initial status, the priority and the group. */
const FILED_BY_SUBSCRIBERS = ['status', 'priority', 'group'] as const

/** The vendor knows no desks: it is the default one, or for a subscriber of others the first of these. */
function deskOf(tenant: Tenant, { memberships }: UserSummary): string {
  const own = tenant.desks.filter(({ id, active }) => active && memberships.some(({ deskId }) => deskId === id))
  return (own.find(({ isDefault }) => isDefault) ?? own[0] ?? tenant.defaultDesk).id
}

/**
 * The ticket that a subscriber opens (ISPCRM reference, Create Ticket). It gets no title of its own: its subject is the
 * topic's name, also after the topic is changed or renamed.
 *
 * @throws Refusal `invalid` when an id names no active record.
 */
export function decodeNewTicket(tenant: Tenant, subscriber: UserSummary, body: NewTicketBody): NewTicket {
  return {
    deskId: deskOf(tenant, subscriber),
    customersFile: FILED_BY_SUBSCRIBERS,
    requester: { by: 'id', id: subscriber.id, member: false },
    topicId: decodeSubject(tenant, body.subject_id).id,
    typeId: choosable(decodeType(tenant, body.type_id)).id,
    status: choosable(decodeStatus(tenant, body.status_id)).status,
    priority: choosable(decodePriority(tenant, body.priority_id)).priority,
    groupId: choosable(decodeGroup(tenant, body.group_id)).id,
    channelId: CHANNEL.api,
    message: decodeMessage('public', body.message),
  }
}

/** A message as plain text, whatever it looks like: HTML has no meaning in this dialect. */
export function decodeMessage(visibility: Visibility, text: string): NewMessage {
  return { visibility, format: 'text', text, channelId: CHANNEL.api }
}

/** What staff change of a ticket. @throws Refusal `invalid` when an id names no active record. */
export function decodeUpdate(tenant: Tenant, body: UpdateBody): TicketChange {
  const { subject_id, type_id, status_id, priority_id, group_id } = body
  return {
    ...(subject_id !== undefined && { topicId: decodeSubject(tenant, subject_id).id }),
    ...(type_id !== undefined && { typeId: choosable(decodeType(tenant, type_id)).id }),
    ...(status_id !== undefined && { status: decodeStatusChange(tenant, status_id) }),
    ...(priority_id !== undefined && { priority: choosable(decodePriority(tenant, priority_id)).priority }),
    ...(group_id !== undefined && { groupId: choosable(decodeGroup(tenant, group_id)).id }),
  }
}

function decodeStatusChange(tenant: Tenant, statusId: number) {
  const label = choosable(decodeStatus(tenant, statusId))
  return { to: label.status, sameAs: statusesMeant(tenant, label) }
}

/** Which tickets staff ask for: by what these tickets show. @throws Refusal `invalid` when an id names nothing. */
export function decodeFilter(tenant: Tenant, query: FilterQuery, requester: UserSummary | null): TicketFilter {
  const { subject_id, type_id, status_id, priority_id, group_id } = query
  return {
    ...(subject_id !== undefined && { topicIds: [decodeSubject(tenant, Number(subject_id)).id] }),
    ...(type_id !== undefined && { typeIds: [decodeType(tenant, Number(type_id)).id] }),
    ...(status_id !== undefined && { statuses: statusesMeant(tenant, decodeStatus(tenant, Number(status_id))) }),
    ...(priority_id !== undefined && { priorities: [decodePriority(tenant, Number(priority_id)).priority] }),
    ...(group_id !== undefined && { groupIds: [decodeGroup(tenant, Number(group_id)).id] }),
    ...(requester !== null && { requesterIds: [requester.id] }),
  }
}

/** What creating answers: the name of the very status that was asked for. */
export function encodeCreated(tenant: Tenant, ticket: Ticket, body: NewTicketBody): TicketStanding {
  return { ticket_id: ticket.integer, status: decodeStatus(tenant, body.status_id).name }
}

export function encodeStanding(tenant: Tenant, ticket: Ticket): TicketStanding {
  return { ticket_id: ticket.integer, status: statusWord(tenant, ticket.status).name }
}

export function encodeReplyAdded(tenant: Tenant, { ticket, messages }: Conversation): ReplyAdded {
  const [message] = messages
  if (message === undefined) throw new Error('A reply left no message')
  return { reply_id: message.integer, ...encodeStanding(tenant, ticket) }
}

/** A ticket in a subscriber's list (ISPCRM reference, Get Customer Tickets). */
export function encodeSummary(tenant: Tenant, ticket: Ticket): TicketSummary {
  return {
    ticket_id: ticket.integer,
    subject: shownSubject(tenant, ticket),
    status: statusWord(tenant, ticket.status).name,
    priority: priorityWord(tenant, ticket.priority).name,
    created_at: toSeconds(ticket.createdAt),
    updated_at: toSeconds(ticket.updatedAt),
  }
}

export function encodeStaffSummary(tenant: Tenant, ticket: Ticket): StaffTicketSummary {
  return { ...encodeSummary(tenant, ticket), ...shownIds(tenant, ticket), ...shownRequester(ticket) }
}

/** A ticket with its conversation, as its subscriber sees it. */
export function encodeDetails(tenant: Tenant, { ticket, messages }: Conversation): TicketDetails {
  return { ...shownDetails(tenant, ticket), replies: encodeReplies({ ticket, messages }) }
}

/** A ticket with its conversation, as staff see it: with the notes. */
export function encodeStaffDetails(tenant: Tenant, { ticket, messages }: Conversation): StaffTicketDetails {
  return {
    ...shownDetails(tenant, ticket),
    ...shownRequester(ticket),
    replies: repliesOf(messages).map((each) => encodeStaffReply(ticket, each)),
  }
}

/** The replies that a subscriber sees, oldest first. */
export function encodeReplies({ ticket, messages }: Conversation): Reply[] {
  return repliesOf(messages.filter(isPublic)).map((each) => encodeReply(ticket, each))
}

function encodeReply(ticket: Ticket, message: Message): Reply {
  return {
    reply_id: message.integer,
    ticket_id: ticket.integer,
    author: shownAuthor(message),
    author_type: AUTHOR_TYPES[message.authorRole],
    message: message.plain,
    created_at: toSeconds(message.createdAt),
  }
}

function encodeStaffReply(ticket: Ticket, message: Message): StaffReply {
  return { ...encodeReply(ticket, message), internal: !isPublic(message) }
}

function shownDetails(tenant: Tenant, ticket: Ticket): Omit<TicketDetails, 'replies'> {
  return {
    ...encodeSummary(tenant, ticket),
    ...shownIds(tenant, ticket),
    type: typeOf(tenant, ticket)?.name ?? null,
    group: groupOf(tenant, ticket)?.name ?? null,
    message: ticket.description,
    closed_at: ticket.closedAt === null ? null : toSeconds(ticket.closedAt),
  }
}

function shownIds(tenant: Tenant, ticket: Ticket) {
  return {
    subject_id: subjects(tenant).find((each) => each.id === ticket.topicId)?.id ?? null,
    type_id: typeOf(tenant, ticket)?.id ?? null,
    status_id: statusWord(tenant, ticket.status).id,
    priority_id: priorityWord(tenant, ticket.priority).id,
    group_id: groupOf(tenant, ticket)?.integer ?? null,
  }
}

function shownRequester({ requester }: Ticket) {
  return {
    subscriber_id: requester?.integer ?? null,
    customer_id: requester === null ? null : (requester.customerNumber ?? ''),
  }
}

// Tickets made here have no title; one made elsewhere keeps its own.
function shownSubject(tenant: Tenant, ticket: Ticket): string {
  const topic = tenant.topics.find((each) => each.id === ticket.topicId)
  return ticket.title || topic?.name || charactersOf(firstLine(ticket.description), MAX_SUBJECT)
}

function typeOf(tenant: Tenant, ticket: Ticket) {
  return tenant.types.find((each) => each.id === ticket.typeId)
}

function groupOf(tenant: Tenant, ticket: Ticket) {
  return tenant.groups.find((each) => each.id === ticket.groupId)
}

function isPublic(message: Message): boolean {
  return message.visibility === 'public'
}

/**
 * All messages but the opening one, which is the ticket's own `message`: none that came from a merged ticket, and none at all
 * of a ticket that was split off another one.
 */
function repliesOf(messages: readonly Message[]): readonly Message[] {
  const isSplitOff = messages.some(({ cameFrom, ticketId }) => cameFrom?.id === ticketId)
  const opening = isSplitOff ? undefined : messages.find((each) => isPublic(each) && each.cameFrom === null)
  return messages.filter((each) => each !== opening)
}

function shownAuthor({ author, authorName, authorRole }: Message): string {
  return authorName || (author && fullName(author)) || author?.email || NAMELESS_AUTHORS[authorRole]
}
