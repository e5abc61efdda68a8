import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { WebhookEventType as EventType26 } from '@moovio/sdk/models/components/webhookeventtype.js'
import { WebhookEventType as EventType25 } from 'moov-sdk-25/models/components/webhookeventtype.js'
import { until } from '../../../../test/process.ts'
import { type Receiver, startReceiver } from '../../../../test/receiver.ts'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { signature } from './protocol.ts'

let world: World
let receiver: Receiver
before(async () => {
  receiver = await startReceiver()
  world = await startWorld({ POLYDESK_WEBHOOK_NETWORKS: '127.0.0.1', POLYDESK_WEBHOOK_HTTP: 'on' })
})
after(async () => {
  await world?.stop()
  await receiver?.close()
})

function call(method: string, path: string, body?: unknown): Promise<Received> {
  const pair = `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  return world.send(method, path, { headers: { authorization }, ...(body === undefined ? {} : { body }) })
}

const wanted = (more: object = {}) => ({
  url: receiver.url,
  description: 'Test',
  status: 'enabled',
  eventTypes: ['ticket.created'],
  ...more,
})

test('the check vector of the signature', () => {
  const webhookId = '9b0f5a0e-8f1b-4f57-9d7b-3a1a55f7a001'
  const nonce = '3f0f7c62-6a57-4d2f-9f7e-0d9a4f1f2b11'
  assert.equal(
    signature('example-signing-secret', '2026-01-15T10:20:30Z', nonce, webhookId),
    'c2ce8b536a6033d4b5015040e2bf7961b049c8a15f69f225550aef47abe21585121381473c9561e38f826da84d03eb6da45562f14b6ada7ba643bf64111cdb33',
  )
})

test('a webhook is created with 201, read, listed, replaced and disabled', async () => {
  const created = await call('POST', '/webhooks', wanted())
  assert.equal(created.status, 201)
  const { webhookID, createdOn, updatedOn, ...rest } = created.json
  assert.deepEqual(rest, wanted())
  assert.ok(createdOn && updatedOn)
  assert.deepEqual((await call('GET', `/webhooks/${webhookID}`)).json, created.json)
  assert.deepEqual((await call('GET', '/webhooks')).json, [created.json])
  const change = wanted({ description: 'Other', eventTypes: ['*'] })
  const replaced = await call('PUT', `/webhooks/${webhookID}`, change)
  assert.equal(replaced.status, 200)
  assert.partialDeepStrictEqual(replaced.json, { webhookID, ...change })
  const disabled = await call('DELETE', `/webhooks/${webhookID}`)
  assert.deepEqual([disabled.status, disabled.text], [204, ''])
  assert.equal((await call('GET', `/webhooks/${webhookID}`)).json.status, 'disabled')
})

test('ping sends event.test, signed with the secret that can be read, and tells what was answered', async () => {
  const { webhookID } = (await call('POST', '/webhooks', wanted())).json
  receiver.reply = () => ({ status: 202 })
  const pinged = await call('POST', `/webhooks/${webhookID}/ping`)
  assert.equal(pinged.status, 200)
  assert.equal(pinged.json.responseStatusCode, 202)
  const got = receiver.got.at(-1)
  assert.ok(got)
  assert.deepEqual(pinged.json.requestBodySent, got.json)
  assert.partialDeepStrictEqual(got.json, { type: 'event.test', data: { ping: true } })
  const { secret } = (await call('GET', `/webhooks/${webhookID}/secret`)).json
  const header = (name: string) => String(got.headers[name])
  const expected = signature(secret, header('x-timestamp'), header('x-nonce'), header('x-webhook-id'))
  assert.equal(header('x-signature'), expected)
  assert.ok((await call('GET', `/webhooks/${webhookID}`)).json.lastUsedOn)
  await call('DELETE', `/webhooks/${webhookID}`)
})

test("a platform's webhook hears of its connected accounts; the account of the ticket is in the data", async () => {
  const { webhookID } = (await call('POST', '/webhooks', wanted())).json
  const connected = world.value('MOOV_CONNECTED_ACCOUNT_ID')
  const body = { title: 'T', body: '<p>B</p>', contact: { email: 'someone@example.com' } }
  const { ticketID } = (await call('POST', `/accounts/${connected}/tickets`, body)).json
  const got = await until('the event', () => receiver.got.find(({ json }) => json.data.ticketID === ticketID))
  assert.deepEqual(got.json.data, { accountID: connected, ticketID })
  assert.equal(got.headers['x-account-id'], world.value('MOOV_ACCOUNT_ID'))
  await call('DELETE', `/webhooks/${webhookID}`)
})

test('what is wrong is 422 with the field, a wrong type 400, an unknown webhook 404 without a body', async () => {
  const wrong: [object, object][] = [
    [{ url: 'nonsense' }, { url: 'must be a valid URL' }],
    [{ url: '' }, { url: 'cannot be blank' }],
    [{ status: 'asleep' }, { status: 'must be a valid value' }],
    [{ eventTypes: [] }, { eventTypes: 'cannot be blank' }],
    [{ eventTypes: ['ticket.melted'] }, { eventTypes: 'must be a valid value' }],
  ]
  for (const [more, fields] of wrong) {
    const answer = await call('POST', '/webhooks', wanted(more))
    assert.equal(answer.status, 422, answer.text)
    assert.deepEqual(answer.json, fields)
  }
  assert.equal((await call('POST', '/webhooks', wanted({ url: 7 }))).status, 400)
  const missing = await call('GET', '/webhooks/0198c0de-0000-7000-8000-00000000dead')
  assert.deepEqual([missing.status, missing.text], [404, ''])
  assert.equal((await call('GET', '/webhooks/x')).status, 404)
  assert.equal((await call('POST', '/webhooks', wanted({ eventTypes: ['transfer.created'] }))).status, 201)
})

test("every event that the vendor's clients know can be subscribed to, also those that never come (M44)", async () => {
  for (const known of [EventType26, EventType25]) {
    const eventTypes = Object.values(known).filter((name) => name !== '*')
    const created = await call('POST', '/webhooks', wanted({ eventTypes }))
    assert.equal(created.status, 201, created.text)
    assert.deepEqual(created.json.eventTypes.toSorted(), eventTypes.toSorted())
    await call('DELETE', `/webhooks/${created.json.webhookID}`)
  }
})

test('event types are listed with stable ids; ping answers 200 without a body', async () => {
  const listed = (await call('GET', '/event-types')).json
  assert.deepEqual(
    listed.map(({ type }: { type: string }) => type),
    ['ticket.created', 'ticket.updated', 'ticket.messageAdded'],
  )
  assert.deepEqual((await call('GET', '/event-types')).json, listed)
  const ping = await call('GET', '/ping')
  assert.deepEqual([ping.status, ping.text], [200, ''])
  assert.equal((await world.send('GET', '/ping')).status, 401)
})
