/**
 * Programs that stand before, behind and beside Polydesk in production, as Debian packages them. A test starts one of its own: in a
 * scratch folder, on free ports of loopback, with its own configuration. No service of the system is touched.
 */
import { accessSync, constants, globSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Running, startProcess, until } from '../process.ts'

/** Where programs lie that are not on everybody's PATH. */
const ELSEWHERE: readonly string[] = [
  '/usr/sbin',
  '/usr/lib/dovecot',
  '/usr/lib/postfix/sbin',
  '/opt/polydesk-deploy',
  ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
]
/** How long a program gets to stop before it is killed, in milliseconds. */
const STOP_MS = 10_000

/** Suites that run apart, as they need programs of Debian: the folders of `test/` in which they are. */
export const APART = ['deploy', 'mail'] as const

/** The programs that a suite needs, with the Debian package of each. `.ci/run` installs them. */
export function packagesOf(suite: (typeof APART)[number]): ReadonlyMap<string, string> {
  const lines = readFileSync(join(import.meta.dirname, '..', suite, 'packages.txt'), 'utf8')
    .trim()
    .split('\n')
  const packages = lines.map((line): [string, string] => {
    const [program = '', name = ''] = line.split(' ')
    return [program, name]
  })
  // Of a later release than the system's, so a script of ours fetches it.
  if (suite === 'deploy') packages.push(['pgbouncer-newest', '(sh test/deploy/newest-pgbouncer.sh)'])
  return new Map(packages)
}

/** The path of a program's file, or null where it is not installed. */
export function findProgram(name: string): string | null {
  const folders = [...ELSEWHERE, ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The value of a test's `skip`: false where all programs are there, else which are not. */
export function unlessInstalled(...names: readonly string[]): string | false {
  const missing = names.filter((name) => findProgram(name) === null)
  return missing.length > 0 && `${missing.join(', ')} not installed`
}

/** A folder that the users of all programs may enter. */
export interface Scratch {
  readonly path: string
  remove(): Promise<void>
}

export async function scratchFolder(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), 'polydesk-deploy-'))
  await chmod(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }) }
}

/** A program that runs. */
export interface Program extends Running {
  /** Asks it to stop, and kills it when it does not. Resolves when it is gone. */
  stop(): Promise<void>
}

export interface StartedAs {
  /** It is up when this port of 127.0.0.1 takes connections. */
  readonly port: number
  readonly uid?: number
  readonly environment?: Readonly<Record<string, string>>
  /** How it is asked to stop. */
  readonly stopSignal?: NodeJS.Signals
}

/**
 * Starts a program in the foreground and waits for its port.
 *
 * @param name as `packagesOf` a suite names it
 * @throws Error with all it said when it ends before that
 */
export async function startProgram(name: string, args: readonly string[], options: StartedAs): Promise<Program> {
  const path = findProgram(name)
  if (path === null) throw new Error(`${name} is not installed.`)
  const { port, uid, environment = {}, stopSignal = 'SIGTERM' } = options
  const running = startProcess([path, ...args], { environment, ...(uid === undefined ? {} : { uid }) })
  await until(`${name} on port ${port}`, async () => {
    if (running.hasEnded()) throw new Error(`${name} ended:\n${running.stdout()}${running.stderr()}`)
    return takesConnections(port)
  })
  return {
    ...running,
    async stop() {
      if (!running.hasEnded()) running.signal(stopSignal)
      await Promise.race([running.ended, pause(STOP_MS, undefined, { ref: false })])
      if (!running.hasEnded()) running.signal('SIGKILL')
      await running.ended
    },
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
