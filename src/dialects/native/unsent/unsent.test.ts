import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

/** What is written on tickets and not sent. */

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
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  ana = (await issueMinted(system, tenantId, kind, 'Test', id)).secret
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

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
