import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { runningConnection } from '../../src/storage/embedded.ts'
import { seeNothing } from '../evidence.ts'
import { type Installation, laterInstallation, type Served, until } from '../process.ts'
import { type Receiver, startReceiver } from '../receiver.ts'
import { send } from '../world.ts'

// What is seen here is not the same in every run.
seeNothing()

const ROUNDS = 3
const WORKERS = 6
const GONE = 'words that go'

let installation: Installation
let server: Served
let receiver: Receiver
before(async () => {
  receiver = await startReceiver()
  installation = await laterInstallation()
  server = await start()
})
after(async () => {
  await installation?.remove()
  await receiver?.close()
})

function start(): Promise<Served> {
  return installation.start({ POLYDESK_WEBHOOK_NETWORKS: '127.0.0.1', POLYDESK_WEBHOOK_HTTP: 'on' })
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
async function native(method: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${server.quickstart['POLYDESK_API_KEY']}` }
  const answer = await send(server.url, method, path, { headers, ...(body === undefined ? {} : { body }) })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.status === 204 ? undefined : answer.json
}

/** Makes tickets, changes them, and deletes messages of them or all of it, until the server is gone. */
async function work(isKilled: () => boolean): Promise<void> {
  try {
    while (!isKilled()) {
      const { id } = await native('POST', '/v1/tickets', { title: 'Title', text: GONE })
      await native('PATCH', `/v1/tickets/${id}`, { status: 'open' })
      await native('POST', `/v1/tickets/${id}/messages`, { text: 'Kept' })
      const { data } = await native('GET', `/v1/tickets/${id}/messages`)
      await native('DELETE', `/v1/tickets/${id}/messages/${data[randomInt(2)].id}`)
      await native('PATCH', `/v1/tickets/${id}`, { priority: 'high', add_tags: ['x'] })
      if (randomInt(3) === 0) await native('DELETE', `/v1/tickets/${id}`)
    }
  } catch (error) {
    // The connection broke: whether it was done the log tells.
    if (!isKilled() || !(error instanceof TypeError)) throw error
  }
}

interface Logged {
  readonly id: string
  readonly position: string
  readonly kind: string
  readonly ticket_id: string
}

/** What the log says happened to tickets since the webhook was made. */
async function logged(): Promise<readonly Logged[]> {
  const connection = await runningConnection(installation.dataDir)
  const client = new pg.Client(connection ?? assert.fail())
  await client.connect()
  try {
    const sql = `select e.id, e.position, e.kind, e.ticket_id from events e join webhooks w on w.tenant_id = e.tenant_id
      where e.position > w.since and e.ticket_id is not null order by e.position`
    return (await client.query<Logged>(sql)).rows
  } finally {
    await client.end()
  }
}

test('after kill -9 while messages and tickets are deleted every event is told, none dropped, in order for each ticket', async () => {
  await native('POST', '/v1/webhooks', { url: receiver.url, events: ['*'] })
  for (let round = 1; round <= ROUNDS; round++) {
    let killed = false
    // Some deliveries are under way for ever, so that what waits behind them is blanked and made again.
    receiver.reply = () => (randomInt(4) === 0 ? 'hang' : { status: 204 })
    const working = Array.from({ length: WORKERS }, () => work(() => killed))
    const before = (await logged()).length
    await until('some events', async () => (await logged()).length > before + 60)
    await pause(randomInt(100))
    killed = true
    server.signal('SIGKILL')
    await Promise.all([server.ended, ...working])
    server = await start()
  }
  receiver.reply = () => ({ status: 204 })
  const log = await logged()
  assert.ok(log.some(({ kind }) => kind === 'message.deleted') && log.some(({ kind }) => kind === 'ticket.deleted'))
  const told = () => new Set(receiver.got.map(({ json }) => String(json.data.id)))
  await until('every event to be told', () => {
    const ids = told()
    return log.every(({ id }) => ids.has(id))
  })
  const arrived = new Map<string, string[]>()
  for (const { json } of receiver.got) {
    const line = arrived.get(json.data.ticket_id) ?? []
    // At least once: what comes again is not out of order.
    if (!line.includes(json.data.id)) arrived.set(json.data.ticket_id, [...line, json.data.id])
  }
  for (const [ticketId, events] of Map.groupBy(log, (event) => event.ticket_id))
    assert.deepEqual(
      arrived.get(ticketId),
      events.map(({ id }) => id),
      ticketId,
    )
})
