import type { Instant } from '../../instant.ts'

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead', 'skipped'] as const
/**
 * `dead`: the schedule gave it up; it is kept, and goes out again on command. `skipped`: somebody let it be, or an erasure
 * left nothing that its dialect has words for.
 */
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One event for one webhook. */
export interface Delivery {
  readonly id: string
  readonly webhookId: string
  readonly eventType: string
  readonly position: number
  readonly state: DeliveryState
  readonly attempts: number
  /** When it is tried next; only while it waits. */
  readonly nextAt: Instant | null
  readonly createdAt: Instant
  readonly finishedAt: Instant | null
  /** How its last attempt ended; null when there was none. */
  readonly last: LastAttempt | null
  /** The earlier delivery of its line that has to go first. */
  readonly waitsFor: string | null
}

export interface LastAttempt {
  readonly status: number | null
  /** Why there was no answer. */
  readonly problem: string | null
  /** The first words of the answer's body. */
  readonly answer: string | null
}

/** One attempt to deliver: what was sent and what came back. */
export interface Attempt {
  readonly number: number
  readonly at: Instant
  readonly durationMs: number
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly status: number | null
  readonly answerHeaders: Readonly<Record<string, string>> | null
  readonly answerBody: string | null
  /** Why there was no answer. */
  readonly problem: string | null
}
