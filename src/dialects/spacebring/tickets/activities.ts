import type { Attachment as CoreAttachment } from '../../../core/attachments/attachment.ts'
import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type { Event, EventData } from '../../../core/events/event.ts'
import type { Message } from '../../../core/messages/message.ts'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import type { Person } from '../../../core/tickets/ticket.ts'
import { STATUSES, type Status } from '../../../core/words.ts'
import type { Chosen } from '../../../options.ts'
import type { options } from '../options.ts'
import { typeWordOf, WORD_OF_STATUS } from '../words.ts'
import { encodeAssistant, encodeMembership, encodeUser, type Reader } from './people.ts'
import type { Activity, Attachment, ChangedValues } from './schema.ts'

/** What activities need beside the events: whose they are, the tenant's topics, who reads, and whom we can show by more than an id. */
export interface Scene {
  readonly ticketId: string
  readonly tenant: Tenant
  readonly reader: Reader
  readonly people: ReadonlyMap<string, Person>
  readonly profile: Chosen<typeof options>['activityProfile']
  readonly linkTo: LinkTo
}

/** The users that entries name by id only: assignees of before and after, and authors. */
export function namedIn(entries: readonly Pick<TimelineEntry, 'event' | 'message'>[]): readonly string[] {
  const ids = entries.flatMap(({ event, message }) => [
    assigneeIdIn(event.before),
    assigneeIdIn(event.after),
    message?.author?.id ?? null,
  ])
  return [...new Set(ids.filter((id) => id !== null))]
}

/**
 * The activities of a ticket, oldest first (S9). The opening message is the ticket's description and no comment (S44);
 * internal messages are nothing here (S45).
 */
export function encodeActivities(entries: readonly TimelineEntry[], scene: Scene): Activity[] {
  // What was split off another ticket began with no message of its own.
  const isSplitOff = entries.some(({ event, cameFrom }) => event.kind === 'ticket.split_off' && cameFrom === null)
  const opening = isSplitOff ? undefined : entries.find(addedPublicly)
  return entries.flatMap((entry) => encodeEntry(entry, entry === opening, scene) ?? [])
}

/** Also a message that was deleted since: the next one does not become the description. Nor does one of a merged ticket. */
function addedPublicly({ event, message, cameFrom }: TimelineEntry): boolean {
  if (cameFrom !== null || event.messageId === null || event.kind === 'message.deleted') return false
  return (message?.visibility ?? event.after?.['visibility'] ?? 'public') === 'public'
}

function encodeEntry(entry: TimelineEntry, isOpening: boolean, scene: Scene): Activity | null {
  const { event, message, actor, cameFrom } = entry
  // What was set on a ticket that was merged into this one is not on this one: what was said there is a comment here.
  if (cameFrom !== null && !message) return null
  // The message that a ticket is created with is its description, and no comment.
  if (!message || (event.kind === 'ticket.created' && cameFrom === null)) return encodeChange(event, actor, scene)
  if (message.visibility === 'internal' || isOpening) return null
  // A message may be entered for somebody else: the vendor's `membership` is its author's.
  const author = message.author && (scene.people.get(message.author.id) ?? null)
  return encodeComment(event, message, author, scene)
}

/** A comment from its `message.added`. Its id is the message's, which is what deleting it asks for. */
export function encodeComment(
  event: Event,
  { plain, attachments }: Pick<Message, 'plain' | 'attachments'>,
  author: Person | null,
  scene: Scene,
): Activity {
  const data = {
    ...(plain !== '' && { text: plain }),
    ...(attachments.length > 0 && { attachments: attachments.map((each) => encodeAttachment(each, scene.linkTo)) }),
  }
  return activity(event, { id: event.messageId ?? event.id, type: 'comment', data }, author, scene)
}

/** Spacebring reference, Support: `attachment`; width and height are an image's (5.5). */
export function encodeAttachment(attachment: CoreAttachment, linkTo: LinkTo): Attachment {
  const { id, mediaType, name, size, width, height } = attachment
  return {
    ...{ key: id, mime: mediaType, name, size, url: linkTo(attachment) },
    ...(width !== null && height !== null && { width, height }),
  }
}

/** The activity that shows a change, or null when this dialect shows none for it. */
export function encodeChange(event: Event, actor: Person | null, scene: Scene): Activity | null {
  const shown = shownChange(event, scene)
  return shown && activity(event, { id: event.id, ...shown }, actor, scene)
}

/** Whether an event is an activity of its own. That of a comment is none: the comment is. */
export function isShownChange(event: Event, scene: Pick<Scene, 'tenant' | 'profile'>): boolean {
  return shownChange(event, { ...scene, people: new Map(), reader: { userId: '', worksHere: false } }) !== null
}

type ShownChange = Pick<Activity, 'type' | 'data'>
type ChangeScene = Pick<Scene, 'tenant' | 'profile' | 'people' | 'reader'>

function shownChange(event: Event, scene: ChangeScene): ShownChange | null {
  switch (event.kind) {
    case 'ticket.status_changed':
      return shownStatusChange(event)
    // S7: of the creation and the change of type, each generation of the reference knows one.
    case 'ticket.created':
      return scene.profile === 'current' ? { type: 'ticketCreated' } : null
    case 'ticket.topic_changed':
      return scene.profile === 'older' ? shownTypeChange(event, scene.tenant) : null
    case 'ticket.assignee_changed':
      return {
        type: 'assigneeUpdated',
        data: { ...assigneeIn(event.after, scene), previousAttributes: assigneeIn(event.before, scene) },
      }
    default:
      return null
  }
}

/** A change between two statuses of one word is none here; a repeated setting of one status was asked for (S10, S34). */
function shownStatusChange(event: Event): ShownChange | null {
  const before = statusIn(event.before)
  const after = statusIn(event.after)
  if (!before || !after) return null
  if (before !== after && WORD_OF_STATUS[before] === WORD_OF_STATUS[after]) return null
  return {
    type: 'statusUpdated',
    data: { status: WORD_OF_STATUS[after], previousAttributes: { status: WORD_OF_STATUS[before] } },
  }
}

/** S7, S8: the values stand where those of a status change stand. */
function shownTypeChange(event: Event, tenant: Tenant): ShownChange | null {
  const before = typeWordOf(tenant, topicIn(event.before))
  const after = typeWordOf(tenant, topicIn(event.after))
  if (before === after) return null
  return { type: 'typeUpdated', data: { type: after, previousAttributes: { type: before } } }
}

function statusIn(data: EventData | null): Status | undefined {
  return STATUSES.find((status) => status === data?.['status'])
}

function topicIn(data: EventData | null): number | null {
  const topicId = data?.['topic_id']
  return typeof topicId === 'number' ? topicId : null
}

function assigneeIdIn(data: EventData | null): string | null {
  const assigneeId = data?.['assignee_id']
  return typeof assigneeId === 'string' ? assigneeId : null
}

/** Nobody assigned leaves the keys out: nothing inside `data` may be null (Spacebring reference, Support). */
function assigneeIn(data: EventData | null, scene: ChangeScene): ChangedValues {
  const userId = assigneeIdIn(data)
  if (userId === null) return {}
  const person = scene.people.get(userId)
  if (!person) return { userRefAssignee: userId }
  const membership = encodeMembership(person, scene.reader)
  return {
    userRefAssignee: userId,
    userAssignee: encodeUser(person, scene.reader),
    ...(membership && { membershipAssignee: membership }),
  }
}

function activity(
  event: Event,
  shown: Pick<Activity, 'id'> & ShownChange,
  person: Person | null,
  scene: Scene,
): Activity {
  const assistant = encodeAssistant(person)
  const membership = assistant ? undefined : encodeMembership(person, scene.reader)
  return {
    id: shown.id,
    ticketRef: scene.ticketId,
    type: shown.type,
    createDate: event.at,
    ...(membership && { membership }),
    ...(assistant && { lemAI: assistant }),
    ...(shown.data && { data: shown.data }),
  }
}
