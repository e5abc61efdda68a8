import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { sendDue } from '../../../core/scheduled/send.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

/** What is written on tickets and not sent, or sent later. */

let world: World
let store: Store
let key: string
let ana: string
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  key = world.value('POLYDESK_API_KEY')
  const system = { store, now: new Date().toISOString(), newId: () => v7() }
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  const memberships = [{ deskId: world.value('MOOV_ACCOUNT_ID'), role: 'agent' as const }]
  const { id } = await createUser(system, tenantId, { kind: 'person', isOwner: false, name: 'Ana', memberships })
  ana = await keyOf(id)
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

async function keyOf(userId: string): Promise<string> {
  const system = { store, now: new Date().toISOString(), newId: () => v7() }
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  return (await issueMinted(system, world.value('SPACEBRING_NETWORK_ID'), kind, 'Test', userId)).secret
}

interface Sending {
  readonly as?: string
  readonly body?: unknown
  readonly version?: number
}

function send(method: string, path: string, { as = ana, body, version }: Sending = {}): Promise<Received> {
  const headers = { authorization: `Bearer ${as}`, ...(version !== undefined && { 'if-match': `"${version}"` }) }
  return world.send(method, `/v1${path}`, { headers, body })
}

async function opened(): Promise<string> {
  const { json, status, text } = await send('POST', '/tickets', { as: key, body: { title: 'Fire', text: 'Help' } })
  assert.equal(status, 201, text)
  return json.id
}

const drafts = async (ticket: string, as = ana) => (await send('GET', `/tickets/${ticket}/drafts`, { as })).json.data
const at = (ticket: string, draft: string) => `/tickets/${ticket}/drafts/${draft}`

test('a reply and a note are kept apart, for their author alone, each at its version', async () => {
  const ticket = await opened()
  const [reply, note] = [v7(), v7()]
  const made = await send('PUT', at(ticket, reply), { body: { html: '<p>Dear</p>' } })
  assert.equal(made.status, 200, made.text)
  assert.equal(made.headers.get('etag'), '"1"')
  assert.equal((await send('PUT', at(ticket, note), { body: { text: 'Hm', visibility: 'internal' } })).status, 200)
  const [latest, first] = await drafts(ticket)
  assert.partialDeepStrictEqual(latest, { id: note, version: 1, visibility: 'internal', text: 'Hm', html: null })
  assert.partialDeepStrictEqual(first, { id: reply, visibility: 'public', text: null, html: '<p>Dear</p>' })
  assert.deepEqual(await drafts(ticket, key), [])
  const changed = await send('PUT', at(ticket, reply), { body: { text: 'Dear all' }, version: 1 })
  assert.deepEqual([changed.status, changed.json.version], [200, 2])
  assert.equal((await send('PUT', at(ticket, reply), { body: { text: 'Late' }, version: 1 })).status, 412)
  const other = await send('PUT', at(ticket, v7()), { body: { text: 'In its place' } })
  assert.equal(other.status, 409)
  assert.ok(other.json.detail.includes(reply), other.json.detail)
  assert.equal((await send('DELETE', at(ticket, reply), { version: 1 })).status, 412)
  assert.equal((await send('DELETE', at(ticket, reply), { as: key })).status, 404, 'it is not theirs')
  assert.equal((await send('DELETE', at(ticket, reply), { version: 2 })).status, 204)
  assert.equal((await send('DELETE', at(ticket, reply))).status, 404)
  const version = (await send('GET', `/tickets/${ticket}`)).json.version
  assert.equal(version, 1, 'a draft is no fact of its ticket')
})

test('one goes with the message that it became, and nothing that comes late brings it back or takes another', async () => {
  const ticket = await opened()
  const [id, next] = [v7(), v7()]
  await send('PUT', at(ticket, id), { body: { text: 'Dear all' } })
  const sent = await send('POST', `/tickets/${ticket}/messages`, { body: { text: 'Dear all', draft: id } })
  assert.equal(sent.status, 201, sent.text)
  assert.deepEqual(await drafts(ticket), [])
  assert.equal((await send('PUT', at(ticket, id), { body: { text: 'Late' }, version: 1 })).status, 404)
  await send('PUT', at(ticket, next), { body: { text: 'The next' } })
  // The same draft once more, as from another window: it says what it says, and the next one stays.
  assert.equal((await send('POST', `/tickets/${ticket}/messages`, { body: { text: 'Again', draft: id } })).status, 201)
  assert.equal(
    (await send('POST', `/tickets/${ticket}/messages`, { as: key, body: { text: 'X', draft: next } })).status,
    201,
  )
  assert.deepEqual(
    (await drafts(ticket)).map((draft: { readonly id: string }) => draft.id),
    [next],
  )
  const refused = { text: 'No', draft: next, unless_public_after: v7() }
  assert.equal((await send('POST', `/tickets/${ticket}/messages`, { body: refused })).status, 400)
  assert.equal((await drafts(ticket)).length, 1, 'what was not sent is kept')
})

test('of many that are begun in one place at once there is one', async () => {
  const ticket = await opened()
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => send('PUT', at(ticket, v7()), { body: { text: 'Mine' } })),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 409)])
  assert.equal((await drafts(ticket)).length, 1)
})

test('one that was begun on a ticket which was merged is found on the one that stays', async () => {
  const [ticket, stays] = [await opened(), await opened()]
  const id = v7()
  await send('PUT', at(ticket, id), { body: { text: 'Dear all' } })
  assert.equal((await send('POST', `/tickets/${ticket}/merge`, { as: key, body: { into: stays } })).status, 200)
  assert.equal((await drafts(stays))[0].id, id)
  const changed = await send('PUT', at(stays, id), { body: { text: 'Dear all of you' }, version: 1 })
  assert.deepEqual([changed.status, changed.json.version], [200, 2])
  assert.equal((await send('PUT', at(stays, id), { body: { text: 'Dear all' } })).status, 200, 'also by its id alone')
  assert.equal((await drafts(stays)).length, 1)
  assert.equal(
    (await send('POST', `/tickets/${stays}/messages`, { body: { text: 'Dear all', draft: id } })).status,
    201,
  )
  assert.deepEqual(await drafts(stays), [])
})

test('one is for whoever sees the ticket and may say something there', async () => {
  const ticket = await opened()
  assert.equal((await send('PUT', at(ticket, 'mine'), { body: { text: 'X' } })).status, 404)
  assert.equal((await send('PUT', at(v7(), v7()), { body: { text: 'X' } })).status, 404)
  const both = await send('PUT', at(ticket, v7()), { body: { text: 'X', html: 'X' } })
  assert.deepEqual([both.status, both.json.errors[0].field], [400, 'html'])
  assert.equal((await send('DELETE', `/tickets/${ticket}`, { as: key })).status, 204)
  assert.equal((await send('GET', `/tickets/${ticket}/drafts`)).status, 404)
})

/** Messages that are sent later. */

const HOUR_MS = 3_600_000
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString()
const scheduled = async (ticket: string, as = ana) =>
  (await send('GET', `/tickets/${ticket}/scheduled`, { as })).json.data
const said = async (ticket: string): Promise<readonly string[]> =>
  (await send('GET', `/tickets/${ticket}/messages`)).json.data.map(({ text }: { readonly text: string }) => text)

async function later(ticket: string, body: object = {}, as = ana) {
  const sent = { text: 'Is it well?', send_at: inHours(1), ...body }
  const answer = await send('POST', `/tickets/${ticket}/scheduled`, { as, body: sent })
  assert.equal(answer.status, 201, answer.text)
  return (await send('GET', `/tickets/${ticket}/scheduled/${answer.json.id}`, { as })).json
}

/** Looks for what is due as if some hours had passed; two servers at the same time. */
async function sendAfter(hours: number): Promise<void> {
  const system = { store, now: inHours(hours), newId: () => v7() }
  await Promise.all([1, 2].map(() => sendDue(system, world.value('SPACEBRING_NETWORK_ID'), 100)))
}

test('a message is sent once when its time has come, with its status, and until then it is listed, changed and cancelled', async () => {
  const ticket = await opened()
  const draft = v7()
  await send('PUT', at(ticket, draft), { body: { text: 'Is it well?' } })
  const made = await later(ticket, { status: 'pending', draft })
  assert.deepEqual(await drafts(ticket), [], 'what it was before is gone')
  assert.partialDeepStrictEqual(made, {
    version: 1,
    state: 'waiting',
    problem: null,
    status: 'pending',
    changeable: true,
  })
  const path = `/tickets/${ticket}/scheduled/${made.id}`
  const changed = await send('PATCH', path, { body: { text: 'Is it well by now?' }, version: 1 })
  assert.deepEqual([changed.status, changed.json.version], [200, 2])
  assert.equal((await send('GET', path)).json.status, 'pending')
  assert.equal((await send('PATCH', path, { body: { text: 'Late' }, version: 1 })).status, 412)
  assert.equal((await send('PATCH', path, { as: key, body: { text: 'Not mine' } })).status, 403)
  assert.equal((await scheduled(ticket, key))[0].changeable, false)
  const other = await later(ticket, { text: 'Never' })
  assert.equal((await send('DELETE', `/tickets/${ticket}/scheduled/${other.id}`, { version: 1 })).status, 204)
  assert.deepEqual(await said(ticket), ['Help'])
  await sendAfter(0)
  assert.deepEqual(await said(ticket), ['Help'], 'its time has not come')
  await sendAfter(2)
  assert.deepEqual(await said(ticket), ['Help', 'Is it well by now?'])
  assert.equal((await send('GET', `/tickets/${ticket}`)).json.status, 'pending')
  assert.deepEqual(await scheduled(ticket), [])
  assert.equal((await send('GET', path)).status, 404)
  await sendAfter(3)
  assert.equal((await said(ticket)).length, 2)
})

test('a message that cannot be sent is held and says why, and one that was changed since waits again', async () => {
  const ticket = await opened()
  const { id } = await later(ticket, { attachments: [v7()] })
  await sendAfter(2)
  const [held] = await scheduled(ticket)
  assert.equal(held.state, 'held')
  assert.equal(held.problem.status, 400, JSON.stringify(held.problem))
  await sendAfter(3)
  assert.deepEqual(await said(ticket), ['Help'])
  const body = { attachments: [], send_at: inHours(4) }
  assert.equal((await send('PATCH', `/tickets/${ticket}/scheduled/${id}`, { body })).status, 200)
  assert.equal((await scheduled(ticket))[0].state, 'waiting')
  await sendAfter(5)
  assert.equal((await said(ticket)).length, 2)
})

test('what the requester says first keeps a message from being sent, where its author wished so', async () => {
  const requester = { email: 'rosa@example.com', name: 'Rosa' }
  const body = { title: 'Fire', text: 'Help', requester }
  const ticket = (await send('POST', '/tickets', { as: key, body })).json.id
  await later(ticket, { text: 'Any news?', unless_answered: true })
  await later(ticket, { text: 'In any case' })
  const asRosa = await keyOf((await send('GET', `/tickets/${ticket}`)).json.requester.id)
  const out = await send('POST', `/tickets/${ticket}/messages`, { as: asRosa, body: { text: 'It is out' } })
  assert.equal(out.status, 201, out.text)
  assert.deepEqual(
    (await scheduled(ticket)).map(({ text, state }: { text: string; state: string }) => [text, state]),
    [
      ['Any news?', 'answered'],
      ['In any case', 'waiting'],
    ],
  )
  await sendAfter(2)
  assert.deepEqual(await said(ticket), ['Help', 'It is out', 'In any case'])
  assert.equal((await scheduled(ticket)).length, 1, 'its words are kept')
})

test('who lost the right to say it says nothing: it is held', async () => {
  const ticket = await opened()
  const desk = world.value('MOOV_ACCOUNT_ID')
  await later(ticket)
  const { id } = (await send('GET', '/me')).json.user
  const become = (role: string) => send('PATCH', `/users/${id}`, { as: key, body: { memberships: [{ desk, role }] } })
  assert.equal((await become('customer')).status, 200)
  await sendAfter(2)
  assert.equal((await become('agent')).status, 200)
  const [held] = await scheduled(ticket)
  assert.equal(held.state, 'held')
  assert.deepEqual(await said(ticket), ['Help'])
})

test('a message that is sent later with a mistake names the field', async () => {
  const ticket = await opened()
  const field = async (body: object) => {
    const sent = { text: 'X', send_at: inHours(1), ...body }
    const answer = await send('POST', `/tickets/${ticket}/scheduled`, { body: sent })
    assert.equal(answer.status, 400, answer.text)
    return answer.json.errors[0].field
  }
  assert.equal(await field({ send_at: inHours(-1) }), 'send_at')
  assert.equal(await field({ send_at: inHours(9_000) }), 'send_at')
  assert.equal(await field({ text: ' ' }), 'text')
  assert.equal(await field({ html: 'X' }), 'html')
  assert.equal((await send('GET', `/tickets/${ticket}/scheduled/${v7()}`)).status, 404)
})
