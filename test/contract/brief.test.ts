import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../world.ts'
import { CONTRACTS } from './dialects.ts'
import { shapeProblems } from './shape.ts'
import { demoSite, type Headers, type Ids, type Site } from './site.ts'

/**
 * Every example of the vendors' pages, sent to a fresh server with nothing but the values of its quickstart.env. An
 * answer has the documented status, every documented key in its documented type, and no other; letters with numbers
 * are the decisions that the dialects' sources name too.
 */

let world: World
let site: Site
/** Every ticket that an example made, with the desk it is on. */
const made: { readonly ids: Ids; readonly desk: Ids }[] = []

before(async () => {
  world = await startWorld()
  site = demoSite(world)
})
after(() => world?.stop())

// biome-ignore lint/suspicious/noExplicitAny: fixtures are of many shapes.
function fixture(dialect: string, file: string): any {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../src/dialects/${dialect}/fixtures/${file}`), 'utf8'))
}

async function remember(id: unknown, desk: Ids = site.desk): Promise<Ids> {
  const { status, json } = await world.send('GET', `/v1/tickets/${id}`, { headers: site.as('native') })
  assert.equal(status, 200)
  const ids = { id: json.id, integer: json.integer }
  made.push({ ids, desk })
  return ids
}

function isJson(answer: Received): void {
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json(;|$)/)
}

describe('Spacebring', () => {
  const SEEN = 'S25: a value that is not there is null'
  const OF_A_COMMENT = '5.4: with another type of activity'
  const UNDRAWN = '5: the page’s example prints neither type nor status; they are always sent'

  const bearer = (): Headers => ({
    authorization: `Bearer ${world.value('SPACEBRING_ACCESS_TOKEN')}`,
    'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID'),
  })

  async function create(): Promise<Received> {
    const { request } = fixture('spacebring', 'create-ticket.json')
    const ticket = {
      ...request.body.ticket,
      locationRef: world.value('SPACEBRING_LOCATION_ID'),
      userRefRequester: world.value('SPACEBRING_USER_ID'),
    }
    const answer = await world.send(request.method, request.path, { headers: bearer(), body: { ticket } })
    assert.equal(answer.status, 201, answer.text)
    await remember(answer.json.ticket.id)
    return answer
  }

  test('Create a ticket', async () => {
    const answer = await create()
    isJson(answer)
    const { response } = fixture('spacebring', 'create-ticket.json')
    assert.equal(answer.status, response.status)
    const problems = shapeProblems(response.body, answer.json, {
      empty: { activities: 'S7: both generations of the reference allow it' },
      absent: {
        'ticket.membershipAssignee': 'S25: nobody is assigned',
        'ticket.membershipRefAssignee': 'S25: nobody is assigned',
        'ticket.userRequester.about': 'S25: this user has no such text',
      },
      null: {
        'ticket.userAssignee': 'S25: nobody is assigned',
        'ticket.membershipRequester.user.photoUrl': SEEN,
        'ticket.userRequester.photoUrl': SEEN,
      },
      more: { 'ticket.userRequester.blocked': 'S25: always sent' },
    })
    assert.deepEqual(problems, [])
    const { text, type } = fixture('spacebring', 'create-ticket.json').request.body.ticket
    assert.partialDeepStrictEqual(answer.json.ticket, { status: 'new', description: text, type })
  })

  test('Update a ticket’s status, with either of the documented credentials', async () => {
    const { request, response } = fixture('spacebring', 'update-status.json')
    const { id } = (await create()).json.ticket
    const path = request.path.replace('{id}', id)
    const assigned = await world.send('PUT', path.replace('/status', '/assignee'), {
      headers: bearer(),
      body: { ticket: { userRefAssignee: world.value('SPACEBRING_ADMIN_USER_ID') } },
    })
    assert.equal(assigned.status, 200, assigned.text)
    const service = Object.fromEntries(
      ['photoUrl', 'email', 'phoneNumber', 'surname'].map((field) => [`activity.membership.user.${field}`, SEEN]),
    )
    const owner = Object.fromEntries(
      ['photoUrl', 'phoneNumber'].map((field) => [`activity.membership.user.${field}`, SEEN]),
    )
    for (const [headers, actor] of [[site.as('spacebring'), service] as const, [bearer(), owner] as const]) {
      const answer = await world.send(request.method, path, { headers, body: { ticket: { status: 'solved' } } })
      assert.equal(answer.status, response.status, answer.text)
      isJson(answer)
      const problems = shapeProblems(response.body, answer.json, {
        absent: {
          'activity.data.attachments': OF_A_COMMENT,
          'activity.data.text': OF_A_COMMENT,
          'activity.data.membershipAssignee': OF_A_COMMENT,
          'activity.data.previousAttributes.membershipAssignee': OF_A_COMMENT,
          'activity.lemAI': 'S31: no assistant acted',
        },
        null: {
          ...actor,
          'ticket.membershipRequester.user.photoUrl': SEEN,
          'ticket.userRequester.photoUrl': SEEN,
          'ticket.membershipAssignee.user.photoUrl': SEEN,
          'ticket.membershipAssignee.user.phoneNumber': SEEN,
          'ticket.userAssignee.photoUrl': SEEN,
          'ticket.userAssignee.phoneNumber': SEEN,
        },
        more: {
          'activity.type': UNDRAWN,
          'activity.data.status': UNDRAWN,
          'activity.data.previousAttributes.status': UNDRAWN,
          'ticket.status': UNDRAWN,
          'ticket.type': UNDRAWN,
          'ticket.userRefAssignee': '5.3: the newest way to name the assignee',
        },
      })
      assert.deepEqual(problems, [])
      assert.partialDeepStrictEqual(answer.json, {
        activity: { type: 'statusUpdated', data: { status: 'solved' } },
        ticket: { status: 'solved' },
      })
    }
  })

  test('the empty ticket that the status page prints as its body is no valid one', async () => {
    const { request } = fixture('spacebring', 'update-status.json')
    const { id } = (await create()).json.ticket
    const path = request.path.replace('{id}', id)
    const answer = await world.send(request.method, path, { headers: site.as('spacebring'), body: request.body })
    assert.equal(answer.status, 400)
    assert.deepEqual(answer.json.issues[0].path, ['ticket', 'status'])
  })
})

describe('Moov', () => {
  const headers = (): Headers => site.as('moov')
  const pathOf = (account: string): string =>
    fixture('moov', 'create-ticket.json').request.path.replace('{accountID}', account)

  function carriesRequestId(answer: Received): void {
    assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  }

  test('Create a support ticket, on the own account and on behalf of another', async () => {
    const { request, response } = fixture('moov', 'create-ticket.json')
    for (const desk of [site.desk, site.otherDesk]) {
      const answer = await world.send(request.method, pathOf(desk.id), {
        headers: { ...headers(), ...request.headers },
        body: request.body,
      })
      assert.equal(answer.status, response.status, answer.text)
      isJson(answer)
      carriesRequestId(answer)
      const problems = shapeProblems({ ...response.body, ticketID: v7() }, answer.json, {
        absent: { closedOn: 'not among the required fields: it is open' },
      })
      assert.deepEqual(problems, [])
      const { title, contact } = request.body
      assert.partialDeepStrictEqual(answer.json, { title, contact, status: 'new' })
      await remember(answer.json.ticketID, desk)
    }
  })

  const key = v7()
  const provoked: Readonly<Record<number, { readonly headers?: () => Headers; readonly body?: unknown }>> = {
    400: { body: '{' },
    401: { headers: () => ({ authorization: 'Bearer expired' }) },
    403: { headers: () => ({ 'x-moov-version': 'v2024.01.00' }) },
    404: { headers: () => ({ 'x-moov-version': '2022' }) },
    409: { headers: () => ({ 'idempotency-key': key }) },
    422: { body: { title: '', body: '', contact: { email: '', name: 'x'.repeat(256) } } },
  }
  const out = 'no request provokes it; errors.test.ts of the dialect holds its form'
  for (const documented of fixture('moov', 'create-ticket-errors.json').answers) {
    const how = provoked[documented.status]
    test(`Create a support ticket: ${documented.status}`, { skip: how ? false : out }, async () => {
      assert.ok(how)
      const { request } = fixture('moov', 'create-ticket.json')
      if (documented.status === 409) {
        const first = await world.send('POST', pathOf(site.desk.id), {
          headers: { ...headers(), 'idempotency-key': key },
          body: { ...request.body, title: 'Another' },
        })
        await remember(first.json.ticketID)
      }
      const account = documented.status === 403 ? v7() : site.desk.id
      const answer = await world.send(request.method, pathOf(account), {
        headers: { ...headers(), 'content-type': 'application/json', ...how.headers?.() },
        body: how.body ?? request.body,
      })
      assert.equal(answer.status, documented.status, answer.text)
      carriesRequestId(answer)
      if (documented.body === undefined) assert.equal(answer.text, '')
      else {
        isJson(answer)
        assert.deepEqual(shapeProblems(documented.body, answer.json), [])
      }
    })
  }
})

describe('NetGroot', () => {
  for (const file of ['get-subjects.json', 'create-ticket.json']) {
    for (const { name, request, answer: documented } of fixture('netgroot', file)) {
      test(`${file}: ${name}`, async () => {
        const caller = request.staff ? 'trusted' : 'limited'
        const answer = await world.send(request.method, request.path, {
          headers: request.authorized ? site.as('netgroot', caller) : {},
          body: request.body,
        })
        assert.equal(answer.status, documented.status, answer.text)
        isJson(answer)
        assert.deepEqual(shapeProblems(documented.body, answer.json), [])
        const { success, message } = documented.body
        assert.deepEqual([answer.json.success, answer.json.message], [success, message])
        if (file === 'get-subjects.json' && success) {
          assert.deepEqual(answer.json.data.slice(0, documented.body.data.length), documented.body.data)
        }
        if (file === 'create-ticket.json' && success) {
          assert.equal(answer.json.data.status, documented.body.data.status)
          await remember(answer.json.data.ticket_id)
        }
      })
    }
  }
})

describe('Omnidesk', () => {
  type Fields = Readonly<Record<string, string | readonly string[]>>

  /** The page declares multipart; the other two encodings mean the same. */
  const encodings: Readonly<Record<string, (fields: Fields) => unknown>> = {
    'multipart/form-data': (fields) => {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) form.append(name, each)
      return form
    },
    'application/x-www-form-urlencoded': (fields) =>
      new URLSearchParams(
        Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each])),
      ),
    'application/json': (fields) => fields,
  }

  async function create(): Promise<number> {
    const { json } = await world.send('POST', '/api/v2/ticket', {
      headers: site.as('omnidesk'),
      body: { title: 'An example’s', from: 'requester@example.com' },
    })
    return json.ticketID
  }

  for (const [encoding, encoded] of Object.entries(encodings)) {
    test(`every call of the Ticket page, with bodies as ${encoding}`, async (t) => {
      const [first, second] = [await create(), await create()]
      const fill = (text: string) => text.replaceAll('{first}', String(first)).replaceAll('{second}', String(second))
      const record = fixture('omnidesk', 'ticket.json')
      for (const { name, request, response } of fixture('omnidesk', 'ticket-controller.json')) {
        await t.test(name, async () => {
          const fields = request.form && JSON.parse(fill(JSON.stringify(request.form)))
          const answer = await world.send(request.method, fill(request.path), {
            headers: site.as('omnidesk'),
            ...(fields && { body: encoded(fields) }),
          })
          assert.equal(answer.status, 200, answer.text)
          isJson(answer)
          const text = JSON.stringify(response).replaceAll('"{first}"', String(first))
          assert.partialDeepStrictEqual(answer.json, JSON.parse(text.replaceAll('"{second}"', String(second))))
          const { item, items, ticketID } = answer.json
          const shown = [...(items ?? []), ...(item ? [item] : [])]
          for (const each of shown) {
            const { timeline, ...fields } = each
            assert.deepEqual(shapeProblems(record, fields), [])
            assert.equal(Array.isArray(timeline), request.path.endsWith('/{first}') && request.method === 'GET')
          }
          if (ticketID !== undefined) await remember(ticketID)
        })
      }
    })
  }
})

describe('afterwards', () => {
  test('GET /v1/tickets shows every ticket that an example made', async () => {
    const listed: string[] = []
    let query = 'limit=7'
    for (;;) {
      const { status, json } = await world.send('GET', `/v1/tickets?${query}`, { headers: site.as('native') })
      assert.equal(status, 200)
      listed.push(...json.data.map((each: { id: string }) => each.id))
      if (json.next === null) break
      query = `limit=7&cursor=${json.next}`
    }
    assert.ok(made.length >= 12, `${made.length} tickets were made`)
    assert.deepEqual(new Set(listed), new Set(made.map(({ ids }) => ids.id)))
    assert.equal(listed.length, made.length)
  })

  for (const contract of CONTRACTS) {
    test(`each of them is readable as ${contract.name}`, async () => {
      for (const { ids, desk } of made) {
        const { method, path, headers } = contract.read({ ...site, desk }, ids)
        const answer = await world.send(method, path, { headers })
        assert.equal(answer.status, 200, answer.text)
        assert.ok(answer.text.includes(String(ids[contract.idOnWire])))
      }
    })
  }
})
