/**
 * Installs a fresh clone and starts it with the versions of npm and Node.js that newcomers have. `npm run test:install`;
 * other pairs can be named: `npm run test:install -- npm@10 node@22` tries each npm with each Node.js.
 *
 * It needs git and the npm registry, and is no part of `npm test` for that reason. Each pair must start the server until
 * it is ready, run a command, run a test file, and stop on SIGTERM.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Which Node.js versions a clone is started with that an npm installed. npm 10 comes with 20 and 22, 11 with later ones. */
const PAIRS: Readonly<Record<string, readonly string[]>> = { 10: ['20', '22'], 11: ['24', '26'] }
/** How long one command may take, and the server until it is ready, in milliseconds. */
const PATIENCE_MS = 600_000
/** A test file that needs nothing of the dependencies for development. */
const TEST_FILE = 'src/storage/keys.test.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
// A path with a space, as home directories on macOS and Windows have.
const scratch = join(mkdtempSync(join(tmpdir(), 'polydesk-install-')), 'with space')

type Environment = Readonly<Record<string, string>>

/** Almost nothing of ours: above all neither our Node.js in PATH nor what npm tells the scripts that it runs. */
function environment(node: string): Environment {
  const given = { HOME: process.env['HOME'], npm_config_cache: process.env['npm_config_cache'] }
  const kept = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return { ...Object.fromEntries(kept), PATH: [node, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter) }
}

async function quietly(program: string, args: readonly string[], cwd: string, env?: Environment): Promise<string> {
  const { stdout } = await run(program, args, { cwd, timeout: PATIENCE_MS, maxBuffer: 2 ** 26, ...(env && { env }) })
  return stdout
}

/** Brings a package of the registry into the scratch folder. @returns its directory */
async function bring(name: string, version: string): Promise<string> {
  const prefix = join(scratch, `${name}-${version}`)
  mkdirSync(prefix, { recursive: true })
  await quietly('npm', ['install', '--prefix', prefix, '--no-save', `${name}@${version}`], scratch)
  return join(prefix, 'node_modules', name)
}

interface Npm {
  readonly version: string
  readonly program: string
}

/** The directory of an npm in front of PATH would bring its own `node`, so its file is run by name. */
function npm({ program }: Npm, args: readonly string[], clone: string, node: string): Promise<string> {
  return quietly(join(node, 'node'), [program, ...args], clone, environment(node))
}

async function install(npmGiven: Npm, node: string): Promise<string> {
  const clone = join(scratch, `clone npm ${npmGiven.version}`)
  await quietly('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone], scratch)
  await npm(npmGiven, ['ci', '--omit=dev', '--prefer-offline'], clone, node)
  return clone
}

/** Starts the server and waits until it is ready; meanwhile runs a command on it; then stops it. */
async function startOnce(npmGiven: Npm, clone: string, node: string): Promise<void> {
  const dataDir = join(scratch, 'data', `npm ${npmGiven.version} ${Date.now()}`)
  mkdirSync(join(scratch, 'data'), { recursive: true })
  const env = { ...environment(node), PORT: '0', POLYDESK_DATA_DIR: dataDir }
  const server = spawn(join(node, 'node'), [npmGiven.program, 'start'], { cwd: clone, env })
  let said = ''
  const hear = (text: Buffer): void => {
    said += text
  }
  server.stdout.on('data', hear)
  server.stderr.on('data', hear)
  const ended = once(server, 'exit')
  try {
    let url: string | undefined
    for (const deadline = Date.now() + PATIENCE_MS; url === undefined; await pause(100)) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`The server did not start:\n${said}`)
      url = /listens at (\S+): ready/.exec(said)?.[1]
    }
    const { status } = await fetch(`${url}/readyz`)
    if (status !== 200) throw new Error(`/readyz answers ${status}:\n${said}`)
    const command = [npmGiven.program, 'run', 'polydesk', '--', 'tenant', 'list']
    const { stdout } = await run(join(node, 'node'), command, { cwd: clone, env, timeout: PATIENCE_MS })
    if (!stdout.includes('Demo')) throw new Error(`tenant list shows no demo tenant:\n${stdout}`)
  } finally {
    server.kill('SIGTERM')
    await ended
  }
  if (!said.includes('Stopped.')) throw new Error(`The server did not stop by itself:\n${said}`)
}

/** The ways to the program beside `npm start`. */
async function callByHand(npmGiven: Npm, clone: string, node: string): Promise<void> {
  const link = join(scratch, `polydesk-${Date.now()}`)
  symlinkSync(join(clone, 'bin', 'polydesk.mjs'), link)
  const env = environment(node)
  const answers = [
    await quietly(join(node, 'node'), [link, '--version'], scratch, env),
    await quietly(link, ['--version'], scratch, env),
    await npm(npmGiven, ['exec', '--', 'polydesk', '--version'], clone, node),
  ]
  for (const answer of answers) {
    if (!/^\d+\.\d+\.\d+$/.test(answer.trim())) throw new Error(`polydesk --version answers ${answer}`)
  }
}

/** The pairs to try: those of the arguments, or the usual ones. */
function wanted(given: readonly string[]): typeof PAIRS {
  const named = (name: string) => given.flatMap((each) => (each.startsWith(name) ? [each.slice(name.length)] : []))
  return given.length === 0 ? PAIRS : Object.fromEntries(named('npm@').map((version) => [version, named('node@')]))
}

mkdirSync(scratch, { recursive: true })
try {
  for (const [npmVersion, nodeVersions] of Object.entries(wanted(process.argv.slice(2)))) {
    const given: Npm = { version: npmVersion, program: join(await bring('npm', npmVersion), 'bin', 'npm-cli.js') }
    const nodes = new Map<string, string>()
    for (const version of nodeVersions)
      nodes.set(version, join(await bring(`node-linux-${process.arch}`, version), 'bin'))
    const [first] = nodes.values()
    if (first === undefined) throw new Error(`No version of Node.js to try with npm ${npmVersion}.`)
    const clone = await install(given, first)
    for (const [version, node] of nodes) {
      await startOnce(given, clone, node)
      await callByHand(given, clone, node)
      await npm(given, ['test', '--', TEST_FILE], clone, node)
      console.log(`npm ${npmVersion}, Node.js ${version}: starts, answers, stops, is called by hand, and is tested.`)
    }
  }
} finally {
  rmSync(join(scratch, '..'), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
