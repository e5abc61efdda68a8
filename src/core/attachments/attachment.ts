import type { Instant } from '../instant.ts'

/** A file that came with a message, or waits for one. Its bytes are in the file store, under its id. */
export interface Attachment {
  readonly id: string
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

/** What the bytes of a file tell of it. */
export interface FileKind {
  readonly mediaType: string
  readonly width: number | null
  readonly height: number | null
}
