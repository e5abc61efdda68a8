import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { StoreUnusable } from './failures.ts'

/** Any constant: every process that migrates a database takes the same advisory lock. */
const MIGRATION_LOCK = 7_265_019_001n
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

/**
 * Brings the schema up to date: each missing migration in its own transaction, forward only. Safe when several
 * processes start at once (one runs, the others wait and find the work done).
 *
 * @returns the names of the migrations that ran now.
 * @throws StoreUnusable when PostgreSQL is older than 15, or the database was made by a newer Polydesk.
 */
export async function migrate(database: Database, migrations?: readonly Migration[]): Promise<readonly string[]> {
  const known = migrations ?? (await readMigrations())
  const version = await database.version()
  if (version < MINIMUM_VERSION) {
    throw new StoreUnusable(
      `Polydesk needs PostgreSQL 15 or newer; this server is ${Math.floor(version / 10_000)}. Point DATABASE_URL at a newer one.`,
    )
  }
  return database.withClient(async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(
      'create table if not exists migrations (number integer primary key, name text not null, ran_at timestamptz not null default now())',
    )
    const done = await client.query<{ number: number }>('select number from migrations')
    const ran = new Set(done.rows.map((row) => row.number))
    const newest = Math.max(0, ...ran)
    if (newest > known.length) {
      throw new StoreUnusable(
        `This database was made by a newer Polydesk (migration ${newest}, this one knows ${known.length}). Start that version instead.`,
      )
    }
    const missing = known.filter((migration) => !ran.has(migration.number))
    for (const migration of missing) {
      await client.query('begin')
      try {
        await client.query('insert into migrations (number, name) values ($1, $2)', [migration.number, migration.name])
        await client.query(migration.sql)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback').catch(() => {})
        throw new Error(`Migration ${migration.name} failed and changed nothing.`, { cause: error })
      }
    }
    // Closing the connection, which withClient does next, gives the lock back.
    return missing.map((migration) => migration.name)
  })
}
