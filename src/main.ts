import { access } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { v7 } from 'uuid'
import type { Config } from './config.ts'
import { type Access, openAccess } from './core/access/access.ts'
import type { Services } from './dialects/dialect.ts'
import { DIALECTS } from './dialects/registry.ts'
import { buildServer } from './http/server.ts'
import { startSchedule } from './jobs/schedule.ts'
import { makeDemoTenant, refreshQuickstart, writeQuickstart } from './setup/demo.ts'
import { type Database, type DatabaseOptions, openDatabase } from './storage/database.ts'
import { type EmbeddedPostgres, startEmbedded } from './storage/embedded.ts'
import { StoreUnavailable } from './storage/failures.ts'
import { migrate } from './storage/migrate.ts'
import { openStore, type Store } from './storage/store.ts'

/** A running Polydesk. */
export interface Polydesk {
  /** Where it listens. */
  readonly url: string
  /** Whether this start made the demo tenant. */
  readonly madeDemo: boolean
  /** Whether there is a quickstart.env. */
  readonly hasQuickstart: boolean
  readonly database: 'embedded' | 'external'
  /** Finishes running requests, then stops the database. */
  stop(): Promise<void>
}

/** What a start can be given beside its configuration. */
export interface StartOptions {
  /** Tells the person at the terminal what happens. */
  readonly say?: (message: string) => void
  /** For tests: verify every row, or see every statement. */
  readonly inspect?: Pick<DatabaseOptions, 'checkRows' | 'onStatement'>
}

interface Opened {
  readonly store: Store
  readonly access: Access
}

/**
 * Starts everything, in an order in which health answers from the first moment: listen, database, migrations, demo tenant.
 *
 * @throws EmbeddedPostgresError, or whatever keeps it from starting; nothing is left running then.
 */
export async function start(config: Config, options: StartOptions = {}): Promise<Polydesk> {
  const say = options.say ?? (() => {})
  let opened: Opened | undefined
  let complete = false
  let url = ''
  const stopping: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    complete = false
    for (const each of stopping.splice(0).reverse()) await each()
  }

  function demandOpened(): Opened {
    if (!opened) throw new StoreUnavailable('The store is not open yet.')
    return opened
  }
  const services: Services = {
    get store() {
      return demandOpened().store
    },
    get access() {
      return demandOpened().access
    },
    clock: () => new Date(),
    newId: () => v7(),
    publicUrl: () => config.publicUrl ?? url,
  }

  try {
    const app = await buildServer({
      dialects: DIALECTS,
      services,
      readiness: {
        started: () => complete,
        storeAnswers: async () => opened !== undefined && storeAnswers(opened.store.database),
      },
      trustedProxies: config.trustedProxies,
      logLevel: config.logLevel,
    })
    url = await listen(app, config)
    stopping.push(() => app.close())
    const embedded = await startDatabase(config, say)
    if (embedded) stopping.push(() => embedded.stop())
    const database = openDatabase({
      connection: embedded ? embedded.connection : { connectionString: config.databaseUrl ?? '' },
      log: (message) => app.log.warn(message),
      ...options.inspect,
    })
    stopping.push(() => database.close())
    for (const name of await migrate(database)) say(`Migrated: ${name}`)
    const store = openStore(database)
    opened = { store, access: openAccess(store) }
    stopping.push(startSchedule(store, services.clock, (message) => app.log.error(message)))
    const write = (values: Readonly<Record<string, string>>) =>
      writeQuickstart(config.quickstartFile, services.publicUrl(), values)
    const surroundings = { now: services.clock().toISOString(), newId: services.newId }
    const madeDemo = config.demo && (await makeDemoTenant(database, surroundings, write))
    const hasQuickstart = await refreshQuickstart(config.quickstartFile, services.publicUrl())
    complete = true
    return { url, madeDemo, hasQuickstart, database: embedded ? 'embedded' : 'external', stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function listen(app: FastifyInstance, config: Config): Promise<string> {
  await app.listen({ host: config.host, port: config.port })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${port}`
}

async function startDatabase(config: Config, say: (message: string) => void): Promise<EmbeddedPostgres | null> {
  if (config.databaseUrl !== null) return null
  const isFirst = await access(config.dataDir).then(
    () => false,
    () => true,
  )
  if (isFirst) say(`Preparing a database in ${config.dataDir} ...`)
  return startEmbedded({ dataDir: config.dataDir, log: (level, message) => level !== 'info' && say(message) })
}

async function storeAnswers(database: Database): Promise<boolean> {
  return database.version().then(
    () => true,
    () => false,
  )
}
