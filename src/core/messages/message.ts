import type { Attachment } from '../attachments/attachment.ts'
import type { Instant } from '../instant.ts'
import type { TicketRef } from '../tickets/ticket.ts'
import type { Direction, Status } from '../words.ts'

export type Visibility = 'public' | 'internal'
export type AuthorRole = 'requester' | 'agent'

/** How a caller names a message: by its UUID or by its integer. */
export type MessageRef = TicketRef

/** What a message has beside its words, as e-mail has it. */
export interface Envelope {
  /** Whom it goes to, and who gets copies: addresses. */
  readonly to: readonly string[]
  readonly cc: readonly string[]
  /** Who gets a copy unseen by the others; shown only to those who may read notes. */
  readonly bcc: readonly string[]
  /** The message of the same ticket that it answers, by UUID. */
  readonly inReplyTo: string | null
  /** What it is called in the system that it came from. */
  readonly externalReference: string | null
}

export const NO_ENVELOPE: Envelope = { to: [], cc: [], bcc: [], inReplyTo: null, externalReference: null }

/** One entry of a ticket's conversation. */
export interface Message {
  readonly id: string
  readonly integer: number
  readonly ticketId: string
  readonly visibility: Visibility
  readonly author: {
    readonly id: string
    readonly integer: number
    readonly name: string
    readonly surname: string
    readonly email: string | null
    readonly photoUrl: string | null
  } | null
  /** A name to show in place of the author's own. */
  readonly authorName: string | null
  readonly authorRole: AuthorRole
  readonly direction: Direction
  readonly channelId: number
  /** What it was written in. As it came in it is only read by `getOriginal`: whoever renders it runs it. */
  readonly format: 'text' | 'html'
  /** Of plain text: all of it, as it was written. */
  readonly plain: string
  /** Sanitised HTML; null for plain text, which is escaped when shown. */
  readonly safeHtml: string | null
  /** The ticket's status after this message. */
  readonly ticketStatus: Status
  readonly envelope: Envelope
  readonly attachments: readonly Attachment[]
  readonly createdAt: Instant
  /** The ticket that it was written on, where that was merged into this one; else null. */
  readonly cameFrom: Origin | null
}

/** A ticket that was merged into another, as what came from it names it. */
export interface Origin {
  readonly id: string
  readonly integer: number
  readonly number: number
}

/** An envelope to give a message. */
export interface NewEnvelope extends Partial<Omit<Envelope, 'inReplyTo'>> {
  readonly inReplyTo?: MessageRef
}

/** A message to add. */
export interface NewMessage {
  readonly visibility: Visibility
  /** `either`: HTML if it looks like that, for dialects that take both in one field. */
  readonly format: 'text' | 'html' | 'either'
  readonly text: string
  /** What text dialects show of HTML, in place of what would be made of it. */
  readonly plain?: string
  /** Uploads of the acting user that no message has yet, by id. */
  readonly attachmentIds?: readonly string[]
  /** Whose message it is: the ticket's requester, a named user, nobody known; default the acting user. */
  readonly author?: 'requester' | { readonly id: string } | 'nobody'
  readonly authorName?: string
  /** Whether it counts as the requester's or an agent's; default: the requester's when the author is the requester. */
  readonly authorRole?: AuthorRole
  readonly direction?: Direction
  readonly channelId?: number
  /** The status the ticket gets with this message, in place of what the lifecycle says. */
  readonly status?: Status
  readonly envelope?: NewEnvelope
  /** Files of other messages to pass on with it, by integer: it gets copies of them. */
  readonly forwardedFiles?: readonly number[]
  /** What it was before it was sent, of the acting user: it is gone with it. */
  readonly unsentId?: string
  /** The message that waited for its time, which goes with it; it is not sent where that has changed. */
  readonly scheduled?: { readonly id: string; readonly version: number }
}

/** The message that a ticket is opened with: the ticket itself tells where it came from. */
export type OpeningMessage = Omit<NewMessage, 'envelope' | 'forwardedFiles' | 'unsentId' | 'scheduled'>
