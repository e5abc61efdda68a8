import type { FileCopy, Forwardable, Upload } from '../attachments/attachment.ts'
import { checkFiles } from '../attachments/rules.ts'
import { CHANNEL, type Tenant } from '../catalogue/tenant.ts'
import { type Issue, refuse } from '../errors.ts'
import type { EventData } from '../events/event.ts'
import { type Actor, demand, may, reachesDesk, worksOn } from '../identity/actor.ts'
import { reachesEverybody, reachesPerson } from '../identity/reach.ts'
import type { UserSummary } from '../identity/user.ts'
import type { Instant } from '../instant.ts'
import type { Content } from '../messages/content.ts'
import type { AuthorRole, NewMessage, OpeningMessage } from '../messages/message.ts'
import { type Answered, decideEnvelope } from '../messages/rules.ts'
import { composed } from '../spelling.ts'
import { FINISHED, type Status } from '../words.ts'
import type { ChangeDraft, EventDraft, MessageDraft, TicketDraft, TicketState } from './drafts.ts'
import { TOLD_CHANGES, told, toldAtOpening } from './fields.ts'
import { FILED_FIELDS, type FiledField, type NewTicket, type Ticket, type TicketChange } from './ticket.ts'

/** All that a decision depends on beside the ticket and the request: passed in, so that rules stay pure. */
export interface Circumstances {
  readonly actor: Actor
  readonly tenant: Tenant
  readonly now: Instant
  readonly newId: () => string
  /** The kept forms of a message that the request holds: they take time to make, and are made before. */
  readonly contentOf: (message: OpeningMessage) => Content
  /** Users that the request names, by id; a missing one does not exist. */
  readonly people: ReadonlyMap<string, UserSummary>
  readonly recordAlways: boolean
  /** Messages that the request says it answers; a missing one does not exist. */
  readonly answered?: readonly Answered[]
  /** Attachments that the request names, by id; a missing one does not exist. */
  readonly uploads?: ReadonlyMap<string, Upload>
  /** Files to pass on that the request names, as far as the actor sees them. */
  readonly forwardable?: readonly Forwardable[]
  /** Bytes that the attachments of a message may have together. */
  readonly messageBytes?: number
}

const isFinished = (status: Status): boolean => FINISHED.includes(status)

function unknown(field: string): Issue {
  return { path: [field], rule: 'unknown', message: `This ${field} does not exist.` }
}

type References = Partial<Pick<NewTicket, 'deskId' | 'topicId' | 'typeId' | 'groupId' | 'channelId' | 'formId'>>

/** Refuses references that name nothing usable. `current` is what the ticket has already: that may stay, even inactive. */
function checkReferences(tenant: Tenant, wanted: References, current: References = {}): void {
  const issues: Issue[] = []
  const missing = <Id>(
    id: Id | null | undefined,
    records: readonly { readonly id: Id; readonly active: boolean }[],
    has?: Id | null,
  ): boolean =>
    id !== null && id !== undefined && id !== has && !records.some((record) => record.id === id && record.active)
  if (missing(wanted.deskId, tenant.desks, current.deskId)) issues.push(unknown('desk'))
  if (missing(wanted.topicId, tenant.topics, current.topicId)) issues.push(unknown('topic'))
  if (missing(wanted.typeId, tenant.types, current.typeId)) issues.push(unknown('type'))
  if (missing(wanted.groupId, tenant.groups, current.groupId)) issues.push(unknown('group'))
  if (missing(wanted.channelId, tenant.channels)) issues.push(unknown('channel'))
  if (missing(wanted.formId, tenant.forms, current.formId)) issues.push(unknown('form'))
  if (issues.length > 0) refuse({ code: 'invalid', issues })
}

/** An assignee works on the ticket's desk. */
function checkAssignee(
  assigneeId: string | null | undefined,
  deskId: string,
  people: ReadonlyMap<string, UserSummary>,
): void {
  if (assigneeId === null || assigneeId === undefined) return
  const user = people.get(assigneeId)
  const works = user?.isOwner || user?.memberships.some((each) => each.deskId === deskId && each.role !== 'customer')
  if (!user?.active || !works) refuse({ code: 'invalid', issues: [unknown('assignee')] })
}

/**
 * Whether a ticket may be opened, and as what.
 *
 * A caller who does not work on the desk opens tickets only for itself.
 */
export function decideCreate(input: NewTicket, given: Circumstances): TicketDraft {
  const { actor, now } = given
  checkReferences(given.tenant, input)
  demand(actor, 'ticket.create', input.deskId)
  if (!worksOn(actor, input.deskId)) demandOwnQuestion(input, actor)
  if (input.requester.by === 'id') checkRequester(input.requester.id, given)
  if (input.assigneeId) demand(actor, 'ticket.assign', input.deskId)
  checkAssignee(input.assigneeId, input.deskId, given.people)

  const id = given.newId()
  const status = input.status ?? 'new'
  const direction = input.direction ?? 'inbound'
  const opening = input.message
  const message = opening ? openingMessage(opening, status, input, given) : null
  const isPublic = message?.visibility === 'public'
  const byAgent = message?.authorRole === 'agent'
  const state: TicketDraft['state'] = {
    id,
    deskId: input.deskId,
    version: 1,
    title: input.title ?? '',
    description: isPublic && message ? message.plain : '',
    status,
    priority: input.priority ?? 'normal',
    topicId: input.topicId ?? null,
    typeId: input.typeId ?? null,
    groupId: input.groupId ?? null,
    assigneeId: input.assigneeId ?? null,
    channelId: input.channelId ?? CHANNEL.api,
    formId: input.formId ?? null,
    direction,
    fromAddress: composed(input.fromAddress ?? ''),
    fromName: composed(input.fromName ?? ''),
    toAddress: composed(input.toAddress ?? ''),
    toName: composed(input.toName ?? ''),
    externalReference: typeof input.externalReference === 'string' ? composed(input.externalReference) : null,
    tags: distinct(input.tags ?? []),
    createdAt: now,
    updatedAt: now,
    statusChangedAt: null,
    firstResponseAt: isPublic && byAgent ? now : null,
    latestMessageAt: isPublic ? now : null,
    latestAgentAt: byAgent ? now : null,
    latestRequesterAt: direction === 'inbound' && !byAgent ? now : null,
    solvedAt: status === 'solved' ? now : null,
    closedAt: status === 'closed' ? now : null,
    finishedAt: isFinished(status) ? now : null,
  }
  const event: EventDraft = {
    id: given.newId(),
    kind: 'ticket.created',
    messageId: message?.id ?? null,
    before: null,
    after: toldAtOpening(state),
  }
  return { state, requester: input.requester, message, event }
}

/** What of a new ticket is for those to set who may change it later. */
const FILING = {
  status: ({ status }) => status !== undefined && status !== 'new',
  priority: ({ priority }) => priority !== undefined && priority !== 'normal',
  group: ({ groupId }) => typeof groupId === 'string',
  channel: ({ channelId }) => channelId !== undefined && channelId !== CHANNEL.api,
  direction: ({ direction }) => direction !== undefined && direction !== 'inbound',
  reference: ({ externalReference }) => typeof externalReference === 'string',
  tags: ({ tags }) => tags !== undefined && tags.length > 0,
} as const satisfies Readonly<Record<FiledField, (input: NewTicket) => boolean>>

/**
 * Who does not work on a desk asks there for themselves, where they belong, and says what it is about. How it is filed they
 * set no more than they may change it, unless their vendor lets them; what a ticket gets anyway may be said.
 */
function demandOwnQuestion(input: NewTicket, actor: Actor): void {
  const isSelf = input.requester.by === 'id' && input.requester.id === actor.user.id
  if (!isSelf) refuse({ code: 'forbidden', permission: 'ticket.create' })
  if (!reachesDesk(actor, input.deskId)) refuse({ code: 'invalid', issues: [unknown('desk')] })
  for (const field of FILED_FIELDS) {
    if (input.customersFile?.includes(field) || !FILING[field](input)) continue
    refuse({ code: 'forbidden', permission: field === 'status' ? 'ticket.status' : 'ticket.change' })
  }
}

/** Refuses somebody whom the actor does not know, and who is nobody. Whether others are there the store finds. */
function checkRequester(id: string, { actor, people }: Circumstances): void {
  if (reachesEverybody(actor) || id === actor.user.id) return
  const user = people.get(id)
  if (!user || !reachesPerson(actor, user)) refuse({ code: 'invalid', issues: [unknown('requester')] })
}

/** Who does not work on a desk speaks for nobody else there. `requesterId` is null for one who is not known yet. */
function demandOwnVoice(input: NewMessage, requesterId: string | null, deskId: string, actor: Actor): void {
  if (worksOn(actor, deskId)) return
  const { author, authorRole = 'requester' } = input
  const authorId = typeof author === 'object' ? author.id : author === 'requester' ? requesterId : actor.user.id
  const isOwn = author !== 'nobody' && authorId === actor.user.id && authorRole === 'requester'
  if (!isOwn) refuse({ code: 'forbidden', permission: 'message.reply' })
}

function openingMessage(
  input: OpeningMessage,
  status: Status,
  { deskId, requester, channelId = CHANNEL.api }: NewTicket,
  given: Circumstances,
): MessageDraft {
  // The public opening is the ticket itself.
  if (input.visibility === 'internal') demand(given.actor, 'message.note', deskId)
  demandOwnVoice(input, requester.by === 'id' ? requester.id : null, deskId, given.actor)
  const author = input.author ?? 'requester'
  const content = given.contentOf(input)
  const files = filesOf(input, content, deskId, given)
  if (typeof author === 'object') checkAuthor(author.id, given)
  if (input.channelId !== undefined) checkReferences(given.tenant, { channelId: input.channelId })
  const isRequesters =
    author === 'requester' || (typeof author === 'object' && requester.by === 'id' && author.id === requester.id)
  const authorRole = input.authorRole ?? (isRequesters ? 'requester' : 'agent')
  return {
    id: given.newId(),
    visibility: input.visibility,
    authorId: author === 'requester' ? 'requester' : author === 'nobody' ? null : author.id,
    authorName: input.authorName === undefined ? null : composed(input.authorName),
    authorRole,
    direction: input.direction ?? (authorRole === 'requester' ? 'inbound' : 'outbound'),
    channelId: input.channelId ?? channelId,
    ...content,
    ticketStatus: status,
    envelope: null,
    ...files,
  }
}

type MessageFiles = Pick<MessageDraft, 'attachmentIds' | 'copies'>

function filesOf(
  { attachmentIds = [], forwardedFiles = [] }: NewMessage,
  { pictures }: Content,
  deskId: string,
  given: Circumstances,
): MessageFiles {
  const { actor, uploads = new Map(), forwardable = [], messageBytes = 0 } = given
  if (forwardedFiles.length > 0) demand(actor, 'attachment.create', deskId)
  const wanted = { ids: attachmentIds, uploads, forwarded: forwardedFiles, forwardable, messageBytes }
  const copies = checkFiles(actor.user.id, wanted).map(({ id }): FileCopy => ({ id: given.newId(), sourceId: id }))
  return { attachmentIds: [...attachmentIds, ...pictures.map(({ id }) => id)], copies }
}

/** A ticket as rules take it. */
export function stateOf(ticket: Ticket): TicketState {
  const { requester, assignee, isDescriptionCut: _, ...rest } = ticket
  return { ...rest, requesterId: requester?.id ?? null, assigneeId: assignee?.id ?? null }
}

/**
 * What changes make of a ticket, one after the other: its new state, the messages and one event for each changed field.
 *
 * @throws Refusal `forbidden`, `invalid` or `ticket_closed`; then nothing is written.
 */
export function decideChange(ticket: Ticket, changes: readonly TicketChange[], given: Circumstances): ChangeDraft {
  const before = stateOf(ticket)
  let state = before
  const messages: MessageDraft[] = []
  const events: EventDraft[] = []
  for (const change of changes) {
    const step = decideStep(state, change, given)
    state = step.state
    messages.push(...step.messages)
    events.push(...step.events)
  }
  return {
    id: ticket.id,
    version: ticket.version,
    state,
    changed: events.some(isRealChange),
    describes: state.description !== before.description,
    before: { deskId: before.deskId, status: before.status },
    messages,
    events,
  }
}

/** As against a record of what was so already. */
function isRealChange(event: EventDraft): boolean {
  return event.kind === 'message.added' || !sameData(event.before, event.after)
}

/** The times that any real change moves. A requester's message is no act of an agent, even when an agent's key brings it. */
function touched(
  state: TicketState,
  before: TicketState,
  message: MessageDraft | null,
  given: Circumstances,
): TicketState {
  const byRequester = before.requesterId === given.actor.user.id && !worksOn(given.actor, before.deskId)
  const requesterSpoke = message?.authorRole === 'requester'
  return {
    ...state,
    updatedAt: given.now,
    latestAgentAt: byRequester || requesterSpoke ? state.latestAgentAt : given.now,
  }
}

interface Step {
  readonly state: TicketState
  readonly messages: readonly MessageDraft[]
  readonly events: readonly EventDraft[]
}

/** What a vendor's answer must contain, and so is recorded also where it is so already. */
const ALWAYS_RECORDED = ['topicId', 'assigneeId', 'status'] as const

function decideStep(before: TicketState, change: TicketChange, given: Circumstances): Step {
  checkChange(before, change, given)
  const message = change.message ? decideMessage(before, change.message, given) : null
  const fields = fieldsAfter(before, change)
  const status = statusAfter(before, change, message)
  const state = withTimes({ ...before, ...fields, status }, before, message, given.now)
  const events: EventDraft[] = []
  if (message) {
    events.push({
      id: given.newId(),
      kind: 'message.added',
      messageId: message.id,
      before: null,
      after: { visibility: message.visibility, author_role: message.authorRole },
    })
  }
  for (const { key, kind } of TOLD_CHANGES) {
    const isForced = given.recordAlways && ALWAYS_RECORDED.some((asked) => asked === key && change[asked] !== undefined)
    if (before[key] === state[key] && !isForced) continue
    const [was, is] = [told(before, key), told(state, key)]
    if (sameData(was, is) && !isForced) continue
    events.push({ id: given.newId(), kind, messageId: null, before: was, after: is })
  }
  // The status the ticket has after all of this step is what the message shows.
  const said = message ? [{ ...message, ticketStatus: state.status }] : []
  const description =
    message && before.latestMessageAt === null && message.visibility === 'public' ? message.plain : state.description
  const after = { ...state, description }
  return { state: events.some(isRealChange) ? touched(after, before, message, given) : before, messages: said, events }
}

function checkChange(before: TicketState, change: TicketChange, given: Circumstances): void {
  const { actor, people } = given
  const changesFields =
    change.title !== undefined ||
    change.priority !== undefined ||
    change.topicId !== undefined ||
    change.typeId !== undefined ||
    change.groupId !== undefined ||
    change.requesterId !== undefined ||
    change.deskId !== undefined ||
    change.formId !== undefined ||
    change.addTags !== undefined ||
    change.removeTags !== undefined
  if (changesFields) demand(actor, 'ticket.change', before.deskId)
  if (change.assigneeId !== undefined) demand(actor, 'ticket.assign', before.deskId)
  const status = change.status?.to ?? change.message?.status
  if (status !== undefined) demandStatus(before, status, actor)
  checkReferences(given.tenant, change, before)
  if (change.deskId !== undefined && change.deskId !== before.deskId) demand(actor, 'ticket.change', change.deskId)
  const deskId = change.deskId ?? before.deskId
  const staysAssigned = change.assigneeId === before.assigneeId && deskId === before.deskId
  if (!staysAssigned) checkAssignee(change.assigneeId, deskId, people)
  const { requesterId } = change
  if (requesterId && !people.has(requesterId)) refuse({ code: 'invalid', issues: [unknown('requester')] })
  if (requesterId && requesterId !== before.requesterId) checkRequester(requesterId, given)
}

/** Agents set any status; a requester may close the own ticket. */
function demandStatus(before: TicketState, to: Status, actor: Actor): void {
  const closesOwn = to === 'closed' && before.requesterId === actor.user.id && actor.permissions.has('ticket.status')
  if (!closesOwn && !may(actor, 'ticket.status', before.deskId))
    refuse({ code: 'forbidden', permission: 'ticket.status' })
}

function decideMessage(before: TicketState, input: NewMessage, given: Circumstances): MessageDraft {
  const { actor } = given
  demand(actor, input.visibility === 'public' ? 'message.reply' : 'message.note', before.deskId)
  demandOwnVoice(input, before.requesterId, before.deskId, actor)
  const authorId =
    input.author === 'nobody'
      ? null
      : input.author === 'requester'
        ? before.requesterId
        : (input.author?.id ?? actor.user.id)
  if (authorId !== before.requesterId) checkAuthor(authorId, given)
  const isRequesters = input.author === 'requester' || (authorId !== null && authorId === before.requesterId)
  const authorRole: AuthorRole = input.authorRole ?? (isRequesters ? 'requester' : 'agent')
  if (authorRole === 'requester' && input.visibility === 'public' && before.status === 'closed')
    refuse({ code: 'ticket_closed' })
  if (input.channelId !== undefined) checkReferences(given.tenant, { channelId: input.channelId })
  const { visibility, channelId = CHANNEL.api } = input
  const content = given.contentOf(input)
  const place = { visibility, channelId, ticketId: before.id, deskId: before.deskId }
  return {
    id: given.newId(),
    visibility,
    authorId,
    authorName: input.authorName === undefined ? null : composed(input.authorName),
    authorRole,
    direction: input.direction ?? (authorRole === 'requester' ? 'inbound' : 'outbound'),
    channelId,
    ...content,
    ticketStatus: before.status,
    envelope: decideEnvelope(input.envelope, place, actor, given.answered ?? []),
    ...filesOf(input, content, before.deskId, given),
  }
}

function checkAuthor(authorId: string | null, { actor, people }: Circumstances): void {
  if (authorId === null || authorId === actor.user.id) return
  const author = people.get(authorId)
  if (!author || !reachesPerson(actor, author)) refuse({ code: 'invalid', issues: [unknown('author')] })
}

function fieldsAfter(before: TicketState, change: TicketChange): Partial<TicketState> {
  const removed = new Set((change.removeTags ?? []).map(tagOf))
  return {
    title: change.title ?? before.title,
    priority: change.priority ?? before.priority,
    topicId: change.topicId === undefined ? before.topicId : change.topicId,
    typeId: change.typeId === undefined ? before.typeId : change.typeId,
    groupId: change.groupId === undefined ? before.groupId : change.groupId,
    assigneeId: change.assigneeId === undefined ? before.assigneeId : change.assigneeId,
    requesterId: change.requesterId === undefined ? before.requesterId : change.requesterId,
    deskId: change.deskId ?? before.deskId,
    formId: change.formId === undefined ? before.formId : change.formId,
    // What a version before kept in two spellings stays as it is until its tags are changed.
    tags:
      change.addTags === undefined && change.removeTags === undefined
        ? before.tags
        : distinct([...before.tags, ...(change.addTags ?? [])]).filter((tag) => !removed.has(tag)),
  }
}

/** The lifecycle. A status that the call names wins over what a message would do. */
export function statusAfter(
  before: Pick<TicketState, 'status'>,
  change: Pick<TicketChange, 'status' | 'message'>,
  message: Pick<MessageDraft, 'visibility' | 'authorRole'> | null,
): Status {
  if (change.status) return change.status.sameAs?.includes(before.status) ? before.status : change.status.to
  if (change.message?.status) return change.message.status
  if (message?.visibility !== 'public') return before.status
  if (message.authorRole === 'agent') return before.status === 'new' ? 'open' : before.status
  const waited = before.status === 'pending' || before.status === 'on_hold' || before.status === 'solved'
  return waited ? 'open' : before.status
}

function withTimes(state: TicketState, before: TicketState, message: MessageDraft | null, now: Instant): TicketState {
  const isPublic = message?.visibility === 'public'
  const byAgent = message?.authorRole === 'agent'
  const moved = state.status !== before.status
  return {
    ...state,
    statusChangedAt: moved ? now : before.statusChangedAt,
    firstResponseAt: isPublic && byAgent ? (before.firstResponseAt ?? now) : before.firstResponseAt,
    latestMessageAt: isPublic ? now : before.latestMessageAt,
    latestAgentAt: byAgent ? now : before.latestAgentAt,
    latestRequesterAt: message && !byAgent ? now : before.latestRequesterAt,
    solvedAt: !moved
      ? before.solvedAt
      : state.status === 'solved'
        ? now
        : isFinished(state.status)
          ? before.solvedAt
          : null,
    closedAt: !moved ? before.closedAt : state.status === 'closed' ? now : null,
    finishedAt: !moved ? before.finishedAt : isFinished(state.status) ? (before.finishedAt ?? now) : null,
  }
}

/** Tags as they are kept, each once: letters written in several ways are one, and blanks around a tag are not part of it. */
function distinct(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map(tagOf))].filter((tag) => tag !== '')
}

function tagOf(text: string): string {
  return composed(text).trim()
}

function sameData(one: EventData | null, other: EventData | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
