import { createHash } from 'node:crypto'
import {
  access,
  chown,
  constants,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Binaries } from './embedded-binaries.ts'
import { chownAdvice, EmbeddedPostgresError, errorCode, errorText, explainFailure } from './embedded-error.ts'
import { chooseIdentity, identityOf, namedNobody, openDirectoryFor } from './embedded-identity.ts'
import { PORT, SUPERUSER } from './embedded-lock.ts'
import { type Identity, mayServeDirectory, pidExists, runToEnd } from './embedded-process.ts'

/** A cluster on disk and everything needed to start it. */
export interface Cluster {
  readonly dataDir: string
  /** `<dataDir>/postgres-<major>` */
  readonly directory: string
  /** unique on this computer; marks the cluster's processes */
  readonly name: string
  readonly identity: Identity
  readonly binaries: Binaries
}

/** Line 1 and 5 of postmaster.pid. */
export interface PostmasterFile {
  readonly pid: number
  readonly socketDir: string | undefined
}

const SOCKET_DIR_PREFIX = 'polydesk-pg-'
const SOCKET_FILE = `.s.PGSQL.${PORT}`
/** Size of sun_path on Linux minus the closing zero; macOS has 103. */
const MAX_SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107
const DIRECTORY_NAME = /^postgres-(\d+)$/

/**
 * Creates the data directory when missing and resolves links in its path.
 * @throws EmbeddedPostgresError 'permission', 'no_space' or 'failed'
 */
export async function openDataDir(path: string): Promise<string> {
  try {
    // Started by root, the database runs as another user, who must be able to pass, not to look around.
    await mkdir(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    return await realpath(path)
  } catch (error) {
    throw explainFailure(`The data directory ${path} could not be created`, error, path)
  }
}

/** The cluster's directory inside a data directory. */
export function clusterDirectory(dataDir: string, majorVersion: number): string {
  return join(dataDir, `postgres-${majorVersion}`)
}

function wrongVersion(directory: string, found: string, wanted: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'wrong_version',
    `The database in ${directory} belongs to PostgreSQL ${found}, this Polydesk brings PostgreSQL ${wanted}. Start the Polydesk version that created it, dump the data, and load it into a new data directory; or choose another data directory (POLYDESK_DATA_DIR). To begin with an empty database instead, move ${directory} away.`,
  )
}

async function refuseOtherVersions(dataDir: string, wanted: number): Promise<void> {
  // A silent new cluster next to an old one would look as if all tickets were lost.
  for (const name of await readdir(dataDir)) {
    const [, version] = DIRECTORY_NAME.exec(name) ?? []
    if (version !== undefined && Number(version) !== wanted) throw wrongVersion(join(dataDir, name), version, wanted)
  }
}

/** PG_VERSION of a cluster; undefined when there is none yet (no directory, or an empty one). */
async function readClusterVersion(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
  const entries = await readdir(directory).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  })
  if (entries.length === 0) return undefined
  throw new EmbeddedPostgresError(
    'failed',
    `${directory} is not empty but holds no database (PG_VERSION is missing). Restore it from a backup, or move it away to begin with an empty database.`,
  )
}

async function refuseForeignOwner(dataDir: string, directory: string): Promise<void> {
  const ourUid = process.getuid?.()
  if (ourUid === 0 || ourUid === undefined) return
  const uid = await stat(directory).then(
    (stats) => stats.uid,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return ourUid
      throw error
    },
  )
  if (uid === ourUid) return
  throw new EmbeddedPostgresError(
    'permission',
    `The database in ${directory} belongs to user ${uid}, but Polydesk runs as user ${ourUid}. Start Polydesk as the same user as before, or hand the data directory over: ${chownAdvice(dataDir)}`,
  )
}

function temporaryPrefix(directory: string): string {
  return `${directory}.init-`
}

/** Removes what interrupted first starts left behind. Only call while holding the data directory's lock. */
async function removeInterruptedInits(dataDir: string, directory: string): Promise<void> {
  const prefix = basename(temporaryPrefix(directory))
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(prefix)) await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 10 })
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync()
  await handle.close()
}

/** Runs initdb, also for a user id without an entry in /etc/passwd (common in containers), which it does not like. */
async function runInitdb(identity: Identity, command: readonly string[]): Promise<void> {
  const firstError = await runToEnd(identity, command).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (firstError === undefined) return
  if (!/could not look up effective user ID/.test(errorText(firstError))) throw firstError
  await runToEnd(namedNobody(identity), command).catch((error: unknown) => {
    throw new EmbeddedPostgresError(
      'permission',
      `PostgreSQL cannot create its database for a user id without a name (${errorText(firstError)}; with unshare: ${errorText(error)}). Add the user to /etc/passwd, or run Polydesk as another user, or use your own PostgreSQL (DATABASE_URL).`,
      { cause: firstError },
    )
  })
}

/**
 * Creates a cluster under a temporary name and renames it when complete, so a kill at any moment leaves either no
 * cluster or a whole one.
 */
async function createCluster(
  dataDir: string,
  directory: string,
  binaries: Binaries,
  fsync: boolean,
): Promise<Identity> {
  const temporary = await mkdtemp(temporaryPrefix(directory))
  try {
    const identity = await chooseIdentity(temporary, binaries.postgres, await stat(dataDir))
    await runInitdb(identity, [
      binaries.initdb,
      `--pgdata=${temporary}`,
      `--username=${SUPERUSER}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--auth=trust',
      '--no-instructions',
      ...(fsync ? [] : ['--no-sync']),
    ])
    await rename(temporary, directory)
    if (fsync) await syncDirectory(dataDir)
    return identity
  } catch (error) {
    await rm(temporary, { recursive: true, force: true, maxRetries: 10 }).catch(() => {})
    throw error
  }
}

async function clusterName(directory: string): Promise<string> {
  // Device and inode stay the same under every path the directory is reachable by (links, bind mounts).
  const { dev, ino } = await stat(directory, { bigint: true })
  return `polydesk-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 12)}`
}

/**
 * Refuses early, before anything is locked or written, a data directory this user or version cannot work with.
 * @throws EmbeddedPostgresError 'permission' or 'wrong_version'
 */
export async function checkDataDir(dataDir: string, majorVersion: number): Promise<void> {
  const directory = clusterDirectory(dataDir, majorVersion)
  try {
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    await refuseForeignOwner(dataDir, directory)
    const version = await readClusterVersion(directory)
    if (version === undefined) return await refuseOtherVersions(dataDir, majorVersion)
    if (version !== String(majorVersion)) throw wrongVersion(directory, version, majorVersion)
  } catch (error) {
    throw explainFailure(`The database in ${directory} could not be opened`, error, dataDir)
  }
}

/**
 * Opens the cluster of a data directory, creating it when there is none. Only call while holding the lock.
 * @param fsync false skips flushing a new cluster to disk (tests)
 * @throws EmbeddedPostgresError 'permission', 'no_space', 'wrong_version' or 'failed'
 */
export async function openCluster(
  dataDir: string,
  binaries: Binaries,
  fsync: boolean,
  onCreate: () => void,
): Promise<Cluster> {
  const directory = clusterDirectory(dataDir, binaries.majorVersion)
  try {
    await removeInterruptedInits(dataDir, directory)
    const isNew = (await readClusterVersion(directory)) === undefined
    if (isNew) onCreate()
    const identity = isNew
      ? await createCluster(dataDir, directory, binaries, fsync)
      : await identityOf(directory, binaries.postgres, await stat(directory))
    return { dataDir, directory, name: await clusterName(directory), identity, binaries }
  } catch (error) {
    throw explainFailure(`The database in ${directory} could not be created or opened`, error, dataDir)
  }
}

/** Reads postmaster.pid; undefined when there is none or it is not complete yet. */
export async function readPostmasterFile(directory: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, socketDir: lines[4] === '' ? undefined : lines[4] }
}

/**
 * Removes a postmaster.pid whose process id now belongs to something else than its PostgreSQL: after a reboot or in a new
 * container ids start over, and PostgreSQL would refuse to start because of any living process with that id. Other
 * stale files PostgreSQL recognises itself.
 */
export async function removeMisleadingPostmasterFile(directory: string): Promise<void> {
  const file = await readPostmasterFile(directory)
  if (file === undefined || !pidExists(file.pid) || (await mayServeDirectory(file.pid, directory))) return
  await rm(join(directory, 'postmaster.pid'), { force: true })
}

function socketBases(): string[] {
  // PostgreSQL reads the directory as one entry of a comma separated, quotable list.
  const own = tmpdir()
  return /^[\w./-]+$/.test(own) && own !== '/tmp' ? [own, '/tmp'] : ['/tmp']
}

function hasShortSocket(directory: string): boolean {
  return Buffer.byteLength(join(directory, SOCKET_FILE)) <= MAX_SOCKET_PATH_BYTES
}

function socketRecord(cluster: Cluster): string {
  return `${cluster.directory}.socket`
}

/**
 * Creates the private directory (mode 0700) of the server's socket and notes it beside the cluster, so that the next
 * start can remove it when this process has no chance to.
 * @throws EmbeddedPostgresError 'permission' when no temporary directory is usable
 */
export async function createSocketDir(cluster: Cluster): Promise<string> {
  const problems: string[] = []
  for (const base of socketBases()) {
    const candidate = join(base, `${SOCKET_DIR_PREFIX}XXXXXX`)
    if (!hasShortSocket(candidate)) continue
    const directory = await mkdtemp(join(base, SOCKET_DIR_PREFIX)).catch((error: unknown) => {
      problems.push(String(error))
      return undefined
    })
    if (directory === undefined) continue
    if (await openDirectoryFor(cluster.identity, directory)) {
      await writeFile(socketRecord(cluster), directory)
      return directory
    }
    problems.push(`${cluster.identity.description} cannot use ${directory}`)
    await rmdir(directory)
  }
  throw new EmbeddedPostgresError(
    'permission',
    `No directory for the database socket could be created in ${socketBases().join(' or ')}: ${problems.join('; ')}. Make /tmp writable or set TMPDIR to a short path of a writable directory.`,
  )
}

/** Creates the socket directory again if something (a cleaner of /tmp) removed it. */
export async function restoreSocketDir(cluster: Cluster, directory: string): Promise<void> {
  const isThere = await lstat(directory).then(
    () => true,
    () => false,
  )
  if (isThere) return
  await mkdir(directory, { mode: 0o700 })
  await openDirectoryFor(cluster.identity, directory)
}

/**
 * Closes the socket to everybody but us, once the server has made it. Started by root, the server runs as a user whom
 * other services may share, and who connects to it may do everything. The directory stays the server's, which removes
 * the socket in the end.
 */
export async function closeSocket(cluster: Cluster, directory: string): Promise<void> {
  const ourUid = process.getuid?.()
  if (ourUid === undefined || cluster.identity.owner === undefined || cluster.identity.owner.uid === ourUid) return
  // Where root may not do this the socket stays as it was.
  await chown(join(directory, SOCKET_FILE), ourUid, process.getgid?.() ?? ourUid).catch(() => {})
}

/** Removes a socket directory we made, with the only files PostgreSQL puts there. */
export async function removeSocketDir(directory: string): Promise<void> {
  if (!basename(directory).startsWith(SOCKET_DIR_PREFIX)) return
  for (const name of [SOCKET_FILE, `${SOCKET_FILE}.lock`]) await rm(join(directory, name), { force: true })
  await rmdir(directory).catch(() => {})
}

/** Where the previous server of this cluster had its socket directory, if it was not removed. */
export async function recordedSocketDir(cluster: Cluster): Promise<string | undefined> {
  return readFile(socketRecord(cluster), 'utf8').catch(() => undefined)
}

/** Removes the socket directory of this run and the note about it. */
export async function forgetSocketDir(cluster: Cluster, directory: string): Promise<void> {
  await removeSocketDir(directory).catch(() => {})
  await rm(socketRecord(cluster), { force: true })
}
