import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type TestDatabase, testDatabase } from './database.ts'
import { seeNothing } from './evidence.ts'
import { type Installation, laterInstallation, PROGRAM, type Served } from './process.ts'
import { databaseUrl, type Received, send } from './world.ts'

// What it asks for is large, and the same as other tests show.
seeNothing()

/** The memory that the server gets for its objects, in MiB: far less than all that it is asked for together. */
const HEAP_MIB = 160
const MESSAGES = 200
const TICKETS = 100
const CALLERS = 16
/** Bytes: what fits into an answer, with what stands around it and one description of before. */
const LARGEST_ANSWER = 12 * 1_048_576

let database: TestDatabase
let installation: Installation
let served: Served
let large: { readonly id: string; readonly integer: number }

before(async () => {
  database = await testDatabase()
  installation = await laterInstallation()
  served = await installation.start({ DATABASE_URL: databaseUrl(database) }, [
    process.execPath,
    `--max-old-space-size=${HEAP_MIB}`,
    PROGRAM,
    'serve',
  ])
  const made = await ask('POST', '/v1/tickets', bearer('POLYDESK_API_KEY'), { title: 'Log', text: 'It ends.' })
  assert.equal(made.status, 201, made.text)
  large = made.json
  const reply = await ask('POST', `/v1/tickets/${large.id}/messages`, bearer('POLYDESK_API_KEY'), {
    html: '<p>So.</p>',
  })
  assert.equal(reply.status, 201, reply.text)
  const requester = { id: served.quickstart['SPACEBRING_USER_ID'] }
  for (let nth = 0; nth < TICKETS; nth++) {
    const listed = await ask('POST', '/v1/tickets', bearer('POLYDESK_API_KEY'), { text: `Ticket ${nth}`, requester })
    assert.equal(listed.status, 201, listed.text)
  }
  await enlarge()
})

after(async () => {
  await installation.remove()
  await database.close()
})

/** As they may be in a store from before there were bounds: a conversation and descriptions of a megabyte each. */
async function enlarge(): Promise<void> {
  const client = new pg.Client(database.connection)
  await client.connect()
  try {
    await client.query("set search_path to public; select set_config('a.t', repeat('0123456789abcde ', 65536), false)")
    const text = "current_setting('a.t')"
    await client.query(
      `insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_role, direction, channel_id,
         format, original, plain, safe_html, sanitizer, rendering, ticket_status, created_at)
       select m.tenant_id, gen_random_uuid(), m.integer + 1000 + n, m.ticket_id, 'public', m.author_id, m.author_role,
         m.direction, m.channel_id, m.format, '', ${text}, case when m.format = 'html' and n % 2 = 0 then ${text} end,
         m.sanitizer, m.rendering, m.ticket_status, m.created_at
       from messages m cross join generate_series(1, $2::integer) n where m.ticket_id = $1 and m.format = 'html'`,
      [large.id, MESSAGES],
    )
    await client.query(
      `insert into events (tenant_id, position, id, kind, ticket_id, message_id, dialect, request_id, at, after)
       select m.tenant_id, c.event_position + row_number() over (order by m.integer), gen_random_uuid(), 'message.added',
         m.ticket_id, m.id, 'native', '', m.created_at, '{"visibility": "public", "author_role": "agent"}'
       from messages m join tenant_counters c on c.tenant_id = m.tenant_id where m.ticket_id = $1 and m.integer > 1000`,
      [large.id],
    )
    await client.query(
      'update tenant_counters c set event_position = (select max(e.position) from events e where e.tenant_id = c.tenant_id)',
    )
    await client.query(`update tickets set description = ${text}, title = ''`)
  } finally {
    await client.end()
  }
}

function bearer(name: string): Record<string, string> {
  return { authorization: `Bearer ${served.quickstart[name]}` }
}

function apiKey(): Record<string, string> {
  return { authorization: `apikey ${served.quickstart['OMNIDESK_API_KEY']}` }
}

function basic(name: string, secret: string): Record<string, string> {
  const pair = `${served.quickstart[name]}:${served.quickstart[secret]}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function ask(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Received> {
  return send(served.url, method, path, { headers, ...(body !== undefined && { body }) })
}

const READS: Readonly<Record<string, () => readonly [string, Record<string, string>]>> = {
  'native ticket': () => [`/v1/tickets/${large.id}`, bearer('POLYDESK_API_KEY')],
  'native messages': () => [`/v1/tickets/${large.id}/messages`, bearer('POLYDESK_API_KEY')],
  'native timeline': () => [`/v1/tickets/${large.id}/timeline`, bearer('POLYDESK_API_KEY')],
  'native list': () => ['/v1/tickets?limit=200', bearer('POLYDESK_API_KEY')],
  'spacebring ticket': () => [
    `/support/tickets/v1/${large.id}`,
    basic('SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET'),
  ],
  'spacebring list': () => [
    `/support/tickets/v1?limit=100&locationRef=${served.quickstart['SPACEBRING_LOCATION_ID']}`,
    basic('SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET'),
  ],
  'moov messages': () => [
    `/accounts/${served.quickstart['MOOV_ACCOUNT_ID']}/tickets/${large.id}/messages`,
    basic('MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY'),
  ],
  'moov list': () => [
    `/accounts/${served.quickstart['MOOV_ACCOUNT_ID']}/tickets?count=1000`,
    basic('MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY'),
  ],
  'netgroot ticket': () => [`/api/v1/Tickets/getTicket?id=${large.integer}`, bearer('NETGROOT_STAFF_TOKEN')],
  'netgroot list': () => ['/api/v1/Tickets/getTickets', bearer('NETGROOT_STAFF_TOKEN')],
  'omnidesk ticket': () => [`/api/v2/ticket/${large.integer}`, apiKey()],
  'omnidesk history': () => [`/api/v2/ticket/${large.integer}?getTicketHistory=true`, apiKey()],
  'omnidesk list': () => ['/api/v2/ticket?itemLimit=9999', apiKey()],
}

/** Asks again while the server says that it is busy, as its answer asks for: what counts is that it lives and answers. */
async function answered(path: string, headers: Record<string, string>): Promise<{ status: number; bytes: number }> {
  for (;;) {
    const answer = await fetch(`${served.url}${path}`, { headers })
    const bytes = (await answer.arrayBuffer()).byteLength
    const wait = answer.headers.get('retry-after')
    if (wait === null || answer.status < 500) return { status: answer.status, bytes }
    await pause(1_000 * Number(wait))
  }
}

for (const [what, read] of Object.entries(READS))
  test(`${what}: many who read what is large at once are all answered, within bounds`, async () => {
    const [path, headers] = read()
    const answers = await Promise.all(Array.from({ length: CALLERS }, () => answered(path, headers)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.ok(answers.every(({ bytes }) => bytes <= LARGEST_ANSWER))
    assert.equal(served.hasEnded(), false, served.stderr())
  })
