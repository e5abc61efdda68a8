import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import type { Role } from '../../../core/identity/permissions.ts'
import { MOST_REPLIES } from '../../../core/replies/reply.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

let world: World
let store: Store
/** The owner's key. */
let key: string
let ana: string
let ben: string
let customer: string
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  key = world.value('POLYDESK_API_KEY')
  ana = await keyOfSomebody('agent', 'Ana')
  ben = await keyOfSomebody('agent', 'Ben')
  customer = await keyOfSomebody('customer', 'Cleo')
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

async function keyOfSomebody(role: Role, name: string): Promise<string> {
  const system = { store, now: new Date().toISOString(), newId: () => v7() }
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  const memberships = [{ deskId: world.value('MOOV_ACCOUNT_ID'), role }]
  const { id } = await createUser(system, tenantId, { kind: 'person', isOwner: false, name, memberships })
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  return (await issueMinted(system, tenantId, kind, 'Test', id)).secret
}

interface Sending {
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function send(method: string, path: string, { as = key, body, headers }: Sending = {}): Promise<Received> {
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${as}`, ...headers }, body })
}

async function saved(body: object, as = key) {
  const answer = await send('POST', '/saved_replies', { as, body: { name: 'Closing', text: 'Is all well?', ...body } })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

async function namesFor(as: string): Promise<readonly string[]> {
  const { json, text, status } = await send('GET', '/saved_replies', { as })
  assert.equal(status, 200, text)
  return json.data.map(({ name }: { readonly name: string }) => name)
}

function refusal(answer: Received, status: number): readonly string[] {
  assert.equal(answer.status, status, answer.text)
  return (answer.json.errors ?? []).map(({ field }: { readonly field: string }) => field)
}

describe('a saved reply', () => {
  test('is saved for oneself, shown, changed and deleted, and a version that is gone changes nothing', async () => {
    const { id, ...made } = await saved({ folder: ' Ends ', language: 'de-ch' }, ana)
    const words = { name: 'Closing', folder: 'Ends', language: 'de-CH', text: 'Is all well?', filled: null }
    assert.deepEqual(made, { version: 1, ...words, audience: 'private', group: null, changeable: true })
    assert.equal((await send('GET', `/saved_replies/${id}`, { as: ben })).status, 404, 'it is private')
    assert.ok(!(await namesFor(ben)).includes('Closing'))
    const path = `/saved_replies/${id}`
    const known = { 'if-none-match': '"1"' }
    assert.equal((await send('GET', path, { as: ana, headers: known })).status, 304)
    const changed = await send('PATCH', path, { as: ana, body: { language: null, text: 'All well?' } })
    assert.deepEqual(
      [changed.status, changed.json.version, changed.json.language, changed.json.text, changed.json.folder],
      [200, 2, null, 'All well?', 'Ends'],
    )
    const same = await send('PATCH', path, { as: ana, body: { text: 'All well?' } })
    assert.equal(same.json.version, 2, 'what is so already')
    const late = { as: ana, headers: { 'if-match': '"1"' } }
    assert.equal((await send('PATCH', path, { ...late, body: { text: 'Late' } })).status, 412)
    assert.equal((await send('DELETE', path, late)).status, 412)
    assert.equal((await send('DELETE', path, { as: ana })).status, 204)
    assert.equal((await send('GET', path, { as: ana })).status, 404)
  })

  test('for everyone is seen by whoever works here, and changed by whoever manages the catalogue', async () => {
    const { id } = await saved({ name: 'Everyone', audience: 'everyone' })
    assert.ok((await namesFor(ben)).includes('Everyone'))
    assert.equal((await send('GET', `/saved_replies/${id}`, { as: ben })).json.changeable, false)
    assert.equal((await send('PATCH', `/saved_replies/${id}`, { as: ben, body: { text: 'Mine' } })).status, 403)
    assert.equal((await send('DELETE', `/saved_replies/${id}`, { as: ben })).status, 403)
    assert.equal(
      (await send('POST', '/saved_replies', { as: ben, body: { name: 'X', text: 'X', audience: 'everyone' } })).status,
      403,
    )
    assert.equal((await send('GET', '/saved_replies', { as: customer })).status, 403)
    const mine = await saved({ name: 'Mine' }, ana)
    const taken = await send('PATCH', `/saved_replies/${mine.id}`, { as: ana, body: { audience: 'everyone' } })
    assert.equal(taken.status, 403)
  })

  test('for a group is its members’, who change it', async () => {
    const group = (await send('POST', '/groups', { body: { name: 'Night shift' } })).json.id
    const me = (await send('GET', '/me', { as: ana })).json.user.id
    const to = { audience: 'group', group }
    assert.deepEqual(
      refusal(
        await send('POST', '/saved_replies', { as: ana, body: { name: 'X', text: 'X', audience: 'group' } }),
        400,
      ),
      ['group'],
    )
    assert.equal((await send('POST', '/saved_replies', { as: ana, body: { name: 'X', text: 'X', ...to } })).status, 403)
    assert.equal((await send('PUT', `/groups/${group}/members/${me}`)).status, 204)
    const { id } = await saved({ name: 'At night', ...to }, ana)
    assert.ok(!(await namesFor(ben)).includes('At night'))
    const changed = await send('PATCH', `/saved_replies/${id}`, { body: { audience: 'everyone' } })
    assert.deepEqual([changed.status, changed.json.audience, changed.json.group], [200, 'everyone', null])
    const back = await send('PATCH', `/saved_replies/${id}`, { body: { audience: 'private' } })
    assert.deepEqual(refusal(back, 400), ['audience'], 'who did not make it does not make it private')
  })

  test('has its variables filled in for a ticket, and what is not known of it stays as it stands', async () => {
    const requester = { email: 'rosa@example.com', name: 'Rosa' }
    const ticket = (await send('POST', '/tickets', { body: { title: 'Fire', text: 'Help', requester } })).json
    const text =
      'Dear {{requester.first_name}} ({{ requester.email }}), #{{ticket.number}} {{ticket.title}}: {{agent.name}}, {{desk.name}}. {{'
    const { id } = await saved({ name: 'Filled', text }, ana)
    const { json } = await send('GET', `/saved_replies/${id}?ticket=${ticket.id}`, { as: ana })
    const { number, desk } = ticket
    assert.equal(json.filled, `Dear Rosa (rosa@example.com), #${number} Fire: Ana, ${desk.name}. {{`)
    const { data } = (await send('GET', `/saved_replies?ticket=${ticket.integer}`, { as: ana })).json
    assert.equal(data.find((each: { readonly id: string }) => each.id === id).filled, json.filled)
    const nameless = (await send('POST', '/tickets', { body: { title: 'No name', text: 'Help' } })).json
    const other = (await send('GET', `/saved_replies/${id}?ticket=${nameless.id}`, { as: ana })).json.filled
    assert.ok(other.includes('({{ requester.email }})'), other)
    assert.equal((await send('GET', `/saved_replies?ticket=${v7()}`, { as: ana })).status, 404)
  })

  test('with a variable that is none is refused at its place', async () => {
    const body = { name: 'Wrong', text: 'Dear {{requester.nickname}}, {{ticket.number}}' }
    const answer = await send('POST', '/saved_replies', { as: ana, body })
    assert.deepEqual(refusal(answer, 400), ['text'])
    assert.partialDeepStrictEqual(answer.json.errors[0], { rule: 'unknown', at: 5, length: 22 })
  })

  test('with a mistake names the field', async () => {
    const field = async (body: object) =>
      refusal(await send('POST', '/saved_replies', { as: ana, body: { name: 'X', text: 'X', ...body } }), 400)
    assert.deepEqual(await field({ name: ' ' }), ['name'])
    assert.deepEqual(await field({ text: ' \n' }), ['text'])
    assert.deepEqual(await field({ text: 'x'.repeat(10_001) }), ['text'])
    assert.deepEqual(await field({ language: 'deutsch und so' }), ['language'])
    assert.deepEqual(await field({ group: v7() }), ['group'])
    assert.deepEqual(await field({ audience: 'nobody' }), ['audience'])
  })

  test('that was used last comes first, for whoever used it', async () => {
    const [one, two] = [await saved({ name: 'A one' }, ben), await saved({ name: 'A two' }, ben)]
    assert.deepEqual((await namesFor(ben)).slice(0, 2), ['A one', 'A two'])
    for (const { id } of [one, two])
      assert.equal((await send('PUT', `/saved_replies/${id}/used`, { as: ben })).status, 204)
    assert.deepEqual((await namesFor(ben)).slice(0, 2), ['A two', 'A one'])
    assert.equal((await send('PUT', `/saved_replies/${one.id}/used`, { as: ana })).status, 404)
  })

  test('is told to those for whom it is', async () => {
    const { id } = await saved({ name: 'Told' }, ana)
    assert.equal((await send('DELETE', `/saved_replies/${id}`, { as: ana })).status, 204)
    const kinds = async (as: string) => {
      const told: string[] = []
      for (let position = 0; ; ) {
        const { data, next } = (await send('GET', `/events?after=${position}&limit=200`, { as })).json
        for (const event of data) if (event.subject === id) told.push(event.kind)
        if (next === position) return told
        position = next
      }
    }
    assert.deepEqual(await kinds(ana), ['saved_reply.created', 'saved_reply.deleted'])
    assert.deepEqual(await kinds(ben), [])
  })

  test('is one of so many at the most', async () => {
    const zoe = await keyOfSomebody('agent', 'Zoe')
    for (let nth = 0; nth < MOST_REPLIES; nth += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, at) => saved({ name: `Nr ${nth + at}` }, zoe)))
    }
    const more = await Promise.all(
      [1, 2].map(() => send('POST', '/saved_replies', { as: zoe, body: { name: 'X', text: 'X' } })),
    )
    assert.deepEqual(
      more.map(({ status }) => status),
      [409, 409],
    )
    await saved({ name: 'Shared', audience: 'everyone' })
  })
})
