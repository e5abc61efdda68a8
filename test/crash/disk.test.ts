import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { runningConnection } from '../../src/storage/embedded.ts'
import { RESERVE_FILE } from '../../src/storage/space/space.ts'
import { seeNothing } from '../evidence.ts'
import { type Installation, newInstallation, until } from '../process.ts'
import { type Received, send } from '../world.ts'
import { allClients, type Client, exchange, newMark } from './clients.ts'
import { Ledger, type Tolerate } from './ledger.ts'

// What is seen here is not the same in every run.
seeNothing()

const isRoot = process.getuid?.() === 0

/** An installation on a disk of its own; the test is skipped where none can be mounted. */
async function onSmallDisk(t: TestContext, megabytes: number): Promise<Installation | null> {
  const why = isRoot ? 'mounting is not allowed here' : 'mounting a small file system needs root'
  const installation = isRoot ? await newInstallation({ disk: megabytes }).catch(() => null) : null
  if (installation === null) {
    console.error(`\n!!! SKIPPED a full disk: ${why}.\n`)
    t.skip(why)
    return null
  }
  t.after(() => installation.remove())
  return installation
}

const answerOf = (url: string, path: string): Promise<Received | null> => send(url, 'GET', path).catch(() => null)

describe('a full disk', () => {
  test('writes are refused in time, reads go on, one line tells it, and nothing has to be restarted', async (t) => {
    const installation = await onSmallDisk(t, 110)
    if (!installation) return
    const server = await installation.start({ LOG_LEVEL: 'warn', POLYDESK_RATE_LIMITS: 'on' })
    const clients = allClients(server.quickstart)
    const postmasters = await installation.postmasters()
    const reserve = join(installation.dataDir, RESERVE_FILE)
    const create = (client: Client) => exchange(server.url, client.create(newMark()))
    const areAllRefused = async (): Promise<boolean> => {
      const answers = await Promise.all(clients.map(async (client) => ({ client, answer: await create(client) })))
      return answers.every(({ client, answer }) => {
        if (answer.status < 400) return false
        assert.ok(client.isUnavailable(answer), `${client.name} answered ${answer.text}`)
        assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
        return true
      })
    }
    const assertReads = async (): Promise<void> => {
      for (const client of clients) {
        const { status, text } = await exchange(server.url, client.list())
        assert.equal(status, 200, `${client.name} answered ${text}`)
      }
    }
    for (const client of clients) assert.equal((await create(client)).status, client.created)
    await until('the reserve', async () => (await stat(reserve)).size > 0)

    // Another program takes all there is.
    const ballast = join(installation.dataDir, 'ballast')
    fill(ballast)
    await until('all to be refused', areAllRefused)
    for (let round = 0; round < 5; round++) {
      await assertReads()
      assert.ok(await areAllRefused())
    }
    await assert.rejects(stat(reserve), { code: 'ENOENT' }, 'the reserve was given back')
    assert.equal((await answerOf(server.url, '/readyz'))?.status, 200, 'whoever reads is served')
    assert.deepEqual(await installation.postmasters(), postmasters, 'the database ran on')

    rmSync(ballast)
    await until('writes to be taken', async () => {
      const answers = await Promise.all(clients.map(create))
      return answers.every(({ status }) => status < 400)
    })
    await until('the reserve', async () => ((await stat(reserve).catch(() => null))?.size ?? 0) > 0)
    const told = server
      .stderr()
      .split('\n')
      .filter((line) => !/^Preparing|^Made the tables|^Only \d+ MiB are free|^$/.test(line))
    assert.match(
      told[0] ?? '',
      /^The disk of \S+ is full \(\d+ MiB free, \d+ MiB needed\): writes are refused, reads go on\. /,
    )
    assert.match(told.at(-1) ?? '', /^There is space again where \S+ is \(\d+ MiB free\): writes are taken again\.$/)
    assert.ok(
      told.every((line) => line.startsWith('The disk of ') || line.startsWith('There is space again ')),
      told.join('\n'),
    )
  })

  test('a database that found no room for its log starts again when there is space, and has lost nothing', async (t) => {
    const installation = await onSmallDisk(t, 128)
    if (!installation) return
    const server = await installation.start()
    const clients = allClients(server.quickstart)
    const ledger = new Ledger()
    const refused = new Set<string>()
    const tolerate: Tolerate = (client, failure) => {
      if ('error' in failure) throw failure.error
      assert.ok(client.isUnavailable(failure.answer), `${client.name} answered ${failure.answer.text}`)
      assert.match(failure.answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      refused.add(client.name)
    }
    const workWhile = async (mayGoOn: (client: Client) => boolean): Promise<void> => {
      const each = (client: Client) =>
        ledger.work(
          () => server.url,
          client,
          () => mayGoOn(client),
          tolerate,
        )
      await Promise.all(clients.map(each))
    }
    const untilAllAreRefused = async (): Promise<void> => {
      refused.clear()
      await workWhile((client) => !refused.has(client.name))
    }
    await workWhile((client) => ledger.acknowledged(client) < 5)
    assert.equal(refused.size, 0)

    const ballast = join(installation.dataDir, 'ballast')
    fill(ballast)
    await untilAllAreRefused()
    assert.equal((await answerOf(server.url, '/healthz'))?.status, 200)
    // The database survives a table that cannot grow; without room for its log it dies, and cannot even start again.
    await exhaustLog(installation.dataDir)
    await untilAllAreRefused()
    assert.equal((await answerOf(server.url, '/healthz'))?.status, 200)
    assert.equal((await answerOf(server.url, '/readyz'))?.status, 503)

    rmSync(ballast)
    await until('readiness', async () => (await answerOf(server.url, '/readyz'))?.status === 200)
    // Reads go on before there is space for writes.
    await until('writes to be taken', () => server.stderr().includes('There is space again'))
    refused.clear()
    await workWhile((client) => ledger.acknowledged(client) < 10)
    assert.equal(refused.size, 0)
    await ledger.retry(server.url)
    await ledger.check(installation.dataDir)
    assert.equal(server.hasEnded(), false)
    assert.doesNotMatch(server.stderr(), /corrupt|backup/i, 'nothing that frightens')
  })
})

/** Makes the database begin one file of its log after the other until it has no room for the next. */
async function exhaustLog(dataDir: string): Promise<void> {
  const client = new pg.Client((await runningConnection(dataDir)) ?? assert.fail())
  client.on('error', () => {})
  await client.connect()
  const switching = async (): Promise<void> => {
    for (;;) await client.query("select pg_logical_emit_message(false, 'polydesk', 'x'), pg_switch_wal()")
  }
  await assert.rejects(switching(), /No space left on device|Connection terminated|EPIPE|ECONNRESET/)
  await client.end().catch(() => {})
}

/** Writes a file until there is no more space. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w')
  try {
    for (let size = 1_048_576; size >= 512; ) {
      try {
        writeSync(descriptor, randomBytes(size))
      } catch {
        size /= 2
      }
    }
  } finally {
    closeSync(descriptor)
  }
}
