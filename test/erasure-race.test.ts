import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { v7 } from 'uuid'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { openDatabase } from '../src/storage/database.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { seeNothing } from './evidence.ts'
import { type Installation, laterInstallation, type Served, until } from './process.ts'
import { startReceiver } from './receiver.ts'
import { databaseUrl, type Received, send } from './world.ts'

// What is seen here is not the same in every run.
seeNothing()

const ROUNDS = 2
/** A word that is in everything that anybody writes of or in the name of the person. */
const MARK = 'zqmark'

/**
 * Every column of text there is, decided one by one: those of a table with a position are looked at, and all others are
 * excused for a reason. A new column is in neither, and fails the test until somebody decides.
 *
 * `position` is SQL for the event by which a row `r` came to hold its words: null for what must hold none at all.
 */
const WRITTEN: Readonly<Record<string, { readonly columns: readonly string[]; readonly position: string | null }>> = {
  attachments: {
    columns: ['name', 'media_type'],
    position: 'select e.position from events e where e.tenant_id = r.tenant_id and e.message_id = r.message_id',
  },
  claim_results: {
    columns: ['result'],
    position: "select min((x ->> 'position')::bigint) from jsonb_array_elements(r.result -> 'events') x",
  },
  events: { columns: ['before', 'after'], position: 'select r.position' },
  external_identities: { columns: ['external_id'], position: null },
  messages: {
    columns: [
      ...['author_name', 'original', 'plain', 'safe_html', 'to_addresses', 'cc_addresses', 'bcc_addresses'],
      ...['address_keys', 'external_reference'],
    ],
    position:
      "select e.position from events e where e.tenant_id = r.tenant_id and e.message_id = r.id and e.kind <> 'message.deleted'",
  },
  tickets: {
    columns: [
      ...[
        'title',
        'description',
        'from_address',
        'from_name',
        'to_address',
        'to_name',
        'external_reference',
        'tags',
        'fields',
      ],
    ],
    position:
      "select e.position from events e where e.tenant_id = r.tenant_id and e.ticket_id = r.id and e.kind = 'ticket.created'",
  },
  undeliverable_addresses: { columns: ['address_key', 'address', 'answer'], position: null },
  user_addresses: {
    columns: ['address_key', 'address'],
    position:
      "select e.position from events e where e.tenant_id = r.tenant_id and e.subject_id = r.user_id and e.kind = 'user.created'",
  },
  users: {
    columns: [
      ...['name', 'surname', 'email', 'email_key', 'username', 'username_key', 'customer_number', 'phone', 'photo_url'],
      ...['about', 'password_hash', 'fields'],
    ],
    position:
      "select e.position from events e where e.tenant_id = r.tenant_id and e.subject_id = r.id and e.kind = 'user.created'",
  },
  webhook_attempts: {
    columns: ['request_headers', 'answer_headers', 'answer_body', 'problem'],
    position: 'select d.position from webhook_deliveries d where d.tenant_id = r.tenant_id and d.id = r.delivery_id',
  },
  webhook_deliveries: { columns: ['body'], position: 'select r.position' },
}

const CATALOGUE = 'the words of who runs the desk'
const OURS = 'a word of a closed list, or one of ours'
const DIGEST = 'a digest or a sealed secret'
const SEARCH_KEYS = 'digests of words; the erasure leaves the ticket in search_due, whose job makes them anew'
const COUNTED = 'ids, and of words only tags and choices as tickets have them: the next count takes what these lost'
const EXCUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  attachments: { sha256: DIGEST },
  bulk_job_tickets: { outcome: OURS, problem: OURS },
  bulk_jobs: {
    ...{ dialect: OURS, request_id: 'made by the server', permissions: OURS, view_id: OURS, state: OURS },
    ...{ query: 'words of who works the desk, which go after 30 days', change: 'as the query', retag: 'as the query' },
  },
  channels: { kind: CATALOGUE, name: CATALOGUE, icon: OURS },
  claim_results: { key: "the name that a client's program gives a request", ticket_ids: 'ids' },
  claims: { key: "the name that a client's program gives a request", fingerprint: DIGEST },
  credentials: {
    ...{ dialect: OURS, kind: OURS, name: 'of who issued it; of an erased person’s it is blanked' },
    ...{ public_id: OURS, secret_hash: DIGEST, scopes: OURS, redirect_uris: CATALOGUE, origins: CATALOGUE },
  },
  desks: { name: CATALOGUE, addresses: CATALOGUE },
  directory: { kind: OURS, hash: DIGEST },
  events: { kind: OURS, dialect: OURS, request_id: 'made by the server', visibility: OURS },
  fields: {
    ...{ key: CATALOGUE, type: OURS, label: CATALOGUE, description: CATALOGUE, choices: CATALOGUE, required: OURS },
  },
  forms: { name: CATALOGUE },
  grants: {
    ...{ scopes: OURS, code_hash: DIGEST, code_challenge: DIGEST, refresh_hash: DIGEST },
    ...{ redirect_uri: 'one that the client registered' },
  },
  groups: { name: CATALOGUE },
  imported: { source_key: DIGEST, said: DIGEST },
  login_failures: { key: DIGEST },
  macros: {
    ...{ name: 'as the name of a view', message_text: 'as the name', message_visibility: OURS, audience: OURS },
    change: 'as the name of a view: words of the tenant, and ids',
  },
  mail_ids: { key: 'an id that a program made' },
  mail_raws: { raw: 'goes with the mail' },
  mails: {
    ...{ state: OURS, reason: OURS, authentication: OURS, identity: DIGEST },
    ...{ recipient: 'goes with the mail', sender: 'goes with the mail', from_address: 'goes with the mail' },
    ...{ from_name: 'goes with the mail', subject: 'goes with the mail', from_key: 'goes with the mail' },
    ...{ foreign_key: 'goes with the mail', people_keys: 'goes with the mail', explanation: 'goes with the mail' },
    ...{ own_ids: 'ids of mails, until it is filed', named_ids: 'ids of mails, until it is filed' },
  },
  memberships: { role: OURS },
  messages: {
    ...{ visibility: OURS, author_role: OURS, direction: OURS, format: OURS, sanitizer: OURS, ticket_status: OURS },
  },
  migrations: { name: OURS },
  priority_labels: { name: CATALOGUE, priority: OURS },
  rate_buckets: { name: OURS },
  recovery_codes: { hash: DIGEST },
  report_cells: { metric: OURS, dimension: OURS, value: COUNTED, quarters: 'numbers' },
  report_marks: { metric: OURS },
  report_tickets: { parts: COUNTED },
  outgoing_mails: {
    mail_id: 'made of ids and the address of a desk',
    state: OURS,
    answer: 'words of a mail server, without addresses',
    held_because: OURS,
  },
  saved_replies: {
    ...{ name: 'as the name of a view', folder: 'as the name', language: OURS, text: 'as the name', audience: OURS },
  },
  scheduled_messages: {
    ...{ text: 'the row goes with its author, and with its ticket', visibility: OURS, format: OURS, status: OURS },
    ...{ attachment_ids: 'ids of files', dialect: OURS, permissions: OURS, problem: 'what the rules say' },
  },
  search_people: { keys: 'digests of words; the row goes with the erasure' },
  search_tail: { keys: SEARCH_KEYS },
  search_tickets: { keys: SEARCH_KEYS },
  second_factors: { secret: DIGEST },
  status_labels: { name: CATALOGUE, status: OURS },
  tags: { name: CATALOGUE, colour: OURS, description: CATALOGUE, leads_to: CATALOGUE },
  tenants: { name: CATALOGUE, search_language: OURS },
  ticket_links: { kind: OURS },
  tickets: { status: OURS, priority: OURS, direction: OURS },
  topics: { name: CATALOGUE, offered_in: OURS, word: CATALOGUE },
  types: { name: CATALOGUE },
  unsent_messages: {
    ...{ text: 'the row goes with its author, and with its ticket', visibility: OURS, format: OURS },
    attachment_ids: 'ids of files',
  },
  user_addresses: { kind: OURS },
  users: { kind: OURS },
  views: {
    ...{ name: 'private ones go with their author; shared ones are words of who runs the desk', sort: OURS },
    ...{ query: 'as the name', audience: OURS },
  },
  webhook_attempts: { url: CATALOGUE },
  webhook_deliveries: { event_type: OURS, state: OURS },
  webhooks: {
    ...{ dialect: OURS, url: CATALOGUE, description: CATALOGUE, events: OURS, disabled_by: OURS },
    ...{ secret: DIGEST, previous_secret: DIGEST, disabled_because: "an operator's, or what the receiver answered" },
  },
}

let database: TestDatabase
let outside: pg.Client
const installations: Installation[] = []
let servers: readonly [Served, Served]
let receiver: Awaited<ReturnType<typeof startReceiver>>

before(async () => {
  database = await testDatabase()
  receiver = await startReceiver()
  const start = async (): Promise<Served> => {
    const installation = await laterInstallation()
    installations.push(installation)
    return installation.start({
      DATABASE_URL: databaseUrl(database),
      POLYDESK_SECRET_KEY: 'the same key for both of the servers',
      POLYDESK_WEBHOOK_NETWORKS: '127.0.0.1',
      POLYDESK_WEBHOOK_HTTP: 'on',
    })
  }
  servers = [await start(), await start()]
  outside = new pg.Client(database.connection)
  await outside.connect()
})
after(async () => {
  await outside?.end()
  for (const installation of installations) await installation.remove()
  await receiver?.close()
  await database?.close()
})

/** A native key of a person. */
async function keyOf(tenantId: string, userId: string): Promise<string> {
  const store = openDatabase({ connection: database.connection })
  try {
    const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'native')
    const admin = { store, now: new Date().toISOString(), newId: () => v7() }
    return (await issueMinted(admin, tenantId, kind ?? assert.fail(), 'Own', userId)).secret
  } finally {
    await store.close()
  }
}

async function rows<Row extends object>(sql: string, ...values: unknown[]): Promise<readonly Row[]> {
  return (await outside.query<Row>(sql, values)).rows
}

test('Of every column of text it was decided whether a person’s words can be in it', async () => {
  const there = await rows<{ column: string }>(
    `select c.table_name || '.' || c.column_name as column from information_schema.columns c
     where c.table_schema = current_schema() and c.table_name in (
       select t.table_name from information_schema.tables t where t.table_schema = current_schema() and t.table_type = 'BASE TABLE')
     and (c.data_type in ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY', 'xml', 'tsvector', 'USER-DEFINED'))`,
  )
  const partitions = new Set(
    (await rows<{ name: string }>('select relname as name from pg_class where relispartition')).map(({ name }) => name),
  )
  const decided = [
    ...Object.entries(WRITTEN).flatMap(([table, { columns }]) => columns.map((column) => `${table}.${column}`)),
    ...Object.entries(EXCUSED).flatMap(([table, columns]) =>
      Object.keys(columns).map((column) => `${table}.${column}`),
    ),
  ]
  const columns = there.map(({ column }) => column).filter((column) => !partitions.has(column.split('.')[0] ?? ''))
  assert.deepEqual(decided.toSorted(), columns.toSorted())
})

/** Where words of a mark are that are older than an erasure, or at no event at all. */
async function olderWords(word: string, position: number): Promise<readonly string[]> {
  const found: string[] = []
  for (const [table, { columns, position: of }] of Object.entries(WRITTEN)) {
    const text = columns.map((column) => `coalesce(r.${column}::text, '')`).join(` || ' ' || `)
    const left = await rows<{ row: string }>(
      `select to_jsonb(r)::text as row from ${table} r
       where strpos(lower(${text}), $1) > 0 and coalesce((${of ?? 'select null::bigint'}), 0) < $2`,
      word,
      position,
    )
    found.push(...left.map(({ row }) => `${table}: ${row}`))
  }
  return found
}

function ask(server: Served, method: string, path: string, authorization: string, body?: unknown, key = false) {
  const headers = { authorization, ...(key && { 'idempotency-key': randomUUID() }) }
  return send(server.url, method, path, { headers, ...(body === undefined ? {} : { body }) })
}

/** Some deliveries are done, some wait; and a receiver says what it heard, which the log of attempts keeps. */
function echo(word: string): void {
  receiver.reply = ({ body }) => {
    const says = body.includes(word) ? { body: word } : {}
    return randomInt(2) === 0 ? { status: 200, ...says } : { status: 500, ...says }
  }
}

/** What an attempt that was under way kept is forgotten when its delivery is made again, a moment later. */
async function assertNoneOlder(word: string, position: number): Promise<void> {
  await until('attempts to be forgotten', async () => {
    const left = await olderWords(word, position)
    return left.every((each) => !each.startsWith('webhook_attempts'))
  }).catch(() => {})
  assert.deepEqual(await olderWords(word, position), [])
}

function done(answer: Received): Received {
  assert.ok(answer.status < 300, `${answer.status} ${answer.text}`)
  return answer
}

for (let round = 1; round <= ROUNDS; round++) {
  test(`Nothing of before an erasure is left in any table, whatever two servers write in the person’s name: ${round}`, async () => {
    const [one, two] = servers
    const values = one.quickstart
    const [desk, other] = [values['MOOV_ACCOUNT_ID'], values['MOOV_CONNECTED_ACCOUNT_ID']]
    const owner = `Bearer ${values['POLYDESK_API_KEY']}`
    const omnidesk = `apikey ${values['OMNIDESK_API_KEY']}`
    const moov = `Basic ${Buffer.from(`${values['MOOV_PUBLIC_KEY']}:${values['MOOV_SECRET_KEY']}`).toString('base64')}`
    for (const dialect of ['native', 'omnidesk', 'moov'])
      done(await ask(one, 'POST', '/v1/webhooks', owner, { url: receiver.url, dialect }))
    const word = `${MARK}${round}`
    echo(word)
    const email = `${word}@example.com`
    const person = done(
      await ask(one, 'POST', '/v1/users', owner, {
        ...{ name: `Name ${word}`, email, about: `About ${word}` },
        memberships: [desk, other].map((each) => ({ desk: each, role: 'customer' })),
        addresses: [{ kind: 'telephone', address: `+3161234567${round}` }],
        external_ids: [{ desk, id: `ext ${word}` }],
      }),
    ).json
    const said = () => `Words ${word} ${randomUUID()}`
    const own = done(
      await ask(one, 'POST', '/v1/tickets', owner, { requester: { id: person.id }, title: said(), text: said() }, true),
    ).json
    const foreign = done(await ask(one, 'POST', '/v1/tickets', owner, { title: 'Other' }, true)).json

    const persons = `Bearer ${await keyOf(values['SPACEBRING_NETWORK_ID'] ?? '', person.id)}`
    const upload = async (server: Served) => {
      const form = new FormData()
      form.set('file', new Blob([said()], { type: 'text/plain' }), `${word}.txt`)
      const file = await ask(server, 'POST', '/v1/attachments', persons, form)
      if (file.status !== 201 || randomInt(3) === 0) return file
      return ask(server, 'POST', '/v1/tickets', persons, {
        desk,
        title: said(),
        text: said(),
        attachments: [file.json.id],
      })
    }
    const writers: readonly ((server: Served) => Promise<Received>)[] = [
      (server) =>
        ask(server, 'POST', '/v1/tickets', owner, { requester: { id: person.id }, title: said(), text: said() }, true),
      (server) =>
        ask(
          server,
          'POST',
          '/v1/tickets',
          owner,
          { requester: { email, name: word }, title: said(), text: said() },
          true,
        ),
      (server) =>
        ask(
          server,
          'POST',
          '/api/v2/message',
          omnidesk,
          {
            ...{
              ticketID: own.integer,
              type: '1',
              direction: 'inbound',
              from: email,
              to: 'desk@example.com',
              subject: 'Re',
            },
            message: said(),
          },
          true,
        ),
      (server) =>
        ask(
          server,
          'POST',
          '/api/v2/ticket',
          omnidesk,
          { from: email, fromName: word, title: said(), brandID: 1 },
          true,
        ),
      (server) =>
        ask(
          server,
          'POST',
          `/accounts/${desk}/tickets`,
          moov,
          {
            ...{ title: said(), body: said(), contact: { email, name: word }, author: word },
          },
          true,
        ),
      (server) =>
        ask(server, 'POST', `/v1/tickets/${foreign.id}/messages`, owner, { text: 'For them', cc: [email] }, true),
      (server) => ask(server, 'PATCH', `/v1/users/${person.id}`, owner, { about: said() }, true),
      (server) => ask(server, 'POST', '/v1/tickets', persons, { desk, title: said(), text: said() }, true),
      (server) => ask(server, 'POST', `/v1/tickets/${own.id}/messages`, persons, { text: said() }, true),
      upload,
    ]
    let isOver = false
    const written = new Map<number, number>()
    const writing = servers.flatMap((server) =>
      writers.map(async (write, nth) => {
        while (!isOver) {
          const { status, text } = await write(server)
          assert.ok(status < 500, `${status} ${text}`)
          if (status === 401) return
          if (status < 300) written.set(nth, (written.get(nth) ?? 0) + 1)
        }
      }),
    )
    while (written.size < writers.length) await pause(10)
    await pause(randomInt(200))
    const erased = await ask(two, 'DELETE', `/v1/users/${person.id}`, owner)
    isOver = true
    await Promise.all(writing)
    assert.equal(erased.status, 204, erased.text)

    const [event] = await rows<{ position: string }>(
      "select position from events where kind = 'user.erased' and subject_id = $1",
      person.id,
    )
    await assertNoneOlder(word, Number(event?.position))
    // What receivers are told from now on is of after it, too.
    receiver.reply = () => ({ status: 204 })
    for (const { id } of done(await ask(one, 'GET', '/v1/webhooks', owner)).json.data)
      done(await ask(one, 'DELETE', `/v1/webhooks/${id}`, owner))
  })
}

test('Nothing of a deleted message or ticket is left in any table', async () => {
  const [one, two] = servers
  const owner = `Bearer ${one.quickstart['POLYDESK_API_KEY']}`
  const text = `${MARK}gone`
  done(await ask(one, 'POST', '/v1/webhooks', owner, { url: receiver.url, dialect: 'native' }))
  echo(text)
  const make = () =>
    ask(one, 'POST', '/v1/tickets', owner, { title: `Title ${text}`, text, tags: [text], reference: text }, true)
  const ticket = done(await make()).json
  const kept = done(await ask(one, 'POST', '/v1/tickets', owner, { title: 'Kept', text }, true)).json
  const reply = done(
    await ask(two, 'POST', `/v1/tickets/${kept.id}/messages`, owner, { text, cc: [`${text}@example.com`] }, true),
  ).json
  const messages = done(await ask(two, 'GET', `/v1/tickets/${kept.id}/messages`, owner)).json.data
  assert.equal(messages.length, 2, JSON.stringify(reply))
  done(await ask(two, 'PATCH', `/v1/tickets/${ticket.id}`, owner, { title: `More ${text}` }, true))
  for (const { id } of messages) done(await ask(two, 'DELETE', `/v1/tickets/${kept.id}/messages/${id}`, owner))
  done(await ask(two, 'DELETE', `/v1/tickets/${ticket.id}`, owner))
  await assertNoneOlder(text, Number.MAX_SAFE_INTEGER)
})
