/**
 * The benchmark: the real server against a bare one, on one fresh PostgreSQL that syncs every commit to disk, with the
 * load in a process of its own. Nothing leaves 127.0.0.1. See README.md beside this file.
 *
 *   npm run bench -- [--only create,get,list] [--connections 16,64] [--seconds 5] [--rounds 3] [--tenants 1000]
 *                    [--tickets 60] [--large 300000] [--against DIR] [--profile DIR]
 *   npm run bench -- --search     (search.ts)
 *   npm run bench -- --console    (console.ts)
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { type EmbeddedPostgres, startEmbedded } from '../src/storage/embedded.ts'
import { type Child, startChild } from './child.ts'
import { benchConsole, readConsoleOptions } from './console.ts'
import { type Filling, fillBare, fillPolydesk } from './fill.ts'
import { COMMON, LIST_LIMIT, Measured, OPERATIONS, type Operation, type Round, Target } from './load.ts'
import { type RoundResult, report } from './report.ts'
import { benchSearch, readSearchOptions } from './search.ts'
import { Listening, Usage } from './server.ts'

/** Load before the figures count in each round: connections are opened, statements prepared, code compiled. */
const WARM_UP_SECONDS = 1

/** PostgreSQL's own processes report their CPU in hundredths of a second on Linux. */
const MICROSECONDS_PER_TICK = 10_000

interface Options {
  readonly operations: readonly Operation[]
  readonly connections: readonly number[]
  readonly seconds: number
  readonly rounds: number
  readonly filling: Filling
  /** The folder of another build to compare with. */
  readonly against: string | undefined
  readonly profileDir: string | undefined
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: COMMON.join(',') },
      connections: { type: 'string', default: '16,64' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      tenants: { type: 'string', default: '1000' },
      tickets: { type: 'string', default: '60' },
      large: { type: 'string', default: '0' },
      against: { type: 'string' },
      profile: { type: 'string' },
    },
  })
  const number = (name: string, text: string, least: number): number => {
    const value = Number(text)
    if (value >= least) return value
    throw new Error(`--${name} must be a number of at least ${least}, not ${text}.`)
  }
  const only = values.only === 'all' ? OPERATIONS : values.only.split(',')
  const operations = OPERATIONS.filter((each) => only.includes(each))
  if (operations.length !== only.length) throw new Error(`--only takes all, or some of ${OPERATIONS.join(',')}.`)
  return {
    operations,
    connections: values.connections.split(',').map((each) => number('connections', each, 1)),
    seconds: number('seconds', values.seconds, 0.1),
    rounds: number('rounds', values.rounds, 1),
    filling: {
      tenants: number('tenants', values.tenants, 1),
      ticketsPerTenant: number('tickets', values.tickets, LIST_LIMIT),
      large: number('large', values.large, 0),
    },
    against: values.against && resolve(values.against),
    profileDir: values.profile,
  }
}

/** A server under test, with the process that loads it. */
interface Contestant {
  readonly name: RoundResult['server']
  readonly database: string
  readonly server: Child
  readonly load: Child
  /** What it can be asked to do. */
  readonly operations: readonly Operation[]
}

interface Start {
  readonly name: Contestant['name']
  /** The program, in this folder or by its whole path. */
  readonly file: string
  readonly fill: (connection: pg.PoolConfig) => Promise<Target[]>
  readonly flags?: readonly string[]
}

async function startContestant(
  embedded: EmbeddedPostgres,
  { name, file, fill, flags = [] }: Start,
): Promise<Contestant> {
  const database = `bench_${name}`
  await onServer(embedded, (client) => client.query(`create database ${database}`))
  const targets = await fill({ ...embedded.connection, database })
  const { host, port, user } = embedded.connection
  const url = `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}&port=${port}`
  const environment = { DATABASE_URL: url, POLYDESK_DATA_DIR: join(dataDir, name) }
  const server = startChild(file, { environment, flags })
  const listening = await server.ask('listening', Listening)
  const load = startChild('load.ts')
  await load.ask({ url: listening.url, targets }, Type.Object({}))
  const hasVendors = targets.every(({ vendors }) => vendors !== undefined)
  const polydesk = OPERATIONS.filter((operation) => hasVendors || !operation.includes('.'))
  return { name, database, server, load, operations: name === 'bare' ? COMMON : polydesk }
}

/** How another build fills a database: by the benchmark that it has itself. @throws Error when it has none. */
async function fillOf(folder: string): Promise<(to: pg.PoolConfig, filling: Filling) => Promise<Target[]>> {
  const module: unknown = await import(join(folder, 'bench', 'fill.ts'))
  const fill = typeof module === 'object' && module !== null && 'fillPolydesk' in module ? module.fillPolydesk : null
  if (typeof fill !== 'function') throw new Error(`${folder} has no bench/fill.ts with fillPolydesk.`)
  return async (to, filling) => Value.Parse(Type.Array(Target), await fill(to, filling))
}

async function onServer<T>(embedded: EmbeddedPostgres, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(embedded.connection)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function measure(contestant: Contestant, embedded: EmbeddedPostgres, round: Round): Promise<RoundResult> {
  const { name, server, load, database } = contestant
  await load.ask({ ...round, seconds: Math.min(WARM_UP_SECONDS, round.seconds) }, Measured)
  const databaseBefore = await databaseCpu(embedded, database)
  const before = await server.ask('usage', Usage)
  const measured = await load.ask(round, Measured)
  const after = await server.ask('usage', Usage)
  const databaseAfter = await databaseCpu(embedded, database)
  return {
    ...measured,
    server: name,
    operation: round.operation,
    connections: round.connections,
    nodeCpu: after.cpuMicroseconds - before.cpuMicroseconds,
    databaseCpu: usedBetween(databaseBefore, databaseAfter),
    residentBytes: after.residentBytes,
  }
}

/** What each process behind a database's connections has used so far, in microseconds; none where /proc is missing. */
async function databaseCpu(embedded: EmbeddedPostgres, database: string): Promise<ReadonlyMap<number, number>> {
  const backends = await onServer(embedded, (client) =>
    client.query<{ pid: number }>(
      "select pid from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
      [database],
    ),
  )
  const used = await Promise.all(backends.rows.map(async ({ pid }) => [pid, await ticksOf(pid)] as const))
  return new Map(used.filter((each): each is [number, number] => each[1] !== null))
}

/** What was used by those that are still there afterwards: a connection that was idle for long may have been closed. */
function usedBetween(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number | null {
  if (after.size === 0) return null
  return [...after].reduce((sum, [pid, used]) => sum + used - (before.get(pid) ?? 0), 0)
}

async function ticksOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  // After the name, which may hold anything but ends with the last bracket: the 12th and 13th are user and system time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK
}

async function compare(
  options: Options,
  embedded: EmbeddedPostgres,
  contestants: Contestant[],
): Promise<RoundResult[]> {
  const { filling, against, profileDir } = options
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  say(`Filling ${filling.tenants} tenants with ${filling.ticketsPerTenant} tickets each ...`)
  const start = async (each: Start): Promise<void> => {
    contestants.push(await startContestant(embedded, each))
  }
  await start({ name: 'polydesk', file: 'polydesk.ts', fill: (to) => fillPolydesk(to, filling), flags: profiling })
  await start({ name: 'bare', file: 'bare.ts', fill: (to) => fillBare(to, filling) })
  if (against !== undefined) {
    const fill = await fillOf(against)
    await start({ name: 'before', file: join(against, 'bench', 'polydesk.ts'), fill: (to) => fill(to, filling) })
  }

  const results: RoundResult[] = []
  for (const operation of options.operations) {
    for (const connections of options.connections) {
      say(`Measuring ${operation} over ${connections} connections ...`)
      for (let nth = 0; nth < options.rounds; nth++) {
        // Each goes first in turn, so that what drifts on the machine favours none.
        const inTurn = nth % 2 === 0 ? contestants : contestants.toReversed()
        for (const contestant of inTurn.filter(({ operations }) => operations.includes(operation))) {
          results.push(await measure(contestant, embedded, { operation, connections, seconds: options.seconds }))
        }
      }
    }
  }
  return results
}

function say(message: string): void {
  console.error(message)
}

const dataDir = await mkdtemp(join(tmpdir(), 'polydesk-bench-'))

async function run(): Promise<void> {
  const options = readOptions()
  const contestants: Contestant[] = []
  let embedded: EmbeddedPostgres | undefined
  try {
    embedded = await startEmbedded({ dataDir, log: (level, message) => level !== 'info' && say(message) })
    const results = await compare(options, embedded, contestants)
    const { rounds, seconds, filling } = options
    console.log(report(results))
    console.log(
      `\nMedians of ${rounds} rounds of ${seconds} s each, in turn; ${filling.tenants} tenants with ${filling.ticketsPerTenant} tickets at first${filling.large > 0 ? `, one with ${filling.large}` : ''}; ` +
        `PostgreSQL ${embedded.majorVersion} with fsync; Node ${process.versions.node}; ${cpus().length} cores shared by server, database and load.`,
    )
  } finally {
    await Promise.all(contestants.flatMap(({ server, load }) => [server.stop(), load.stop()]))
    await embedded?.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const args = process.argv.slice(2)
if (args.includes('--search')) await benchSearch(readSearchOptions(args), dataDir)
else if (args.includes('--console')) await benchConsole(readConsoleOptions(args), dataDir)
else await run()
