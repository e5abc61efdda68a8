import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { cut, withinTime } from './connect.ts'
import type { Opened } from './pool.ts'

/** How often a listening connection proves that it still lives, in milliseconds. Half of it must stay below 5 s. */
const HEARTBEAT_MS = 2_000
/** How long a notification to ourselves may take, in milliseconds. */
const ECHO_MS = 3_000
/** How long after it was not heard that is tried again, in milliseconds. */
const DEAF_MS = 60_000

interface Channel {
  readonly onMessage: (payload: string) => void
  readonly onGap: (listening: boolean) => void
}

/** One connection that listens for all channels. */
export interface Listener {
  /** Listens on a channel until it is stopped. */
  add(name: string, channel: Channel): void
  /** What was sent is told right here, where it cannot be heard. */
  sent(name: string, payload: string): void
  stop(): Promise<void>
}

/**
 * Reconnects for ever, and says so each time it may have missed something. Behind a pooler that gives transactions,
 * notifications go to nobody; behind others it is tried by one to ourselves. Where nothing is heard, whoever listens is
 * never told that it does, and looks by itself from time to time; what this process sends it is told all the same.
 *
 * @param open a session of its own
 * @param notify sends a notification from another connection
 */
export function createListener(
  open: () => Promise<Opened>,
  notify: (channel: string, payload: string) => Promise<void>,
  log: (message: string) => void,
): Listener {
  const channels = new Map<string, Channel>()
  const echo = `polydesk_echo_${randomBytes(8).toString('hex')}`
  let client: pg.Client | undefined
  let hears = false
  let hasStopped = false
  let hasBegun = false
  let timer: NodeJS.Timeout | undefined
  /** What was said last; each waits for the one before. */
  let turn: Promise<unknown> = Promise.resolve()
  const listened = new Set<string>()

  function say(to: pg.Client, text: string): Promise<unknown> {
    const said = turn.then(() => to.query(text))
    turn = said.catch(() => {})
    return said
  }

  async function listenTo(to: pg.Client, names: Iterable<string>): Promise<void> {
    for (const name of names) {
      if (listened.has(name)) continue
      await say(to, `listen ${pg.escapeIdentifier(name)}`)
      listened.add(name)
    }
  }

  function later(milliseconds: number, work: () => void): void {
    if (hasStopped) return
    clearTimeout(timer)
    timer = setTimeout(work, milliseconds).unref()
  }

  function tell(listening: boolean): void {
    for (const { onGap } of channels.values()) onGap(listening)
  }

  function lost(failed: pg.Client, error: unknown): void {
    if (client !== failed || hasStopped) return
    client = undefined
    log(`The listening connection was lost: ${error instanceof Error ? error.message : String(error)}`)
    cut(failed)
    if (hears) {
      hears = false
      tell(false)
    }
    later(HEARTBEAT_MS, connect)
  }

  function connect(): void {
    begin().catch((error: unknown) => {
      if (hasStopped) return
      log(`Nothing can listen to the database: ${error instanceof Error ? error.message : String(error)}`)
      later(HEARTBEAT_MS, connect)
    })
  }

  async function begin(): Promise<void> {
    const { session, surroundings } = await open()
    const fresh = session.client
    if (surroundings.mode === 'transaction' || hasStopped) return cut(fresh)
    client = fresh
    listened.clear()
    fresh.on('error', (error) => lost(fresh, error))
    fresh.on('end', () => lost(fresh, 'it ended'))
    const echoed = Promise.withResolvers<void>()
    fresh.on('notification', ({ channel, payload }) => {
      if (channel === echo) echoed.resolve()
      else channels.get(channel)?.onMessage(payload ?? '')
    })
    try {
      await listenTo(fresh, [echo])
      await notify(echo, '')
    } catch (error) {
      return lost(fresh, error)
    }
    const isHeard = await withinTime(ECHO_MS, () => echoed.promise).then(
      () => true,
      () => false,
    )
    if (client !== fresh) return
    if (isHeard) {
      await listenTo(fresh, channels.keys()).catch((error: unknown) => lost(fresh, error))
      if (client !== fresh) return
      hears = true
      tell(true)
      later(HEARTBEAT_MS, () => beat(fresh))
    } else {
      log('Notifications of the database are not heard: what other servers do is seen some seconds later.')
      client = undefined
      cut(fresh)
      later(DEAF_MS, connect)
    }
  }

  function beat(fresh: pg.Client): void {
    withinTime(HEARTBEAT_MS, () => say(fresh, 'select 1')).then(
      () => later(HEARTBEAT_MS, () => beat(fresh)),
      (error: unknown) => lost(fresh, error),
    )
  }

  return {
    add(name, channel) {
      channels.set(name, channel)
      if (!hasBegun) {
        hasBegun = true
        connect()
      } else if (client && hears) {
        const to = client
        listenTo(to, [name]).then(
          () => channel.onGap(true),
          (error: unknown) => lost(to, error),
        )
      }
    },
    sent(name, payload) {
      if (!hears) channels.get(name)?.onMessage(payload)
    },
    async stop() {
      hasStopped = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
