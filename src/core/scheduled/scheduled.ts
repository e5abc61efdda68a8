import type { CoreError } from '../errors.ts'
import type { Instant } from '../instant.ts'
import type { Visibility } from '../messages/message.ts'
import type { UnsentFile, Written } from '../unsent/unsent.ts'
import type { Status } from '../words.ts'

/** It waits for its time; it was held because it could not be sent; or an answer came first, as its author wished. */
export const SCHEDULED_STATES = ['waiting', 'held', 'answered'] as const
export type ScheduledState = (typeof SCHEDULED_STATES)[number]

/** A message that is sent later. */
export interface Scheduled {
  readonly id: string
  /** Goes up with each change. */
  readonly version: number
  readonly ticketId: string
  readonly author: { readonly id: string; readonly name: string; readonly surname: string }
  readonly visibility: Visibility
  readonly format: 'text' | 'html'
  readonly text: string
  readonly files: readonly UnsentFile[]
  readonly status: Status | null
  readonly sendAt: Instant
  /** Whether an answer of the requester that comes first keeps it from being sent. */
  readonly unlessAnswered: boolean
  readonly createdAt: Instant
  readonly state: ScheduledState
  /** Why it is held; null where it is not. */
  readonly problem: CoreError | null
}

/** A message to send later. */
export interface NewScheduled extends Written {
  readonly status: Status | null
  readonly sendAt: Instant
  readonly unlessAnswered: boolean
}

/** How many of a person wait at the most. */
export const MOST_SCHEDULED = 200
/** Until when at the most, in milliseconds from now: a year. */
export const LATEST_MS = 366 * 86_400_000
