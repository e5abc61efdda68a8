import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { Refusal } from '../errors.ts'
import type { UserSummary } from '../identity/user.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { getConversation } from '../tickets/queries/conversation.ts'
import { getTimeline } from '../tickets/queries/timeline.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { deleteMessage } from './message.ts'
import { deleteTickets } from './ticket.ts'

let core: Core
let made: SmallTenant
before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core?.close())

async function newTicket(): Promise<Ticket> {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const message = { visibility: 'public', format: 'text', text: 'Opening' } as const
  return (await createTicket(made.as(made.customer), { deskId: made.desks[0], requester, message })).ticket
}

async function say(who: UserSummary, ticket: Ticket, visibility: 'public' | 'internal' = 'public'): Promise<string> {
  const message = { visibility, format: 'text', text: 'Said' } as const
  const { messages } = await changeTicket(made.as(who), ticket, { message })
  return messages[0]?.id ?? assert.fail()
}

async function deletion(who: UserSummary, id: string, changes: object = {}): Promise<string> {
  return deleteMessage(made.as(who, changes), { id }).then(
    () => 'done',
    (error: unknown) => (error instanceof Refusal ? error.error.code : Promise.reject(error)),
  )
}

test('authors delete their own messages, admins and owners anybody’s, agents nobody else’s', async () => {
  const ticket = await newTicket()
  const [byCustomer, byAgent] = [await say(made.customer, ticket), await say(made.agent, ticket)]
  assert.equal(await deletion(made.agent, byCustomer), 'forbidden')
  assert.equal(await deletion(made.customer, byAgent), 'forbidden')
  assert.equal(await deletion(made.customer, byCustomer), 'done')
  assert.equal(await deletion(made.admin, byAgent), 'done')
  assert.equal(await deletion(made.owner, await say(made.agent, ticket)), 'done')
  // A key that may only read does not even delete what its own user wrote.
  assert.equal(await deletion(made.agent, await say(made.agent, ticket), { permissions: ['ticket.read'] }), 'forbidden')
  assert.equal(await deletion(made.admin, byCustomer), 'not_found')
})

test('what is out of sight does not exist: others’ tickets, notes for customers, other tenants', async () => {
  const ticket = await newTicket()
  const [reply, note] = [await say(made.agent, ticket), await say(made.agent, ticket, 'internal')]
  const stranger = await makeTenant(core.store)
  await assert.rejects(deleteMessage(stranger.as(stranger.owner), { id: reply }), /not_found/)
  assert.equal(await deletion(made.owner, reply, { boundTo: made.desks[1] }), 'not_found')
  assert.equal(await deletion(made.customer, note), 'not_found')
  assert.equal((await getConversation(made.as(made.owner), ticket)).messages.length, 3)
})

test('customers learn of deleted replies, and not that there ever was a note', async () => {
  const ticket = await newTicket()
  const [reply, note] = [await say(made.agent, ticket), await say(made.agent, ticket, 'internal')]
  for (const id of [reply, note]) assert.equal(await deletion(made.admin, id), 'done')
  const told = async (who: UserSummary) => {
    const { entries } = await getTimeline(made.as(who), ticket, { after: 0, limit: 50 })
    return entries.map(({ event }) => event).filter(({ kind }) => kind.startsWith('message.'))
  }
  const kinds = (await told(made.agent)).map(({ kind, messageId }) => [kind, messageId])
  assert.deepEqual(kinds, [
    ['message.added', reply],
    ['message.added', note],
    ['message.deleted', reply],
    ['message.deleted', note],
  ])
  const seen = await told(made.customer)
  assert.deepEqual(
    seen.map(({ messageId }) => messageId),
    [reply, reply],
  )
  assert.deepEqual(seen.at(-1)?.before, { visibility: 'public', author_role: 'agent' })
})

test('many deletions of one message at once are one, and positions have no gaps', async () => {
  const ticket = await newTicket()
  const ids = [await say(made.agent, ticket), await say(made.agent, ticket), await say(made.agent, ticket)]
  const outcomes = await Promise.all(ids.flatMap((id) => Array.from({ length: 8 }, () => deletion(made.owner, id))))
  assert.deepEqual([...outcomes].sort(), [
    ...Array.from({ length: 3 }, () => 'done'),
    ...Array.from({ length: 21 }, () => 'not_found'),
  ])
  const positions = await core.outside.query<{ wrong: number }>(
    `select count(*)::int as wrong from (select position, row_number() over (order by position) as nth from events
     where tenant_id = $1) p where p.position <> p.nth`,
    [made.tenant.id],
  )
  assert.equal(positions.rows[0]?.wrong, 0)
})

/** An answer to a message, through one process or the other. */
async function answerTo(id: string, ticket: Ticket, store = core.store): Promise<string> {
  const envelope = { inReplyTo: { id } }
  const message = { visibility: 'public', format: 'text', text: 'Answer', envelope } as const
  return changeTicket(made.as(made.agent, { store }), ticket, { message }).then(
    () => 'done',
    (error: unknown) => (error instanceof Refusal ? error.error.code : Promise.reject(error)),
  )
}

async function answersOf(ticket: Ticket): Promise<readonly (readonly [string, string | null])[]> {
  const { messages } = await getConversation(made.as(made.owner), ticket)
  return messages.map(({ plain, envelope }) => [plain, envelope.inReplyTo])
}

test('what answered a deleted message stays and answers nothing; a ticket of answers is deleted as any other', async () => {
  const ticket = await newTicket()
  const said = await say(made.customer, ticket)
  assert.equal(await answerTo(said, ticket), 'done')
  assert.deepEqual((await answersOf(ticket)).at(-1), ['Answer', said])
  assert.equal(await deletion(made.admin, said), 'done')
  assert.deepEqual(await answersOf(ticket), [
    ['Opening', null],
    ['Answer', null],
  ])
  assert.equal(await answerTo(said, ticket), 'invalid')
  const other = await newTicket()
  assert.equal(await answerTo(await say(made.customer, other), ticket), 'invalid')
  assert.equal((await answersOf(other)).length, 2)
  assert.equal(await answerTo(await say(made.customer, ticket), ticket), 'done')
  await deleteTickets(made.as(made.owner), [ticket])
})

test('a message that is answered and deleted at once is deleted, and its answer was before or is refused', async () => {
  for (let round = 0; round < 10; round++) {
    const ticket = await newTicket()
    const said = await say(made.agent, ticket)
    const [gone, ...answers] = await Promise.all([
      deletion(made.owner, said),
      ...[core.store, core.otherStore, core.store, core.otherStore].map((store) => answerTo(said, ticket, store)),
    ])
    assert.equal(gone, 'done')
    assert.ok(
      answers.every((each) => each === 'done' || each === 'invalid'),
      answers.join(),
    )
    const kept = (await answersOf(ticket)).slice(1)
    assert.equal(kept.length, answers.filter((each) => each === 'done').length)
    assert.ok(kept.every(([, answered]) => answered === null))
  }
})
