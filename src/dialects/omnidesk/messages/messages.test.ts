import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { LIST_OWNERS } from '../../../core/identity/store.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

let world: World
/** A key that may write messages and read nothing. */
let writing: string

before(async () => {
  world = await startWorld({ POLYDESK_FILE_MIB: '1', POLYDESK_MESSAGE_FILES_MIB: '1' })
  writing = await keyWith(['MESSAGE_CREATE'])
})
after(() => world?.stop())

async function keyWith(scopes: readonly string[], deskId?: string): Promise<string> {
  const store = openDatabase({ connection: world.database.connection })
  try {
    const tenantId = world.value('SPACEBRING_NETWORK_ID')
    const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'omnidesk')
    const [owner] = await store.run(LIST_OWNERS.with({ tenant_id: tenantId }))
    assert.ok(kind && owner)
    const given = { store, now: new Date().toISOString(), newId: v7 }
    return (await issueMinted(given, tenantId, kind, 'narrow', owner.id, { scopes, ...(deskId && { deskId }) })).secret
  } finally {
    await store.close()
  }
}

interface Sent {
  readonly key?: string
  readonly headers?: Record<string, string>
}

function call(method: string, path: string, body?: unknown, { key, headers }: Sent = {}): Promise<Received> {
  return world.send(method, `/api/v2/${path}`, {
    headers: { authorization: `apikey ${key ?? world.value('OMNIDESK_API_KEY')}`, ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

async function done(method: string, path: string, body?: unknown, sent: Sent = {}) {
  const answer = await call(method, path, body, sent)
  assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
  return answer.json
}

const nativeKey = () => ({ authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` })

async function native(method: string, path: string, body?: unknown) {
  const headers = nativeKey()
  const answer = await world.send(method, `/v1/${path}`, { headers, ...(body === undefined ? {} : { body }) })
  assert.ok(answer.status < 300, answer.text)
  return answer.status === 204 ? null : answer.json
}

const newTicket = async (fields: object = {}): Promise<number> =>
  (await done('POST', 'ticket', { from: 'sam@example.com', to: 'support@example.com', ...fields })).ticketID
const timeline = async (id: number) => (await done('GET', `ticket/${id}`)).item.timeline
/** What every message here says, unless it says something else. */
const LEAST = { type: 1, message: '<p>On its <b>way</b></p>' }
const say = async (ticketID: number, more: object = {}): Promise<number> =>
  (await done('POST', 'message', { ...LEAST, ticketID, ...more })).messageID

async function refused(message: string, ticketID: number, more: object, sent: Sent = {}): Promise<void> {
  const before = (await timeline(ticketID)).length
  const answer = await call('POST', 'message', { ...LEAST, ticketID, ...more }, sent)
  assert.deepEqual([answer.status, answer.json], [400, { status: 'error', message }])
  assert.equal((await timeline(ticketID)).length, before)
}

test('whom a message goes to is kept and shown, in forms as in JSON; cc and bcc by the native API', async () => {
  const ticketID = await newTicket()
  const asked = await say(ticketID, { direction: 'inbound' })
  const fields = {
    ticketID: String(ticketID),
    type: '1',
    message: '<p>Hello</p>',
    toAddress: 'kim@example.com, lee@example.com',
    ccInput: 'copy@example.com',
    bccInput: 'secret@example.com',
    respondMessageID: String(asked),
    plaintext: 'Hello, in words',
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  for (const body of [fields, form, new URLSearchParams(fields)]) {
    const { messageID } = await done('POST', 'message', body)
    const entry = (await timeline(ticketID)).at(-1)
    assert.deepEqual(
      [entry.id, entry.to, entry.to_name, entry.content, entry.external_id],
      [String(messageID), 'kim@example.com,lee@example.com', '', '<p>Hello</p>', null],
    )
    const { data } = await native('GET', `tickets/${ticketID}/messages`)
    const inbound = data.find(({ integer }: { integer: number }) => integer === asked)
    assert.partialDeepStrictEqual(data.at(-1), {
      integer: messageID,
      text: 'Hello, in words',
      html: '<p>Hello</p>',
      to: ['kim@example.com', 'lee@example.com'],
      cc: ['copy@example.com'],
      bcc: ['secret@example.com'],
      in_reply_to: inbound.id,
    })
  }
  assert.ok(!JSON.stringify(await timeline(ticketID)).includes('secret@example.com'))
})

test('without an address a message goes to the customer of the ticket, and 0 answers nothing', async () => {
  const ticketID = await newTicket()
  await say(ticketID, { toAddress: '', ccInput: '', bccInput: '', respondMessageID: 0, plaintext: '' })
  const [entry] = await timeline(ticketID)
  assert.deepEqual([entry.to, entry.external_id], ['sam@example.com', null])
  const [message] = (await native('GET', `tickets/${ticketID}/messages`)).data
  assert.partialDeepStrictEqual(message, { to: [], cc: [], bcc: [], in_reply_to: null, text: 'On its way' })
})

test('external_id is what the message is called where it came from', async () => {
  const ticketID = await newTicket()
  await native('POST', `tickets/${ticketID}/messages`, { text: 'Hi', external_reference: '<1@mail.example>' })
  assert.equal((await timeline(ticketID)).at(-1).external_id, '<1@mail.example>')
})

test('an address that is none, and a message that is not of the ticket, are refused by their parameter', async () => {
  const ticketID = await newTicket()
  const elsewhere = await say(await newTicket())
  const note = await say(ticketID, { type: 5 })
  const wrong = {
    toAddress: ['nobody', 'kim@example.com, nobody', 'kim@example.com lee@example.com'],
    ccInput: ['nobody', 'a@example.com, b@example.com', 'a,b@example.com', 'a@example.com b@example.com'],
    bccInput: ['nobody', 'a@example.com, b@example.com', 'a,b@example.com', 'a@example.com b@example.com'],
    plaintext: [['x']],
    respondMessageID: ['first'],
  }
  for (const [name, values] of Object.entries(wrong))
    for (const value of values) await refused(`Invalid value for parameter ${name}.`, ticketID, { [name]: value })
  const many = Array.from({ length: 51 }, (_, nth) => `${nth}@example.com`).join()
  await refused('Invalid value for parameter toAddress.', ticketID, { toAddress: many })
  for (const respondMessageID of [elsewhere, 999_999, Number.MAX_SAFE_INTEGER])
    await refused('This message does not exist.', ticketID, { respondMessageID })
  // A customer who sees the answer does not see the note.
  await refused('Invalid value for parameter respondMessageID.', ticketID, { respondMessageID: note })
  await refused('This message does not exist.', ticketID, { respondMessageID: note, type: 5 }, { key: writing })
  await say(ticketID, { respondMessageID: note, type: 5 })
})

// --- files ------------------------------------------------------------------------------------------------------------

async function upload(content: string, name: string): Promise<{ readonly id: string; readonly integer: number }> {
  const body = new FormData()
  body.set('file', new File([content], name))
  const answer = await world.send('POST', '/v1/attachments', { headers: nativeKey(), body })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

/** A message with files, and their integers as the vendor's clients find them. */
async function filesOn(ticketID: number, contents: readonly string[], more: object = {}): Promise<readonly number[]> {
  const attachments: string[] = []
  for (const [nth, content] of contents.entries()) attachments.push((await upload(content, `${nth}.txt`)).id)
  await native('POST', `tickets/${ticketID}/messages`, { text: 'Files', attachments, ...more })
  return listed((await timeline(ticketID)).at(-1)).map(({ id }) => id)
}

interface Listed {
  readonly id: number
  readonly name: string
  readonly mime: string
  readonly size: number
}

const listed = ({ meta_data }: { readonly meta_data: string }): readonly Listed[] => JSON.parse(meta_data)

/** The names and bytes of the files that a ticket's last message has. */
async function lastFiles(ticketID: number): Promise<readonly (readonly [name: string, content: string])[]> {
  const { data } = await native('GET', `tickets/${ticketID}/messages`)
  return Promise.all(
    data
      .at(-1)
      .attachments.map(async ({ name, url }: { name: string; url: string }) => [name, await (await fetch(url)).text()]),
  )
}

async function kept(): Promise<readonly string[]> {
  const home = join(world.dataDir, 'files', 'kept')
  return (await readdir(home, { recursive: true }).catch(() => [])).filter((name) => name.includes('/')).sort()
}

test('files are listed in meta_data, and passed on by their ids, each once, in forms as in JSON', async () => {
  const [from, to] = [await newTicket(), await newTicket()]
  const [first = 0, second = 0] = await filesOn(from, ['One', 'Two, longer'])
  assert.deepEqual(listed((await timeline(from)).at(-1)), [
    { id: first, name: '0.txt', mime: 'text/plain', size: 3 },
    { id: second, name: '1.txt', mime: 'text/plain', size: 11 },
  ])
  const form = (values: readonly number[]) => {
    const data = new FormData()
    for (const [name, value] of Object.entries({ ...LEAST, ticketID: to })) data.set(name, String(value))
    for (const value of values) data.append('forwardedFileIDs[]', String(value))
    return data
  }
  const bodies = [
    { ...LEAST, ticketID: to, forwardedFileIDs: [second, first, second] },
    { ...LEAST, ticketID: to, forwardedFileIDs: `${second}, ${first}` },
    { ...LEAST, ticketID: to, 'forwardedFileIDs[]': [String(second), String(first)] },
    form([second, first]),
  ]
  const seen = new Set([first, second])
  for (const body of bodies) {
    const { messageID } = await done('POST', 'message', body)
    const entry = (await timeline(to)).at(-1)
    assert.equal(entry.id, String(messageID))
    assert.deepEqual(
      listed(entry).map(({ name, size }) => [name, size]),
      [
        ['1.txt', 11],
        ['0.txt', 3],
      ],
    )
    for (const { id } of listed(entry)) assert.ok(!seen.has(id) && seen.add(id))
  }
  await done('DELETE', `ticket/${from}`)
  assert.deepEqual(await lastFiles(to), [
    ['1.txt', 'Two, longer'],
    ['0.txt', 'One'],
  ])
  // And on, from a copy; one that passes on none has none.
  const again = await newTicket()
  await say(again, { forwardedFileIDs: [Math.max(...seen)] })
  assert.deepEqual(await lastFiles(again), [['0.txt', 'One']])
  for (const forwardedFileIDs of [null, '', []]) await say(again, { forwardedFileIDs })
  assert.deepEqual((await timeline(again)).map(listed).slice(1), [[], [], []])
})

test('a file that is none, or out of sight, and too many of them are refused, and nothing is changed', async () => {
  const ticketID = await newTicket()
  const [known = 0] = await filesOn(ticketID, ['Known'])
  const [noted = 0] = await filesOn(ticketID, ['Noted'], { visibility: 'internal' })
  const half = 'x'.repeat(600_000)
  const large = await filesOn(await newTicket(), [half])
  const others = await filesOn(await newTicket(), [half])
  const unused = await upload('Unused', 'unused.txt')
  const before = await kept()
  const unknown = 'Could not retreive a file with this ID.'
  for (const id of [0, 999_999, Number.MAX_SAFE_INTEGER, unused.integer])
    await refused(unknown, ticketID, { forwardedFileIDs: [known, id] })
  await refused(unknown, ticketID, { forwardedFileIDs: [noted] }, { key: writing })
  const bound = await keyWith(['MESSAGE_CREATE', 'TICKET_READ'], world.value('MOOV_CONNECTED_ACCOUNT_ID'))
  const elsewhere = await newTicket({ brandID: 2 })
  await refused(unknown, elsewhere, { forwardedFileIDs: [known] }, { key: bound })
  const wrong = 'Invalid value for parameter forwardedFileIDs.'
  const many = Array.from({ length: 21 }, (_, nth) => nth + 1)
  for (const forwardedFileIDs of [['x'], many, [...large, ...others]])
    await refused(wrong, ticketID, { forwardedFileIDs })
  const closed = await newTicket()
  await done('POST', 'ticket/setStatus', { status: 'closed', ticketIDs: closed })
  await refused('This ticket is closed.', closed, { forwardedFileIDs: [known], direction: 'inbound' })
  assert.deepEqual(await kept(), before)

  await say(ticketID, { forwardedFileIDs: [noted, ...large] })
  assert.equal(
    (await call('POST', 'message', { ...LEAST, ticketID, forwardedFileIDs: [known] }, { key: writing })).status,
    200,
  )
  assert.equal((await kept()).length, before.length + 3)
})

test('a message that passes on files is one, with one copy of each, however often and at once it is sent with its key', async () => {
  const [from, to] = [await newTicket(), await newTicket()]
  const forwardedFileIDs = await filesOn(from, ['Once', 'Only'])
  const before = (await kept()).length
  const body = { ...LEAST, ticketID: to, forwardedFileIDs }
  const sent = { headers: { 'idempotency-key': v7() } }
  const twins = await Promise.all(Array.from({ length: 8 }, () => done('POST', 'message', body, sent)))
  assert.equal(new Set(twins.map(({ messageID }) => messageID)).size, 1)
  await done('DELETE', `ticket/${from}`)
  assert.deepEqual(await done('POST', 'message', body, sent), twins[0])
  assert.equal((await timeline(to)).length, 1)
  assert.equal(listed((await timeline(to))[0]).length, 2)
  assert.equal((await kept()).length, before)
  const other = await call('POST', 'message', { ...body, forwardedFileIDs: [] }, sent)
  assert.equal(other.status, 422)
})
