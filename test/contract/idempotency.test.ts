import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { v7 } from 'uuid'
import { DIALECTS } from '../../src/dialects/registry.ts'
import { documentOf } from '../../src/oauth/document.ts'
import { until } from '../process.ts'
import { type Receiver, type Reply, startReceiver } from '../receiver.ts'
import { type Received, startWorld, type World } from '../world.ts'
import { assertRefused } from './answers.ts'
import { CONTRACTS, type Sent } from './dialects.ts'
import { type Ids, makeSite, type Site } from './site.ts'
import { type Snapshot, type StoreWatch, watchStore } from './store.ts'
import { type Making, NOT_REPEATABLE, newField, type Person, showsPeople, upload, WRITES_OF } from './writes.ts'

/**
 * Every operation that writes, of every dialect, honours Idempotency-Key: walked from the documents that clients get, so
 * that none can forget it.
 */

const WEBHOOKS = {
  POLYDESK_SECRET_KEY: 'x'.repeat(32),
  POLYDESK_WEBHOOK_NETWORKS: '127.0.0.0/8',
  POLYDESK_WEBHOOK_HTTP: 'on',
}
/** Tables that work behind the answers writes, whenever it comes to that. */
const BEHIND = ['webhook_attempts', 'webhook_deliveries', 'webhook_positions', 'webhooks']

let world: World
let receiver: Receiver
let store: StoreWatch
let outside: pg.Client
let site: Site
/** Where events are told, so that there is something to be given up. Elsewhere nobody listens. */
let told: Site

before(async () => {
  world = await startWorld(WEBHOOKS, {}, undefined, { retryDelaysMs: [20], timeoutMs: 2_000 })
  receiver = await startReceiver()
  store = await watchStore(world)
  outside = new pg.Client(world.database.connection)
  await outside.connect()
  site = await makeSite(world, 'keys')
  told = await makeSite(world, 'told')
  // The form that requests name.
  for (const each of [site, told]) await sent(native('POST', '/v1/forms', { name: 'First' }, each))
})
after(async () => {
  await outside?.end()
  await store?.close()
  await receiver?.close()
  await world?.stop()
})

function native(method: string, path: string, body?: unknown, by: Site = site): Sent {
  return { method, path, headers: by.as('native'), ...(body === undefined ? {} : { body }) }
}

async function answered({ method, path, headers, body }: Sent, key?: string): Promise<Received> {
  return world.send(method, path, { headers: { ...headers, ...(key && { 'idempotency-key': key }) }, body })
}

async function sent(request: Sent, key?: string): Promise<Received> {
  const answer = await answered(request, key)
  assert.ok(answer.status < 300, `${request.method} ${request.path}: ${answer.status} ${answer.text}`)
  return answer
}

async function held(): Promise<Snapshot> {
  // What was handed over is filed behind the answer, and changes its row by that.
  await until('mail to be filed', async () => {
    const waiting = await outside.query("select 1 from mails m where m.tenant_id = $1 and m.state = 'waiting'", [
      site.tenantId,
    ])
    return waiting.rowCount === 0 ? true : undefined
  })
  const tables = Object.entries(await store.snapshot()).filter(([table]) => !BEHIND.includes(table))
  const webhooks = await outside.query<{ held: string }>(
    'select coalesce(sum(hashtextextended(w::text, 0)), 0)::text as held from webhooks w where w.tenant_id = $1',
    [site.tenantId],
  )
  return { ...Object.fromEntries(tables), webhooks: webhooks.rows[0]?.held ?? '' }
}

let count = 0
const word = (): string => `prawn${++count}x`

async function ticketOf(by: Site): Promise<Ids> {
  const { json } = await sent(
    native('POST', '/v1/tickets', { title: word(), text: 'Text', requester: { id: by.requester.id } }, by),
  )
  return { id: json.id, integer: json.integer }
}

/** What requests are made of, by real calls without a key. */
const making: Making = {
  get site() {
    return site
  },
  get receiver() {
    return receiver.url
  },
  word,
  ticket: () => ticketOf(site),
  async changedTicket() {
    const { id } = await ticketOf(site)
    await sent(native('PATCH', `/v1/tickets/${id}`, { title: word(), priority: 'high' }))
    const { json } = await sent(native('GET', `/v1/tickets/${id}/timeline`))
    return { id, change: json.data.at(-1).position }
  },
  async snoozedTicket() {
    const { id } = await ticketOf(site)
    await sent(native('POST', `/v1/tickets/${id}/snooze`, { until: null }))
    return id
  },
  async reply() {
    const ticket = await ticketOf(site)
    const { json } = await sent(native('POST', `/v1/tickets/${ticket.id}/messages`, { text: word() }))
    return { ticket, message: { id: json.message.id, integer: json.message.integer } }
  },
  async merged() {
    const [from, into] = [await ticketOf(site), await ticketOf(site)]
    await sent(native('POST', `/v1/tickets/${from.id}/merge`, { into: into.id }))
    return { from, into }
  },
  async linked() {
    const [{ id: ticket }, { id: other }] = [await ticketOf(site), await ticketOf(site)]
    const { json } = await sent(native('POST', `/v1/tickets/${ticket}/links`, { relation: 'related', ticket: other }))
    return { ticket, link: json.id }
  },
  async file() {
    const uploaded = await sent(native('POST', '/v1/attachments', upload({ word })))
    const { id } = await ticketOf(site)
    const { json } = await sent(native('POST', `/v1/tickets/${id}/messages`, { attachments: [uploaded.json.id] }))
    return json.message.attachments[0].integer
  },
  async person(): Promise<Person> {
    const externalId = word()
    const body = { firstname: word(), primary_id: externalId, brand_id: 1 }
    const address = { channel_id: 'email', customer_link_channel: `${word()}@example.com` }
    const headers = site.as('omnidesk')
    const made = await sent({ method: 'POST', path: '/api/v2/customer', headers, body: { ...body, ...address } })
    const integer: number = made.json.customerID
    const { json } = await sent(native('GET', `/v1/users/${integer}`))
    return { id: json.id, integer, externalId }
  },
  async record(path, own) {
    const { json } = await sent(native('POST', path, { name: word(), ...own }))
    return json.id
  },
  async field() {
    const { json } = await sent(native('POST', '/v1/fields', newField({ word })))
    return json.key
  },
  async credential() {
    const { json } = await sent(native('POST', '/v1/credentials', { name: word(), scopes: ['ticket.read'] }))
    return json.id
  },
  async view() {
    const { json } = await sent(native('POST', '/v1/views', { name: word(), query: word() }))
    return json.id
  },
  async savedReply() {
    const { json } = await sent(native('POST', '/v1/saved_replies', { name: word(), text: word() }))
    return json.id
  },
  async letter() {
    const { message } = await this.reply()
    // Without a relay nobody sends it, and it stays as it is.
    await outside.query(
      `insert into outgoing_mails (tenant_id, message_id, position, mail_id, state, next_at, created_at)
       values ($1, $2, 1, $3, 'waiting', now(), now())`,
      [site.tenantId, message.id, `${message.id}@desk.example.com`],
    )
    return message.id
  },
  async undeliverable() {
    const id = v7()
    await outside.query(
      `insert into undeliverable_addresses (tenant_id, id, address_key, address, answer, since) values ($1, $2, $3, $3, '', now())`,
      [site.tenantId, id, `${word()}@example.com`],
    )
    return id
  },
  async scheduled() {
    const { json: ticket } = await sent(native('POST', '/v1/tickets', { title: word() }))
    const body = { text: word(), send_at: new Date(Date.now() + 3_600_000).toISOString() }
    const { json } = await sent(native('POST', `/v1/tickets/${ticket.id}/scheduled`, body))
    return `${ticket.id}/scheduled/${json.id}`
  },
  async macro() {
    const body = { name: word(), change: { priority: 'high', add_tags: [word()] } }
    const { json } = await sent(native('POST', '/v1/macros', body))
    return json.id
  },
  async tag() {
    const { json } = await sent(native('POST', '/v1/tags', { name: word() }))
    return json.name
  },
  async job() {
    const { json } = await sent(native('POST', '/v1/jobs', { tickets: [], change: { add_tags: [word()] } }))
    return json.id
  },
  async webhook(dialect) {
    const desk = dialect === 'moov' ? { dialect, desk: null } : {}
    const { json } = await sent(native('POST', '/v1/webhooks', { url: receiver.url, enabled: false, ...desk }))
    return json.id
  },
  async deadDelivery() {
    return deliveryThat('dead', { status: 500 })
  },
  async waitingDelivery() {
    return deliveryThat('waiting', { status: 503, headers: { 'retry-after': '3600' } })
  },
}

/** A delivery that its receiver answers so until it is in a state. */
async function deliveryThat(state: 'dead' | 'waiting', reply: Reply) {
  receiver.reply = () => reply
  const made = await sent(native('POST', '/v1/webhooks', { url: receiver.url, events: ['ticket.created'] }, told))
  const webhook: string = made.json.id
  await ticketOf(told)
  const delivery: string = await until(`a delivery is ${state}`, async () => {
    const { json } = await sent(native('GET', `/v1/webhooks/${webhook}/deliveries?state=${state}`, undefined, told))
    return json.data[0]?.last ? json.data[0].id : undefined
  })
  receiver.reply = () => ({ status: 204 })
  return { webhook, delivery }
}

/** What has to be done where events are told, and may tell some. */
const OF_DELIVERIES = /\/(replay|send|skip)$/

function dialectOf(name: string) {
  return DIALECTS.find((each) => each.name === name) ?? assert.fail()
}

/** The operations that write, as the documents tell of them, and whether they say that a key is honoured. */
function writesIn(name: string): ReadonlyMap<string, boolean> {
  const writes = Object.entries(documentOf(dialectOf(name)).paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => method !== 'get')
      .map(([method, { parameters }]): [string, boolean] => [
        `${method.toUpperCase()} ${path}`,
        parameters.some((each) => each.name === 'Idempotency-Key'),
      ]),
  )
  return new Map(writes)
}

/** The operations that tell why they honour no key. */
function withoutKeyIn(name: string): readonly string[] {
  const { routes, openRoutes = [] } = dialectOf(name)
  const told = [...routes, ...openRoutes].filter(({ withoutKey }) => withoutKey !== undefined)
  return told.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
}

/** The request of an operation; those about what was given up are sent where events are told. */
async function requestOf(name: keyof typeof WRITES_OF, operation: string): Promise<Sent> {
  const write = WRITES_OF[name][operation] ?? assert.fail(`There is no request for ${operation}.`)
  const request = await write(making)
  return OF_DELIVERIES.test(operation) ? { ...request, headers: told.as('native') } : request
}

test('every operation that writes has a request here, or a reason why it cannot be repeated; its document agrees', () => {
  const unused = new Set(Object.keys(NOT_REPEATABLE))
  for (const { name } of CONTRACTS) {
    const excused = [...withoutKeyIn(name), ...Object.keys(NOT_REPEATABLE)]
    const writes = writesIn(name)
    assert.deepEqual(
      [...writes.keys()].filter((operation) => !excused.includes(operation)).sort(),
      Object.keys(WRITES_OF[name]).sort(),
      `${name}: each needs a request in writes.ts`,
    )
    for (const [operation, isHonoured] of writes) {
      assert.equal(isHonoured, !excused.includes(operation), operation)
      unused.delete(operation)
    }
  }
  assert.deepEqual([...unused], [], 'there are no such operations')
})

for (const contract of CONTRACTS) {
  const { name, statuses } = contract

  describe(`${name}, every operation that writes`, () => {
    for (const operation of Object.keys(WRITES_OF[name])) {
      test(`${operation}: the same key again is the same answer and no second effect`, async () => {
        const request = await requestOf(name, operation)
        const key = v7()
        const first = await sent(request, key)
        const before = await held()
        const got = receiver.got.length
        const again = await answered(request, key)
        assert.deepEqual([again.status, again.text], [first.status, first.text])
        assert.equal(again.headers.get('location'), first.headers.get('location'))
        assert.deepEqual(await held(), before)
        if (!OF_DELIVERIES.test(operation)) assert.equal(receiver.got.length, got)
      })
    }

    test('twins at the same time all get the same answer, and their effect is one', async () => {
      for (const operation of Object.keys(WRITES_OF[name])) {
        const request = await requestOf(name, operation)
        const key = v7()
        const twins = await Promise.all(Array.from({ length: 8 }, () => answered(request, key)))
        const answers = new Set(twins.map(({ status, text }) => `${status} ${text}`))
        assert.equal(answers.size, 1, `${operation}: ${[...answers].join('\n')}`)
        assert.ok(
          twins.every(({ status }) => status < 300),
          operation,
        )
        const { rows } = await outside.query<{ n: number }>(
          `select count(*)::int as n from claims c where c.key = $1 and not exists (
             select 1 from claim_results r where r.tenant_id = c.tenant_id and r.credential_id = c.credential_id and r.key = c.key)`,
          [key],
        )
        assert.equal(rows[0]?.n, 0, `${operation} claimed and kept nothing`)
      }
    })

    test('a used key is refused for another request of any operation', async () => {
      const key = v7()
      await sent(contract.create(site, { title: word(), text: word(), reference: word() }), key)
      const credential = contract.create(site, { title: '', text: '', reference: '' }).headers['authorization']
      for (const operation of Object.keys(WRITES_OF[name])) {
        if (operation.endsWith('searchByPrimaryExternalId')) continue
        const request = await requestOf(name, operation)
        if (request.headers['authorization'] !== credential) continue
        const before = await held()
        assertRefused(contract, await answered(request, key), statuses.idempotencyMismatch)
        assert.deepEqual(await held(), before, operation)
      }
    })

    test('a repeat is answered also when what it names was retired meanwhile', async () => {
      const refusedNow: string[] = []
      for (const operation of Object.keys(WRITES_OF[name])) {
        const request = await requestOf(name, operation)
        const key = v7()
        const first = await sent(request, key)
        const another = await requestOf(name, operation)
        await retire(false)
        try {
          const again = await answered(request, key)
          assert.deepEqual([again.status, again.text], [first.status, first.text], operation)
          // What is no repeat is judged by what is so now.
          if ((await answered(another)).status === statuses.invalid) refusedNow.push(operation)
        } finally {
          await retire(true)
        }
      }
      assert.deepEqual(refusedNow, NAMES_THE_CATALOGUE[name])
    })

    test('a repeat is answered as done when messages and then tickets of its answer were deleted, without their words', async () => {
      for (const operation of Object.keys(WRITES_OF[name]).filter((each) => !each.includes('webhooks'))) {
        const request = await requestOf(name, operation)
        const key = v7()
        const first = await sent(request, key)
        const isAboutTickets = (await ticketsShown(key)).length > 0
        for (const erase of [eraseMessages, eraseTickets]) {
          const words = await erase()
          const before = await held()
          const again = await answered(request, key)
          assert.equal(again.status, first.status, `${operation}: ${again.text}`)
          assert.deepEqual(await held(), before, operation)
          if (!isAboutTickets) continue
          assert.deepEqual(
            words.filter((each) => again.text.includes(each)),
            [],
            `${operation} tells what was deleted: ${again.text}`,
          )
        }
      }
    })
  })
}

/** The tickets that the answer of a call with a key shows. */
async function ticketsShown(key: string): Promise<readonly string[]> {
  const { rows } = await outside.query<{ ids: string[] }>(
    'select ticket_ids as ids from claim_results where key = $1',
    [key],
  )
  return rows[0]?.ids ?? []
}

/** The words of the suite that texts hold. */
function wordsIn(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.flatMap((each) => each.match(/prawn\d+x/g) ?? []))]
}

/** Deletes all messages of the site; the words that they held, and that are nowhere else on their tickets. */
async function eraseMessages(): Promise<readonly string[]> {
  const { rows } = await outside.query<{ id: string; ticket: string; text: string }>(
    'select id, ticket_id as ticket, plain as text from messages where tenant_id = $1',
    [site.tenantId],
  )
  for (const { id, ticket } of rows) await sent(native('DELETE', `/v1/tickets/${ticket}/messages/${id}`))
  const tickets = await outside.query<{ text: string }>('select t::text as text from tickets t where tenant_id = $1', [
    site.tenantId,
  ])
  const left = wordsIn(tickets.rows.map(({ text }) => text))
  return wordsIn(rows.map(({ text }) => text)).filter((each) => !left.includes(each))
}

/** Deletes all tickets of the site; the words that they held. */
async function eraseTickets(): Promise<readonly string[]> {
  const { rows } = await outside.query<{ id: string; text: string; isMerged: boolean }>(
    'select id, t::text as text, merged_into is not null as "isMerged" from tickets t where tenant_id = $1',
    [site.tenantId],
  )
  // What was merged goes with the one that stays.
  for (const { id } of rows.filter(({ isMerged }) => !isMerged)) await sent(native('DELETE', `/v1/tickets/${id}`))
  return wordsIn(rows.map(({ text }) => text))
}

/** Takes everything out of the site's catalogue that tickets can be given, or puts it back. */
async function retire(active: boolean): Promise<void> {
  for (const table of CATALOGUE)
    await outside.query(`update ${table} set active = $2 where tenant_id = $1`, [site.tenantId, active])
  // Whatever changes the catalogue through the product says so to every process; a form does.
  await sent(native('POST', '/v1/forms', { name: word() }))
}

/** The requests that name something of the catalogue, or a channel by themselves; Moov's have nothing of it. */
const NAMES_THE_CATALOGUE: Readonly<Record<string, readonly string[]>> = {
  native: ['POST /v1/tickets', 'PATCH /v1/tickets/{id}'],
  spacebring: ['POST /support/tickets/v1', 'PATCH /support/tickets/v1/{id}/type'],
  moov: [],
  netgroot: ['subscriber/CreateTicket', 'subscriber/ReplyTicket', 'Tickets/UpdateTicket', 'Tickets/ReplyTicket'].map(
    (action) => `POST /api/v1/${action}`,
  ),
  omnidesk: ['POST /api/v2/ticket', 'POST /api/v2/ticket/batch', 'POST /api/v2/message'],
}

const CATALOGUE = ['topics', 'types', 'groups', 'forms', 'channels']

test('a webhook’s secret is not readable where results are kept, and a repeat tells it', async () => {
  const key = v7()
  const request = native('POST', '/v1/webhooks', { url: receiver.url, enabled: false })
  const { json } = await sent(request, key)
  const rotate = native('POST', `/v1/webhooks/${json.id}/rotate_secret`)
  const rotated = await sent(rotate, v7())
  assert.equal((await answered(request, key)).json.secret, json.secret)
  const { rows } = await outside.query<{ kept: string }>(
    "select coalesce(r.result::text, '') as kept from claim_results r where r.tenant_id = $1",
    [site.tenantId],
  )
  for (const secret of [json.secret, rotated.json.secret])
    assert.ok(rows.every(({ kept }) => !kept.includes(secret) && !kept.includes(secret.replace('whsec_', ''))))
})

test('answers that show people are read anew for a repeat, so that what was erased stays so', async () => {
  const key = v7()
  const create = native('POST', '/v1/users', { name: word(), memberships: [{ desk: site.desk.id, role: 'customer' }] })
  const { json } = await sent(create, key)
  const renamed = word()
  await sent(native('PATCH', `/v1/users/${json.id}`, { name: renamed }))
  assert.equal((await answered(create, key)).json.name, renamed)
  await sent(native('DELETE', `/v1/users/${json.id}`))
  assert.equal((await answered(create, key)).status, 404)
  assert.ok(showsPeople('POST /v1/users'))
})
