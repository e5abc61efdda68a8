import { execFileSync, spawn } from 'node:child_process'
import { chownSync } from 'node:fs'
import { access, chmod, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** The program as it is installed. */
export const PROGRAM = join(import.meta.dirname, '..', 'bin', 'polydesk.mjs')
const ROOT = join(import.meta.dirname, '..')
/** Where the data directory of one first start is kept during a test run, once there was one. */
export const KEPT_INSTALLATION = 'TEST_INSTALLATION'

/** How long anything that has to happen may take at the most, in milliseconds. */
const PATIENCE_MS = 120_000
/** How long a server that a test leaves behind gets to stop before it is killed, in milliseconds. */
const LEFT_BEHIND_MS = 20_000

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that a test started. */
export interface Running {
  readonly pid: number
  /** What it said until now. */
  stdout(): string
  stderr(): string
  readonly ended: Promise<Ended>
  hasEnded(): boolean
  signal(name: NodeJS.Signals): void
}

export interface Surroundings {
  /** Set on top of an otherwise almost empty environment. */
  readonly environment: Readonly<Record<string, string>>
  /** The user it runs as; the one who runs the tests by default. */
  readonly uid?: number
}

/** Starts a process whose environment holds nothing of the test run's. */
export function startProcess(command: readonly string[], { environment, uid }: Surroundings): Running {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: tmpdir(),
      LOG_LEVEL: 'error',
      POLYDESK_RATE_LIMITS: 'off',
      // A test run starts the same sources dozens of times.
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'polydesk-test'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  let hasEnded = false
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => {
      hasEnded = true
    })
    child.once('close', (code, signal) => resolve({ code, signal, ...said }))
  })
  if (child.pid === undefined) throw new Error(`${program} could not be started.`)
  return {
    pid: child.pid,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    ended,
    hasEnded: () => hasEnded,
    signal: (name) => {
      child.kill(name)
    },
  }
}

/** Runs `polydesk ...` to its end. */
export function polydesk(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  return startProcess([process.execPath, PROGRAM, ...args], { environment }).ended
}

/** Polls until a condition holds; what it is called appears in the error. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  milliseconds = PATIENCE_MS,
): Promise<T> {
  for (const deadline = Date.now() + milliseconds; ; await pause(10)) {
    const met = await condition()
    if (met !== undefined && met !== false) return met
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`)
  }
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.')
  return address.port
}

/**
 * Makes room for an installation whose first start was before: a copy of what one first start of this test run made, for
 * tests of what comes later. Its secrets are those of every such copy.
 */
export async function laterInstallation(): Promise<Installation> {
  const installation = await newInstallation()
  const kept = process.env[KEPT_INSTALLATION]
  if (kept === undefined) return installation
  const isKept = (): Promise<boolean> =>
    access(kept).then(
      () => true,
      () => false,
    )
  if (!(await isKept())) {
    const first = await installation.start()
    first.signal('SIGTERM')
    await first.ended
    const made = `${kept}-${process.pid}`
    copy(installation.dataDir, made)
    // Another test file may have been as early; either's will do.
    await rename(made, kept).catch(() => rm(made, { recursive: true }))
    return installation
  }
  copy(kept, installation.dataDir)
  return installation
}

/** With owners and rights, on which the database insists. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to])
}

/** The values of a file of `NAME=value` lines; none when there is no such file. */
export async function readValues(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  )
}

/** A data directory and the servers that a test starts on it. */
export interface Installation {
  readonly dataDir: string
  readonly quickstartFile: string
  /** Starts a server on it; `command` replaces `polydesk serve`. */
  launch(environment?: Readonly<Record<string, string>>, command?: readonly string[]): Running
  /** Starts a server on it and waits until it is ready. */
  start(environment?: Readonly<Record<string, string>>, command?: readonly string[]): Promise<Served>
  /** The processes of its PostgreSQL that nobody's child is. */
  postmasters(): Promise<readonly number[]>
  /** Stops what still runs and removes everything. */
  remove(): Promise<void>
}

export interface InstallationOptions {
  /** The user whose servers they are; the one who runs the tests by default. */
  readonly uid?: number
  /** Gives it a disk of its own of so many megabytes. Needs the right to mount. */
  readonly disk?: number
}

/** A server that is ready. */
export interface Served extends Running {
  readonly url: string
  readonly quickstart: Readonly<Record<string, string>>
}

/** Makes room for an installation; its data directory itself is left for the server to make. */
export async function newInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const { uid, disk } = options
  const home = await mkdtemp(join(tmpdir(), 'polydesk-install-'))
  if (disk !== undefined) {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${disk}m`, 'tmpfs', home], { stdio: 'ignore' })
    } catch (error) {
      await rm(home, { recursive: true })
      throw error
    }
  }
  // The embedded database of root runs as another user, who has to get to its files.
  await chmod(home, 0o711)
  if (uid !== undefined) chownSync(home, uid, uid)
  const dataDir = join(home, 'data')
  const quickstartFile = join(dataDir, 'quickstart.env')
  const launched: Running[] = []

  function launch(
    environment: Readonly<Record<string, string>> = {},
    command: readonly string[] = [process.execPath, PROGRAM, 'serve'],
  ): Running {
    const running = startProcess(command, {
      environment: { HOME: home, PORT: '0', POLYDESK_DATA_DIR: dataDir, ...environment },
      ...(uid === undefined ? {} : { uid }),
    })
    launched.push(running)
    return running
  }

  return {
    dataDir,
    quickstartFile,
    launch,
    async start(environment, command) {
      const running = launch(environment, command)
      const url = await until('the server', () => {
        if (running.hasEnded()) throw new Error(`The server ended:\n${running.stdout()}${running.stderr()}`)
        return /listens at (\S+): ready/.exec(running.stdout())?.[1]
      })
      return { ...running, url, quickstart: await readValues(quickstartFile) }
    },
    postmasters: () => postmastersBelow(dataDir),
    async remove() {
      for (const running of launched) {
        if (!running.hasEnded()) running.signal('SIGTERM')
        await Promise.race([running.ended, pause(LEFT_BEHIND_MS, undefined, { ref: false })])
        if (!running.hasEnded()) running.signal('SIGKILL')
      }
      const sockets = (await readdir(dataDir).catch(() => [])).filter((name) => name.endsWith('.socket'))
      for (const name of sockets) {
        const directory = await readFile(join(dataDir, name), 'utf8')
        if (basename(directory).startsWith('polydesk-pg-')) await rm(directory, { recursive: true, force: true })
      }
      await until('the database to be gone', async () => (await postmastersBelow(dataDir)).length === 0)
      if (disk !== undefined) execFileSync('umount', [home])
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

/** The PostgreSQL servers whose data lies below a directory. Looks into /proc; finds none elsewhere. */
async function postmastersBelow(directory: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const found: number[] = []
  for (const pid of pids) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    const isPostgres = basename(argv[0] ?? '') === 'postgres'
    if (isPostgres && argv.some((each) => each.startsWith(`${directory}/`))) found.push(Number(pid))
  }
  return found
}
