import type { FieldChanges, FieldValues } from '../catalogue/field.ts'
import type { Event } from '../events/event.ts'
import type { Role } from '../identity/permissions.ts'
import type { UserKind } from '../identity/user.ts'
import type { Instant } from '../instant.ts'
import type { Message, MessageRef, NewMessage, OpeningMessage } from '../messages/message.ts'
import type { Direction, Priority, Status } from '../words.ts'

/** A user as a ticket shows them: with their membership on the ticket's desk. */
export interface Person {
  readonly id: string
  readonly integer: number
  readonly kind: UserKind
  readonly isOwner: boolean
  readonly name: string
  readonly surname: string
  readonly email: string | null
  readonly phone: string | null
  readonly photoUrl: string | null
  readonly about: string | null
  readonly customerNumber: string | null
  readonly active: boolean
  readonly membership: { readonly id: string; readonly role: Role } | null
}

/** One request for help, complete enough to be shown in every dialect. Names of desks, topics, groups are in the tenant. */
export interface Ticket {
  readonly id: string
  readonly integer: number
  readonly deskId: string
  readonly number: number
  readonly version: number
  readonly title: string
  /** Plain text of the first public message, `''` without one. */
  readonly description: string
  /** Whether only the beginning of it was read, as for lists. */
  readonly isDescriptionCut?: boolean
  readonly status: Status
  readonly priority: Priority
  readonly topicId: number | null
  readonly typeId: number | null
  readonly groupId: string | null
  readonly requester: Person | null
  readonly assignee: Person | null
  readonly channelId: number
  readonly formId: number | null
  readonly direction: Direction
  readonly fromAddress: string
  readonly fromName: string
  readonly toAddress: string
  readonly toName: string
  /** The caller's own reference. */
  readonly externalReference: string | null
  readonly tags: readonly string[]
  /** What it holds in the fields of its tenant, by key. */
  readonly fields: FieldValues
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** Null until the status changes for the first time. */
  readonly statusChangedAt: Instant | null
  /** The first public message by an agent. */
  readonly firstResponseAt: Instant | null
  /** The latest public message. */
  readonly latestMessageAt: Instant | null
  /** The latest message or change by an agent. */
  readonly latestAgentAt: Instant | null
  /** The latest message by the requester. */
  readonly latestRequesterAt: Instant | null
  /** Since when the requester waits for an answer; null when the desk said the last word, or nothing is to be said. */
  readonly waitingSince: Instant | null
  /** Until when it is out of the everyday views, `UNTIL_REPLY` for until the requester says something; null where it is in them. */
  readonly snoozedUntil: Instant | null
  readonly solvedAt: Instant | null
  readonly closedAt: Instant | null
  /** When it last became solved or closed; a move between these two does not count. Null while it is neither. */
  readonly finishedAt: Instant | null
}

/** How a caller names a ticket: by its UUID or by its integer. */
export type TicketRef = { readonly id: string } | { readonly integer: number }

/**
 * Whom a new ticket is from. By e-mail address: a user with that address; `create` makes one, with a customer's
 * membership on the desk, when there is none; without `create` an unknown address leaves the ticket without a requester.
 */
export type RequesterChoice =
  | {
      readonly by: 'id'
      readonly id: string /** Refuse a user without membership on the desk. */
      readonly member: boolean
    }
  | { readonly by: 'email'; readonly email: string; readonly name: string; readonly create: boolean }
  | { readonly by: 'nobody' }

export const FILED_FIELDS = [
  'status',
  'priority',
  'group',
  'channel',
  'direction',
  'reference',
  'tags',
  'fields',
] as const
/** How a ticket is filed, as against what it is about. */
export type FiledField = (typeof FILED_FIELDS)[number]

/** What a new ticket is made of. Absent means the default. */
export interface NewTicket {
  /** What this vendor lets customers file too, who otherwise set no more of it than they may change. */
  readonly customersFile?: readonly FiledField[]
  readonly deskId: string
  readonly requester: RequesterChoice
  readonly title?: string
  readonly status?: Status
  readonly priority?: Priority
  readonly topicId?: number | null
  readonly typeId?: number | null
  readonly groupId?: string | null
  readonly assigneeId?: string | null
  readonly channelId?: number
  readonly formId?: number | null
  readonly direction?: Direction
  readonly fromAddress?: string
  readonly fromName?: string
  readonly toAddress?: string
  readonly toName?: string
  readonly externalReference?: string | null
  readonly tags?: readonly string[]
  /** Absent where the dialect has none: then none is required. */
  readonly fields?: FieldChanges
  /** The opening message, if there is one. Its author is the requester unless it says otherwise. */
  readonly message?: OpeningMessage
}

/** A status to set. */
export interface StatusChange {
  readonly to: Status
  /** Statuses that already are what the caller means (its dialect shows them by the same word): they stay. */
  readonly sameAs?: readonly Status[]
}

/** What is to change; absent stays as it is, null empties. */
export interface TicketChange {
  readonly title?: string
  readonly status?: StatusChange
  readonly priority?: Priority
  readonly topicId?: number | null
  readonly typeId?: number | null
  readonly groupId?: string | null
  readonly assigneeId?: string | null
  readonly requesterId?: string | null
  readonly deskId?: string
  readonly formId?: number | null
  readonly addTags?: readonly string[]
  readonly removeTags?: readonly string[]
  /** Fields of the tenant by key; those that are not named stay. */
  readonly fields?: FieldChanges
  /** False: what the requester said last needs no answer; true: it does after all. */
  readonly waiting?: boolean
  /** Since when the requester waits, where a wait comes back that a change had ended; else since the change. */
  readonly waitingSince?: Instant
  /** Until when it is snoozed; null wakes it. */
  readonly snoozedUntil?: Instant | null
  readonly message?: NewMessage
  /** The macro by which it came. */
  readonly macroId?: string
  /** The position of the first event of the change that this one takes back. */
  readonly undoes?: number
}

/** How a change is to be carried out. */
export interface ChangeOptions {
  /** Refuse as `precondition_failed` unless the ticket still has this version, or one of these. */
  readonly version?: number | readonly number[]
  /** Refuse as `precondition_failed` if anything public was said on the ticket after this message. */
  readonly unlessPublicAfter?: MessageRef
  /**
   * Who was responsible, null for nobody: refuse as `precondition_failed` if it is somebody else by now. The caller, or nobody,
   * is in no one's way.
   */
  readonly unlessTakenFrom?: string | null
  /** Record a status or assignee event even when nothing differs, for a vendor whose answer must contain it. */
  readonly recordAlways?: boolean
}

/** What a command answers: the tickets as they now are, and what it recorded. */
export interface TicketOutcome {
  readonly tickets: readonly Ticket[]
  readonly events: readonly Event[]
  readonly messages: readonly Message[]
}

/** All that is left of an erased ticket. */
export interface TicketIds {
  readonly id: string
  readonly integer: number
}

/** Which tickets a list holds; conditions add up. */
export interface TicketFilter {
  readonly deskIds?: readonly string[]
  readonly statuses?: readonly Status[]
  readonly priorities?: readonly Priority[]
  readonly topicIds?: readonly number[]
  readonly typeIds?: readonly number[]
  readonly groupIds?: readonly string[]
  readonly requesterIds?: readonly string[]
  readonly assigneeIds?: readonly string[]
  readonly unassigned?: boolean
  readonly externalReference?: string
  /** Words that must all occur in title, addresses, names, messages or the requester; a lone number may be the integer. */
  readonly words?: readonly string[]
}
