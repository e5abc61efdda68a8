import type { Attachment } from '../attachments/attachment.ts'
import type { Instant } from '../instant.ts'
import type { Visibility } from '../messages/message.ts'

/** What somebody writes on a ticket and has not sent: a reply or a note. It is theirs alone, and no fact of the ticket. */
export interface Unsent {
  /** Chosen by whoever writes, so that what is sent or discarded is never another one. */
  readonly id: string
  /** Goes up with each change. */
  readonly version: number
  readonly visibility: Visibility
  readonly format: 'text' | 'html'
  readonly text: string
  /** Uploads that no message has yet. */
  readonly files: readonly UnsentFile[]
  readonly updatedAt: Instant
}

/** A file that is to go with it. */
export type UnsentFile = Pick<Attachment, 'id' | 'name' | 'size'>

/** What is written by now. */
export interface Written {
  readonly visibility: Visibility
  readonly format: 'text' | 'html'
  readonly text: string
  readonly attachmentIds: readonly string[]
}

/** How many a person has at the most. */
export const MOST_UNSENT = 500
