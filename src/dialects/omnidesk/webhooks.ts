import type { EventKind } from '../../core/events/event.ts'
import type { UserProfile } from '../../core/identity/user.ts'
import type { News, Notice, Protocol } from '../../core/webhooks/protocol.ts'
import { newStandardSecret, standardHeaders } from '../standard-webhooks.ts'
import { encodeCustomer } from './customers/codec.ts'
import { encodeTicket } from './tickets/codec.ts'
import { encodeMessage } from './tickets/timeline.ts'

const SECOND = 1_000

const EVENT_TYPES = [
  { name: 'ticket.created', about: 'A ticket was created.' },
  { name: 'ticket.updated', about: 'A field of a ticket changed, but for its status.' },
  { name: 'ticket.status_changed', about: 'The status of a ticket changed.' },
  { name: 'ticket.deleted', about: 'A ticket was deleted.' },
  { name: 'message.created', about: 'A message was added to a ticket, or a ticket was created with one.' },
  { name: 'customer.created', about: 'A customer was created.' },
  { name: 'customer.updated', about: 'Something that is known of a customer changed.' },
] as const
type EventName = (typeof EVENT_TYPES)[number]['name']

/** Which changes of a ticket are shown by this dialect, and under which name. Its tickets have no topic and no type. */
const NAME_OF_CHANGE: Partial<Readonly<Record<EventKind, EventName>>> = {
  'ticket.status_changed': 'ticket.status_changed',
  'ticket.priority_changed': 'ticket.updated',
  'ticket.title_changed': 'ticket.updated',
  'ticket.group_changed': 'ticket.updated',
  'ticket.assignee_changed': 'ticket.updated',
  'ticket.requester_changed': 'ticket.updated',
  'ticket.desk_changed': 'ticket.updated',
  'ticket.form_changed': 'ticket.updated',
  'ticket.tags_changed': 'ticket.updated',
  'ticket.waiting_changed': 'ticket.updated',
}

/** An erased customer is told of no more: there is nothing to tell. */
const NAME_OF_USERS: Partial<Readonly<Record<EventKind, EventName>>> = {
  'user.created': 'customer.created',
  'user.changed': 'customer.updated',
}

/** Omnidesk, guide Webhooks: Standard Webhooks, an answer within a second, five retries with powers of two. */
export const webhooks: Protocol = {
  eventTypes: EVENT_TYPES,
  defaultEvents: EVENT_TYPES.map(({ name }) => name),
  hasEverything: false,
  timeoutMs: SECOND,
  retryDelaysMs: [2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND, 32 * SECOND],
  disables: () => false,
  newSecret: newStandardSecret,
  encode,
  test: (_, at) => notice('ticket.updated', at, {}),
  sign: (signing) => standardHeaders('webhook', signing),
  acceptsEndpoint: ({ status, headers }) =>
    (status === 200 || status === 204) && /(^|[\s,])POST([\s,]|$)/i.test(headers['allow'] ?? ''),
}

function encode(news: News): readonly Notice[] {
  return news.subject ? encodeOfUser(news, news.subject) : encodeOfTicket(news)
}

/** A user is a customer here by a membership as one; who works on desks is none. */
function encodeOfUser({ event, tenant }: News, user: UserProfile): readonly Notice[] {
  const name = NAME_OF_USERS[event.kind]
  const isCustomer = user.kind === 'person' && user.memberships.some(({ role }) => role === 'customer')
  return name !== undefined && isCustomer ? [notice(name, event.at, encodeCustomer(user, tenant))] : []
}

function encodeOfTicket({ event, ticket, message, tenant, linkTo }: News): readonly Notice[] {
  if (event.kind === 'ticket.deleted') {
    const id = event.before?.['integer']
    return typeof id === 'number' ? [notice('ticket.deleted', event.at, { id })] : []
  }
  if (!ticket) return []
  const item = encodeTicket(ticket, tenant)
  const said = message
    ? [notice('message.created', event.at, encodeMessage(message, { ticket, tenant, users: new Map(), linkTo }))]
    : []
  if (event.kind === 'ticket.created') return [notice('ticket.created', event.at, item), ...said]
  if (event.kind === 'message.added') return said
  const name = NAME_OF_CHANGE[event.kind]
  const isRepetition = JSON.stringify(event.before) === JSON.stringify(event.after)
  return name === undefined || isRepetition ? [] : [notice(name, event.at, item)]
}

function notice(type: EventName, timestamp: string, data: object): Notice {
  return { type, body: JSON.stringify({ type, timestamp, data }) }
}
