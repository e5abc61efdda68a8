import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { signature } from '../src/dialects/moov/webhooks/protocol.ts'
import { until } from './process.ts'
import { type Got, type Receiver, startReceiver } from './receiver.ts'
import { type Received, startWorld, type World } from './world.ts'

/** Webhooks from the change to the receiver: a real server, real HTTP, and the vendors' own libraries as receivers. */

const ALLOWED = {
  POLYDESK_SECRET_KEY: 'x'.repeat(32),
  POLYDESK_WEBHOOK_NETWORKS: '127.0.0.0/8',
  POLYDESK_WEBHOOK_HTTP: 'on',
}
/** Two retries, at once: what is shown does not depend on how long a schedule takes. */
const PATIENCE = { retryDelaysMs: [5, 5], timeoutMs: 2_000 }

let world: World
let receiver: Receiver
before(async () => {
  world = await startWorld(ALLOWED, {}, undefined, PATIENCE)
})
after(() => world?.stop())
beforeEach(async (context) => {
  receiver = await startReceiver()
  if ('after' in context) context.after(() => receiver.close())
})

async function native(method: string, path: string, body?: unknown): Promise<Received> {
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  return world.send(method, path, { headers, ...(body === undefined ? {} : { body }) })
}

async function done(method: string, path: string, body?: unknown) {
  const answer = await native(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.text === '' ? null : answer.json
}

const subscribe = (more: object = {}) => done('POST', '/v1/webhooks', { url: receiver.url, ...more })
const newTicket = (more: object = {}) => done('POST', '/v1/tickets', { title: 'Title', text: 'Text', ...more })

/** Waits until so many requests have come. */
async function arrived(count: number): Promise<readonly Got[]> {
  await until(`${count} requests`, () => receiver.got.length >= count)
  return receiver.got
}

/** Waits until a webhook has so many deliveries in a state. */
async function inState(webhook: { readonly id: string }, state: string, count: number) {
  return until(`${count} deliveries ${state}`, async () => {
    const { data } = await done('GET', `/v1/webhooks/${webhook.id}/deliveries?state=${state}`)
    return data.length === count && data
  })
}

describe('Each dialect tells events in its own form, and its own library accepts the signature', () => {
  test('Spacebring: support.ticket.created, verified with svix', async () => {
    const { id, secret } = await subscribe({ dialect: 'spacebring' })
    const ticket = await newTicket({ requester: { email: 'requester@example.com' } })
    await done('PATCH', `/v1/tickets/${ticket.id}`, { status: 'solved' })
    const [got] = await arrived(1)
    await inState({ id }, 'delivered', 1)
    assert.ok(got)
    // Throws unless the signature is right.
    new SvixWebhook(secret).verify(got.body, { ...headersOf(got) })
    assert.partialDeepStrictEqual(got.json, {
      type: 'support.ticket.created',
      ticket: {
        id: ticket.id,
        number: ticket.number,
        locationRef: ticket.desk.id,
        description: 'Text',
        type: 'other',
        userRequester: { email: 'requester@example.com', name: 'Rosa', surname: 'Requester' },
      },
    })
    assert.ok(!got.body.includes('null'))
    assert.equal(receiver.got.length, 1)
    await done('DELETE', `/v1/webhooks/${id}`)
  })

  test('Spacebring: two more events, to those who name them', async () => {
    const events = ['support.ticket.updated', 'support.ticket.comment.created']
    const { id } = await subscribe({ dialect: 'spacebring', events })
    const ticket = await newTicket({ requester: { email: 'requester@example.com' } })
    await done('POST', `/v1/tickets/${ticket.id}/messages`, { text: 'Reply', status: 'solved' })
    await done('POST', `/v1/tickets/${ticket.id}/messages`, { text: 'Note', visibility: 'internal' })
    await done('PATCH', `/v1/tickets/${ticket.id}`, { title: 'Other' })
    await inState({ id }, 'delivered', 2)
    assert.deepEqual(
      receiver.got.map(({ json }) => [json.type, json.ticket.id, json.activity.type, json.activity.data]),
      [
        ['support.ticket.comment.created', ticket.id, 'comment', { text: 'Reply' }],
        [
          'support.ticket.updated',
          ticket.id,
          'statusUpdated',
          { status: 'solved', previousAttributes: { status: 'new' } },
        ],
      ],
    )
    await done('DELETE', `/v1/webhooks/${id}`)
  })

  test('Moov: three events with ids only, signed by its algorithm, new nonce and id each time', async () => {
    const { id, secret } = await subscribe({ dialect: 'moov', events: ['*'] })
    const ticket = await newTicket({ reference: 'ref-1' })
    await done('POST', `/v1/tickets/${ticket.id}/messages`, { text: 'Reply' })
    await done('POST', `/v1/tickets/${ticket.id}/messages`, { text: 'Note', visibility: 'internal' })
    await done('PATCH', `/v1/tickets/${ticket.id}`, { status: 'solved' })
    await done('PATCH', `/v1/tickets/${ticket.id}`, { status: 'closed' })
    await inState({ id }, 'delivered', 4)
    const data = { accountID: ticket.desk.id, ticketID: ticket.id, foreignID: 'ref-1' }
    assert.deepEqual(
      receiver.got.map(({ json }) => [json.type, json.data]),
      [
        ['ticket.created', data],
        ['ticket.messageAdded', data],
        ['ticket.updated', { ...data, status: 'in-progress' }],
        ['ticket.updated', { ...data, status: 'closed' }],
      ],
    )
    for (const { headers } of receiver.got) {
      const [timestamp, nonce, webhookId] = ['x-timestamp', 'x-nonce', 'x-webhook-id'].map((name) => headers[name])
      assert.ok(timestamp && nonce && webhookId)
      assert.equal(headers['x-signature'], signature(secret, `${timestamp}`, `${nonce}`, `${webhookId}`))
      assert.equal(headers['x-account-id'], world.value('MOOV_ACCOUNT_ID'))
    }
    assert.equal(new Set(receiver.got.map(({ headers }) => headers['x-nonce'])).size, 4)
    assert.equal(new Set(receiver.got.map(({ json }) => json.eventID)).size, 4)
    await done('DELETE', `/v1/webhooks/${id}`)
  })

  test('Omnidesk: tickets, statuses, messages and deletion, verified with standardwebhooks', async () => {
    const { id, secret } = await subscribe({ dialect: 'omnidesk' })
    const ticket = await newTicket()
    await inState({ id }, 'delivered', 2)
    await done('PATCH', `/v1/tickets/${ticket.id}`, { status: 'on_hold', priority: 'high' })
    await inState({ id }, 'delivered', 4)
    await done('DELETE', `/v1/tickets/${ticket.id}`)
    await arrived(5)
    const payloads = receiver.got.map((got) => {
      const payload: unknown = new StandardWebhook(secret).verify(got.body, { ...headersOf(got) })
      assert.deepEqual(payload, got.json)
      return got.json
    })
    assert.deepEqual(
      payloads.map(({ type }) => type),
      ['ticket.created', 'message.created', 'ticket.updated', 'ticket.status_changed', 'ticket.deleted'],
    )
    assert.equal(payloads[0].data.id, ticket.integer)
    assert.equal(payloads[1].data.ticket_id, ticket.integer)
    assert.deepEqual([payloads[3].data.status, payloads[3].data.priority], ['holding', 'high'])
    assert.deepEqual(payloads[4].data, { id: ticket.integer })
    await done('DELETE', `/v1/webhooks/${id}`)
  })

  test('Omnidesk: customers as its answers show them, and nothing of who works on desks', async () => {
    const events = ['customer.created', 'customer.updated']
    const { id, secret } = await subscribe({ dialect: 'omnidesk', events })
    const headers = { authorization: `apikey ${world.value('OMNIDESK_API_KEY')}` }
    const ask = async (method: string, path: string, body?: object) => {
      const answer = await world.send(method, `/api/v2/customer${path}`, { headers, ...(body && { body }) })
      assert.ok(answer.status < 300, answer.text)
      return answer.json
    }
    await ask('POST', '', { primary_id: 'crm-1', firstname: 'Kim', lastname: 'Klein', plan: 'gold' })
    await ask('PUT', '/updateCustomer', { externalPrimaryID: 'crm-1', firstname: 'Kimberley' })
    const desk = world.value('MOOV_ACCOUNT_ID')
    await done('POST', '/v1/users', { name: 'Agent', memberships: [{ desk, role: 'agent' }] })
    await newTicket({ requester: { email: 'new@customer.example', name: 'New' } })
    await inState({ id }, 'delivered', 3)
    const told = receiver.got.map((got) => {
      new StandardWebhook(secret).verify(got.body, { ...headersOf(got) })
      return got.json
    })
    // Told as they are when they are told: in order for each customer.
    const [created, updated] = told.filter(({ data }) => data.external_primary_id === 'crm-1')
    assert.deepEqual([created.type, updated.type], events)
    assert.deepEqual([updated.data.firstname, updated.data.lastname, updated.data.plan], ['Kimberley', 'Klein', 'gold'])
    assert.deepEqual(updated.data, (await ask('GET', '?query=Klein')).items[0])
    const [other] = told.filter(({ data }) => data.external_primary_id !== 'crm-1')
    assert.deepEqual([other.type, other.data.firstname], ['customer.created', 'New'])
    await done('DELETE', `/v1/webhooks/${id}`)
  })

  test('Polydesk itself: every event with the ticket, verified with standardwebhooks', async () => {
    const { id, secret } = await subscribe()
    const ticket = await newTicket()
    await done('PATCH', `/v1/tickets/${ticket.id}`, { title: 'Other' })
    await inState({ id }, 'delivered', 2)
    for (const got of receiver.got) new StandardWebhook(secret).verify(got.body, { ...headersOf(got) })
    assert.deepEqual(
      receiver.got.map(({ json }) => [json.type, json.data.ticket.id, json.data.before]),
      [
        ['ticket.created', ticket.id, null],
        ['ticket.title_changed', ticket.id, { title: 'Title' }],
      ],
    )
    await done('DELETE', `/v1/webhooks/${id}`)
  })
})

function headersOf({ headers }: Got): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

describe('A receiver that fails loses nothing', () => {
  test('a failed delivery is tried again with the same id and body, and the log shows both attempts', async () => {
    let failures = 1
    receiver.reply = () => (failures-- > 0 ? { status: 500, body: 'Not now.' } : { status: 204 })
    const webhook = await subscribe({ events: ['ticket.created'] })
    await newTicket()
    const [delivery] = await inState(webhook, 'delivered', 1)
    const [first, second] = receiver.got
    assert.equal(first?.body, second?.body)
    assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id'])
    const shown = await done('GET', `/v1/webhooks/${webhook.id}/deliveries/${delivery.id}`)
    assert.equal(shown.body, first?.body)
    assert.deepEqual(
      shown.log.map((each: { status: number; answer_body: string }) => [each.status, each.answer_body]),
      [
        [500, 'Not now.'],
        [204, ''],
      ],
    )
    assert.equal(shown.log[0].request_headers['webhook-signature'], first?.headers['webhook-signature'])
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })

  test('what the schedule gives up is a dead letter, and goes out on command, in its old order', async () => {
    receiver.reply = () => ({ status: 503 })
    const webhook = await subscribe({ events: ['ticket.created', 'ticket.title_changed'] })
    const ticket = await newTicket()
    for (const title of ['A', 'B']) await done('PATCH', `/v1/tickets/${ticket.id}`, { title })
    await inState(webhook, 'dead', 3)
    assert.equal(receiver.got.length, 9)
    receiver.reply = () => ({ status: 200 })
    assert.deepEqual(await done('POST', `/v1/webhooks/${webhook.id}/replay`), { replayed: 3 })
    await inState(webhook, 'delivered', 3)
    assert.deepEqual(
      receiver.got.slice(9).map(({ json }) => json.data.after.title),
      ['Title', 'A', 'B'],
    )
    const { data } = await done('GET', `/v1/webhooks/${webhook.id}/deliveries`)
    assert.deepEqual(
      data.map(({ attempts }: { attempts: number }) => attempts),
      [4, 4, 4],
    )
    const again = await done('POST', `/v1/webhooks/${webhook.id}/deliveries/${data[0].id}/replay`)
    assert.deepEqual(again, { replayed: 1 })
    await arrived(13)
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })

  test('a Moov receiver that ends with 404 is disabled; what happens meanwhile goes out when it is enabled again', async () => {
    receiver.reply = () => ({ status: 404 })
    const webhook = await subscribe({ dialect: 'moov' })
    const ticket = await newTicket()
    await inState(webhook, 'dead', 1)
    const shown = await done('GET', `/v1/webhooks/${webhook.id}`)
    assert.deepEqual([shown.enabled, shown.disabled_by], [false, 'failures'])
    await done('PATCH', `/v1/tickets/${ticket.id}`, { status: 'open' })
    await inState(webhook, 'waiting', 1)
    assert.equal(receiver.got.length, 3)
    receiver.reply = () => ({ status: 200 })
    await done('PATCH', `/v1/webhooks/${webhook.id}`, { enabled: true })
    await inState(webhook, 'delivered', 1)
    await done('POST', `/v1/webhooks/${webhook.id}/replay`)
    await inState(webhook, 'delivered', 2)
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })

  test('events of one ticket arrive in order while one of them fails; other tickets do not wait for it', async () => {
    const failing = new Set<string>()
    // Once: three failures, which come within milliseconds, would be the end of a delivery.
    receiver.reply = ({ json }) => (failing.delete(json.data.ticket_id) ? { status: 500 } : { status: 204 })
    const webhook = await subscribe({ events: ['ticket.created', 'ticket.title_changed'] })
    const [stuck, free] = [await newTicket(), await newTicket()]
    await inState(webhook, 'delivered', 2)
    failing.add(stuck.id)
    for (const title of ['A', 'B', 'C'])
      for (const { id } of [stuck, free]) await done('PATCH', `/v1/tickets/${id}`, { title })
    await inState(webhook, 'delivered', 8)
    assert.equal(failing.size, 0)
    for (const { id } of [stuck, free]) {
      const titles = receiver.got
        .filter(({ json }) => json.data.ticket_id === id)
        .map(({ json }) => json.data.after.title)
      const distinct = titles.filter((title, at) => title !== titles[at - 1])
      assert.deepEqual(distinct, ['Title', 'A', 'B', 'C'])
    }
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })
})

describe('Subscriptions', () => {
  test('a webhook of one desk gets the events of that desk only, and only those it names', async () => {
    const desk = world.value('MOOV_CONNECTED_ACCOUNT_ID')
    const webhook = await subscribe({ desk, events: ['ticket.created'] })
    await newTicket()
    const there = await newTicket({ desk })
    await done('PATCH', `/v1/tickets/${there.id}`, { title: 'Other' })
    await inState(webhook, 'delivered', 1)
    assert.equal(receiver.got[0]?.json.data.ticket_id, there.id)
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })

  test('events from before it was made are not told, nor those while it was disabled by hand', async () => {
    await newTicket()
    const webhook = await subscribe({ events: ['ticket.created'], enabled: false })
    const other = await subscribe({ events: ['ticket.created'] })
    await newTicket()
    await inState(other, 'delivered', 1)
    await done('PATCH', `/v1/webhooks/${webhook.id}`, { enabled: true })
    const told = await newTicket()
    await inState(webhook, 'delivered', 1)
    await inState(other, 'delivered', 2)
    assert.equal(receiver.got.filter(({ json }) => json.data.ticket_id === told.id).length, 2)
    for (const { id } of [webhook, other]) await done('DELETE', `/v1/webhooks/${id}`)
  })

  test('a replaced secret signs too, so that receivers can change over', async () => {
    const webhook = await subscribe({ events: ['ticket.created'] })
    const { secret } = await done('POST', `/v1/webhooks/${webhook.id}/rotate_secret`)
    assert.notEqual(secret, webhook.secret)
    await newTicket()
    const [got] = await arrived(1)
    assert.ok(got)
    for (const each of [secret, webhook.secret]) new StandardWebhook(each).verify(got.body, { ...headersOf(got) })
    await inState(webhook, 'delivered', 1)
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })

  test('secrets are shown once and stored encrypted', async () => {
    const webhook = await subscribe()
    const shown = await native('GET', `/v1/webhooks/${webhook.id}`)
    assert.ok(!shown.text.includes(webhook.secret))
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })

  test('a test goes out at once and shows what was answered', async () => {
    receiver.reply = () => ({ status: 418, body: 'Short and stout.' })
    const webhook = await subscribe({ enabled: false })
    const shown = await done('POST', `/v1/webhooks/${webhook.id}/test`)
    assert.deepEqual([shown.status, shown.answer_body, shown.problem], [418, 'Short and stout.', null])
    assert.equal(receiver.got[0]?.json.type, 'webhook.test')
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  })

  test('what cannot be subscribed is refused: unknown dialect, events, desk, and URLs that are none', async () => {
    const wrong = [
      { dialect: 'netgroot' },
      { dialect: 'nobody' },
      { events: ['ticket.melted'] },
      { events: [] },
      { dialect: 'spacebring', events: ['*'] },
      { desk: '0198c0de-0000-7000-8000-00000000dead' },
      { url: 'ftp://127.0.0.1/' },
      { url: 'http://user:secret@127.0.0.1/' },
      { url: 'http://10.0.0.1/' },
      { url: 'http://[::1]/' },
      { url: 'http://2130706433.nip/', dialect: 'omnidesk' },
      { url: 'nonsense' },
    ]
    for (const each of wrong) {
      const answer = await native('POST', '/v1/webhooks', { url: receiver.url, ...each })
      assert.equal(answer.status, 400, `${JSON.stringify(each)} ${answer.text}`)
    }
  })

  test('NetGroot has no webhooks: none can be made in its form, nor at any path of its own', async () => {
    const made = await native('POST', '/v1/webhooks', { url: receiver.url, dialect: 'netgroot' })
    assert.deepEqual([made.status, made.json.errors[0].field], [400, 'dialect'])
    const headers = { authorization: `Bearer ${world.value('NETGROOT_STAFF_TOKEN')}` }
    for (const path of ['Webhooks', 'Webhooks/getWebhooks', 'Tickets/Webhooks', 'subscriber/Webhooks'])
      assert.equal((await world.send('GET', `/api/v1/${path}`, { headers })).status, 404, path)
  })

  test('an Omnidesk endpoint must answer OPTIONS and allow POST', async () => {
    await receiver.close()
    const answer = await native('POST', '/v1/webhooks', { url: receiver.url, dialect: 'omnidesk' })
    assert.equal(answer.status, 400)
    assert.equal(answer.json.errors[0].field, 'url')
    receiver = await startReceiver()
  })

  test('what does not exist is 404', async () => {
    const nobody = '0198c0de-0000-7000-8000-00000000dead'
    for (const path of [nobody, 'x', `${nobody}/deliveries`, `${nobody}/deliveries/${nobody}`])
      assert.equal((await native('GET', `/v1/webhooks/${path}`)).status, 404)
  })
})

test('Deleting a ticket erases what was kept for its deliveries', async () => {
  const webhook = await subscribe({ events: ['ticket.created', 'ticket.deleted'] })
  const ticket = await newTicket({ text: 'Very private' })
  await inState(webhook, 'delivered', 1)
  await done('DELETE', `/v1/tickets/${ticket.id}`)
  await until('the deletion to be told', () => receiver.got.length === 2)
  const { data } = await done('GET', `/v1/webhooks/${webhook.id}/deliveries`)
  assert.deepEqual(
    data.map(({ event }: { event: string }) => event),
    ['ticket.deleted'],
  )
  assert.ok(!receiver.got[1]?.body.includes('private'))
  await done('DELETE', `/v1/webhooks/${webhook.id}`)
})

test('Two servers on one database share the work: every event is delivered once, in order', async () => {
  const second = await startWorld(ALLOWED, {}, world.database, PATIENCE)
  try {
    const webhook = await subscribe({ events: ['ticket.created', 'ticket.title_changed'] })
    const tickets = await Promise.all(
      Array.from({ length: 20 }, async (_, nth) => {
        const ticket = await newTicket({ title: '0' })
        const on = nth % 2 === 0 ? world : second
        const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
        for (const title of ['1', '2']) await on.send('PATCH', `/v1/tickets/${ticket.id}`, { headers, body: { title } })
        return ticket
      }),
    )
    await inState(webhook, 'waiting', 0)
    await arrived(60)
    assert.equal(receiver.got.length, 60)
    for (const { id } of tickets) {
      const own = receiver.got.filter(({ json }) => json.data.ticket_id === id)
      assert.deepEqual(
        own.map(({ json }) => json.data.after.title),
        ['0', '1', '2'],
      )
    }
    await done('DELETE', `/v1/webhooks/${webhook.id}`)
  } finally {
    await second.polydesk.stop()
  }
})
