import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../test/world.ts'
import { PERMISSIONS } from '../../core/identity/permissions.ts'
import { createUser } from '../../core/tenants/commands.ts'
import { issueMinted } from '../../setup/demo.ts'
import { openDatabase } from '../../storage/database.ts'
import { openStore, type Store } from '../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../credentials.ts'

const NOWHERE = '0198c0de-0000-7000-8000-00000000dead'

let world: World
let store: Store
let desk: string
let otherDesk: string
let requester: string
/** Keys of the owner, of an agent of the default desk, and of the requester. */
let key: string
let agentKey: string
let customerKey: string
let agent: string

before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  key = world.value('POLYDESK_API_KEY')
  desk = world.value('MOOV_ACCOUNT_ID')
  otherDesk = world.value('MOOV_CONNECTED_ACCOUNT_ID')
  requester = world.value('SPACEBRING_USER_ID')
  agent = (
    await createUser(administration(), tenantId(), {
      kind: 'person',
      isOwner: false,
      name: 'Anna',
      memberships: [{ deskId: desk, role: 'agent' }],
    })
  ).id
  agentKey = await keyOf(agent)
  customerKey = await keyOf(requester)
})

after(async () => {
  await store?.database.close()
  await world?.stop()
})

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const administration = () => ({ store, now: new Date().toISOString(), newId: () => v7() })

async function keyOf(userId: string, limits: { readonly scopes?: readonly string[]; readonly deskId?: string } = {}) {
  const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'native') ?? assert.fail()
  return (await issueMinted(administration(), tenantId(), kind, 'Test', userId, limits)).secret
}

interface Options {
  readonly as?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

function send(method: string, path: string, { as = key, headers, body }: Options = {}): Promise<Received> {
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${as}`, ...headers }, body })
}

async function opened(body: object = {}, as = key) {
  const answer = await send('POST', '/tickets', { as, body: { title: 'Broken', ...body } })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

/** Checks that an answer is a problem document. @returns its fields, when it names any. */
function problem(answer: Received, status: number, code: string): readonly string[] {
  assert.equal(answer.status, status, answer.text)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.partialDeepStrictEqual(answer.json, { type: `urn:polydesk:error:${code}`, status, code })
  return (answer.json.errors ?? []).map((each: { readonly field: string }) => each.field).sort()
}

describe('opening a ticket', () => {
  test('answers the ticket, where it is and its version', async () => {
    const body = {
      desk,
      requester: { id: requester },
      title: 'Broken',
      text: 'It "is" broken \\ 😀\nVery',
      priority: 'high',
      topic: 1,
      type: 1,
      assignee: agent,
      tags: ['a', 'b', 'a'],
      reference: 'r-1',
      channel: 'web',
    }
    const answer = await send('POST', '/tickets', { body })
    assert.equal(answer.status, 201, answer.text)
    const ticket = answer.json
    assert.equal(answer.headers.get('location'), `/v1/tickets/${ticket.id}`)
    assert.equal(answer.headers.get('etag'), '"1"')
    assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    const { id, integer, number, created_at, ...shown } = ticket
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.ok(Number.isInteger(integer) && Number.isInteger(number))
    assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(shown, {
      version: 1,
      desk: { id: desk, integer: 1, name: 'Default' },
      title: 'Broken',
      description: 'It "is" broken \\ 😀\nVery',
      status: 'new',
      status_label: 'New',
      priority: 'high',
      topic: { id: 1, name: 'Technical Support' },
      type: { id: 1, name: 'Complaint' },
      group: null,
      requester: {
        id: requester,
        integer: shown.requester.integer,
        name: 'Rosa',
        surname: 'Requester',
        email: 'requester@example.com',
        role: 'customer',
      },
      assignee: {
        id: agent,
        integer: shown.assignee.integer,
        name: 'Anna',
        surname: '',
        email: null,
        role: 'agent',
      },
      channel: 'web',
      direction: 'inbound',
      from: { address: '', name: '' },
      to: { address: '', name: '' },
      reference: 'r-1',
      form: null,
      tags: ['a', 'b'],
      fields: {},
      updated_at: created_at,
      status_changed_at: null,
      first_response_at: null,
      latest_message_at: created_at,
      latest_agent_at: null,
      latest_requester_at: created_at,
      waiting_since: created_at,
      snoozed_until: null,
      solved_at: null,
      closed_at: null,
    })
    assert.deepEqual((await send('GET', `/tickets/${id}`)).json, ticket)
  })

  test('is by the caller on the default desk, unless it says otherwise', async () => {
    const ticket = await opened({}, customerKey)
    assert.equal(ticket.requester.id, requester)
    assert.equal(ticket.desk.id, desk)
  })

  test('makes a user for an address that nobody has, once', async () => {
    const first = await opened({ requester: { email: 'newt@example.com', name: 'Newt' } })
    const second = await opened({ requester: { email: 'Newt@Example.com' } })
    assert.partialDeepStrictEqual(first.requester, { name: 'Newt', email: 'newt@example.com', role: 'customer' })
    assert.equal(second.requester.id, first.requester.id)
  })

  test('names each field that is wrong', async () => {
    const wrong: readonly (readonly [object, ...string[]])[] = [
      [{}, 'title'],
      [{ title: 'a', colour: 'red' }, 'colour'],
      [{ title: 1, status: 'done', tags: ['a', ''] }, 'status', 'tags[1]', 'title'],
      [{ text: 'a', html: 'b' }, 'html'],
      [{ title: 'a', topic: 999, type: 999, group: NOWHERE, desk: NOWHERE }, 'desk', 'group', 'topic', 'type'],
      [{ title: 'a', assignee: requester }, 'assignee'],
      [{ title: 'a', requester: { id: NOWHERE } }, 'requester'],
      [{ title: 'a', requester: { email: 'nobody' } }, 'requester.email'],
      [{ title: 'a', reference: 'a\u0000', tags: ['\u001b', '\ud800'] }, 'reference', 'tags[0]', 'tags[1]'],
    ]
    for (const [body, ...fields] of wrong) {
      assert.deepEqual(problem(await send('POST', '/tickets', { body }), 400, 'invalid'), fields, JSON.stringify(body))
    }
  })

  test('refuses a body that is no JSON object', async () => {
    const json = { 'content-type': 'application/json' }
    problem(await send('POST', '/tickets', { headers: json, body: '{' }), 400, 'malformed')
    problem(
      await send('POST', '/tickets', { headers: json, body: new Uint8Array([0x22, 0xff, 0x22]) }),
      400,
      'malformed',
    )
    problem(await send('POST', '/tickets', { headers: json }), 400, 'malformed')
    problem(await send('POST', '/tickets', { body: [] }), 400, 'invalid')
    problem(
      await send('POST', '/tickets', { headers: { 'content-type': 'text/csv' }, body: 'a' }),
      415,
      'unsupported_media_type',
    )
    problem(await send('POST', '/tickets', { body: { text: 'x'.repeat(1_100_000) } }), 413, 'too_large')
  })

  test('with an idempotency key happens once, and with another body is refused', async () => {
    const headers = { 'idempotency-key': 'create-once' }
    const first = await send('POST', '/tickets', { headers, body: { title: 'Once' } })
    const again = await send('POST', '/tickets', { headers, body: { title: 'Once' } })
    assert.equal(again.status, 201)
    assert.deepEqual(again.json, first.json)
    assert.equal(again.headers.get('location'), first.headers.get('location'))
    problem(await send('POST', '/tickets', { headers, body: { title: 'Twice' } }), 422, 'idempotency_mismatch')
    const blank = { 'idempotency-key': 'with blank' }
    assert.deepEqual(
      problem(await send('POST', '/tickets', { headers: blank, body: { title: 'a' } }), 400, 'invalid'),
      ['Idempotency-Key'],
    )
  })
})

describe('showing a ticket', () => {
  test('finds it by UUID in either case, and by integer', async () => {
    const ticket = await opened()
    for (const id of [ticket.id, ticket.id.toUpperCase(), ticket.integer]) {
      const answer = await send('GET', `/tickets/${id}`)
      assert.equal(answer.json.id, ticket.id)
      assert.equal(answer.headers.get('etag'), '"1"')
    }
  })

  test('does not find what does not exist, whatever it is called', async () => {
    for (const id of [NOWHERE, '999999', '0', '-1', 'x', '1.5', '99999999999999999999', '%F0%9F%98%80']) {
      problem(await send('GET', `/tickets/${id}`), 404, 'not_found')
      problem(await send('PATCH', `/tickets/${id}`, { body: { title: 'a' } }), 404, 'not_found')
      problem(await send('DELETE', `/tickets/${id}`), 404, 'not_found')
    }
  })

  test('a requester sees the own tickets only', async () => {
    const own = await opened({ requester: { id: requester } })
    const foreign = await opened()
    assert.equal((await send('GET', `/tickets/${own.id}`, { as: customerKey })).status, 200)
    problem(await send('GET', `/tickets/${foreign.id}`, { as: customerKey }), 404, 'not_found')
    const { data } = (await send('GET', '/tickets?limit=200', { as: customerKey })).json
    assert.ok(data.some((each: { id: string }) => each.id === own.id))
    for (const each of data) assert.equal(each.requester.id, requester)
  })
})

describe('listing tickets', () => {
  const idsOf = (answer: Received): string[] => answer.json.data.map((each: { id: string }) => each.id)

  test('shows every ticket once, the newest first, page by page', async () => {
    const made: string[] = []
    for (let n = 0; n < 7; n++) made.unshift((await opened({ desk: otherDesk })).id)
    const seen: string[] = []
    let next: string | null = null
    let pages = 0
    do {
      const page = await send('GET', `/tickets?desk=${otherDesk}&limit=3${next === null ? '' : `&cursor=${next}`}`)
      assert.equal(page.status, 200, page.text)
      seen.push(...idsOf(page))
      next = page.json.next
      pages++
    } while (next !== null)
    assert.deepEqual(seen, made)
    assert.equal(pages, 3)
  })

  test('shows the same of a ticket as the ticket itself', async () => {
    const ticket = await opened({ text: 'Hello', tags: ['x'], group: null })
    const { data } = (await send('GET', '/tickets?limit=1')).json
    assert.deepEqual(data, [ticket])
  })

  test('shows what became of ticket, people and catalogue a moment ago, however often it was shown before', async () => {
    const title = 'Ends with "requester":null,"assignee":null'
    const lena = { name: 'Lena', email: 'lena@example.com', memberships: [{ desk: 1, role: 'customer' }] }
    const person = (await send('POST', '/users', { body: lena })).json.id
    const topic = (await send('POST', '/topics', { body: { name: 'Heating' } })).json.id
    const { id } = await opened({
      title,
      text: 'Cold',
      topic,
      requester: { id: person },
      assignee: agent,
    })
    const shown = async (): Promise<unknown> => {
      const [listed, alone] = [await send('GET', '/tickets?limit=3'), await send('GET', `/tickets/${id}`)]
      assert.ok(listed.text.includes(alone.text), `${alone.text} is not in ${listed.text}`)
      const [first] = listed.json.data
      return [first.title, first.requester.name, first.assignee?.name ?? null, first.topic.name, first.version]
    }
    const steps: readonly (readonly [string, string, object, readonly unknown[]])[] = [
      ['PATCH', `/tickets/${id}`, { title: 'Cold' }, ['Cold', 'Lena', 'Anna', 'Heating', 2]],
      ['PATCH', `/users/${person}`, { name: 'Lena M' }, ['Cold', 'Lena M', 'Anna', 'Heating', 2]],
      ['PATCH', `/topics/${topic}`, { name: 'Warmth' }, ['Cold', 'Lena M', 'Anna', 'Warmth', 2]],
      ['PATCH', `/tickets/${id}`, { assignee: null }, ['Cold', 'Lena M', null, 'Warmth', 3]],
    ]
    assert.deepEqual(await shown(), [title, 'Lena', 'Anna', 'Heating', 1])
    for (const [method, path, body, expected] of steps) {
      const answer = await send(method, path, { body })
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual([await shown(), await shown()], [expected, expected])
    }
    assert.equal((await send('DELETE', `/users/${person}`)).status, 204)
    const { text } = await send('GET', '/tickets?limit=3')
    assert.doesNotMatch(text, /Lena|Cold/)
    assert.equal((await send('DELETE', `/tickets/${id}`)).status, 204)
    assert.ok(!idsOf(await send('GET', '/tickets?limit=3')).includes(id))
  })

  test('holds what the filters say, all of them together', async () => {
    const groups = (await send('GET', '/groups')).json.data
    const ticket = await opened({
      status: 'pending',
      priority: 'urgent',
      topic: 2,
      group: groups[0].id,
      assignee: agent,
      requester: { email: 'filtered@example.com' },
    })
    await opened({ status: 'pending', priority: 'urgent' })
    const matching = [
      'status=pending,solved',
      'priority=urgent',
      'topic=2',
      `group=${groups[0].id}`,
      `assignee=${agent.toUpperCase()}`,
      'unassigned=false',
      `desk=${desk}`,
      `requester=${ticket.requester.id}`,
    ]
    for (const filter of matching) {
      const found = await send('GET', `/tickets?limit=200&${filter}`)
      assert.ok(idsOf(found).includes(ticket.id), `${filter}: ${found.text.slice(0, 200)}`)
    }
    assert.deepEqual(idsOf(await send('GET', `/tickets?${matching.join('&')}`)), [ticket.id])
    const others = [
      'status=new',
      'priority=low',
      'topic=3',
      'unassigned=true',
      `requester=${requester}`,
      `desk=${NOWHERE}`,
    ]
    for (const filter of others) {
      assert.ok(!idsOf(await send('GET', `/tickets?limit=200&${filter}`)).includes(ticket.id), filter)
    }
  })

  test('names the parameter that is wrong', async () => {
    const wrong: readonly (readonly [string, string])[] = [
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['cursor=', 'cursor'],
      ['cursor=nonsense', 'cursor'],
      ['cursor=%00', 'cursor'],
      ['status=done', 'status'],
      ['status=open,', 'status'],
      ['topic=9999999999', 'topic'],
      ['desk=1', 'desk'],
      ['unassigned=yes', 'unassigned'],
      ['state=open', 'state'],
    ]
    for (const [query, field] of wrong) {
      assert.deepEqual(problem(await send('GET', `/tickets?${query}`), 400, 'invalid'), [field], query)
    }
    problem(await send('GET', '/tickets?status=%FF'), 400, 'bad_request')
  })
})

describe('changing a ticket', () => {
  test('changes what is named, empties what is null, leaves the rest', async () => {
    const ticket = await opened({ text: 'Hello', topic: 1, type: 2, tags: ['a', 'b'], assignee: agent })
    const body = { title: 'Fixed', status: 'solved', topic: null, assignee: null, add_tags: ['c'], remove_tags: ['a'] }
    const answer = await send('PATCH', `/tickets/${ticket.integer}`, { body })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers.get('etag'), '"2"')
    const { updated_at } = answer.json
    assert.deepEqual(answer.json, {
      ...ticket,
      version: 2,
      title: 'Fixed',
      status: 'solved',
      status_label: 'Resolved',
      topic: null,
      assignee: null,
      tags: ['b', 'c'],
      updated_at,
      status_changed_at: updated_at,
      latest_agent_at: updated_at,
      waiting_since: null,
      solved_at: updated_at,
    })
    assert.ok(updated_at >= ticket.updated_at)
  })

  test('moves it to another desk, where it gets a number of its own', async () => {
    const ticket = await opened()
    const moved = (await send('PATCH', `/tickets/${ticket.id}`, { body: { desk: otherDesk } })).json
    assert.equal(moved.desk.name, 'Connected')
    assert.equal(moved.integer, ticket.integer)

    const by = (desk: string, number: number | string) => send('GET', `/desks/${desk}/tickets/${number}`)
    assert.deepEqual((await by(otherDesk, moved.number)).json, moved)
    assert.deepEqual((await by(ticket.desk.id, ticket.number)).json, moved, 'the former number still leads to it')
    for (const nobody of [by(otherDesk, 999_999), by(NOWHERE, 1), by('west', 1), by(otherDesk, 'x'), by(otherDesk, 0)])
      problem(await nobody, 404, 'not_found')
  })

  test('to what it already is changes nothing', async () => {
    const ticket = await opened()
    assert.deepEqual((await send('PATCH', `/tickets/${ticket.id}`, { body: { title: 'Broken' } })).json, ticket)
    assert.deepEqual((await send('PATCH', `/tickets/${ticket.id}`, { body: {} })).json, ticket)
  })

  test('with If-Match is refused unless the ticket still is at that version', async () => {
    const { id } = await opened()
    const change = (title: string, etag: string) =>
      send('PATCH', `/tickets/${id}`, { headers: { 'if-match': etag }, body: { title } })
    assert.equal((await change('First', '"1"')).status, 200)
    problem(await change('Late', '"1"'), 412, 'precondition_failed')
    // As proxies that compress give the tag back.
    assert.equal((await change('Weak', 'W/"2"')).status, 200)
    assert.equal((await change('Compressed', '"3-gzip"')).status, 200)
    assert.equal((await change('One of', '"0", "4"')).status, 200)
    problem(await change('Stale', 'W/"4"'), 412, 'precondition_failed')
    problem(await change('None of', '"0", W/"1"'), 412, 'precondition_failed')
    problem(await change('Bare', '5'), 400, 'invalid')
    assert.equal((await change('Any', '*')).status, 200)
    assert.equal((await send('GET', `/tickets/${id}`)).json.title, 'Any')
  })

  test('is not sent again to who has it, by If-None-Match', async () => {
    const { id } = await opened()
    const get = (condition: string) => send('GET', `/tickets/${id}`, { headers: { 'if-none-match': condition } })
    for (const known of ['"1"', 'W/"1"', '"1-gzip"', '"7", "1"', '*']) {
      const answer = await get(known)
      assert.deepEqual([answer.status, answer.text, answer.headers.get('etag')], [304, '', '"1"'], known)
    }
    assert.equal((await get('"2"')).status, 200)
    problem(await get('1'), 400, 'invalid')
  })

  test('names each field that is wrong, and changes nothing then', async () => {
    const ticket = await opened()
    const wrong: readonly (readonly [object, ...string[]])[] = [
      [{ title: 'New', text: 'no' }, 'text'],
      [{ title: 'New', status: null, desk: null }, 'desk', 'status'],
      [{ title: 'New', topic: 999 }, 'topic'],
      [{ title: 'New', requester: NOWHERE }, 'requester'],
      [{ title: 'New', assignee: requester }, 'assignee'],
      [{ title: 'New', tags: ['a'] }, 'tags'],
    ]
    for (const [body, ...fields] of wrong) {
      const answer = await send('PATCH', `/tickets/${ticket.id}`, { body })
      assert.deepEqual(problem(answer, 400, 'invalid'), fields, JSON.stringify(body))
    }
    assert.deepEqual((await send('GET', `/tickets/${ticket.id}`)).json, ticket)
  })

  test('is not for its requester', async () => {
    const { id } = await opened({ requester: { id: requester } })
    problem(await send('PATCH', `/tickets/${id}`, { as: customerKey, body: { title: 'Mine' } }), 403, 'forbidden')
  })
})

describe('the conversation', () => {
  test("an agent's reply opens the ticket, the requester's reopens it", async () => {
    const { id } = await opened({ requester: { id: requester }, text: 'Help' })
    const reply = await send('POST', `/tickets/${id}/messages`, {
      as: agentKey,
      body: { html: '<p>Hi <b>you</b></p>' },
    })
    assert.equal(reply.status, 201, reply.text)
    assert.partialDeepStrictEqual(reply.json, {
      message: {
        visibility: 'public',
        author_role: 'agent',
        format: 'html',
        text: 'Hi you',
        html: '<p>Hi <b>you</b></p>',
      },
      ticket: { id, status: 'open', version: 2 },
    })
    const solved = await send('POST', `/tickets/${id}/messages`, {
      as: agentKey,
      body: { text: 'Done', status: 'solved' },
    })
    assert.partialDeepStrictEqual(solved.json, { message: { ticket_status: 'solved' }, ticket: { status: 'solved' } })
    const back = await send('POST', `/tickets/${id}/messages`, { as: customerKey, body: { text: 'No' } })
    assert.partialDeepStrictEqual(back.json, { message: { author_role: 'requester' }, ticket: { status: 'open' } })
  })

  test('internal notes are for those who work on the desk', async () => {
    const { id } = await opened({ requester: { id: requester }, text: 'Help' })
    const note = { text: 'Careful', visibility: 'internal' }
    assert.equal((await send('POST', `/tickets/${id}/messages`, { as: agentKey, body: note })).status, 201)
    problem(await send('POST', `/tickets/${id}/messages`, { as: customerKey, body: note }), 403, 'forbidden')
    for (const path of ['messages', 'timeline']) {
      assert.ok((await send('GET', `/tickets/${id}/${path}`, { as: agentKey })).text.includes('Careful'))
      assert.ok(!(await send('GET', `/tickets/${id}/${path}`, { as: customerKey })).text.includes('Careful'))
    }
  })

  test('a message keeps whom it goes to, what it answers and what it is called elsewhere', async () => {
    const { id } = await opened({ requester: { id: requester }, text: 'Help' })
    const path = `/tickets/${id}/messages`
    const [opening] = (await send('GET', path)).json.data
    const empty = { to: [], cc: [], bcc: [], in_reply_to: null, external_reference: null }
    assert.partialDeepStrictEqual(opening, empty)
    const envelope = {
      to: ['a@b.example', 'C@d.example'],
      cc: ['e@f.example'],
      bcc: ['secret@g.example'],
      in_reply_to: opening.id,
      external_reference: '<1@mail.example>',
    }
    const headers = { 'idempotency-key': v7() }
    const body = { text: 'Hi', ...envelope }
    const sent = await send('POST', path, { as: agentKey, headers, body })
    assert.equal(sent.status, 201, sent.text)
    assert.partialDeepStrictEqual(sent.json.message, envelope)
    assert.deepEqual((await send('POST', path, { as: agentKey, headers, body })).json, sent.json)
    const theirs = { text: 'Thanks', in_reply_to: sent.json.message.id, external_reference: '<2@mail.example>' }
    const answer = await send('POST', path, { as: customerKey, body: theirs })
    assert.partialDeepStrictEqual(answer.json.message, { ...empty, ...theirs })

    const shown = async (as: string) => {
      const lists = [
        (await send('GET', path, { as })).json.data,
        (await send('GET', `/tickets/${id}/timeline`, { as })).json.data,
      ]
      const [listed, told] = [
        lists[0][1],
        lists[1].find((each: { kind: string }) => each.kind === 'message.added').message,
      ]
      assert.deepEqual(told, listed)
      return listed
    }
    assert.partialDeepStrictEqual(await shown(agentKey), envelope)
    assert.partialDeepStrictEqual(await shown(customerKey), { ...envelope, bcc: [] })
    const blind = await keyOf(agent, { scopes: ['ticket.read', 'message.reply'] })
    assert.partialDeepStrictEqual(await shown(blind), { ...envelope, bcc: [] })
    const unseen = await send('POST', path, { as: blind, body: { text: 'Hi', bcc: envelope.bcc } })
    assert.partialDeepStrictEqual(unseen.json.message, empty)

    await send('DELETE', `${path}/${opening.id}`)
    assert.equal((await send('GET', path)).json.data[0].in_reply_to, null)
  })

  test('lists the messages, the oldest first', async () => {
    const { id } = await opened({ text: 'One' })
    for (const text of ['Two', 'Three']) await send('POST', `/tickets/${id}/messages`, { body: { text } })
    const { data, next } = (await send('GET', `/tickets/${id}/messages`)).json
    assert.deepEqual(
      data.map((each: { text: string }) => each.text),
      ['One', 'Two', 'Three'],
    )
    assert.equal(next, null)
    problem(await send('GET', `/tickets/${NOWHERE}/messages`), 404, 'not_found')
  })

  test('a reply may demand that nothing changed, and be repeated', async () => {
    const { id } = await opened()
    const headers = { 'if-match': '"1"', 'idempotency-key': 'reply-once' }
    const first = await send('POST', `/tickets/${id}/messages`, { headers, body: { text: 'Hi' } })
    assert.equal(first.status, 201)
    const again = await send('POST', `/tickets/${id}/messages`, { headers, body: { text: 'Hi' } })
    assert.equal(again.status, 201, again.text)
    assert.deepEqual(again.json, first.json)
    const stale = { 'if-match': '"1"' }
    problem(
      await send('POST', `/tickets/${id}/messages`, { headers: stale, body: { text: 'Hi' } }),
      412,
      'precondition_failed',
    )
    assert.equal((await send('GET', `/tickets/${id}/messages`)).json.data.length, 1)
  })

  test('its requester cannot add to a closed ticket', async () => {
    const { id } = await opened({ requester: { id: requester }, status: 'closed' })
    problem(
      await send('POST', `/tickets/${id}/messages`, { as: customerKey, body: { text: 'Hi' } }),
      409,
      'ticket_closed',
    )
  })

  test('a requester sets no status by a reply', async () => {
    const { id } = await opened({ requester: { id: requester } })
    const body = { text: 'Hi', status: 'on_hold' }
    problem(await send('POST', `/tickets/${id}/messages`, { as: customerKey, body }), 403, 'forbidden')
  })

  test('names what is wrong with a message', async () => {
    const { id } = await opened()
    const wrong: readonly (readonly [object, string])[] = [
      [{}, 'text'],
      [{ text: ' ' }, 'text'],
      [{ html: '' }, 'html'],
      [{ text: 'a', html: 'b' }, 'html'],
      [{ text: 'a', visibility: 'secret' }, 'visibility'],
      [{ text: 'a', body: 'b' }, 'body'],
      [{ text: 'a', to: ['nobody'] }, 'to[0]'],
      [{ text: 'a', cc: 'a@b.example' }, 'cc'],
      [{ text: 'a', bcc: Array.from({ length: 51 }, (_, nth) => `${nth}@b.example`) }, 'bcc'],
      [{ text: 'a', in_reply_to: NOWHERE }, 'in_reply_to'],
      [{ text: 'a', in_reply_to: '1' }, 'in_reply_to'],
      [{ text: 'a', external_reference: '' }, 'external_reference'],
    ]
    for (const [body, field] of wrong) {
      assert.deepEqual(problem(await send('POST', `/tickets/${id}/messages`, { body }), 400, 'invalid'), [field])
    }
    assert.deepEqual(problem(await send('POST', '/tickets', { body: { text: 'a', to: [] } }), 400, 'invalid'), ['to'])
    const { id: own } = await opened({ requester: { id: requester } })
    const mailing = { text: 'a', to: ['anybody@example.com'] }
    problem(await send('POST', `/tickets/${own}/messages`, { as: customerKey, body: mailing }), 403, 'forbidden')
    assert.equal((await send('GET', `/tickets/${own}/messages`)).json.data.length, 0)
  })
})

test('the timeline tells what happened, by whom, through which API, page by page', async () => {
  const { id } = await opened({ text: 'Help' })
  const changed = await send('PATCH', `/tickets/${id}`, { as: agentKey, body: { priority: 'urgent' } })
  await send('POST', `/tickets/${id}/messages`, { body: { text: 'Hi' } })
  const first = (await send('GET', `/tickets/${id}/timeline?limit=2`)).json
  assert.partialDeepStrictEqual(first.data, [
    { kind: 'ticket.created', before: null, after: { status: 'new', title: 'Broken' }, message: { text: 'Help' } },
    {
      kind: 'ticket.priority_changed',
      dialect: 'native',
      credential: 'Test',
      request_id: changed.headers.get('x-request-id'),
      actor: { id: agent, role: 'agent' },
      before: { priority: 'normal' },
      after: { priority: 'urgent' },
      message: null,
    },
  ])
  const second = (await send('GET', `/tickets/${id}/timeline?limit=2&cursor=${first.next}`)).json
  assert.partialDeepStrictEqual(second.data, [{ kind: 'message.added', message: { text: 'Hi' } }])
  assert.equal(second.next, null)
  assert.deepEqual(problem(await send('GET', `/tickets/${id}/timeline?cursor=x`), 400, 'invalid'), ['cursor'])
})

test('the timeline calls what changed by the names under which it is sent', async () => {
  const { id } = await opened({ text: 'Help' })
  const body = { topic: 1, type: 2, group: null, assignee: agent, requester, title: 'Other', add_tags: ['late'] }
  const { json } = await send('PATCH', `/tickets/${id}`, { body })
  const { data } = (await send('GET', `/tickets/${id}/timeline`)).json
  const [created, ...changes] = data
  assert.deepEqual(Object.keys(created.after).sort(), [
    ...['assignee', 'desk', 'group', 'priority', 'status', 'title', 'topic', 'type'],
  ])
  assert.equal(created.after.desk, json.desk.id)
  const after = Object.assign({}, ...changes.map((entry: { after: object }) => entry.after))
  const { add_tags: tags, group: _, ...asked } = body
  assert.deepEqual(after, { ...asked, tags })
})

test('a deleted ticket is gone', async () => {
  const { id } = await opened({ requester: { id: requester } })
  problem(await send('DELETE', `/tickets/${id}`, { as: agentKey }), 403, 'forbidden')
  const answer = await send('DELETE', `/tickets/${id}`)
  assert.deepEqual([answer.status, answer.text], [204, ''])
  problem(await send('GET', `/tickets/${id}`), 404, 'not_found')
  problem(await send('DELETE', `/tickets/${id}`), 404, 'not_found')
})

describe('the catalogue', () => {
  test('each list is complete and paged as all lists', async () => {
    const lists = [
      'desks',
      'groups',
      'topics',
      'types',
      'forms',
      'status_labels',
      'priority_labels',
      'channels',
      'fields',
    ]
    for (const list of lists) {
      const { data, next } = (await send('GET', `/${list}`)).json
      assert.ok(Array.isArray(data) && next === null, list)
      const page = (await send('GET', `/${list}?limit=1`)).json
      assert.deepEqual(page.data, data.slice(0, 1))
      if (data.length < 2) continue
      const rest = (await send('GET', `/${list}?cursor=${page.next}`)).json
      assert.deepEqual([...page.data, ...rest.data], data)
      assert.deepEqual(problem(await send('GET', `/${list}?limit=0`), 400, 'invalid'), ['limit'])
    }
  })

  test('tells of each record what tickets and clients need', async () => {
    const firstOf = async (list: string) => (await send('GET', `/${list}?limit=1`)).json.data[0]
    assert.deepEqual(await firstOf('desks'), {
      id: desk,
      integer: 1,
      name: 'Default',
      default: true,
      active: true,
      addresses: [],
    })
    const topic = { id: 1, name: 'Technical Support', active: true, offered_in: ['netgroot'] }
    assert.deepEqual(await firstOf('topics'), topic)
    assert.deepEqual(await firstOf('status_labels'), { id: 1, name: 'New', active: true, status: 'new' })
    assert.deepEqual(await firstOf('priority_labels'), { id: 1, name: 'Low', active: true, priority: 'low' })
    assert.deepEqual(await firstOf('channels'), { id: 1, name: 'e-mail', active: true, kind: 'email' })
  })

  test('a key sees the desks that it reaches', async () => {
    const { data } = (await send('GET', '/desks', { as: agentKey })).json
    assert.deepEqual(
      data.map((each: { id: string }) => each.id),
      [desk],
    )
  })
})

describe('users', () => {
  test('are listed and found by name, address or telephone', async () => {
    const { data, next } = (await send('GET', '/users?query=ROSA')).json
    assert.equal(next, null)
    assert.partialDeepStrictEqual(data, [{ id: requester, name: 'Rosa', owner: false, kind: 'person', active: true }])
    assert.deepEqual(
      data[0].memberships.map((each: { desk: { name: string }; role: string }) => [each.desk.name, each.role]),
      [
        ['Default', 'customer'],
        ['Connected', 'customer'],
      ],
    )
    assert.partialDeepStrictEqual((await send('GET', `/users/${requester}`)).json, data[0])
    assert.partialDeepStrictEqual((await send('GET', `/users/${data[0].integer}`)).json, data[0])
    problem(await send('GET', `/users/${NOWHERE}`), 404, 'not_found')
    problem(await send('GET', '/users/rosa'), 404, 'not_found')
  })

  test('are made, changed and erased, and every change is recorded', async () => {
    const body = {
      name: 'Noor',
      email: 'noor@example.com',
      memberships: [{ desk: 1, role: 'customer' }],
      fields: { floor: '3', door: 'B' },
    }
    const made = await send('POST', '/users', { body })
    assert.equal(made.status, 201, made.text)
    const { id } = made.json
    assert.equal(made.headers.get('location'), `/v1/users/${id}`)
    assert.deepEqual(made.json.addresses, [{ kind: 'email', address: 'noor@example.com' }])
    problem(await send('POST', '/users', { body }), 400, 'invalid')
    const change = {
      surname: 'Bakker',
      fields: { door: null },
      external_ids: [{ desk: 1, id: 'crm-9' }],
      addresses: [{ kind: 'telephone', address: '+31205550000' }],
      memberships: [{ desk: 2, role: 'customer' }],
    }
    const changed = (await send('PATCH', `/users/${id}`, { body: change })).json
    assert.deepEqual([changed.surname, changed.fields, changed.phone], ['Bakker', { floor: '3' }, '+31205550000'])
    assert.deepEqual(
      changed.external_ids.map((each: { desk: { integer: number }; id: string }) => [each.desk.integer, each.id]),
      [[1, 'crm-9']],
    )
    assert.equal(changed.memberships.length, 2)
    assert.deepEqual((await send('PATCH', `/users/${id}`, { body: change })).json, changed, 'nothing is added twice')
    problem(
      await send('PATCH', `/users/${id}`, { body: { addresses: [{ kind: 'telephone', address: '1' }] } }),
      400,
      'invalid',
    )
    problem(
      await send('PATCH', `/users/${id}`, { body: { memberships: [{ desk: 99, role: 'agent' }] } }),
      400,
      'invalid',
    )
    assert.equal((await send('DELETE', `/users/${id}`)).status, 204)
    problem(await send('GET', `/users/${id}`), 404, 'not_found')
    problem(await send('DELETE', `/users/${agent}`), 400, 'invalid')
    problem(await send('POST', '/users', { body, as: agentKey }), 403, 'forbidden')
    problem(await send('DELETE', `/users/${requester}`, { as: agentKey }), 403, 'forbidden')
  })

  test('pages of users, one after the other, are all users once', async () => {
    const all = (await send('GET', '/users?limit=200')).json.data
    const seen: unknown[] = []
    let next: string | null = null
    do {
      const page: Received = await send('GET', `/users?limit=2${next === null ? '' : `&cursor=${next}`}`)
      seen.push(...page.json.data)
      next = page.json.next
    } while (next !== null)
    assert.deepEqual(seen, all)
  })

  test('are not for a requester to look up', async () => {
    problem(await send('GET', '/users', { as: customerKey }), 403, 'forbidden')
    problem(await send('GET', `/users/${agent}`, { as: customerKey }), 403, 'forbidden')
  })

  test('a caller learns who it is and what its key allows', async () => {
    const bound = await keyOf(agent, { scopes: ['user.read', 'ticket.read'], deskId: desk })
    assert.partialDeepStrictEqual((await send('GET', '/me', { as: bound })).json, {
      user: { id: agent },
      tenant: { id: tenantId(), name: 'Demo' },
      credential: { name: 'Test', desk: { name: 'Default' }, expires_at: null },
      permissions: ['ticket.read', 'user.read'],
    })
    const { permissions, credential } = (await send('GET', '/me')).json
    assert.deepEqual(permissions, PERMISSIONS)
    assert.equal(credential.desk, null)
  })
})

describe('credentials', () => {
  test('without a valid key nothing is answered', async () => {
    const ticket = await opened()
    const wrong = ['', 'Bearer', 'Bearer nonsense', `Basic ${key}`, key, `Bearer ${world.value('OMNIDESK_API_KEY')}`]
    for (const authorization of wrong) {
      const answer = await send('GET', `/tickets/${ticket.id}`, { headers: { authorization } })
      problem(answer, 401, 'unauthenticated')
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
    }
  })

  test('a key does what its scopes name', async () => {
    const { id } = await opened()
    const reader = await keyOf(world.value('SPACEBRING_ADMIN_USER_ID'), { scopes: ['ticket.read'] })
    assert.equal((await send('GET', `/tickets/${id}`, { as: reader })).status, 200)
    const refused: readonly (readonly [string, string, object?])[] = [
      ['POST', '/tickets', { title: 'a' }],
      ['PATCH', `/tickets/${id}`, { title: 'a' }],
      ['PATCH', `/tickets/${id}`, { status: 'solved' }],
      ['POST', `/tickets/${id}/messages`, { text: 'a' }],
      ['DELETE', `/tickets/${id}`],
      ['GET', '/users'],
      ['GET', '/topics'],
    ]
    for (const [method, path, body] of refused) {
      const answer = await send(method, path, { as: reader, body })
      problem(answer, 403, 'forbidden')
      assert.match(answer.json.detail, /permission [a-z_.]+/)
    }
  })

  test('a key for one desk reaches that desk only, and opens tickets there', async () => {
    const elsewhere = await opened()
    const bound = await keyOf(world.value('SPACEBRING_ADMIN_USER_ID'), { deskId: otherDesk })
    const ticket = await opened({}, bound)
    assert.equal(ticket.desk.id, otherDesk)
    problem(await send('GET', `/tickets/${elsewhere.id}`, { as: bound }), 404, 'not_found')
    problem(await send('POST', '/tickets', { as: bound, body: { title: 'a', desk } }), 403, 'forbidden')
  })
})

describe('paths and methods', () => {
  test('a wrong method is told which ones there are, before anybody asks for a key', async () => {
    const answer = await world.send('PUT', '/v1/tickets')
    problem(answer, 405, 'method_not_allowed')
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST, OPTIONS')
  })

  test('what is not there is answered as a problem', async () => {
    for (const path of ['', '/', '/nothing', '/tickets/1/nothing']) {
      problem(await send('GET', path), 404, 'unknown_route')
    }
  })

  test('HEAD answers as GET, without a body', async () => {
    const { id } = await opened()
    const answer = await send('HEAD', `/tickets/${id}`)
    assert.deepEqual([answer.status, answer.text, answer.headers.get('etag')], [200, '', '"1"'])
  })

  test('the OpenAPI document names every operation once', async () => {
    const document = (await world.send('GET', '/openapi/native.json')).json
    assert.equal(document.openapi, '3.1.0')
    const operations = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
      Object.entries<{ operationId: string }>({ ...methods }).map(([method, { operationId }]) => [
        operationId,
        `${method} ${path}`,
      ]),
    )
    assert.equal(new Set(operations.map(([operationId]) => operationId)).size, operations.length)
    assert.deepEqual(Object.fromEntries(operations), {
      createTicket: 'post /v1/tickets',
      listTickets: 'get /v1/tickets',
      getTicket: 'get /v1/tickets/{id}',
      markRead: 'put /v1/tickets/{id}/read',
      markUnread: 'delete /v1/tickets/{id}/read',
      changeTicket: 'patch /v1/tickets/{id}',
      listValues: 'get /v1/tickets/{id}/history',
      undoChange: 'post /v1/tickets/{id}/undo',
      mergeTicket: 'post /v1/tickets/{id}/merge',
      unmergeTicket: 'post /v1/tickets/{id}/unmerge',
      splitTicket: 'post /v1/tickets/{id}/split',
      listLinks: 'get /v1/tickets/{id}/links',
      linkTickets: 'post /v1/tickets/{id}/links',
      unlinkTickets: 'delete /v1/tickets/{id}/links/{link}',
      snoozeTicket: 'post /v1/tickets/{id}/snooze',
      wakeTicket: 'delete /v1/tickets/{id}/snooze',
      deleteTicket: 'delete /v1/tickets/{id}',
      addMessage: 'post /v1/tickets/{id}/messages',
      deleteMessage: 'delete /v1/tickets/{id}/messages/{message}',
      getOriginalMessage: 'get /v1/tickets/{id}/messages/{message}/original',
      uploadAttachment: 'post /v1/attachments',
      downloadAttachments: 'get /v1/tickets/{id}/attachments.zip',
      listMessages: 'get /v1/tickets/{id}/messages',
      listTimeline: 'get /v1/tickets/{id}/timeline',
      getTicketByNumber: 'get /v1/desks/{desk}/tickets/{number}',
      getTenant: 'get /v1/tenant',
      changeTenant: 'patch /v1/tenant',
      listDesks: 'get /v1/desks',
      createDesk: 'post /v1/desks',
      getDesk: 'get /v1/desks/{id}',
      changeDesk: 'patch /v1/desks/{id}',
      listGroups: 'get /v1/groups',
      createGroup: 'post /v1/groups',
      getGroup: 'get /v1/groups/{id}',
      changeGroup: 'patch /v1/groups/{id}',
      listGroupMembers: 'get /v1/groups/{id}/members',
      addGroupMember: 'put /v1/groups/{id}/members/{user}',
      removeGroupMember: 'delete /v1/groups/{id}/members/{user}',
      listTopics: 'get /v1/topics',
      createTopic: 'post /v1/topics',
      getTopic: 'get /v1/topics/{id}',
      changeTopic: 'patch /v1/topics/{id}',
      listTypes: 'get /v1/types',
      createType: 'post /v1/types',
      getType: 'get /v1/types/{id}',
      changeType: 'patch /v1/types/{id}',
      listForms: 'get /v1/forms',
      createForm: 'post /v1/forms',
      getForm: 'get /v1/forms/{id}',
      changeForm: 'patch /v1/forms/{id}',
      listStatusLabels: 'get /v1/status_labels',
      createStatusLabel: 'post /v1/status_labels',
      getStatusLabel: 'get /v1/status_labels/{id}',
      changeStatusLabel: 'patch /v1/status_labels/{id}',
      listPriorityLabels: 'get /v1/priority_labels',
      createPriorityLabel: 'post /v1/priority_labels',
      getPriorityLabel: 'get /v1/priority_labels/{id}',
      changePriorityLabel: 'patch /v1/priority_labels/{id}',
      listFields: 'get /v1/fields',
      createField: 'post /v1/fields',
      getField: 'get /v1/fields/{field}',
      changeField: 'patch /v1/fields/{field}',
      listChannels: 'get /v1/channels',
      createChannel: 'post /v1/channels',
      getChannel: 'get /v1/channels/{id}',
      changeChannel: 'patch /v1/channels/{id}',
      listUsers: 'get /v1/users',
      getUser: 'get /v1/users/{id}',
      createUser: 'post /v1/users',
      changeUser: 'patch /v1/users/{id}',
      eraseUser: 'delete /v1/users/{id}',
      removeMembership: 'delete /v1/users/{id}/memberships/{desk}',
      getMe: 'get /v1/me',
      listCredentials: 'get /v1/credentials',
      createCredential: 'post /v1/credentials',
      getCredential: 'get /v1/credentials/{id}',
      revokeCredential: 'delete /v1/credentials/{id}',
      listViews: 'get /v1/views',
      createView: 'post /v1/views',
      countViews: 'get /v1/views/counts',
      orderViews: 'put /v1/views/order',
      getView: 'get /v1/views/{id}',
      changeView: 'patch /v1/views/{id}',
      deleteView: 'delete /v1/views/{id}',
      pinView: 'put /v1/views/{id}/pin',
      unpinView: 'delete /v1/views/{id}/pin',
      listSavedReplies: 'get /v1/saved_replies',
      handOverMail: 'post /v1/mail',
      listMail: 'get /v1/mail',
      countMail: 'get /v1/mail/counts',
      getMail: 'get /v1/mail/{id}',
      explainMail: 'get /v1/mail/{id}/explain',
      fileMail: 'post /v1/mail/{id}/file',
      downloadMail: 'get /v1/mail/{id}/raw',
      listLetters: 'get /v1/letters',
      countLetters: 'get /v1/letters/counts',
      getLetter: 'get /v1/letters/{id}',
      resendLetter: 'post /v1/letters/{id}/resend',
      holdLetter: 'post /v1/letters/{id}/hold',
      listUndeliverableAddresses: 'get /v1/undeliverable_addresses',
      clearUndeliverableAddress: 'delete /v1/undeliverable_addresses/{id}',
      createSavedReply: 'post /v1/saved_replies',
      getSavedReply: 'get /v1/saved_replies/{id}',
      changeSavedReply: 'patch /v1/saved_replies/{id}',
      deleteSavedReply: 'delete /v1/saved_replies/{id}',
      markSavedReplyUsed: 'put /v1/saved_replies/{id}/used',
      listMacros: 'get /v1/macros',
      createMacro: 'post /v1/macros',
      getMacro: 'get /v1/macros/{id}',
      changeMacro: 'patch /v1/macros/{id}',
      deleteMacro: 'delete /v1/macros/{id}',
      previewMacro: 'get /v1/macros/{id}/preview',
      runMacro: 'post /v1/tickets/{id}/macros',
      listDrafts: 'get /v1/tickets/{id}/drafts',
      saveDraft: 'put /v1/tickets/{id}/drafts/{draft}',
      discardDraft: 'delete /v1/tickets/{id}/drafts/{draft}',
      readReport: 'get /v1/reports/{name}',
      listReportTickets: 'get /v1/reports/{name}/tickets',
      listTags: 'get /v1/tags',
      createTag: 'post /v1/tags',
      getTag: 'get /v1/tags/{tag}',
      changeTag: 'patch /v1/tags/{tag}',
      mergeTag: 'post /v1/tags/{tag}/merge',
      deleteTag: 'delete /v1/tags/{tag}',
      listScheduled: 'get /v1/tickets/{id}/scheduled',
      scheduleMessage: 'post /v1/tickets/{id}/scheduled',
      getScheduled: 'get /v1/tickets/{id}/scheduled/{scheduled}',
      changeScheduled: 'patch /v1/tickets/{id}/scheduled/{scheduled}',
      cancelScheduled: 'delete /v1/tickets/{id}/scheduled/{scheduled}',
      listQueryFields: 'get /v1/query/fields',
      createJob: 'post /v1/jobs',
      listJobs: 'get /v1/jobs',
      getJob: 'get /v1/jobs/{id}',
      listJobResults: 'get /v1/jobs/{id}/results',
      cancelJob: 'post /v1/jobs/{id}/cancel',
      undoJob: 'post /v1/jobs/{id}/undo',
      listEvents: 'get /v1/events',
      listAudit: 'get /v1/audit',
      exportRecords: 'get /v1/export',
      importRecords: 'post /v1/import',
      signIn: 'post /v1/sessions',
      listSessions: 'get /v1/sessions',
      signOut: 'delete /v1/sessions/{id}',
      changePassword: 'post /v1/me/password',
      resetPassword: 'post /v1/password_resets',
      getSecondFactor: 'get /v1/me/second_factor',
      beginSecondFactor: 'post /v1/me/second_factor',
      confirmSecondFactor: 'post /v1/me/second_factor/confirmation',
      renewRecoveryCodes: 'post /v1/me/second_factor/recovery_codes',
      endSecondFactor: 'post /v1/me/second_factor/removal',
      createPasswordLink: 'post /v1/users/{id}/password_link',
      getSecondFactorOf: 'get /v1/users/{id}/second_factor',
      resetSecondFactor: 'delete /v1/users/{id}/second_factor',
      listWebhooks: 'get /v1/webhooks',
      createWebhook: 'post /v1/webhooks',
      getWebhook: 'get /v1/webhooks/{id}',
      changeWebhook: 'patch /v1/webhooks/{id}',
      deleteWebhook: 'delete /v1/webhooks/{id}',
      rotateWebhookSecret: 'post /v1/webhooks/{id}/rotate_secret',
      testWebhook: 'post /v1/webhooks/{id}/test',
      listDeliveries: 'get /v1/webhooks/{id}/deliveries',
      getDelivery: 'get /v1/webhooks/{id}/deliveries/{delivery}',
      replayDelivery: 'post /v1/webhooks/{id}/deliveries/{delivery}/replay',
      replayDeadDeliveries: 'post /v1/webhooks/{id}/replay',
      sendDelivery: 'post /v1/webhooks/{id}/deliveries/{delivery}/send',
      sendWaitingDeliveries: 'post /v1/webhooks/{id}/send',
      skipDelivery: 'post /v1/webhooks/{id}/deliveries/{delivery}/skip',
    })
  })
})
