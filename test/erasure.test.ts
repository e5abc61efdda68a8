import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { v7 } from 'uuid'
import { deleteMessage } from '../src/core/erasure/message.ts'
import { eraseUser } from '../src/core/erasure/person.ts'
import { deleteTickets } from '../src/core/erasure/ticket.ts'
import { changeTicket } from '../src/core/tickets/commands/change.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import type { Ticket } from '../src/core/tickets/ticket.ts'
import { consume } from '../src/core/webhooks/deliveries/consume.ts'
import { remakeBlank } from '../src/core/webhooks/deliveries/remake.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { type Core, makeTenant, openCore, type SmallTenant } from './core.ts'

const SECRET = 'the words to be forgotten'
const links = { to: () => '', accepts: () => false }
const protocols = new Map(DIALECTS.flatMap(({ name, webhooks }) => (webhooks ? [[name, webhooks] as const] : [])))

let core: Core
let made: SmallTenant
let ticket: Ticket
before(async () => {
  core = await openCore()
})
after(() => core?.close())
beforeEach(async () => {
  made = await makeTenant(core.store)
  await core.outside.query('insert into webhook_positions (tenant_id, position) values ($1, 0)', [made.tenant.id])
  await addWebhook('native', '*')
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const message = { visibility: 'public', format: 'text', text: SECRET } as const
  ticket = (await createTicket(made.as(made.customer), { deskId: made.desks[0], requester, message })).ticket
  await changeTicket(made.as(made.agent), ticket, { status: { to: 'open' }, addTags: ['x'] })
})

async function addWebhook(dialect: string, events: string): Promise<void> {
  await core.outside.query(
    `insert into webhooks (tenant_id, id, dialect, url, description, events, enabled, secret, since, created_at, updated_at)
     values ($1, $2, $3, 'https://example.com', '', $4, true, '', 0, now(), now())`,
    [made.tenant.id, v7(), dialect, `{${events}}`],
  )
}

function telling() {
  const now = new Date().toISOString()
  return { store: core.store, tenant: made.tenant, protocols, links, now, newId: v7, log: assert.fail }
}

/** What the job does as long as there is something to do. */
async function tell(): Promise<void> {
  while (await consume(telling()));
  while (await remakeBlank(telling()));
}

/** What is kept to be sent, in the order in which it goes out; with the words that it holds. */
async function kept(...words: readonly string[]): Promise<readonly string[]> {
  const { rows } = await core.outside.query<{ event_type: string; state: string; body: string | null }>(
    'select event_type, state, body from webhook_deliveries where tenant_id = $1 order by position, nth',
    [made.tenant.id],
  )
  return rows.map(({ event_type, state, body }) =>
    [
      event_type,
      ...(state === 'waiting' ? [] : [state]),
      ...(body === null ? ['blank'] : [SECRET, ...words].filter((each) => body.includes(each))),
    ].join(' '),
  )
}

async function untilWaiting(count: number): Promise<void> {
  const sql = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  for (;;) {
    const { rows } = await core.outside.query<{ n: number }>(sql)
    if ((rows[0]?.n ?? 0) >= count) return
    await pause(10)
  }
}

/** Lets deliveries be made and something be erased at the same time, in this order of who gets at deliveries first. */
async function atOnce(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
  const gate = await core.outside.connect()
  await gate.query('begin')
  await gate.query('select 1 from webhook_positions where tenant_id = $1 for update', [made.tenant.id])
  const running = [first()]
  await untilWaiting(1)
  running.push(second())
  await untilWaiting(2)
  await gate.query('commit')
  gate.release()
  await Promise.all(running)
}

async function opening(): Promise<string> {
  const { rows } = await core.outside.query<{ id: string }>(
    'select m.id from messages m where m.tenant_id = $1 and m.ticket_id = $2 order by m.integer limit 1',
    [made.tenant.id, ticket.id],
  )
  return rows[0]?.id ?? ''
}

const OTHERS = ['ticket.tags_changed', 'ticket.status_changed']

test('What is told of a person holds nothing of before their erasure, whichever of the two comes first', async () => {
  const erase = () => eraseUser(made.as(made.owner, { store: core.otherStore }), { id: made.customer.id })
  const tellOnce = () => consume(telling())
  await atOnce(tellOnce, erase)
  assert.deepEqual(
    await kept(),
    ['ticket.created', ...OTHERS].map((each) => `${each} blank`),
  )
  await tell()
  assert.deepEqual(await kept('Rosa', 'rosa@example.com'), ['ticket.created', ...OTHERS, 'user.erased'])
})

test('What was read of a person before their erasure is not told after it', async () => {
  const erase = () => eraseUser(made.as(made.owner, { store: core.otherStore }), { id: made.customer.id })
  await atOnce(erase, () => consume(telling()))
  assert.deepEqual(await kept(), [])
  await tell()
  assert.deepEqual(await kept('Rosa', 'rosa@example.com'), ['ticket.created', ...OTHERS, 'user.erased'])
})

test('What was made again of a ticket while more of it was erased is made once more', async () => {
  const { messages } = await changeTicket(made.as(made.agent), ticket, {
    message: { visibility: 'public', format: 'text', text: `Quoted: ${SECRET}` },
  })
  await tell()
  await deleteMessage(made.as(made.owner), { id: await opening() })
  const eraseReply = () => deleteMessage(made.as(made.owner, { store: core.otherStore }), { id: messages[0]?.id ?? '' })
  await atOnce(eraseReply, () => remakeBlank(telling()))
  assert.deepEqual(
    (await kept()).filter((each) => each.includes(SECRET)),
    [],
  )
  await tell()
  assert.deepEqual(await kept(), ['ticket.created', ...OTHERS, 'message.added', 'message.deleted', 'message.deleted'])
})

test('The deletion of an opening message takes its words out of what waits to be told, and nothing else', async () => {
  await tell()
  await deleteMessage(made.as(made.customer), { id: await opening() })
  assert.deepEqual(
    await kept(),
    ['ticket.created', ...OTHERS].map((each) => `${each} blank`),
  )
  await tell()
  assert.deepEqual(await kept(), ['ticket.created', ...OTHERS, 'message.deleted'])
  const { rows } = await core.outside.query<{ body: string }>(
    "select body from webhook_deliveries where tenant_id = $1 and event_type = 'ticket.status_changed'",
    [made.tenant.id],
  )
  const { data } = JSON.parse(rows[0]?.body ?? '')
  assert.deepEqual([data.before, data.after, data.ticket.id], [{ status: 'new' }, { status: 'open' }, ticket.id])
})

test('The deletion of a ticket leaves what waits to be told of it, without its words', async () => {
  await tell()
  await deleteTickets(made.as(made.owner), [ticket])
  await tell()
  assert.deepEqual(await kept('"status"'), ['ticket.created', ...OTHERS, 'ticket.deleted'])
})

test('What a deleted ticket was told to one desk still goes to that desk alone', async () => {
  await core.outside.query('update webhooks set desk_id = $2 where tenant_id = $1', [made.tenant.id, made.desks[0]])
  await deleteTickets(made.as(made.owner), [ticket])
  await tell()
  assert.deepEqual(await kept(), ['ticket.created', ...OTHERS, 'ticket.deleted'])
  await core.outside.query('delete from webhook_deliveries where tenant_id = $1', [made.tenant.id])
  await core.outside.query('update webhook_positions set position = 0 where tenant_id = $1', [made.tenant.id])
  await core.outside.query('update webhooks set desk_id = $2 where tenant_id = $1', [made.tenant.id, made.desks[1]])
  await tell()
  assert.deepEqual(await kept(), [])
})

test('A dialect that has no words for what is left skips it, and shows that', async () => {
  await core.outside.query('delete from webhooks where tenant_id = $1', [made.tenant.id])
  await addWebhook('omnidesk', 'ticket.created,ticket.status_changed,message.created')
  await addWebhook('moov', '*')
  await tell()
  assert.deepEqual((await kept()).toSorted(), [
    'message.created the words to be forgotten',
    'ticket.created',
    'ticket.created the words to be forgotten',
    'ticket.status_changed the words to be forgotten',
    'ticket.updated',
  ])
  await deleteMessage(made.as(made.customer), { id: await opening() })
  await tell()
  assert.deepEqual((await kept()).toSorted(), [
    'message.created skipped',
    'ticket.created',
    'ticket.created',
    'ticket.status_changed',
    'ticket.updated',
  ])
})

test('An envelope’s address of an erased person is in no payload, and what was said beside it is told', async () => {
  const foreign = await createTicket(made.as(made.agent), { deskId: made.desks[0], requester: { by: 'nobody' } })
  const write = (cc: readonly string[]) =>
    changeTicket(made.as(made.agent), foreign.ticket, {
      message: { visibility: 'internal', format: 'text', text: 'For you to know', envelope: { cc } },
    })
  await write(['ROSA@example.com', 'kept@example.com'])
  await write(['kept@example.com'])
  await tell()
  await eraseUser(made.as(made.owner), { id: made.customer.id })
  await tell()
  assert.deepEqual(await kept('ROSA@example.com', 'For you to know'), [
    'ticket.created',
    ...OTHERS,
    'ticket.created',
    'message.added For you to know',
    'message.added For you to know',
    'user.erased',
  ])
})
