import type { Instant } from '../instant.ts'

/** A file that came with a message, or waits for one. Its bytes are in the file store, under its id. */
export interface Attachment {
  readonly id: string
  readonly integer: number
  readonly name: string
  /** What the bytes are, whatever the sender said. */
  readonly mediaType: string
  /** Bytes. */
  readonly size: number
  /** Pixels, of an image whose size could be told. */
  readonly width: number | null
  readonly height: number | null
  readonly createdAt: Instant
}

/** An attachment with whose it is: what decides whether it may be put on a message. */
export interface Upload extends Attachment {
  readonly uploaderId: string
  /** The message it is on; null while it waits for one. */
  readonly messageId: string | null
}

/** A file of a message that is in sight: what decides whether it may be passed on with another message. */
export interface Forwardable {
  readonly id: string
  readonly integer: number
  readonly size: number
}

/** A file of a ticket, as much of it as is needed to hand it out. */
export type TicketFile = Pick<Attachment, 'id' | 'name' | 'size' | 'createdAt'>

/** A file that another one is to become, with its bytes: a copy has an id, a row and an end of its own. */
export interface FileCopy {
  readonly id: string
  readonly sourceId: string
}

/** What the bytes of a file tell of it. */
export interface FileKind {
  readonly mediaType: string
  readonly width: number | null
  readonly height: number | null
}
