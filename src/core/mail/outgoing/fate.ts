import type { Instant } from '../../instant.ts'

/** How an attempt to hand a letter to a relay ended. */
export interface Posted {
  /**
   * `taken`: the relay has it. `refused`: it said no for good. `later`: it said not now, or was not there, and certainly has
   * nothing. `unknown`: it had all of it, and then nothing more was heard.
   */
  readonly is: 'taken' | 'refused' | 'later' | 'unknown'
  /** What the relay said, or what was in the way. */
  readonly words: string
  /** Whom it did not take the letter for, though it took it for others. */
  readonly without: readonly Missed[]
}

/** Somebody for whom a relay did not take a letter. */
export interface Missed {
  readonly address: string
  readonly words: string
}

/**
 * `waiting`: to be sent at its time. `sending`: somebody is at it. `sent`: a relay has it. `uncertain`: it may or may not have
 * it, and only a person or a bounce tells. `refused`: given up. `bounced`: it came back. `held`: not to be sent.
 */
export const OUTGOING_STATES = ['waiting', 'sending', 'sent', 'uncertain', 'refused', 'bounced', 'held'] as const
export type OutgoingState = (typeof OUTGOING_STATES)[number]

/** Why a letter is held: somebody wants it, nobody has an address, the desk has none, or mail to the requester came back. */
export const HELD_REASONS = ['by_hand', 'no_address', 'no_desk_address', 'undeliverable'] as const
export type HeldReason = (typeof HELD_REASONS)[number]

/** What becomes of a letter. */
export interface Fate {
  readonly state: Extract<OutgoingState, 'waiting' | 'sent' | 'uncertain' | 'refused'>
  /** When it is tried next; null when it is not. */
  readonly nextAt: Instant | null
}

const MINUTE_MS = 60_000
/** Pauses between attempts, in minutes: three days in all, as mail servers have it (RFC 5321, 4.5.4.1). */
const PAUSES = [1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 720, 1_440]

/**
 * What becomes of a letter after an attempt. What may have arrived is not sent again by itself: the same mail twice is worse
 * than one that somebody looks at.
 *
 * @param tries how many there were since it was made or sent again by hand, this one included.
 */
export function fateOf({ is }: Pick<Posted, 'is'>, tries: number, at: Instant): Fate {
  if (is === 'taken') return { state: 'sent', nextAt: null }
  if (is === 'unknown') return { state: 'uncertain', nextAt: null }
  const pause = is === 'later' ? PAUSES[tries - 1] : undefined
  if (pause === undefined) return { state: 'refused', nextAt: null }
  return { state: 'waiting', nextAt: new Date(Date.parse(at) + pause * MINUTE_MS).toISOString() }
}
