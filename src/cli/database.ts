import { v7 } from 'uuid'
import type { Config } from '../config.ts'
import { type Access, openAccess } from '../core/access/access.ts'
import type { Administration } from '../core/tenants/commands.ts'
import { openDatabase } from '../storage/database.ts'
import { runningConnection, startEmbedded } from '../storage/embedded.ts'
import { migrate } from '../storage/migrate.ts'
import { openStore, type Store } from '../storage/store.ts'

/** What a command of the command line works with. */
export interface CommandLine extends Administration {
  readonly store: Store
  readonly access: Access
  /** The migrations that ran for this command. */
  readonly migrated: readonly string[]
}

/** Administration whose steps hold together: all of them are done or none. */
export function atOnce<T>(commandLine: CommandLine, work: (admin: Administration) => Promise<T>): Promise<T> {
  return commandLine.store.database.transaction((run) => work({ ...commandLine, store: { run } }))
}

/**
 * Runs a command on the configured store: on the database of a running server where there is one, else the embedded
 * database is started for as long as the command takes.
 */
export async function withStore<T>(config: Config, work: (commandLine: CommandLine) => Promise<T>): Promise<T> {
  const running =
    config.databaseUrl === null ? await runningConnection(config.dataDir) : { connectionString: config.databaseUrl }
  const embedded = running
    ? null
    : await startEmbedded({
        dataDir: config.dataDir,
        log: (level, message) => level !== 'info' && console.error(message),
      })
  const database = openDatabase({ connection: running ?? embedded?.connection ?? {} })
  try {
    const migrated = await migrate(database)
    const store = openStore(database)
    return await work({ store, access: openAccess(store), now: new Date().toISOString(), newId: () => v7(), migrated })
  } finally {
    await database.close()
    await embedded?.stop()
  }
}
