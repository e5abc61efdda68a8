import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { EmbeddedPostgresError, errorCode, errorText } from './embedded-error.ts'

/** Superuser of the embedded cluster, also the user of the application. */
export const SUPERUSER = 'polydesk'
/** Names the socket file; no TCP port is opened. */
export const PORT = 5432
/** The lock lives in this database because it exists before the application's own. */
const LOCK_DATABASE = 'postgres'
/** "polydesk" in ASCII, so that it can be recognised in pg_locks. */
const LOCK_KEY = '8101813523294024555'

const CONNECT_TIMEOUT_MS = 5_000
const FILE_LOCK_GRACE_MS = 2_000

const SQLITE_BUSY = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function inUse(dataDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'in_use',
    `The data directory ${dataDir} is in use by another running Polydesk server. Stop that server first, or give this one its own data directory (POLYDESK_DATA_DIR).`,
  )
}

function tryFileLock(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
}

/**
 * Makes this process the only one that creates, starts or stops the cluster of a data directory. Node has no file
 * locks of its own, but SQLite brings the kernel's: the kernel drops them when the process dies, by kill -9 too, so
 * nothing stale can remain, which a file with a pid cannot promise. No data is ever written into the file. The advisory
 * lock inside PostgreSQL cannot do this job alone, because there is no PostgreSQL yet when two first starts collide.
 * @param dataDir the data directory, for the message
 * @param path the lock file; nothing else in this process may open it, closing it would drop the lock
 * @returns a function that gives the lock back, may be called again
 * @throws EmbeddedPostgresError 'in_use' when another process still holds it after 2 s
 */
export async function lockDataDir(dataDir: string, path: string): Promise<() => void> {
  for (const deadline = performance.now() + FILE_LOCK_GRACE_MS; ; await pause(100)) {
    const lock = tryFileLock(path)
    if (lock !== undefined) return () => lock.isOpen && lock.close()
    if (performance.now() >= deadline) throw inUse(dataDir)
  }
}

/** The advisory lock of a server's owner, held as long as its connection. */
export interface OwnerLock {
  readonly client: pg.Client
  /** resolves, never rejects, when the connection and with it the lock is gone */
  readonly lost: Promise<void>
}

/** Outcome of one attempt to own a running server. */
export type LockAttempt =
  | { readonly outcome: 'taken'; readonly lock: OwnerLock }
  | { readonly outcome: 'held' }
  | { readonly outcome: 'unreachable'; readonly problem: string; readonly code: string | undefined }

/**
 * Connects to a server and tries to take the advisory lock of its owner. The lock lasts as long as the connection.
 * @param socketDir directory of the server's socket
 */
export async function tryOwnerLock(socketDir: string): Promise<LockAttempt> {
  const client = new pg.Client({
    host: socketDir,
    port: PORT,
    user: SUPERUSER,
    database: LOCK_DATABASE,
    ssl: false,
    application_name: 'polydesk owner lock',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  // Without a listener a lost connection would end the Node process; who cares listens for 'end'.
  client.on('error', () => {})
  const lost = new Promise<void>((resolve) => client.once('end', () => resolve()))
  try {
    await client.connect()
    await client.query('SET idle_session_timeout = 0')
    const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${LOCK_KEY}) AS taken`)
    if (rows[0]?.taken === true) return { outcome: 'taken', lock: { client, lost } }
    await client.end()
    return { outcome: 'held' }
  } catch (error) {
    void client.end().catch(() => {})
    return { outcome: 'unreachable', problem: errorText(error), code: errorCode(error) }
  }
}

/** The refusal when a living owner holds a running server. */
export function ownedByAnother(dataDir: string, postmaster: number): EmbeddedPostgresError {
  const { message } = inUse(dataDir)
  return new EmbeddedPostgresError('in_use', `${message} (Its database is process ${postmaster}.)`)
}

/** Creates the application's database unless it exists. */
export async function ensureDatabase(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
}
