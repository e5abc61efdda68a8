import pg from 'pg'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { begin, commit, notify, rollback } from './connections/commands.ts'
import { createConnect, cut } from './connections/connect.ts'
import { FACTS, NODES, nodeIn, type ServerFacts, toldIn } from './connections/facts.ts'
import { createListener } from './connections/listener.ts'
import { createPool, OTHER_CONNECTIONS, type Surroundings, sharesOf, type Use } from './connections/pool.ts'
import { settingCalls } from './connections/settings.ts'
import { plainTarget, readTarget, type Target } from './connections/target.ts'
import { createVigil } from './connections/vigil.ts'
import { isTooSlow, isUnavailable, StoreUnavailable, StoreUnusable } from './failures.ts'
import { type Lane, openLane, type Send } from './lane.ts'
import { type BoundStatement, type Statement, withLocks } from './statement.ts'

/** Connections that a process takes at the most, unless it is told. */
export const DEFAULT_CONNECTIONS = 18

export interface DatabaseOptions {
  /** Where to connect: a target as read from DATABASE_URL, or a connection string, or host, port, user and database. */
  readonly connection: Target | pg.PoolConfig
  /** Connections that are open at the same time at the most, of every kind. */
  readonly connections?: number
  /** Verify every row that comes back, and every value that goes in, by the statement's schemas. For tests: it costs time. */
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
  /**
   * Runs plain SQL outside the product's statements, on a connection of its own and for as long as it takes: migrations
   * and administration only.
   *
   * @param work is also given what begins a transaction; outside of one nothing may rely on what the session has set.
   */
  withClient<T>(work: (client: pg.Client, beginTransaction: () => Promise<void>) => Promise<T>): Promise<T>
  /**
   * Listens on a channel until the database closes. `onGap` is called whenever messages may have been missed: with false
   * when the connection is lost, with true once it listens again (and when it does so for the first time). Where nothing
   * can be heard it is never called, and only what this process itself sends is told.
   */
  listen(channel: string, onMessage: (payload: string) => void, onGap: (listening: boolean) => void): void
  /** Sends a notification as its own statement, after whatever it announces has committed. */
  notify(channel: string, payload: string): Promise<void>
  /** PostgreSQL's version as a number, for instance 180004. */
  version(): Promise<number>
  /** Connections that are busy and idle, and calls that wait for one, now. */
  connections(): { readonly busy: number; readonly idle: number; readonly waiting: number }
  /** How sessions reach the server, and what it told of itself at the first connection. @throws StoreUnusable when Polydesk cannot work there */
  surroundings(): Promise<Surroundings>
  /** What the server is and lets us do, asked now. @throws StoreUnusable when Polydesk cannot work there */
  facts(): Promise<ServerFacts>
  /** Milliseconds since the epoch by the server's clock, which all processes share. */
  clock(): Promise<number>
  /** Whether writes come through now, tried by one that changes nothing. Asked again within a second it answers the same. */
  takesWrites(): Promise<boolean>
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
  const log = options.log ?? (() => {})
  const size = Math.max(1, (options.connections ?? DEFAULT_CONNECTIONS) - OTHER_CONNECTIONS)
  const pool = createPool(createConnect(targetOf(options.connection), types), types, size, log)
  const vigil = createVigil(pool.busy, pool.open, throughPool, log)
  const listener = createListener(
    pool.open,
    (channel, payload) => send('single', [notify(channel, payload)]).then(),
    log,
  )
  const lanes: readonly Lane[] = Array.from({ length: sharesOf(size).lane }, () =>
    openLane(
      () => pool.take('lane'),
      () => pool.isWanted('lane'),
    ),
  )
  /** Which lane each name has. Where names are more than lanes, they share. */
  const named = new Map<string, Lane>()
  const checker = options.checkRows ? createChecker() : undefined

  /** Sends statements, each with its locks right before it; the rows of each. */
  async function sendBy<Row>(send: Send, bounds: readonly BoundStatement<Row>[]): Promise<readonly (readonly Row[])[]> {
    const all = bounds.flatMap(withLocks)
    for (const bound of all) options.onStatement?.(bound)
    if (checker) for (const bound of all) checker.values(bound)
    const answers = await send(all)
    if (checker) for (const [index, { statement }] of all.entries()) checker.rows(statement, answers[index] ?? [])
    let next = 0
    return bounds.map((bound) => {
      next += withLocks(bound).length
      return (answers[next - 1] ?? []) as readonly Row[]
    })
  }

  async function sendOn<Row>(use: Use, bounds: readonly BoundStatement<Row>[]): Promise<readonly (readonly Row[])[]> {
    vigil.admit(bounds)
    const { send, giveBack } = await connected(pool.take(use))
    let lost: StoreUnavailable | undefined
    try {
      return await sendBy(pool.hasCitus() ? inTransaction(send) : send, bounds)
    } catch (error) {
      if (!isUnavailable(error)) throw error
      lost = new StoreUnavailable(error)
      throw lost
    } finally {
      giveBack(lost)
    }
  }

  /** What the storage itself has to say, as no statement of the product. */
  async function send(use: Use, bounds: readonly BoundStatement<unknown>[]): Promise<readonly (readonly unknown[])[]> {
    const { send, giveBack } = await connected(pool.take(use))
    let lost: StoreUnavailable | undefined
    try {
      return await send(bounds)
    } catch (error) {
      if (isUnavailable(error)) lost = new StoreUnavailable(error)
      throw lost ?? error
    } finally {
      giveBack(lost)
    }
  }

  async function throughPool(text: string): Promise<unknown> {
    const statement: Statement<unknown> = { name: 'storage.write', row: Type.Object({}), writes: false, text }
    const [[row] = []] = await send('single', [{ statement, values: [] }])
    return typeof row === 'object' && row !== null ? Object.values(row)[0] : null
  }

  function laneOf(name: string): Lane {
    const lane = named.get(name) ?? lanes[named.size % lanes.length]
    if (!lane) throw new Error('There is a lane.')
    named.set(name, lane)
    return lane
  }

  return {
    async run(bound) {
      const [rows] = await translated(sendOn('single', [bound]))
      return rows ?? []
    },

    async pipeline(bounds, lane) {
      // The servers of a cluster wait for locked rows as long as it takes, and a lane would wait with them.
      if (lane === undefined || pool.hasCitus()) return sendOn('pipeline', bounds)
      vigil.admit(bounds)
      return laneOf(lane)((send) => sendBy(send, bounds))
    },

    async transaction(work) {
      vigil.admit([commit])
      const { send, giveBack } = await connected(pool.take('single'))
      let failure: Error | undefined
      try {
        await translated(send([begin]))
        const result = await work(async (bound) => {
          const [rows] = await translated(sendBy(send, [bound]))
          return rows ?? []
        })
        await translated(send([commit]))
        return result
      } catch (error) {
        await send([rollback]).catch((lost: unknown) => {
          failure = lost instanceof Error ? lost : new Error(String(lost))
        })
        throw error
      } finally {
        giveBack(failure)
      }
    },

    async withClient(work) {
      const { session, surroundings } = await connected(pool.open(true))
      const { client } = session
      const beginTransaction = async (): Promise<void> => {
        await client.query('begin')
        if (surroundings.mode !== 'transaction') return
        await client.query(`select ${settingCalls(true, true)}`, [surroundings.told.schema])
      }
      try {
        return await translated(work(client, beginTransaction))
      } finally {
        await client.end().catch(() => cut(client))
      }
    },

    listen(channel, onMessage, onGap) {
      listener.add(channel, { onMessage, onGap })
    },

    async notify(channel, payload) {
      listener.sent(channel, payload)
      await translated(send('single', [notify(channel, payload)]))
    },

    async version() {
      const { told } = await reached()
      return told.version
    },

    connections: () => pool.count(),

    surroundings: reached,

    async facts() {
      const { mode } = await reached()
      const begun = Date.now()
      const [[row] = []] = await send('single', [{ statement: FACTS, values: [] }])
      const answered = Date.now()
      const facts = toldIn(row)
      const [nodes = []] = facts.hasCitus ? await send('single', [{ statement: NODES, values: [] }]) : []
      return {
        mode,
        ...facts,
        nodes: nodes.map(nodeIn),
        // Its clock was read somewhere in between.
        aheadMs: begun > facts.clock ? begun - facts.clock : Math.min(answered - facts.clock, 0),
        connections: size + OTHER_CONNECTIONS,
        // A pooler has limits of its own, which only show when they are met.
        pooled: mode === 'session' ? { opened: await pool.fill(), wanted: size } : null,
      }
    },

    async clock() {
      const [[row] = []] = await send('single', [{ statement: FACTS, values: [] }])
      return toldIn(row).clock
    },

    takesWrites: () => vigil.takesWrites(),

    async close() {
      vigil.stop()
      await listener.stop()
      await pool.end()
    },
  }

  async function reached(): Promise<Surroundings> {
    try {
      return await pool.surroundings()
    } catch (error) {
      throw error instanceof StoreUnusable ? error : new StoreUnavailable(error, false)
    }
  }
}

/** A target from whatever was given. @throws StoreUnusable when a connection string cannot be read */
function targetOf(connection: Target | pg.PoolConfig): Target {
  if ('hosts' in connection) return connection
  const { connectionString, host, port, user, database, password } = connection
  if (connectionString === undefined)
    return plainTarget({
      host: host ?? '',
      port: port ?? 5432,
      user: user ?? 'polydesk',
      database: database ?? user ?? 'polydesk',
      password: typeof password === 'string' ? password : null,
    })
  const read = readTarget(connectionString)
  if ('problem' in read) throw new StoreUnusable(read.problem)
  return read.target
}

/** Several statements in a transaction that says so: on a cluster what goes before one Sync is none by itself. */
function inTransaction(send: Send): Send {
  return async (bounds) => {
    if (bounds.length === 1) return send(bounds)
    try {
      return (await send([begin, ...bounds, commit])).slice(1, -1)
    } catch (error) {
      await send([rollback]).catch(() => {})
      throw error
    }
  }
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
    throw error instanceof StoreUnavailable ? error : new StoreUnavailable(error, false)
  }
}

interface Checker {
  /** @throws Error when a value is not what the statement declares that it takes */
  values(bound: BoundStatement<unknown>): void
  /** @throws Error when a row is not what the statement declares that it returns */
  rows(statement: Statement<unknown>, rows: readonly unknown[]): void
}

function createChecker(): Checker {
  const compiled = new Map<TSchema, ReturnType<typeof Compile>>()
  const check = (schema: TSchema, value: unknown, what: string): void => {
    const known = compiled.get(schema) ?? Compile(schema)
    compiled.set(schema, known)
    if (known.Check(value)) return
    const [problem] = known.Errors(value)
    throw new Error(`${what} is not what its schema says: ${JSON.stringify(problem)} in ${JSON.stringify(value)}`)
  }
  return {
    values({ statement: { name, takes = {} }, values }) {
      for (const [index, [parameter, type]] of Object.entries(takes).entries()) {
        // What is undefined goes as null.
        const value = values[index] ?? null
        const given: unknown = type.columns && typeof value === 'string' ? JSON.parse(value) : value
        check(type, given, `What ${name} is given as ${parameter}`)
      }
    },
    rows({ name, row }, rows) {
      for (const each of rows) check(row, each, `A row of ${name}`)
    },
  }
}
