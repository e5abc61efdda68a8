import { type Static, type TSchema, Type } from 'typebox'
import { ROLES } from '../access/permissions.ts'
import { EVENT_KINDS, type Event, type EventData } from '../events/event.ts'
import { instant, instantOrNull } from '../instant.ts'
import type { Message } from '../messages/message.ts'
import { type Person, PRIORITIES, STATUSES, type Ticket } from './ticket.ts'

/**
 * How tickets, messages and events come out of PostgreSQL, as columns or as JSON: the select lists, the rows' schemas,
 * and the one place that turns a row into the core's own type.
 */

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const number = Type.Integer()
const data = Type.Unsafe<EventData | null>({})

const TICKET_COLUMNS = [
  'id',
  'integer',
  'desk_id',
  'number',
  'version',
  'title',
  'description',
  'status',
  'priority',
  'topic_id',
  'type_id',
  'group_id',
  'requester_id',
  'assignee_id',
  'channel_id',
  'form_id',
  'direction',
  'from_address',
  'from_name',
  'to_address',
  'to_name',
  'external_reference',
  'tags',
  'created_at',
  'updated_at',
  'status_changed_at',
  'first_response_at',
  'latest_message_at',
  'latest_agent_at',
  'latest_requester_at',
  'solved_at',
  'closed_at',
  'finished_at',
] as const

const PERSON_COLUMNS = [
  'integer',
  'kind',
  'is_owner',
  'name',
  'surname',
  'email',
  'phone',
  'photo_url',
  'about',
  'customer_number',
  'active',
] as const

function personColumns(users: string, memberships: string, prefix: string): string {
  const columns = PERSON_COLUMNS.map((column) => `${users}.${column} as ${prefix}_${column}`)
  return [
    ...columns,
    `${memberships}.id as ${prefix}_membership_id`,
    `${memberships}.role as ${prefix}_membership_role`,
  ].join(', ')
}

/** Select list of a ticket `t` with its requester and assignee, over `TICKET_JOINS`. */
export const TICKET_VIEW = `${TICKET_COLUMNS.map((column) => `t.${column}`).join(', ')},
  ${personColumns('requester', 'requester_m', 'requester')}, ${personColumns('assignee', 'assignee_m', 'assignee')}`

/** The joins that `TICKET_VIEW` needs, for a ticket `t` of tenant `$1`. */
export const TICKET_JOINS = `
  left join users requester on requester.tenant_id = $1 and requester.id = t.requester_id
  left join memberships requester_m on requester_m.tenant_id = $1 and requester_m.user_id = t.requester_id and requester_m.desk_id = t.desk_id
  left join users assignee on assignee.tenant_id = $1 and assignee.id = t.assignee_id
  left join memberships assignee_m on assignee_m.tenant_id = $1 and assignee_m.user_id = t.assignee_id and assignee_m.desk_id = t.desk_id`

export const TicketRow = Type.Object({
  id: text,
  integer: number,
  desk_id: text,
  number,
  version: number,
  title: text,
  description: text,
  status: Type.Enum(STATUSES),
  priority: Type.Enum(PRIORITIES),
  topic_id: nullable(number),
  type_id: nullable(number),
  group_id: nullable(text),
  requester_id: nullable(text),
  assignee_id: nullable(text),
  channel_id: number,
  form_id: nullable(number),
  direction: Type.Enum(['inbound', 'outbound'] as const),
  from_address: text,
  from_name: text,
  to_address: text,
  to_name: text,
  external_reference: nullable(text),
  tags: Type.Array(text),
  created_at: text,
  updated_at: text,
  status_changed_at: nullable(text),
  first_response_at: nullable(text),
  latest_message_at: nullable(text),
  latest_agent_at: nullable(text),
  latest_requester_at: nullable(text),
  solved_at: nullable(text),
  closed_at: nullable(text),
  finished_at: nullable(text),
  requester_integer: nullable(number),
  requester_kind: nullable(Type.Enum(['person', 'service'] as const)),
  requester_is_owner: nullable(Type.Boolean()),
  requester_name: nullable(text),
  requester_surname: nullable(text),
  requester_email: nullable(text),
  requester_phone: nullable(text),
  requester_photo_url: nullable(text),
  requester_about: nullable(text),
  requester_customer_number: nullable(text),
  requester_active: nullable(Type.Boolean()),
  requester_membership_id: nullable(text),
  requester_membership_role: nullable(Type.Enum(ROLES)),
  assignee_integer: nullable(number),
  assignee_kind: nullable(Type.Enum(['person', 'service'] as const)),
  assignee_is_owner: nullable(Type.Boolean()),
  assignee_name: nullable(text),
  assignee_surname: nullable(text),
  assignee_email: nullable(text),
  assignee_phone: nullable(text),
  assignee_photo_url: nullable(text),
  assignee_about: nullable(text),
  assignee_customer_number: nullable(text),
  assignee_active: nullable(Type.Boolean()),
  assignee_membership_id: nullable(text),
  assignee_membership_role: nullable(Type.Enum(ROLES)),
})
export type TicketRow = Static<typeof TicketRow>

function requesterOf(row: TicketRow): Person | null {
  if (row.requester_id === null || row.requester_integer === null) return null
  return {
    id: row.requester_id,
    integer: row.requester_integer,
    kind: row.requester_kind ?? 'person',
    isOwner: row.requester_is_owner ?? false,
    name: row.requester_name ?? '',
    surname: row.requester_surname ?? '',
    email: row.requester_email,
    phone: row.requester_phone,
    photoUrl: row.requester_photo_url,
    about: row.requester_about,
    customerNumber: row.requester_customer_number,
    active: row.requester_active ?? false,
    membership:
      row.requester_membership_id === null || row.requester_membership_role === null
        ? null
        : { id: row.requester_membership_id, role: row.requester_membership_role },
  }
}

function assigneeOf(row: TicketRow): Person | null {
  if (row.assignee_id === null || row.assignee_integer === null) return null
  return {
    id: row.assignee_id,
    integer: row.assignee_integer,
    kind: row.assignee_kind ?? 'person',
    isOwner: row.assignee_is_owner ?? false,
    name: row.assignee_name ?? '',
    surname: row.assignee_surname ?? '',
    email: row.assignee_email,
    phone: row.assignee_phone,
    photoUrl: row.assignee_photo_url,
    about: row.assignee_about,
    customerNumber: row.assignee_customer_number,
    active: row.assignee_active ?? false,
    membership:
      row.assignee_membership_id === null || row.assignee_membership_role === null
        ? null
        : { id: row.assignee_membership_id, role: row.assignee_membership_role },
  }
}

export function ticketOf(row: TicketRow): Ticket {
  return {
    id: row.id,
    integer: row.integer,
    deskId: row.desk_id,
    number: row.number,
    version: row.version,
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    topicId: row.topic_id,
    typeId: row.type_id,
    groupId: row.group_id,
    requester: requesterOf(row),
    assignee: assigneeOf(row),
    channelId: row.channel_id,
    formId: row.form_id,
    direction: row.direction,
    fromAddress: row.from_address,
    fromName: row.from_name,
    toAddress: row.to_address,
    toName: row.to_name,
    externalReference: row.external_reference,
    tags: row.tags,
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
    statusChangedAt: instantOrNull(row.status_changed_at),
    firstResponseAt: instantOrNull(row.first_response_at),
    latestMessageAt: instantOrNull(row.latest_message_at),
    latestAgentAt: instantOrNull(row.latest_agent_at),
    latestRequesterAt: instantOrNull(row.latest_requester_at),
    solvedAt: instantOrNull(row.solved_at),
    closedAt: instantOrNull(row.closed_at),
    finishedAt: instantOrNull(row.finished_at),
  }
}

/** Select list of a message `m` with its author `u`. */
export const MESSAGE_VIEW = `m.id, m.integer, m.ticket_id, m.visibility, m.author_id, m.author_name, m.author_role, m.direction,
  m.channel_id, m.format, m.original, m.plain, m.safe_html, m.ticket_status, m.created_at,
  u.integer as user_integer, u.name as user_name, u.surname as user_surname, u.email as user_email, u.photo_url as user_photo_url`

export const MessageRow = Type.Object({
  id: text,
  integer: number,
  ticket_id: text,
  visibility: Type.Enum(['public', 'internal'] as const),
  author_id: nullable(text),
  author_name: nullable(text),
  author_role: Type.Enum(['requester', 'agent'] as const),
  direction: Type.Enum(['inbound', 'outbound'] as const),
  channel_id: number,
  format: Type.Enum(['text', 'html'] as const),
  original: text,
  plain: text,
  safe_html: nullable(text),
  ticket_status: Type.Enum(STATUSES),
  created_at: text,
  user_integer: nullable(number),
  user_name: nullable(text),
  user_surname: nullable(text),
  user_email: nullable(text),
  user_photo_url: nullable(text),
})
export type MessageRow = Static<typeof MessageRow>

export function messageOf(row: MessageRow): Message {
  return {
    id: row.id,
    integer: row.integer,
    ticketId: row.ticket_id,
    visibility: row.visibility,
    author:
      row.author_id === null || row.user_integer === null
        ? null
        : {
            id: row.author_id,
            integer: row.user_integer,
            name: row.user_name ?? '',
            surname: row.user_surname ?? '',
            email: row.user_email,
            photoUrl: row.user_photo_url,
          },
    authorName: row.author_name,
    authorRole: row.author_role,
    direction: row.direction,
    channelId: row.channel_id,
    format: row.format,
    original: row.original,
    plain: row.plain,
    safeHtml: row.safe_html,
    ticketStatus: row.ticket_status,
    createdAt: instant(row.created_at),
  }
}

/** Select list of an event `e`. */
export const EVENT_VIEW =
  'e.id, e.position, e.kind, e.ticket_id, e.message_id, e.actor_id, e.credential_id, e.dialect, e.request_id, e.at, e.before, e.after'

export const EventRow = Type.Object({
  id: text,
  position: number,
  kind: Type.Enum(EVENT_KINDS),
  ticket_id: nullable(text),
  message_id: nullable(text),
  actor_id: nullable(text),
  credential_id: nullable(text),
  dialect: text,
  request_id: text,
  at: text,
  before: data,
  after: data,
})
export type EventRow = Static<typeof EventRow>

export function eventOf(row: EventRow): Event {
  return {
    id: row.id,
    position: row.position,
    kind: row.kind,
    ticketId: row.ticket_id,
    messageId: row.message_id,
    actorId: row.actor_id,
    credentialId: row.credential_id,
    dialect: row.dialect,
    requestId: row.request_id,
    at: instant(row.at),
    before: row.before,
    after: row.after,
  }
}

/** What a ticket command stores as its result and answers with, as JSON made by the statement itself. */
export const OutcomeRow = Type.Object({
  tickets: Type.Array(TicketRow),
  events: Type.Array(EventRow),
  messages: Type.Array(MessageRow),
  /** What a deletion erased: only its ids are kept. */
  deleted: Type.Optional(Type.Array(Type.Object({ id: text, integer: number }))),
})
export type OutcomeRow = Static<typeof OutcomeRow>
