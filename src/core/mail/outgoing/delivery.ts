import type { Instant } from '../../instant.ts'
import type { Ticket } from '../../tickets/ticket.ts'
import type { HeldReason, OutgoingState } from './fate.ts'

/** What became of a message as a letter. */
export interface Delivery {
  readonly state: OutgoingState
  /** What the relay said last, or why it is held. */
  readonly answer: string
  /** Null for one that is not held. */
  readonly heldBecause: HeldReason | null
  readonly attempts: number
  /** When it is tried next; null for one that is not. */
  readonly nextAt: Instant | null
  /** When it was settled; null until then. */
  readonly finishedAt: Instant | null
}

/** An address at which mail did not arrive for good: nothing more is sent there until somebody clears it. */
export interface UndeliverableAddress {
  readonly id: string
  readonly address: string
  /** What the server said of it. */
  readonly answer: string
  readonly since: Instant
}

/** A letter as people see it. */
export interface SentLetter extends Delivery {
  /** The id of its message. */
  readonly id: string
  /** Its Message-ID, without brackets. */
  readonly mailId: string
  readonly ticket: Pick<Ticket, 'id' | 'integer' | 'number' | 'title'>
  readonly deskId: string
  /** Null where the requester has no address any more. */
  readonly to: {
    readonly address: string
    readonly name: string
    /** Since when nothing more is sent there; null where that is not so. */
    readonly undeliverable: UndeliverableAddress | null
  } | null
  /** How many others get a copy. */
  readonly copies: number
  readonly createdAt: Instant
}
