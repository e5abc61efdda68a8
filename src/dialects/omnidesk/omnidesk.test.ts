import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../test/world.ts'
import { LIST_OWNERS } from '../../core/identity/store.ts'
import { addExternalId, createUser } from '../../core/tenants/commands.ts'
import { issueMinted } from '../../setup/demo.ts'
import { openDatabase } from '../../storage/database.ts'
import { openStore, type Store } from '../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../credentials.ts'

let world: World
let store: Store
let key: string

before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  key = world.value('OMNIDESK_API_KEY')
})
after(async () => {
  await store.database.close()
  await world.stop()
})

interface Sent {
  readonly body?: unknown
  readonly key?: string | null
  readonly headers?: Record<string, string>
}

function call(method: string, path: string, { body, key: other, headers }: Sent = {}): Promise<Received> {
  const presented = other === undefined ? key : other
  return world.send(method, path, {
    headers: { ...(presented === null ? {} : { authorization: `apikey ${presented}` }), ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

/** A call that must succeed, and its answer. */
async function done(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await call(method, path, { body, headers })
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

async function refused(
  status: number,
  message: string,
  method: string,
  path: string,
  sent: Sent = {},
): Promise<Received> {
  const answer = await call(method, path, sent)
  assert.deepEqual([answer.status, answer.json], [status, { status: 'error', message }])
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  return answer
}

const create = async (body: object = {}): Promise<number> => (await done('POST', '/api/v2/ticket', body)).ticketID
const read = async (id: number, query = '') => (await done('GET', `/api/v2/ticket/${id}${query}`)).item

function form(fields: Readonly<Record<string, string | readonly string[]>>): FormData {
  const data = new FormData()
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) data.append(name, value)
  return data
}

const administration = () => ({ store, now: new Date().toISOString(), newId: v7 })
const tenantId = (): string => world.value('SPACEBRING_NETWORK_ID')

/** A key of the demo tenant with these permissions, as `polydesk token create` makes one. */
async function keyWith(scopes: readonly string[], deskId?: string): Promise<string> {
  const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'omnidesk')
  const [owner] = await store.run(LIST_OWNERS.with({ tenant_id: tenantId() }))
  assert.ok(kind && owner)
  const choices = { scopes, ...(deskId === undefined ? {} : { deskId }) }
  return (await issueMinted(administration(), tenantId(), kind, 'narrow', owner.id, choices)).secret
}

// --- the vendor's page ------------------------------------------------------------------------------------------------

interface Fixture {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly form?: Record<string, string | string[]>
  }
  readonly response: object
}

test('every call of the vendor Ticket page is answered as recorded, with multipart bodies as the page declares', async (t) => {
  const fixtures: Fixture[] = JSON.parse(
    readFileSync(join(import.meta.dirname, 'fixtures/ticket-controller.json'), 'utf8'),
  )
  const [first, second] = [await create({ title: 'First' }), await create({ title: 'Second' })]
  const filled = (text: string): string =>
    text.replaceAll('{first}', String(first)).replaceAll('{second}', String(second))
  for (const { name, request, response } of fixtures) {
    await t.test(name, async () => {
      const fields = request.form && JSON.parse(filled(JSON.stringify(request.form)))
      const answer = await call(request.method, filled(request.path), fields ? { body: form(fields) } : {})
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
      const expected = JSON.parse(
        JSON.stringify(response).replaceAll('"{first}"', String(first)).replaceAll('"{second}"', String(second)),
      )
      assert.partialDeepStrictEqual(answer.json, expected)
    })
  }
})

// --- authentication and permissions -----------------------------------------------------------------------------------

test('a key is accepted in each of the three ways, and the first of them counts', async () => {
  for (const headers of [{ authorization: `apikey ${key}` }, { authorization: `ApiKey ${key}` }, { apiKey: key }]) {
    assert.equal((await call('GET', '/api/v2/ticket', { key: null, headers })).status, 200)
  }
  assert.equal((await call('GET', `/api/v2/ticket?apiKey=${key}`, { key: null })).status, 200)
  assert.equal((await call('GET', `/api/v2/ticket?apikey=${key}`, { key: null })).status, 200)
  assert.equal(
    (await call('GET', '/api/v2/ticket', { key: null, headers: { authorization: 'Bearer x', apiKey: key } })).status,
    200,
  )
  await refused(401, 'Invalid API key.', 'GET', `/api/v2/ticket?apiKey=${key}`, { key: 'wrong' })
})

test('without a known key nothing is read, not even the body', async () => {
  const answer = await refused(401, 'Invalid API key.', 'GET', '/api/v2/ticket', { key: null })
  assert.equal(answer.headers.get('www-authenticate'), 'apikey')
  await refused(401, 'Invalid API key.', 'POST', '/api/v2/ticket/batch', {
    key: 'x',
    body: '{',
    headers: { 'content-type': 'application/json' },
  })
  await refused(401, 'Invalid API key.', 'GET', '/api/v2/ticket', { key: world.value('POLYDESK_API_KEY') })
})

const GUARDED: readonly (readonly [method: string, path: string, permission: string])[] = [
  ['GET', '/api/v2/ticket', 'TICKET_READ'],
  ['GET', '/api/v2/ticket/1', 'TICKET_READ'],
  ['POST', '/api/v2/ticket', 'TICKET_CREATE'],
  ['PUT', '/api/v2/ticket/1', 'TICKET_UPDATE'],
  ['POST', '/api/v2/ticket/setPriority', 'TICKET_UPDATE'],
  ['POST', '/api/v2/ticket/unlinkCustomerFromTicket', 'TICKET_UPDATE'],
  ['DELETE', '/api/v2/ticket/1', 'TICKET_DELETE'],
  ['DELETE', '/api/v2/ticket/multi', 'TICKET_DELETE'],
  ['POST', '/api/v2/ticket/setStatus', 'SET_STATUS'],
  ['PUT', '/api/v2/ticket/solveUnfinishedTickets', 'SET_STATUS'],
  ['POST', '/api/v2/ticket/batch', 'TICKET_BATCH'],
  ['POST', '/api/v2/message', 'MESSAGE_CREATE'],
  ['GET', '/api/v2/brand', 'BRAND_READ'],
  ['GET', '/api/v2/group', 'GROUP_READ'],
  ['GET', '/api/v2/channel', 'CHANNEL_READ'],
  ['GET', '/api/v2/user', 'USER_READ'],
  ['GET', '/api/v2/view', 'VIEW_READ'],
]

test('each call needs its permission, and that one is enough', async () => {
  const all = [...new Set(GUARDED.map(([, , permission]) => permission))]
  const keys = new Map<string, { readonly only: string; readonly without: string }>()
  for (const permission of all) {
    keys.set(permission, {
      only: await keyWith([permission]),
      without: await keyWith(all.filter((each) => each !== permission)),
    })
  }
  const ticketID = await create()
  const bodies: Record<string, object> = {
    '/api/v2/ticket/setPriority': { priority: 'high', ticketIDs: ticketID },
    '/api/v2/ticket/setStatus': { status: 'open', ticketIDs: ticketID },
    '/api/v2/ticket/unlinkCustomerFromTicket': { ticketID },
    '/api/v2/ticket/solveUnfinishedTickets': { ticketIDs: ticketID },
    '/api/v2/ticket/batch': {
      TicketIDs: String(ticketID),
      actions: [
        { actionType: 'assignedUserID', value: 0 },
        { actionType: 'note', value: 'Hello' },
        { actionType: 'status', value: 'open' },
      ],
    },
    '/api/v2/message': { ticketID, type: 1, message: 'Hello there', status: 'holding', userID: 3 },
    '/api/v2/ticket/1': { title: 'Changed', status: 'solved' },
  }
  for (const [method, path, permission] of GUARDED) {
    const { only, without } = keys.get(permission) ?? assert.fail()
    const target = path.replace('/1', `/${method === 'DELETE' ? await create() : ticketID}`)
    const body = path.endsWith('/multi') ? { ticketIDs: await create() } : bodies[path]
    const sent = method === 'GET' || (method === 'DELETE' && !path.endsWith('/multi')) ? {} : { body: body ?? {} }
    await refused(403, `This API key does not have the ${permission} permission.`, method, target, {
      ...sent,
      key: without,
    })
    const answer = await call(method, target, { ...sent, key: only })
    assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
  }
})

/** The controllers beside tickets; `:key` stands for the id of a customer who is made for the call. */
const GUARDED_RELATED: readonly (readonly [method: string, path: string, permission: string, body?: object])[] = [
  ['GET', 'customer', 'CUSTOMER_READ'],
  ['GET', 'customer/:id', 'CUSTOMER_READ'],
  ['POST', 'customer/searchByPrimaryExternalId', 'CUSTOMER_READ', {}],
  ['GET', 'customer/timelineByCustomerExternalID?brand_id=1&external_id=:key', 'CUSTOMER_READ'],
  ['POST', 'customer', 'CUSTOMER_CUD', { firstname: 'Kim' }],
  ['PUT', 'customer/updateCustomer', 'CUSTOMER_CUD', { firstname: 'Kim' }],
  ['POST', 'customer/addChannelOnly', 'CUSTOMER_CUD', { extra_facebook: ':key' }],
  ['DELETE', 'customer/itemPurgeData', 'CUSTOMER_CUD', {}],
  ['DELETE', 'customer/purgeData', 'CUSTOMER_CUD', {}],
  ['DELETE', 'customer/:id/purgeData', 'CUSTOMER_CUD'],
  ['DELETE', 'customer/:id/purgedata', 'CUSTOMER_CUD'],
  ['GET', 'form', 'FORM_READ'],
  ['GET', 'form/:form', 'FORM_READ'],
  ['GET', 'form/:form?ticketID=:ticket', 'FORM_READ'],
  ['GET', 'form/getFormForTicket?ticketID=:ticket', 'FORM_READ'],
  ['GET', 'channel/1', 'CHANNEL_CUD'],
]

test('each call of the controllers beside tickets needs its permission, and that one is enough', async () => {
  const all = [...new Set(GUARDED_RELATED.map(([, , permission]) => permission)), 'TICKET_READ', 'USER_READ']
  const form = await world.send('POST', '/v1/forms', {
    headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` },
    body: { name: 'Guarded' },
  })
  assert.equal(form.status, 201, form.text)
  const ticket = await create({ formID: form.json.id })
  for (const [index, [method, path, permission, body]] of GUARDED_RELATED.entries()) {
    const key = `guarded-${index}`
    const { customerID } = (await call('POST', '/api/v2/customer', { body: { primary_id: key } })).json
    const filled = (text: string) =>
      text
        .replace(':key', key)
        .replace(':id', String(customerID))
        .replace(':form', String(form.json.id))
        .replace(':ticket', String(ticket))
    const named = body && JSON.parse(filled(JSON.stringify({ ...body, externalPrimaryID: key })))
    const sent = named === undefined ? {} : { body: named }
    const target = `/api/v2/${filled(path)}`
    await refused(403, `This API key does not have the ${permission} permission.`, method, target, {
      ...sent,
      key: await keyWith(all.filter((each) => each !== permission)),
    })
    const answer = await call(method, target, { ...sent, key: await keyWith([permission]) })
    assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
  }
})

test('a key may hold every permission of the vendor; those of controllers that are not served open nothing', async () => {
  const words = CREDENTIAL_KINDS.find((each) => each.dialect === 'omnidesk')?.words ?? assert.fail()
  const served = [...GUARDED, ...GUARDED_RELATED].map(([, , permission]) => permission)
  const unserved = words.filter((each) => !served.includes(each))
  assert.deepEqual(unserved.toSorted(), [
    ...['API_CHAT', 'API_RESERVE_USER', 'FORM_CUD', 'FORM_SAVE', 'GROUP_CUD', 'SETTINGS_CRUD'],
    ...['USER_ANONYMOUS_BROWSING_UPDATE', 'USER_CUD', 'VIEW_CUD'],
  ])
  const key = await keyWith(unserved)
  for (const [method, path, permission] of GUARDED)
    await refused(403, `This API key does not have the ${permission} permission.`, method, path, { key })
  for (const [method, path] of GUARDED_RELATED) {
    const target = `/api/v2/${path.replaceAll(/:\w+/g, '1')}`
    assert.equal((await call(method, target, { key })).status, 403, `${method} ${path}`)
  }
})

test('the delete action of a batch needs TICKET_DELETE too, and then nothing of it happens', async () => {
  const id = await create({ title: 'Keep me' })
  const body = { TicketIDs: String(id), actions: [{ actionType: 'title', value: 'Changed' }, { actionType: 'delete' }] }
  const only = await keyWith(['TICKET_BATCH'])
  await refused(403, 'This API key does not have the TICKET_DELETE permission.', 'POST', '/api/v2/ticket/batch', {
    body,
    key: only,
  })
  assert.equal((await read(id)).title, 'Keep me')
  const both = await keyWith(['TICKET_BATCH', 'TICKET_DELETE'])
  const answer = await call('POST', '/api/v2/ticket/batch', { body, key: both })
  assert.deepEqual([answer.status, answer.json.ticketIDs], [200, [id]])
  await refused(404, 'This ticket does not exist.', 'GET', `/api/v2/ticket/${id}`)
})

test('a key of one brand sees and makes only its tickets', async () => {
  const elsewhere = await create({ brandID: 1 })
  const bound = await keyWith(['TICKET_READ', 'TICKET_CREATE', 'BRAND_READ'], world.value('MOOV_CONNECTED_ACCOUNT_ID'))
  const made = (await call('POST', '/api/v2/ticket', { key: bound, body: {} })).json.item
  assert.equal(made.brand_id, 2)
  assert.equal((await call('GET', `/api/v2/ticket/${made.id}`, { key: bound })).status, 200)
  await refused(404, 'This ticket does not exist.', 'GET', `/api/v2/ticket/${elsewhere}`, { key: bound })
  await refused(400, 'This brand does not exist.', 'POST', '/api/v2/ticket', { key: bound, body: { brandID: 1 } })
  assert.deepEqual((await call('GET', '/api/v2/brand', { key: bound })).json.items, [{ id: 2, name: 'Connected' }])
})

// --- bodies -----------------------------------------------------------------------------------------------------------

test('the same ticket comes of multipart, urlencoded, JSON and query parameters, and the body wins', async () => {
  const fields = { title: 'Größe 😀', brandID: '2', fromName: 'Zoë' }
  const shown = { title: 'Größe 😀', brand_id: 2, from_name: 'Zoë' }
  const json = await done('POST', '/api/v2/ticket', { ...fields, brandID: 2 })
  const urlencoded = await done('POST', '/api/v2/ticket', new URLSearchParams(fields))
  const multipart = await done('POST', '/api/v2/ticket', form(fields))
  const query = await done('POST', `/api/v2/ticket?${new URLSearchParams(fields)}`)
  const both = await done('POST', '/api/v2/ticket?title=Other&brandID=2', {
    title: fields.title,
    fromName: fields.fromName,
  })
  for (const made of [json, urlencoded, multipart, query, both]) assert.partialDeepStrictEqual(made.item, shown)
})

test('ids and actions are read in every spelling and encoding', async () => {
  const ids = [await create(), await create()]
  const texts = ids.map(String)
  const bodies: readonly unknown[] = [
    { ticketIDs: ids },
    { ticketIDs: texts },
    { ticketIDs: texts.join(', ') },
    { 'ticketIDs[]': ids },
    { 'ticketIDs[0]': ids[0], 'ticketIDs[1]': ids[1] },
    form({ 'ticketIDs[]': texts }),
    form({ 'ticketIDs[1]': texts[1] ?? '', 'ticketIDs[0]': texts[0] ?? '' }),
    form({ ticketIDs: texts.join(',') }),
    new URLSearchParams(texts.map((id) => ['ticketIDs[]', id])),
  ]
  for (const body of bodies) {
    const answer = await done('POST', '/api/v2/ticket/setPriority?priority=low', body)
    assert.deepEqual(answer.ticketIDs, ids)
  }
  const actions = [
    { actionType: 'addTag', value: 'one' },
    { actionType: 'removeTag', value: 'one' },
  ]
  const flat = {
    'actions[0][actionType]': 'addTag',
    'actions[0][value]': 'one',
    'actions[1][actionType]': 'removeTag',
    'actions[1][value]': 'one',
  }
  for (const body of [
    { TicketIDs: texts.join(','), actions },
    { TicketIDs: texts.join(' '), ...flat },
    form({ TicketIDs: texts.join(', '), ...flat }),
  ]) {
    assert.deepEqual((await done('POST', '/api/v2/ticket/batch', body)).ticketIDs, ids)
  }
})

test('a DELETE takes its ids from a body of any kind or from the query', async () => {
  for (const send of [
    (id: number) => done('DELETE', '/api/v2/ticket/multi', { ticketIDs: [id] }),
    (id: number) => done('DELETE', '/api/v2/ticket/multi', form({ 'ticketIDs[]': String(id) })),
    (id: number) => done('DELETE', '/api/v2/ticket/multi', new URLSearchParams({ ticketIDs: String(id) })),
    (id: number) => done('DELETE', `/api/v2/ticket/multi?ticketIDs[]=${id}`),
  ]) {
    const id = await create()
    assert.deepEqual((await send(id)).ticketIDs, [id])
  }
})

test('a body of no type is tried as JSON, then as a form', async () => {
  const untyped = (text: string) => call('POST', '/api/v2/ticket', { body: new TextEncoder().encode(text) })
  assert.equal((await untyped('{"title":"As JSON"}')).json.item.title, 'As JSON')
  assert.equal((await untyped('title=As+a+form')).json.item.title, 'As a form')
  assert.equal((await untyped('{"title":')).status, 400)
})

test('a body that cannot be read, of another type or too large is refused', async () => {
  const post = (body: unknown, type: string): Sent => ({ body, headers: { 'content-type': type } })
  const invalid: readonly Sent[] = [
    post('{', 'application/json'),
    post('[]', 'application/json'),
    post('"x"', 'application/json'),
    post('{"__proto__":{}}', 'application/json'),
    post('{"actions[0][constructor]":1}', 'application/json'),
    post('a=%FF', 'application/x-www-form-urlencoded'),
    post(new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), 'application/json'),
    post('no parts', 'multipart/form-data; boundary=x'),
    post('no boundary', 'multipart/form-data'),
    { body: form({ 'a[__proto__]': 'x' }) },
  ]
  for (const sent of invalid) await refused(400, 'Invalid request body.', 'POST', '/api/v2/ticket', sent)
  await refused(415, 'Unsupported content type.', 'POST', '/api/v2/ticket', post('<a/>', 'text/xml'))
  const large = 'x'.repeat(1_048_577)
  await refused(413, 'Request body too large.', 'POST', '/api/v2/ticket', { body: { title: large } })
  await refused(413, 'Request body too large.', 'POST', '/api/v2/ticket', {
    body: new URLSearchParams({ title: large }),
  })
  await refused(413, 'Request body too large.', 'POST', '/api/v2/ticket', { body: form({ title: large }) })
})

test('a name that is none, by NUL, control characters or half a character, is refused in every encoding', async () => {
  for (const fromName of ['a\u0000b', 'a\u0007b']) {
    const query = new URLSearchParams({ fromName })
    for (const body of [{ fromName }, form({ fromName }), query])
      await refused(400, 'Invalid value for parameter fromName.', 'POST', '/api/v2/ticket', { body })
    await refused(400, 'Invalid value for parameter fromName.', 'POST', `/api/v2/ticket?${query}`)
  }
  const half = { body: '{"fromName":"\\ud800"}', headers: { 'content-type': 'application/json' } }
  await refused(400, 'Invalid value for parameter fromName.', 'POST', '/api/v2/ticket', half)
})

test('text is made readable in every encoding, and in each spelling of the actions that take it', async () => {
  const title = 'a\u0000\u001b[31mb \u0093c\u0094'
  const mended = 'ab “c”'
  for (const body of [{ title }, form({ title }), new URLSearchParams({ title })])
    assert.equal((await read(await create(body))).title, mended)
  const half = await done('POST', '/api/v2/ticket', '{"title":"\\ud800"}', { 'content-type': 'application/json' })
  assert.equal((await read(half.ticketID)).title, '\ufffd')

  const id = await create()
  const retitled = { actionType: 'setTitle', value: title }
  const flat = { 'actions[0][actionType]': 'setTitle', 'actions[0][value]': title, 'ticketIDs[]': `${id}` }
  for (const body of [{ ticketIDs: [id], actions: [retitled] }, flat, form(flat), new URLSearchParams(flat)]) {
    await done('PUT', `/api/v2/ticket/${id}`, { title: 'Before' })
    await done('POST', '/api/v2/ticket/batch', body)
    assert.equal((await read(id)).title, mended)
  }
  for (const actionType of ['addTag', 'linkCustomer', 'status'])
    await refused(400, 'Invalid action value.', 'POST', '/api/v2/ticket/batch', {
      body: { ticketIDs: [id], actions: [{ actionType, value: 'a\u0007' }] },
    })
})

// --- paths and methods ------------------------------------------------------------------------------------------------

test('actions are found in any case, with or without a trailing slash', async () => {
  const ticketIDs = [await create()]
  await done('POST', '/api/v2/ticket/SETSTATUS', { status: 'open', ticketIDs })
  await done('POST', '/api/v2/ticket/setstatus/', { status: 'open', ticketIDs })
  await done('GET', '/api/v2/ticket/')
  await done('GET', `/api/v2/ticket/${ticketIDs[0]}/`)
})

test('an id that is none names no ticket, and a path that is none no endpoint', async () => {
  for (const id of ['abc', '0', '-1', '1.5', '99999999999999999999', '999999', '%00']) {
    await refused(404, 'This ticket does not exist.', 'GET', `/api/v2/ticket/${id}`)
  }
  await refused(404, 'This endpoint does not exist.', 'GET', '/api/v2/formfield')
  await refused(404, 'This endpoint does not exist.', 'GET', '/api/v2/ticket/1/2', { key: null })
})

test('a known path refuses other methods before it asks for a key, and names those it allows', async () => {
  const answer = await refused(405, 'Method not allowed.', 'GET', '/api/v2/ticket/setStatus', { key: null })
  assert.equal(answer.headers.get('allow'), 'POST, OPTIONS')
  await refused(405, 'Method not allowed.', 'PATCH', '/api/v2/ticket/1', { key: null })
  await refused(405, 'Method not allowed.', 'POST', '/api/v2/ticket/multi', { key: null })
  assert.equal(
    (await call('OPTIONS', '/api/v2/ticket', { key: null })).headers.get('allow'),
    'GET, HEAD, POST, OPTIONS',
  )
  assert.equal((await call('HEAD', '/api/v2/ticket')).status, 200)
})

// --- tickets ----------------------------------------------------------------------------------------------------------

test('a ticket from a known address belongs to that customer, from any other to none', async () => {
  const known = await read(await create({ from: 'Requester@Example.com', fromName: 'R.' }))
  assert.ok(known.customer_id > 0)
  assert.deepEqual([known.from, known.from_name], ['Requester@Example.com', 'R.'])
  const unknown = await read(await create({ from: 'nobody@example.org' }))
  assert.deepEqual([unknown.customer_id, unknown.from, unknown.from_name], [0, 'nobody@example.org', ''])
})

test('a reference that does not exist has its own sentence, and no ticket is made', async () => {
  const { itemTotal } = await done('GET', '/api/v2/ticket?itemLimit=1')
  for (const [name, thing] of [
    ['brandID', 'brand'],
    ['channelID', 'channel'],
    ['assignedGroupID', 'group'],
    ['formID', 'form'],
  ]) {
    await refused(400, `This ${thing} does not exist.`, 'POST', '/api/v2/ticket', { body: { [String(name)]: 4711 } })
  }
  await refused(400, 'Invalid value for parameter brandID.', 'POST', '/api/v2/ticket', { body: { brandID: 'x' } })
  await refused(400, 'Invalid value for parameter direction.', 'POST', '/api/v2/ticket', {
    body: { direction: 'inboundX' },
  })
  assert.equal((await done('GET', '/api/v2/ticket?itemLimit=1')).itemTotal, itemTotal)
})

test('a list counts what matches, newest first, and echoes its window', async () => {
  const word = `w${v7().replaceAll('-', '')}`
  const ids = [
    await create({ title: `${word} One` }),
    await create({ title: `${word} Two` }),
    await create({ title: `${word} Three` }),
  ]
  const all = await done('GET', `/api/v2/ticket?query=${word.toUpperCase()}`)
  assert.deepEqual(Object.keys(all), ['type', 'itemStart', 'itemTotal', 'itemLimit', 'items'])
  assert.deepEqual(
    all.items.map((item: { id: number }) => item.id),
    ids.toReversed(),
  )
  assert.equal(all.items[0].timeline, undefined)
  const page = await done('GET', `/api/v2/ticket?query=${word}&itemStart=1&itemLimit=1`)
  assert.deepEqual(
    [page.itemStart, page.itemTotal, page.itemLimit, page.items.length, page.items[0].id],
    [1, 3, 1, 1, ids[1]],
  )
  const past = await done('GET', `/api/v2/ticket?query=${word}&itemStart=100`)
  assert.deepEqual([past.itemTotal, past.items], [3, []])
  assert.deepEqual(
    (await done('GET', `/api/v2/ticket?query=${word}%20two`)).items.map((item: { id: number }) => item.id),
    [ids[1]],
  )
  assert.ok(
    (await done('GET', `/api/v2/ticket?query=${ids[0]}`)).items.some((item: { id: number }) => item.id === ids[0]),
  )
})

test('views and status narrow a list', async () => {
  const word = `w${v7().replaceAll('-', '')}`
  const [open, solved] = [await create({ title: word }), await create({ title: word })]
  await done('POST', '/api/v2/ticket/setStatus', { status: 'solved', ticketIDs: solved })
  const found = async (query: string): Promise<number[]> =>
    (await done('GET', `/api/v2/ticket?query=${word}&${query}`)).items.map((item: { id: number }) => item.id)
  assert.deepEqual(await found('applyView=unsolved'), [open])
  assert.deepEqual(await found('applyView=solved'), [solved])
  assert.deepEqual(await found('applyView=2'), [open])
  assert.deepEqual(await found('status=solved'), [solved])
  assert.deepEqual(await found('applyView=unsolved&status=solved'), [])
  assert.deepEqual(await found('applyView=&status=&searchArchived=yes'), [solved, open])
  await refused(400, 'This view does not exist.', 'GET', '/api/v2/ticket?applyView=mine')
  for (const [name, value] of [
    ['itemLimit', '10000'],
    ['itemLimit', '0'],
    ['itemStart', 'x'],
    ['status', 'on_hold'],
    ['searchArchived', '1'],
  ]) {
    await refused(400, `Invalid value for parameter ${name}.`, 'GET', `/api/v2/ticket?${name}=${value}`)
  }
})

test('an update changes what is given, all or nothing, and nothing given changes nothing', async () => {
  const id = await create({ title: 'Before' })
  const before = await read(id)
  assert.deepEqual((await done('PUT', `/api/v2/ticket/${id}`, {})).item.last_update, before.last_update)
  const after = (
    await done('PUT', `/api/v2/ticket/${id}`, { title: 'After', status: 'closed', externalPrimaryID: null })
  ).item
  assert.deepEqual([after.title, after.status, after.closed_at !== null], ['After', 'closed', true])
  await refused(400, 'Invalid value for parameter status.', 'PUT', `/api/v2/ticket/${id}`, {
    body: { title: 'Never', status: 'open' },
  })
  await refused(400, 'This customer does not exist.', 'PUT', `/api/v2/ticket/${id}`, {
    body: { title: 'Never', externalPrimaryID: 'C-0' },
  })
  await refused(404, 'This ticket does not exist.', 'PUT', '/api/v2/ticket/999999', { body: { title: 'Never' } })
  assert.equal((await read(id)).title, 'After')
  await done('POST', '/api/v2/ticket/setStatus', { status: 'open', ticketIDs: id })
  assert.deepEqual([(await read(id)).status, (await read(id)).closed_at], ['open', null])
})

test("an external primary id names a customer of the ticket's own brand", async () => {
  const customer = await createUser(administration(), tenantId(), {
    kind: 'person',
    isOwner: false,
    name: 'Cora',
    memberships: [],
  })
  await addExternalId(administration(), tenantId(), world.value('MOOV_CONNECTED_ACCOUNT_ID'), 'C-77', customer.id)
  const [here, there] = [await create({ brandID: 2 }), await create({ brandID: 1 })]
  assert.equal(
    (await done('PUT', `/api/v2/ticket/${here}`, { externalPrimaryID: 'C-77' })).item.customer_id,
    customer.integer,
  )
  await refused(400, 'This customer does not exist.', 'PUT', `/api/v2/ticket/${there}`, {
    body: { externalPrimaryID: 'C-77' },
  })
  await done('POST', '/api/v2/ticket/unlinkCustomerFromTicket', { ticketID: here })
  assert.equal((await read(here)).customer_id, 0)
  await done('POST', '/api/v2/ticket/unlinkCustomerFromTicket', { ticketID: here })
  const link = [{ actionType: 'linkCustomer', value: 'C-77' }]
  await done('POST', '/api/v2/ticket/batch', { TicketIDs: String(here), actions: link })
  assert.equal((await read(here)).customer_id, customer.integer)
  await refused(400, 'This customer does not exist.', 'POST', '/api/v2/ticket/batch', {
    body: { TicketIDs: `${here},${there}`, actions: link },
  })
  const moved = [{ actionType: 'brand', value: 2 }, ...link]
  await done('POST', '/api/v2/ticket/batch', { TicketIDs: String(there), actions: moved })
  assert.equal((await read(there)).customer_id, customer.integer)
})

test('a deleted ticket is gone for good', async () => {
  const id = await create({ title: 'Secret' })
  await done('DELETE', `/api/v2/ticket/${id}`)
  await refused(404, 'This ticket does not exist.', 'GET', `/api/v2/ticket/${id}`)
  await refused(404, 'This ticket does not exist.', 'DELETE', `/api/v2/ticket/${id}`)
  assert.ok((await create()) > id)
})

test('calls on many tickets skip and name unknown ids, refuse malformed ones, and find none without any', async () => {
  const id = await create()
  const mixed = await done('POST', '/api/v2/ticket/setStatus', { status: 'pending', ticketIDs: [id, 999999, id] })
  assert.deepEqual([mixed.ticketIDs, mixed.notFound], [[id], [999999]])
  await refused(404, 'This ticket does not exist.', 'POST', '/api/v2/ticket/setStatus', {
    body: { status: 'open', ticketIDs: [999999] },
  })
  await refused(404, 'This ticket does not exist.', 'DELETE', '/api/v2/ticket/multi?ticketIDs=999999')
  await refused(400, 'Invalid value for parameter ticketIDs.', 'POST', '/api/v2/ticket/setStatus', {
    body: { status: 'open', ticketIDs: [id, 'x'] },
  })
  await refused(400, 'Missing parameter ticketIDs.', 'POST', '/api/v2/ticket/setStatus', {
    body: { status: 'open', ticketIDs: [] },
  })
  await refused(400, 'Missing parameter status.', 'POST', '/api/v2/ticket/setStatus', { body: { ticketIDs: [id] } })
  await refused(400, 'Missing parameter priority.', 'POST', '/api/v2/ticket/setPriority', {
    body: form({ 'ticketIDs[]': String(id) }),
  })
  await refused(400, 'Missing parameter ticketIDs.', 'DELETE', '/api/v2/ticket/multi')
  await refused(400, 'Missing parameter ticketID.', 'POST', '/api/v2/ticket/unlinkCustomerFromTicket')
  const tooMany = Array.from({ length: 1001 }, () => id)
  await refused(400, 'Invalid value for parameter ticketIDs.', 'POST', '/api/v2/ticket/setStatus', {
    body: { status: 'open', ticketIDs: tooMany },
  })
  assert.equal((await read(id)).status, 'pending')
})

test('setting what is set already records nothing', async () => {
  const id = await create()
  await done('POST', '/api/v2/ticket/setPriority', { priority: 'high', ticketIDs: id })
  const once = await read(id, '?getTicketHistory=true')
  await done('POST', '/api/v2/ticket/setPriority', { priority: 'high', ticketIDs: id })
  assert.deepEqual(await read(id, '?getTicketHistory=true'), once)
})

test('any status may follow any other', async () => {
  const id = await create()
  const statuses = ['new', 'open', 'pending', 'holding', 'solved', 'closed']
  for (const from of statuses) {
    for (const to of statuses) {
      await done('POST', '/api/v2/ticket/setStatus', { status: from, ticketIDs: id })
      await done('POST', '/api/v2/ticket/setStatus', { status: to, ticketIDs: id })
      assert.equal((await read(id)).status, to)
    }
  }
})

test('a batch is judged as a whole before anything of it is written', async () => {
  const id = await create({ title: 'Before' })
  const batch = (...actions: object[]): Sent => ({
    body: { TicketIDs: String(id), actions: [{ actionType: 'title', value: 'After' }, ...actions] },
  })
  await refused(400, 'Unknown action type.', 'POST', '/api/v2/ticket/batch', batch({ actionType: 'explode', value: 1 }))
  await refused(
    400,
    'Invalid action value.',
    'POST',
    '/api/v2/ticket/batch',
    batch({ actionType: 'status', value: 'done' }),
  )
  await refused(
    400,
    'This user does not exist.',
    'POST',
    '/api/v2/ticket/batch',
    batch({ actionType: 'assignUser', value: 999 }),
  )
  await refused(
    400,
    'This group does not exist.',
    'POST',
    '/api/v2/ticket/batch',
    batch({ actionType: 'group', value: 999 }),
  )
  await refused(400, 'Missing parameter TicketIDs.', 'POST', '/api/v2/ticket/batch', {
    body: { TicketIDs: ' , ', actions: [{ actionType: 'title', value: 'x' }] },
  })
  await refused(400, 'Missing parameter actions.', 'POST', '/api/v2/ticket/batch', { body: { TicketIDs: String(id) } })
  await refused(400, 'Invalid value for parameter TicketIDs.', 'POST', '/api/v2/ticket/batch', {
    body: { TicketIDs: `${id};2`, actions: [] },
  })
  assert.equal((await read(id)).title, 'Before')
})

test('a batch changes all that it names, in order, and the timeline tells each change by its column', async () => {
  const id = await create({ title: 'Before' })
  const agent = (await done('GET', '/api/v2/user?query=arthur')).items[0]
  const actions = [
    { actionType: 'status', value: 'holding' },
    { actionType: 'priority', value: 'urgent' },
    { actionType: 'assignedGroupID', value: 2 },
    { actionType: 'assignedUserID', value: String(agent.id) },
    { actionType: 'brandID', value: 2 },
    { actionType: 'title', value: 'After' },
    { actionType: 'addTag', value: 'vip' },
    { actionType: 'note', value: 'Called back' },
  ]
  await done('POST', '/api/v2/ticket/batch', { TicketIDs: String(id), actions })
  const item = await read(id, '?getTicketHistory=TRUE')
  assert.partialDeepStrictEqual(item, {
    status: 'holding',
    priority: 'urgent',
    assigned_group_id: 2,
    assigned_user_id: agent.id,
    brand_id: 2,
    brand_name: 'Connected',
    title: 'After',
    tags: ['vip'],
  })
  const changes = item.timeline.filter((each: { type: string }) => each.type === 'event')
  assert.deepEqual(
    changes.map((each: { item_type: string; item_type_id: string }) => `${each.item_type}=${each.item_type_id}`),
    [
      'status=new',
      'status=holding',
      'priority=urgent',
      'assigned_group_id=2',
      `assigned_user_id=${agent.id}`,
      'brand_id=2',
      'title=After',
      'tags=vip',
    ],
  )
  assert.partialDeepStrictEqual(changes[1], { ticket_id: id, initiated_by: 'api: Quick start', type: 'event' })
  const note = item.timeline.at(-1)
  assert.partialDeepStrictEqual(note, {
    type: 'note',
    content: 'Called back',
    channel_id: 0,
    direction: '',
    status_new: 'holding',
  })
  assert.equal(typeof note.id, 'string')
  assert.deepEqual((await read(id)).timeline, [note])
})

test('solving narrows as told, leaves finished tickets alone, and refuses what it does not know', async () => {
  const [here, there, closed] = [
    await create({ brandID: 1 }),
    await create({ brandID: 2, channelID: 3 }),
    await create({ brandID: 2 }),
  ]
  await done('POST', '/api/v2/ticket/setStatus', { status: 'closed', ticketIDs: closed })
  const solve = async (body: object): Promise<number> =>
    (await done('PUT', '/api/v2/ticket/solveUnfinishedTickets', body)).count
  assert.equal(await solve({ ticketIDs: [here, there, closed, 999999], brandID: 2, channelID: 1 }), 0)
  assert.equal(await solve({ ticketIDs: [here, there, closed, 999999], brandID: 2 }), 1)
  assert.deepEqual(
    [(await read(here)).status, (await read(there)).status, (await read(closed)).status],
    ['new', 'solved', 'closed'],
  )
  await refused(400, 'Invalid value for parameter brandId.', 'PUT', '/api/v2/ticket/solveUnfinishedTickets?brandId=2')
  await refused(400, 'Missing parameter ticketIDs.', 'PUT', '/api/v2/ticket/solveUnfinishedTickets', {
    body: { ticketIDs: [] },
  })
  await refused(400, 'This brand does not exist.', 'PUT', '/api/v2/ticket/solveUnfinishedTickets', {
    body: { brandID: 9 },
  })
  assert.equal((await read(here)).status, 'new')
})

test('without a body every unfinished ticket is solved, however many there are, and a repeat is answered the same', async () => {
  await done('PUT', '/api/v2/ticket/solveUnfinishedTickets')
  // Some at a time: how many connections a loaded machine makes in a moment is not what this is about.
  let left = 1005
  const creating = async (): Promise<void> => {
    while (left-- > 0) await create()
  }
  await Promise.all(Array.from({ length: 24 }, creating))
  assert.equal((await done('PUT', '/api/v2/ticket/solveUnfinishedTickets')).count, 1005)
  assert.equal((await done('GET', '/api/v2/ticket?applyView=unsolved')).itemTotal, 0)
  const [first, headers] = [await create(), { 'idempotency-key': v7() }]
  assert.equal((await done('PUT', '/api/v2/ticket/solveUnfinishedTickets', {}, headers)).count, 1)
  const later = await create()
  assert.equal((await done('PUT', '/api/v2/ticket/solveUnfinishedTickets', {}, headers)).count, 1)
  assert.deepEqual([(await read(first)).status, (await read(later)).status], ['solved', 'new'])
})

test('a repeat with the same Idempotency-Key makes one ticket, and another request under it is refused', async () => {
  const headers = { 'idempotency-key': v7() }
  const first = await done('POST', '/api/v2/ticket', { title: 'Once' }, headers)
  assert.deepEqual(await done('POST', '/api/v2/ticket', { title: 'Once' }, headers), first)
  const other = await call('POST', '/api/v2/ticket', { body: { title: 'Twice' }, headers })
  assert.equal(other.status, 422)
  const id = await create()
  const gone = { 'idempotency-key': v7() }
  assert.deepEqual(
    await done('DELETE', `/api/v2/ticket/${id}`, undefined, gone),
    await done('DELETE', `/api/v2/ticket/${id}`, undefined, gone),
  )
})

test('a batch that deletes is answered the same when it is repeated', async () => {
  const customer = await createUser(administration(), tenantId(), {
    kind: 'person',
    isOwner: false,
    name: 'Dora',
    memberships: [],
  })
  await addExternalId(administration(), tenantId(), world.value('MOOV_ACCOUNT_ID'), 'C-78', customer.id)
  const actions = [{ actionType: 'linkCustomer', value: 'C-78' }, { actionType: 'delete' }]
  const body = { TicketIDs: String(await create({ brandID: 1 })), actions }
  const headers = { 'idempotency-key': v7() }
  const first = await done('POST', '/api/v2/ticket/batch', body, headers)
  assert.deepEqual(await done('POST', '/api/v2/ticket/batch', body, headers), first)
})

test('a form sent again with the same Idempotency-Key is the same request, whatever boundary it has', async () => {
  const headers = { 'idempotency-key': v7() }
  const first = await done('POST', '/api/v2/ticket', form({ title: 'Once' }), headers)
  assert.equal((await done('POST', '/api/v2/ticket', form({ title: 'Once' }), headers)).ticketID, first.ticketID)
})

// --- messages ---------------------------------------------------------------------------------------------------------

test("an agent's message waits for the customer, a customer's opens the ticket again, a note does neither", async () => {
  const ticketID = await create({ from: 'requester@example.com', to: 'support@example.com', title: 'Late' })
  const sent = await done(
    'POST',
    '/api/v2/message',
    form({ ticketID: String(ticketID), type: '1', message: '<p>On its <b>way</b></p><script>x</script>', userID: '3' }),
  )
  assert.equal(sent.message, 'Message has been sent and the ticket status was updated.')
  assert.ok(Number.isInteger(sent.messageID))
  assert.equal((await read(ticketID)).status, 'pending')
  await done('POST', '/api/v2/message', { ticketID, type: 1, message: 'Still waiting & waiting', direction: 'inbound' })
  assert.equal((await read(ticketID)).status, 'open')
  await done('POST', '/api/v2/message', { ticketID, type: 5, message: 'Angry customer' })
  const item = await read(ticketID)
  assert.equal(item.status, 'open')
  assert.partialDeepStrictEqual(item.timeline, [
    {
      type: 'message',
      id: String(sent.messageID),
      content: '<p>On its <b>way</b></p>',
      user_id: 3,
      user_name: 'Arthur Agent',
      direction: 'outbound',
      status_new: 'pending',
      from: 'support@example.com',
      to: 'requester@example.com',
    },
    {
      type: 'message',
      content: 'Still waiting &amp; waiting',
      user_id: 0,
      direction: 'inbound',
      status_new: 'open',
      from: 'requester@example.com',
    },
    { type: 'note', content: 'Angry customer', user_name: 'Agent Anonymous', direction: '', status_new: 'open' },
  ])
})

test('a message gives the status it names; an answer leaves a finished ticket finished', async () => {
  const ticketID = await create()
  const say = (more: object) => done('POST', '/api/v2/message', { ticketID, type: 1, message: 'Hello there', ...more })
  await say({ status: 'solved' })
  assert.equal((await read(ticketID)).status, 'solved')
  await say({})
  assert.equal((await read(ticketID)).status, 'solved')
  await say({ direction: 'inbound' })
  assert.equal((await read(ticketID)).status, 'open')
  await say({ status: 'closed' })
  for (const status of [undefined, 'open']) {
    await refused(400, 'This ticket is closed.', 'POST', '/api/v2/message', {
      body: { ticketID, type: 1, message: 'Hello there', direction: 'inbound', status },
    })
  }
  assert.equal((await read(ticketID)).timeline.length, 4)
})

test('a message needs a ticket that is there, a channel, an agent and some text', async () => {
  const ticketID = await create()
  const least = { ticketID, type: '1', message: 'Hello there' }
  const wrong = (status: number, message: string, more: object) =>
    refused(status, message, 'POST', '/api/v2/message', { body: { ...least, ...more } })
  await wrong(404, 'This ticket does not exist.', { ticketID: 999999 })
  await wrong(400, 'Missing parameter ticketID.', { ticketID: undefined })
  await wrong(400, 'This channel does not exist.', { type: '99' })
  await wrong(400, 'Invalid value for parameter type.', { type: 'mail' })
  await wrong(400, 'Invalid value for parameter message.', { message: 'Hi' })
  await wrong(400, 'This user does not exist.', { userID: 999999 })
  await wrong(400, 'This user does not exist.', { userID: 4 })
})

// --- lists ------------------------------------------------------------------------------------------------------------

test('brands, groups, channels, users and views are listed in the same envelope', async () => {
  assert.deepEqual(await done('GET', '/api/v2/brand'), {
    type: 'collection',
    itemStart: 0,
    itemTotal: 2,
    itemLimit: 15,
    items: [
      { id: 1, name: 'Default' },
      { id: 2, name: 'Connected' },
    ],
  })
  assert.deepEqual((await done('GET', '/api/v2/group?query=bill')).items, [{ id: 2, name: 'Billing' }])
  assert.deepEqual((await done('GET', '/api/v2/channel?itemLimit=1')).items, [
    { id: 1, name: 'e-mail', icon: 'e-mail' },
  ])
  assert.deepEqual(
    (await done('GET', '/api/v2/view?itemStart=1&itemLimit=2')).items.map((view: { slug: string }) => view.slug),
    ['unsolved', 'unassigned'],
  )
  const users = await done('GET', '/api/v2/user?activeOnly=1&itemLimit=999')
  assert.deepEqual(
    users.items.map((user: { email: string }) => user.email),
    ['owner@example.com', 'agent@example.com'],
  )
  assert.deepEqual(users.items[1], { id: 3, name: 'Arthur Agent', email: 'agent@example.com', active: true })
  await refused(400, 'Invalid value for parameter query.', 'GET', '/api/v2/brand?query=a%25')
  await refused(400, 'Invalid value for parameter itemLimit.', 'GET', '/api/v2/user?itemLimit=1000')
})

test('a ticket that another dialect opened is complete here', async () => {
  const headers = { authorization: `Bearer ${world.value('NETGROOT_TOKEN')}` }
  const body = {
    subject_id: 1,
    type_id: 1,
    status_id: 1,
    priority_id: 3,
    group_id: 1,
    message: 'No internet\nsince yesterday',
  }
  const made = await world.send('POST', '/api/v1/subscriber/CreateTicket', { headers, body })
  const item = await read(made.json.data.ticket_id, '?getTicketHistory=1')
  assert.partialDeepStrictEqual(item, {
    brand_id: 1,
    channel_id: 13,
    direction: 'inbound',
    from: 'requester@example.com',
    from_name: 'Rosa Requester',
    priority: 'high',
    assigned_group_id: 1,
  })
  assert.deepEqual(
    item.timeline.map((each: { type: string }) => each.type),
    ['event', 'message'],
  )
  assert.partialDeepStrictEqual(item.timeline[1], {
    direction: 'inbound',
    from: 'requester@example.com',
    content: 'No internet<br>\nsince yesterday',
  })
})

test('parameters are read in the charset and the encoding that their form says', async () => {
  const multipart = { 'content-type': 'multipart/form-data; boundary=x' }
  const part = (headers: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; ${headers}\r\n\r\n${value}\r\n`
  const plain = (charset: string) =>
    `\r\nContent-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: 8bit`
  const form = (...parts: string[]) => Buffer.from(`${parts.join('')}--x--\r\n`, 'latin1')
  const others = part('name="brandID"', '1')
  const urlencoded = 'application/x-www-form-urlencoded'
  for (const [body, headers] of [
    [form(others, part(`name="title"${plain('ISO-8859-1')}`, 'Gr\xf6\xdfe')), multipart],
    [form(part('name=_charset_', 'windows-1252'), others, part('name="title"', 'Gr\xf6\xdfe')), multipart],
    [form(others, part('name="title"\r\nContent-Transfer-Encoding: quoted-printable', 'Gr=C3=B6=C3=9Fe=')), multipart],
    [Buffer.from('brandID=1&title=Gr%F6%DFe'), { 'content-type': `${urlencoded}; charset=iso-8859-1` }],
  ] as const)
    assert.equal((await call('POST', '/api/v2/ticket', { body, headers })).json.item.title, 'Größe')
  for (const body of [
    form(others, part(`name="title"${plain('x-klingon')}`, 'a')),
    form(others, part('name="title"\r\nContent-Transfer-Encoding: base64', '*')),
    form(others, part('name="title"; filename*=utf-8\'\'a.txt', 'a')),
  ])
    await refused(400, 'Invalid request body.', 'POST', '/api/v2/ticket', { body, headers: multipart })
})
