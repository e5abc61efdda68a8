import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore, type SmallTenant, tick } from '../../../../test/core.ts'
import { renewMessages } from '../../../jobs/renew-messages.ts'
import type { Files } from '../../../storage/files.ts'
import { openDiskFiles } from '../../../storage/files-disk.ts'
import { openInbox } from '../../../storage/files-inbox.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { eraseUser } from '../../erasure/person.ts'
import { Refusal } from '../../errors.ts'
import { changeTicket } from '../../tickets/commands/change.ts'
import { createTicket } from '../../tickets/commands/create.ts'
import { getConversation } from '../../tickets/queries/conversation.ts'
import { getTicket } from '../../tickets/queries/find.ts'
import { getOriginal } from '../../tickets/queries/original.ts'
import { IN_HASTE, RENDERING, SANITIZER } from '../content.ts'
import { renewSome } from './commands.ts'

/** A red dot of five by five pixels. */
const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=='

let core: Core
let store: Store
let made: SmallTenant
let home: string

before(async () => {
  core = await openCore()
  home = await mkdtemp(join(tmpdir(), 'polydesk-renewal-'))
  const limits = {
    fileBytes: 1_000_000,
    messageBytes: 2_000_000,
    mediaTypes: [],
    unused: { files: 100, bytes: 100_000_000 },
  }
  const files: Files = { store: openDiskFiles(join(home, 'kept')), inbox: openInbox(join(home, 'incoming')), limits }
  store = openStore(core.store.database, { files })
  made = await makeTenant(store)
})
after(async () => {
  await core.close()
  await rm(home, { recursive: true, force: true })
})

async function opened(html: string, plain?: string) {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const message = { visibility: 'public', format: 'html', text: html, ...(plain !== undefined && { plain }) } as const
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester, message })
  return ticket
}

/** Makes a ticket's messages look as a version before had rendered them. */
async function age(ticketId: string, plain: string, rendering: number | null = null): Promise<void> {
  const values = [made.tenant.id, ticketId, plain, rendering]
  await core.outside.query(
    `with aged as (update messages set plain = $3, safe_html = '<p>old</p>', sanitizer = 'sanitize-html 1.0.0', rendering = $4,
      plain_given = false where tenant_id = $1 and ticket_id = $2)
    update tickets set description = $3 where tenant_id = $1 and id = $2`,
    values,
  )
  await core.outside.query(
    'delete from attachments where tenant_id = $1 and message_id in (select id from messages where tenant_id = $1 and ticket_id = $2)',
    [made.tenant.id, ticketId],
  )
}

async function rowOf(ticketId: string) {
  const { rows } = await core.outside.query<{
    plain: string
    safe_html: string
    sanitizer: string
    rendering: number | null
    original: string
  }>('select plain, safe_html, sanitizer, rendering, original from messages where tenant_id = $1 and ticket_id = $2', [
    made.tenant.id,
    ticketId,
  ])
  const [row] = rows
  assert.ok(row)
  return row
}

const renewAll = () => renewMessages(store, new Date(), new AbortController().signal)

test('what older rules rendered is rendered again, with the description of its ticket, and nothing else changes', async () => {
  const ticket = await opened('<h2>Key aB3</h2><table><tr><td>Order</td><td>47</td></tr></table>')
  await age(ticket.id, 'KEY AB3\n\nOrder47')
  await renewAll()
  const now = await getTicket(made.as(made.owner), ticket)
  assert.deepEqual(now, { ...ticket, description: 'Key aB3\n\nOrder\t47' })
  const row = await rowOf(ticket.id)
  assert.deepEqual([row.plain, row.rendering, row.sanitizer], ['Key aB3\n\nOrder\t47', RENDERING, SANITIZER])
  assert.match(row.safe_html, /^<h2>Key aB3<\/h2>/)
})

test('plain text that the sender wrote stays', async () => {
  const recorded = await opened('<p>Hello</p>', 'Other words')
  await core.outside.query('update messages set rendering = 1 where tenant_id = $1 and ticket_id = $2', [
    made.tenant.id,
    recorded.id,
  ])
  const before = await opened('<p>Hello</p>')
  await age(before.id, 'Words of their own')
  await renewAll()
  assert.equal((await rowOf(recorded.id)).plain, 'Other words')
  assert.equal((await rowOf(before.id)).plain, 'Words of their own')
})

test('pictures that were lost become files of their message, once', async () => {
  const ticket = await opened(`<p>See</p><img src="${DOT}" alt="screen.png">`)
  await age(ticket.id, 'See')
  await renewAll()
  await core.outside.query('update messages set rendering = 1 where tenant_id = $1 and ticket_id = $2', [
    made.tenant.id,
    ticket.id,
  ])
  await renewAll()
  const { messages } = await getConversation(made.as(made.owner), ticket)
  const [message] = messages
  assert.deepEqual(
    message?.attachments.map(({ name, mediaType, width }) => [name, mediaType, width]),
    [['screen.png', 'image/png', 5]],
  )
  assert.equal(message?.safeHtml, `<p>See</p><img src="attachment:${message?.attachments[0]?.id}" alt="screen.png">`)
  const file = await store.files?.store.open({ tenantId: made.tenant.id, id: message?.attachments[0]?.id ?? '' })
  for await (const bytes of file ?? assert.fail()) assert.ok(bytes.length > 0)
})

test('a message that was rendered in haste is rendered whole, also one of which it was not known whether it is HTML', async () => {
  const ticket = await opened('<p>a</p><p>b</p>')
  await age(ticket.id, 'a b', IN_HASTE)
  await core.outside.query(
    `update messages set format = 'text', safe_html = null, sanitizer = null where tenant_id = $1 and ticket_id = $2`,
    [made.tenant.id, ticket.id],
  )
  await renewAll()
  const row = await rowOf(ticket.id)
  assert.deepEqual([row.plain, row.safe_html, row.rendering], ['a\n\nb', '<p>a</p><p>b</p>', RENDERING])
})

test('it goes on where it was left, and stops when it is told to', async () => {
  const tickets = [await opened('<h2>One</h2>'), await opened('<h2>Two</h2>'), await opened('<h2>Three</h2>')]
  for (const ticket of tickets) await age(ticket.id, 'OLD')
  const renewing = { store, tenantId: made.tenant.id, now: tick(), newId: v7 }
  assert.equal(await renewSome(renewing, 2), 2)
  const stopped = new AbortController()
  stopped.abort()
  await renewMessages(store, new Date(), stopped.signal)
  const left = async () =>
    (await Promise.all(tickets.map(({ id }) => rowOf(id)))).filter((row) => row.rendering === null)
  assert.equal((await left()).length, 1)
  await Promise.all([renewAll(), renewAll()])
  assert.equal((await left()).length, 0)
  assert.equal(await renewSome(renewing), 0)
})

test('what was erased meanwhile stays erased', async () => {
  const ticket = await opened('<p>Secret</p>')
  await age(ticket.id, 'Secret', IN_HASTE)
  await eraseUser(made.as(made.owner), { id: made.customer.id })
  await renewAll()
  const row = await rowOf(ticket.id)
  assert.deepEqual([row.original, row.plain, row.safe_html], ['', '', null])
})

test('a repeated call answers a message in the forms that it has now', async () => {
  const requester = { by: 'nobody' } as const
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester })
  const call = () => made.as(made.owner, { key: 'reply', credentialId: made.owner.id })
  const reply = { message: { visibility: 'public', format: 'html', text: '<h2>Key aB3</h2>' } } as const
  const first = await changeTicket(call(), ticket, reply)
  await core.outside.query(
    `update claim_results set result = replace(result::text, '<h2>Key aB3</h2>', '<p>unsafe</p>')::jsonb where tenant_id = $1`,
    [made.tenant.id],
  )
  assert.deepEqual((await changeTicket(call(), ticket, reply)).messages, first.messages)
})

test('a message as it came in is shown to who may read internal messages, and to nobody else', async () => {
  const html = '<p onclick="x()">Hi</p><script>y()</script>'
  const requester = { by: 'id', id: made.agent.id, member: false } as const
  const message = { visibility: 'public', format: 'html', text: html } as const
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester, message })
  const { messages } = await getConversation(made.as(made.owner), ticket)
  const [said] = messages
  assert.ok(said)
  assert.ok(!JSON.stringify(said).includes('onclick'))
  const shown = await getOriginal(made.as(made.agent), ticket, { integer: said.integer })
  assert.deepEqual([shown.original, shown.sanitizer, shown.rendering], [html, SANITIZER, RENDERING])
  const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.error.code === code
  await assert.rejects(getOriginal(made.as(made.customer), ticket, said), refusedAs('not_found'))
  const withoutNotes = made.as(made.agent, { permissions: ['ticket.read'] })
  await assert.rejects(getOriginal(withoutNotes, ticket, said), refusedAs('forbidden'))
  await assert.rejects(getOriginal(made.as(made.owner), ticket, { id: v7() }), refusedAs('not_found'))
  const nobody = { deskId: made.desks[0], requester: { by: 'nobody' } } as const
  const { ticket: other } = await createTicket(made.as(made.owner), nobody)
  await assert.rejects(getOriginal(made.as(made.owner), other, said), refusedAs('not_found'))
})
