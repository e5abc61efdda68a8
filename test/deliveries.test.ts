import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { createSender } from '../src/channels/webhooks/sender.ts'
import { openVault } from '../src/core/access/vault.ts'
import { deleteMessage } from '../src/core/erasure/message.ts'
import { Refusal } from '../src/core/errors.ts'
import { changeTicket } from '../src/core/tickets/commands/change.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import type { Ticket } from '../src/core/tickets/ticket.ts'
import { getDelivery, listDeliveries, replay, sendNow, skip } from '../src/core/webhooks/deliveries/commands.ts'
import type { Delivery } from '../src/core/webhooks/deliveries/delivery.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  updateWebhook,
  type WebhookOffice,
} from '../src/core/webhooks/subscriptions/commands.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { startWebhooks, type Webhooks } from '../src/jobs/webhooks.ts'
import { type Core, makeTenant, openCore, type SmallTenant } from './core.ts'
import { until } from './process.ts'

/** From an event to its receiver: the job over a real database, and real HTTP. */

const HOUR_MS = 3_600_000
const SECRET = 'the words to be forgotten'

interface Got {
  readonly type: string
  readonly body: string
}

let core: Core
let made: SmallTenant
let office: WebhookOffice
let webhooks: Webhooks
let webhookId: string
let server: Server
let url: string
let got: Got[] = []
let said: string[] = []
/** What the receiver does with what it gets. */
let receive: (got: Got, response: ServerResponse) => void
/** How far the server's clock is from the computer's. */
let clockOffMs = 0

before(async () => {
  core = await openCore()
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const one = { type: String(JSON.parse(body).type), body }
    got.push(one)
    receive(one, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/hook?token=abc`
})
after(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await core.close()
})

beforeEach(async () => {
  got = []
  said = []
  clockOffMs = 0
  receive = (_, response) => response.writeHead(204).end()
  made = await makeTenant(core.store)
  office = {
    protocols: new Map(
      DIALECTS.flatMap(({ name, webhooks: protocol }) => (protocol ? [[name, protocol] as const] : [])),
    ),
    vault: openVault([randomBytes(32)]),
    sender: createSender({ allowedNetworks: ['127.0.0.0/8'], allowPlainHttp: true }),
    changed: (tenantId) => webhooks?.changed(tenantId),
  }
  start()
  webhookId = (await createWebhook(admin(), office, { dialect: 'native', deskId: null, url })).webhook.id
})
afterEach(() => webhooks.stop())

function start(): void {
  webhooks = startWebhooks({
    store: core.store,
    access: { tenant: async () => made.tenant },
    office,
    links: { to: () => '', accepts: () => false },
    clock: () => new Date(Date.now() + clockOffMs),
    newId: () => v7(),
    log: (message) => said.push(message),
  })
}

const admin = () => ({ ...made.as(made.owner), actor: null, now: new Date(Date.now() + clockOffMs).toISOString() })

async function newTicket(): Promise<Ticket> {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const message = { visibility: 'public', format: 'text', text: SECRET } as const
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester, message })
  return ticket
}

async function change(ticket: Ticket, title: string): Promise<void> {
  await changeTicket(made.as(made.owner), ticket, { title })
}

async function deliveries(): Promise<readonly Delivery[]> {
  return (await listDeliveries(admin(), webhookId, { state: null, after: null, limit: 100 })).deliveries.toReversed()
}

/** Waits until what is kept is in these states, in the order of events. */
async function untilStates(...states: readonly Delivery['state'][]): Promise<readonly Delivery[]> {
  webhooks.wake(made.tenant.id)
  return until(`deliveries ${states.join(', ')}`, async () => {
    const found = await deliveries()
    return JSON.stringify(found.map(({ state }) => state)) === JSON.stringify(states) && found
  })
}

/** Waits until the first delivery was tried so often, and what came of the last attempt is kept. */
async function tried(attempts: number): Promise<Delivery> {
  webhooks.wake(made.tenant.id)
  return until(`${attempts} attempts`, async () => {
    const [first] = await deliveries()
    if (first?.attempts !== attempts) return false
    const kept = await getDelivery(admin(), webhookId, first.id)
    return kept.attempts.length === attempts && kept.delivery
  })
}

const waitOf = ({ nextAt }: Delivery): number => Date.parse(nextAt ?? '') - Date.now() - clockOffMs

const answering = (status: number, headers: Readonly<Record<string, string>> = {}, body = '') => {
  receive = (_, response) => response.writeHead(status, headers).end(body)
}

function refusedAs(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.error.code === code
}

describe('What a receiver says', () => {
  test('410 disables its webhook at once, which shows why, keeps collecting, and sends all once it is enabled again', async () => {
    answering(410, {}, 'Not here any more')
    const ticket = await newTicket()
    webhooks.wake(made.tenant.id)
    const disabled = await until('the webhook to be disabled', async () => {
      const webhook = await getWebhook(admin(), webhookId)
      return !webhook.enabled && webhook
    })
    assert.deepEqual([disabled.disabledBy, disabled.disabledBecause], ['gone', 'It was answered 410.'])
    assert.ok(said.some((line) => line.includes(webhookId) && line.endsWith('The webhook is disabled.')))
    await change(ticket, 'Later')
    await untilStates('waiting', 'waiting')
    assert.equal(got.length, 1)
    answering(204)
    const enabled = await updateWebhook(admin(), office, webhookId, { enabled: true })
    assert.deepEqual([enabled.disabledBy, enabled.disabledBecause], [null, null])
    await untilStates('delivered', 'delivered')
    assert.deepEqual(
      got.map(({ type }) => type),
      ['ticket.created', 'ticket.created', 'ticket.title_changed'],
    )
  })

  for (const [status, retryAfter] of [
    [429, '120'],
    [503, () => new Date(Date.now() + 120_000).toUTCString()],
  ] as const) {
    test(`the Retry-After of ${status} holds for all that goes to it`, async () => {
      answering(status, { 'retry-after': typeof retryAfter === 'string' ? retryAfter : retryAfter() })
      await newTicket()
      const first = await tried(1)
      assert.ok(waitOf(first) > 60_000 && waitOf(first) <= 121_000, `${waitOf(first)} ms`)
      answering(204)
      await newTicket()
      webhooks.wake(made.tenant.id)
      await until('the second to wait', async () => (await deliveries()).length === 2)
      assert.equal(got.length, 1)
      assert.ok((await getWebhook(admin(), webhookId)).restsUntil)
      clockOffMs += 125_000
      await untilStates('delivered', 'delivered')
    })
  }

  for (const [what, write] of [
    ['stays open', (response: ServerResponse) => response.writeHead(200).write('begun')],
    [
      'breaks off',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-length': '9' }).write('begun', () => response.destroy()),
    ],
    ['never begins', (response: ServerResponse) => response.writeHead(202).flushHeaders()],
  ] as const) {
    test(`a 2xx is a receipt, also when its body ${what}`, async () => {
      receive = (_, response) => {
        write(response)
      }
      await newTicket()
      const [delivery] = await untilStates('delivered')
      assert.equal(delivery?.attempts, 1)
    })
  }

  test('a redirect is not followed, and is no receipt', async () => {
    answering(302, { location: url })
    await newTicket()
    const first = await tried(1)
    assert.deepEqual([first.state, first.last?.status, got.length], ['waiting', 302, 1])
  })
})

describe('A delivery that its receiver refuses for good', () => {
  test('holds up its line and shows why; skipped, it lets the line go on, and can be sent again', async () => {
    receive = ({ type }, response) => response.writeHead(type === 'ticket.created' ? 422 : 204).end('No such product')
    const ticket = await newTicket()
    await change(ticket, 'One')
    await tried(1)
    await newTicket()
    const [refused, behind, other] = await until('three deliveries', async () => {
      const all = await deliveries()
      return all.length === 3 && all.every(({ waitsFor, last }) => waitsFor !== null || last !== null) && all
    })
    assert.deepEqual(refused?.last, { status: 422, problem: null, answer: 'No such product' })
    assert.deepEqual([refused?.waitsFor, behind?.waitsFor, other?.waitsFor], [null, refused?.id, null])
    assert.match(said[0] ?? '', /answered 422/)
    assert.ok(!said.some((line) => line.includes('token')))

    const skipped = await skip(admin(), office, webhookId, refused?.id ?? '')
    assert.equal(skipped.state, 'skipped')
    await until('the line to go on', () => got.some(({ type }) => type === 'ticket.title_changed'))
    await assert.rejects(skip(admin(), office, webhookId, skipped.id), refusedAs('conflict'))
    assert.equal(await replay(admin(), office, webhookId, null), 0)
    answering(204)
    assert.equal(await replay(admin(), office, webhookId, skipped.id), 1)
    await until('it to be delivered', async () => (await deliveries())[0]?.state === 'delivered')
  })

  test('is sent at once on command, alone or with all others', async () => {
    answering(500)
    await newTicket()
    await tried(1)
    assert.equal(await sendNow(admin(), office, webhookId, null), 1)
    const first = await tried(2)
    answering(204)
    assert.equal(await sendNow(admin(), office, webhookId, first.id), 1)
    await untilStates('delivered')
    await assert.rejects(sendNow(admin(), office, webhookId, first.id), refusedAs('conflict'))
    await updateWebhook(admin(), office, webhookId, { enabled: false })
    await assert.rejects(sendNow(admin(), office, webhookId, null), refusedAs('conflict'))
  })
})

test('After the clock went back a delivery waits no longer than its own pause', async () => {
  clockOffMs = 48 * HOUR_MS
  answering(503, { 'retry-after': '60' })
  await newTicket()
  await tried(1)
  clockOffMs = 0
  answering(204)
  webhooks.lookAround()
  const [first] = await until('the wait to begin anew', async () => {
    const all = await deliveries()
    return all[0] && waitOf(all[0]) <= 61_000 && all
  })
  assert.ok(first && waitOf(first) > 0)
  await newTicket()
  webhooks.wake(made.tenant.id)
  await until('another to be delivered', async () => (await deliveries())[1]?.state === 'delivered')
  clockOffMs = 61_000
  await untilStates('delivered', 'delivered')
})

describe('A webhook that later rules forbid', () => {
  beforeEach(() => {
    office = { ...office, sender: createSender({ allowedNetworks: [], allowPlainHttp: false }) }
  })

  test('can be disabled, changed, moved to an allowed address and deleted, but not enabled', async () => {
    const disabled = await updateWebhook(admin(), office, webhookId, { enabled: false, description: 'Old' })
    assert.deepEqual([disabled.enabled, disabled.description, disabled.url], [false, 'Old', url])
    await updateWebhook(admin(), office, webhookId, { events: ['ticket.created'] })
    const named = (option: string) => (error: unknown) =>
      error instanceof Refusal &&
      error.error.code === 'invalid' &&
      (error.error.issues[0]?.message.includes(option) ?? false)
    await assert.rejects(updateWebhook(admin(), office, webhookId, { enabled: true }), named('POLYDESK_WEBHOOK_HTTP'))
    await assert.rejects(
      updateWebhook(admin(), office, webhookId, { url: 'https://127.0.0.1/' }),
      named('POLYDESK_WEBHOOK_NETWORKS'),
    )
    const moved = await updateWebhook(admin(), office, webhookId, { url: 'https://example.com/', enabled: true })
    assert.deepEqual([moved.url, moved.enabled], ['https://example.com/', true])
  })

  test('is sent nothing, and its deliveries say which option allows it', async () => {
    await webhooks.stop()
    start()
    await newTicket()
    const first = await tried(1)
    assert.match(first.last?.problem ?? '', /POLYDESK_WEBHOOK_HTTP/)
    assert.equal(got.length, 0)
    await deleteWebhook(admin(), office, webhookId)
    await assert.rejects(getWebhook(admin(), webhookId), refusedAs('not_found'))
  })
})

test('What waits for its next attempt goes out without the words of a message that was deleted meanwhile', async () => {
  answering(500, {}, SECRET)
  const ticket = await newTicket()
  await change(ticket, 'One')
  await tried(1)
  const { rows } = await core.outside.query<{ id: string }>('select id from messages where tenant_id = $1', [
    made.tenant.id,
  ])
  await deleteMessage(made.as(made.customer), { id: rows[0]?.id ?? '' })
  answering(204)
  got = []
  webhooks.wake(made.tenant.id)
  await until('the payload to be made again', async () => {
    const blank = 'select 1 from webhook_deliveries where tenant_id = $1 and body is null'
    return (await core.outside.query(blank, [made.tenant.id])).rowCount === 0 && (await deliveries()).length === 3
  })
  await sendNow(admin(), office, webhookId, null)
  await untilStates('delivered', 'delivered', 'delivered')
  assert.deepEqual(
    got.map(({ type, body }) => [type, body.includes(SECRET)]),
    ['ticket.created', 'ticket.title_changed', 'message.deleted'].map((type) => [type, false]),
  )
  const kept = await core.outside.query(
    'select 1 from webhook_attempts a where a.tenant_id = $1 and strpos(a::text, $2) > 0',
    [made.tenant.id, SECRET],
  )
  assert.equal(kept.rowCount, 0)
})
