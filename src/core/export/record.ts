import type { Attachment } from '../attachments/attachment.ts'
import type { Field } from '../catalogue/field.ts'
import type { RecordKind, RecordRow } from '../catalogue/records.ts'
import type { UserProfile } from '../identity/user.ts'
import type { Message } from '../messages/message.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** Where an export goes on: after a person, or after a ticket, by their integer. */
export interface ExportPlace {
  readonly of: 'user' | 'ticket'
  readonly integer: number
}

/** A file of an exported message, with the digest of its bytes. */
export interface ExportedFile extends Attachment {
  /** In hexadecimal. */
  readonly sha256: string
}

/** A message as it is taken elsewhere: in the form that all others can be made of again. */
export interface ExportedMessage extends Omit<Message, 'plain' | 'safeHtml' | 'attachments'> {
  /** As it came in, to those who may see that; else as it is shown. */
  readonly text: string
  /** What text dialects show of HTML, where its sender said so. */
  readonly plain: string | null
  readonly files: readonly ExportedFile[]
}

/** What an export consists of, record by record, each after all that it names. */
export type ExportRecord =
  | { readonly kind: 'catalogue'; readonly of: RecordKind; readonly record: RecordRow }
  /** A field of the tenant's own. */
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'user'; readonly user: UserProfile; readonly place: ExportPlace }
  | { readonly kind: 'members'; readonly groupId: string; readonly userIds: readonly string[] }
  /** A part of the bytes of a file. */
  | {
      readonly kind: 'file'
      readonly file: ExportedFile
      readonly ticketId: string
      readonly part: number
      readonly isLast: boolean
      readonly bytes: Uint8Array
    }
  /** A ticket, its opening messages with it; `place` is null while others follow. */
  | {
      readonly kind: 'ticket'
      readonly ticket: Ticket
      readonly messages: readonly ExportedMessage[]
      readonly place: ExportPlace | null
    }
  /** Further messages of the ticket before, whose texts are too long for one record. */
  | {
      readonly kind: 'messages'
      readonly ticketId: string
      readonly messages: readonly ExportedMessage[]
      readonly place: ExportPlace | null
    }

/** What of an export is left out for who may not see it. */
export type ExportPart = 'catalogue' | 'users' | 'tickets'

/** What is to be exported, and from where on. */
export interface ExportAsked {
  /** Only the tickets that it finds; null for all that one sees, with people and catalogue. */
  readonly query: string | null
  /** Whether the bytes of files are wanted. */
  readonly files: boolean
  /** Where one that was cut off goes on; null for the beginning. */
  readonly after: ExportPlace | null
}

/** An export that has begun. */
export interface Export {
  /** The position in the feed at which it began: what is recorded later may be in it, or not. */
  readonly position: number
  readonly parts: readonly ExportPart[]
  /** Its records, read as they are taken: a page is in memory, and no connection is held in between. */
  readonly records: AsyncGenerator<ExportRecord>
}
