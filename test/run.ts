/**
 * Runs the test suite on a real PostgreSQL: one server for the run, one database (a clone of a migrated template) for
 * each test file. `npm test` runs everything but the long ones (`long.ts`), which `npm run test:long` runs; `npm test -- FILE ...`
 * some files, of either. What ran and what it saw is kept for `npm run generate`. `npm test -- --changed` runs the files that
 * a change can reach. `npm run test:deploy` runs the tests with other programs before and behind Polydesk, which are kept
 * apart because they need these installed; `npm run test:mail` those with real mail servers.
 *
 * With TEST_DATABASE_URL an existing PostgreSQL 15+ is used instead of the embedded one; its user must be allowed to
 * create databases.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { OPTIONS } from '../src/config.ts'
import { openDatabase } from '../src/storage/database.ts'
import { startEmbedded } from '../src/storage/embedded.ts'
import { migrate } from '../src/storage/migrate.ts'
import { changedSince, reachedBy } from './changed.ts'
import { TEMPLATE } from './database.ts'
import { APART, findProgram, packagesOf } from './deploy/programs.ts'
import { longTests } from './long.ts'
import { KEPT_INSTALLATION } from './process.ts'
import { fileName, forget, forgetAllBut } from './record.ts'
import { hasBrowser, programAlone, programOf, sharesItsProcess } from './together.ts'

const root = join(import.meta.dirname, '..')

/** How many processes run tests at the same time. */
const AT_ONCE = 3

interface Server {
  readonly connection: pg.PoolConfig
  stop(): Promise<void>
}

async function startServer(): Promise<Server> {
  const url = process.env['TEST_DATABASE_URL']
  if (url) return { connection: { connectionString: url }, stop: async () => {} }
  const dataDir = mkdtempSync(join(tmpdir(), 'polydesk-test-'))
  const embedded = await startEmbedded({
    dataDir,
    log: (level, message) => level === 'error' && console.error(message),
    fsync: false,
    // Databases of tests live for seconds: nothing in them is worth sweeping.
    settings: { autovacuum: 'off', max_connections: '300', full_page_writes: 'off', synchronous_commit: 'off' },
  })
  return {
    connection: embedded.connection,
    async stop() {
      await embedded.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function makeTemplate(connection: pg.PoolConfig): Promise<void> {
  const admin = new pg.Client(connection)
  await admin.connect()
  await admin.query(`drop database if exists ${TEMPLATE} with (force)`)
  await admin.query(`create database ${TEMPLATE}`)
  await admin.end()
  const { connectionString, ...rest } = connection
  const to =
    connectionString === undefined
      ? { ...rest, database: TEMPLATE }
      : { connectionString: withDatabase(connectionString) }
  const database = openDatabase({ connection: to })
  await migrate(database)
  await database.close()
}

function withDatabase(url: string): string {
  const changed = new URL(url)
  changed.pathname = `/${TEMPLATE}`
  return changed.href
}

/** Nothing of how the developer runs a server of their own. */
function environment(): NodeJS.ProcessEnv {
  const options = new Set<string>(Object.values(OPTIONS).map(({ name }) => name))
  const kept = Object.entries(process.env).filter(([name]) => !options.has(name))
  // Hundreds of processes read the same sources: compiled once, each begins with a third of its CPU saved.
  return { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'polydesk-test'), ...Object.fromEntries(kept) }
}

function run(files: readonly string[], connection: pg.PoolConfig, isKept: boolean): Promise<number> {
  const reporters = ['spec', ...(isKept ? [join(import.meta.dirname, 'reporter.ts')] : [])].flatMap((reporter) => [
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
  ])
  const flags = ['--test', ...reporters, `--test-concurrency=${AT_ONCE}`, '--test-timeout=900000']
  const { sharing = [], alone = [] } = Object.groupBy(
    files.map((file) => resolve(root, file)),
    (file) => (sharesItsProcess(file) ? 'sharing' : 'alone'),
  )
  // What is looked at is what the sources are now.
  if (files.some(hasBrowser)) execFileSync(process.execPath, [join(root, 'bin', 'prepare.mjs')], { stdio: 'inherit' })
  const scratch = mkdtempSync(join(tmpdir(), 'polydesk-run-'))
  // Each gets as many of the long ones, which take longest.
  const longestFirst = sharing.toSorted((one, other) => statSync(other).size - statSync(one).size)
  const groups = Object.values(Object.groupBy(longestFirst, (file) => String(longestFirst.indexOf(file) % AT_ONCE)))
  const { first = [], later = [] } = Object.groupBy(
    alone.toSorted((one, other) => statSync(other).size - statSync(one).size),
    (file) => (hasBrowser(file) ? 'first' : 'later'),
  )
  const programs = [
    ...first.map(programAlone),
    ...groups.map((group = []) => programOf(group)),
    ...later.map(programAlone),
  ].map((text, nth) => {
    // The runner goes by their names.
    const program = join(scratch, `${String(nth).padStart(3, '0')}.mjs`)
    writeFileSync(program, text)
    return program
  })
  // Where nothing is: ./data is the developer's, and whoever forgets to name a data directory is found out.
  const elsewhere = join(scratch, 'cwd')
  mkdirSync(elsewhere)
  const child = spawn(process.execPath, [...flags, ...programs], {
    cwd: elsewhere,
    stdio: 'inherit',
    env: {
      ...environment(),
      POLYDESK_TEST_CONNECTION: JSON.stringify(connection),
      [KEPT_INSTALLATION]: join(scratch, 'installation'),
    },
  })
  return new Promise((resolve) =>
    child.on('exit', (code) => {
      const left = readdirSync(elsewhere)
      rmSync(scratch, { recursive: true, force: true })
      if (left.length > 0) console.error(`\nA test wrote ${left.join(', ')} into the directory it was started in.`)
      resolve(left.length > 0 ? 1 : (code ?? 1))
    }),
  )
}

const LONG_FLAG = '--long'

function testsOf(suite: (typeof APART)[number]): string {
  return `test/${suite}/*.test.ts`
}

/** In one line that nobody overlooks. */
function tellWhatIsSkipped(suite: (typeof APART)[number]): void {
  const missing = [...packagesOf(suite)].filter(([program]) => findProgram(program) === null)
  if (missing.length === 0) return
  const [programs, packages] = [missing.map(([program]) => program), missing.map(([, name]) => name)]
  console.log(`\n!!! SKIPPED what needs ${programs.join(', ')}: apt-get install ${packages.join(' ')}\n`)
}

const CHANGED_FLAG = '--changed'

/** `--changed` alone compares with main, or with the last commit where that is main; `--changed=COMMIT` with that. */
function basedOn(flag: string): string {
  if (flag.startsWith(`${CHANGED_FLAG}=`)) return flag.slice(CHANGED_FLAG.length + 1)
  const known = spawnSync('git', ['rev-parse', '--verify', '--quiet', 'origin/main'], { cwd: root }).status === 0
  return known ? 'origin/main' : 'HEAD'
}

const given = process.argv.slice(2)
const suite = APART.find((each) => given.includes(`--${each}`))
const isLong = given.includes(LONG_FLAG)
const changedFlag = given.find((each) => each === CHANGED_FLAG || each.startsWith(`${CHANGED_FLAG}=`))
const named = given.filter((each) => each !== `--${suite}` && each !== LONG_FLAG && each !== changedFlag)
const all = suite ? [testsOf(suite)] : ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts']
const every = globSync(all, { cwd: root, exclude: suite ? [] : APART.map(testsOf) }).sort()
const long = new Set(longTests(root))
const ofThisRun = suite ? every : every.filter((file) => long.has(file) === isLong)
const some = changedFlag === undefined ? named : reachedBy(root, changedSince(root, basedOn(changedFlag)), every)
if (changedFlag !== undefined) console.log(`${some.length} of ${every.length} test files can see what changed.`)
if (changedFlag !== undefined && some.length === 0) process.exit(0)
const files = some.length > 0 ? some : ofThisRun
// Where a program is missing a deployment shows nothing, so the documents are not made of them.
if (!suite) {
  forgetAllBut(every)
  forget(files.map((file) => fileName(resolve(file))))
}
const server = await startServer()
let code = 1
try {
  await makeTemplate(server.connection)
  code = await run(files, server.connection, !suite)
} finally {
  await server.stop()
}
if (suite) tellWhatIsSkipped(suite)
process.exit(code)
