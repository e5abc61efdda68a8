/**
 * Keeps what a Polydesk of this schema writes, for the tests that migrate it later: starts the server, uses it a little
 * through its dialects, and writes its rows to test/fixtures/schemas/NNNN.sql, where NNNN is the newest migration.
 *
 * `node bin/node.mjs scripts/schema-fixture.ts` before a migration is written, or with the folder of another checkout, for
 * instance a `git worktree` of an older commit, to keep what that one writes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { valuesIn } from '../src/dialects/quickstart.ts'
import { startEmbedded } from '../src/storage/embedded.ts'
import { type Rows, rowsAsSql, sumOf } from '../test/schemas.ts'

/** A name that never is anybody's (RFC 2606). */
const NOWHERE = 'https://receiver.invalid/polydesk'

const root = join(import.meta.dirname, '..')
const checkout = resolve(process.argv[2] ?? root)
const dataDir = await mkdtemp(join(tmpdir(), 'polydesk-schema-'))
try {
  await useServer()
  await keepRows()
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

/** Runs the checkout's server for as long as it is used. */
async function useServer(): Promise<void> {
  const url = `http://127.0.0.1:${await freePort()}`
  const server = spawn(process.execPath, [join('bin', 'polydesk.mjs'), 'serve'], {
    cwd: checkout,
    env: { ...process.env, PORT: new URL(url).port, POLYDESK_DATA_DIR: dataDir, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    while (!(await isReady(url))) {
      if (server.exitCode !== null) throw new Error('The server ended.')
      await pause(200)
    }
    await use(url, valuesIn(await readFile(join(dataDir, 'quickstart.env'), 'utf8')))
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGTERM')
      await once(server, 'exit')
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (typeof address !== 'object' || address === null) throw new Error('There is no port.')
  return address.port
}

/** A little of everything. What an older version does not have is told and left out. */
async function use(url: string, values: Readonly<Record<string, string>>): Promise<void> {
  const value = (name: string): string => values[name] ?? ''
  const ask = async (dialect: string, method: string, path: string, body?: object, more?: object): Promise<Answer> => {
    const isForm = body instanceof FormData
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...credentials(dialect, value),
        ...(body && !isForm && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) console.error(`${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`)
    const answer: Answer = response.ok && text !== '' ? JSON.parse(text) : {}
    return answer
  }
  const create = (title: string, more: object) => ask('native', 'POST', '/v1/tickets', { title, ...more })
  const form = new FormData()
  form.set('file', new Blob(['The door is blue.'], { type: 'text/plain' }), 'door.txt')
  const file = await ask('native', 'POST', '/v1/attachments', form)
  await ask('native', 'POST', '/v1/webhooks', { url: NOWHERE, events: ['ticket.deleted'] })
  const key = { 'idempotency-key': 'kept-since-then' }
  const door = await ask('native', 'POST', '/v1/tickets', { title: 'The door', text: 'It is shut.' }, key)
  const lamp = await create('The lamp ☀', {
    html: '<p>It is <b>dark</b> &amp; cold.</p>',
    requester: { email: 'Zoe.Dark@Example.com', name: 'Zoë Dark' },
    priority: 'high',
    tags: ['light', 'VIP'],
    reference: 'L-1',
    topic: 1,
  })
  const contact = await ask('native', 'POST', '/v1/forms', { name: 'Contact' })
  await create('A form', { text: 'With a form.', ...(contact.id && { form: contact.id }), type: 1 })
  const gone = await create('Gone', { text: 'To be deleted.' })
  await ask('native', 'DELETE', `/v1/tickets/${gone.id}`)
  await ask('native', 'PATCH', `/v1/tickets/${door.id}`, { status: 'pending', add_tags: ['shut'] })
  await ask('native', 'PATCH', `/v1/tickets/${lamp.id}`, { desk: value('MOOV_CONNECTED_ACCOUNT_ID') })
  const say = (body: object) => ask('native', 'POST', `/v1/tickets/${door.id}/messages`, body)
  await say({ text: 'We look at it at once.', ...(file.id && { attachments: [file.id] }) })
  await say({ text: 'Where is the key?', visibility: 'internal' })
  const wrong = await say({ text: 'Wrong window.' })
  await ask('native', 'DELETE', `/v1/tickets/${door.id}/messages/${wrong.message?.id}`)
  await ask('native', 'PATCH', `/v1/tickets/${door.id}`, { status: 'solved' })
  const filed = { text: 'The net is slow.', type: 'internet', locationRef: value('SPACEBRING_LOCATION_ID') }
  await ask('spacebring', 'POST', '/support/tickets/v1', { ticket: filed })
  const moov = { title: 'Paid twice', body: 'Twice.', contact: { email: 'payer@example.com', name: 'Pat Payer' } }
  await ask('moov', 'POST', `/accounts/${value('MOOV_ACCOUNT_ID')}/tickets`, moov)
  const netgroot = { subject_id: 2, type_id: 3, status_id: 2, priority_id: 4, group_id: 2, message: 'No signal.' }
  await ask('netgroot', 'POST', '/api/v1/subscriber/CreateTicket', netgroot)
  await ask('omnidesk', 'POST', '/api/v2/ticket', { brandID: 1, channelID: 3, title: 'Omni', assignedGroupID: 2 })
  const customer = {
    firstname: 'Olga',
    primary_id: 'olga-1',
    channel_id: 'email',
    customer_link_channel: 'olga@example.com',
  }
  await ask('omnidesk', 'POST', '/api/v2/customer', customer)
  const another = { externalPrimaryID: 'olga-1', extra_email: 'olga@elsewhere.example' }
  await ask('omnidesk', 'POST', '/api/v2/customer/addChannelOnly', another)
  const grant = { grant_type: 'client_credentials', scope: `/accounts/${value('MOOV_ACCOUNT_ID')}/tickets.read` }
  await ask('moov', 'POST', '/oauth2/token', grant)
  // Refused, and counted.
  await ask('netgroot', 'POST', '/api/v1/subscriber/Login', { username: 'rosa', password: 'not hers' })
}

/** What is read of an answer. */
interface Answer {
  readonly id?: string | number
  readonly message?: { readonly id: string }
}

function credentials(dialect: string, value: (name: string) => string): Record<string, string> {
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
  switch (dialect) {
    case 'spacebring':
      return {
        authorization: `Bearer ${value('SPACEBRING_ACCESS_TOKEN')}`,
        'spacebring-network-id': value('SPACEBRING_NETWORK_ID'),
      }
    case 'moov':
      return { authorization: basic(`${value('MOOV_PUBLIC_KEY')}:${value('MOOV_SECRET_KEY')}`) }
    case 'netgroot':
      return { authorization: `Bearer ${value('NETGROOT_TOKEN')}` }
    case 'omnidesk':
      return { authorization: `apikey ${value('OMNIDESK_API_KEY')}` }
    default:
      return { authorization: `Bearer ${value('POLYDESK_API_KEY')}` }
  }
}

async function keepRows(): Promise<void> {
  const embedded = await startEmbedded({
    dataDir,
    log: (level, message) => level === 'error' && console.error(message),
  })
  const client = new pg.Client(embedded.connection)
  await client.connect()
  try {
    const rows: Rows = async (sql) => (await client.query(sql)).rows
    const folder = join(checkout, 'src', 'storage', 'migrations')
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
    const path = join(root, 'test', 'fixtures', 'schemas', `${String(names.length).padStart(4, '0')}.sql`)
    await writeFile(path, `${sumOf(texts)}\n${await rowsAsSql(rows)}`)
    console.log(`Wrote ${path}.`)
  } finally {
    await client.end()
    await embedded.stop()
  }
}
