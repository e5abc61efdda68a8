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
