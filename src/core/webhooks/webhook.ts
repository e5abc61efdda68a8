import type { Instant } from '../instant.ts'

/** The name that subscribes to all events of a dialect, where the dialect knows such a name. */
export const EVERYTHING = '*'

/** `failures`: too many in a row; `gone`: the receiver answered that it wants no more. */
export const DISABLED_BY = ['hand', 'failures', 'gone'] as const
export type DisabledBy = (typeof DISABLED_BY)[number]

/** Who is told of events: a URL, in the form of one dialect. */
export interface Webhook {
  readonly id: string
  readonly dialect: string
  /** The only desk whose events it gets; null for all desks. */
  readonly deskId: string | null
  readonly url: string
  readonly description: string
  /** The dialect's own names of events, or `*`. */
  readonly events: readonly string[]
  readonly enabled: boolean
  /** By what it is not enabled. Unless by hand it keeps collecting what happens, and sends it once it is enabled again. */
  readonly disabledBy: DisabledBy | null
  /** In words, where its receiver's answers disabled it. */
  readonly disabledBecause: string | null
  /** Until when its receiver asked to be left alone. */
  readonly restsUntil: Instant | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly lastUsedAt: Instant | null
}

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
