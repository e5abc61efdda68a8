/** What clients find their ids by: networks, locations and memberships. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../test/world.ts'
import type { Role } from '../../core/identity/permissions.ts'
import type { UserKind } from '../../core/identity/user.ts'
import { createUser } from '../../core/tenants/commands.ts'
import { issueMinted } from '../../setup/demo.ts'
import { type Database, openDatabase } from '../../storage/database.ts'
import { CREDENTIAL_KINDS } from '../credentials.ts'

type Headers = Record<string, string>

const LOCATIONS = '/locations/v1'
const MEMBERSHIPS = '/community/memberships/v1'
const TICKETS = '/support/tickets/v1'
const UNKNOWN = '3c90c3cc-0d44-4b50-8888-8dd25736052a'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

let world: World
let database: Database
let network: string
let location: string
let otherLocation: string
let basic: Headers
let owner: Headers

before(async () => {
  world = await startWorld()
  database = openDatabase({ connection: world.database.connection })
  network = world.value('SPACEBRING_NETWORK_ID')
  location = world.value('SPACEBRING_LOCATION_ID')
  otherLocation = world.value('MOOV_CONNECTED_ACCOUNT_ID')
  basic = basicOf(world)
  owner = { authorization: `Bearer ${world.value('SPACEBRING_ACCESS_TOKEN')}`, 'spacebring-network-id': network }
})
after(async () => {
  await database.close()
  await world.stop()
})

function basicOf(from: World): Headers {
  const pair = `${from.value('SPACEBRING_CLIENT_ID')}:${from.value('SPACEBRING_CLIENT_SECRET')}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function administration(on: Database) {
  return { store: on, now: new Date().toISOString(), newId: () => v7() }
}

async function tokenOf(userId: string, scopes: readonly string[] = ['support', 'locations', 'community']) {
  const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'spacebring' && each.kind === 'access_token')
  assert.ok(kind)
  const { secret } = await issueMinted(administration(database), network, kind, 'Test', userId, { scopes })
  return { authorization: `Bearer ${secret}`, 'spacebring-network-id': network }
}

async function newUser(name: string, role: Role, kind: UserKind = 'person') {
  const email = `${name.toLowerCase()}@example.org`
  const memberships = [{ deskId: location, role }]
  const user = {
    kind,
    isOwner: false,
    name,
    surname: 'Test',
    email,
    photoUrl: 'https://example.org/p.png',
    memberships,
  }
  const { id } = await createUser(administration(database), network, user)
  return { id, email, headers: await tokenOf(id) }
}

const get = (path: string, headers: Headers): Promise<Received> => world.send('GET', path, { headers })
const members = (query: string, headers: Headers = owner) =>
  get(`${MEMBERSHIPS}?locationRef=${location}${query}`, headers)
const idsIn = (answer: Received): string[] => answer.json.memberships.map((each: { id: string }) => each.id)

describe('Locations', () => {
  test('a network is found without its id, and its locations with it', async () => {
    const { authorization = '' } = owner
    const networks = await get('/networks/v1', { authorization })
    assert.deepEqual(networks.json, { networks: [{ id: network, title: 'Demo' }] })
    for (const headers of [owner, basic]) {
      const { json } = await get(LOCATIONS, headers)
      assert.deepEqual(
        json.locations.map(({ createDate: _, ...each }: { createDate: string }) => each),
        [
          { id: location, networkRef: network, title: 'Default' },
          { id: otherLocation, networkRef: network, title: 'Connected' },
        ],
      )
      for (const each of json.locations) {
        assert.match(each.createDate, DATE)
        assert.deepEqual((await get(`${LOCATIONS}/${each.id.toUpperCase()}`, headers)).json, { location: each })
      }
    }
  })

  test('who belongs to one location sees that one', async () => {
    const { headers } = await newUser('Lea', 'customer')
    const { json } = await get(LOCATIONS, headers)
    assert.deepEqual(
      json.locations.map(({ id }: { id: string }) => id),
      [location],
    )
    for (const id of [otherLocation, UNKNOWN]) {
      const answer = await get(`${LOCATIONS}/${id}`, headers)
      assert.deepEqual([answer.status, answer.json], [404, { message: 'Location not found', type: 'notFound' }])
    }
    assert.equal((await get(`${LOCATIONS}/none`, headers)).status, 400)
  })

  test('each area has its scope, and without the network header nothing but networks is read', async () => {
    const { id } = await newUser('Nora', 'agent')
    const onlySupport = await tokenOf(id, ['support'])
    assert.equal((await get(LOCATIONS, onlySupport)).status, 403)
    assert.equal((await members('', onlySupport)).status, 403)
    assert.equal((await get('/networks/v1', onlySupport)).status, 200)
    const readonly = await tokenOf(id, ['locations.readonly', 'community.readonly'])
    assert.equal((await get(LOCATIONS, readonly)).status, 200)
    assert.equal((await members('', readonly)).status, 200)
    assert.equal((await get(`${TICKETS}?locationRef=${location}`, readonly)).status, 403)
    const { authorization } = readonly
    assert.equal((await get(LOCATIONS, { authorization })).status, 400)
    const foreign = { authorization, 'spacebring-network-id': UNKNOWN }
    assert.equal((await get('/networks/v1', foreign)).status, 403)
  })
})

describe('Memberships', () => {
  test('who works in a location finds everybody there; a member only the own membership', async () => {
    const { id, email, headers } = await newUser('Pia', 'customer')
    const found = await members(`&userEmail=${email.toUpperCase()}`)
    const [membership] = found.json.memberships
    assert.match(membership.createDate, DATE)
    assert.deepEqual(membership, {
      id: membership.id,
      locationRef: location,
      userRef: id,
      role: 'member',
      type: 'member',
      status: 'approved',
      createDate: membership.createDate,
      user: { id, name: 'Pia', surname: 'Test', email, photoUrl: 'https://example.org/p.png' },
    })
    assert.deepEqual(idsIn(await members(`&userRef=${id}`)), [membership.id])
    assert.deepEqual((await members('', headers)).json, { memberships: [membership] })
    const everybody = await members('')
    assert.ok(idsIn(everybody).includes(membership.id))
    const roles = everybody.json.memberships.map((each: { role: string; user: { name: string } }) => [
      each.user.name,
      each.role,
    ])
    assert.deepEqual(new Map(roles).get('Olivia'), 'admin')
    assert.equal(new Map(roles).has('API'), false, 'a service is nobody to ask for')
    // The ids are those that tickets have and are filtered by.
    const filter = `${TICKETS}?locationRef=${location}&membershipRefRequester=${membership.id}`
    assert.equal((await get(filter, owner)).status, 200)
    for (const by of [owner, headers])
      assert.deepEqual((await get(`${MEMBERSHIPS}/${membership.id}`, by)).json, { membership })
    const native = { headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` } }
    await world.send('PATCH', `/v1/users/${id}`, { ...native, body: { about: 'Potter' } })
    assert.equal((await get(`${MEMBERSHIPS}/${membership.id}`, owner)).json.membership.user.about, 'Potter')
    const stranger = await newUser('Sam', 'customer')
    assert.equal((await get(`${MEMBERSHIPS}/${membership.id}`, stranger.headers)).status, 404)
    assert.deepEqual((await members(`&userRef=${id}`, stranger.headers)).json, { memberships: [] })
    assert.deepEqual((await members(`&userEmail=${email}`, stranger.headers)).json, { memberships: [] })
    assert.equal((await get(`${MEMBERSHIPS}/${UNKNOWN}`, owner)).status, 404)
  })

  test('every membership is an approved member’s, and the document promises no other', async () => {
    const { memberships } = (await members('&limit=100')).json
    assert.ok(memberships.length > 1)
    for (const { type, status } of memberships) assert.deepEqual([type, status], ['member', 'approved'])
    const { paths } = (await world.send('GET', '/openapi/spacebring.json')).json
    const { schema } = paths[`${MEMBERSHIPS}/{id}`].get.responses[200].content['application/json']
    const { type, status } = schema.properties.membership.properties
    assert.deepEqual([type.const, status.const], ['member', 'approved'])
  })

  test('following searchQueryNext visits every membership of a location once', async () => {
    const all = idsIn(await members('&limit=100'))
    const visited: string[] = []
    for (let query = `?locationRef=${location}&limit=1`; query; ) {
      const answer = await get(`${MEMBERSHIPS}${query}`, owner)
      assert.equal(answer.status, 200, answer.text)
      visited.push(...idsIn(answer))
      query = answer.json.searchQueryNext ?? ''
      assert.equal('nextPageToken' in answer.json, query !== '')
    }
    assert.deepEqual(visited, all)
    const { nextPageToken } = (await members('&limit=1')).json
    const elsewhere = `${MEMBERSHIPS}?locationRef=${otherLocation}&nextPageToken=${nextPageToken}`
    assert.equal((await get(elsewhere, owner)).status, 400)
    assert.equal((await members('&nextPageToken=bm90aGluZw')).status, 400)
  })

  test('what is not there here is an empty list; what cannot be is refused', async () => {
    for (const query of ['&status=requested', `&companyRef=${UNKNOWN}`, '&types=nonmember', `&userRef=${UNKNOWN}`])
      assert.deepEqual((await members(query)).json, { memberships: [] }, query)
    assert.ok(idsIn(await members('&types=member,nonmember')).length > 1)
    for (const query of ['limit=0', 'limit=101', 'status=approved', 'types=guest', 'userRef=none']) {
      const { status, json } = await members(`&${query}`)
      const [field] = query.split('=')
      assert.deepEqual([status, json.issues[0].path], [400, [field]], query)
    }
    assert.equal((await get(MEMBERSHIPS, owner)).status, 400)
    assert.equal((await get(`${MEMBERSHIPS}?locationRef=${UNKNOWN}`, owner)).status, 400)
    assert.equal((await world.send('POST', MEMBERSHIPS, { headers: owner, body: {} })).status, 405)
    assert.equal((await get('/community/companies/v1', owner)).json.type, 'notFound')
  })
})

test('what an automation does is shown as the assistant’s, without a membership', async () => {
  const { id: machine, headers } = await newUser('Lem', 'agent', 'automation')
  assert.ok(machine)
  const body = { ticket: { locationRef: location, text: 'The heating', type: 'other' } }
  const { ticket } = (await world.send('POST', TICKETS, { headers: owner, body })).json
  const comment = { activity: { ticketRef: ticket.id, text: 'Have you tried the knob?' } }
  const lemAI = { name: 'Lem Test', photoUrl: 'https://example.org/p.png' }
  const { activity } = (await world.send('POST', `${TICKETS}/comment`, { headers, body: comment })).json
  assert.deepEqual(activity.lemAI, lemAI)
  assert.equal('membership' in activity, false)
  const solved = { headers, body: { ticket: { status: 'solved' } } }
  assert.deepEqual((await world.send('PUT', `${TICKETS}/${ticket.id}/status`, solved)).json.activity.lemAI, lemAI)
  const { activities } = (await get(`${TICKETS}/${ticket.id}`, owner)).json
  assert.deepEqual(
    activities.map((each: { type: string; lemAI?: object; membership?: object }) => [
      each.type,
      each.lemAI,
      each.membership,
    ]),
    [
      ['comment', lemAI, undefined],
      ['statusUpdated', lemAI, undefined],
      ['statusUpdated', lemAI, undefined],
    ],
  )
})

describe('With the settings that follow the current reference', () => {
  let strict: World
  before(async () => {
    strict = await startWorld({ SPACEBRING_STRICT_SECURITY: 'on', SPACEBRING_ACTIVITY_PROFILE: 'current' })
  })
  after(() => strict.stop())

  const asOwner = (): Headers => ({
    authorization: `Bearer ${strict.value('SPACEBRING_ACCESS_TOKEN')}`,
    'spacebring-network-id': strict.value('SPACEBRING_NETWORK_ID'),
  })
  const ticketOf = (text: string) => ({
    ticket: {
      locationRef: strict.value('SPACEBRING_LOCATION_ID'),
      userRefRequester: strict.value('SPACEBRING_USER_ID'),
      text,
      type: 'access',
    },
  })

  test('client id and secret neither create nor comment, and do everything else', async () => {
    const headers = basicOf(strict)
    const refused = await strict.send('POST', TICKETS, { headers, body: ticketOf('The door') })
    assert.deepEqual([refused.status, refused.json.type], [403, 'forbidden'])
    const { ticket } = (await strict.send('POST', TICKETS, { headers: asOwner(), body: ticketOf('The door') })).json
    const comment = { activity: { ticketRef: ticket.id, text: 'Hello' } }
    assert.equal((await strict.send('POST', `${TICKETS}/comment`, { headers, body: comment })).status, 403)
    const solved = { ticket: { status: 'solved' } }
    assert.equal((await strict.send('PUT', `${TICKETS}/${ticket.id}/status`, { headers, body: solved })).status, 200)
  })

  test('a creation is an activity and a change of type is none', async () => {
    const headers = asOwner()
    const { activities, ticket } = (await strict.send('POST', TICKETS, { headers, body: ticketOf('The key') })).json
    const [{ membership, ...activity }, ...others] = activities
    assert.deepEqual(others, [])
    assert.equal(membership.user.id, strict.value('SPACEBRING_ADMIN_USER_ID'))
    const { id, createDate } = activity
    assert.deepEqual(activity, { id, ticketRef: ticket.id, type: 'ticketCreated', createDate })
    assert.equal((await strict.send('DELETE', `${TICKETS}/comment/${id}`, { headers })).status, 400, 'no comment')
    const type = { headers, body: { ticket: { type: 'cleaning' } } }
    assert.equal((await strict.send('PATCH', `${TICKETS}/${ticket.id}/type`, type)).status, 204)
    const read = (await strict.send('GET', `${TICKETS}/${ticket.id}`, { headers })).json
    assert.equal(read.ticket.type, 'cleaning')
    assert.deepEqual(read.activities, activities)
  })
})
