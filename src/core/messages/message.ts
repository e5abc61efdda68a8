import type { Attachment } from '../attachments/attachment.ts'
import type { Instant } from '../instant.ts'
import type { Direction, Status } from '../tickets/ticket.ts'

export type Visibility = 'public' | 'internal'
export type AuthorRole = 'requester' | 'agent'

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
  readonly format: 'text' | 'html'
  readonly original: string
  readonly plain: string
  /** Sanitised HTML; null for plain text, which is escaped when shown. */
  readonly safeHtml: string | null
  /** The ticket's status after this message. */
  readonly ticketStatus: Status
  readonly attachments: readonly Attachment[]
  readonly createdAt: Instant
}

/** A message to add. */
export interface NewMessage {
  readonly visibility: Visibility
  readonly format: 'text' | 'html'
  readonly text: string
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
}
