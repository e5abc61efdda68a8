import type { Attachment } from '../../../core/attachments/attachment.ts'
import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Tenant } from '../../../core/catalogue/tenant.ts'
import { refuseField } from '../../../core/errors.ts'
import type { Actor } from '../../../core/identity/actor.ts'
import { type Instant, isInstant } from '../../../core/instant.ts'
import type { Message, NewEnvelope, NewMessage } from '../../../core/messages/message.ts'
import { shownHtml } from '../../../core/messages/shown.ts'
import type { ToldKey } from '../../../core/tickets/fields.ts'
import type { Original } from '../../../core/tickets/queries/original.ts'
import type { DeletedMessage, KnownValue } from '../../../core/tickets/queries/past.ts'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import type { NewSplit } from '../../../core/tickets/rules/split.ts'
import type {
  ChangeOptions,
  NewTicket,
  Person,
  RequesterChoice,
  Ticket,
  TicketChange,
  TicketFilter,
  TicketRef,
} from '../../../core/tickets/ticket.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import type { Call } from '../../route.ts'
import type { Names } from '../names.ts'
import { versionsIn } from './entity-tags.ts'
import { encodeEventData } from './event-data.ts'
import type {
  AttachmentAnswer,
  ChangeBody,
  Included,
  MessageAnswer,
  MessageIncluded,
  NewMessageBody,
  NewTicketBody,
  OriginalAnswer,
  PersonAnswer,
  SplitBody,
  TicketAnswer,
  TicketQuery,
  TimelineEntryAnswer,
} from './schema.ts'
import { HISTORY_FIELDS, INCLUDED, MESSAGE_INCLUDED } from './schema.ts'

// --- inward -----------------------------------------------------------------------------------------------------------

/** The version that `If-Match` demands, or several of which one will do. @throws Refusal `invalid` */
export function decodePrecondition(headers: Call<never, never, never>['headers']): ChangeOptions {
  const versions = versionsIn(headers, 'If-Match')
  if (versions === null) return {}
  const [version = 0] = versions
  return { version: versions.length > 1 ? versions : version }
}

/**
 * A new ticket on the default desk, from the calling person, unless it says otherwise.
 *
 * @throws Refusal `invalid`
 */
export function decodeNewTicket(tenant: Tenant, actor: Actor, body: NewTicketBody): NewTicket {
  const content = decodeContent(body)
  if (!content && !isSaid(body.title)) refuseField(['title'], 'required', 'A title, text or html is required.')
  return {
    deskId: body.desk?.toLowerCase() ?? actor.credential.deskId ?? tenant.defaultDesk.id,
    requester: decodeRequester(actor, body.requester),
    ...(body.title !== undefined && { title: body.title }),
    ...(content && { message: { visibility: 'public', ...content } }),
    ...(body.status !== undefined && { status: body.status }),
    ...(body.priority !== undefined && { priority: body.priority }),
    ...(body.tags !== undefined && { tags: body.tags }),
    fields: body.fields ?? {},
    ...(body.reference !== undefined && { externalReference: body.reference }),
    ...(body.channel !== undefined && { channelId: decodeChannel(tenant, body.channel) }),
    ...decodeReferences(body),
  }
}

function decodeRequester(actor: Actor, requester: NewTicketBody['requester']): RequesterChoice {
  if (requester === undefined) {
    // A machine has no question of its own: whoever it asks for is unknown until it says so.
    return actor.user.kind !== 'person' ? { by: 'nobody' } : { by: 'id', id: actor.user.id, member: false }
  }
  const { id, email, name } = requester
  if (id !== undefined && email !== undefined) {
    refuseField(['requester', 'email'], 'not_allowed', 'Send id or email, not both.')
  }
  if (id !== undefined) {
    if (name !== undefined) refuseField(['requester', 'name'], 'not_allowed', 'Goes with email only.')
    return { by: 'id', id: id.toLowerCase(), member: false }
  }
  if (email === undefined) refuseField(['requester'], 'required', 'Its id or email is required.')
  return { by: 'email', email, name: name ?? '', create: true }
}

function decodeChannel(tenant: Tenant, kind: string): number {
  const channel = tenant.channels.find((each) => each.kind === kind && each.active)
  return channel?.id ?? refuseField(['channel'], 'unknown', 'This channel does not exist.')
}

/** What a change may be. @throws Refusal `invalid` */
export function decodeChange(body: ChangeBody): TicketChange {
  return {
    ...(body.title !== undefined && { title: body.title }),
    ...(body.status !== undefined && { status: { to: body.status } }),
    ...(body.priority !== undefined && { priority: body.priority }),
    ...(body.requester !== undefined && { requesterId: lowerCase(body.requester) }),
    ...(body.desk !== undefined && { deskId: body.desk.toLowerCase() }),
    ...(body.add_tags !== undefined && { addTags: body.add_tags }),
    ...(body.remove_tags !== undefined && { removeTags: body.remove_tags }),
    ...(body.fields !== undefined && { fields: body.fields }),
    ...(body.waiting !== undefined && { waiting: body.waiting }),
    ...decodeReferences(body),
  }
}

type References = Pick<NewTicketBody & ChangeBody, 'topic' | 'type' | 'form' | 'group' | 'assignee'>

function decodeReferences(
  body: References,
): Pick<TicketChange, 'topicId' | 'typeId' | 'formId' | 'groupId' | 'assigneeId'> {
  return {
    ...(body.topic !== undefined && { topicId: body.topic }),
    ...(body.type !== undefined && { typeId: body.type }),
    ...(body.form !== undefined && { formId: body.form }),
    ...(body.group !== undefined && { groupId: lowerCase(body.group) }),
    ...(body.assignee !== undefined && { assigneeId: lowerCase(body.assignee) }),
  }
}

/** UUIDs are the same in either case; the core compares them as text. */
function lowerCase(id: string | null): string | null {
  return id === null ? null : id.toLowerCase()
}

/** The ticket that another is merged into. */
export function decodeInto({ into }: { readonly into: string | number }): TicketRef {
  return typeof into === 'number' ? { integer: into } : { id: into.toLowerCase() }
}

/** What is split off a ticket. */
export function decodeSplit({ message, following = false, title }: SplitBody): NewSplit {
  const ref = typeof message === 'number' ? { integer: message } : { id: message.toLowerCase() }
  return { message: ref, following, ...(title !== undefined && { title }) }
}

/** How a reply or note is to be made. @throws Refusal `invalid` */
export function decodeReplyOptions(
  { unless_public_after: seen, unless_taken_from: assignee }: NewMessageBody,
  headers: Call<never, never, never>['headers'],
): ChangeOptions {
  return {
    ...decodePrecondition(headers),
    ...(seen !== undefined && { unlessPublicAfter: { id: seen.toLowerCase() } }),
    ...(assignee !== undefined && { unlessTakenFrom: lowerCase(assignee) }),
  }
}

/** A moment of which it is asked what there was; null for now. @throws Refusal `invalid` */
export function decodeAsOf({ as_of: text }: { readonly as_of?: string }): Instant | null {
  return text === undefined ? null : decodeInstant('as_of', text)
}

/** A field whose values are told. @throws Refusal `invalid` */
export function decodeHistoryField({ field }: { readonly field: string }): ToldKey {
  const known: Readonly<Record<string, ToldKey>> = HISTORY_FIELDS
  const key = Object.hasOwn(known, field) ? known[field] : undefined
  return key ?? refuseField(['field'], 'choice', `Must be one of ${Object.keys(known).join(', ')}.`)
}

/** A point in time, in any zone. @throws Refusal `invalid` */
export function decodeInstant(field: string, text: string): Instant {
  const time = new Date(text)
  // What the calendar has not, JavaScript takes for another day.
  const [day = ''] = text.split(/t/i)
  const isDay = isInstant(`${day}T00:00:00.000Z`)
  if (!ZONED.test(text) || !isDay || Number.isNaN(time.getTime()))
    refuseField([field], 'format', 'Must be a date-time, for instance 2026-01-15T10:20:30Z.')
  return time.toISOString()
}

/** What JavaScript reads otherwise is in the server's own zone, or no time at all. */
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i

/** What is to be shown of tickets beside themselves. @throws Refusal `invalid` */
export function decodeIncluded({ include }: { readonly include?: string }): ReadonlySet<Included> {
  return new Set(include === undefined ? [] : wordsIn('include', include, INCLUDED))
}

/** What else is to be shown of messages. @throws Refusal `invalid` */
export function decodeMessageIncluded({ include }: { readonly include?: string }): ReadonlySet<MessageIncluded> {
  return new Set(include === undefined ? [] : wordsIn('include', include, MESSAGE_INCLUDED))
}

/** A reply or note, with the status that is to come with it. @throws Refusal `invalid` */
export function decodeReply(body: NewMessageBody): TicketChange {
  const content = decodeContent(body) ?? refuseField(['text'], 'required', 'text, html or attachments are required.')
  return {
    message: {
      ...{ visibility: body.visibility ?? 'public', ...content, ...decodeEnvelope(body) },
      ...(body.draft !== undefined && { unsentId: body.draft.toLowerCase() }),
    },
    // As a change of its own, not of the message, so that it needs the permission to change the status.
    ...(body.status !== undefined && { status: { to: body.status } }),
  }
}

function decodeEnvelope(body: NewMessageBody): Pick<NewMessage, 'envelope'> {
  const envelope: NewEnvelope = {
    ...(body.to !== undefined && { to: body.to }),
    ...(body.cc !== undefined && { cc: body.cc }),
    ...(body.bcc !== undefined && { bcc: body.bcc }),
    ...(body.in_reply_to !== undefined && { inReplyTo: { id: body.in_reply_to.toLowerCase() } }),
    ...(body.external_reference !== undefined && { externalReference: body.external_reference }),
  }
  return Object.keys(envelope).length > 0 ? { envelope } : {}
}

function decodeContent(body: {
  readonly text?: string
  readonly html?: string
  readonly attachments?: readonly string[]
}): Pick<NewMessage, 'format' | 'text' | 'attachmentIds'> | null {
  if (body.text !== undefined && body.html !== undefined) {
    refuseField(['html'], 'not_allowed', 'Send text or html, not both.')
  }
  const format = body.html === undefined ? 'text' : 'html'
  const text = body[format]
  const attachmentIds = body.attachments?.map((id) => id.toLowerCase())
  const attached = attachmentIds ? { attachmentIds } : {}
  // Files can speak for themselves.
  if (text === undefined) return attachmentIds?.length ? { format: 'text', text: '', attachmentIds } : null
  return isSaid(text) ? { format, text, ...attached } : refuseField([format], 'required', 'Must not be blank.')
}

function isSaid(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== ''
}

/** @throws Refusal `invalid` */
export function decodeFilter(query: TicketQuery): TicketFilter {
  return {
    ...(query.status !== undefined && { statuses: wordsIn('status', query.status, STATUSES) }),
    ...(query.priority !== undefined && { priorities: wordsIn('priority', query.priority, PRIORITIES) }),
    ...(query.desk !== undefined && { deskIds: [query.desk.toLowerCase()] }),
    ...(query.requester !== undefined && { requesterIds: [query.requester.toLowerCase()] }),
    ...(query.assignee !== undefined && { assigneeIds: [query.assignee.toLowerCase()] }),
    ...(query.unassigned !== undefined && { unassigned: query.unassigned === 'true' }),
    ...(query.group !== undefined && { groupIds: [query.group.toLowerCase()] }),
    ...(query.topic !== undefined && { topicIds: [decodeTopic(query.topic)] }),
  }
}

function wordsIn<W extends string>(field: string, text: string, known: readonly W[]): readonly W[] {
  const asked = new Set(text.split(','))
  const words = known.filter((each) => asked.has(each))
  if (words.length === asked.size) return words
  return refuseField([field], 'choice', `Must be some of ${known.join(', ')}, separated by commas.`)
}

/** Within the range of PostgreSQL's `integer`. */
const TOPIC = /^[1-9]\d{0,8}$/

function decodeTopic(topic: string): number {
  return TOPIC.test(topic) ? Number(topic) : refuseField(['topic'], 'format', 'Must be the id of a topic.')
}

// --- outward ----------------------------------------------------------------------------------------------------------

export function encodeTicket(names: Names, ticket: Ticket): TicketAnswer {
  return {
    id: ticket.id,
    integer: ticket.integer,
    number: ticket.number,
    version: ticket.version,
    desk: names.desk(ticket.deskId),
    title: ticket.title,
    description: ticket.description,
    ...(ticket.isDescriptionCut && { description_cut: true }),
    status: ticket.status,
    status_label: names.statusLabel(ticket.status),
    priority: ticket.priority,
    topic: names.topic(ticket.topicId),
    type: names.type(ticket.typeId),
    group: names.group(ticket.groupId),
    requester: encodePerson(ticket.requester),
    assignee: encodePerson(ticket.assignee),
    channel: names.channel(ticket.channelId),
    direction: ticket.direction,
    from: { address: ticket.fromAddress, name: ticket.fromName },
    to: { address: ticket.toAddress, name: ticket.toName },
    reference: ticket.externalReference,
    form: ticket.formId,
    tags: ticket.tags,
    fields: ticket.fields,
    created_at: ticket.createdAt,
    updated_at: ticket.updatedAt,
    status_changed_at: ticket.statusChangedAt,
    first_response_at: ticket.firstResponseAt,
    latest_message_at: ticket.latestMessageAt,
    latest_agent_at: ticket.latestAgentAt,
    latest_requester_at: ticket.latestRequesterAt,
    waiting_since: ticket.waitingSince,
    snoozed_until: ticket.snoozedUntil,
    solved_at: ticket.solvedAt,
    closed_at: ticket.closedAt,
  }
}

export function encodePerson(person: Person | null): PersonAnswer {
  if (person === null) return null
  const { id, integer, name, surname, email, isOwner, membership } = person
  return { id, integer, name, surname, email, role: isOwner ? 'owner' : (membership?.role ?? null) }
}

export function encodeAttachment(attachment: Attachment, linkTo: LinkTo): AttachmentAnswer {
  const { id, integer, name, mediaType, size, width, height, createdAt } = attachment
  return { id, integer, name, type: mediaType, size, width, height, url: linkTo(attachment), created_at: createdAt }
}

export function encodeMessage(names: Names, message: Message, linkTo: LinkTo): MessageAnswer {
  const { envelope } = message
  return {
    id: message.id,
    integer: message.integer,
    visibility: message.visibility,
    author: message.author && encodeAuthor(message.author),
    author_name: message.authorName,
    author_role: message.authorRole,
    direction: message.direction,
    channel: names.channel(message.channelId),
    format: message.format,
    text: message.plain,
    html: shownHtml(message, linkTo),
    ticket_status: message.ticketStatus,
    to: envelope.to,
    cc: envelope.cc,
    bcc: envelope.bcc,
    in_reply_to: envelope.inReplyTo,
    external_reference: envelope.externalReference,
    attachments: message.attachments.map((each) => encodeAttachment(each, linkTo)),
    created_at: message.createdAt,
    merged_from: mergedFrom(message),
  }
}

/** Of what was split off from another ticket, its own one is the first that this API tells. */
function mergedFrom({ cameFrom, ticketId }: Pick<Message, 'cameFrom' | 'ticketId'>): Message['cameFrom'] {
  return cameFrom?.id === ticketId ? null : cameFrom
}

export function encodeDeleted({ id, visibility, authorRole, createdAt, deletedAt }: DeletedMessage) {
  return { id, visibility, author_role: authorRole, created_at: createdAt, deleted_at: deletedAt }
}

export function encodeValue({ value, since, until, actor, entry }: KnownValue) {
  const { position, dialect } = entry
  return { value, since, until, position, actor: encodePerson(actor), dialect }
}

export function encodeOriginal({ createdAt, ...original }: Original): OriginalAnswer {
  return { ...original, created_at: createdAt }
}

function encodeAuthor({ id, integer, name, surname, email }: NonNullable<Message['author']>): MessageAnswer['author'] {
  return { id, integer, name, surname, email }
}

export function encodeTimelineEntry(
  names: Names,
  { event, message, actor, credentialName, cameFrom }: TimelineEntry,
  linkTo: LinkTo,
): TimelineEntryAnswer {
  return {
    id: event.id,
    position: event.position,
    kind: event.kind,
    at: event.at,
    actor: encodePerson(actor),
    credential: credentialName,
    dialect: event.dialect,
    request_id: event.requestId,
    before: encodeEventData(event.before),
    after: encodeEventData(event.after),
    undoes: event.undoes,
    message: message && encodeMessage(names, message, linkTo),
    merged_from: message ? mergedFrom(message) : cameFrom,
  }
}
