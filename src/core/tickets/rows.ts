import { type Static, type TSchema, Type } from 'typebox'
import type { Attachment } from '../attachments/attachment.ts'
import { isLonger } from '../bounds.ts'
import { EventRow, eventOf } from '../events/rows.ts'
import { kept } from '../idempotency/store.ts'
import { ROLES } from '../identity/permissions.ts'
import { USER_KINDS } from '../identity/user.ts'
import { instant } from '../instant.ts'
import type { Envelope, Message } from '../messages/message.ts'
import { STATUSES } from '../words.ts'
import { TicketLine, ticketLine, ticketWith } from './fields.ts'
import type { Ticket, TicketOutcome } from './ticket.ts'

/**
 * How tickets, messages and events come out of PostgreSQL, as columns or as JSON: the select lists, the rows' schemas,
 * and the one place that turns a row into the core's own type.
 */

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const number = Type.Integer()

/**
 * SQL of as much of the description of a ticket `t` as `cutTo` needs to cut it, so that no more of it is read.
 *
 * @param characters SQL of how many it is cut to.
 */
export function describedBriefly(characters: number | string): string {
  return `case when octet_length(t.description) > ${characters} then left(t.description, ${characters} + 1) else t.description end`
}

/** A user of the tenant, with the membership on a desk, as JSON: one column in place of thirteen, and read only where there is one. */
export function personView(userId: string, deskId: string): string {
  return `(select json_build_object('id', u.id, 'integer', u.integer, 'kind', u.kind, 'isOwner', u.is_owner, 'name', u.name,
    'surname', u.surname, 'email', u.email, 'phone', u.phone, 'photoUrl', u.photo_url, 'about', u.about,
    'customerNumber', u.customer_number, 'active', u.active, 'membership', (
      select json_build_object('id', m.id, 'role', m.role) from memberships m
      where m.tenant_id = :tenant_id and m.user_id = ${userId} and m.desk_id = ${deskId}))
    from users u where u.tenant_id = :tenant_id and u.id = ${userId})`
}

/** Select list of a ticket `t` of the tenant with its requester and assignee. @param description as for `ticketLine`. */
export function ticketView(description?: string): string {
  return `${ticketLine(description)}, ${personView('t.requester_id', 't.desk_id')} as requester,
  ${personView('t.assignee_id', 't.desk_id')} as assignee`
}
export const TICKET_VIEW = ticketView()

/** As `personView` selects it. */
export const PersonData = nullable(
  Type.Object({
    id: text,
    integer: number,
    kind: Type.Enum(USER_KINDS),
    isOwner: Type.Boolean(),
    name: text,
    surname: text,
    email: nullable(text),
    phone: nullable(text),
    photoUrl: nullable(text),
    about: nullable(text),
    customerNumber: nullable(text),
    active: Type.Boolean(),
    membership: nullable(Type.Object({ id: text, role: Type.Enum(ROLES) })),
  }),
)

export const TicketRow = Type.Object({ ...TicketLine.properties, requester: PersonData, assignee: PersonData })
export type TicketRow = Static<typeof TicketRow>

export function ticketOf(row: TicketRow): Ticket {
  return ticketWith(row, row.requester, row.assignee)
}

/** A ticket with so many characters of its description, which says so if there are more. */
export function cutTo(characters: number, ticket: Ticket): Ticket {
  if (!isLonger(ticket.description, characters)) return ticket
  return { ...ticket, description: [...ticket.description].slice(0, characters).join(''), isDescriptionCut: true }
}

/** Attachments `f`, in their order, as JSON. `from` tells where they are, and of what message. */
export function attachmentsView(from: string): string {
  return `(select coalesce(json_agg(json_build_object('id', f.id, 'integer', f.integer, 'name', f.name, 'mediaType', f.media_type, 'size', f.size,
    'width', f.width, 'height', f.height, 'createdAt', f.created_at) order by f.nth), '[]') from ${from})`
}

/** The columns of a message that are shown. */
export const MESSAGE_COLUMNS = [
  'id',
  'integer',
  'ticket_id',
  'visibility',
  'author_id',
  'author_name',
  'author_role',
  'direction',
  'channel_id',
  'format',
  'plain',
  'safe_html',
  'ticket_status',
  'created_at',
  'to_addresses',
  'cc_addresses',
  'bcc_addresses',
  'in_reply_to',
  'external_reference',
  'came_from',
  'written_on',
] as const

const TEXTS: readonly string[] = ['plain', 'safe_html']

/** SQL of a ticket as what came from it names it, as JSON; null without one. */
export function originView(id: string): string {
  return `case when ${id} is not null then (select json_build_object('id', o.id, 'integer', o.integer, 'number', o.number)
    from tickets o where o.tenant_id = :tenant_id and o.id = ${id}) end`
}

/**
 * Select list of a message `m` with its author `u`, without its attachments and where it came from: a new message has none.
 *
 * @param texts SQL of what is read of its texts.
 */
export function messageLine(texts = 'm.plain, m.safe_html'): string {
  const others = MESSAGE_COLUMNS.filter((column) => ![...TEXTS, 'came_from', 'written_on'].includes(column))
  return `${others.map((column) => `m.${column}`).join(', ')}, ${texts},
  u.integer as user_integer, u.name as user_name, u.surname as user_surname, u.email as user_email, u.photo_url as user_photo_url`
}
export const MESSAGE_LINE = messageLine()

/**
 * SQL of the ticket that a message `m` came from. What was split off is a guest of the ticket that it is on, too, but of where
 * it was written nothing is told: not everybody who sees the one sees the other.
 */
const GUEST_OF = 'coalesce(m.came_from, case when m.written_on is not null then m.ticket_id end)'

/** Select list of a message `m` of the tenant with its author `u`. @param texts as for `messageLine`. */
export function messageView(texts?: string): string {
  return `${messageLine(texts)}, ${originView(GUEST_OF)} as came_from,
  ${attachmentsView('attachments f where f.tenant_id = :tenant_id and f.message_id = m.id')} as attachments`
}
export const MESSAGE_VIEW = messageView()

const AttachmentData = Type.Object({
  id: text,
  integer: number,
  name: text,
  mediaType: text,
  size: number,
  width: nullable(number),
  height: nullable(number),
  createdAt: text,
})

function attachmentOf(data: Static<typeof AttachmentData>): Attachment {
  return { ...data, createdAt: instant(data.createdAt) }
}

const Addresses = nullable(Type.Array(text))

/** Absent in results that were stored before there were any. */
const EnvelopeColumns = {
  to_addresses: Type.Optional(Addresses),
  cc_addresses: Type.Optional(Addresses),
  bcc_addresses: Type.Optional(Addresses),
  in_reply_to: Type.Optional(nullable(text)),
  external_reference: Type.Optional(nullable(text)),
}

/** As `originView` selects it. */
export const OriginData = nullable(Type.Object({ id: text, integer: number, number }))

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
  plain: text,
  safe_html: nullable(text),
  ticket_status: Type.Enum(STATUSES),
  created_at: text,
  user_integer: nullable(number),
  user_name: nullable(text),
  user_surname: nullable(text),
  user_email: nullable(text),
  user_photo_url: nullable(text),
  ...EnvelopeColumns,
  /** Bytes of its texts when less than all of them was read. */
  whole_bytes: Type.Optional(nullable(number)),
  /** Absent in results that were stored before there were any. */
  attachments: Type.Optional(Type.Array(AttachmentData)),
  /** Absent for a message that is new. */
  came_from: Type.Optional(OriginData),
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
    plain: row.whole_bytes ? row.plain + cutMark(row.integer, row.whole_bytes) : row.plain,
    safeHtml: row.safe_html,
    ticketStatus: row.ticket_status,
    envelope: envelopeOf(row),
    attachments: (row.attachments ?? []).map(attachmentOf),
    createdAt: instant(row.created_at),
    cameFrom: row.came_from ?? null,
  }
}

/** Says that a text goes on, and where. */
function cutMark(integer: number, bytes: number): string {
  return `\n\n[… cut: ${bytes} bytes in all. The native API shows message ${integer} of this ticket whole.]`
}

function envelopeOf(row: MessageRow): Envelope {
  return {
    to: row.to_addresses ?? [],
    cc: row.cc_addresses ?? [],
    bcc: row.bcc_addresses ?? [],
    inReplyTo: row.in_reply_to ?? null,
    externalReference: row.external_reference ?? null,
  }
}

/** How far a call on many tickets has come, over all of its parts. */
export const Progress = Type.Object({
  /** How many tickets it changed. */
  changed: number,
  /** Where the next part begins; null once there is none. */
  after: nullable(Type.Object({ at: text, id: text })),
})
export type Progress = Static<typeof Progress>

/** What a ticket command stores as its result and answers with, as JSON made by the statement itself. */
export const OutcomeRow = Type.Object({
  tickets: Type.Array(TicketRow),
  events: Type.Array(EventRow),
  messages: Type.Array(MessageRow),
  /** What a deletion erased: only its ids are kept. */
  deleted: Type.Optional(Type.Array(Type.Object({ id: text, integer: number }))),
})
export type OutcomeRow = Static<typeof OutcomeRow>

export function outcomeOf(row: OutcomeRow): TicketOutcome {
  return { tickets: row.tickets.map(ticketOf), events: row.events.map(eventOf), messages: row.messages.map(messageOf) }
}

/** What calls on tickets keep: what they did, and how far a call on many had come. */
export const TICKETS_KEPT = kept(
  'ticket.kept',
  Type.Object({ ...OutcomeRow.properties, progress: Type.Optional(Progress) }),
)
