import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import type { UserSummary } from '../identity/user.ts'
import type { NewEnvelope } from '../messages/message.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { getConversation } from '../tickets/queries/conversation.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { changeUser, makeUser } from '../users/commands.ts'
import { deleteMessage } from './message.ts'
import { eraseUser } from './person.ts'
import { deleteTickets } from './ticket.ts'

let core: Core
let made: SmallTenant
before(async () => {
  core = await openCore()
})
beforeEach(async () => {
  made = await makeTenant(core.store)
})
after(() => core?.close())

const SECRET = 'the words to be forgotten'

async function newTicket(requester: UserSummary, text: string): Promise<Ticket> {
  const message = { visibility: 'public', format: 'text', text } as const
  const by = { by: 'id', id: requester.id, member: true } as const
  return (await createTicket(keyed(made.owner), { deskId: made.desks[0], requester: by, message })).ticket
}

/** In which tables a tenant's rows still hold the words. */
async function whereKept(words = SECRET): Promise<readonly string[]> {
  const found: string[] = []
  for (const table of ['tickets', 'messages', 'events', 'claim_results', 'webhook_deliveries']) {
    const { rows } = await core.outside.query(
      `select 1 from ${table} r where r.tenant_id = $1 and to_jsonb(r)::text like '%' || $2 || '%'`,
      [made.tenant.id, words],
    )
    if (rows.length > 0) found.push(table)
  }
  return found
}

/** Only those count that wait for longer than a lane lets them: from now on they keep what they hold. */
async function untilWaiting(count: number): Promise<void> {
  for (;;) {
    const { rows } = await core.outside.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and clock_timestamp() - query_start > '100 ms'`,
    )
    if ((rows[0]?.n ?? 0) >= count) return
    await pause(10)
  }
}

/** Two writes of two processes, of which the second waits for what the first has locked, and the first for this. */
async function queued(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
  const gate = await core.outside.connect()
  await gate.query('begin')
  await gate.query('select 1 from tenant_counters where tenant_id = $1 for update', [made.tenant.id])
  const running = [first()]
  await untilWaiting(1)
  running.push(second())
  await untilWaiting(2)
  await gate.query('commit')
  gate.release()
  await Promise.all(running)
}

let keys = 0
const keyed = (who: UserSummary): Context => made.as(who, { key: `key-${keys++}` })

const ERASURES: Readonly<Record<string, (ticket: Ticket, messageId: string) => Promise<unknown>>> = {
  ticket: (ticket) => deleteTickets(made.as(made.owner, { store: core.otherStore }), [ticket]),
  'opening message': (_, id) => deleteMessage(made.as(made.owner, { store: core.otherStore }), { id }),
  person: () => eraseUser(made.as(made.owner, { store: core.otherStore }), { id: made.customer.id }),
}

for (const [what, erase] of Object.entries(ERASURES)) {
  test(`The erasure of a ${what} also erases what a change kept that it had to wait for`, async () => {
    const ticket = await newTicket(made.customer, SECRET)
    const { rows } = await core.outside.query<{ id: string }>(
      'select id from messages where tenant_id = $1 and ticket_id = $2',
      [made.tenant.id, ticket.id],
    )
    const title = what === 'opening message' ? 'Another' : SECRET
    await queued(
      () => changeTicket(keyed(made.owner), ticket, { title }),
      () => erase(ticket, rows[0]?.id ?? ''),
    )
    assert.deepEqual(await whereKept(), [])
  })
}

test('The erasure of a person erases their words also where the ticket is another person’s by now, and nobody else’s', async () => {
  const said = { visibility: 'public', format: 'text' } as const
  const begun = await newTicket(made.customer, SECRET)
  const joined = await newTicket(made.customer, 'Not theirs alone')
  await changeTicket(keyed(made.customer), joined, { message: { ...said, text: SECRET } })
  for (const ticket of [begun, joined]) {
    await changeTicket(keyed(made.owner), ticket, { requesterId: made.agent.id })
    await changeTicket(keyed(made.owner), ticket, { title: 'Kept', message: { ...said, text: 'Also kept' } })
  }
  await eraseUser(made.as(made.owner), { id: made.customer.id })
  assert.deepEqual(await whereKept(), [])
  for (const ticket of [begun, joined]) {
    const { ticket: now, messages } = await getConversation(made.as(made.owner), ticket)
    assert.deepEqual([now.title, now.requester?.id], ['Kept', made.agent.id])
    assert.equal(messages.at(-1)?.plain, 'Also kept')
  }
})

test('The erasure of a person erases their addresses from every envelope, and nobody else’s', async () => {
  const [address, telephone, others] = [
    `${SECRET.replaceAll(' ', '.')}@example.com`,
    '+31612345678',
    'other@example.com',
  ]
  await changeUser(made.as(made.owner), made.customer.id, {
    addAddresses: [
      { kind: 'email', address },
      { kind: 'telephone', address: telephone },
    ],
  })
  const said = { visibility: 'public', format: 'text', text: 'Answer' } as const
  const answer = async (ticket: Ticket, envelope: NewEnvelope, channelId = 1) =>
    changeTicket(keyed(made.agent), ticket, { message: { ...said, channelId, envelope } })
  const own = await newTicket(made.customer, 'Mine')
  await changeTicket(keyed(made.customer), own, {
    message: { ...said, envelope: { externalReference: `<${SECRET}@mail.example>` } },
  })
  await answer(own, { to: [address], cc: [`${SECRET.slice(0, 3)}@unknown.example`], externalReference: '<kept@desk>' })
  const foreign = await newTicket(made.agent, 'Not theirs')
  await answer(foreign, { to: [others, address.toUpperCase()], bcc: [address] })
  await answer(foreign, { to: [telephone, 'room 12'] }, 3)
  await eraseUser(made.as(made.owner), { id: made.customer.id })

  assert.deepEqual(await whereKept(), [])
  assert.deepEqual(await whereKept(SECRET.replaceAll(' ', '.')), [])
  assert.deepEqual(await whereKept(SECRET.replaceAll(' ', '.').toUpperCase()), [])
  assert.deepEqual(await whereKept(telephone), [])
  const envelopes = async (ticket: Ticket) => {
    const { messages } = await getConversation(made.as(made.owner), ticket)
    return messages.slice(1).map(({ envelope }) => [envelope.to, envelope.cc, envelope.bcc, envelope.externalReference])
  }
  assert.deepEqual(await envelopes(own), [
    [[], [], [], null],
    [[], [], [], '<kept@desk>'],
  ])
  assert.deepEqual(await envelopes(foreign), [
    [[others], [], [], null],
    [['room 12'], [], [], null],
  ])
})

test('The erasure of a person of whom one address or none is known leaves all others in envelopes', async () => {
  const memberships = [{ deskId: made.desks[0], role: 'customer' }] as const
  const nobody = await makeUser(made.as(made.owner), { name: 'Kim', memberships })
  const ticket = await newTicket(made.agent, 'Not theirs')
  const envelope = { to: ['rosa@example.com', 'other@example.com'], cc: ['third@example.com'] }
  await changeTicket(keyed(made.agent), ticket, {
    message: { visibility: 'public', format: 'text', text: 'Answer', channelId: 1, envelope },
  })
  const shown = async () => {
    const { messages } = await getConversation(made.as(made.owner), ticket)
    return [messages.at(-1)?.envelope.to, messages.at(-1)?.envelope.cc]
  }
  await eraseUser(made.as(made.owner), { id: nobody.id })
  assert.deepEqual(await shown(), [envelope.to, envelope.cc])
  await eraseUser(made.as(made.owner), { id: made.customer.id })
  assert.deepEqual(await shown(), [['other@example.com'], ['third@example.com']])
})

test('The erasure of a person erases their telephone number however it is written, and no number like it', async () => {
  const memberships = [{ deskId: made.desks[0], role: 'customer' }] as const
  const [kim, lee] = [
    await makeUser(made.as(made.owner), { name: 'Kim', memberships }),
    await makeUser(made.as(made.owner), { name: 'Lee', memberships }),
  ]
  await changeUser(made.as(made.owner), kim.id, { phone: '+31 (0)20-123 45 67' })
  await changeUser(made.as(made.owner), lee.id, {
    addAddresses: [
      { kind: 'telephone', address: '+31687654321' },
      { kind: 'twitter', address: 'a.b' },
    ],
  })
  const ticket = await newTicket(made.agent, 'Call them')
  const to = ['+310201234567', '+31 6 8765.4321', '+31 6 8765.4320', 'ab', 'A.B']
  await changeTicket(keyed(made.owner), ticket, {
    message: { visibility: 'internal', format: 'text', text: 'Numbers', channelId: 3, envelope: { to } },
  })
  for (const { id } of [kim, lee]) await eraseUser(made.as(made.owner), { id })
  const { messages } = await getConversation(made.as(made.owner), ticket)
  assert.deepEqual(messages.at(-1)?.envelope.to, ['+31 6 8765.4320', 'ab'])
})
