import type { Actor } from '../identity/actor.ts'
import type { Feed } from './feed.ts'
import { type RecordedEvent, showsEvent } from './sight.ts'

/** Events that one call looks at without showing any, before it says how far it came. */
const MOST_LOOKED_AT = 2_000

export interface FeedPage {
  readonly events: readonly RecordedEvent[]
  /** The position to go on after, also when there is nothing yet. */
  readonly next: number
}

/**
 * The events after a position that are for an actor, in their order. What is not for them is passed over, so a page may be
 * short or empty before the end of the log: that is reached when `next` is where one began.
 *
 * @param waitMs for how long to wait where there are none yet.
 * @param signal ends the waiting of whoever may not read any more.
 */
export async function getEvents(
  feed: Feed,
  actor: Actor,
  {
    after,
    limit,
    waitMs,
    signal,
  }: { readonly after: number; readonly limit: number; readonly waitMs: number; readonly signal?: AbortSignal },
): Promise<FeedPage> {
  const until = performance.now() + waitMs
  const waiting = new AbortController()
  if (waitMs > 0) feed.follow(actor.tenantId, waiting.signal)
  try {
    let next = after
    for (let lookedAt = 0; ; ) {
      const events = await feed.after(actor.tenantId, next)
      const shown = events.filter((event) => showsEvent(actor, event)).slice(0, limit)
      // A full page ends with its last event, since others after it may be for them too.
      next = (shown.length === limit ? shown.at(-1) : events.at(-1))?.position ?? next
      lookedAt += events.length
      if (shown.length > 0) return { events: shown, next }
      const left = until - performance.now()
      const isAtEnd = events.length === 0
      if (isAtEnd ? left <= 0 || feed.ended.aborted || signal?.aborted : lookedAt >= MOST_LOOKED_AT)
        return { events: [], next }
      if (isAtEnd) await feed.wait(actor.tenantId, next, left, signal)
    }
  } finally {
    waiting.abort()
  }
}
