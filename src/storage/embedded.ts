import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findBinaries } from './embedded-binaries.ts'
import {
  type Cluster,
  checkDataDir,
  closeSocket,
  clusterDirectory,
  createSocketDir,
  forgetSocketDir,
  openCluster,
  openDataDir,
  readPostmasterFile,
  recordedSocketDir,
  removeMisleadingPostmasterFile,
  removeSocketDir,
  restoreSocketDir,
} from './embedded-cluster.ts'
import {
  errorCode,
  errorText,
  explainFailure,
  isFullDisk,
  isLeftoverConflict,
  ProcessFailure,
} from './embedded-error.ts'
import {
  ensureDatabase,
  lockDataDir,
  type OwnerLock,
  ownedByAnother,
  PORT,
  SUPERUSER,
  tryOwnerLock,
} from './embedded-lock.ts'
import {
  findClusterProcesses,
  type GuardedProcess,
  mayServeDirectory,
  signalPid,
  spawnGuarded,
  stopGuarded,
  stopPostmaster,
  waitUntil,
} from './embedded-process.ts'
import { seldom } from './seldom.ts'

export { type EmbeddedFailure, EmbeddedPostgresError } from './embedded-error.ts'

/** Receives what the launcher and the database have to say. */
export type EmbeddedLog = (level: 'info' | 'warn' | 'error', message: string) => void

/** What the embedded PostgreSQL needs to know. */
export interface EmbeddedOptions {
  /** the cluster goes to `<dataDir>/postgres-<major version>`; created when missing */
  dataDir: string
  log: EmbeddedLog
  /** flush commits to disk, default true; only tests pass false */
  fsync?: boolean
  /** the size of the disk that it is on, so that its log of writes leaves space for the rest */
  diskBytes?: number
  /** extra PostgreSQL settings, they win over ours */
  settings?: Readonly<Record<string, string>>
}

/** A running, supervised PostgreSQL. */
export interface EmbeddedPostgres {
  /** what `pg` needs, the socket directory as host; stays the same when the database is restarted */
  connection: { host: string; port: number; user: string; database: string }
  majorVersion: number
  /** how often the database was restarted after it ended by itself */
  restarts(): number
  /** fast shutdown; resolves when the database is gone, its socket removed and the data directory free */
  stop(): Promise<void>
}

const DATABASE = 'polydesk'

const FULL_DISK =
  'PostgreSQL found no space on its disk and stopped. It starts again by itself when there is some; nothing that was acknowledged is lost.'

const ORPHAN_GRACE_MS = 8_000
const BACKEND_GRACE_MS = 300
const BACKEND_KILL_MS = 5_000
const READY_TIMEOUT_MS = 10 * 60_000
const FIRST_START_RETRY_MS = 20_000
const PROGRESS_EVERY_MS = 5_000
const MAX_RESTART_PAUSE_MS = 3_000
const STABLE_AFTER_MS = 60_000
/** What PostgreSQL answers while it starts up, recovers or shuts down. */
const CANNOT_CONNECT_NOW = '57P03'

function serverSettings(cluster: Cluster, socketDir: string, options: EmbeddedOptions): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    port: String(PORT),
    max_connections: '60',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...logSizes(options.diskBytes),
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '',
    lc_messages: 'C',
    log_checkpoints: 'off',
    // Failed statements are the application's business, and their text may hold what customers wrote.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    ...(options.fsync === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : { fsync: 'on' }),
    ...options.settings,
    // Last, because processes of the cluster are recognised by it.
    cluster_name: cluster.name,
  }
}

/** The log of writes may take an eighth of the disk, between two of its files and PostgreSQL's own default. */
function logSizes(diskBytes: number | undefined): Record<string, string> {
  if (diskBytes === undefined) return {}
  const mebibytes = Math.max(32, Math.min(1024, Math.floor(diskBytes / 8 / 1_048_576)))
  return { min_wal_size: '32MB', max_wal_size: `${mebibytes}MB` }
}

const EXPECTED_LINE =
  /the database system is (starting up|shutting down|in recovery mode|not yet accepting)|due to administrator command/
const NOTABLE_LINE = /^(FATAL|PANIC):|was terminated by signal/

function launch(cluster: Cluster, socketDir: string, options: EmbeddedOptions): GuardedProcess {
  const settings = Object.entries(serverSettings(cluster, socketDir, options))
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return spawnGuarded(cluster.identity, [cluster.binaries.postgres, '-D', cluster.directory, ...flags], (line) => {
    if (NOTABLE_LINE.test(line) && !EXPECTED_LINE.test(line) && !isFullDisk(line))
      options.log('warn', `PostgreSQL: ${line}`)
  })
}

/** Waits for a server of this cluster that outlived its owner, or refuses when its owner is alive. */
async function takeOverOrphan(cluster: Cluster, postmaster: number, log: EmbeddedLog): Promise<void> {
  const isAlive = async (): Promise<boolean> =>
    (await findClusterProcesses(cluster.name)).postmasters.includes(postmaster)
  const socketDir = (await readPostmasterFile(cluster.directory))?.socketDir ?? (await recordedSocketDir(cluster))
  let isHeld = false
  let lock: OwnerLock | undefined
  const isDecided = async (): Promise<boolean> => {
    if (!(await isAlive())) return true
    if (socketDir === undefined) return false
    const attempt = await tryOwnerLock(socketDir)
    isHeld = attempt.outcome === 'held'
    if (attempt.outcome === 'taken') lock = attempt.lock
    return attempt.outcome === 'taken'
  }
  // A server told to stop by its guard, or one still noticing that its owner is gone, needs a moment.
  const decided = await waitUntil(isDecided, ORPHAN_GRACE_MS)
  if (!decided && isHeld) throw ownedByAnother(cluster.dataDir, postmaster)
  if (await isAlive()) {
    log('warn', `Stopping PostgreSQL process ${postmaster}, left behind by a server that was killed`)
    await stopPostmaster(
      (signal) => signalPid(postmaster, signal),
      (milliseconds) => waitUntil(async () => !(await isAlive()), milliseconds),
    )
  }
  await lock?.client.end().catch(() => {})
}

async function killRemainingBackends(cluster: Cluster): Promise<void> {
  const remaining = async (): Promise<readonly number[]> => (await findClusterProcesses(cluster.name)).backends
  const areGone = async (): Promise<boolean> => (await remaining()).length === 0
  if (await waitUntil(areGone, BACKEND_GRACE_MS)) return
  // Without a postmaster they can do nothing useful any more, and their shared memory blocks the next one.
  for (const pid of await remaining()) signalPid(pid, 'SIGKILL')
  await waitUntil(areGone, BACKEND_KILL_MS)
}

/** Removes what a previous server left: its postmaster and its socket directory. */
async function clearRemains(cluster: Cluster, log: EmbeddedLog): Promise<void> {
  const { postmasters } = await findClusterProcesses(cluster.name)
  for (const postmaster of postmasters) await takeOverOrphan(cluster, postmaster, log)
  const oldSocketDir = await recordedSocketDir(cluster)
  if (oldSocketDir !== undefined) await removeSocketDir(oldSocketDir).catch(() => {})
}

/** Keeps one PostgreSQL server running for a cluster until it is told to stop. */
class Supervisor {
  readonly #cluster: Cluster
  readonly #socketDir: string
  readonly #options: EmbeddedOptions
  readonly #unlock: () => void
  readonly #stopRequest = new AbortController()
  #server: GuardedProcess | undefined
  #ownerLock: OwnerLock | undefined
  #background: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | undefined
  #restarts = 0
  readonly #tellFullDisk: (message: string) => void

  constructor(cluster: Cluster, socketDir: string, options: EmbeddedOptions, unlock: () => void) {
    this.#cluster = cluster
    this.#socketDir = socketDir
    this.#options = options
    this.#tellFullDisk = seldom((message) => options.log('error', message))
    this.#unlock = unlock
  }

  get restarts(): number {
    return this.#restarts
  }

  /** Starts the server for the first time and creates the application's database. */
  async start(): Promise<void> {
    const giveUpAt = performance.now() + FIRST_START_RETRY_MS
    for (;;) {
      try {
        const { server, ownerLock } = await this.#bringUp()
        await ensureDatabase(ownerLock.client, DATABASE)
        this.#background = this.#supervise(server)
        return
      } catch (error) {
        if (!isLeftoverConflict(error) || performance.now() > giveUpAt) throw error
        await pause(500)
      }
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown()
    return this.#stopping
  }

  async #shutDown(): Promise<void> {
    this.#stopRequest.abort()
    try {
      // Not awaited: a server that hangs would never answer, and stopping it ends the connection anyway.
      void this.#closeOwnerLock()
      if (this.#server !== undefined) await stopGuarded(this.#server)
      await this.#background
      await forgetSocketDir(this.#cluster, this.#socketDir)
    } finally {
      this.#unlock()
    }
  }

  get #mustStop(): boolean {
    return this.#stopRequest.signal.aborted
  }

  /** One attempt: clear the way, launch, wait until the server answers and is ours. */
  async #bringUp(): Promise<{ server: GuardedProcess; ownerLock: OwnerLock }> {
    await killRemainingBackends(this.#cluster)
    await removeMisleadingPostmasterFile(this.#cluster.directory)
    await restoreSocketDir(this.#cluster, this.#socketDir)
    if (this.#mustStop) throw new Error('PostgreSQL is being stopped')
    const server = launch(this.#cluster, this.#socketDir, this.#options)
    this.#server = server
    try {
      const ownerLock = await this.#waitUntilOwned(server)
      await closeSocket(this.#cluster, this.#socketDir)
      this.#ownerLock = ownerLock
      return { server, ownerLock }
    } catch (error) {
      await stopGuarded(server)
      throw error
    }
  }

  /** Takes the owner's lock as soon as the server answers; crash recovery may take minutes. */
  async #waitUntilOwned(server: GuardedProcess): Promise<OwnerLock> {
    const startedAt = performance.now()
    let nextReport = startedAt + PROGRESS_EVERY_MS
    for (let wait = 20; ; wait = Math.min(wait * 1.5, 250)) {
      if (server.hasEnded()) {
        const end = await server.ended
        throw new ProcessFailure(`PostgreSQL ${end.how}`, end.output)
      }
      if (this.#mustStop) throw new Error('PostgreSQL is being stopped')
      const attempt = await tryOwnerLock(this.#socketDir)
      if (attempt.outcome === 'taken') return attempt.lock
      const seconds = Math.round((performance.now() - startedAt) / 1000)
      const problem = attempt.outcome === 'held' ? 'another process holds its lock' : attempt.problem
      if (performance.now() - startedAt > READY_TIMEOUT_MS) {
        throw new ProcessFailure(`PostgreSQL was not ready after ${seconds} s (${problem})`, server.output())
      }
      if (performance.now() >= nextReport) {
        nextReport += PROGRESS_EVERY_MS
        const isRecovering = attempt.outcome === 'unreachable' && attempt.code === CANNOT_CONNECT_NOW
        const state = isRecovering ? 'recovering what was not written before it was killed' : 'starting'
        this.#options.log('info', `PostgreSQL is still ${state} after ${seconds} s`)
      }
      await pause(wait)
    }
  }

  /** Restarts the server whenever it ends by itself; returns when a stop is requested. */
  async #supervise(first: GuardedProcess): Promise<void> {
    let server = first
    let attempt = 0
    for (;;) {
      const startedAt = performance.now()
      await this.#keepOwnerLock(server)
      const end = await server.ended
      if (this.#mustStop) return
      this.#tellFailure(`PostgreSQL ${end.how}, restarting it`, end.output)
      // One that dies again and again must not be restarted in a tight loop.
      if (performance.now() - startedAt > STABLE_AFTER_MS) attempt = 0
      for (let next: GuardedProcess | undefined; next === undefined; attempt++) {
        await this.#pauseUnlessStopped(attempt === 0 ? 0 : Math.min(100 * 2 ** attempt, MAX_RESTART_PAUSE_MS))
        if (this.#mustStop) return
        next = await this.#tryRestart()
        if (next !== undefined) server = next
      }
    }
  }

  async #tryRestart(): Promise<GuardedProcess | undefined> {
    try {
      const { server } = await this.#bringUp()
      this.#restarts++
      this.#options.log('info', 'PostgreSQL is running again')
      return server
    } catch (error) {
      if (this.#mustStop) return undefined
      this.#tellFailure('PostgreSQL could not be restarted, trying again', errorText(error))
      return undefined
    }
  }

  /** What PostgreSQL prints when the disk is full sounds as if data were lost; none is, and one line a minute says so. */
  #tellFailure(what: string, output: string): void {
    if (isFullDisk(output)) this.#tellFullDisk(FULL_DISK)
    else this.#options.log('error', `${what}\n${output}`.trimEnd())
  }

  /** Takes the lock again when only its connection was lost; returns when the server ends or a stop is requested. */
  async #keepOwnerLock(server: GuardedProcess): Promise<void> {
    while (!server.hasEnded() && !this.#mustStop) {
      await Promise.race([this.#ownerLock?.lost, server.ended])
      if (server.hasEnded() || this.#mustStop) return
      this.#ownerLock = undefined
      const attempt = await tryOwnerLock(this.#socketDir)
      if (attempt.outcome === 'taken') this.#ownerLock = attempt.lock
      else await this.#pauseUnlessStopped(200)
    }
    // A stop requested while the lock was being taken has not seen this connection.
    if (this.#mustStop) void this.#closeOwnerLock()
  }

  async #closeOwnerLock(): Promise<void> {
    await this.#ownerLock?.client.end().catch(() => {})
  }

  async #pauseUnlessStopped(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.#stopRequest.signal }).catch(() => {})
  }
}

async function startOwned(
  dataDir: string,
  binaries: Cluster['binaries'],
  options: EmbeddedOptions,
  unlock: () => void,
): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(dataDir, binaries, options.fsync !== false, () =>
    options.log('info', `Creating a new PostgreSQL ${binaries.majorVersion} database in ${dataDir}`),
  )
  await clearRemains(cluster, options.log)
  const socketDir = await createSocketDir(cluster)
  const supervisor = new Supervisor(cluster, socketDir, options, unlock)
  try {
    await supervisor.start()
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  return {
    connection: { host: socketDir, port: PORT, user: SUPERUSER, database: DATABASE },
    majorVersion: binaries.majorVersion,
    restarts: () => supervisor.restarts,
    stop: () => supervisor.stop(),
  }
}

/**
 * Starts the bundled PostgreSQL on a private Unix socket with its data under a data directory, and keeps it running.
 * A server left behind by a killed owner is stopped first. When this process dies in any way the database stops too.
 * @param options data directory, log, settings
 * @returns when the database answers and the database `polydesk` exists
 * @throws EmbeddedPostgresError whose message tells what happened and what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries()
  const dataDir = await openDataDir(options.dataDir)
  await checkDataDir(dataDir, binaries.majorVersion)
  const lockFile = join(dataDir, 'postgres.lock')
  let unlock: (() => void) | undefined
  try {
    unlock = await lockDataDir(dataDir, lockFile)
    return await startOwned(dataDir, binaries, options, unlock)
  } catch (error) {
    unlock?.()
    throw explainFailure('The database could not be started', error, dataDir)
  }
}

/** Whether a database was ever made in a data directory, by any version of PostgreSQL. */
export async function holdsDatabase(dataDir: string): Promise<boolean> {
  const names = await readdir(dataDir).catch((error: unknown) => {
    // What cannot be read is explained by whoever opens it.
    if (errorCode(error) === 'ENOENT') return []
    return ['postgres-0']
  })
  return names.some((name) => /^postgres-\d+$/.test(name))
}

/** How to connect to the embedded database of a running server, without starting or owning anything; null when none runs. */
export async function runningConnection(dataDir: string): Promise<EmbeddedPostgres['connection'] | null> {
  const { majorVersion } = await findBinaries()
  // The server knows its directory without links, and a stale file may name a process that is another program now.
  const directory = clusterDirectory(await realpath(dataDir).catch(() => dataDir), majorVersion)
  const file = await readPostmasterFile(directory)
  if (!file?.socketDir || !(await mayServeDirectory(file.pid, directory))) return null
  return { host: file.socketDir, port: PORT, user: SUPERUSER, database: DATABASE }
}
