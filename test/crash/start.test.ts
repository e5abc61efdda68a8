import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { testDatabase } from '../database.ts'
import { seeNothing } from '../evidence.ts'
import {
  type Ended,
  freePort,
  type Installation,
  newInstallation,
  PROGRAM,
  polydesk,
  readValues,
  until,
} from '../process.ts'
import { databaseUrl, type Received, send } from '../world.ts'
import { allClients, exchange, newMark } from './clients.ts'
import { Ledger, type Tolerate } from './ledger.ts'

// What is seen here is not the same in every run.
seeNothing()

const isRoot = process.getuid?.() === 0
/** A user without an entry in /etc/passwd, as containers have them. */
const ORDINARY = 12_345

/** The names of quickstart.env, in its order. */
const NAMES = [
  'POLYDESK_URL',
  'POLYDESK_API_KEY',
  'CONSOLE_EMAIL',
  'CONSOLE_PASSWORD',
  'SPACEBRING_CLIENT_ID',
  'SPACEBRING_CLIENT_SECRET',
  'SPACEBRING_ACCESS_TOKEN',
  'SPACEBRING_NETWORK_ID',
  'SPACEBRING_LOCATION_ID',
  'SPACEBRING_USER_ID',
  'SPACEBRING_ADMIN_USER_ID',
  'MOOV_PUBLIC_KEY',
  'MOOV_SECRET_KEY',
  'MOOV_ACCOUNT_ID',
  'MOOV_CONNECTED_ACCOUNT_ID',
  'NETGROOT_USERNAME',
  'NETGROOT_PASSWORD',
  'NETGROOT_TOKEN',
  'NETGROOT_STAFF_TOKEN',
  'OMNIDESK_API_KEY',
]
/** What is the same in every demo tenant, because it is no secret. */
const KNOWN = ['CONSOLE_EMAIL', 'NETGROOT_USERNAME']

/** What some first starts wrote. */
const demos: Readonly<Record<string, string>>[] = []

async function installed(t: TestContext, options: { readonly uid?: number } = {}): Promise<Installation> {
  const installation = await newInstallation(options)
  t.after(() => installation.remove())
  return installation
}

async function ownDatabase(t: TestContext, options: { readonly migrated?: boolean } = {}): Promise<string> {
  const database = await testDatabase(options)
  t.after(() => database.close())
  return databaseUrl(database)
}

/** An answer, or undefined while nobody listens. */
async function answerOf(url: string, path: string): Promise<Received | undefined> {
  return send(url, 'GET', path).catch((error: unknown) => {
    if (error instanceof TypeError) return undefined
    throw error
  })
}

/** That something was told in one sentence, without a trace, and the process ended with 1. */
/** What was said, but for the warning that the tests' own PostgreSQL does not flush. */
function said(stderr: string): string {
  return stderr.replace(/^Commits are acknowledged before they are on disk[^\n]*\n/, '')
}

function assertTold(ended: Ended, sentence: RegExp): void {
  assert.match(said(ended.stderr), sentence)
  assert.doesNotMatch(ended.stderr, /^\s+at /m)
  assert.equal(ended.code, 1)
}

async function assertStopped(installation: Installation, ended: Promise<Ended>): Promise<void> {
  const { code, stderr } = await ended
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Stopped\./)
  assert.deepEqual(await installation.postmasters(), [])
}

/** That the values work in each dialect that makes tickets. */
async function assertServes(url: string, quickstart: Readonly<Record<string, string>>): Promise<void> {
  for (const client of allClients(quickstart)) {
    const created = await exchange(url, client.create(newMark()))
    assert.equal(created.status, client.created, `${client.name}: ${created.text}`)
  }
}

describe('a first start', () => {
  test('health answers from the beginning, and quickstart.env is complete before readiness', async (t) => {
    const installation = await installed(t)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const server = installation.launch({ PORT: String(port) })
    let refused = 0
    const health = await until('health', () => answerOf(url, '/healthz'))
    assert.equal(health.status, 200)
    await until('readiness', async () => {
      assert.equal((await answerOf(url, '/healthz'))?.status, 200)
      const ready = await answerOf(url, '/readyz')
      if (ready?.status === 200) return true
      refused++
      assert.equal(ready?.status, 503)
      assert.equal(ready?.headers.get('retry-after'), '1')
      const early = await answerOf(url, '/v1/tickets')
      assert.ok(early?.status === 503 || early?.status === 401, 'a start may end between two requests')
    })
    assert.ok(refused > 0, 'it was not ready at once')
    const values = await readValues(installation.quickstartFile)
    assert.deepEqual(Object.keys(values), NAMES)
    assert.ok(
      Object.values(values).every((value) => /^[\w.:/@-]+$/.test(value)),
      'a shell can source it',
    )
    assert.equal(values['POLYDESK_URL'], url)
    assert.equal((await stat(installation.quickstartFile)).mode & 0o777, 0o600)
    await assertServes(url, values)
    demos.push(values)
    server.signal('SIGTERM')
    await assertStopped(installation, server.ended)
  })

  test('makes neither tenant nor file when the demo is off', async (t) => {
    const DATABASE_URL = await ownDatabase(t, { migrated: false })
    const installation = await installed(t)
    const server = await installation.start({ DATABASE_URL, POLYDESK_DEMO: 'off' })
    assert.equal((await answerOf(server.url, '/readyz'))?.status, 200)
    assert.equal(existsSync(installation.quickstartFile), false)
    const listed = await polydesk(['tenant', 'list'], { DATABASE_URL })
    assert.deepEqual([listed.code, listed.stdout], [0, 'ID  NAME\n'], listed.stderr)
  })

  test('of several processes on one empty database makes one demo tenant, and all become ready', async (t) => {
    const DATABASE_URL = await ownDatabase(t, { migrated: false })
    const installations = await Promise.all([installed(t), installed(t), installed(t)])
    const servers = await Promise.all(installations.map((each) => each.start({ DATABASE_URL })))
    const written = servers.filter((server) => server.quickstart['POLYDESK_API_KEY'] !== undefined)
    const [first] = written
    assert.equal(written.length, 1)
    assert.ok(first)
    for (const server of servers) {
      assert.equal((await answerOf(server.url, '/readyz'))?.status, 200)
      await assertServes(server.url, first.quickstart)
    }
    const { stdout } = await polydesk(['tenant', 'list'], { DATABASE_URL })
    assert.match(stdout, /^ID +NAME\n[0-9a-f-]{36} {2}Demo\n$/)
    demos.push(first.quickstart)
  })

  test('has no secret in common with another', () => {
    const [one, other] = demos
    assert.ok(one && other)
    for (const name of NAMES.slice(1)) assert.equal(one[name] === other[name], KNOWN.includes(name), name)
  })
})

describe('later starts and stops', () => {
  test('npm start keeps the values, tells the new address, and SIGTERM or SIGINT to npm stops everything', async (t) => {
    const installation = await installed(t)
    const command = ['npm', '--prefix', join(import.meta.dirname, '..', '..'), 'start']
    const first = await installation.start({}, command)
    assert.equal(first.quickstart['POLYDESK_URL'], first.url)
    first.signal('SIGTERM')
    await first.ended
    await until('the database to be gone', async () => (await installation.postmasters()).length === 0)
    assert.equal(await answerOf(first.url, '/healthz'), undefined)
    assert.match(first.stderr(), /Stopped\./)

    const port = await freePort()
    const second = await installation.start({ PORT: String(port) }, command)
    assert.equal(second.url, `http://127.0.0.1:${port}`)
    assert.deepEqual(second.quickstart, { ...first.quickstart, POLYDESK_URL: second.url })
    assert.deepEqual(Object.keys(second.quickstart), NAMES)
    assert.equal((await stat(installation.quickstartFile)).mode & 0o777, 0o600)
    await assertServes(second.url, second.quickstart)
    second.signal('SIGINT')
    await second.ended
    await until('the database to be gone', async () => (await installation.postmasters()).length === 0)
    assert.match(second.stderr(), /Stopped\./)
  })

  test('a stop under load finishes what runs: no answer is anything but a success or "not now"', async (t) => {
    const installation = await installed(t)
    const server = await installation.start()
    const clients = allClients(server.quickstart)
    const ledger = new Ledger()
    let stopping = false
    let turnedAway = false
    const tolerate: Tolerate = (client, failure) => {
      turnedAway = true
      if ('answer' in failure) {
        assert.ok(stopping && client.isUnavailable(failure.answer), `${client.name}: ${failure.answer.text}`)
      } else if (!stopping || !(failure.error instanceof TypeError)) throw failure.error
    }
    const work = clients.flatMap((client) =>
      [1, 2, 3].map(() =>
        ledger.work(
          () => server.url,
          client,
          () => !turnedAway,
          tolerate,
        ),
      ),
    )
    await until('some tickets', () => clients.every((client) => ledger.acknowledged(client) > 5))
    stopping = true
    server.signal('SIGINT')
    await assertStopped(installation, server.ended)
    await Promise.all(work)
    const again = await installation.start()
    await ledger.retry(again.url)
    await ledger.check(installation.dataDir)
  })

  test('a request that is under way when it is told to stop is still answered', async (t) => {
    const DATABASE_URL = await ownDatabase(t)
    const server = await (await installed(t)).start({ DATABASE_URL })
    const headers = {
      authorization: `Bearer ${server.quickstart['POLYDESK_API_KEY']}`,
      'content-type': 'application/json',
      expect: '100-continue',
    }
    const outgoing = request(`${server.url}/v1/tickets`, { method: 'POST', headers })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      outgoing.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
    })
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    outgoing.write('{"title": "Halfway", ')
    server.signal('SIGTERM')
    await until('the stop to begin', () => server.stderr().includes('stopping'))
    outgoing.end('"text": "Here is the rest"}')
    assert.equal(await answered, 201)
    assert.equal((await server.ended).code, 0)
  })

  test('a signal during the start stops it too', async (t) => {
    const installation = await installed(t)
    const port = await freePort()
    const server = installation.launch({ PORT: String(port) })
    await until('health', () => answerOf(`http://127.0.0.1:${port}`, '/healthz'))
    server.signal('SIGTERM')
    await assertStopped(installation, server.ended)
    assert.doesNotMatch(server.stderr(), /Error|^\s+at /m)
  })

  test('a start that a signal stopped does not get ready, and says no more than that it stopped', async (t) => {
    const DATABASE_URL = await ownDatabase(t)
    const holder = new pg.Client(DATABASE_URL)
    holder.on('error', () => {})
    await holder.connect()
    t.after(() => holder.end())
    // The start cannot get past its migrations until the signal is there.
    await holder.query('begin; lock table migrations in access exclusive mode')
    const installation = await installed(t)
    const server = installation.launch({ DATABASE_URL })
    await until('the start to wait', async () => {
      const { rowCount } = await holder.query(
        'select 1 from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database() where not l.granted',
      )
      return rowCount !== 0
    })
    server.signal('SIGTERM')
    await until('the stop to begin', () => server.stderr().includes('stopping'))
    await holder.query('rollback')
    await holder.end()
    await assertStopped(installation, server.ended)
    assert.equal(server.stdout(), '')
    assert.match(said(server.stderr()), /^SIGTERM: stopping \.\.\.\nStopped\.\n$/)
  })

  test('a start that fails when it is told to stop just stops', async (t) => {
    // A server that takes connections and never answers.
    const deaf = createServer()
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
    t.after(() => deaf.close())
    const address = deaf.address()
    assert.ok(typeof address === 'object' && address)
    const connected = once(deaf, 'connection')
    const installation = await installed(t)
    const server = installation.launch({ DATABASE_URL: `postgres://me@127.0.0.1:${address.port}/polydesk` })
    const [socket]: Socket[] = await connected
    server.signal('SIGINT')
    await until('the stop to begin', () => server.stderr().includes('stopping'))
    socket?.destroy()
    await assertStopped(installation, server.ended)
    assert.match(server.stderr(), /^SIGINT: stopping \.\.\.\nStopped\.\n$/)
  })

  test('a signal reaches the server through an older Node too', async (t) => {
    const DATABASE_URL = await ownDatabase(t)
    const installation = await installed(t)
    // One that cannot become another program, and is not the one that was installed with Polydesk.
    const older = `if (!process.env.YOUNGER) {
      process.env.YOUNGER = 'yes'
      Object.defineProperty(process, 'execve', { value: undefined })
      Object.defineProperty(process, 'execPath', { value: '/bin/sh' })
    }`
    const command = [
      process.execPath,
      '--import',
      `data:text/javascript,${encodeURIComponent(older)}`,
      PROGRAM,
      'serve',
    ]
    const server = await installation.start({ DATABASE_URL }, command)
    server.signal('SIGTERM')
    await assertStopped(installation, server.ended)
    assert.equal(await answerOf(server.url, '/healthz'), undefined)
  })

  test('a second server on the same data directory is refused, and the first keeps working', async (t) => {
    const installation = await installed(t)
    const first = await installation.start()
    const second = installation.launch()
    assertTold(await second.ended, /data directory .* is in use by another running Polydesk server\. Stop that server/)
    assert.deepEqual(await readValues(installation.quickstartFile), first.quickstart)
    await assertServes(first.url, first.quickstart)
  })
})

describe('what keeps it from starting is told in a sentence', () => {
  test('a port in use, an address of another computer', async (t) => {
    const DATABASE_URL = await ownDatabase(t)
    const first = await (await installed(t)).start({ DATABASE_URL })
    const second = await installed(t)
    const { port } = new URL(first.url)
    assertTold(
      await second.launch({ PORT: port }).ended,
      new RegExp(
        `^Another program listens on 127\\.0\\.0\\.1 port ${port} already\\. Stop it, or choose another PORT\\.\n$`,
      ),
    )
    assertTold(
      await second.launch({ HOST: '203.0.113.7' }).ended,
      /^203\.0\.113\.7 is no address of this computer\. .*\n$/,
    )
    assert.equal(existsSync(second.dataDir), false, 'nothing was made')
    await assertServes(first.url, first.quickstart)
  })

  test('everything that is wrong with the configuration, at once', async (t) => {
    const server = (await installed(t)).launch({
      PORT: '70000',
      DATABASE_URL: 'postgres://someone:pass word@host:port/x',
      PUBLIC_URL: 'https://help.example.com/?from=here',
      TRUSTED_PROXIES: '10.0.0.0/8, proxy.example.com, 10.0.0.0/33, ::1/129',
      POLYDESK_DEMO: 'maybe',
      POLYDESK_RATE_LIMITS: 'none',
      LOG_LEVEL: 'loud',
    })
    const ended = await server.ended
    const lines = ended.stderr.trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['PORT', 'DATABASE_URL', 'PUBLIC_URL', 'TRUSTED_PROXIES', 'POLYDESK_DEMO', 'POLYDESK_RATE_LIMITS', 'LOG_LEVEL'],
    )
    assert.match(ended.stderr, /not proxy\.example\.com, 10\.0\.0\.0\/33, ::1\/129\.$/m)
    assert.doesNotMatch(ended.stderr, /pass word/, 'a password is not repeated')
    assert.equal(ended.code, 1)
  })

  test('a database that cannot be reached, or does not exist, or is of a newer version', async (t) => {
    const installation = await installed(t)
    const port = await freePort()
    const unreachable = installation.launch({ DATABASE_URL: `postgres://me:secret@127.0.0.1:${port}/polydesk` })
    assertTold(await unreachable.ended, /^The database does not answer: .*ECONNREFUSED.* check DATABASE_URL\.\n$/)
    const url = await ownDatabase(t)
    const missing = installation.launch({ DATABASE_URL: url.replace(/polydesk_test_\w+/, 'polydesk_test_missing') })
    assertTold(await missing.ended, /^The database refuses us: .*does not exist\. Check DATABASE_URL\.\n$/)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query("insert into migrations (number, name) values (9999, 'from the future')")
    await client.end()
    const newer = installation.launch({ DATABASE_URL: url })
    assertTold(await newer.ended, /^This database was made by a newer Polydesk .* Start that version instead\.\n$/)
  })
})

describe('who starts it', () => {
  test('an ordinary user can', { skip: !isRoot && 'the other tests did' }, async (t) => {
    try {
      execFileSync('setpriv', ['--reuid', String(ORDINARY), '--clear-groups', 'test', '-r', PROGRAM], {
        stdio: 'ignore',
      })
      accessSync(process.execPath, constants.X_OK)
    } catch {
      return t.skip('another user cannot read this checkout')
    }
    const installation = await installed(t, { uid: ORDINARY })
    const server = await installation.start()
    const [postmaster] = await installation.postmasters()
    assert.ok(postmaster !== undefined)
    assert.equal((await stat(`/proc/${postmaster}`)).uid, ORDINARY)
    assert.equal((await stat(installation.quickstartFile)).uid, ORDINARY)
    assert.equal((await stat(installation.quickstartFile)).mode & 0o777, 0o600)
    await assertServes(server.url, server.quickstart)
    server.signal('SIGTERM')
    await assertStopped(installation, server.ended)
  })
})
