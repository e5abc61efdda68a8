import type { Kept, Shared } from '../identity/audience.ts'

/** A text that is said often: inserted into an answer, and never sent by itself. */
export interface SavedReply extends Kept {
  readonly id: string
  /** Goes up with each change. */
  readonly version: number
  readonly name: string
  /** What it is filed under; empty for none. */
  readonly folder: string
  /** The language that it is in, as a BCP 47 tag; null where it does not matter. */
  readonly language: string | null
  /** With variables such as `{{requester.name}}`. */
  readonly text: string
}

/** A saved reply to make. */
export interface NewReply extends Shared {
  readonly name: string
  readonly folder: string
  readonly language: string | null
  readonly text: string
}

/** What is to change of a saved reply; absent stays as it is. */
export interface ReplyChange {
  readonly name?: string
  readonly folder?: string
  readonly language?: string | null
  readonly text?: string
  readonly shared?: Shared
}

/** How many private ones a person has at the most, and a tenant shared ones: nobody sees more than both. */
export const MOST_REPLIES = 200
/** The longest text of one, in characters. */
export const LONGEST_REPLY = 10_000
