import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from './world.ts'

/** Who runs the server administers its tenants by a token of the configuration. */

const TOKEN = 'operator-token-of-the-tests-0123456789'

let world: World
before(async () => {
  world = await startWorld({ POLYDESK_OPERATOR_TOKEN: TOKEN })
})
after(() => world.stop())

const operate = (method: string, path: string, body?: unknown, token = TOKEN) =>
  world.send(method, `/operator/${path}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body }),
  })

test('a tenant is made, works at once, is renamed, retired and brought back', async () => {
  const made = await operate('POST', 'tenants', { name: 'Example Ltd', desk: 'Support' })
  assert.equal(made.status, 201, made.text)
  const headers = { authorization: `Bearer ${made.json.api_key}` }
  const ticket = await world.send('POST', '/v1/tickets', { headers, body: { title: 'First', text: 'Of its own' } })
  assert.equal(ticket.status, 201, ticket.text)
  assert.equal(ticket.json.desk.name, 'Support')

  const path = `tenants/${made.json.id}`
  assert.equal((await operate('PATCH', path, { name: 'Example Inc' })).json.name, 'Example Inc')
  assert.equal((await world.send('GET', '/v1/tenant', { headers })).json.name, 'Example Inc')

  const retired = await operate('PATCH', path, { retired: true })
  assert.ok(Date.parse(retired.json.retired_at) > 0)
  assert.equal((await world.send('GET', '/v1/tenant', { headers })).status, 401)
  const others = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  assert.equal((await world.send('GET', '/v1/tenant', { headers: others })).status, 200)

  assert.equal((await operate('PATCH', path, { retired: false })).json.retired_at, null)
  assert.equal((await world.send('GET', `/v1/tickets/${ticket.json.id}`, { headers })).status, 200)
  const { data } = (await operate('GET', 'tenants')).json
  assert.deepEqual(
    data.map(({ name }: { name: string }) => name),
    ['Demo', 'Example Inc'],
  )
})

test('what is wrong is refused and changes nothing', async () => {
  const before = (await operate('GET', 'tenants')).text
  const [demo] = JSON.parse(before).data
  for (const body of [{}, { name: '' }, { name: ' ' }, { name: 'A', colour: 'red' }, [], 'x'])
    assert.equal((await operate('POST', 'tenants', body)).status, 400, JSON.stringify(body))
  const twin = await operate('POST', 'tenants', { name: 'Demo' })
  assert.equal(twin.status, 409)
  assert.match(twin.text, new RegExp(demo.id))
  assert.equal((await operate('PATCH', 'tenants/0198c0de-0000-7000-8000-000000000000', { name: 'A' })).status, 404)
  assert.equal((await operate('PATCH', 'tenants/x', { name: 'A' })).status, 404)
  assert.equal((await operate('DELETE', `tenants/${demo.id}`)).status, 405)
  assert.equal((await operate('GET', 'tenants')).text, before)
})

test('nobody else gets in, and without a token there are no such paths', async () => {
  for (const token of ['', TOKEN.slice(1), `${TOKEN}x`, world.value('POLYDESK_API_KEY')])
    for (const [method, path] of [
      ['GET', 'tenants'],
      ['POST', 'tenants'],
    ] as const)
      assert.equal((await operate(method, path, method === 'POST' ? { name: 'Stolen' } : undefined, token)).status, 401)
  assert.ok(!(await operate('GET', 'tenants')).text.includes('Stolen'))
  const without = await startWorld()
  try {
    const headers = { authorization: `Bearer ${TOKEN}` }
    assert.equal((await without.send('GET', '/operator/tenants', { headers })).status, 404)
  } finally {
    await without.stop()
  }
})
