import type { FileCopy } from '../attachments/attachment.ts'
import type { EventData, EventKind } from '../events/event.ts'
import type { Instant } from '../instant.ts'
import type { Content } from '../messages/content.ts'
import type { AuthorRole, Envelope, Visibility } from '../messages/message.ts'
import type { Direction, Status } from '../words.ts'
import type { RequesterChoice, Ticket } from './ticket.ts'

/** A ticket as rules see and make it: people by id only. */
export type TicketState = Omit<Ticket, 'requester' | 'assignee' | 'isDescriptionCut'> & {
  readonly requesterId: string | null
  readonly assigneeId: string | null
}

/** What the rules decided to record, before the store gives it a position. */
export interface EventDraft {
  readonly id: string
  readonly kind: EventKind
  readonly messageId: string | null
  readonly before: EventData | null
  readonly after: EventData | null
  /** The position of the first event of the change that it undoes, if it undoes one. */
  readonly undoes?: number
}

export interface MessageDraft extends Content {
  readonly id: string
  readonly visibility: Visibility
  /** `'requester'`: whoever the new ticket's requester turns out to be. */
  readonly authorId: string | 'requester' | null
  readonly authorName: string | null
  readonly authorRole: AuthorRole
  readonly direction: Direction
  readonly channelId: number
  readonly ticketStatus: Status
  /** Null when there is nothing in it, as for most messages. */
  readonly envelope: Envelope | null
  /** Uploads, and the pictures of its text. */
  readonly attachmentIds: readonly string[]
  /** Files of other messages that it gets copies of. */
  readonly copies: readonly FileCopy[]
  /** What its author had written before it was sent, which goes with it; absent where nothing was kept. */
  readonly unsentId?: string
  /** What waited for its time, and goes with it; absent for what is said at once. */
  readonly scheduled?: { readonly id: string; readonly version: number }
}

/** A ticket that the rules allow to be opened. The store finds the requester and counts the numbers. */
export interface TicketDraft {
  readonly state: Omit<TicketState, 'integer' | 'number' | 'requesterId'>
  readonly requester: RequesterChoice
  readonly message: MessageDraft | null
  readonly event: EventDraft
}

/** A change of one ticket that the rules allow: holds only while the ticket still is at `version`. */
export interface ChangeDraft {
  readonly id: string
  readonly version: number
  readonly state: TicketState
  /** False when only records are written and the ticket stays as it is. */
  readonly changed: boolean
  /** Whether it gives the ticket another description. */
  readonly describes: boolean
  readonly before: { readonly deskId: string; readonly status: Status }
  readonly messages: readonly MessageDraft[]
  readonly events: readonly EventDraft[]
}

/** Who did it, when and how: what every event of one call shares. */
export interface Provenance {
  readonly actorId: string
  readonly credentialId: string
  readonly dialect: string
  readonly requestId: string
  readonly at: Instant
}
