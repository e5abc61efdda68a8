import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import type { Role } from '../../../core/identity/permissions.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'

let world: World
let store: Store
let key: string
let desk: string
let otherDesk: string
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  key = world.value('POLYDESK_API_KEY')
  desk = world.value('MOOV_ACCOUNT_ID')
  otherDesk = world.value('MOOV_CONNECTED_ACCOUNT_ID')
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

async function somebody(role: Role, ...desks: readonly string[]): Promise<string> {
  const system = { store, now: new Date().toISOString(), newId: () => v7() }
  const memberships = desks.map((deskId) => ({ deskId, role }))
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  return (await createUser(system, tenantId, { kind: 'person', isOwner: false, name: 'Somebody', memberships })).id
}

interface Sending {
  readonly as?: string
  readonly body?: unknown
  readonly repeat?: string
}

function send(method: string, path: string, { as = key, body, repeat }: Sending = {}): Promise<Received> {
  const again = repeat === undefined ? {} : { 'idempotency-key': repeat }
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${as}`, ...again }, body })
}

async function issued(body: object, as = key) {
  const answer = await send('POST', '/credentials', { as, body: { name: 'Key', ...body } })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

const status = async (method: string, path: string, sending?: Sending) => (await send(method, path, sending)).status

test('a credential opens what it is for, is listed without its secret, and opens nothing once it is revoked', async () => {
  const agent = await somebody('agent', desk)
  const made = await issued({ user: agent, scopes: ['ticket.read', 'view.read'] })
  const { secret, ...shown } = made
  assert.equal(await status('GET', '/tickets', { as: secret }), 200)
  assert.equal(await status('POST', '/tickets', { as: secret, body: { title: 'X' } }), 403)
  assert.equal((await send('GET', '/me', { as: secret })).json.user.id, agent)
  const known = (await send('GET', `/credentials/${shown.id}`)).json
  assert.partialDeepStrictEqual(known, {
    user: agent,
    desk: null,
    dialect: 'native',
    kind: 'api_key',
    revoked_at: null,
  })
  const list = await send('GET', '/credentials?limit=200')
  assert.ok(list.json.data.some(({ id }: { readonly id: string }) => id === shown.id))
  assert.ok(!list.text.includes(secret))
  assert.equal(await status('DELETE', `/credentials/${shown.id}`), 204)
  assert.equal(await status('GET', '/tickets', { as: secret }), 401)
  assert.equal(await status('DELETE', `/credentials/${shown.id}`), 204, 'it stays so')
  assert.notEqual((await send('GET', `/credentials/${shown.id}`)).json.revoked_at, null)
  const events = await send('GET', '/events?after=0&limit=200')
  const kinds = events.json.data.filter((event: { readonly subject: string }) => event.subject === shown.id)
  assert.deepEqual(
    kinds.map(({ kind }: { readonly kind: string }) => kind),
    ['credential.created', 'credential.revoked'],
  )
})

test('a credential of another dialect opens that one', async () => {
  const made = await issued({ dialect: 'moov', kind: 'basic', origins: ['https://shop.example.com'] })
  assert.deepEqual(made.origins, ['https://shop.example.com'])
  const authorization = `Basic ${Buffer.from(`${made.public_id}:${made.secret}`).toString('base64')}`
  const headers = { authorization, origin: 'https://shop.example.com' }
  assert.equal((await world.send('GET', `/accounts/${desk}/tickets`, { headers })).status, 200)
})

test('a repeat is told the secret again, and there is one credential', async () => {
  const name = v7()
  const sending = { body: { name }, repeat: v7() }
  const [first, again] = [await send('POST', '/credentials', sending), await send('POST', '/credentials', sending)]
  assert.equal(again.json.secret, first.json.secret)
  const { data } = (await send('GET', '/credentials?limit=200')).json
  assert.equal(data.filter((each: { readonly name: string }) => each.name === name).length, 1)
})

test('nobody is given more than whoever gives it has', async () => {
  const little = await issued({ scopes: ['credential.manage', 'user.read', 'user.manage'] })
  assert.equal(await status('POST', '/credentials', { as: little.secret, body: { name: 'More' } }), 403)

  const admin = await issued({ user: await somebody('admin', desk) })
  const as = admin.secret
  const agent = await somebody('agent', desk)
  const elsewhere = await somebody('agent', desk, otherDesk)
  assert.equal(await status('POST', '/credentials', { as, body: { name: 'All desks' } }), 403)
  const { id } = await issued({ user: agent, desk }, as)
  assert.equal(await status('POST', '/credentials', { as, body: { name: 'X', user: elsewhere, desk } }), 403)
  assert.equal(await status('POST', '/credentials', { as, body: { name: 'X', desk: otherDesk } }), 403)
  const owner = (await send('GET', '/me')).json.user.id
  const ofOwner = await send('POST', '/credentials', { as, body: { name: 'X', user: owner, desk } })
  assert.ok([400, 403].includes(ofOwner.status), ofOwner.text)
  const { data } = (await send('GET', '/credentials?limit=200', { as })).json
  assert.ok(data.length > 0 && data.every((each: { readonly desk: { readonly id: string } }) => each.desk.id === desk))
  assert.equal(await status('GET', `/credentials/${admin.id}`, { as }), 404)
  assert.equal(await status('DELETE', `/credentials/${admin.id}`, { as }), 404)
  assert.equal(await status('DELETE', `/credentials/${id}`, { as }), 204)

  const bound = await issued({ desk })
  assert.equal(await status('POST', '/credentials', { as: bound.secret, body: { name: 'X', desk: null } }), 403)
  const plain = await issued({ user: agent })
  assert.equal(await status('GET', '/credentials', { as: plain.secret }), 200)
  assert.deepEqual((await send('GET', '/credentials', { as: plain.secret })).json.data, [])
  assert.equal(await status('POST', '/credentials', { as: plain.secret, body: { name: 'X', desk } }), 403)
})

test('what is wrong with a credential that is asked for is told by field', async () => {
  const wrong: readonly (readonly [object, string])[] = [
    [{ dialect: 'nobody' }, 'dialect'],
    [{ kind: 'basic' }, 'kind'],
    [{ name: ' ' }, 'name'],
    [{ scopes: ['ticket.read', 'everything'] }, 'scopes[1]'],
    [{ user: v7() }, 'user'],
    [{ desk: v7() }, 'desk'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: 'soon' }, 'expires_at'],
    [{ origins: ['example'] }, 'origins[0]'],
    [{ redirect_uris: ['https://example.com'] }, 'redirect_uris'],
    [{ dialect: 'spacebring', kind: 'oauth_client', redirect_uris: ['http://example.com'] }, 'redirect_uris[0]'],
    [{ dialect: 'omnidesk', origins: ['https://example.com'] }, 'origins'],
  ]
  for (const [body, field] of wrong) {
    const answer = await send('POST', '/credentials', { body: { name: 'Key', ...body } })
    assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`)
    assert.deepEqual(
      answer.json.errors.map((error: { readonly field: string }) => error.field),
      [field],
      JSON.stringify(body),
    )
  }
  assert.equal(await status('GET', '/credentials/nowhere'), 404)
  assert.equal(await status('DELETE', `/credentials/${v7()}`), 404)
})

test('owners make owners, which is told, and admins make machines of their desk', async () => {
  const memberships = [{ desk, role: 'admin' }]
  const make = (body: object, as = key) => send('POST', '/users', { as, body: { name: 'New', memberships, ...body } })
  const owner = (await make({ owner: true })).json
  assert.deepEqual([owner.owner, owner.kind], [true, 'person'])
  const events = (await send('GET', '/events?after=0&limit=200')).json.data
  const told = events.find((event: { readonly subject: string }) => event.subject === owner.id)
  assert.partialDeepStrictEqual(told, { kind: 'user.created', after: { owner: true } })
  const admin = await issued({ user: await somebody('admin', desk) })
  const machine = await make({ kind: 'service' }, admin.secret)
  assert.deepEqual([machine.status, machine.json.kind, machine.json.owner], [201, 'service', false], machine.text)
  assert.equal((await make({ owner: true }, admin.secret)).status, 403)
  const bound = await issued({ desk })
  assert.equal((await make({ owner: true }, bound.secret)).status, 403)
  const nothing = await make({ kind: 'robot' })
  assert.deepEqual([nothing.status, nothing.json.errors[0].field], [400, 'kind'])
})

test('owners make others owners and end it, and one who may sign in stays', async () => {
  const listed = (await send('GET', '/users?works=true')).json.data
  const owners = listed.filter((each: { kind: string; owner: boolean }) => each.kind === 'person' && each.owner)
  const [{ id: owner }, ...others] = owners
  const service = (await send('GET', '/me')).json.user.id
  const person = await somebody('agent', desk)
  const change = (id: string, body: object, as = key) => send('PATCH', `/users/${id}`, { as, body })
  const { secret } = await issued({ user: await somebody('admin', desk) })
  assert.equal((await change(person, { owner: true }, secret)).status, 403)
  for (const { id } of others) assert.equal((await change(id, { owner: false })).json.owner, false)
  const refusal = (field: string) => ({ status: 400, json: { errors: [{ field, rule: 'not_allowed' }] } })
  assert.partialDeepStrictEqual(await change(owner, { owner: false }), refusal('owner'))
  assert.partialDeepStrictEqual(await change(owner, { active: false }), refusal('active'))

  assert.equal((await change(person, { owner: true })).json.owner, true)
  const again = await change(person, { owner: true })
  assert.deepEqual([again.status, again.json.owner], [200, true], 'what is so already')
  // Each puts the other out at the same time: whoever is too late stays.
  const [one, other] = [await issued({ user: owner }), await issued({ user: person })]
  const both = await Promise.all([
    change(owner, { owner: false }, other.secret),
    change(person, { owner: false }, one.secret),
  ])
  assert.equal(both.filter(({ status }) => status === 200).length, 1, both.map(({ text }) => text).join())
  const left = await Promise.all([owner, person].map((id) => send('GET', `/users/${id}`)))
  assert.equal(left.filter(({ json }) => json.owner).length, 1)
  assert.equal((await change(owner, { owner: true })).status, 200)
  assert.equal((await change(service, { owner: true })).status, 200, 'as it is')
  const events = (await send('GET', '/events?after=0&limit=200')).json.data
  const told = events.filter(
    ({ subject, kind }: { subject: string; kind: string }) => subject === person && kind === 'user.changed',
  )
  assert.partialDeepStrictEqual(told[0], { after: { owner: true } })
})

test('a mistake about a person names the field by the name that requests have for it', async () => {
  const person = await somebody('customer', desk)
  const field = async (body: object) => (await send('PATCH', `/users/${person}`, { body })).json.errors[0].field
  const long = 'x'.repeat(2_000)
  assert.equal(await field({ photo_url: long }), 'photo_url')
  assert.equal(await field({ customer_number: long }), 'customer_number')
  assert.equal(await field({ external_ids: [{ desk, id: ' ' }] }), 'external_ids')
  assert.equal(await field({ fields: { shoeSize: long.repeat(10) } }), 'fields.shoeSize')
})

test('who leaves a desk sees nothing of it from then on, and it is told', async () => {
  const agent = await somebody('agent', desk, otherDesk)
  const { secret } = await issued({ user: agent })
  const { id } = (await send('POST', '/tickets', { body: { title: 'Here', desk: otherDesk } })).json
  assert.equal(await status('GET', `/tickets/${id}`, { as: secret }), 200)
  const admin = await issued({ user: await somebody('admin', desk) })
  const at = `/users/${agent}/memberships/${otherDesk}`
  assert.equal(await status('DELETE', at, { as: admin.secret }), 403)
  assert.equal(await status('DELETE', at), 204)
  assert.equal(await status('GET', `/tickets/${id}`, { as: secret }), 404)
  assert.equal(await status('DELETE', at), 404)
  const { memberships } = (await send('GET', `/users/${agent}`)).json
  assert.deepEqual(
    memberships.map((each: { readonly desk: { readonly id: string } }) => each.desk.id),
    [desk],
  )
  const { json } = await send('GET', '/events?after=0&limit=200')
  const told = json.data.filter((event: { readonly subject: string }) => event.subject === agent)
  assert.deepEqual(
    told.map((event: { readonly kind: string; readonly before: object }) => [event.kind, event.before]).at(-1),
    ['user.changed', { roles: [`${otherDesk} agent`] }],
  )
})
