import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { makeSite } from '../../../test/contract/site.ts'
import { type Received, startWorld, type World } from '../../../test/world.ts'
import { openAccess } from '../../core/access/access.ts'
import type { Context } from '../../core/context.ts'
import type { Role } from '../../core/identity/permissions.ts'
import { createUser } from '../../core/tenants/commands.ts'
import { changeTicket } from '../../core/tickets/commands/change.ts'
import { createTicket } from '../../core/tickets/commands/create.ts'
import { issueMinted } from '../../setup/demo.ts'
import { type Database, openDatabase } from '../../storage/database.ts'
import { openStore } from '../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../credentials.ts'
import created from './fixtures/create-ticket.json' with { type: 'json' }
import { TYPE_WORDS } from './words.ts'

const PATH = '/support/tickets/v1'
const UNKNOWN = '3c90c3cc-0d44-4b50-8888-8dd25736052a'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

type Headers = Record<string, string>
interface Caller {
  readonly id: string
  readonly headers: Headers
}

let world: World
let database: Database
let location: string
let otherLocation: string
let basic: Headers
let owner: Caller
let agent: Caller
let member: Caller
let otherMember: Caller
let context: Context

before(async () => {
  world = await startWorld()
  database = openDatabase({ connection: world.database.connection })
  location = world.value('SPACEBRING_LOCATION_ID')
  otherLocation = world.value('MOOV_CONNECTED_ACCOUNT_ID')
  const pair = `${world.value('SPACEBRING_CLIENT_ID')}:${world.value('SPACEBRING_CLIENT_SECRET')}`
  basic = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
  const token = world.value('SPACEBRING_ACCESS_TOKEN')
  owner = { id: world.value('SPACEBRING_ADMIN_USER_ID'), headers: bearer(token) }
  agent = await newCaller('Ann', 'agent')
  member = await newCaller('Mia', 'customer')
  otherMember = await newCaller('Max', 'customer')
  const store = openStore(database)
  const access = openAccess(store)
  const actor = await access.resolve('spacebring', 'access_token', token)
  assert.ok(actor)
  const tenant = await access.tenant(actor.tenantId)
  const now = new Date().toISOString()
  context = { store, tenant, actor, now, newId: () => v7(), dialect: 'native', requestId: 'test', idempotency: null }
})

after(async () => {
  await database.close()
  await world.stop()
})

function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}`, 'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID') }
}

function administration() {
  return { store: openStore(database), now: new Date().toISOString(), newId: () => v7() }
}

async function newToken(userId: string, scopes: readonly string[]): Promise<Headers> {
  const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'spacebring' && each.kind === 'access_token')
  assert.ok(kind)
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  return bearer((await issueMinted(administration(), tenantId, kind, 'Test', userId, { scopes })).secret)
}

async function newCaller(name: string, role: Role): Promise<Caller> {
  const { id } = await createUser(administration(), world.value('SPACEBRING_NETWORK_ID'), {
    kind: 'person',
    isOwner: false,
    name,
    email: `${name.toLowerCase()}@example.org`,
    phone: '+15550100',
    memberships: [{ deskId: location, role }],
  })
  return { id, headers: await newToken(id, ['support']) }
}

function newTicket(caller: Headers, ticket: object = {}): Promise<Received> {
  const body = { ticket: { type: 'access', text: 'The door is locked', locationRef: location, ...ticket } }
  return world.send('POST', PATH, { headers: caller, body })
}

async function ticketOf(caller: Caller): Promise<string> {
  const { status, json } = await newTicket(caller.headers)
  assert.equal(status, 201)
  return json.ticket.id
}

const put = (id: string, what: string, headers: Headers, ticket: object) =>
  world.send(what === 'type' ? 'PATCH' : 'PUT', `${PATH}/${id}/${what}`, { headers, body: { ticket } })
const read = async (id: string, headers: Headers = owner.headers) =>
  (await world.send('GET', `${PATH}/${id}`, { headers })).json
const list = (query: string, headers: Headers = owner.headers) => world.send('GET', `${PATH}?${query}`, { headers })
const comment = (headers: Headers, activity: object) =>
  world.send('POST', `${PATH}/comment`, { headers, body: { activity } })
const membershipOf = async (caller: Caller): Promise<string> =>
  (await newTicket(caller.headers)).json.ticket.membershipRefRequester

function assertError(answer: Received, status: number, type: string, field?: readonly (string | number)[]): void {
  assert.equal(answer.status, status, answer.text)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(answer.json.type, type)
  assert.equal(typeof answer.json.message, 'string')
  if (!field) return
  const paths = answer.json.issues.map((issue: { path: unknown }) => JSON.stringify(issue.path))
  assert.ok(paths.includes(JSON.stringify(field)), answer.text)
}

// --- create -----------------------------------------------------------------------------------------------------------

test('the vendor’s own create request makes a ticket, answered with activities and ticket', async () => {
  const body = { ticket: { ...created.request.body.ticket, locationRef: location, userRefRequester: member.id } }
  const answer = await world.send('POST', PATH, { headers: owner.headers, body })
  assert.equal(answer.status, 201, answer.text)
  const { activities, ticket, ...rest } = answer.json
  assert.deepEqual(rest, {})
  assert.deepEqual(activities, [])
  assert.match(ticket.id, UUID)
  assert.match(ticket.createDate, DATE)
  assert.match(ticket.membershipRefRequester, UUID)
  const user = {
    id: member.id,
    photoUrl: null,
    blocked: false,
    email: 'mia@example.org',
    name: 'Mia',
    surname: null,
    phoneNumber: '+15550100',
  }
  assert.deepEqual(ticket, {
    id: ticket.id,
    number: ticket.number,
    locationRef: location,
    description: '<string>',
    status: 'new',
    type: 'access',
    createDate: ticket.createDate,
    updateDate: ticket.createDate,
    userRequester: user,
    membershipRefRequester: ticket.membershipRefRequester,
    membershipRequester: { id: ticket.membershipRefRequester, roleType: 'member', type: 'member', user },
    userAssignee: null,
  })
})

test('every type can be created and is read back', async () => {
  for (const type of TYPE_WORDS) {
    const { json } = await newTicket(member.headers, { type })
    assert.equal((await read(json.ticket.id)).ticket.type, type)
  }
})

test('numbers count per location', async () => {
  const first = (await newTicket(owner.headers)).json.ticket.number
  await newTicket(owner.headers, { locationRef: otherLocation })
  assert.equal((await newTicket(owner.headers)).json.ticket.number, first + 1)
})

test('without userRefRequester a bearer’s ticket is its own, and that of a network’s credential its owner’s', async () => {
  for (const none of [{}, { userRefRequester: null }]) {
    assert.equal((await newTicket(member.headers, none)).json.ticket.userRequester.id, member.id)
    const { status, json } = await newTicket(basic, none)
    assert.equal(status, 201)
    assert.equal(json.ticket.userRequester.id, world.value('SPACEBRING_ADMIN_USER_ID'))
  }
  const answer = await newTicket(basic, { userRefRequester: member.id })
  assert.equal(answer.status, 201)
  assert.equal(answer.json.ticket.userRequester.id, member.id)
})

test('a create names every field that is wrong', async () => {
  const wrong: readonly [object, readonly string[]][] = [
    [{ text: undefined }, ['ticket', 'text']],
    [{ text: '' }, ['ticket', 'text']],
    [{ text: ' \n\t' }, ['ticket', 'text']],
    [{ text: 'x'.repeat(10_001) }, ['ticket', 'text']],
    [{ text: 7 }, ['ticket', 'text']],
    [{ text: '\u0000\u001b[31m' }, ['ticket', 'text']],
    [{ type: undefined }, ['ticket', 'type']],
    [{ type: 'Access' }, ['ticket', 'type']],
    [{ locationRef: undefined }, ['ticket', 'locationRef']],
    [{ locationRef: 'here' }, ['ticket', 'locationRef']],
    [{ locationRef: UNKNOWN }, ['ticket', 'locationRef']],
    [{ userRefRequester: 'me' }, ['ticket', 'userRefRequester']],
    [{ userRefRequester: UNKNOWN }, ['ticket', 'userRefRequester']],
    [{ locationRef: otherLocation, userRefRequester: member.id }, ['ticket', 'userRefRequester']],
  ]
  for (const [ticket, field] of wrong)
    assertError(await newTicket(owner.headers, ticket), 400, 'validationError', field)
  assert.equal((await newTicket(owner.headers, { text: 'x'.repeat(10_000), more: 1 })).status, 201)
})

test('a body that is no JSON object with a ticket is refused', async () => {
  const bodies = ['{', '[]', '"ticket"', 'null', '{}', '{"ticket":[]}', '{"ticket":null}', '', new Uint8Array([0xff])]
  for (const body of bodies) {
    const headers = { ...owner.headers, 'content-type': 'application/json' }
    assertError(await world.send('POST', PATH, { headers, body }), 400, 'validationError')
  }
  const form = { headers: { ...owner.headers, 'content-type': 'text/plain' }, body: '{}' }
  assertError(await world.send('POST', PATH, form), 400, 'validationError')
})

test('members create for themselves only, and only where they belong', async () => {
  assertError(await newTicket(member.headers, { userRefRequester: otherMember.id }), 403, 'forbidden')
  assert.equal((await newTicket(member.headers, { userRefRequester: member.id })).status, 201)
  const elsewhere = await newTicket(member.headers, { locationRef: otherLocation })
  assertError(elsewhere, 400, 'validationError', ['ticket', 'locationRef'])
  assert.equal((await newTicket(agent.headers, { userRefRequester: member.id })).status, 201)
})

test('an Idempotency-Key makes a create safe to repeat', async () => {
  const headers = { ...member.headers, 'idempotency-key': v7() }
  const first = await newTicket(headers)
  const again = await newTicket(headers)
  assert.deepEqual([again.status, again.json], [201, first.json])
  assertError(await newTicket(headers, { text: 'Another' }), 422, 'idempotencyMismatch')
})

// --- credentials ------------------------------------------------------------------------------------------------------

test('no, unknown and malformed credentials are a 401 that says how to authenticate', async () => {
  const network = { 'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID') }
  for (const authorization of [undefined, 'Bearer nothing', 'Basic bm90aGluZw==', 'Basic YTpi', 'Token x']) {
    const answer = await newTicket({ ...network, ...(authorization && { authorization }) })
    assertError(answer, 401, 'unauthorized')
    assert.match(answer.headers.get('www-authenticate') ?? '', /Basic .*Bearer/)
  }
})

test('a bearer token needs the id of its network; client id and secret do not, but it must not be another', async () => {
  const { authorization = '' } = owner.headers
  const path = `${PATH}?locationRef=${location}`
  const ask = async (headers: Headers, network?: string) =>
    world.send('GET', path, {
      headers: { ...headers, ...(network !== undefined && { 'spacebring-network-id': network }) },
    })
  const field = ['spacebring-network-id']
  assertError(await ask({ authorization }), 400, 'validationError', field)
  assertError(await ask({ authorization }, 'my network'), 400, 'validationError', field)
  assertError(await ask({ authorization }, UNKNOWN), 403, 'forbidden')
  assertError(await ask(basic, UNKNOWN), 403, 'forbidden')
  const network = world.value('SPACEBRING_NETWORK_ID')
  for (const [headers, given] of [
    [{ authorization }, network],
    [{ authorization }, network.toUpperCase()],
    [basic, network],
    [basic, undefined],
  ] as const) {
    assert.equal((await ask(headers, given)).status, 200)
  }
})

test('support.readonly reads and does not write; a token without either scope does nothing', async () => {
  const id = await ticketOf(member)
  const readonly = await newToken(owner.id, ['support.readonly', 'events'])
  assert.equal((await list(`locationRef=${location}`, readonly)).status, 200)
  assert.equal((await world.send('GET', `${PATH}/${id}`, { headers: readonly })).status, 200)
  assertError(await newTicket(readonly), 403, 'forbidden')
  assertError(await put(id, 'status', readonly, { status: 'solved' }), 403, 'forbidden')
  assertError(await put(id, 'assignee', readonly, { userRefAssignee: null }), 403, 'forbidden')
  assertError(await put(id, 'type', readonly, { type: 'other' }), 403, 'forbidden')
  assertError(await comment(readonly, { ticketRef: id, text: 'Hi' }), 403, 'forbidden')
  assertError(await list(`locationRef=${location}`, await newToken(owner.id, ['events'])), 403, 'forbidden')
})

test('what is wrong is told in order: credentials, network, scope, request, existence, role', async () => {
  const broken = { body: '{' }
  const path = `${PATH}/${UNKNOWN}/status`
  const { authorization = '' } = await newToken(member.id, ['support.readonly'])
  assertError(await world.send('PUT', path, broken), 401, 'unauthorized')
  assertError(await world.send('PUT', path, { ...broken, headers: { authorization } }), 400, 'validationError', [
    'spacebring-network-id',
  ])
  assertError(
    await world.send('PUT', path, {
      ...broken,
      headers: { authorization, 'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID') },
    }),
    403,
    'forbidden',
  )
  assertError(await put(UNKNOWN, 'status', member.headers, { status: 'done' }), 400, 'validationError')
  assertError(await put(UNKNOWN, 'status', member.headers, { status: 'solved' }), 404, 'notFound')
  assertError(await put(await ticketOf(member), 'status', member.headers, { status: 'solved' }), 403, 'forbidden')
})

test('unknown addresses and methods are told in the vendor’s form', async () => {
  assertError(await world.send('GET', '/support/tickets/v2', { headers: owner.headers }), 404, 'notFound')
  const answer = await world.send('DELETE', PATH, { headers: owner.headers })
  assertError(answer, 405, 'methodNotAllowed')
  assert.match(answer.headers.get('allow') ?? '', /GET.*POST/)
})

// --- status -----------------------------------------------------------------------------------------------------------

test('a status change is answered with its activity and the ticket, by either credential', async () => {
  for (const [headers, actor] of [
    [basic, undefined],
    [owner.headers, owner.id],
    [agent.headers, agent.id],
  ] as const) {
    const id = await ticketOf(member)
    const answer = await put(id, 'status', headers, { status: 'solved' })
    assert.equal(answer.status, 200, answer.text)
    const { activity, ticket, ...rest } = answer.json
    assert.deepEqual(rest, {})
    assert.match(activity.id, UUID)
    assert.match(activity.createDate, DATE)
    assert.equal(activity.ticketRef, id)
    assert.equal(activity.type, 'statusUpdated')
    assert.equal(activity.membership.roleType, 'admin')
    if (actor) assert.equal(activity.membership.user.id, actor)
    assert.deepEqual(activity.data, { status: 'solved', previousAttributes: { status: 'new' } })
    assert.equal(ticket.status, 'solved')
    assert.equal(ticket.statusUpdateDate, activity.createDate)
    assert.equal(ticket.updateDate, activity.createDate)
    assert.deepEqual(await read(id), { activities: [activity], ticket })
  }
})

test('every status can follow every other', async () => {
  const id = await ticketOf(member)
  const words = ['new', 'inProgress', 'solved', 'closed']
  for (const from of words) {
    for (const to of words) {
      await put(id, 'status', basic, { status: from })
      const { json } = await put(id, 'status', basic, { status: to })
      assert.deepEqual(json.activity.data, { status: to, previousAttributes: { status: from } })
      assert.equal(json.ticket.status, to)
    }
  }
})

test('setting the same status again answers an activity and moves no date', async () => {
  const id = await ticketOf(member)
  const first = (await put(id, 'status', basic, { status: 'solved' })).json
  const again = await put(id, 'status', basic, { status: 'solved' })
  assert.equal(again.status, 200)
  assert.deepEqual(again.json.activity.data, { status: 'solved', previousAttributes: { status: 'solved' } })
  assert.deepEqual(again.json.ticket, first.ticket)
  const fresh = await ticketOf(member)
  assert.ok(!('statusUpdateDate' in (await put(fresh, 'status', basic, { status: 'new' })).json.ticket))
})

test('inProgress leaves a pending ticket pending, and a move within inProgress is no activity', async () => {
  const id = await ticketOf(member)
  await put(id, 'status', basic, { status: 'inProgress' })
  await changeTicket(context, { id }, { status: { to: 'pending' } })
  assert.equal((await read(id)).activities.length, 1)
  const { json } = await put(id, 'status', basic, { status: 'inProgress' })
  assert.deepEqual(json.activity.data, { status: 'inProgress', previousAttributes: { status: 'inProgress' } })
  const { ticket } = await changeTicket(context, { id }, {})
  assert.equal(ticket.status, 'pending')
})

test('a status change that is no status is refused', async () => {
  const id = await ticketOf(member)
  for (const ticket of [{}, { status: null }, { status: 'open' }, { status: 'in-progress' }, { status: ['new'] }]) {
    assertError(await put(id, 'status', basic, ticket), 400, 'validationError', ['ticket', 'status'])
  }
  assertError(await put('42', 'status', basic, { status: 'new' }), 400, 'validationError', ['id'])
  assertError(await put(UNKNOWN, 'status', basic, { status: 'new' }), 404, 'notFound')
})

test('members change no status, not even closing their own ticket; others’ tickets do not exist for them', async () => {
  const id = await ticketOf(member)
  for (const status of ['inProgress', 'solved', 'closed']) {
    assertError(await put(id, 'status', member.headers, { status }), 403, 'forbidden')
    assertError(await put(id, 'status', otherMember.headers, { status }), 404, 'notFound')
  }
  assert.equal((await read(id)).ticket.status, 'new')
})

test('an Idempotency-Key makes a status change safe to repeat', async () => {
  const id = await ticketOf(member)
  const headers = { ...basic, 'idempotency-key': v7() }
  const first = await put(id, 'status', headers, { status: 'solved' })
  await put(id, 'status', basic, { status: 'new' })
  assert.deepEqual((await put(id, 'status', headers, { status: 'solved' })).json, first.json)
  assert.equal((await read(id)).ticket.status, 'new')
})

// --- assignee ---------------------------------------------------------------------------------------------------------

test('an assignee is set by user or membership, replaced and taken away, each with an activity', async () => {
  const id = await ticketOf(member)
  const agentMembership = await membershipOf(agent)
  const first = (await put(id, 'assignee', basic, { userRefAssignee: owner.id })).json
  assert.equal(first.activity.type, 'assigneeUpdated')
  assert.equal(first.activity.data.userRefAssignee, owner.id)
  assert.equal(first.activity.data.userAssignee.id, owner.id)
  assert.equal(first.activity.data.membershipAssignee.user.id, owner.id)
  assert.deepEqual(first.activity.data.previousAttributes, {})
  assert.equal(first.ticket.userRefAssignee, owner.id)

  const second = (await put(id, 'assignee', basic, { membershipRefAssignee: agentMembership })).json
  assert.equal(second.ticket.membershipRefAssignee, agentMembership)
  assert.equal(second.ticket.userAssignee.id, agent.id)
  assert.equal(second.activity.data.userRefAssignee, agent.id)
  assert.equal(second.activity.data.previousAttributes.userRefAssignee, owner.id)
  assert.equal(second.activity.data.previousAttributes.membershipAssignee.user.id, owner.id)

  const both = { userRefAssignee: agent.id, membershipRefAssignee: agentMembership }
  assert.equal((await put(id, 'assignee', basic, both)).status, 200)

  const last = (await put(id, 'assignee', agent.headers, { userRefAssignee: null })).json
  assert.deepEqual(Object.keys(last.activity.data), ['previousAttributes'])
  assert.equal(last.activity.data.previousAttributes.userAssignee.id, agent.id)
  assert.equal(last.ticket.userAssignee, null)
  assert.ok(!('userRefAssignee' in last.ticket) && !('membershipAssignee' in last.ticket))

  const { activities } = await read(id)
  assert.equal(activities.length, 4)
  assert.deepEqual(activities[1], second.activity)
  assert.equal((await put(id, 'assignee', basic, { membershipRefAssignee: null })).status, 200)
})

test('an assignee must be an administrator of the location, named without contradiction', async () => {
  const id = await ticketOf(member)
  const memberMembership = await membershipOf(member)
  const agentMembership = await membershipOf(agent)
  const wrong: readonly [object, string][] = [
    [{}, 'userRefAssignee'],
    [{ userRefAssignee: 'me' }, 'userRefAssignee'],
    [{ userRefAssignee: UNKNOWN }, 'userRefAssignee'],
    [{ userRefAssignee: member.id }, 'userRefAssignee'],
    [{ membershipRefAssignee: 7 }, 'membershipRefAssignee'],
    [{ membershipRefAssignee: UNKNOWN }, 'membershipRefAssignee'],
    [{ membershipRefAssignee: memberMembership }, 'membershipRefAssignee'],
    [{ userRefAssignee: owner.id, membershipRefAssignee: agentMembership }, 'membershipRefAssignee'],
    [{ userRefAssignee: null, membershipRefAssignee: agentMembership }, 'membershipRefAssignee'],
    [{ userRefAssignee: agent.id, membershipRefAssignee: null }, 'membershipRefAssignee'],
  ]
  for (const [ticket, field] of wrong) {
    assertError(await put(id, 'assignee', basic, ticket), 400, 'validationError', ['ticket', field])
  }
  const { ticket } = (await newTicket(owner.headers, { locationRef: otherLocation })).json
  const elsewhere = await put(ticket.id, 'assignee', basic, { membershipRefAssignee: agentMembership })
  assertError(elsewhere, 400, 'validationError', ['ticket', 'membershipRefAssignee'])
})

test('members assign nobody, and learn nothing of memberships by trying', async () => {
  const id = await ticketOf(member)
  for (const ticket of [{ userRefAssignee: agent.id }, { membershipRefAssignee: UNKNOWN }, { userRefAssignee: null }]) {
    assertError(await put(id, 'assignee', member.headers, ticket), 403, 'forbidden')
    assertError(await put(id, 'assignee', otherMember.headers, ticket), 404, 'notFound')
  }
})

// --- type -------------------------------------------------------------------------------------------------------------

test('a type change answers nothing and is recorded', async () => {
  const id = await ticketOf(member)
  const answer = await put(id, 'type', basic, { type: 'printing' })
  assert.deepEqual([answer.status, answer.text], [204, ''])
  assert.equal((await put(id, 'type', basic, { type: 'printing' })).status, 204)
  const { activities, ticket } = await read(id)
  assert.equal(ticket.type, 'printing')
  assert.equal(activities.length, 1)
  assert.equal(activities[0].type, 'typeUpdated')
  assert.deepEqual(activities[0].data, { type: 'printing', previousAttributes: { type: 'access' } })
})

test('other does not take away a topic that only another vendor has a word for', async () => {
  const id = await ticketOf(member)
  const topicId = context.tenant.topics.find((topic) => topic.offeredIn.includes('netgroot'))?.id
  assert.ok(topicId)
  await changeTicket(context, { id }, { topicId })
  assert.equal((await put(id, 'type', basic, { type: 'other' })).status, 204)
  assert.equal((await changeTicket(context, { id }, {})).ticket.topicId, topicId)
  assert.equal((await put(id, 'type', basic, { type: 'access' })).status, 204)
  assert.equal((await put(id, 'type', basic, { type: 'other' })).status, 204)
  assert.equal((await read(id)).ticket.type, 'other')
})

test('type changes are refused as status changes are', async () => {
  const id = await ticketOf(member)
  assertError(await put(id, 'type', basic, {}), 400, 'validationError', ['ticket', 'type'])
  assertError(await put(id, 'type', basic, { type: 'lunch' }), 400, 'validationError', ['ticket', 'type'])
  for (const type of ['access', 'other']) {
    assertError(await put(UNKNOWN, 'type', basic, { type }), 404, 'notFound')
    assertError(await put(id, 'type', member.headers, { type }), 403, 'forbidden')
    assertError(await put(id, 'type', otherMember.headers, { type }), 404, 'notFound')
  }
})

// --- comments ---------------------------------------------------------------------------------------------------------

test('comments of both sides are activities, in order, and move the status as the lifecycle says', async () => {
  const id = await ticketOf(member)
  const answer = await comment(agent.headers, { ticketRef: id, text: ' Have you tried\nthe other key? ' })
  assert.equal(answer.status, 201, answer.text)
  const { activity, ...rest } = answer.json
  assert.deepEqual(rest, {})
  assert.equal(activity.type, 'comment')
  assert.equal(activity.ticketRef, id)
  assert.deepEqual(activity.data, { text: ' Have you tried\nthe other key? ' })
  assert.equal(activity.membership.user.id, agent.id)

  await put(id, 'status', basic, { status: 'solved' })
  await comment(member.headers, { ticketRef: id, text: 'It is the wrong door', attachments: [] })
  const { activities, ticket } = await read(id)
  assert.equal(ticket.status, 'inProgress')
  assert.deepEqual(activities[0], activity)
  assert.deepEqual(
    activities.map(
      (each: { type: string; data: { text?: string; status?: string } }) => each.data.text ?? each.data.status,
    ),
    [activity.data.text, 'inProgress', 'solved', 'It is the wrong door', 'inProgress'],
  )
})

test('client id and secret comment as the network itself', async () => {
  const id = await ticketOf(member)
  const { json } = await comment(basic, { ticketRef: id, text: 'We are on it' })
  assert.equal(json.activity.membership.roleType, 'admin')
  assert.deepEqual((await read(id)).activities[0], json.activity)
})

test('a requester’s comment on a closed ticket is refused, an agent’s is not', async () => {
  const id = await ticketOf(member)
  await put(id, 'status', basic, { status: 'closed' })
  assertError(await comment(member.headers, { ticketRef: id, text: 'Wait' }), 400, 'ticketClosed')
  assert.equal((await comment(agent.headers, { ticketRef: id, text: 'Bye' })).status, 201)
})

test('a comment needs a ticket in sight and a text', async () => {
  const ticketRef = await ticketOf(member)
  const wrong: readonly [object, readonly (string | number)[]][] = [
    [{ text: 'Hi' }, ['activity', 'ticketRef']],
    [{ ticketRef: '42', text: 'Hi' }, ['activity', 'ticketRef']],
    [{ ticketRef }, ['activity', 'text']],
    [{ ticketRef, text: ' ' }, ['activity', 'text']],
    [{ ticketRef, attachments: [] }, ['activity', 'text']],
    [{ ticketRef, text: 'Hi', attachments: [{ key: 'a' }] }, ['activity', 'attachments', 0, 'key']],
    [{ ticketRef, text: 'Hi', attachments: [{}] }, ['activity', 'attachments', 0, 'key']],
    [{ ticketRef, text: 'Hi', attachments: [{ key: 'a' }, { key: 'b' }] }, ['activity', 'attachments']],
  ]
  for (const [activity, field] of wrong) {
    assertError(await comment(member.headers, activity), 400, 'validationError', field)
  }
  assertError(await comment(member.headers, { ticketRef: UNKNOWN, text: 'Hi' }), 404, 'notFound')
  assertError(await comment(otherMember.headers, { ticketRef, text: 'Hi' }), 404, 'notFound')
  assert.equal((await read(ticketRef)).activities.length, 0)
})

const erase = (id: string, headers: Headers, key: Headers = {}) =>
  world.send('DELETE', `${PATH}/comment/${id}`, { headers: { ...headers, ...key } })

/** A ticket with an activity of each kind but comments. */
async function changedTicket(locationRef: string, requester: Caller) {
  const { ticket } = (await newTicket(owner.headers, { locationRef, userRefRequester: requester.id })).json
  await put(ticket.id, 'status', owner.headers, { status: 'inProgress' })
  await put(ticket.id, 'assignee', owner.headers, { userRefAssignee: owner.id })
  await put(ticket.id, 'type', owner.headers, { type: 'cleaning' })
  const { activities } = await read(ticket.id)
  const kinds = activities.map(({ type }: { type: string }) => type)
  assert.deepEqual(kinds, ['statusUpdated', 'assigneeUpdated', 'typeUpdated'])
  return { id: ticket.id, activities, ids: activities.map((each: { id: string }) => each.id) }
}

test('an activity in sight that is no comment cannot be deleted: 400, and it stays', async () => {
  const ticket = await changedTicket(location, member)
  for (const id of [...ticket.ids, ticket.ids[0].toUpperCase()])
    for (const headers of [owner.headers, agent.headers, basic, member.headers])
      assertError(await erase(id, headers), 400, 'validationError', ['id'])
  assert.deepEqual((await read(ticket.id)).activities, ticket.activities)
  const key = { 'idempotency-key': v7() }
  assertError(await erase(ticket.ids[0], owner.headers, key), 400, 'validationError', ['id'])
  const { activity } = (await comment(owner.headers, { ticketRef: ticket.id, text: 'Hello' })).json
  assert.equal((await erase(activity.id, owner.headers, key)).status, 204)
})

test('an activity out of sight is not found when it is deleted, as one that never was', async () => {
  const [here, elsewhere] = [await changedTicket(location, member), await changedTicket(otherLocation, owner)]
  const other = await makeSite(world, 'other')
  const none = await erase(UNKNOWN, owner.headers)
  assertError(none, 404, 'notFound')
  for (const [ticket, headers] of [
    [here, otherMember.headers],
    [here, other.as('spacebring')],
    [elsewhere, agent.headers],
  ] as const)
    for (const id of ticket.ids) {
      const answer = await erase(id, headers)
      assert.deepEqual([answer.status, answer.text], [404, none.text])
    }
  assertError(await erase(elsewhere.ids[0], owner.headers), 400, 'validationError', ['id'])
  const native = { headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` } }
  assert.equal((await world.send('DELETE', `/v1/tickets/${here.id}`, native)).status, 204)
  assertError(await erase(here.ids[0], owner.headers), 404, 'notFound')
})

test('what is recorded and no activity is not found when it is deleted: notes, titles, the event of a comment', async () => {
  const id = await ticketOf(member)
  const native = { headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` } }
  const change = (method: string, path: string, body: object) => world.send(method, path, { ...native, body })
  await comment(owner.headers, { ticketRef: id, text: 'Hello' })
  await change('POST', `/v1/tickets/${id}/messages`, { text: 'Between us', visibility: 'internal' })
  await change('PATCH', `/v1/tickets/${id}`, { title: 'Door' })
  const { data } = (await world.send('GET', `/v1/tickets/${id}/timeline`, native)).json
  const kinds: string[] = data.map(({ kind }: { kind: string }) => kind)
  const expected = ['ticket.created', 'message.added', 'ticket.status_changed', 'message.added', 'ticket.title_changed']
  assert.deepEqual(kinds.toSorted(), expected.toSorted())
  for (const event of data) {
    const [status, type] = event.kind === 'ticket.status_changed' ? [400, 'validationError'] : [404, 'notFound']
    for (const headers of [owner.headers, basic]) assertError(await erase(event.id, headers), Number(status), `${type}`)
  }
})

// --- read and list ----------------------------------------------------------------------------------------------------

test('a ticket is read by those who work in the location and by its requester; the id may be in any case', async () => {
  const id = await ticketOf(member)
  for (const headers of [basic, owner.headers, agent.headers, member.headers]) {
    const answer = await world.send('GET', `${PATH}/${id.toUpperCase()}`, { headers })
    assert.equal(answer.status, 200)
    assert.equal(answer.json.ticket.id, id)
    assert.deepEqual(answer.json.activities, [])
  }
  assertError(await world.send('GET', `${PATH}/${id}`, { headers: otherMember.headers }), 404, 'notFound')
  assertError(await world.send('GET', `${PATH}/${UNKNOWN}`, { headers: basic }), 404, 'notFound')
  assertError(await world.send('GET', `${PATH}/42`, { headers: basic }), 400, 'validationError', ['id'])
})

test('members do not see the contact data of who answers them', async () => {
  const id = await ticketOf(member)
  await comment(agent.headers, { ticketRef: id, text: 'Hello' })
  const emailSeenBy = async (caller: Caller) => {
    const { user } = (await read(id, caller.headers)).activities[0].membership
    return [user.name, user.email, user.phoneNumber]
  }
  assert.deepEqual(await emailSeenBy(member), ['Ann', null, null])
  assert.deepEqual(await emailSeenBy(owner), ['Ann', 'ann@example.org', '+15550100'])
})

test('a ticket made elsewhere reads whole: no requester, title for text, other, and no internal notes', async () => {
  const { ticket } = await createTicket(context, {
    deskId: location,
    requester: { by: 'nobody' },
    title: 'By telephone',
  })
  const note = { visibility: 'internal', format: 'text', text: 'Angry' } as const
  await changeTicket(context, { id: ticket.id }, { message: note })
  const shown = await read(ticket.id, basic)
  assert.deepEqual(shown.activities, [])
  assert.equal(shown.ticket.description, 'By telephone')
  assert.equal(shown.ticket.type, 'other')
  assert.equal(shown.ticket.userRequester, null)
  assert.ok(!('membershipRequester' in shown.ticket))
})

test('following searchQueryNext visits every ticket of a location once, in each order', async () => {
  const everything = new Set<string>()
  for (let count = 0; count < 5; count++) everything.add(await ticketOf(member))
  const membership = await membershipOf(member)
  for (const order of ['createDate:asc', 'createDate:desc', 'updateDate:asc', 'updateDate:desc']) {
    const seen: { id: string; createDate: string; updateDate: string }[] = []
    const filters = `locationRef=${location}&order=${order}&limit=2&membershipRefRequester=${membership}`
    for (let query = `?${filters}`; query; ) {
      const { status, json } = await world.send('GET', `${PATH}${query}`, { headers: basic })
      assert.equal(status, 200)
      assert.ok(json.tickets.length <= 2)
      seen.push(...json.tickets)
      assert.equal('nextPageToken' in json, 'searchQueryNext' in json)
      query = json.searchQueryNext ?? ''
      if (query) assert.equal(new URLSearchParams(query).get('nextPageToken'), json.nextPageToken)
    }
    const ids = seen.map((ticket) => ticket.id)
    assert.equal(new Set(ids).size, ids.length)
    for (const id of everything) assert.ok(ids.includes(id))
    const dates = seen.map((ticket) => (order.startsWith('createDate') ? ticket.createDate : ticket.updateDate))
    const sorted = order.endsWith('asc') ? dates.toSorted() : dates.toSorted().reverse()
    assert.deepEqual(dates, sorted)
  }
})

test('a list holds 25 of the newest unless asked otherwise', async () => {
  const { json } = await list(`locationRef=${location}`)
  assert.equal(json.tickets.length, 25)
  const newest = await ticketOf(member)
  assert.equal((await list(`locationRef=${location}&limit=1`)).json.tickets[0].id, newest)
  assert.deepEqual(Object.keys((await list(`locationRef=${location}&limit=100`)).json), ['tickets'])
  assert.equal((await list(`?locationRef=${location}&limit=1`)).json.tickets.length, 1)
  assert.equal((await list(`locationRef=${location}&limit=1&colour=red`)).status, 200)
})

test('a list answers for one location and what the caller sees of it', async () => {
  const mine = await ticketOf(otherMember)
  const { ticket } = (await newTicket(owner.headers, { locationRef: otherLocation })).json
  const idsFor = async (headers: Headers, locationRef: string) =>
    (await list(`locationRef=${locationRef}&limit=100`, headers)).json.tickets.map((each: { id: string }) => each.id)
  assert.ok((await idsFor(otherMember.headers, location)).includes(mine))
  for (const each of (await list(`locationRef=${location}`, otherMember.headers)).json.tickets) {
    assert.equal(each.userRequester.id, otherMember.id)
  }
  assert.ok((await idsFor(basic, otherLocation)).includes(ticket.id))
  assert.ok(!(await idsFor(basic, location)).includes(ticket.id))
  assert.deepEqual(await idsFor(agent.headers, otherLocation), [])
})

test('tickets are filtered by requester and assignee', async () => {
  const [first, second] = [await ticketOf(otherMember), await ticketOf(otherMember)]
  await put(first, 'assignee', basic, { userRefAssignee: agent.id })
  const requesters = `${await membershipOf(otherMember)},${await membershipOf(owner)}`
  const found = async (filter: string) =>
    (await list(`locationRef=${location}&limit=100&${filter}`)).json.tickets.map((each: { id: string }) => each.id)
  const byRequester = await found(`membershipRefRequester=${requesters}`)
  assert.ok(byRequester.includes(first) && byRequester.includes(second))
  const byBoth = await found(`membershipRefRequester=${requesters}&userRefAssignee=${agent.id}`)
  assert.deepEqual(byBoth, [first])
})

test('a filter that is malformed or names nobody is refused', async () => {
  const membership = await membershipOf(member)
  const never = JSON.stringify(['createDate:desc', location, '2026-02-30T00:00:00.000Z', UNKNOWN])
  const forged = Buffer.from(never).toString('base64url')
  const wrong: readonly [string, string][] = [
    ['', 'locationRef'],
    ['locationRef=here', 'locationRef'],
    [`locationRef=${UNKNOWN}`, 'locationRef'],
    [`locationRef=${location}&locationRef=${location}`, 'locationRef'],
    ...['0', '101', '-1', '1.5', 'ten', ''].map((limit): [string, string] => [
      `locationRef=${location}&limit=${limit}`,
      'limit',
    ]),
    [`locationRef=${location}&order=number:asc`, 'order'],
    [`locationRef=${location}&nextPageToken=next`, 'nextPageToken'],
    [`locationRef=${location}&nextPageToken=${forged}`, 'nextPageToken'],
    [`locationRef=${location}&membershipRefRequester=`, 'membershipRefRequester'],
    [`locationRef=${location}&membershipRefRequester=${membership},`, 'membershipRefRequester'],
    [`locationRef=${location}&membershipRefRequester=${membership},${membership}`, 'membershipRefRequester'],
    [`locationRef=${location}&membershipRefRequester=${UNKNOWN}`, 'membershipRefRequester'],
    [`locationRef=${otherLocation}&membershipRefRequester=${membership}`, 'membershipRefRequester'],
    [`locationRef=${location}&userRefAssignee=${UNKNOWN}`, 'userRefAssignee'],
    [`locationRef=${location}&userRefAssignee=${Array.from({ length: 101 }, () => v7())}`, 'userRefAssignee'],
  ]
  for (const [query, field] of wrong) assertError(await list(query, basic), 400, 'validationError', [field])
})

test('a page token is good for its own list only', async () => {
  const { nextPageToken } = (await list(`locationRef=${location}&limit=1`)).json
  const listWithToken = (query: string) => list(`${query}&nextPageToken=${nextPageToken}`)
  assert.equal((await listWithToken(`locationRef=${location}&limit=2`)).status, 200)
  assertError(await listWithToken(`locationRef=${otherLocation}`), 400, 'validationError', ['nextPageToken'])
  assertError(await listWithToken(`locationRef=${location}&order=createDate:asc`), 400, 'validationError', [
    'nextPageToken',
  ])
})

test('members filter by their own membership only', async () => {
  const own = await membershipOf(member)
  const other = await membershipOf(otherMember)
  const answer = await list(`locationRef=${location}&membershipRefRequester=${own}`, member.headers)
  assert.equal(answer.status, 200)
  assert.ok(answer.json.tickets.length > 0)
  for (const query of [
    `membershipRefRequester=${other}`,
    `membershipRefRequester=${own},${UNKNOWN}`,
    `userRefAssignee=${agent.id}`,
  ]) {
    assertError(await list(`locationRef=${location}&${query}`, member.headers), 403, 'forbidden')
  }
})
