import type pg from 'pg'
import { errorCode, StoreUnavailable } from '../failures.ts'
import { type Send, sendBehind } from '../lane.ts'
import type { BoundStatement } from '../statement.ts'
import { setAll, setLockTimeout, writes } from './commands.ts'
import { cut, type Manner, type Session, SettingsLost, type Told } from './connect.ts'
import { modeOf } from './pooler.ts'
import { type Mode, settingCalls } from './settings.ts'

/** What a connection is taken for. Each use has a share of them, so that none starves another. */
export type Use =
  /** Writes that follow each other down one connection. */
  | 'lane'
  /** Calls that share a round trip. */
  | 'pipeline'
  /** Everything else, lists above all. */
  | 'single'

/** The short ones first. */
const USES: readonly Use[] = ['lane', 'pipeline', 'single']
/** How long a caller waits for a free connection before it is told that the store is unavailable, in milliseconds. */
const WAIT_MS = 5_000
/** After how long an unused connection is closed, in milliseconds, and how often that is looked for. */
const IDLE_MS = 30_000
const SWEEP_MS = 10_000
/** How long a server that took no more connections is not asked for more, in milliseconds. */
const FULL_MS = 10_000
/** How long a pipeline of a lane waits for locked rows before it gives way to those behind it, in milliseconds. */
const LANE_LOCK_TIMEOUT_MS = 50
/** Beside those of the pool: the one that listens, and the one that asks whether the server answers. */
export const OTHER_CONNECTIONS = 2
/** With fewer no share is left for one of the uses. */
export const MINIMUM_CONNECTIONS = OTHER_CONNECTIONS + USES.length

/** A connection that is lent. */
export interface Leased {
  readonly send: Send
  /** @param lost the connection is of no use any more */
  giveBack(lost?: Error): void
}

/** A connection on which an answer is due. */
export interface Busy {
  /** Since when the next answer is, by `performance.now()`. */
  readonly since: number
  readonly writes: boolean
  /** Gives the connection up; what waits for its answers is told that it was lost. */
  cut(): void
}

/** How sessions reach the server, and what it told of itself. */
export interface Surroundings {
  readonly mode: Mode
  readonly told: Told
}

export interface Pool {
  /** @throws StoreUnavailable when none comes free in time, or none can be opened */
  take(use: Use): Promise<Leased>
  /** Whether the tables may lie on several servers. Not known before the first connection. */
  hasCitus(): boolean
  /** Whether somebody waits for a connection of this use. */
  isWanted(use: Use): boolean
  busy(): readonly Busy[]
  /** Connections that are lent and idle, and callers that wait, now. */
  count(): { readonly busy: number; readonly idle: number; readonly waiting: number }
  /** Found out with the first connection. @throws StoreUnusable when Polydesk cannot work there; whatever keeps it from connecting */
  surroundings(): Promise<Surroundings>
  /** A session outside the pool, with the settings of all where these stay. */
  open(isPatient?: boolean): Promise<Opened>
  /** Opens all connections there may be. @returns how many came within the time of one */
  fill(): Promise<number>
  end(): Promise<void>
}

/** Shares of so many connections: a quarter each for the short ones. They are never more than these have been of use. */
export function sharesOf(connections: number): Readonly<Record<Use, number>> {
  const short = Math.min(4, Math.max(1, Math.floor(connections / 4)))
  return { lane: short, pipeline: short, single: Math.max(1, connections - 2 * short) }
}

/** A session, and where it was opened. */
export interface Opened {
  readonly session: Session
  readonly surroundings: Surroundings
}

interface Waiter {
  readonly resolve: (leased: Leased) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout
}

/** A connection of the pool. */
class Pooled implements Busy {
  readonly session: Session
  readonly surroundings: Surroundings
  readonly send: Send
  idleSince = 0
  /** What the session waits for locked rows. */
  lockTimeoutMs = 0
  isLost = false
  #since: number | null = null
  #writes = false

  constructor({ session, surroundings }: Opened, types: pg.CustomTypesConfig) {
    this.session = session
    this.surroundings = surroundings
    this.send = sendBehind(session.client, types, (isBusy) => {
      this.#since = isBusy ? performance.now() : null
      if (!isBusy) this.#writes = false
    })
  }

  /** Whether something of it writes holds until nothing is under way any more. */
  notes(bounds: readonly BoundStatement<unknown>[]): void {
    if (!this.#writes) this.#writes = bounds.some(writes)
  }

  get isBusy(): boolean {
    return this.#since !== null
  }

  get since(): number {
    return this.#since ?? Number.POSITIVE_INFINITY
  }

  get writes(): boolean {
    return this.#writes
  }

  cut(): void {
    this.isLost = true
    cut(this.session.client)
  }
}

/** One set of connections for all uses. What opens them is given, and so is what to say when an idle one is lost. */
export function createPool(
  connect: (manner: Manner) => Promise<Session>,
  types: pg.CustomTypesConfig,
  size: number,
  log: (message: string) => void,
): Pool {
  const all = new Set<Pooled>()
  const idle: Pooled[] = []
  const waiting: Record<Use, Waiter[]> = { lane: [], pipeline: [], single: [] }
  const held: Record<Use, number> = { lane: 0, pipeline: 0, single: 0 }
  let opening = 0
  let limit = size
  let shares = sharesOf(size)
  let found: Promise<Surroundings> | undefined
  let hasEnded = false
  let hasCitus = false
  const sweeper = setInterval(sweep, SWEEP_MS).unref()
  let full: NodeJS.Timeout | undefined

  /** The server takes no more: those that are there are shared for a while. */
  function fillsUp(): void {
    setLimit(Math.max(1, all.size))
    clearTimeout(full)
    full = setTimeout(() => {
      setLimit(size)
      serve()
    }, FULL_MS).unref()
  }

  function setLimit(to: number): void {
    limit = to
    shares = sharesOf(to)
  }

  function take(use: Use): Promise<Leased> {
    if (hasEnded) return Promise.reject(new StoreUnavailable(new Error('The database is closed.'), false))
    if (waiting[use].length === 0 && held[use] < shares[use]) {
      const pooled = takeIdle(use)
      if (pooled) return Promise.resolve(lend(pooled, use))
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting[use] = waiting[use].filter((each) => each !== waiter)
        reject(new StoreUnavailable(new Error(`No connection came free within ${WAIT_MS / 1_000} s.`), false))
      }, WAIT_MS)
      const waiter: Waiter = { resolve, reject, timer }
      waiting[use].push(waiter)
      serve()
    })
  }

  /** The one that came back last and waits for locked rows as this use does, so that nothing needs to be set. */
  function takeIdle(use: Use): Pooled | undefined {
    const wanted = use === 'lane' ? LANE_LOCK_TIMEOUT_MS : 0
    const at = idle.findLastIndex(({ lockTimeoutMs }) => lockTimeoutMs === wanted)
    return at === -1 ? idle.pop() : idle.splice(at, 1)[0]
  }

  function serve(): void {
    let wanted = 0
    for (const use of USES) {
      while (waiting[use].length > 0 && held[use] < shares[use]) {
        const pooled = takeIdle(use)
        if (!pooled) break
        const waiter = waiting[use].shift()
        if (!waiter) break
        clearTimeout(waiter.timer)
        waiter.resolve(lend(pooled, use))
      }
      wanted += Math.min(waiting[use].length, shares[use] - held[use])
    }
    while (opening < wanted && all.size + opening < limit) void openOne()
  }

  async function openOne(): Promise<void> {
    opening += 1
    try {
      // What finds out the surroundings stays as a connection like any other.
      await surroundings()
      if (idle.length === 0) keep(await openSettled())
    } catch (error) {
      if (all.size === 0) rejectWaiting(error)
      else if (isFull(error)) fillsUp()
      // Those that wait are served by the connections that there are; the next caller tries again.
      return
    } finally {
      opening -= 1
    }
    serve()
  }

  function rejectWaiting(error: unknown): void {
    for (const use of USES) {
      for (const { reject, timer } of waiting[use].splice(0)) {
        clearTimeout(timer)
        reject(new StoreUnavailable(error, false))
      }
    }
  }

  function keep(opened: Opened): void {
    const pooled = new Pooled(opened, types)
    if (hasEnded) {
      pooled.cut()
      return
    }
    all.add(pooled)
    pooled.idleSince = performance.now()
    idle.push(pooled)
    const gone = (why: string): void => {
      pooled.isLost = true
      const at = idle.indexOf(pooled)
      // One that is lent says so to the one who has it.
      if (at === -1) return
      idle.splice(at, 1)
      all.delete(pooled)
      if (!hasEnded) log(`An idle database connection was lost: ${why}`)
    }
    pooled.session.client.on('error', (error) => gone(error.message))
    pooled.session.client.on('end', () => gone('it ended'))
  }

  function lend(pooled: Pooled, use: Use): Leased {
    held[use] += 1
    const lockTimeoutMs = use === 'lane' ? LANE_LOCK_TIMEOUT_MS : 0
    let isOut = true
    return {
      send(bounds) {
        pooled.notes(bounds)
        const { mode, told } = pooled.surroundings
        if (mode === 'transaction') return withoutFirst(pooled.send([setAll(told.schema, lockTimeoutMs), ...bounds]))
        if (pooled.lockTimeoutMs === lockTimeoutMs) return pooled.send(bounds)
        pooled.lockTimeoutMs = lockTimeoutMs
        // Before them on the same connection; when it fails, so do they.
        pooled.send([setLockTimeout(lockTimeoutMs)]).catch(() => {})
        return pooled.send(bounds)
      },
      giveBack(lost) {
        if (!isOut) return
        isOut = false
        held[use] -= 1
        if (lost || pooled.isLost) {
          all.delete(pooled)
          pooled.cut()
        } else if (hasEnded) {
          all.delete(pooled)
          pooled.session.client.end().catch(() => {})
        } else {
          pooled.idleSince = performance.now()
          idle.push(pooled)
        }
        serve()
      },
    }
  }

  /** Closes what nobody needed for long. */
  function sweep(): void {
    const before = performance.now() - IDLE_MS
    for (const pooled of idle.filter(({ idleSince }) => idleSince < before)) {
      idle.splice(idle.indexOf(pooled), 1)
      all.delete(pooled)
      pooled.session.client.end().catch(() => {})
    }
  }

  function surroundings(): Promise<Surroundings> {
    found ??= findOut().catch((error: unknown) => {
      found = undefined
      throw error
    })
    return found
  }

  async function findOut(): Promise<Surroundings> {
    const asTheyAre: Manner = { mode: null, schema: null }
    const session = await connect(asTheyAre)
    try {
      const mode = session.isPooled ? await modeOf(session, () => connect(asTheyAre)) : 'direct'
      if (mode !== 'transaction') await session.client.query(`select ${settingCalls(false)}`, [session.told.schema])
      const surroundings = { mode, told: session.told }
      hasCitus = session.told.hasCitus
      keep({ session, surroundings })
      return surroundings
    } catch (error) {
      cut(session.client)
      throw error
    }
  }

  /** A new connection with the settings of all. */
  async function openSettled(isPatient = false): Promise<Opened> {
    const known = await surroundings()
    const { mode, told } = known
    try {
      const session = await connect({ mode, schema: told.schema, isPatient })
      if (session.isPooled === (mode !== 'direct')) return { session, surroundings: known }
      cut(session.client)
      throw new SettingsLost()
    } catch (error) {
      // A pooler came, went, or pools otherwise now: the next one finds that out.
      if (error instanceof SettingsLost) found = undefined
      throw error
    }
  }

  return {
    take,
    hasCitus: () => hasCitus,
    isWanted: (use) => waiting[use].length > 0,
    busy: () => [...all].filter(({ isBusy }) => isBusy),
    count: () => ({
      busy: all.size - idle.length,
      idle: idle.length,
      waiting: USES.reduce((sum, use) => sum + waiting[use].length, 0),
    }),
    surroundings,
    open: openSettled,
    async fill() {
      await surroundings()
      const opened = await Promise.allSettled(Array.from({ length: size - all.size }, () => openSettled()))
      for (const one of opened) if (one.status === 'fulfilled') keep(one.value)
      serve()
      return all.size
    },
    async end() {
      hasEnded = true
      clearInterval(sweeper)
      clearTimeout(full)
      rejectWaiting(new Error('The database is closed.'))
      // Those that are lent are closed when they come back.
      const ended = idle.splice(0).map((pooled) => {
        all.delete(pooled)
        return pooled.session.client.end().catch(() => {})
      })
      await Promise.all(ended)
    },
  }
}

/** The answers to what was asked, without that of the settings before it. */
async function withoutFirst(answers: ReturnType<Send>): ReturnType<Send> {
  return (await answers).slice(1)
}

/** Whether the server, the role, the database or the pooler has no connection left for us. */
function isFull(error: unknown): boolean {
  if (errorCode(error) === '53300' || errorCode(error) === 'ETIMEDOUT') return true
  return error instanceof Error && /no more connections allowed|query_wait_timeout/.test(error.message)
}
