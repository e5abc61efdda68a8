import pg from 'pg'
import type { TObject } from 'typebox'
import { Compile } from 'typebox/compile'
import { isTooSlow, isUnavailable, StoreUnavailable } from './failures.ts'
import { type Lane, openLane, type Send, sendBehind } from './lane.ts'
import type { BoundStatement, Statement } from './statement.ts'

/** How long a caller waits for a free connection before it is told that the store is unavailable, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000
/** No statement of the product may run longer, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 30_000
/** What every connection of the pools sets. */
const SETTINGS = {
  timezone: 'UTC',
  statement_timeout: STATEMENT_TIMEOUT_MS,
  // Without JIT and with one worker a short statement keeps its latency.
  jit: 'off',
  max_parallel_workers_per_gather: 0,
  // Each statement is written for one plan. Left alone, PostgreSQL would plan those with lists anew each time, because
  // a plan for the very list looks cheaper: that takes ten times as long as reading a ticket.
  plan_cache_mode: 'force_generic_plan',
}
/** How long a pipeline of a lane waits for locked rows before it gives way to those behind it, in milliseconds. */
const LANE_LOCK_TIMEOUT_MS = 50
/** How often a listening connection proves that it still lives, in milliseconds. Half of it must stay below 5 s. */
const LISTEN_HEARTBEAT_MS = 2_000

export interface DatabaseOptions {
  /** What `pg` needs to connect: a connection string, or host, port, user and database. */
  readonly connection: pg.PoolConfig
  /** Connections kept at the most. */
  readonly poolSize?: number
  /** Verify every returned row against its statement's schema. For tests: it costs time. */
  readonly checkRows?: boolean
  /** Called with each statement before it runs, for tests that inspect what runs. */
  readonly onStatement?: (bound: BoundStatement<unknown>) => void
  readonly log?: (message: string) => void
}

/** The one seam to PostgreSQL. Every method answers `StoreUnavailable` when the server is away, full or too busy. */
export interface Database {
  /** Runs one statement in a transaction of its own; the rows it returned. */
  run<Row>(bound: BoundStatement<Row>): Promise<readonly Row[]>
  /**
   * Sends all statements down one connection without waiting in between, in order. They commit together or not at all.
   *
   * @param lane those of one lane share a connection: each goes at once, and runs after those before it. So that none
   *   holds up the others for long, it fails as not available (55P03) when it meets rows that stay locked.
   * @returns the rows of each
   * @throws StoreUnavailable when the connection was lost; whether they committed is then unknown.
   * @throws what PostgreSQL refused first, which has a code; then none took effect.
   */
  pipeline<Row>(bounds: readonly BoundStatement<Row>[], lane?: string): Promise<readonly (readonly Row[])[]>
  /** Runs statements one after the other in one transaction, for administration. What `work` throws rolls it back. */
  transaction<T>(work: (run: Database['run']) => Promise<T>): Promise<T>
  /** Runs plain SQL outside the product's statements: migrations and administration only. */
  withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T>
  /**
   * Listens on a channel until the database closes. `onGap` is called whenever messages may have been missed: with false
   * when the connection is lost, with true once it listens again (and when it does so for the first time).
   */
  listen(channel: string, onMessage: (payload: string) => void, onGap: (listening: boolean) => void): void
  /** Sends a notification as its own statement, after whatever it announces has committed. */
  notify(channel: string, payload: string): Promise<void>
  /** PostgreSQL's version as a number, for instance 180004. */
  version(): Promise<number>
  /** Connections that are busy and idle, and calls that wait for one, now. */
  connections(): { readonly busy: number; readonly idle: number; readonly waiting: number }
  close(): Promise<void>
}

const TYPE_TIMESTAMPTZ = 1184
const TYPE_INT8 = 20

/** Counters and sums stay far below 2^53, so a number is exact; instants stay text (see core/instant.ts). */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === TYPE_INT8) return Number
    if (oid === TYPE_TIMESTAMPTZ) return (text: string) => text
    return pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text')
  },
}

/** Opens the pool. Connects lazily: an unreachable server shows at the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const base: pg.PoolConfig = {
    ...options.connection,
    types,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'polydesk',
    options: Object.entries(SETTINGS)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  }
  // Each has its own connections, so that lists that run long leave those of the short statements free.
  const single = new pg.Pool({ ...base, max: options.poolSize ?? 8 })
  const pipelined = new pg.Pool({ ...base, max: 4 })
  const shared = new pg.Pool({ ...base, options: `${base.options} -c lock_timeout=${LANE_LOCK_TIMEOUT_MS}`, max: 4 })
  const pools = [single, pipelined, shared]
  const log = options.log ?? (() => {})
  for (const pool of pools) pool.on('error', (error) => log(`An idle database connection was lost: ${error.message}`))
  // While a client is checked out the pool does not listen to it; its queries fail with the same error.
  for (const pool of pools) pool.on('connect', (client) => client.on('error', () => {}))
  const lanes = new Map<string, Lane>()
  const checker = options.checkRows ? rowChecker() : undefined
  const listeners = new Set<Listener>()

  /** Sends statements, each with its lock right before it; the rows of each. */
  async function sendBy<Row>(send: Send, bounds: readonly BoundStatement<Row>[]): Promise<readonly (readonly Row[])[]> {
    const all = bounds.flatMap((bound): BoundStatement<unknown>[] => (bound.lock ? [bound.lock, bound] : [bound]))
    for (const bound of all) options.onStatement?.(bound)
    const answers = await send(all)
    if (checker) for (const [index, { statement }] of all.entries()) checker(statement, answers[index] ?? [])
    let next = 0
    return bounds.map((bound) => {
      if (bound.lock) next += 1
      return (answers[next++] ?? []) as readonly Row[]
    })
  }

  async function sendOn<Row>(
    pool: pg.Pool,
    bounds: readonly BoundStatement<Row>[],
  ): Promise<readonly (readonly Row[])[]> {
    const client = await connected(pool.connect())
    let lost: StoreUnavailable | undefined
    try {
      return await sendBy(sendBehind(client, types), bounds)
    } catch (error) {
      if (!isUnavailable(error)) throw error
      lost = new StoreUnavailable(error)
      throw lost
    } finally {
      client.release(lost)
    }
  }

  function laneOf(name: string): Lane {
    const lane = lanes.get(name) ?? openLane(() => connected(shared.connect()), types)
    lanes.set(name, lane)
    return lane
  }

  const database: Database = {
    async run(bound) {
      const [rows] = await translated(sendOn(single, [bound]))
      return rows ?? []
    },

    pipeline: (bounds, lane) =>
      lane === undefined ? sendOn(pipelined, bounds) : laneOf(lane)((send) => sendBy(send, bounds)),

    async transaction(work) {
      const client = await connected(single.connect())
      let failure: Error | undefined
      try {
        await translated(client.query('begin'))
        const result = await work(async (bound) => {
          const [rows] = await translated(sendBy(sendBehind(client, types), [bound]))
          return rows ?? []
        })
        await translated(client.query('commit'))
        return result
      } catch (error) {
        await client.query('rollback').catch((lost: unknown) => {
          failure = lost instanceof Error ? lost : new Error(String(lost))
        })
        throw error
      } finally {
        client.release(failure)
      }
    },

    async withClient(work) {
      const client = new pg.Client({ ...base, options: '-c timezone=UTC' })
      client.on('error', (error) => log(`A database connection was lost: ${error.message}`))
      await translated(client.connect())
      try {
        return await translated(work(client))
      } finally {
        await client.end().catch(() => {})
      }
    },

    listen(channel, onMessage, onGap) {
      listeners.add(startListener(base, channel, onMessage, onGap, log))
    },

    async notify(channel, payload) {
      // What it announces is on disk already; a signal lost in a crash is one that nobody was left to hear.
      const text = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)"
      await translated(single.query(text, [channel, payload]))
    },

    async version() {
      const result = await translated(
        single.query<{ version: string }>("select current_setting('server_version_num') as version"),
      )
      return Number(result.rows[0]?.version ?? 0)
    },

    connections() {
      const sum = (count: (pool: pg.Pool) => number): number => pools.reduce((all, pool) => all + count(pool), 0)
      const idle = sum((pool) => pool.idleCount)
      return { busy: sum((pool) => pool.totalCount) - idle, idle, waiting: sum((pool) => pool.waitingCount) }
    },

    async close() {
      for (const listener of listeners) await listener.stop()
      await Promise.all(pools.map((pool) => pool.end()))
    },
  }
  return database
}

async function translated<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    if (isUnavailable(error) || isTooSlow(error))
      throw error instanceof StoreUnavailable ? error : new StoreUnavailable(error)
    throw error
  }
}

async function connected<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw new StoreUnavailable(error, false)
  }
}

function rowChecker(): (statement: Statement<unknown>, rows: readonly unknown[]) => void {
  const compiled = new Map<TObject, ReturnType<typeof Compile>>()
  return (statement, rows) => {
    const check = compiled.get(statement.row) ?? Compile(statement.row)
    compiled.set(statement.row, check)
    for (const row of rows) {
      if (check.Check(row)) continue
      const [problem] = check.Errors(row)
      throw new Error(
        `A row of ${statement.name} is not what its schema says: ${JSON.stringify(problem)} in ${JSON.stringify(row)}`,
      )
    }
  }
}

interface Listener {
  stop(): Promise<void>
}

/** A dedicated connection that reconnects for ever and says so each time it may have missed something. */
function startListener(
  base: pg.PoolConfig,
  channel: string,
  onMessage: (payload: string) => void,
  onGap: (listening: boolean) => void,
  log: (message: string) => void,
): Listener {
  let stopped = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined

  function later(work: () => void): void {
    if (stopped) return
    timer = setTimeout(work, LISTEN_HEARTBEAT_MS)
    timer.unref()
  }

  function lost(failed: pg.Client, error: unknown): void {
    if (client !== failed || stopped) return
    client = undefined
    log(`The listening connection was lost: ${error instanceof Error ? error.message : String(error)}`)
    failed.end().catch(() => {})
    onGap(false)
    later(connect)
  }

  function connect(): void {
    const fresh = new pg.Client({ ...base, query_timeout: LISTEN_HEARTBEAT_MS })
    client = fresh
    fresh.on('error', (error) => lost(fresh, error))
    fresh.on('end', () => lost(fresh, 'ended'))
    fresh.on('notification', (message) => onMessage(message.payload ?? ''))
    const beat = (): void => {
      fresh.query('select 1').then(
        () => later(beat),
        (error: unknown) => lost(fresh, error),
      )
    }
    fresh
      .connect()
      .then(() => fresh.query(`listen ${pg.escapeIdentifier(channel)}`))
      .then(
        () => {
          onGap(true)
          later(beat)
        },
        (error: unknown) => lost(fresh, error),
      )
  }

  connect()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
