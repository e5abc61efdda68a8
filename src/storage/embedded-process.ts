import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { basename, isAbsolute } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode, ProcessFailure } from './embedded-error.ts'

/** The operating system user a PostgreSQL program runs as. */
export interface Identity {
  /** for log and error messages */
  readonly description: string
  /** who must own the files; undefined: whoever creates them, nothing to change */
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** spawn with this uid and gid; undefined: keep ours */
  readonly runAs?: { readonly uid: number; readonly gid: number }
  /** command put in front of the program, e.g. unshare with its options */
  readonly prefix: readonly string[]
}

/** How a process ended: its exit code or signal and the last lines of its stderr. */
export interface ProcessEnd {
  readonly how: string
  readonly succeeded: boolean
  readonly output: string
}

/** A running program that is told to stop (SIGINT) as soon as this Node process is gone, however it went. */
export interface GuardedProcess {
  /** undefined when it could not be spawned at all */
  readonly pid: number | undefined
  /** resolves, never rejects, when the program is gone */
  readonly ended: Promise<ProcessEnd>
  /** set once the program is gone */
  hasEnded(): boolean
  /** sends a signal; nothing happens when the program is gone */
  signal(name: NodeJS.Signals): void
  /** last lines of stderr so far */
  output(): string
}

/*
 * The program replaces the shell, so its pid is the child's pid. A detached grandchild waits on the stdin pipe: end of
 * file means Node died (even by kill -9) and the program must stop; a line means the program is already gone and its
 * pid must not be signalled any more. It is a grandchild because PostgreSQL treats children it did not fork as crashes.
 */
const GUARD_SCRIPT = 'exec 3<&0; ( { read -r line <&3 || kill -INT $$; } >/dev/null 2>&1 & ); exec "$@" </dev/null 3<&-'

const KEPT_LINES = 30
const CLOSE_GRACE_MS = 250

function childEnvironment(): NodeJS.ProcessEnv {
  // PGDATA, PGPORT, LANG and the like of the caller must not reach PostgreSQL; its messages are matched in English.
  return { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' }
}

/**
 * Starts a program in its own session (no Ctrl-C from the terminal) under an identity.
 * @param identity operating system user
 * @param command program and arguments
 * @param onLine called with each line of stderr
 */
export function spawnGuarded(
  identity: Identity,
  command: readonly string[],
  onLine: (line: string) => void = () => {},
): GuardedProcess {
  const [program = 'sh', ...args] = [...identity.prefix, 'sh', '-c', GUARD_SCRIPT, 'sh', ...command]
  const child = spawn(program, args, {
    ...identity.runAs,
    // The caller's working directory may be closed to the other user.
    cwd: '/',
    detached: true,
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const tail: string[] = []
  const remember = (line: string): void => {
    tail.push(line)
    if (tail.length > KEPT_LINES) tail.shift()
    onLine(line)
  }
  createInterface({ input: child.stderr }).on('line', remember)
  child.stdin.on('error', () => {})

  let gone = false
  const ended = new Promise<ProcessEnd>((resolve) => {
    const finish = (how: string, succeeded: boolean): void => resolve({ how, succeeded, output: tail.join('\n') })
    child.once('error', (error) => {
      gone = true
      remember(error.message)
      finish('could not be started', false)
    })
    child.once('exit', (code, signal) => {
      gone = true
      child.stdin.end('\n')
      const how = signal === null ? `ended with code ${code}` : `was killed by ${signal}`
      // Orphaned backends keep stderr open after the postmaster is gone, so waiting for 'close' alone could take long.
      const timer = setTimeout(() => {
        child.stderr.destroy()
        finish(how, code === 0)
      }, CLOSE_GRACE_MS)
      child.once('close', () => {
        clearTimeout(timer)
        finish(how, code === 0)
      })
    })
  })
  return {
    pid: child.pid,
    ended,
    hasEnded: () => gone,
    signal: (name) => {
      if (!gone) child.kill(name)
    },
    output: () => tail.join('\n'),
  }
}

/**
 * Runs a program to its end.
 * @throws ProcessFailure when it cannot be started or does not exit with 0
 */
export async function runToEnd(identity: Identity, command: readonly string[]): Promise<void> {
  const end = await spawnGuarded(identity, command).ended
  if (!end.succeeded) throw new ProcessFailure(`${basename(command[0] ?? 'program')} ${end.how}`, end.output)
}

const FAST_SHUTDOWN_MS = 30_000
const IMMEDIATE_SHUTDOWN_MS = 5_000

/**
 * Stops a postmaster: fast shutdown, after 30 s without checkpoint, after 5 s more by force.
 * @param signal sends a signal to it
 * @param goneWithin resolves true when it is gone within so many milliseconds
 */
export async function stopPostmaster(
  signal: (name: NodeJS.Signals) => void,
  goneWithin: (milliseconds: number) => Promise<boolean>,
): Promise<void> {
  signal('SIGINT')
  if (await goneWithin(FAST_SHUTDOWN_MS)) return
  signal('SIGQUIT')
  if (await goneWithin(IMMEDIATE_SHUTDOWN_MS)) return
  signal('SIGKILL')
  await goneWithin(IMMEDIATE_SHUTDOWN_MS)
}

/** Stops a postmaster this process started; returns when it is gone. */
export async function stopGuarded(server: GuardedProcess): Promise<void> {
  await stopPostmaster(server.signal, async (milliseconds) => {
    const waiting = new AbortController()
    const timeout = pause(milliseconds, false, { signal: waiting.signal }).catch(() => false)
    const isGone = await Promise.race([server.ended.then(() => true), timeout])
    waiting.abort()
    return isGone
  })
}

/** Sends a signal to any process; one that is already gone is no error. */
export function signalPid(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

/** Whether a process with this id exists (also one of another user, also a zombie). */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

interface ProcessEntry {
  readonly pid: number
  readonly argv: readonly string[]
}

async function readCommandLine(pid: number): Promise<readonly string[]> {
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return raw.split('\0')
}

async function listFromProc(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  return Promise.all(pids.map(async (pid) => ({ pid, argv: await readCommandLine(pid) })))
}

async function listFromPs(): Promise<ProcessEntry[]> {
  const child = spawn('ps', ['-axww', '-o', 'pid=,command='], { stdio: ['ignore', 'pipe', 'ignore'] })
  const entries: ProcessEntry[] = []
  child.once('error', () => child.stdout.destroy())
  for await (const line of createInterface({ input: child.stdout })) {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    if (pid === undefined || command === undefined) continue
    // Arguments are not separated here; the guard's shell has the server's command line as its own arguments.
    const [path, options] = command.startsWith('sh -c ') ? [command] : command.split(/(?<=\/postgres) (?=-D )/)
    entries.push({ pid: Number(pid), argv: options === undefined ? [command] : [path ?? '', ...options.split(' ')] })
  }
  return entries
}

/** Processes of one cluster: the postmaster has its options, its children a title that begins with the cluster's name. */
export interface ClusterProcesses {
  readonly postmasters: readonly number[]
  readonly backends: readonly number[]
}

/**
 * Finds the living processes of a cluster by the `cluster_name` it was started with. Works without any file of the
 * cluster, and as root without CAP_SYS_PTRACE (containers), where /proc/<pid>/cwd of another user cannot be read.
 */
export async function findClusterProcesses(clusterName: string): Promise<ClusterProcesses> {
  const entries = process.platform === 'linux' ? await listFromProc() : await listFromPs()
  const isPostmaster = ({ argv }: ProcessEntry): boolean =>
    basename(argv[0] ?? '') === 'postgres' && argv.includes(`cluster_name=${clusterName}`)
  const isBackend = ({ argv }: ProcessEntry): boolean => argv[0]?.startsWith(`postgres: ${clusterName}: `) ?? false
  return {
    postmasters: entries.filter(isPostmaster).map(({ pid }) => pid),
    backends: entries.filter(isBackend).map(({ pid }) => pid),
  }
}

/** Whether a living process may be the postmaster of a directory; a zombie, another program or cluster is not. */
export async function mayServeDirectory(pid: number, directory: string): Promise<boolean> {
  const entries = process.platform === 'linux' ? [{ pid, argv: await readCommandLine(pid) }] : await listFromPs()
  const argv = entries.find((entry) => entry.pid === pid)?.argv ?? []
  if (basename(argv[0] ?? '') !== 'postgres') return false
  const served = argv.slice(argv.indexOf('-D') + 1).join(' ')
  return !argv.includes('-D') || !isAbsolute(served) || served.startsWith(directory)
}

/** Polls until a condition holds; false when it does not within the given milliseconds. */
export async function waitUntil(condition: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  for (;;) {
    if (await condition()) return true
    if (performance.now() >= deadline) return false
    await pause(50)
  }
}
