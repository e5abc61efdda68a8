import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { listenForMail } from './channels/email/listener.ts'
import { openRelay } from './channels/smtp/relay.ts'
import type { Config } from './config.ts'
import { type Access, openAccess } from './core/access/access.ts'
import { trackUses } from './core/access/uses.ts'
import { openVault, type Vault } from './core/access/vault.ts'
import { type Links, openLinks } from './core/attachments/links.ts'
import { type Feed, openFeed } from './core/events/feed.ts'
import { createIds } from './core/ids.ts'
import { NO_LIMITS, openRateLimits, type RateLimits } from './core/limits/limits.ts'
import { FACTOR_KEYS, resealFactors } from './core/logins/second-factor/seals.ts'
import { type DeliveredMail, deliverMail, tenantAt } from './core/mail/intake/places.ts'
import { MAIL_BYTES } from './core/mail/intake/received.ts'
import { measureLetters } from './core/mail/outgoing/outbox.ts'
import { REPLY_KEYS } from './core/mail/threading/token.ts'
import { listTenants } from './core/tenants/queries.ts'
import type { WebhookOffice } from './core/webhooks/subscriptions/commands.ts'
import { resealSecrets } from './core/webhooks/subscriptions/seals.ts'
import { DIALECTS } from './dialects/registry.ts'
import type { Services } from './dialects/services.ts'
import type { Pace } from './http/pace.ts'
import { buildServer } from './http/server.ts'
import { startBulkJobs } from './jobs/bulk.ts'
import type { WorkInTurn } from './jobs/in-turn.ts'
import { startMailWork } from './jobs/mail.ts'
import { NO_OUTGOING_MAIL, type OutgoingMail, startOutgoingMail } from './jobs/outgoing.ts'
import { startSchedule } from './jobs/schedule.ts'
import { startWebhooks, type Webhooks } from './jobs/webhooks.ts'
import { demandFitness } from './setup/checks/checks.ts'
import { makeDemoTenant } from './setup/demo.ts'
import { filesOf } from './setup/files.ts'
import { listen } from './setup/listen.ts'
import { refreshQuickstart, writeQuickstart } from './setup/quickstart.ts'
import { demoValuesOf } from './setup/samples.ts'
import { CHANGED_MARK, type Patience, webhookOffice } from './setup/webhooks.ts'
import { RECORDED_CHANNEL, wordsIn } from './storage/announce.ts'
import { type Database, type DatabaseOptions, openDatabase } from './storage/database.ts'
import { type EmbeddedPostgres, startEmbedded } from './storage/embedded.ts'
import { StoreUnavailable } from './storage/failures.ts'
import { type Keys, openKeys } from './storage/keys.ts'
import { migrate } from './storage/migrate.ts'
import { seldom } from './storage/seldom.ts'
import { guardWrites } from './storage/space/guard.ts'
import { spaceLeft, watchSpace } from './storage/space/space.ts'
import { openStore, type Store } from './storage/store.ts'

/** How long running requests get to finish when the server stops, in milliseconds. */
const FINISH_MS = 5_000

/** A running Polydesk. */
export interface Polydesk {
  /** Where it listens. */
  readonly url: string
  /** Whether this start made the demo tenant. */
  readonly madeDemo: boolean
  /** Whether there is a quickstart.env. */
  readonly hasQuickstart: boolean
  /** Whether anybody can use it yet. */
  readonly hasTenants: boolean
  readonly database: 'embedded' | 'external'
  /** Finishes running requests, then stops the database. */
  stop(): Promise<void>
}

/** Encrypts anew what a former secret key encrypted. @returns of how many webhooks and people. */
async function resealAll(
  store: Store,
  { webhooks, secondFactors }: Pick<Opened, 'webhooks' | 'secondFactors'>,
): Promise<{ readonly webhooks: number; readonly people: number }> {
  const tenants = (await listTenants(store)).map(({ id }) => id)
  const people = await resealFactors(store, secondFactors, tenants)
  return { webhooks: await resealSecrets(store, webhooks.vault), people }
}

/** What a start can be given beside its configuration. */
export interface StartOptions {
  /** Tells the person at the terminal what happens. */
  readonly say?: (message: string) => void
  /** For tests: verify every row, or see every statement. */
  readonly inspect?: Pick<DatabaseOptions, 'checkRows' | 'onStatement'>
  /** For tests: another patience than the dialects' own. */
  readonly webhooks?: Patience
  /** For tests: another pace of bodies. */
  readonly pace?: Pace
}

interface Opened {
  readonly store: Store
  readonly access: Access
  readonly keys: Keys
  readonly limits: RateLimits
  readonly webhooks: WebhookOffice
  readonly secondFactors: Vault
  readonly links: Links
  readonly feed: Feed
  readonly bulkJobs: WorkInTurn
  readonly mailWork: WorkInTurn
}

/**
 * Starts everything, in an order in which health answers from the first moment: listen, database, migrations, demo tenant.
 *
 * @throws CannotListen, EmbeddedPostgresError, or whatever keeps it from starting; nothing is left running then.
 */
export async function start(config: Config, options: StartOptions = {}): Promise<Polydesk> {
  const say = options.say ?? (() => {})
  let opened: Opened | undefined
  let embedded: EmbeddedPostgres | null = null
  let outgoing: OutgoingMail = NO_OUTGOING_MAIL
  let complete = false
  let url = ''
  let closeServer = async (): Promise<void> => {}
  const stopping: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    complete = false
    // It listened first, and closes first all the same: running requests still need everything else.
    const followed = opened?.feed.stop()
    await closeServer()
    await followed
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
    newId: createIds(),
    publicUrl: () => config.publicUrl ?? url,
    settings: config,
    get keys() {
      return demandOpened().keys
    },
    get limits() {
      return demandOpened().limits
    },
    get webhooks() {
      return demandOpened().webhooks
    },
    get secondFactors() {
      return demandOpened().secondFactors
    },
    get links() {
      return demandOpened().links
    },
    get feed() {
      return demandOpened().feed
    },
    get bulkJobs() {
      return demandOpened().bulkJobs
    },
    get mailWork() {
      return demandOpened().mailWork
    },
  }

  try {
    const app = await buildServer({
      dialects: DIALECTS,
      services,
      readiness: {
        started: () => complete,
        storeAnswers: async () => (await opened?.store.database.takesWrites()) === true,
      },
      trustedProxies: config.trustedProxies,
      ...(options.pace && { pace: options.pace }),
      demoValues: demoValuesOf(
        config.quickstartFile,
        () => (complete && opened ? { ...opened, clock: services.clock, newId: services.newId } : undefined),
        seldom((message) => say(message)),
      ),
      logLevel: config.logLevel,
      measured: {
        connections: () => opened?.store.database.connections() ?? null,
        databaseRestarts: () => embedded?.restarts() ?? 0,
        letters: async () => (opened ? await measureLetters(opened) : null),
        letterAttempts: () => outgoing.attempts(),
      },
      operatorToken: config.operatorToken,
      metricsNetworks: config.metricsNetworks,
      accessLog: config.accessLog ? (line) => process.stdout.write(line) : null,
    })
    url = await listen(app, config)
    closeServer = () => close(app)
    const space = await watchSpace(config.dataDir, say)
    stopping.push(() => space.stop())
    const started = await startDatabase(config, say)
    embedded = started
    if (started) stopping.push(() => started.stop())
    const opening = openDatabase({
      connection: started?.connection ?? config.databaseTarget ?? {},
      connections: config.databaseConnections,
      log: seldom((message) => app.log.warn(message)),
      ...options.inspect,
    })
    stopping.push(() => opening.close())
    // A database of one's own has a disk of its own, which its operator watches.
    const database = started ? guardWrites(opening, space) : opening
    const files = filesOf(config, space)
    await demandFitness({ config, server: await database.facts(), files }, say)
    const ran = await migrate(database, undefined, { say })
    if (ran.length > 0) say(toldOf(ran))
    const store = openStore(database, { files })
    // Webhooks are looked at from time to time, too.
    const announceChange = (word: string): void => {
      store.announce.events(word).catch(() => {})
    }
    const keys = await openKeys(config)
    const links = openLinks(keys.accepted('attachment links'), services.publicUrl, config.linkHours)
    const uses = trackUses(
      store,
      services.clock,
      seldom((message) => app.log.error(message)),
    )
    stopping.push(() => uses.stop())
    const feed = openFeed(
      store,
      seldom((message) => app.log.warn(message)),
    )
    const log = seldom((message) => app.log.error(message))
    const { clock, newId } = services
    const access = openAccess(store, undefined, uses.note)
    const bulkJobs = startBulkJobs({ id: newId(), store, access, clock, newId }, log)
    stopping.push(() => bulkJobs.stop())
    const mailOffice = {
      ...{ store, access, clock, newId, bounds: config.bounds },
      replyKeys: keys.accepted(REPLY_KEYS),
      authenticators: config.mailAuthenticators,
    }
    const mailWork = startMailWork(mailOffice, log)
    stopping.push(() => mailWork.stop())
    if (config.smtpIn) {
      const intake = {
        isOurs: async (address: string) => (await tenantAt(mailOffice, address)) !== null,
        keep: async (mail: DeliveredMail) => {
          const tenantId = await deliverMail(mailOffice, mail)
          if (tenantId !== null) mailWork.wake(tenantId)
        },
      }
      const listener = await listenForMail(intake, {
        ...config.smtpIn,
        mailBytes: MAIL_BYTES,
        log: (error: unknown) => log(`Taking mail failed: ${String(error)}`),
      })
      stopping.push(() => listener.stop())
      say(`Takes mail by SMTP at ${config.smtpIn.host}:${listener.port}.`)
    }
    opened = {
      store,
      access,
      keys,
      limits: config.rateLimits ? openRateLimits(store, Date.now, () => performance.now()) : NO_LIMITS,
      webhooks: webhookOffice(config, keys, announceChange, options.webhooks),
      secondFactors: openVault(keys.accepted(FACTOR_KEYS)),
      links,
      feed,
      bulkJobs,
      mailWork,
    }
    const { webhooks: office } = opened
    const webhooks = startWebhooks({ store, access, office, links, clock, newId, log })
    stopping.push(() => webhooks.stop())
    outgoing = config.smtpOut
      ? startOutgoingMail({ store, clock, post: openRelay(config.smtpOut).post, replyKey: keys.for(REPLY_KEYS) }, log)
      : NO_OUTGOING_MAIL
    const sending = outgoing
    stopping.push(() => sending.stop())
    if (keys.accepted('webhook secrets').length > 1) {
      const resealing = resealAll(store, opened).then(
        ({ webhooks, people }) => {
          if (webhooks > 0) say(`Encrypted the secrets of ${webhooks} webhooks with the new secret key.`)
          if (people > 0) say(`Encrypted the second factors of ${people} people with the new secret key.`)
        },
        (error: unknown) => log(`Encrypting secrets with the new secret key failed: ${String(error)}`),
      )
      stopping.push(() => resealing)
    }
    listenForRecords(database, { webhooks, outgoing: sending, feed })
    stopping.push(startSchedule(store, services.clock, log))
    const write = (values: Readonly<Record<string, string>>) =>
      writeQuickstart(config.quickstartFile, { POLYDESK_URL: services.publicUrl(), ...values })
    const now = services.clock().toISOString()
    const system = { now, newId: services.newId, publicUrl: services.publicUrl() }
    const madeDemo = config.demo && (await makeDemoTenant(database, system, write))
    const hasQuickstart = await refreshQuickstart(config.quickstartFile, services.publicUrl())
    const hasTenants = (await listTenants(store)).length > 0
    complete = true
    return { url, madeDemo, hasQuickstart, hasTenants, database: started ? 'embedded' : 'external', stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the person at the terminal is told of the migrations that ran. */
function toldOf(migrations: readonly string[]): string {
  const count = `${migrations.length} ${migrations.length === 1 ? 'migration' : 'migrations'}`
  return migrations[0]?.startsWith('0001') ? `Made the tables (${count}).` : `Brought the tables up to date (${count}).`
}

/** Takes no new requests and lets the running ones finish, for a while. */
async function close(app: FastifyInstance): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), FINISH_MS)
  await app.close().finally(() => clearTimeout(late))
}

/** Whoever is woken by what is recorded. */
interface Listeners {
  readonly webhooks: Webhooks
  readonly outgoing: OutgoingMail
  readonly feed: Feed
}

/** Webhooks, mail and readers of the feed are woken by what any process records; after a gap in the signal they look by themselves. */
function listenForRecords(database: Database, { webhooks, outgoing, feed }: Listeners): void {
  const hear = (message: string): void => {
    for (const word of wordsIn(message)) {
      if (word.startsWith(CHANGED_MARK)) webhooks.changed(word.slice(CHANGED_MARK.length))
      else {
        webhooks.wake(word)
        outgoing.wake(word)
        feed.wake(word)
      }
    }
  }
  database.listen(RECORDED_CHANNEL, hear, (listening) => {
    if (!listening) return
    webhooks.lookAround()
    feed.lookAround()
  })
}

async function startDatabase(config: Config, say: (message: string) => void): Promise<EmbeddedPostgres | null> {
  if (config.databaseUrl !== null) return null
  const isFirst = await access(config.dataDir).then(
    () => false,
    () => true,
  )
  if (isFirst) say(`Preparing a database in ${config.dataDir} ...`)
  const diskBytes = await spaceLeft(isFirst ? dirname(config.dataDir) : config.dataDir).then(
    ({ total }) => total,
    () => undefined,
  )
  return startEmbedded({
    dataDir: config.dataDir,
    ...(diskBytes !== undefined && { diskBytes }),
    log: (level, message) => level !== 'info' && say(message),
  })
}
