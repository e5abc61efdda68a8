import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { runningConnection } from '../../src/storage/embedded.ts'
import { seeNothing } from '../evidence.ts'
import { type Installation, laterInstallation, polydesk, type Served, until } from '../process.ts'
import { type Received, send } from '../world.ts'
import { allClients, type Client, exchange } from './clients.ts'
import { Ledger, type Tolerate } from './ledger.ts'

// What is seen here is not the same in every run.
seeNothing()

const ROUNDS = 3
/** Of each dialect at the same time. */
const WORKERS = 4
/** How long the store may stay away after its process was killed, in milliseconds. */
const AWAY_MS = 20_000
/** How long a revoked credential may still work in another process, in milliseconds. */
const REVOKED_MS = 5_000
/** How long a connection that was lost, and then not heard on a slow machine, may be away, in milliseconds. */
const LISTENING_MS = 90_000

let installation: Installation
let server: Served
let clients: readonly Client[]
const ledger = new Ledger()

before(async () => {
  installation = await laterInstallation()
  server = await installation.start()
  clients = allClients(server.quickstart)
})
after(() => installation?.remove())

/** Keeps all dialects busy while something happens. */
async function underLoad(mayGoOn: () => boolean, tolerate: Tolerate, happening: () => Promise<void>): Promise<void> {
  const workers = clients.flatMap((client) =>
    Array.from({ length: WORKERS }, () => ledger.work(() => server.url, client, mayGoOn, tolerate)),
  )
  await Promise.all([...workers, happening()])
}

/** Waits until every dialect has had so many more tickets acknowledged. */
async function acknowledged(more: number): Promise<void> {
  const wanted = clients.map((client) => ledger.acknowledged(client) + more)
  await until('more tickets of every dialect', () =>
    clients.every((client, index) => ledger.acknowledged(client) >= (wanted[index] ?? 0)),
  )
}

/** Tickets that a bulk job changes meanwhile, so many that it takes some turns. */
const MANY = 700

/** A call of the native API, which is answered. */
async function native(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${server.quickstart['POLYDESK_API_KEY']}` }
  const answer = await send(server.url, method, path, { headers, body })
  assert.ok(answer.status < 300, answer.text)
  return answer.json
}

async function openMany(): Promise<void> {
  let left = MANY
  const work = async (): Promise<void> => {
    while (left-- > 0) await native('POST', '/v1/tickets', { title: 'One of many', text: randomUUID(), tags: ['many'] })
  }
  await Promise.all(Array.from({ length: 32 }, work))
}

/** That a bulk job went on by itself: a ticket that was left out is not changed, and one that was done twice is so already. */
async function assertWhole(job: string): Promise<void> {
  const done = await until('the bulk job to come to its end', async () => {
    const json = await native('GET', `/v1/jobs/${job}`)
    return json.state === 'running' ? undefined : json
  })
  const { state, changed, unchanged, refused } = done
  assert.deepEqual([state, changed, unchanged, refused], ['done', MANY, 0, 0])
}

describe('the server is killed while tickets are made and changed', () => {
  before(openMany)
  for (let round = 1; round <= ROUNDS; round++) {
    test(`kill ${round}: all that was acknowledged is there, once, and whole`, async () => {
      let killed = false
      let job = ''
      const tolerate: Tolerate = (client, failure) => {
        if ('answer' in failure) assert.fail(`${client.name} answered ${failure.answer.status} ${failure.answer.text}`)
        if (!killed || !(failure.error instanceof TypeError)) throw failure.error
      }
      await underLoad(
        () => !killed,
        tolerate,
        async () => {
          await acknowledged(randomInt(5, 40))
          const change = { add_tags: [`round ${round}`] }
          job = (await native('POST', '/v1/jobs', { query: 'tag:many', change })).id
          await pause(randomInt(400))
          killed = true
          server.signal('SIGKILL')
          await server.ended
        },
      )
      server = await installation.start()
      await assertWhole(job)
      await ledger.check(installation.dataDir)
      await ledger.retry(server.url)
      await ledger.check(installation.dataDir)
    })
  }
})

describe('the database is killed while the server runs', () => {
  test('the server answers all the while, is whole again within 20 s by itself, and has lost nothing', async () => {
    let over = false
    let killed = false
    const unavailable = new Set<string>()
    const noteUnavailable = (client: Client, answer: Received): void => {
      assert.ok(killed && client.isUnavailable(answer), `${client.name} answered ${answer.status} ${answer.text}`)
      assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      unavailable.add(client.name)
    }
    const tolerate: Tolerate = (client, failure) => {
      if ('error' in failure) throw failure.error
      noteUnavailable(client, failure.answer)
    }
    const reading = async (client: Client): Promise<void> => {
      for (; !over; await pause(5)) {
        const answer = await exchange(server.url, client.list())
        if (answer.status !== 200) noteUnavailable(client, answer)
      }
    }
    const watching = async (): Promise<void> => {
      for (; !over; await pause(5)) {
        const health = await exchange(server.url, { method: 'GET', path: '/healthz', headers: {} })
        assert.equal(health.status, 200)
      }
    }
    const killing = async (): Promise<void> => {
      await acknowledged(5)
      // One outage can be too short to be seen by everybody.
      while (!over && !clients.every((client) => unavailable.has(client.name))) {
        killed = true
        for (const postmaster of await installation.postmasters()) process.kill(postmaster, 'SIGKILL')
        await until('the database to be back', isReady, AWAY_MS)
      }
      await acknowledged(5)
      over = true
    }
    const all = [underLoad(() => !over, tolerate, killing), ...clients.map(reading), watching()]
    await Promise.all(all).finally(() => {
      over = true
    })
    assert.equal(server.hasEnded(), false)
    await ledger.retry(server.url)
    await ledger.check(installation.dataDir)
  })
})

async function isReady(): Promise<boolean> {
  const { status } = await exchange(server.url, { method: 'GET', path: '/readyz', headers: {} })
  assert.ok(status === 200 || status === 503)
  return status === 200
}

describe('credentials that another process changes', () => {
  const command = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await polydesk(args, { POLYDESK_DATA_DIR: installation.dataDir })
    assert.equal(code, 0, stderr)
    return stdout
  }
  const listWith = async (secret: string): Promise<number> => {
    const headers = { authorization: `Bearer ${secret}` }
    return (await send(server.url, 'GET', '/v1/tickets?limit=1', { headers })).status
  }
  const issue = async (): Promise<{ id: string; secret: string }> => {
    const stdout = await command('token', 'create', 'native', 'api_key')
    const [, secret = '', id = ''] = /^secret (\S+)\nid (\S+)$/m.exec(stdout) ?? assert.fail(stdout)
    return { id, secret }
  }

  test('one that the command line made works at once, and one it revoked stops within 5 s', async () => {
    const { id, secret } = await issue()
    assert.equal(await listWith(secret), 200)
    await command('token', 'revoke', id)
    await until('the credential to stop working', async () => (await listWith(secret)) === 401, REVOKED_MS)
  })

  test('a revocation whose signal was lost with the connection stops it within 5 s too', async () => {
    const { id, secret } = await issue()
    assert.equal(await listWith(secret), 200)
    const connection = await runningConnection(installation.dataDir)
    assert.ok(connection)
    const store = new pg.Client(connection)
    await store.connect()
    const listening = `application_name = 'polydesk' and (query = 'select 1' or query like 'listen %')`
    try {
      // The kills above ended the one before; where its successor was not heard, the next comes a minute later.
      await until(
        'a connection that listens',
        async () => {
          return (await store.query(`select from pg_stat_activity where ${listening}`)).rows.length > 0
        },
        LISTENING_MS,
      )
      await store.query('begin')
      await store.query('delete from directory where target_id = $1', [id])
      await store.query('update credentials set revoked_at = now() where id = $1', [id])
      await store.query('commit')
      assert.equal(await listWith(secret), 200, 'without a signal it is remembered, or this would show nothing')
      const listeners = await store.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${listening}`)
      assert.ok(listeners.rows.length > 0)
      await until('the credential to stop working', async () => (await listWith(secret)) === 401, REVOKED_MS)
    } finally {
      await store.end()
    }
  })
})
