import type { Store } from '../../storage/store.ts'
import type { RecordedEvent } from './sight.ts'
import { EVENTS_AFTER, LATEST_POSITION, recordedEventOf } from './store.ts'

/** Events that are read at once. */
const EVENTS_AT_ONCE = 500
/** The latest events of a tenant that are kept for those who follow it: whoever is behind these reads the store. */
const MOST_KEPT = 1_000
/** How often the store is looked at without a signal, in case one was lost, in milliseconds. */
const POLL_MS = 5_000

/**
 * The event log of each tenant, to be read from a position on, and to be waited for. However many follow a tenant, what is
 * new is read once for all of them; whom it is shown to is theirs to judge (`showsEvent`).
 */
export interface Feed {
  /** The next events after a position, in their order, without gaps; none where none was recorded by now. */
  after(tenantId: string, position: number): Promise<readonly RecordedEvent[]>
  /** The same for whoever follows the tenant, and is content to be told by `wait` of what was recorded a moment ago. */
  afterAsFollowed(tenantId: string, position: number): Promise<readonly RecordedEvent[]>
  /** The position of the latest event. */
  latest(tenantId: string): Promise<number>
  /** Waits for an event after a position, but no longer than some milliseconds, nor beyond the signal or the feed's own end. */
  wait(tenantId: string, position: number, milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Keeps what is new of a tenant at hand until the signal. Without it each reader asks the store. */
  follow(tenantId: string, signal: AbortSignal): void
  /** Something was recorded for a tenant. */
  wake(tenantId: string): void
  /** Signals may have been missed. */
  lookAround(): void
  /** Ends all waiting, for good. */
  readonly ended: AbortSignal
  stop(): Promise<void>
}

/** What is known of a tenant that somebody follows. */
interface Log {
  followers: number
  /** The latest events, without gaps up to `head`. */
  recent: readonly RecordedEvent[]
  /** Undefined before it was read the first time. */
  head: number | undefined
  readonly waiting: Set<() => void>
  /** With true it is read once more afterwards. */
  reading: boolean | null
}

export function openFeed(store: Pick<Store, 'run'>, log: (message: string) => void): Feed {
  const logs = new Map<string, Log>()
  const running = new Set<Promise<void>>()
  const ending = new AbortController()
  const poll = setInterval(lookAround, POLL_MS).unref()

  async function read(tenantId: string, after: number): Promise<readonly RecordedEvent[]> {
    const rows = await store.run(EVENTS_AFTER.with({ tenant_id: tenantId, after, limit: EVENTS_AT_ONCE }))
    return rows.map(recordedEventOf)
  }

  /** The events after a position that are kept; undefined where these are none, or not all. */
  function atHand(tenantId: string, position: number): readonly RecordedEvent[] | undefined {
    const recent = logs.get(tenantId)?.recent ?? []
    const [first] = recent
    if (!first || position < first.position - 1) return undefined
    const later = recent.slice(position + 1 - first.position)
    return later.length > 0 ? later : undefined
  }

  async function latest(tenantId: string): Promise<number> {
    const [row] = await store.run(LATEST_POSITION.with({ tenant_id: tenantId }))
    return row?.position ?? 0
  }

  /** Reads what is new, once for all who follow. */
  async function catchUp(tenantId: string, followed: Log): Promise<void> {
    followed.head ??= await latest(tenantId)
    for (;;) {
      for (const told of followed.waiting) told()
      const events = await read(tenantId, followed.head)
      const last = events.at(-1)
      if (!last) return
      // Who or what was erased is in earlier events no more: those are read anew by whoever needs them.
      const isErased = events.some(({ kind }) => ERASURES.has(kind))
      followed.recent = [...(isErased ? [] : followed.recent), ...events].slice(-MOST_KEPT)
      followed.head = last.position
    }
  }

  function wake(tenantId: string): void {
    const followed = logs.get(tenantId)
    if (!followed || ending.signal.aborted) return
    if (followed.reading !== null) {
      followed.reading = true
      return
    }
    const work = readWhileWoken(tenantId, followed)
      .catch((error: unknown) =>
        log(`Reading events failed: ${error instanceof Error ? error.message : String(error)}`),
      )
      .finally(() => running.delete(work))
    running.add(work)
  }

  async function readWhileWoken(tenantId: string, followed: Log): Promise<void> {
    try {
      do {
        followed.reading = false
        await catchUp(tenantId, followed)
      } while (followed.reading && !ending.signal.aborted)
    } finally {
      // At once: whoever wakes it from now on begins anew.
      followed.reading = null
    }
  }

  function lookAround(): void {
    for (const tenantId of logs.keys()) wake(tenantId)
  }

  function logOf(tenantId: string): Log {
    const known = logs.get(tenantId)
    if (known) return known
    const made: Log = { followers: 0, recent: [], head: undefined, waiting: new Set(), reading: null }
    logs.set(tenantId, made)
    return made
  }

  return {
    latest,
    wake,
    lookAround,
    ended: ending.signal,

    after: async (tenantId, position) => atHand(tenantId, position) ?? read(tenantId, position),

    async afterAsFollowed(tenantId, position) {
      const head = logs.get(tenantId)?.head
      if (head !== undefined && position >= head) return []
      return atHand(tenantId, position) ?? read(tenantId, position)
    },

    follow(tenantId, signal) {
      if (signal.aborted) return
      const followed = logOf(tenantId)
      followed.followers += 1
      signal.addEventListener('abort', () => {
        followed.followers -= 1
        if (followed.followers === 0) logs.delete(tenantId)
      })
      wake(tenantId)
    },

    async wait(tenantId, position, milliseconds, signal) {
      const followed = logs.get(tenantId)
      if (!followed) throw new Error('Only who follows a tenant waits for its events.')
      if (ending.signal.aborted || signal?.aborted || (followed.head ?? 0) > position) return
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          followed.waiting.delete(told)
          signal?.removeEventListener('abort', done)
          ending.signal.removeEventListener('abort', done)
          resolve()
        }
        const told = (): void => {
          if ((followed.head ?? 0) > position) done()
        }
        const timer = setTimeout(done, milliseconds)
        followed.waiting.add(told)
        signal?.addEventListener('abort', done)
        ending.signal.addEventListener('abort', done)
      })
    },

    async stop() {
      ending.abort()
      clearInterval(poll)
      await Promise.all(running)
    },
  }
}

const ERASURES: ReadonlySet<string> = new Set(['ticket.deleted', 'message.deleted', 'user.erased'])
