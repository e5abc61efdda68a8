/**
 * Runs the test suite on a real PostgreSQL: one server for the run, one database (a clone of a migrated template) for
 * each test file. `npm test` runs everything, `npm test -- FILE ...` some files. What ran and what it saw is kept for
 * `npm run generate`. `npm run test:deploy` runs the tests with other programs before and behind Polydesk, which are kept
 * apart because they need these installed.
 *
 * With TEST_DATABASE_URL an existing PostgreSQL 15+ is used instead of the embedded one; its user must be allowed to
 * create databases.
 */
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { openDatabase } from '../src/storage/database.ts'
import { startEmbedded } from '../src/storage/embedded.ts'
import { migrate } from '../src/storage/migrate.ts'
import { TEMPLATE } from './database.ts'
import { findProgram, PACKAGES } from './deploy/programs.ts'
import { fileName, forget } from './record.ts'

const root = join(import.meta.dirname, '..')

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
    settings: { max_connections: '300', full_page_writes: 'off', synchronous_commit: 'off' },
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

function run(files: readonly string[], connection: pg.PoolConfig, isKept: boolean): Promise<number> {
  const reporters = ['spec', ...(isKept ? ['./test/reporter.ts'] : [])].flatMap((reporter) => [
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
  ])
  const flags = ['--test', ...reporters, '--test-concurrency=3', '--test-timeout=300000']
  const child = spawn(process.execPath, [...flags, ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, POLYDESK_TEST_CONNECTION: JSON.stringify(connection) },
  })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}

const DEPLOY_FLAG = '--deploy'
const DEPLOYMENTS = 'test/deploy/*.test.ts'

/** In one line that nobody overlooks. */
function tellWhatIsSkipped(): void {
  const missing = [...PACKAGES].filter(([program]) => findProgram(program) === null)
  if (missing.length === 0) return
  const [programs, packages] = [missing.map(([program]) => program), missing.map(([, name]) => name)]
  console.log(`\n!!! SKIPPED what needs ${programs.join(', ')}: apt-get install ${packages.join(' ')}\n`)
}

const given = process.argv.slice(2)
const isDeploy = given.includes(DEPLOY_FLAG)
const named = given.filter((each) => each !== DEPLOY_FLAG)
const all = isDeploy ? [DEPLOYMENTS] : ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts']
const files = named.length > 0 ? named : globSync(all, { cwd: root, exclude: isDeploy ? [] : [DEPLOYMENTS] }).sort()
// Where a program is missing a deployment shows nothing, so the documents are not made of them.
if (!isDeploy) forget(named.length > 0 ? named.map((file) => fileName(resolve(file))) : 'all')
const server = await startServer()
let code = 1
try {
  await makeTemplate(server.connection)
  code = await run(files, server.connection, !isDeploy)
} finally {
  await server.stop()
}
if (isDeploy) tellWhatIsSkipped()
process.exit(code)
