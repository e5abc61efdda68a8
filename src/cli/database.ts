import { setTimeout as pause } from 'node:timers/promises'
import { v7 } from 'uuid'
import { type Config, optionProblems } from '../config.ts'
import { type Access, openAccess } from '../core/access/access.ts'
import type { System } from '../core/context.ts'
import { type Database, openDatabase } from '../storage/database.ts'
import {
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  holdsDatabase,
  runningConnection,
  startEmbedded,
} from '../storage/embedded.ts'
import { isUnavailable } from '../storage/failures.ts'
import { hasTables, migrate } from '../storage/migrate.ts'
import { openStore, type Store } from '../storage/store.ts'
import { COMMAND, Told } from './tell.ts'
import { OTHER_PLACES, storeName, tellStore } from './where.ts'

/** What a command of the command line works with. */
export interface CommandLine extends System {
  readonly store: Store
  readonly access: Access
  /** Which store it is, for the person at the terminal. */
  readonly where: string
  /** The migrations that ran for this command. */
  readonly migrated: readonly string[]
}

/** Administration whose steps hold together: all of them are done or none. */
export function atOnce<T>(commandLine: CommandLine, work: (admin: System) => Promise<T>): Promise<T> {
  return commandLine.store.transaction((run) => work({ ...commandLine, store: { run } }))
}

interface Reached {
  readonly connection: NonNullable<Parameters<typeof openDatabase>[0]['connection']>
  /** Where it was started for this command. */
  readonly embedded: EmbeddedPostgres | null
}

/** How long a running server gets to start its database again, in milliseconds. */
const RESTART_LIMIT_MS = 15_000
const PAUSE_MS = 200

/**
 * The database of a running server, or one that is started. Between the two there is a server whose database is just
 * being started: the command waits for it.
 */
async function reachDatabase(config: Config): Promise<Reached> {
  if (config.databaseTarget !== null) return { connection: config.databaseTarget, embedded: null }
  for (const deadline = performance.now() + RESTART_LIMIT_MS; ; await pause(PAUSE_MS)) {
    const running = await runningConnection(config.dataDir)
    if (running && (await answers(running))) return { connection: running, embedded: null }
    const embedded = running ? null : await startUnlessHeld(config)
    if (embedded) return { connection: embedded.connection, embedded }
    if (performance.now() >= deadline) throw new Told(WITHOUT_DATABASE)
  }
}

const HOW_TO_START = `The first start of a server makes it; \`${COMMAND} migrate --create\` makes it without one.`

const WITHOUT_DATABASE =
  'A server is running on this data directory, and its database does not answer. Wait until it has started it again, or look at what it printed.'

/** The embedded database, started; null when a running server holds the data directory. */
async function startUnlessHeld({ dataDir }: Config): Promise<EmbeddedPostgres | null> {
  const log = (level: string, message: string) => level !== 'info' && console.error(message)
  return startEmbedded({ dataDir, log }).catch((error: unknown) => {
    if (error instanceof EmbeddedPostgresError && error.reason === 'in_use') return null
    throw error
  })
}

async function answers(connection: EmbeddedPostgres['connection']): Promise<boolean> {
  const database = openDatabase({ connection })
  return database
    .version()
    .then(
      () => true,
      (error: unknown) => {
        if (isUnavailable(error)) return false
        throw error
      },
    )
    .finally(() => database.close())
}

/** What a command may do to the place where it works. */
interface Leave {
  /** A database where there is none, and tables in an empty one. */
  readonly create?: boolean | undefined
}

/**
 * Runs a command on the configured database as it is: on that of a running server where there is one, else the embedded
 * database is started for as long as the command takes. Where there is none it is refused: a new and empty one would look
 * as if everything were lost.
 */
export async function withDatabase<T>(
  config: Config,
  work: (database: Database) => Promise<T>,
  { create = false }: Leave = {},
): Promise<T> {
  for (const problem of optionProblems()) console.error(problem)
  tellStore(config)
  if (!create && config.databaseUrl === null && !(await holdsDatabase(config.dataDir)))
    throw new Told(`There is no database in ${config.dataDir}. ${HOW_TO_START} ${OTHER_PLACES}`)
  const { connection, embedded } = await reachDatabase(config)
  const database = openDatabase({ connection })
  try {
    if (!create && !(await hasTables(database)))
      throw new Told(`Polydesk has no tables in ${storeName(config)}. ${HOW_TO_START} ${OTHER_PLACES}`)
    return await work(database)
  } finally {
    await database.close()
    await embedded?.stop()
  }
}

/** Runs a command on the configured store, whose schema is up to date then. */
export function withStore<T>(
  config: Config,
  work: (commandLine: CommandLine) => Promise<T>,
  leave: Leave = {},
): Promise<T> {
  const onDatabase = async (database: Database): Promise<T> => {
    const migrated = await migrate(database, undefined, { say: (message) => console.error(message) })
    const store = openStore(database, { waits: true })
    const now = new Date().toISOString()
    return work({ store, access: openAccess(store), now, newId: () => v7(), where: storeName(config), migrated })
  }
  return withDatabase(config, onDatabase, leave)
}
