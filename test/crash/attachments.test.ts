import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { sweepFiles } from '../../src/jobs/sweep-attachments.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { runningConnection } from '../../src/storage/embedded.ts'
import { openDiskFiles } from '../../src/storage/files-disk.ts'
import { openInbox } from '../../src/storage/files-inbox.ts'
import { openStore } from '../../src/storage/store.ts'
import { type Installation, laterInstallation, type Served, until } from '../process.ts'

const ROUNDS = 3
const HOUR_MS = 3_600_000
const BYTES = 200_000

let installation: Installation
let server: Served
before(async () => {
  installation = await laterInstallation()
  server = await installation.start()
})
after(() => installation?.remove())

const authorization = (): string => `Bearer ${server.quickstart['POLYDESK_API_KEY']}`

interface Uploaded {
  readonly id: string
  readonly url: string
}

async function upload(key: string, content: string): Promise<Uploaded> {
  const body = new FormData()
  body.set('file', new File([content], `${key}.txt`))
  const headers = { authorization: authorization(), 'idempotency-key': key }
  const answer = await fetch(`${server.url}/v1/attachments`, { method: 'POST', headers, body })
  assert.equal(answer.status, 201)
  return (await answer.json()) as Uploaded
}

const contentOf = (key: string): string => key.repeat(Math.ceil(BYTES / key.length))

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(join(installation.dataDir, 'files', folder), { recursive: true }).catch(() => [])
}

/** The files that are kept, as `<tenant>/<id>`. */
async function kept(): Promise<readonly string[]> {
  return (await namesIn('kept')).filter((name) => name.includes('/')).sort()
}

async function rows(): Promise<readonly string[]> {
  const connection = await runningConnection(installation.dataDir)
  assert.ok(connection)
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const found = await client.query<{ key: string }>(
      "select tenant_id || '/' || id as key from attachments order by 1",
    )
    return found.rows.map(({ key }) => key)
  } finally {
    await client.end()
  }
}

/** What the hourly job does, at a later time. */
async function sweepAsOf(now: Date): Promise<void> {
  const connection = await runningConnection(installation.dataDir)
  assert.ok(connection)
  const home = join(installation.dataDir, 'files')
  const database = openDatabase({ connection })
  const files = {
    store: openDiskFiles(join(home, 'kept')),
    inbox: openInbox(join(home, 'incoming')),
    limits: { fileBytes: BYTES, messageBytes: BYTES, mediaTypes: [], unused: { files: 100, bytes: 100_000_000 } },
  }
  try {
    await sweepFiles(openStore(database, { files }), now)
  } finally {
    await database.close()
  }
}

async function check(acknowledged: ReadonlyMap<string, Uploaded>): Promise<void> {
  const before = await kept()
  for (const row of await rows()) assert.ok(before.includes(row), `${row} has no bytes`)
  for (const [key, { url, id }] of acknowledged) {
    const { pathname, search } = new URL(url)
    const got = await fetch(`${server.url}${pathname}${search}`)
    assert.equal(got.status, 200)
    assert.equal(await got.text(), contentOf(key))
    assert.equal((await upload(key, contentOf(key))).id, id, 'a retry is the same file')
  }
  await sweepAsOf(new Date(Date.now() + 2 * HOUR_MS))
  assert.deepEqual(await kept(), await rows(), 'a file without a row, or a row without a file')
  assert.deepEqual(await namesIn('incoming'), [])
}

describe('the server is killed while files come in', () => {
  test('a file that was not there whole is none', async () => {
    const headers = {
      authorization: authorization(),
      'content-type': 'multipart/form-data; boundary=x',
      'transfer-encoding': 'chunked',
    }
    const sending = httpRequest(`${server.url}/v1/attachments`, { method: 'POST', headers })
    sending.on('error', () => {})
    sending.write('--x\r\ncontent-disposition: form-data; name="file"; filename="half.txt"\r\n\r\nhalf')
    await until('the file to come in', async () => (await namesIn('incoming')).length === 1)
    server.signal('SIGKILL')
    await server.ended
    server = await installation.start()
    assert.deepEqual([await rows(), await kept()], [[], []])
    assert.equal((await namesIn('incoming')).length, 1, 'what the dead process had')
    await check(new Map())
  })

  test('a file that was copied for a message that never was is swept', async () => {
    const { id } = await upload('passed-on', contentOf('passed-on'))
    const headers = { authorization: authorization(), 'content-type': 'application/json' }
    const body = JSON.stringify({ title: 'Files', text: 'See', attachments: [id] })
    const made = await fetch(`${server.url}/v1/tickets`, { method: 'POST', headers, body })
    const ticket = Object(await made.json())
    const messages = async () => {
      const answer = await fetch(`${server.url}/v1/tickets/${ticket.id}/messages`, { headers })
      return Object(await answer.json()).data
    }
    const [{ attachments }] = await messages()
    const forward = async () =>
      fetch(`${server.url}/api/v2/message`, {
        method: 'POST',
        headers: { ...headers, authorization: `apikey ${server.quickstart['OMNIDESK_API_KEY']}` },
        body: JSON.stringify({
          ticketID: ticket.integer,
          type: 1,
          message: 'See the file',
          forwardedFileIDs: [attachments[0].integer],
        }),
      })
    const before = await rows()
    // Whatever counts waits for this, so that the call gets as far as the copy and no further.
    const gate = new pg.Client((await runningConnection(installation.dataDir)) ?? assert.fail())
    gate.on('error', () => {})
    await gate.connect()
    await gate.query('begin')
    await gate.query('select 1 from tenant_counters for update')
    const unanswered = forward().catch(() => null)
    await until('the copy to be there', async () => (await kept()).length > before.length)
    // What waits for the gate could still get through when the database is shut down and the gate goes first.
    server.signal('SIGSTOP')
    await gate.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'polydesk'")
    server.signal('SIGKILL')
    await server.ended
    assert.equal(await unanswered, null)
    server = await installation.start()
    await gate.end().catch(() => {})
    assert.deepEqual([await rows(), (await messages()).length], [before, 1])
    assert.equal((await kept()).length, before.length + 1)
    await check(new Map())
    assert.equal((await forward()).status, 200)
    assert.equal((await messages())[1].attachments.length, 1)
  })

  for (let round = 1; round <= ROUNDS; round++) {
    test(`kill ${round}: what was acknowledged is there whole, and what was not leaves nothing`, async () => {
      const acknowledged = new Map<string, Uploaded>()
      let killed = false
      const work = async (worker: number): Promise<void> => {
        for (let nth = 0; !killed; nth++) {
          const key = `round${round}-worker${worker}-file${nth}`
          const done = await upload(key, contentOf(key)).catch((error: unknown) => {
            if (killed && error instanceof TypeError) return null
            throw error
          })
          if (done) acknowledged.set(key, done)
        }
      }
      const kill = async (): Promise<void> => {
        await until('some files', () => acknowledged.size >= randomInt(3, 12))
        await pause(randomInt(20))
        killed = true
        server.signal('SIGKILL')
        await server.ended
      }
      await Promise.all([kill(), ...[1, 2, 3, 4].map(work)])
      server = await installation.start()
      await check(acknowledged)
    })
  }
})
