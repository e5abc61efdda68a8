import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbedded } from './embedded.ts'
import { findBinaries, restoreSymlinks } from './embedded-binaries.ts'
import { explainFailure } from './embedded-error.ts'

const isRoot = process.getuid?.() === 0
const isLinux = process.platform === 'linux'
const ORDINARY = 12_345
const NOBODY = 65_534

/** A data directory of its own under /tmp (short, and reachable by every user), removed after the test. */
async function newDataDir(t: TestContext, mode = 0o755): Promise<string> {
  const directory = realpathSync(await mkdtemp('/tmp/polydesk-test-'))
  await chmod(directory, mode)
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return directory
}

/** A data directory whose first start was before: a copy, for tests of what comes later. */
async function laterDataDir(t: TestContext): Promise<string> {
  const dataDir = await newDataDir(t)
  // With owners and rights, on which the database insists.
  execFileSync('cp', ['-a', `${await firstStart()}/.`, dataDir])
  return dataDir
}

let kept: Promise<string> | undefined

/** What the first start of all left. */
function firstStart(): Promise<string> {
  kept ??= (async () => {
    const dataDir = realpathSync(await mkdtemp('/tmp/polydesk-test-'))
    await chmod(dataDir, 0o755)
    const server = await startEmbedded({ dataDir, fsync: false, log: () => {} })
    await server.stop()
    return dataDir
  })()
  return kept
}

after(async () => {
  if (kept) await rm(await kept, { recursive: true, force: true })
})

async function start(t: TestContext, dataDir: string, log: string[] = [], fsync = false): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ dataDir, fsync, log: (level, message) => log.push(`${level} ${message}`) })
  t.after(() => server.stop())
  return server
}

async function query<Row extends pg.QueryResultRow>(
  connection: EmbeddedPostgres['connection'],
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ ...connection, ssl: false })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

async function failureOf(started: Promise<unknown>): Promise<EmbeddedPostgresError> {
  try {
    await started
  } catch (error) {
    assert.ok(error instanceof EmbeddedPostgresError, String(error))
    return error
  }
  return assert.fail('it started')
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function processesOf(dataDir: string, program: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids
    .filter((pid) => {
      const argv = commandLine(pid)
      return (argv[0] ?? '').endsWith(program) && argv.includes(join(dataDir, 'postgres-18'))
    })
    .map(Number)
}

function parentOf(pid: number): number {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
    return Number(afterName.split(' ')[1])
  } catch {
    return 0
  }
}

function postmastersOf(dataDir: string): number[] {
  const candidates = processesOf(dataDir, 'postgres')
  // A backend just forked has the command line of its postmaster until it gives itself a title.
  return candidates.filter((pid) => existsSync(`/proc/${pid}`) && !candidates.includes(parentOf(pid)))
}

function uidOf(pid: number): number {
  return statSync(`/proc/${pid}`).uid
}

async function until(what: string, condition: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !(await condition()); await pause(50)) {
    if (Date.now() > deadline) assert.fail(`${what} did not happen within ${milliseconds} ms`)
  }
}

interface Report {
  connection?: EmbeddedPostgres['connection']
  reason?: string
  message?: string
}

const OWNER_SCRIPT = `
  const { startEmbedded } = await import(process.argv[1])
  try {
    const server = await startEmbedded({ dataDir: process.argv[2], fsync: false, log: () => {} })
    console.log(JSON.stringify({ connection: server.connection }))
    process.stdin.once('end', () => server.stop()).resume()
  } catch (error) {
    console.log(JSON.stringify({ reason: String(error.reason), message: error.message }))
    process.stdin.destroy()
  }`

interface Owner {
  process: ChildProcess
  /** what it reported: running or refused; empty when it died before */
  report: Promise<Report>
  /** resolves with the exit code */
  exited: Promise<number | null>
  /** asks it to stop; it must then end by itself */
  stop(): void
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null
}

/** A server in its own Node process, as the given user. */
function spawnOwner(t: TestContext, dataDir: string, uid?: number): Owner {
  const user = uid === undefined ? {} : { uid, gid: uid }
  const args = ['--input-type=module', '-e', OWNER_SCRIPT, new URL('./embedded.ts', import.meta.url).href, dataDir]
  const child = spawn(process.execPath, args, { ...user, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lines = createInterface({ input: child.stdout })
  const report = new Promise<Report>((resolve) => {
    lines.once('line', (line) => {
      const value: unknown = JSON.parse(line)
      resolve(isReport(value) ? value : {})
    })
    lines.once('close', () => resolve({}))
  })
  return { process: child, report, exited, stop: () => child.stdin.end() }
}

async function connectionOf(owner: Owner): Promise<EmbeddedPostgres['connection']> {
  const { connection, message } = await owner.report
  return connection ?? assert.fail(message ?? 'the owner died')
}

describe('embedded PostgreSQL', { concurrency: 3, skip: isLinux ? false : 'looks into /proc' }, () => {
  it('keeps data over a restart, flushes to disk, and is private', async (t) => {
    const dataDir = await newDataDir(t)
    const first = await start(t, dataDir, [], true)
    const { host, port } = first.connection
    assert.equal(first.majorVersion, 18)
    assert.ok(Buffer.byteLength(`${host}/.s.PGSQL.${port}`) <= 107)
    assert.equal(statSync(host).mode & 0o777, 0o700)
    const settings = await query<{ name: string; setting: string }>(
      first.connection,
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'listen_addresses', 'TimeZone', 'data_checksums') ORDER BY name",
    )
    assert.deepEqual(
      settings.map(({ name, setting }) => `${name}=${setting}`),
      ['TimeZone=UTC', 'data_checksums=on', 'fsync=on', 'full_page_writes=on', 'listen_addresses='],
    )
    await query(first.connection, 'CREATE TABLE note AS SELECT 42 AS answer')
    await Promise.all([first.stop(), first.stop()])
    assert.equal(existsSync(host), false)
    assert.deepEqual(postmastersOf(dataDir), [])

    const second = await start(t, dataDir)
    assert.deepEqual(await query(second.connection, 'SELECT answer FROM note'), [{ answer: 42 }])
    assert.equal(second.restarts(), 0)
    await second.stop()
    assert.deepEqual((await readdir(dataDir)).sort(), ['postgres-18', 'postgres.lock'])
  })

  it('passes extra settings on', async (t) => {
    const dataDir = await laterDataDir(t)
    const server = await startEmbedded({ dataDir, fsync: false, log: () => {}, settings: { work_mem: '7MB' } })
    t.after(() => server.stop())
    assert.deepEqual(await query(server.connection, 'SHOW work_mem'), [{ work_mem: '7MB' }])
  })

  it('explains a setting PostgreSQL refuses', async (t) => {
    const dataDir = await laterDataDir(t)
    const settings = { shared_buffers: 'plenty' }
    const error = await failureOf(startEmbedded({ dataDir, fsync: false, log: () => {}, settings }))
    assert.equal(error.reason, 'failed')
    assert.match(error.message, /shared_buffers[\s\S]*DATABASE_URL/)
    await (await start(t, dataDir)).stop()
  })

  it('survives kill -9 of its owner: the database stops by itself and nothing committed is lost', async (t) => {
    const dataDir = await laterDataDir(t)
    const owner = spawnOwner(t, dataDir)
    const connection = await connectionOf(owner)
    await query(connection, 'CREATE TABLE note AS SELECT 1 AS id')
    owner.process.kill('SIGKILL')
    const next = await start(t, dataDir)
    assert.equal(postmastersOf(dataDir).length, 1)
    assert.deepEqual(await query(next.connection, 'SELECT id FROM note'), [{ id: 1 }])
    assert.equal(existsSync(connection.host), false, 'the old socket directory is removed')

    const another = spawnOwner(t, await laterDataDir(t))
    const { host } = await connectionOf(another)
    another.process.kill('SIGKILL')
    await until('the orphan ending by itself', () => !existsSync(join(host, '.s.PGSQL.5432')), 5_000)
    rmSync(host, { recursive: true, force: true })
  })

  it('takes over a database whose owner and guard are both gone', async (t) => {
    const dataDir = await laterDataDir(t)
    const owner = spawnOwner(t, dataDir)
    await query(await connectionOf(owner), 'CREATE TABLE note AS SELECT 2 AS id')
    const [guard] = processesOf(dataDir, 'sh')
    const [orphan] = postmastersOf(dataDir)
    assert.ok(guard !== undefined && orphan !== undefined)
    process.kill(guard, 'SIGKILL')
    owner.process.kill('SIGKILL')
    await owner.exited
    await pause(300)
    assert.deepEqual(postmastersOf(dataDir), [orphan], 'it lives on')
    const log: string[] = []
    const next = await start(t, dataDir, log)
    assert.match(log.join('\n'), /left behind/)
    const [running, ...others] = postmastersOf(dataDir)
    assert.notEqual(running, orphan)
    assert.deepEqual(others, [])
    assert.deepEqual(await query(next.connection, 'SELECT id FROM note'), [{ id: 2 }])
  })

  it('refuses a data directory another live server uses, and works once that one has stopped', async (t) => {
    const dataDir = await laterDataDir(t)
    const owner = spawnOwner(t, dataDir)
    await connectionOf(owner)
    const error = await failureOf(start(t, dataDir))
    assert.equal(error.reason, 'in_use')
    assert.match(error.message, /in use by another running Polydesk server.*POLYDESK_DATA_DIR/)
    owner.stop()
    assert.equal(await owner.exited, 0, 'the owner ends by itself after stop')
    const server = await start(t, dataDir)
    assert.equal((await failureOf(start(t, dataDir))).reason, 'in_use', 'also within one process')
    assert.deepEqual(await query(server.connection, 'SELECT 1 AS one'), [{ one: 1 }])
  })

  it('refuses by the lock in the database when the file lock does not work', async (t) => {
    const dataDir = await laterDataDir(t)
    const owner = spawnOwner(t, dataDir)
    const connection = await connectionOf(owner)
    await rm(join(dataDir, 'postgres.lock'))
    const error = await failureOf(start(t, dataDir))
    assert.equal(error.reason, 'in_use')
    assert.deepEqual(await query(connection, 'SELECT 1 AS one'), [{ one: 1 }], 'the owner is not disturbed')
    owner.stop()
    await owner.exited
  })

  it('lets exactly one of two simultaneous first starts win', async (t) => {
    const dataDir = await newDataDir(t)
    const owners = [spawnOwner(t, dataDir), spawnOwner(t, dataDir), spawnOwner(t, dataDir)]
    const reports = await Promise.all(owners.map(({ report }) => report))
    assert.deepEqual(reports.map(({ reason }) => reason ?? 'runs').sort(), ['in_use', 'in_use', 'runs'])
    assert.equal(postmastersOf(dataDir).length, 1)
    for (const owner of owners) owner.stop()
    await Promise.all(owners.map(({ exited }) => exited))
  })

  it('restarts a killed postmaster at the same place, even while a backend hangs on to its memory', async (t) => {
    const dataDir = await laterDataDir(t)
    const log: string[] = []
    const server = await start(t, dataDir, log)
    const before = { ...server.connection }
    await query(server.connection, 'CREATE TABLE note AS SELECT 3 AS id')
    const busy = query(server.connection, 'SELECT count(*) FROM generate_series(1, 1e12)').catch(() => [])
    await pause(200)
    const [postmaster] = postmastersOf(dataDir)
    assert.ok(postmaster !== undefined)
    const killedAt = Date.now()
    process.kill(postmaster, 'SIGKILL')
    await until('the restart', () => server.restarts() === 1)
    assert.deepEqual(await query(server.connection, 'SELECT id FROM note'), [{ id: 3 }])
    assert.ok(Date.now() - killedAt < 20_000)
    assert.deepEqual(server.connection, before)
    assert.match(log.join('\n'), /was killed by SIGKILL, restarting/)
    await busy
    assert.equal(postmastersOf(dataDir).length, 1)
    assert.equal((await failureOf(start(t, dataDir))).reason, 'in_use')
  })

  it('restarts again and again, and also when its socket directory was removed', async (t) => {
    const dataDir = await laterDataDir(t)
    const server = await start(t, dataDir)
    for (const round of [1, 2, 3]) {
      rmSync(server.connection.host, { recursive: true })
      for (const postmaster of postmastersOf(dataDir)) process.kill(postmaster, 'SIGQUIT')
      await until(`restart ${round}`, () => server.restarts() === round)
    }
    assert.deepEqual(await query(server.connection, 'SELECT 1 AS one'), [{ one: 1 }])
    assert.equal(statSync(server.connection.host).mode & 0o777, 0o700)
  })

  it('stops cleanly in the middle of a restart', async (t) => {
    const dataDir = await laterDataDir(t)
    let noticed: () => void = () => {}
    const noticing = new Promise<void>((resolve) => {
      noticed = resolve
    })
    const log = (_level: string, message: string): void => (message.includes('restarting') ? noticed() : undefined)
    const server = await startEmbedded({ dataDir, fsync: false, log })
    for (const postmaster of postmastersOf(dataDir)) process.kill(postmaster, 'SIGKILL')
    await noticing
    await server.stop()
    assert.equal(server.restarts(), 0)
    assert.deepEqual(postmastersOf(dataDir), [])
    await (await start(t, dataDir)).stop()
  })

  it('takes its lock again when only the connection was lost', async (t) => {
    const dataDir = await laterDataDir(t)
    const server = await start(t, dataDir)
    const holders = (): Promise<{ pid: number }[]> =>
      query(server.connection, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
    const [before] = await holders()
    assert.ok(before !== undefined)
    await query(server.connection, `SELECT pg_terminate_backend(${before.pid})`)
    await until('a new lock', async () => (await holders()).some(({ pid }) => pid !== before.pid))
    assert.equal(server.restarts(), 0)
  })

  it('recovers from a first start that was killed, at any moment', async (t) => {
    const dataDir = await newDataDir(t)
    for (const delay of [150, 350, 550, 750]) {
      const owner = spawnOwner(t, dataDir)
      await pause(delay)
      owner.process.kill('SIGKILL')
      await owner.exited
    }
    await mkdir(join(dataDir, 'postgres-18.init-abandoned', 'base'), { recursive: true })
    const server = await start(t, dataDir)
    assert.deepEqual(await query(server.connection, 'SELECT current_database() AS name'), [{ name: 'polydesk' }])
    assert.deepEqual(
      (await readdir(dataDir)).filter((name) => name.includes('init-')),
      [],
    )
  })

  it('is not misled by a postmaster.pid whose process id belongs to another program now', async (t) => {
    const dataDir = await laterDataDir(t)
    await (await start(t, dataDir)).stop()
    const lines = [process.pid, join(dataDir, 'postgres-18'), 1, 5432, '/tmp/nowhere', '', '1 1', 'ready', '']
    const pidFile = join(dataDir, 'postgres-18', 'postmaster.pid')
    await writeFile(pidFile, lines.join('\n'))
    const { uid, gid } = statSync(join(dataDir, 'postgres-18'))
    if (isRoot) chownSync(pidFile, uid, gid)
    const server = await start(t, dataDir)
    assert.deepEqual(await query(server.connection, 'SELECT 1 AS one'), [{ one: 1 }])
  })

  it('refuses a cluster of another version and never starts an empty one beside it', async (t) => {
    const dataDir = await newDataDir(t)
    const directory = join(dataDir, 'postgres-18')
    await mkdir(directory)
    await writeFile(join(directory, 'PG_VERSION'), '17\n')
    const differs = await failureOf(start(t, dataDir))
    assert.equal(differs.reason, 'wrong_version')
    assert.match(differs.message, /PostgreSQL 17.*brings PostgreSQL 18.*dump/)
    await rm(directory, { recursive: true })
    await mkdir(join(dataDir, 'postgres-17'))
    assert.equal((await failureOf(start(t, dataDir))).reason, 'wrong_version')
  })

  it('does not touch a cluster directory that holds something else', async (t) => {
    const dataDir = await newDataDir(t)
    await mkdir(join(dataDir, 'postgres-18'))
    await writeFile(join(dataDir, 'postgres-18', 'letter.txt'), 'dear')
    const error = await failureOf(start(t, dataDir))
    assert.match(error.message, /holds no database/)
    assert.ok(existsSync(join(dataDir, 'postgres-18', 'letter.txt')))
  })

  it('asks for permission to the data directory', async (t) => {
    const dataDir = await newDataDir(t, isRoot ? 0o755 : 0o555)
    const owner = spawnOwner(t, dataDir, isRoot ? ORDINARY : undefined)
    const { reason, message } = await owner.report
    assert.equal(reason, 'permission')
    assert.match(message ?? '', /chown -R \d+:\d+ '.*POLYDESK_DATA_DIR.*DATABASE_URL/)
  })

  it('tells when the disk is full', { skip: !isRoot && 'mounting a small file system needs root' }, async (t) => {
    const dataDir = await newDataDir(t)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=755', 'tmpfs', dataDir], { stdio: 'ignore' })
    } catch {
      t.skip('mount is not allowed here')
      return
    }
    try {
      const error = await failureOf(start(t, dataDir))
      assert.equal(error.reason, 'no_space')
      assert.match(error.message, /Free some disk space/)
    } finally {
      execFileSync('umount', [dataDir])
    }
  })

  describe('started by root', { skip: !isRoot && 'needs root' }, () => {
    it('runs as nobody and changes the owner of the cluster only', async (t) => {
      const dataDir = await newDataDir(t)
      await start(t, dataDir)
      assert.deepEqual(postmastersOf(dataDir).map(uidOf), [NOBODY])
      assert.equal(statSync(dataDir).uid, 0)
      assert.equal(statSync(join(dataDir, 'postgres-18')).uid, NOBODY)
    })

    it('lets no other process of the user who runs it connect', async (t) => {
      const dataDir = await newDataDir(t)
      const server = await start(t, dataDir)
      const { host } = server.connection
      const reach = (uid: number): string =>
        execFileSync('sh', ['-c', 'test -w "$1/.s.PGSQL.5432" && echo reached || echo closed', 'sh', host], {
          uid,
          cwd: '/',
          encoding: 'utf8',
        }).trim()
      assert.deepEqual([reach(0), reach(NOBODY)], ['reached', 'closed'])
      const [postmaster] = postmastersOf(dataDir)
      assert.ok(postmaster !== undefined)
      process.kill(postmaster, 'SIGKILL')
      await until('the restart', () => server.restarts() === 1)
      assert.deepEqual([reach(0), reach(NOBODY)], ['reached', 'closed'])
      await server.stop()
      assert.equal(existsSync(host), false)
    })

    it('works below a directory only root can enter', async (t) => {
      const dataDir = await newDataDir(t, 0o700)
      const first = await start(t, dataDir)
      assert.deepEqual(postmastersOf(dataDir).map(uidOf), [0])
      const [postmaster] = postmastersOf(dataDir)
      assert.ok(postmaster !== undefined)
      assert.notEqual(readlinkSync(`/proc/${postmaster}/ns/user`), readlinkSync('/proc/self/ns/user'))
      process.kill(postmaster, 'SIGKILL')
      await until('the restart', () => first.restarts() === 1)
      await first.stop()
      await (await start(t, dataDir)).stop()
    })

    it('runs as the owner of a data directory only that user can enter, who can then go on alone', async (t) => {
      const dataDir = await newDataDir(t, 0o700)
      chownSync(dataDir, ORDINARY, ORDINARY)
      const server = await start(t, dataDir)
      assert.deepEqual(postmastersOf(dataDir).map(uidOf), [ORDINARY])
      await server.stop()
      execFileSync('chown', ['-R', `${ORDINARY}:${ORDINARY}`, dataDir])
      const owner = spawnOwner(t, dataDir, ORDINARY)
      await connectionOf(owner)
      owner.stop()
      assert.equal(await owner.exited, 0)
    })

    it('tells an ordinary user which chown opens the database', async (t) => {
      const dataDir = await newDataDir(t, 0o777)
      await (await start(t, dataDir)).stop()
      const { reason, message } = await spawnOwner(t, dataDir, ORDINARY).report
      assert.equal(reason, 'permission')
      assert.match(
        message ?? '',
        new RegExp(`belongs to user ${NOBODY}.*chown -R ${ORDINARY}:${ORDINARY} '${dataDir}'`),
      )
    })
  })

  it('runs for an ordinary user', { skip: !isRoot && 'the other tests did' }, async (t) => {
    const dataDir = await newDataDir(t, 0o700)
    chownSync(dataDir, ORDINARY, ORDINARY)
    const first = spawnOwner(t, dataDir, ORDINARY)
    await query(await connectionOf(first), 'CREATE TABLE note AS SELECT 4 AS id')
    assert.deepEqual(postmastersOf(dataDir).map(uidOf), [ORDINARY])
    first.process.kill('SIGKILL')
    const second = spawnOwner(t, dataDir, ORDINARY)
    assert.deepEqual(await query(await connectionOf(second), 'SELECT id FROM note'), [{ id: 4 }])
    second.stop()
    assert.equal(await second.exited, 0)
  })
})

describe('bundled binaries', () => {
  async function packageWithoutLinks(t: TestContext): Promise<string> {
    const directory = await newDataDir(t)
    await mkdir(join(directory, 'native', 'lib'), { recursive: true })
    await writeFile(join(directory, 'native', 'lib', 'libx.so.1.2'), 'library')
    const links = ['libx.so', 'libx.so.1'].map((name) => ({
      source: 'native/lib/libx.so.1.2',
      target: `native/lib/${name}`,
    }))
    await writeFile(join(directory, 'native', 'pg-symlinks.json'), JSON.stringify(links))
    return directory
  }

  it('restores missing library links, also in several starts at once', async (t) => {
    const directory = await packageWithoutLinks(t)
    await Promise.all(Array.from({ length: 5 }, () => restoreSymlinks(directory)))
    for (const name of ['libx.so', 'libx.so.1']) {
      assert.equal(readlinkSync(join(directory, 'native', 'lib', name)), 'libx.so.1.2')
    }
  })

  it('tells when links are missing and cannot be written', { skip: isRoot && 'root may write anywhere' }, async (t) => {
    const directory = await packageWithoutLinks(t)
    chmodSync(join(directory, 'native', 'lib'), 0o555)
    const error = await failureOf(restoreSymlinks(directory))
    chmodSync(join(directory, 'native', 'lib'), 0o755)
    assert.equal(error.reason, 'permission')
  })

  it('asks for DATABASE_URL on a platform without binaries', async () => {
    for (const platform of ['sunos', 'win32']) {
      const error = await failureOf(findBinaries(platform, 'x64'))
      assert.equal(error.reason, 'no_binaries')
      assert.match(error.message, /DATABASE_URL/)
    }
  })
})

describe('explanations', () => {
  const cases = [
    ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'no_space'],
    ['could not create shared memory segment: No space left on device', 'failed'],
    ['FATAL:  data directory "/x" has wrong ownership', 'permission'],
    ['EROFS: read-only file system, mkdir', 'permission'],
    ['FATAL:  lock file "postmaster.pid" already exists', 'in_use'],
    ['FATAL:  database files are incompatible with server', 'wrong_version'],
    ['FATAL:  something new', 'failed'],
  ] as const
  for (const [text, reason] of cases) {
    it(`calls "${text}" ${reason}`, () => {
      const error = explainFailure('It failed', new Error(text), '/data')
      assert.equal(error.reason, reason)
      assert.ok(error.message.includes(text) && error.message.includes('/data'))
    })
  }
})
