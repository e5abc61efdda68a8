import type { Instant } from '../instant.ts'

/** The name that subscribes to all events of a dialect, where the dialect knows such a name. */
export const EVERYTHING = '*'

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
  /** Why it is not enabled. After failures it keeps collecting what happens, and sends it once it is enabled again. */
  readonly disabledBy: 'hand' | 'failures' | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly lastUsedAt: Instant | null
}

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const
/** `dead`: the schedule gave it up; it is kept, and goes out again on command. */
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
