import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { startWorld, type World } from '../../../../test/world.ts'

/** The catalogue is administered by the API, and every dialect hears of it. */

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

const native = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  world.send(method, path, {
    headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}`, ...headers },
    ...(body !== undefined && { body }),
  })

const KINDS = [
  { path: '/v1/desks', own: {}, event: 'desk' },
  { path: '/v1/groups', own: {}, event: 'group' },
  { path: '/v1/topics', own: { offered_in: ['netgroot'] }, event: 'topic' },
  { path: '/v1/types', own: {}, event: 'type' },
  { path: '/v1/forms', own: {}, event: 'form' },
  { path: '/v1/status_labels', own: { status: 'pending' }, event: 'status_label' },
  { path: '/v1/priority_labels', own: { priority: 'low' }, event: 'priority_label' },
  { path: '/v1/channels', own: { kind: 'radio' }, event: 'channel' },
]

for (const { path, own } of KINDS)
  describe(path, () => {
    test('a record is added, shown, renamed, retired and brought back; a repeat is answered as the first time', async () => {
      const once = { 'idempotency-key': `add ${path}`.replaceAll(' ', '-') }
      const made = await native('POST', path, { name: 'Brand new', ...own }, once)
      assert.equal(made.status, 201, made.text)
      const { id, ...rest } = made.json
      assert.equal(rest.active, true)
      assert.equal(made.headers.get('location'), `${path}/${id}`)
      assert.deepEqual((await native('GET', `${path}/${id}`)).json, made.json)
      const renamed = await native('PATCH', `${path}/${id}`, { name: ' Renamed ' })
      assert.deepEqual(renamed.json, { ...made.json, name: 'Renamed' })
      assert.deepEqual((await native('POST', path, { name: 'Brand new', ...own }, once)).json, made.json)
      const retired = await native('PATCH', `${path}/${id}`, { active: false })
      assert.deepEqual(retired.json, { ...made.json, name: 'Renamed', active: false })
      const listed = (await native('GET', `${path}?limit=200`)).json.data
      assert.deepEqual(
        listed.filter((each: { id: unknown }) => each.id === id),
        [retired.json],
      )
      const back = await native('PATCH', `${path}/${id}`, { active: true })
      assert.equal(back.json.active, true)
    })

    test('what is wrong is refused by name, and changes nothing', async () => {
      const before = (await native('GET', `${path}?limit=200`)).json
      const [first] = before.data
      assert.equal((await native('POST', path, { name: '  ', ...own })).status, 400)
      assert.equal((await native('POST', path, { name: 'x'.repeat(256), ...own })).status, 400)
      assert.equal((await native('POST', path, { name: first.name.toUpperCase(), ...own })).status, 409)
      const unknown = typeof first.id === 'string' ? '0198c0de-0000-7000-8000-000000000000' : '999999'
      for (const id of [unknown, 'x', '-1', '0', '99999999999999999999'])
        assert.equal((await native('PATCH', `${path}/${id}`, { name: 'New name' })).status, 404, id)
      assert.equal((await native('PATCH', `${path}/${first.id}`, { name: null })).status, 400)
      assert.equal((await native('PATCH', `${path}/${first.id}`, { colour: 'red' })).status, 400)
      assert.deepEqual((await native('GET', `${path}?limit=200`)).json, before)
    })
  })

test('each change is an event, with what was and what is; what is so already is none', async () => {
  const made = (await native('POST', '/v1/topics', { name: 'Recorded' })).json
  const change = async (body: object) => native('PATCH', `/v1/topics/${made.id}`, body)
  await change({ name: 'Recorded' })
  await change({ name: 'Recorded anew', active: false })
  await change({ active: false })
  const outside = new pg.Client(world.database.connection)
  await outside.connect()
  const { rows } = await outside.query(
    "select kind, before, after from events where kind like 'topic.%' and after ->> 'id' = $1 order by position",
    [String(made.id)],
  )
  await outside.end()
  assert.deepEqual(rows, [
    { kind: 'topic.created', before: null, after: { id: made.id, name: 'Recorded' } },
    {
      kind: 'topic.changed',
      before: { id: made.id, name: 'Recorded', active: true },
      after: { id: made.id, name: 'Recorded anew', active: false },
    },
  ])
})

test('a topic is offered to the callers of a dialect, and no more to them, whenever that is said', async () => {
  const topic = (await native('POST', '/v1/topics', { name: 'Now and then' })).json
  const authorization = `Bearer ${world.value('NETGROOT_TOKEN')}`
  const isOffered = async (): Promise<boolean> =>
    /Now and then/.test((await world.send('GET', '/api/v1/Tickets/getSubjects', { headers: { authorization } })).text)
  const change = async (body: object) => native('PATCH', `/v1/topics/${topic.id}`, body)
  assert.equal(await isOffered(), false)
  assert.deepEqual((await change({ offered_in: ['netgroot'] })).json, { ...topic, offered_in: ['netgroot'] })
  assert.equal(await isOffered(), true)
  // What is not named stays.
  assert.deepEqual((await change({ name: 'Now and then' })).json.offered_in, ['netgroot'])
  assert.equal((await change({ offered_in: ['moov'] })).status, 400)
  assert.equal((await change({ offered_in: ['netgroot', 'netgroot'] })).status, 400)
  assert.equal((await native('PATCH', '/v1/types/1', { offered_in: ['netgroot'] })).status, 400)
  assert.equal(await isOffered(), true)
  assert.deepEqual((await change({ offered_in: [] })).json, topic)
  assert.equal(await isOffered(), false)
})

test('what is retired stays on its tickets in every dialect, and no other ticket gets it', async () => {
  const topic = (await native('POST', '/v1/topics', { name: 'Short lived', offered_in: ['netgroot'] })).json
  const netgroot = { authorization: `Bearer ${world.value('NETGROOT_TOKEN')}` }
  const subjects = async (): Promise<string> =>
    (await world.send('GET', '/api/v1/Tickets/getSubjects', { headers: netgroot })).text
  assert.match(await subjects(), /Short lived/)
  const filed = { subject_id: topic.id, type_id: 1, status_id: 1, priority_id: 2, group_id: 1, message: 'Filed by it.' }
  const create = () => world.send('POST', '/api/v1/subscriber/CreateTicket', { headers: netgroot, body: filed })
  assert.ok((await create()).status < 300)
  assert.equal((await native('PATCH', `/v1/topics/${topic.id}`, { active: false })).status, 200)
  assert.doesNotMatch(await subjects(), /Short lived/)
  assert.ok((await create()).status >= 400)
  assert.equal((await native('POST', '/v1/tickets', { title: 'A', text: 'b', topic: topic.id })).status, 400)
  const { data } = (await native('GET', '/v1/tickets?limit=1')).json
  assert.equal(data[0].topic.name, 'Short lived')
  // The rest of such a ticket can still be changed.
  assert.equal((await native('PATCH', `/v1/tickets/${data[0].id}`, { title: 'Changed', topic: topic.id })).status, 200)
})

test('a retired desk keeps its tickets and takes no new ones; the default desk cannot be retired', async () => {
  const desk = (await native('POST', '/v1/desks', { name: 'Pop-up' })).json
  const ticket = () => native('POST', '/v1/tickets', { title: 'There', text: 'b', desk: desk.id })
  const { id } = (await ticket()).json
  await native('PATCH', `/v1/desks/${desk.id}`, { active: false })
  assert.equal((await ticket()).status, 400)
  assert.equal((await native('GET', `/v1/tickets/${id}`)).json.desk.name, 'Pop-up')
  const home = (await native('GET', '/v1/desks')).json.data.find((each: { default: boolean }) => each.default)
  const refused = await native('PATCH', `/v1/desks/${home.id}`, { active: false })
  assert.equal(refused.status, 409)
  assert.match(refused.text, /default desk/)
  assert.equal((await native('PATCH', '/v1/channels/13', { active: false })).status, 409)
})

test('the owner renames the tenant', async () => {
  const { id, name } = (await native('GET', '/v1/tenant')).json
  const renamed = (await native('PATCH', '/v1/tenant', { name: 'Another name' })).json
  assert.deepEqual(renamed, { id, name: 'Another name', search_language: null })
  assert.equal((await native('GET', '/v1/tenant')).json.name, 'Another name')
  assert.equal((await native('PATCH', '/v1/tenant', { name })).status, 200)
})

test('the owner chooses the language of the search, which holds at once and for what is old', async () => {
  const made = (await native('POST', '/v1/tickets', { title: 'Zwei Frachtbriefe', text: 'Beide fehlen.' })).json
  const found = async () =>
    (await native('GET', '/v1/tickets?q=Frachtbriefen')).json.data.map((each: { id: string }) => each.id)
  const choose = async (search_language: unknown) => native('PATCH', '/v1/tenant', { search_language })
  assert.deepEqual(await found(), [])
  assert.equal((await choose('de')).json.search_language, 'de')
  assert.deepEqual(await found(), [made.id])
  const { name } = (await native('GET', '/v1/tenant')).json
  assert.equal((await native('PATCH', '/v1/tenant', { name })).json.search_language, 'de')
  assert.equal((await choose('xx')).status, 400)
  assert.deepEqual(await found(), [made.id])
  assert.equal((await choose(null)).json.search_language, null)
  assert.deepEqual(await found(), [])
})

test('a desk has addresses, each written in one way and of one desk only', async () => {
  const given = ['Help@Bücher.example', 'help@xn--bcher-kva.example', '*@Example.com']
  const made = await native('POST', '/v1/desks', { name: 'Mail', addresses: given })
  assert.equal(made.status, 201, made.text)
  const kept = ['help@xn--bcher-kva.example', '*@example.com']
  assert.deepEqual(made.json.addresses, kept)
  const path = `/v1/desks/${made.json.id}`
  assert.deepEqual((await native('PATCH', path, { name: 'Mail room' })).json.addresses, kept)
  const [other] = (await native('GET', '/v1/desks')).json.data
  const taken = await native('PATCH', `/v1/desks/${other.id}`, { addresses: ['HELP@BÜCHER.example'] })
  assert.equal(taken.status, 409, taken.text)
  assert.equal((await native('POST', '/v1/desks', { name: 'Twin', addresses: kept })).status, 409)
  const wrong = await native('PATCH', path, { addresses: ['help'] })
  assert.deepEqual([wrong.status, wrong.json.errors[0].field, wrong.json.errors[0].rule], [400, 'addresses', 'format'])
  const twins = await Promise.all(
    ['One', 'Two', 'Three'].map((name) => native('POST', '/v1/desks', { name, addresses: ['twin@example.com'] })),
  )
  assert.deepEqual(twins.map(({ status }) => status).sort(), [201, 409, 409])
  assert.deepEqual((await native('PATCH', path, { addresses: [] })).json.addresses, [])
  const events = (await native('GET', '/v1/events?limit=200&after=0')).json.data
  const told = events.filter((each: { kind: string; after: { id?: string } }) => each.kind === 'desk.changed')
  assert.deepEqual(
    told.filter((each: { after: { id: string } }) => each.after.id === made.json.id).at(-1).after.addresses,
    [],
  )
})
