import { Readable } from 'node:stream'
import type { Feed } from '../../../core/events/feed.ts'
import { type RecordedEvent, showsEvent } from '../../../core/events/sight.ts'
import type { Actor } from '../../../core/identity/actor.ts'
import { encodeEvent } from './codec.ts'

/** How long a stream is silent at the most, so that proxies keep it and a dead connection is noticed, in milliseconds. */
const HEARTBEAT_MS = 15_000
/** How often it is looked whether the caller may still read, in milliseconds: a revocation ends a stream within 5 s. */
const LOOK_MS = 2_000
/** For how long a stream that nobody reads is kept, in milliseconds. */
const UNREAD_MS = 60_000
/** After how many milliseconds a client comes back whose connection was lost. */
const RETRY_MS = 2_000

/** By whom a stream is read. */
export interface Reader {
  readonly actor: Actor
  /** Who it is by now; null once they may not read any more. */
  readonly whoNow: () => Promise<Actor | null>
}

/** Each event as it is sent: the same bytes, made once for all who read it. */
const TOLD = new WeakMap<RecordedEvent, Buffer>()

function bytesOf(event: RecordedEvent): Buffer {
  const known = TOLD.get(event)
  if (known !== undefined) return known
  const bytes = Buffer.from(`id: ${event.position}\ndata: ${JSON.stringify(encodeEvent(event))}\n\n`)
  TOLD.set(event, bytes)
  return bytes
}

/**
 * The events after a position as server-sent events (HTML standard, 9.2), for as long as somebody reads them: `id` is the
 * position, also in heartbeats, so that what is not for the reader is not looked at again after an interruption.
 */
export function eventStream(feed: Feed, after: number, reader: Reader): Readable {
  const ending = new AbortController()
  const { tenantId } = reader.actor
  let { actor } = reader
  let readAt = performance.now()

  async function look(): Promise<void> {
    // A store that is away ends nobody's stream: it tells nothing new meanwhile.
    const now = await reader.whoNow().catch(() => actor)
    if (now === null) ending.abort()
    else actor = now
  }

  async function* parts(): AsyncGenerator<string | Buffer> {
    let position = after
    yield `retry: ${RETRY_MS}\nid: ${position}\n\n`
    while (!ending.signal.aborted && !feed.ended.aborted) {
      readAt = performance.now()
      const events = await feed.afterAsFollowed(tenantId, position)
      const shown = events.filter((event) => showsEvent(actor, event))
      position = events.at(-1)?.position ?? position
      const [first] = shown
      if (first) yield shown.length === 1 ? bytesOf(first) : Buffer.concat(shown.map(bytesOf))
      if (events.length > 0) continue
      const waitedFrom = performance.now()
      await feed.wait(tenantId, position, HEARTBEAT_MS, ending.signal)
      if (performance.now() - waitedFrom >= HEARTBEAT_MS) yield `: \nid: ${position}\n\n`
    }
  }

  const stream = Readable.from(parts(), { highWaterMark: 1 })
  const looking = setInterval(() => {
    if (performance.now() - readAt > UNREAD_MS + HEARTBEAT_MS) stream.destroy()
    else void look()
  }, LOOK_MS).unref()
  feed.follow(tenantId, ending.signal)
  stream.on('close', () => {
    clearInterval(looking)
    ending.abort()
  })
  return stream
}
