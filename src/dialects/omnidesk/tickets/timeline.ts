import type { Attachment } from '../../../core/attachments/attachment.ts'
import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type { Event, EventData, EventKind } from '../../../core/events/event.ts'
import { fullName } from '../../../core/identity/user.ts'
import type { Message } from '../../../core/messages/message.ts'
import { shownHtml } from '../../../core/messages/shown.ts'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import type { Ticket } from '../../../core/tickets/ticket.ts'
import type { Priority, Status } from '../../../core/words.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import { WORD_OF_PRIORITY, WORD_OF_STATUS } from '../words.ts'
import { dateTime, senderShown } from './codec.ts'
import type { EventEntry, MessageEntry } from './schema.ts'

/** The integers of users by their UUID: events hold UUIDs, the vendor shows integers. */
export type Integers = ReadonlyMap<string, number>

/** What the names in events and messages are looked up in. */
export interface Shown {
  readonly ticket: Ticket
  readonly tenant: Tenant
  readonly users: Integers
  readonly linkTo: LinkTo
}

/** The users that the events of a timeline name. */
export function usersNamed(entries: readonly TimelineEntry[]): readonly string[] {
  const named = entries.flatMap(({ event }) => [event.after?.['assignee_id'], event.after?.['requester_id']])
  return [...new Set(named.filter((id) => typeof id === 'string'))]
}

/** A page of the timeline with its changes: a message that came with an event follows it. */
export function encodeHistory(entries: readonly TimelineEntry[], shown: Shown): (EventEntry | MessageEntry)[] {
  return entries.flatMap((entry) => {
    // What was set on a ticket that was merged into this one is not on this one.
    const change = entry.cameFrom === null ? encodeEvent(entry, shown) : null
    return [...(change ? [change] : []), ...(entry.message ? [encodeMessage(entry.message, shown)] : [])]
  })
}

interface Column {
  readonly name: string
  readonly label: string
  readonly value: (after: EventData, shown: Shown) => string
}

/**
 * The columns of a ticket whose changes the vendor's timeline shows. What has no column there (topic, type) has no
 * entry; a message is an entry of its own.
 */
const COLUMNS: Partial<Readonly<Record<EventKind, Column>>> = {
  'ticket.status_changed': { name: 'status', label: 'Status', value: (after) => statusWord(after['status']) },
  'ticket.priority_changed': { name: 'priority', label: 'Priority', value: (after) => priorityWord(after['priority']) },
  'ticket.title_changed': { name: 'title', label: 'Title', value: (after) => String(after['title'] ?? '') },
  'ticket.form_changed': { name: 'form_id', label: 'Form', value: (after) => String(after['form_id'] ?? '') },
  'ticket.tags_changed': {
    name: 'tags',
    label: 'Tags',
    value: ({ tags }) => (Array.isArray(tags) ? tags.join(',') : ''),
  },
  'ticket.group_changed': {
    name: 'assigned_group_id',
    label: 'Group',
    value: (after, { tenant }) => integerOf(tenant.groups, after['group_id']),
  },
  'ticket.desk_changed': {
    name: 'brand_id',
    label: 'Brand',
    value: (after, { tenant }) => integerOf(tenant.desks, after['desk_id']),
  },
  'ticket.assignee_changed': {
    name: 'assigned_user_id',
    label: 'User',
    value: (after, { users }) => userInteger(users, after['assignee_id']),
  },
  'ticket.requester_changed': {
    name: 'customer_id',
    label: 'Customer',
    value: (after, { users }) => userInteger(users, after['requester_id']),
  },
}

function encodeEvent(entry: TimelineEntry, shown: Shown): EventEntry | null {
  const { event } = entry
  const change = changeShown(event, shown)
  if (change === null) return null
  return {
    id: event.position,
    ticket_id: shown.ticket.integer,
    ...change,
    initiated_by: initiator(entry),
    created_at: dateTime(event.at),
    type: 'event',
  }
}

type ChangeShown = Pick<EventEntry, 'item_type' | 'item_type_id' | 'description'>

function changeShown({ kind, after }: Event, shown: Shown): ChangeShown | null {
  if (after === null) return null
  if (kind === 'ticket.created') {
    return { item_type: 'status', item_type_id: statusWord(after['status']), description: 'Ticket created.' }
  }
  const column = COLUMNS[kind]
  if (!column) return null
  const value = column.value(after, shown)
  return { item_type: column.name, item_type_id: value, description: `${column.label} changed to ${value || 'none'}.` }
}

/** A key is named as the vendor names a trigger, a person by their name. */
function initiator({ event, actor, credentialName }: TimelineEntry): string {
  const byKey = event.dialect === 'omnidesk' || actor?.kind === 'service'
  if (byKey && credentialName !== null) return `api: ${credentialName}`
  return actor ? fullName(actor) : 'system'
}

/** A message or note as the vendor's guide shows it. */
export function encodeMessage(message: Message, { ticket, tenant, linkTo }: Shown): MessageEntry {
  const isNote = message.visibility === 'internal'
  const channel = isNote ? undefined : tenant.channels.find((each) => each.id === message.channelId)
  const isAgents = message.authorRole === 'agent'
  const name = message.authorName ?? (message.author ? fullName(message.author) : '')
  const usual = isNote ? NO_ENDS : isAgents ? outboundEnds(ticket, name) : inboundEnds(ticket, message, name)
  const ends = message.envelope.to.length === 0 ? usual : sentTo(usual, message.envelope.to)
  return {
    to: ends.to,
    from: ends.from,
    image: '',
    created_at: dateTime(message.createdAt),
    pinned: 0,
    id: String(message.integer),
    channel_name: channel?.name ?? null,
    channel_icon: channel?.icon ?? null,
    type: isNote ? 'note' : 'message',
    status_new: WORD_OF_STATUS[message.ticketStatus],
    user_id: isAgents ? (message.author?.integer ?? 0) : 0,
    user_name: isAgents ? name : '',
    user_avatar: isAgents ? (message.author?.photoUrl ?? '') : '',
    channel_id: isNote ? 0 : message.channelId,
    direction: isNote ? '' : message.direction,
    content: shownHtml(message, linkTo) ?? escaped(message.plain),
    ticket_id: ticket.integer,
    external_id: message.envelope.externalReference,
    from_name: ends.fromName,
    to_name: ends.toName,
    meta_data: JSON.stringify(message.attachments.map(fileShown)),
    in_queue: 0,
  }
}

/** A file as others name it: the vendor has no public word of what `meta_data` holds. */
function fileShown({ integer, name, mediaType, size }: Attachment): object {
  return { id: integer, name, mime: mediaType, size }
}

interface Ends {
  readonly from: string | null
  readonly fromName: string
  readonly to: string | null
  readonly toName: string
}

const NO_ENDS: Ends = { from: null, fromName: '', to: null, toName: '' }

/** The customer's end of a ticket, and ours. */
function endsOf(ticket: Ticket): { readonly customer: Address; readonly desk: Address } {
  const sender = senderShown(ticket)
  const receiver = { address: ticket.toAddress, name: ticket.toName }
  return ticket.direction === 'inbound' ? { customer: sender, desk: receiver } : { customer: receiver, desk: sender }
}

interface Address {
  readonly address: string
  readonly name: string
}

function outboundEnds(ticket: Ticket, agent: string): Ends {
  const { customer, desk } = endsOf(ticket)
  return { from: desk.address || null, fromName: agent, to: customer.address || null, toName: customer.name }
}

function inboundEnds(ticket: Ticket, message: Message, author: string): Ends {
  const { customer, desk } = endsOf(ticket)
  const from = message.author?.email ?? customer.address
  return { from: from || null, fromName: author || customer.name, to: desk.address || null, toName: desk.name }
}

/** As the message itself names its receivers. The ticket knows the name of its own only. */
function sentTo(usual: Ends, receivers: readonly string[]): Ends {
  const to = receivers.join(',')
  return { ...usual, to, toName: to === usual.to ? usual.toName : '' }
}

function integerOf(records: readonly { readonly id: string; readonly integer: number }[], id: unknown): string {
  return String(records.find((record) => record.id === id)?.integer ?? 0)
}

function userInteger(users: Integers, id: unknown): string {
  return String((typeof id === 'string' ? users.get(id) : undefined) ?? 0)
}

function statusWord(value: unknown): string {
  const status: Status | undefined = STATUSES.find((each) => each === value)
  return status ? WORD_OF_STATUS[status] : ''
}

function priorityWord(value: unknown): string {
  const priority: Priority | undefined = PRIORITIES.find((each) => each === value)
  return priority ? WORD_OF_PRIORITY[priority] : ''
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** The vendor's content is HTML, so a message that was kept as text must not become markup. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character).replaceAll('\n', '<br>\n')
}
