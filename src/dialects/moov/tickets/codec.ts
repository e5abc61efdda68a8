import type { LinkTo } from '../../../core/attachments/links.ts'
import { CHANNEL, type Tenant } from '../../../core/catalogue/tenant.ts'
import { refuse } from '../../../core/errors.ts'
import { fullName } from '../../../core/identity/user.ts'
import type { Message } from '../../../core/messages/message.ts'
import { shownHtml, textAsHtml } from '../../../core/messages/shown.ts'
import type { TicketKey } from '../../../core/tickets/queries/list.ts'
import type { NewTicket, Ticket, TicketChange, TicketFilter, TicketRef } from '../../../core/tickets/ticket.ts'
import { charactersOf } from '../../text.ts'
import { UUID } from '../auth.ts'
import { cursorAt } from '../paging.ts'
import { SHOWN_STATUS, statusesShownAs, UNKNOWN_AUTHOR } from '../words.ts'
import type * as Wire from './schema.ts'

/** An account is a desk, by the same UUID. */
export function deskIn(params: { readonly accountID: string }): string {
  return params.accountID.toLowerCase()
}

/** @throws Refusal `not_found` when it cannot be a ticket's id (M4). */
export function ticketIn(params: { readonly ticketID: string }): TicketRef {
  if (!new RegExp(UUID).test(params.ticketID)) refuse({ code: 'not_found', missing: 'ticket' })
  return { id: params.ticketID.toLowerCase() }
}

/** Moov, Create a support ticket: the contact is found or made as a user, and kept as it was sent (M43). */
export function decodeNewTicket(deskId: string, body: Wire.CreateTicket): NewTicket {
  const { email, name = '' } = body.contact
  return {
    deskId,
    title: body.title.trim(),
    requester: { by: 'email', email, name, create: true },
    channelId: CHANNEL.api,
    fromAddress: email,
    fromName: name,
    ...(body.foreignID !== undefined && { externalReference: body.foreignID }),
    message: {
      visibility: 'public',
      format: 'html',
      text: body.body,
      author: 'requester',
      ...(body.author !== undefined && { authorName: body.author }),
    },
  }
}

/** Moov, Update a support ticket: what already shows as closed stays as it is (M18). */
export function decodeUpdate(body: Wire.UpdateTicket): TicketChange {
  return body.status === undefined ? {} : { status: { to: body.status, sameAs: statusesShownAs(body.status) } }
}

/** Moov, List support tickets. */
export function decodeFilter(deskId: string, query: Wire.ListTickets): TicketFilter {
  return {
    deskIds: [deskId],
    ...(query.status !== undefined && { statuses: statusesShownAs(query.status) }),
    ...(query.foreignID !== undefined && { externalReference: query.foreignID }),
  }
}

export function encodeTicket(ticket: Ticket, tenant: Tenant): Wire.Ticket {
  const status = SHOWN_STATUS[ticket.status]
  return {
    ticketID: ticket.id,
    number: ticket.number,
    title: titleOf(ticket, tenant),
    contact: contactOf(ticket),
    status,
    createdOn: ticket.createdAt,
    updatedOn: ticket.updatedAt,
    ...(ticket.latestMessageAt !== null && { latestMessageOn: ticket.latestMessageAt }),
    ...(status === 'closed' && ticket.finishedAt !== null && { closedOn: ticket.finishedAt }),
    ...(ticket.externalReference !== null && { foreignID: ticket.externalReference }),
  }
}

export function encodePage(tickets: readonly Ticket[], next: TicketKey | null, tenant: Tenant): Wire.Page {
  return {
    items: tickets.map((ticket) => encodeTicket(ticket, tenant)),
    ...(next !== null && { nextPage: { cursor: cursorAt(next) } }),
  }
}

export function encodeMessages(ticket: Ticket, messages: readonly Message[], linkTo: LinkTo): Wire.Message[] {
  return messages.map((message) => ({
    author: authorOf(message, ticket),
    body: bodyOf(message, linkTo),
    sentOn: message.createdAt,
  }))
}

const LONGEST_DERIVED_TITLE = 100

/** A title for every ticket, also for one made where tickets have none (M40). */
function titleOf(ticket: Ticket, tenant: Tenant): string {
  const firstLine =
    ticket.description
      .split('\n')
      .map((line) => line.trim())
      .find(isSaid) ?? ''
  const shortened = charactersOf(firstLine, LONGEST_DERIVED_TITLE)
  const topic = tenant.topics.find((each) => each.id === ticket.topicId)?.name
  return [ticket.title, shortened, topic].find(isSaid) ?? `Ticket ${ticket.number}`
}

/** The contact as it was sent (M43), else the requester; the vendor's clients demand an address, if an empty one (M40). */
function contactOf(ticket: Ticket): Wire.Ticket['contact'] {
  // A sender may be a telephone number, and on tickets that an agent opened it is the desk.
  const asSent = ticket.direction === 'inbound' && ticket.fromAddress.includes('@')
  const name = asSent ? ticket.fromName : displayName(ticket.requester)
  return {
    email: asSent ? ticket.fromAddress : (ticket.requester?.email ?? ''),
    ...(isSaid(name) && { name }),
  }
}

function authorOf(message: Message, ticket: Ticket): string {
  const { name, email } = contactOf(ticket)
  const contact = sentByClient(message) ? [name, email] : []
  const candidates = [message.authorName, ...contact, displayName(message.author), message.author?.email]
  return candidates.find(isSaid) ?? UNKNOWN_AUTHOR[message.authorRole]
}

/** Always HTML that runs nothing, whoever wrote it: a reader cannot know what a customer put in (M23). */
function bodyOf(message: Message, linkTo: LinkTo): string {
  return shownHtml(message, linkTo) ?? textAsHtml(message.plain)
}

/** Whether a client sent this in its requester's name, as every opening body is. */
function sentByClient(message: Message): boolean {
  return message.channelId === CHANNEL.api && message.authorRole === 'requester'
}

function displayName(who: { readonly name: string; readonly surname: string } | null): string {
  return who === null ? '' : fullName(who)
}

function isSaid(text: string | null | undefined): text is string {
  return typeof text === 'string' && text.trim() !== ''
}
