import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { Database } from './database.ts'
import { distributeTables, isDistributed, planDistribution } from './distribute.ts'
import { StoreUnusable } from './failures.ts'
import { statementsIn } from './statements.ts'

/** Any constant: every process that migrates a database takes the same advisory lock. */
const MIGRATION_LOCK = 7_265_019_001n
/** How long another process is waited for that migrates, in milliseconds, and how often it is looked whether it is done. */
const WAIT_MS = 300_000
const PAUSE_MS = 250
/** After how long whoever waits is told so, in milliseconds. */
const TELL_MS = 5_000
const DIRECTORY = join(import.meta.dirname, 'migrations')
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/
/** The oldest PostgreSQL that runs every statement of ours. */
const MINIMUM_VERSION = 150_000

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/** The migrations that ship with this version, in order; numbers are 1, 2, 3, ... without gaps. */
export async function readMigrations(directory = DIRECTORY): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(FILE_NAME.exec(name)?.[1])
      if (number !== index + 1) throw new Error(`Migration ${name} should have the number ${index + 1}.`)
      return { number, name, sql: await readFile(join(directory, name), 'utf8') }
    }),
  )
}

/** Whether a database was ever migrated. */
export async function hasTables(database: Database): Promise<boolean> {
  return database.withClient(async (client) => {
    const { rows } = await client.query<{ found: boolean }>("select to_regclass('migrations') is not null as found")
    return rows[0]?.found === true
  })
}

/** How another process that migrates is waited for. */
export interface Waiting {
  /** Tells the person at the terminal. */
  readonly say?: (message: string) => void
  /** The longest time, in milliseconds. */
  readonly waitMs?: number
}

/**
 * Brings the schema up to date: each missing migration in its own transaction, forward only. Safe when several
 * processes start at once (one runs, the others wait and find the work done). The lock belongs to a transaction beside
 * theirs, so that a pooler cannot keep it on a connection whose user is gone; and where nothing is missing none is taken.
 *
 * @returns the names of the migrations that ran now.
 * @throws StoreUnusable when PostgreSQL is older than 15, the database was made by a newer Polydesk, or another process
 *   holds the lock for too long.
 */
export async function migrate(
  database: Database,
  migrations?: readonly Migration[],
  { say = () => {}, waitMs = WAIT_MS }: Waiting = {},
): Promise<readonly string[]> {
  const known = migrations ?? (await readMigrations())
  const version = await database.version()
  if (version < MINIMUM_VERSION) {
    throw new StoreUnusable(
      `Polydesk needs PostgreSQL 15 or newer; this server is ${Math.floor(version / 10_000)}. Point DATABASE_URL at a newer one.`,
    )
  }
  return database.withClient(async (guard, begin) => {
    const begun = performance.now()
    let isTold = false
    for (;;) {
      const missing = await inTransaction(guard, begin, () => missingOf(guard, known))
      if (missing.length === 0) return []
      const ran = await inTransaction(guard, begin, async () =>
        (await isLockTaken(guard)) ? runMissing(database, known) : null,
      )
      if (ran) return ran
      const waited = performance.now() - begun
      if (waited > waitMs) throw new StoreUnusable(await whoHoldsTheLock(guard, waited))
      if (waited > TELL_MS && !isTold) {
        isTold = true
        say('Another process brings the tables of this database up to date; waiting for it ...')
      }
      await pause(PAUSE_MS)
    }
  })
}

type Begin = () => Promise<void>

/** @throws StoreUnusable when there are migrations that this version does not know */
async function missingOf(client: pg.Client, known: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ made: boolean }>("select to_regclass('migrations') is not null as made")
  const done = rows[0]?.made ? (await client.query<{ number: number }>('select number from migrations')).rows : []
  const ran = new Set(done.map((row) => row.number))
  const newest = Math.max(0, ...ran)
  if (newest > known.length) {
    throw new StoreUnusable(
      `This database was made by a newer Polydesk (migration ${newest}, this one knows ${known.length}). Start that version instead.`,
    )
  }
  return known.filter((migration) => !ran.has(migration.number))
}

async function isLockTaken(guard: pg.Client): Promise<boolean> {
  // It is idle while the migrations run.
  await guard.query('set local idle_in_transaction_session_timeout = 0')
  const { rows } = await guard.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1) as taken', [
    MIGRATION_LOCK,
  ])
  return rows[0]?.taken === true
}

async function runMissing(database: Database, known: readonly Migration[]): Promise<readonly string[]> {
  return database.withClient(async (client, begin) => {
    const missing = await inTransaction(client, begin, async () => {
      await client.query(
        'create table if not exists migrations (number integer primary key, name text not null, ran_at timestamptz not null default now())',
      )
      return missingOf(client, known)
    })
    for (const { number, name, sql } of missing) {
      await inTransaction(client, begin, async () => {
        // Refused when another process ran it after all, because the lock was lost with its connection.
        await client.query('insert into migrations (number, name) values ($1, $2)', [number, name])
        await run(client, sql)
      }).catch((error: unknown) => {
        throw new Error(`Migration ${name} failed and changed nothing.`, { cause: error })
      })
    }
    return missing.map(({ name }) => name)
  })
}

/** On a cluster one statement at a time, and what makes a table is followed by what spreads it (docs/scaling.md). */
async function run(client: pg.Client, sql: string): Promise<void> {
  if (!(await isDistributed(client))) {
    await client.query(sql)
    return
  }
  for (const statement of statementsIn(sql)) {
    await client.query(statement)
    if (/\bcreate\s+table\b/i.test(statement)) await distributeTables(client, await planDistribution(client))
  }
}

async function inTransaction<T>(client: pg.Client, begin: Begin, work: () => Promise<T>): Promise<T> {
  await begin()
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

async function whoHoldsTheLock(client: pg.Client, waitedMs: number): Promise<string> {
  const { rows } = await client.query<{ pid: number }>(
    "select pid from pg_locks where locktype = 'advisory' and granted and ((classid::bigint << 32) | objid::bigint) = $1",
    [MIGRATION_LOCK],
  )
  const pids = rows.map(({ pid }) => pid).join(', ')
  const who = pids === '' ? 'another process' : `the database session ${pids}`
  return `The tables of this database need to be brought up to date, and for ${Math.round(waitedMs / 1_000)} s ${who} holds the lock for that. Wait until it is done; if nothing migrates there, end it (select pg_terminate_backend(PID)), then start again.`
}
