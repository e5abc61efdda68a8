import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'

let world: World
let store: Store
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

type Sender = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Received>

const owner: Sender = (method, path, body, headers = {}) =>
  world.send(method, `/v1${path}`, {
    headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}`, ...headers },
    body,
  })

/** Somebody new who signs in. */
async function person(role: 'agent' | 'customer'): Promise<Sender & { readonly id: string }> {
  const username = `p${v7()}`
  const { id } = await createUser({ store, now: new Date().toISOString(), newId: () => v7() }, tenantId(), {
    kind: 'person',
    isOwner: false,
    name: 'Somebody',
    username,
    password: 'a password',
    memberships: [{ deskId: world.value('MOOV_ACCOUNT_ID'), role }],
  })
  const answer = await world.send('POST', '/v1/sessions', { body: { login: username, password: 'a password' } })
  assert.equal(answer.status, 201, answer.text)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const own = { cookie, 'x-csrf-token': answer.json.csrf_token }
  const send: Sender = (method, path, body, headers = {}) =>
    world.send(method, `/v1${path}`, { headers: { ...own, ...headers }, body })
  return Object.assign(send, { id })
}

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')

async function opened(body: object = {}): Promise<string> {
  const answer = await owner('POST', '/tickets', { title: 'Broken', text: 'It is.', ...body })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.id
}

async function isUnread(who: Sender, id: string): Promise<boolean> {
  const [alone, listed] = [
    await who('GET', `/tickets/${id}?include=unread`),
    await who('GET', '/tickets?limit=200&include=abilities,unread'),
  ]
  const shown = listed.json.data.find((each: { id: string }) => each.id === id)
  assert.equal(alone.json.unread, shown.unread)
  return alone.json.unread
}

describe('a ticket', () => {
  test('is unread to whoever did not see the latest of it, and to nobody else', async () => {
    const old = await opened()
    const [anna, bert] = [await person('agent'), await person('agent')]
    const id = await opened()
    assert.deepEqual([await isUnread(anna, old), await isUnread(anna, id)], [false, true], 'from the first sign-in on')
    assert.equal((await anna('PUT', `/tickets/${id}/read`)).status, 204)
    assert.deepEqual([await isUnread(anna, id), await isUnread(bert, id)], [false, true])
    assert.equal((await anna('POST', `/tickets/${id}/messages`, { text: 'An answer.' })).status, 201)
    assert.deepEqual([await isUnread(anna, id), await isUnread(bert, id)], [false, true], 'one’s own is read')
    await bert('POST', `/tickets/${id}/messages`, { text: 'Another.' })
    assert.deepEqual([await isUnread(anna, id), await isUnread(bert, id)], [true, true], 'what one did not see stays')
    assert.equal((await bert('PUT', `/tickets/${id}/read`)).status, 204)
    assert.equal((await bert('DELETE', `/tickets/${id}/read`)).status, 204)
    assert.equal(await isUnread(bert, id), true)
  })

  test('stays unread by what came between the look and the mark', async () => {
    const anna = await person('agent')
    const id = await opened()
    const { next: seen } = (await anna('GET', '/events?after=latest')).json
    await owner('PATCH', `/tickets/${id}`, { priority: 'high' })
    assert.equal((await anna('PUT', `/tickets/${id}/read`, { position: seen })).status, 204)
    assert.equal(await isUnread(anna, id), true)
    assert.equal((await anna('GET', `/tickets/${id}?include=unread`)).json.read_position, seen)
    await anna('PUT', `/tickets/${id}/read`)
    await anna('PUT', `/tickets/${id}/read`, { position: seen })
    assert.equal(await isUnread(anna, id), false, 'a mark never goes back')
  })

  test('that is out of sight has no marks', async () => {
    const customer = await person('customer')
    const id = await opened()
    for (const method of ['PUT', 'DELETE']) assert.equal((await customer(method, `/tickets/${id}/read`)).status, 404)
  })

  test('waits for an answer however often it is opened, until there is one or none is needed', async () => {
    const anna = await person('agent')
    const since = async (id: string) => (await owner('GET', `/tickets/${id}`)).json.waiting_since
    const id = await opened({ requester: { email: 'waits@example.com' } })
    await anna('PUT', `/tickets/${id}/read`)
    assert.ok(await since(id))
    await anna('PATCH', `/tickets/${id}`, { waiting: false })
    assert.equal(await since(id), null)
    const { kind, after } = (await owner('GET', `/tickets/${id}/timeline`)).json.data.at(-1)
    assert.deepEqual([kind, after], ['ticket.waiting_changed', { waiting: false }])
  })

  test('tells what its reader may do with it, as the rules would have it', async () => {
    const [agent, customer] = [await person('agent'), await person('customer')]
    const id = await opened({ requester: { id: customer.id } })
    const may = async (who: Sender) => (await who('GET', `/tickets/${id}?include=abilities`)).json.abilities
    const working = ['reply', 'note', 'change', 'status', 'close', 'assign', 'merge', 'split', 'link']
    assert.deepEqual(await may(owner), [...working, 'delete'])
    assert.deepEqual(await may(agent), working)
    assert.deepEqual(await may(customer), ['reply', 'close'])
    assert.equal((await customer('PATCH', `/tickets/${id}`, { priority: 'high' })).status, 403)
    assert.equal((await customer('PATCH', `/tickets/${id}`, { status: 'closed' })).status, 200)
    assert.deepEqual(await may(customer), ['close'])
    assert.equal((await customer('POST', `/tickets/${id}/messages`, { text: 'Hello?' })).status, 409)
  })
})

describe('a reply', () => {
  test('stops when something public was said meanwhile, and tells how the ticket is now', async () => {
    const [anna, bert] = [await person('agent'), await person('agent')]
    const id = await opened()
    const [first] = (await anna('GET', `/tickets/${id}/messages`)).json.data
    const reply = { text: 'Mine.', unless_public_after: first.id }
    await bert('POST', `/tickets/${id}/messages`, { text: 'A note.', visibility: 'internal' })
    const latest = await anna('POST', `/tickets/${id}/messages`, reply)
    assert.equal(latest.status, 201, 'a note is nothing public')
    const late = await bert('POST', `/tickets/${id}/messages`, { ...reply, text: 'Too late.' })
    assert.deepEqual([late.status, late.json.code, late.json.ticket.id], [412, 'precondition_failed', id])
    assert.equal(late.json.ticket.version, latest.json.ticket.version)
    const again = { ...reply, unless_public_after: latest.json.message.id }
    assert.equal((await bert('POST', `/tickets/${id}/messages`, again)).status, 201)
    const unknown = await bert('POST', `/tickets/${await opened()}/messages`, reply)
    assert.deepEqual([unknown.status, unknown.json.errors?.[0]?.field], [400, 'unless_public_after'])
  })

  test('stops when somebody else took the ticket meanwhile, and not for who took it or gave it back', async () => {
    const [anna, bert] = [await person('agent'), await person('agent')]
    const idOf = async (who: Sender): Promise<string> => (await who('GET', '/me')).json.user.id
    const [annasId, bertsId] = [await idOf(anna), await idOf(bert)]
    const id = await opened()
    const reply = { text: 'Mine.', unless_taken_from: null }
    const take = async (assignee: string | null) =>
      assert.equal((await owner('PATCH', `/tickets/${id}`, { assignee })).status, 200)
    await take(bertsId)
    const late = await anna('POST', `/tickets/${id}/messages`, reply)
    assert.deepEqual([late.status, late.json.code], [412, 'precondition_failed'])
    assert.equal(late.json.ticket.assignee.id, bertsId)
    assert.equal((await bert('POST', `/tickets/${id}/messages`, reply)).status, 201)
    const seen = { ...reply, unless_taken_from: bertsId.toUpperCase() }
    assert.equal((await anna('POST', `/tickets/${id}/messages`, seen)).status, 201)
    await take(null)
    assert.equal((await anna('POST', `/tickets/${id}/messages`, seen)).status, 201)
    await take(annasId)
    assert.equal((await anna('POST', `/tickets/${id}/messages`, seen)).status, 201)
    assert.equal((await bert('POST', `/tickets/${id}/messages`, seen)).status, 412)
    const wrong = await anna('POST', `/tickets/${id}/messages`, { ...reply, unless_taken_from: 'me' })
    assert.deepEqual([wrong.status, wrong.json.errors?.[0]?.field], [400, 'unless_taken_from'])
  })

  test('of many at once that saw the same is sent once', async () => {
    const anna = await person('agent')
    const id = await opened()
    const [first] = (await anna('GET', `/tickets/${id}/messages`)).json.data
    const reply = { text: 'Mine.', unless_public_after: first.id }
    const answers = await Promise.all(Array.from({ length: 8 }, () => anna('POST', `/tickets/${id}/messages`, reply)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(412)])
  })

  test('with If-Match that is too late is told the ticket too', async () => {
    const id = await opened()
    await owner('PATCH', `/tickets/${id}`, { priority: 'high' })
    const late = await owner('PATCH', `/tickets/${id}`, { priority: 'low' }, { 'if-match': '"1"' })
    assert.deepEqual([late.status, late.json.ticket.priority, late.json.ticket.version], [412, 'high', 2])
  })
})
