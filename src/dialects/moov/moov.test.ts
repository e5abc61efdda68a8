import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../test/world.ts'
import { openAccess } from '../../core/access/access.ts'
import type { Context } from '../../core/context.ts'
import { createUser } from '../../core/tenants/commands.ts'
import { changeTicket } from '../../core/tickets/commands/change.ts'
import { createTicket } from '../../core/tickets/commands/create.ts'
import type { TicketChange } from '../../core/tickets/ticket.ts'
import { issueMinted } from '../../setup/demo.ts'
import { openDatabase } from '../../storage/database.ts'
import { openStore, type Store } from '../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../credentials.ts'
import recorded from './fixtures/create-ticket.json' with { type: 'json' }

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const NOWHERE = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'

let world: World
let store: Store
let account: string
let connected: string
let key: string

before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  account = world.value('MOOV_ACCOUNT_ID')
  connected = world.value('MOOV_CONNECTED_ACCOUNT_ID')
  key = basic(world.value('MOOV_PUBLIC_KEY'), world.value('MOOV_SECRET_KEY'))
})

after(async () => {
  await store?.database.close()
  await world?.stop()
})

const basic = (publicKey: string, secretKey: string) =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`

interface Options {
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly authorization?: string | null
}

/** Every answer of this dialect, whatever it says, can be traced. */
async function send(method: string, path: string, { headers, body, authorization = key }: Options = {}) {
  const sent = { ...(authorization !== null && { authorization }), ...headers }
  const answer = await world.send(method, path, { headers: sent, ...(body !== undefined && { body }) })
  assert.match(answer.headers.get('x-request-id') ?? '', UUID_V4, `${method} ${path}`)
  if (answer.text.startsWith('{')) assert.doesNotMatch(answer.text, /:null/)
  return answer
}

const tickets = (accountID: string) => `/accounts/${accountID}/tickets`
const HELP = { title: 'Payout is late', body: '<p>Where is it?</p>', contact: { email: 'amara@example.com' } }

async function opened(part: object = {}, accountID = account) {
  const answer = await send('POST', tickets(accountID), { body: { ...HELP, ...part } })
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

function assertEmpty(answer: Received, status: number): void {
  assert.deepEqual([answer.status, answer.text, answer.headers.get('content-type')], [status, '', null])
}

function assertExplained(answer: Received, status: number): void {
  assert.equal(answer.status, status, answer.text)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.deepEqual(Object.keys(answer.json), ['error'])
  assert.equal(typeof answer.json.error, 'string')
}

/** What agents do elsewhere, as the core does it. */
async function elsewhere(): Promise<Context> {
  const access = openAccess(store)
  const secret = `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
  const actor = await access.resolve('moov', 'basic', secret)
  assert.ok(actor)
  const tenant = await access.tenant(actor.tenantId)
  const now = new Date().toISOString()
  return { store, tenant, actor, now, newId: () => v7(), dialect: 'native', requestId: v7(), idempotency: null }
}

async function change(id: string, to: TicketChange): Promise<void> {
  await changeTicket(await elsewhere(), { id }, to)
}

/** A bearer token, or an API key bound to a desk, of the service user or of a user given. */
async function issued(
  kind: 'basic' | 'access_token',
  choices: { readonly scopes?: readonly string[]; readonly deskId?: string },
  userId?: string,
): Promise<string> {
  const found = CREDENTIAL_KINDS.find((each) => each.dialect === 'moov' && each.kind === kind)
  assert.ok(found)
  const { tenant, actor, now, newId } = await elsewhere()
  const made = await issueMinted({ store, now, newId }, tenant.id, found, 'test', userId ?? actor.user.id, choices)
  return made.publicId === null ? `Bearer ${made.secret}` : basic(made.publicId, made.secret)
}

describe('creating a ticket', () => {
  test('the page’s example is answered as the page says', async () => {
    const { method, path, headers, body } = recorded.request
    const answer = await send(method, path.replace('{accountID}', account), { headers, body })
    assert.equal(answer.status, recorded.response.status)
    const ticket = answer.json
    for (const field of recorded.response.required) assert.ok(field in ticket, field)
    for (const field of Object.keys(ticket)) assert.ok(field in recorded.response.body, field)
    assert.equal(typeof ticket.ticketID, 'string')
    assert.ok(Number.isInteger(ticket.number))
    assert.equal(ticket.title, body.title)
    assert.deepEqual(ticket.contact, body.contact)
    assert.equal(ticket.status, 'new')
    assert.equal(ticket.updatedOn, ticket.createdOn)
    assert.equal(ticket.latestMessageOn, ticket.createdOn)
    assert.equal(new Date(ticket.createdOn).toISOString(), ticket.createdOn)
  })

  test('author and foreignID are kept, and the body is the one message, in safe form', async () => {
    const ticket = await opened({ author: 'Ops bot', foreignID: 'case-1', body: '<p onclick="x()">Hi</p>' })
    assert.equal(ticket.foreignID, 'case-1')
    const messages = await send('GET', `${tickets(account)}/${ticket.ticketID}/messages`)
    assert.deepEqual(messages.json, [{ author: 'Ops bot', body: '<p>Hi</p>', sentOn: ticket.createdOn }])
  })

  test('numbers count per account', async () => {
    const numbers = [await opened(), await opened(), await opened({}, connected), await opened({}, connected)]
    const [one, two, first, second] = numbers.map((ticket) => ticket.number)
    assert.equal(two, one + 1)
    assert.equal(second, first + 1)
  })

  test('the contact is shown as sent, whatever the user with that address is called', async () => {
    const email = 'Requester@Example.com'
    const ticket = await opened({ contact: { email, name: 'R.' } })
    assert.deepEqual(ticket.contact, { email, name: 'R.' })
    const nameless = await opened({ contact: { email } })
    assert.deepEqual(nameless.contact, { email })
    const messages = await send('GET', `${tickets(account)}/${nameless.ticketID}/messages`)
    assert.equal(messages.json[0].author, email)
  })

  test('unknown fields are ignored', async () => {
    const ticket = await opened({ priority: 9, contact: { ...HELP.contact, phone: 1 } })
    assert.deepEqual(ticket.contact, HELP.contact)
  })

  test('a repeat with the same Idempotency-Key gives the first ticket again, with another body a 409', async () => {
    const headers = { 'idempotency-key': 'moov-1' }
    const first = await send('POST', tickets(account), { headers, body: HELP })
    const repeat = await send('POST', tickets(account), { headers, body: HELP })
    assert.deepEqual(repeat.json, first.json)
    assertExplained(await send('POST', tickets(account), { headers, body: { ...HELP, title: 'Other' } }), 409)
  })
})

describe('a body that cannot be taken', () => {
  const post = (body: unknown, headers?: Record<string, string>) =>
    send('POST', tickets(account), { body, ...(headers && { headers }) })

  test('broken JSON, no object, nothing, wrong types and other media types are 400', async () => {
    const broken: readonly unknown[] = ['{', '[]', '"x"', 'null', '', '\ud800', { ...HELP, title: 5 }]
    const wrongTypes = [{ contact: 'amara@example.com' }, { contact: { email: null } }, { body: ['x'] }]
    const json = { 'content-type': 'application/json' }
    for (const body of broken) assertExplained(await post(body, json), 400)
    for (const part of wrongTypes) assertExplained(await post({ ...HELP, ...part }), 400)
    assertExplained(await send('POST', tickets(account)), 400)
    assertExplained(await post(JSON.stringify(HELP), { 'content-type': 'application/xml' }), 400)
    assertExplained(await post('title=x', { 'content-type': 'text/plain' }), 400)
    assertExplained(await post('title=x', { 'content-type': 'application/x-www-form-urlencoded' }), 400)
  })

  const long = (length: number) => 'a'.repeat(length)
  const failing: readonly (readonly [string, object, readonly string[]])[] = [
    ['nothing', {}, ['body', 'contact.email', 'title']],
    ['blanks', { title: ' ', body: '', contact: { email: '' } }, ['body', 'contact.email', 'title']],
    ['no contact', { ...HELP, contact: undefined }, ['contact.email']],
    ['no address', { ...HELP, contact: { name: 'Amara' } }, ['contact.email']],
    ['no e-mail address', { ...HELP, contact: { email: 'amara' } }, ['contact.email']],
    [
      'too long',
      {
        title: long(256),
        body: long(65_536),
        contact: { email: `${long(244)}@example.com`, name: long(256) },
        author: long(256),
        foreignID: long(65),
      },
      ['author', 'body', 'contact.email', 'contact.name', 'foreignID', 'title'],
    ],
    ['foreignID beyond ASCII', { ...HELP, foreignID: 'größe' }, ['foreignID']],
    [
      'control characters',
      { ...HELP, author: 'a\u0000b', contact: { email: 'amara@example.com', name: '\u001b' } },
      ['author', 'contact.name'],
    ],
  ]

  for (const [name, body, fields] of failing) {
    test(`bad values are a 422 that names just these fields: ${name}`, async () => {
      const answer = await post(body)
      assert.equal(answer.status, 422, answer.text)
      const { contact = {}, ...top } = answer.json
      const named = [...Object.keys(top), ...Object.keys(contact).map((field) => `contact.${field}`)]
      assert.deepEqual(named.toSorted(), fields)
      for (const text of [...Object.values(top), ...Object.values(contact)]) assert.equal(typeof text, 'string')
    })
  }

  test('null and the empty text in an optional field are nothing, everywhere', async () => {
    for (const none of [null, '']) {
      const blank = { ...HELP, author: none, foreignID: none, contact: { email: 'amara@example.com', name: none } }
      const ticket = await opened(blank)
      assert.deepEqual(ticket.contact, { email: 'amara@example.com' })
      assert.equal(ticket.foreignID, undefined)
      const path = `${tickets(account)}/${ticket.ticketID}`
      assert.equal((await send('GET', `${path}/messages`)).json[0].author, 'amara@example.com')
      const patched = await send('PATCH', path, { body: { status: none } })
      assert.deepEqual([patched.status, patched.json], [200, ticket])
    }
  })

  test('and in a required field they are what they were: of the wrong type, or blank', async () => {
    for (const part of [{ title: null }, { contact: null }, { contact: { email: null } }])
      assertExplained(await post({ ...HELP, ...part }), 400)
    assert.deepEqual(Object.keys((await post({ ...HELP, title: '' })).json), ['title'])
  })

  test('values at their limits are taken', async () => {
    const limits = { title: ` ${long(255)} `, body: long(65_535), author: long(255), foreignID: long(64) }
    const ticket = await opened({ ...limits, contact: { email: 'amara@example.com', name: long(255) } })
    assert.equal(ticket.title, long(255))
  })

  test('a body above 1 MiB is 413', async () => {
    assertEmpty(await post({ ...HELP, extra: long(1_048_576) }), 413)
  })
})

describe('the order of checks', () => {
  const malformed = { 'x-moov-version': '2022' }

  test('route, version, credential, account, syntax, values, ticket', async () => {
    const nobody = { authorization: 'Bearer nobody' } as const
    assertEmpty(await send('PUT', tickets('x'), { ...nobody, headers: malformed }), 405)
    assertEmpty(await send('POST', `${tickets('x')}/a/b`, { ...nobody, headers: malformed }), 404)
    assertEmpty(await send('POST', tickets('x'), { ...nobody, headers: malformed, body: '{' }), 404)
    assertEmpty(await send('POST', tickets('x'), { ...nobody, body: '{' }), 401)
    assertEmpty(await send('POST', tickets('x'), { authorization: null, body: '{' }), 401)
    assertExplained(await send('POST', tickets('x'), { body: '{' }), 400)
    assertEmpty(await send('POST', tickets(NOWHERE), { body: '{' }), 403)
    assertExplained(await send('PATCH', `${tickets(account)}/${NOWHERE}`, { body: '{' }), 400)
    assert.equal((await send('PATCH', `${tickets(account)}/x`, { body: { status: 'open' } })).status, 422)
    for (const id of ['x', 'x'.repeat(5000)]) {
      assertEmpty(await send('PATCH', `${tickets(account)}/${id}`, { body: { status: 'closed' } }), 404)
      assertEmpty(await send('GET', `${tickets(account)}/${id}`, nobody), 401)
      assertEmpty(await send('PUT', `${tickets(account)}/${id}`, nobody), 405)
    }
    assertEmpty(await send('PATCH', `${tickets(account)}/${NOWHERE}`, { body: {} }), 404)
  })

  test('a malformed or foreign account is 403 to readers', async () => {
    for (const accountID of ['x', NOWHERE]) {
      assertEmpty(await send('GET', tickets(accountID)), 403)
      assertEmpty(await send('GET', `${tickets(accountID)}/${NOWHERE}/messages`), 403)
    }
  })

  test('every well-formed version gives the same ticket', async () => {
    const { ticketID } = await opened()
    const path = `${tickets(account)}/${ticketID}`
    const plain = (await send('GET', path)).json
    for (const version of ['v2024.01.00', 'v2026.07.00', 'v2099.10.02', 'latest']) {
      assert.deepEqual((await send('GET', path, { headers: { 'X-Moov-Version': version } })).json, plain)
    }
  })
})

describe('paths and methods', () => {
  test('unknown paths are 404 with nothing but the request id', async () => {
    for (const path of [`/accounts/${account}/other`, '/ping/x', '/webhooks/x/y']) {
      assertEmpty(await send('GET', path), 404)
    }
  })

  test('other methods are 405 and told what is allowed', async () => {
    const answer = await send('DELETE', tickets(account))
    assertEmpty(answer, 405)
    const allowed = answer.headers.get('allow')?.split(', ') ?? []
    for (const method of ['GET', 'HEAD', 'POST']) assert.ok(allowed.includes(method), method)
  })

  test('HEAD is GET without a body, and a request id of the client is not taken over', async () => {
    const head = await send('HEAD', tickets(account), { headers: { 'x-request-id': NOWHERE } })
    assert.deepEqual([head.status, head.text], [200, ''])
    assert.notEqual(head.headers.get('x-request-id'), NOWHERE)
  })
})

describe('listing', () => {
  const reference = 'listing'
  const list = async (query: string, accountID = account) => (await send('GET', `${tickets(accountID)}?${query}`)).json
  const ids = (page: { items: { ticketID: string }[] }) => page.items.map((ticket) => ticket.ticketID)
  let made: string[] = []

  before(async () => {
    for (let each = 0; each < 3; each++) made = [(await opened({ foreignID: reference })).ticketID, ...made]
  })

  test('pages go from the newest to the oldest, and the last has no nextPage', async () => {
    const seen: string[] = []
    let query = `foreignID=${reference}&count=1`
    for (let pages = 0; pages < 5; pages++) {
      const page = await list(query)
      seen.push(...ids(page))
      if (!page.nextPage) break
      query = `foreignID=${reference}&count=1&cursor=${page.nextPage.cursor}`
    }
    assert.deepEqual(seen, made)
    assert.deepEqual(Object.keys(await list(`foreignID=${reference}&count=3`)), ['items'])
  })

  test('a loop that skips, as this vendor’s other lists are paged, sees every ticket once and ends', async () => {
    const seen: string[] = []
    for (let rounds = 0; rounds <= made.length; rounds++) {
      const page = await list(`foreignID=${reference}&count=2&skip=${seen.length}`)
      if (page.items.length === 0) break
      seen.push(...ids(page))
      const { cursor } = page.nextPage ?? {}
      const rest = cursor ? ids(await list(`foreignID=${reference}&cursor=${cursor}`)) : []
      assert.deepEqual([...seen, ...rest], made, 'a cursor goes on from there')
    }
    assert.deepEqual(seen, made)
    assert.deepEqual((await list(`foreignID=${reference}&skip=${'9'.repeat(9)}`)).items, [])
    assert.deepEqual(ids(await list(`foreignID=${reference}&skip=0`)), made)
  })

  test('a place that it does not know is refused, and so are two places', async () => {
    const [id] = made
    const { nextPage } = await list(`foreignID=${reference}&count=1`)
    for (const query of [
      'offset=1',
      'page=2',
      'skip=x',
      'skip=-1',
      'skip=',
      'skip=1&skip=2',
      `skip=1&cursor=${nextPage.cursor}`,
    ])
      assertExplained(await send('GET', `${tickets(account)}?${query}`), 400)
    assertExplained(await send('GET', `${tickets(account)}/${id}/messages?skip=200`), 400)
    assertExplained(await send('GET', '/accounts?cursor=x'), 400)
    assertExplained(await send('GET', '/webhooks?skip=1'), 400)
  })

  test('the status filter takes all that shows so', async () => {
    const [one = '', two = '', three = ''] = made
    await change(one, { status: { to: 'pending' } })
    await change(two, { status: { to: 'on_hold' } })
    await change(three, { status: { to: 'solved' } })
    assert.deepEqual(ids(await list(`foreignID=${reference}&status=on-hold`)), [one, two])
    assert.deepEqual(ids(await list(`foreignID=${reference}&status=closed`)), [three])
    assert.deepEqual(ids(await list(`foreignID=${reference}&status=new`)), [])
  })

  test('holds only the account’s own tickets', async () => {
    assert.deepEqual(ids(await list(`foreignID=${reference}`, connected)), [])
    assert.deepEqual((await list('foreignID=', account)).items, [])
  })

  test('a bad count, status or cursor is 400, a large count is cut', async () => {
    const bad = [
      'count=0',
      'count=-1',
      'count=x',
      'count=',
      'count=1.5',
      'count=1&count=2',
      'status=open',
      'status=',
      'cursor=x',
      'cursor=',
      'foreignID=%ff',
      'foreignID=%00',
    ]
    for (const query of bad) assertExplained(await send('GET', `${tickets(account)}?${query}`), 400)
    assert.equal((await send('GET', `${tickets(account)}?count=${'9'.repeat(30)}&other=4`)).status, 200)
  })
})

describe('one ticket', () => {
  test('is the same when read as when made', async () => {
    const ticket = await opened()
    const read = await send('GET', `${tickets(account)}/${ticket.ticketID.toUpperCase()}`)
    assert.deepEqual(read.json, ticket)
  })

  test('belongs to its account only', async () => {
    const { ticketID } = await opened()
    const path = `${tickets(connected)}/${ticketID}`
    assertEmpty(await send('GET', path), 404)
    assertEmpty(await send('GET', `${path}/messages`), 404)
    assertEmpty(await send('PATCH', path, { body: { status: 'closed' } }), 404)
  })

  test('closes once: again changes nothing, and solved counts as closed', async () => {
    const { ticketID } = await opened()
    const path = `${tickets(account)}/${ticketID}`
    assert.equal((await send('PATCH', path, { body: {} })).json.status, 'new')
    const closed = (await send('PATCH', path, { body: { status: 'closed', other: 1 } })).json
    assert.equal(closed.status, 'closed')
    assert.equal(closed.closedOn, closed.updatedOn)
    assert.deepEqual((await send('PATCH', path, { body: { status: 'closed' } })).json, closed)
    assert.deepEqual((await send('GET', path)).json, closed)

    const solved = await opened()
    await change(solved.ticketID, { status: { to: 'solved' } })
    const shown = (await send('GET', `${tickets(account)}/${solved.ticketID}`)).json
    assert.equal(shown.status, 'closed')
    assert.ok(shown.closedOn)
    const closing = await send('PATCH', `${tickets(account)}/${solved.ticketID}`, { body: { status: 'closed' } })
    assert.deepEqual(closing.json, shown)
  })

  test('reopened elsewhere is closed on no date any more', async () => {
    const { ticketID } = await opened()
    const path = `${tickets(account)}/${ticketID}`
    await send('PATCH', path, { body: { status: 'closed' } })
    await change(ticketID, { status: { to: 'open' } })
    const { status, closedOn } = (await send('GET', path)).json
    assert.deepEqual([status, closedOn], ['in-progress', undefined])
  })

  test('only closing is an update', async () => {
    const { ticketID } = await opened()
    const patch = (body: unknown) => send('PATCH', `${tickets(account)}/${ticketID}`, { body })
    for (const status of ['open', 'new', 'in-progress']) {
      const answer = await patch({ status })
      assert.deepEqual([answer.status, Object.keys(answer.json)], [422, ['status']])
    }
    for (const body of [{ status: 1 }, [], '']) assertExplained(await patch(body), 400)
  })
})

describe('messages', () => {
  test('show agents’ public replies in safe form, oldest first, and no notes', async () => {
    const { ticketID, createdOn } = await opened({ contact: { email: 'amara@example.com', name: 'Amara' } })
    const ctx = await elsewhere()
    const html = { visibility: 'public', format: 'html', text: '<b>Soon</b><script>x()</script>' } as const
    await change(ticketID, { message: { ...html, visibility: 'internal' } })
    await change(ticketID, { message: html })
    await change(ticketID, { message: { visibility: 'public', format: 'text', text: 'Paid < 2 days\nago' } })
    const { json } = await send('GET', `${tickets(account)}/${ticketID}/messages`)
    const agent = ctx.actor.user.name
    assert.deepEqual(
      json.map(({ author, body }: { author: string; body: string }) => [author, body]),
      [
        ['Amara', HELP.body],
        [agent, '<b>Soon</b>'],
        [agent, '<p>Paid &lt; 2 days<br>ago</p>'],
      ],
    )
    const ticket = (await send('GET', `${tickets(account)}/${ticketID}`)).json
    assert.equal(ticket.status, 'in-progress')
    assert.equal(ticket.latestMessageOn, json[2].sentOn)
    assert.equal(json[0].sentOn, createdOn)
  })

  test('of an unknown ticket are 404', async () => {
    assertEmpty(await send('GET', `${tickets(account)}/${NOWHERE}/messages`), 404)
    assertEmpty(await send('GET', `${tickets(account)}/x/messages`), 404)
  })
})

test('a ticket made elsewhere is complete', async () => {
  const ctx = await elsewhere()
  const { ticket } = await createTicket(ctx, {
    deskId: account,
    requester: { by: 'nobody' },
    message: { visibility: 'public', format: 'text', text: '\n Printer jams \nAgain', author: 'requester' },
  })
  const { json } = await send('GET', `${tickets(account)}/${ticket.id}`)
  assert.equal(json.title, 'Printer jams')
  assert.deepEqual(json.contact, { email: '' })
  const messages = await send('GET', `${tickets(account)}/${ticket.id}/messages`)
  assert.equal(messages.json[0].author, 'Customer')
})

describe('credentials', () => {
  test('a token does what its scopes say, on the account they say', async () => {
    const scope = (accountID: string, right: string) => `/accounts/${accountID}/${right}`
    const attempts = async (scopes: readonly string[]) => {
      const authorization = await issued('access_token', { scopes })
      const statuses: number[] = []
      for (const accountID of [account, connected]) {
        statuses.push((await send('POST', tickets(accountID), { body: HELP, authorization })).status)
        statuses.push((await send('GET', tickets(accountID), { authorization })).status)
      }
      return statuses
    }
    assert.deepEqual(await attempts([]), [403, 403, 403, 403])
    assert.deepEqual(await attempts([scope(account, 'tickets.write')]), [200, 403, 403, 403])
    assert.deepEqual(await attempts([scope(connected, 'tickets.read')]), [403, 403, 403, 200])
    const behalf = [scope(account, 'tickets.write'), scope(account, 'tickets.read'), scope(connected, 'profile.read')]
    assert.deepEqual(await attempts(behalf), [200, 200, 200, 200])
  })

  test('a key of a connected account reaches that account only', async () => {
    const authorization = await issued('basic', { deskId: connected })
    assert.equal((await send('GET', tickets(connected), { authorization })).status, 200)
    assertEmpty(await send('GET', tickets(account), { authorization }), 403)
  })

  test('a key of the default desk reaches all, as one without a desk', async () => {
    const authorization = await issued('basic', { deskId: account })
    for (const accountID of [account, connected]) {
      assert.equal((await send('POST', tickets(accountID), { body: HELP, authorization })).status, 200)
    }
  })

  test('the service user’s own tickets are found under their account only', async () => {
    const { tenant, now, newId } = await elsewhere()
    const email = 'robot@example.com'
    const memberships = [account, connected].map((deskId) => ({ deskId, role: 'agent' as const }))
    const robot = await createUser({ store, now, newId }, tenant.id, {
      kind: 'service',
      isOwner: false,
      name: 'Robot',
      email,
      memberships,
    })
    const authorization = await issued('basic', {}, robot.id)
    const made = await send('POST', tickets(account), { body: { ...HELP, contact: { email } }, authorization })
    const path = `${tickets(connected)}/${made.json.ticketID}`
    assertEmpty(await send('GET', path, { authorization }), 404)
    assertEmpty(await send('PATCH', path, { body: { status: 'closed' }, authorization }), 404)
  })

  test('a wrong key and a missing one are 401', async () => {
    for (const authorization of [basic('a', 'b'), 'Bearer x', 'Basic !', null]) {
      assertEmpty(await send('GET', tickets(account), { authorization }), 401)
    }
  })
})
