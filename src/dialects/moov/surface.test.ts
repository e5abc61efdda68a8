/** What the documents of this dialect name and no other test here shows. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../test/world.ts'

let world: World
before(async () => {
  world = await startWorld({ POLYDESK_WEBHOOK_NETWORKS: '127.0.0.1', POLYDESK_WEBHOOK_HTTP: 'on' })
})
after(() => world.stop())

function call(method: string, path: string, body?: unknown, more: Readonly<Record<string, string>> = {}) {
  const pair = `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
  const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}`, ...more }
  return world.send(method, path, { headers, ...(body === undefined ? {} : { body }) })
}

test('a list shows each status alone', async () => {
  const tickets = `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`
  const shown = {
    new: 'new',
    open: 'in-progress',
    pending: 'on-hold',
    on_hold: 'on-hold',
    solved: 'closed',
    closed: 'closed',
  }
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  for (const [status, word] of Object.entries(shown)) {
    const made = await call('POST', tickets, { title: 'T', body: 'B', contact: { email: 'kim@example.com' } })
    assert.equal(made.status, 200, made.text)
    const changed = await world.send('PATCH', `/v1/tickets/${made.json.ticketID}`, { headers, body: { status } })
    assert.equal(changed.status, 200, changed.text)
    const { items } = (await call('GET', `${tickets}?status=${word}`)).json
    assert.equal(items[0].ticketID, made.json.ticketID)
    assert.ok(items.every((each: { status: string }) => each.status === word))
  }
})

test('a webhook is made and replaced in each status; a description that is too long is told', async () => {
  const wanted = { url: 'http://127.0.0.1:9/', description: 'Test', eventTypes: ['*'] }
  for (const status of ['enabled', 'disabled']) {
    const made = await call('POST', '/webhooks', { ...wanted, status })
    assert.deepEqual([made.status, made.json.status], [201, status])
    const other = status === 'enabled' ? 'disabled' : 'enabled'
    const replaced = await call('PUT', `/webhooks/${made.json.webhookID}`, { ...wanted, status: other })
    assert.deepEqual([replaced.status, replaced.json.status], [200, other])
  }
  const refused = await call('POST', '/webhooks', { ...wanted, status: 'enabled', description: 'x'.repeat(1_001) })
  assert.deepEqual([refused.status, Object.keys(refused.json)], [422, ['description']])
})

test('X-Idempotency-Key and X-Wait-For change nothing', async () => {
  const headers = { 'x-idempotency-key': '3f0f7c62-6a57-4d2f-9f7e-0d9a4f1f2b11', 'x-wait-for': 'rail-response' }
  const ticket = { title: 'Twice', body: 'B', contact: { email: 'kim@example.com' } }
  const path = `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`
  const [first, second] = [await call('POST', path, ticket, headers), await call('POST', path, ticket, headers)]
  assert.deepEqual([first.status, second.status], [200, 200])
  assert.equal(second.json.number, first.json.number + 1)
})

test('the same foreignID may come twice', async () => {
  const ticket = { title: 'T', body: 'B', contact: { email: 'kim@example.com' }, foreignID: 'order 7' }
  const path = `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`
  for (const _ of ['first', 'second']) assert.equal((await call('POST', path, ticket)).status, 200)
  assert.equal((await call('GET', `${path}?foreignID=order%207`)).json.items.length, 2)
})
