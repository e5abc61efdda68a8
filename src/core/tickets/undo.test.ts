import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { v7 } from 'uuid'
import { addUser, type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteMessage } from '../erasure/message.ts'
import { eraseUser } from '../erasure/person.ts'
import { Refusal } from '../errors.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import { changeTicket, changeTickets } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { undoChange } from './commands/undo.ts'
import { getTicket } from './queries/find.ts'
import { getTimeline } from './queries/timeline.ts'
import type { Ticket, TicketChange } from './ticket.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

const agent = (changes: Parameters<SmallTenant['as']>[1] = {}): Context => made.as(made.agent, changes)
const message = (text: string, visibility: 'public' | 'internal' = 'public') =>
  ({ visibility, format: 'text', text }) as const

async function open(): Promise<Ticket> {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const { ticket } = await createTicket(agent(), {
    ...{ deskId: made.desks[0], requester, title: 'Printer', tags: ['old'] },
    message: { ...message('It is on fire'), author: 'requester' },
  })
  return ticket
}

const change = (ticket: Ticket, what: TicketChange, ctx: Context = agent()) =>
  changeTicket(ctx, { id: ticket.id }, what).then(({ ticket: changed }) => changed)
const undo = (ticket: Ticket, position: number | null = null, ctx: Context = agent()) =>
  undoChange(ctx, { id: ticket.id }, position)

async function log(ticket: Ticket) {
  const { entries } = await getTimeline(made.as(made.owner), { id: ticket.id }, { after: 0, limit: 200 })
  return entries.map(({ event }) => event)
}

function refusedAs(code: string, says?: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Refusal, String(error))
    assert.equal(error.error.code, code)
    if (says !== undefined && error.error.code === 'conflict') assert.equal(error.error.message, says)
    return true
  }
}

/** What of a ticket an undo gives back. */
function fieldsOf(ticket: Ticket) {
  const { title, status, priority, topicId, typeId, groupId, assignee, requester, deskId, tags, waitingSince } = ticket
  const people = [assignee?.id, requester?.id]
  return { title, status, priority, topicId, typeId, groupId, people, deskId, tags: tags.toSorted(), waitingSince }
}

test('all that one call changed gets what it had, by events that say so, and an undo of that brings it back', async () => {
  const ticket = await open()
  const changed = await change(ticket, {
    ...{ title: 'Printer on fire', status: { to: 'solved' }, priority: 'urgent', topicId: 1, typeId: 1 },
    ...{ groupId: made.tenant.groups[0]?.id ?? null, assigneeId: made.agent.id, requesterId: made.admin.id },
    ...{ deskId: made.desks[1], addTags: ['new'], removeTags: ['old'] },
  })
  const [first] = (await log(ticket)).filter(({ kind }) => kind !== 'ticket.created')
  assert.ok(first && ticket.waitingSince !== null && changed.waitingSince === null)
  const undone = await undo(ticket)
  assert.deepEqual(fieldsOf(undone), fieldsOf(ticket))
  assert.deepEqual([undone.solvedAt, undone.finishedAt, undone.version], [null, null, 3])
  const undoing = (await log(ticket)).filter(({ undoes }) => undoes !== null)
  assert.deepEqual(new Set(undoing.map(({ undoes }) => undoes)), new Set([first.position]))
  const redone = await undo(ticket)
  assert.deepEqual(fieldsOf(redone), fieldsOf(changed))
  assert.notEqual(redone.solvedAt, null)
  assert.deepEqual(fieldsOf(await undo(ticket)), fieldsOf(ticket))
})

test('what something newer has changed is not overwritten, and what else came is in no way', async () => {
  const ticket = await open()
  await change(ticket, { status: { to: 'pending' }, priority: 'high' })
  const position = (await log(ticket)).at(-1)?.position ?? assert.fail()
  await change(ticket, { addTags: ['vip'] })
  await change(ticket, { message: message('Hello') })
  const undone = await undo(ticket, position)
  assert.deepEqual([undone.status, undone.priority, undone.tags], ['new', 'normal', ['old', 'vip']])
  const twice = (await log(ticket)).at(-1)?.position
  await assert.rejects(undo(ticket, position), (error: unknown) => {
    const says = error instanceof Refusal && error.error.code === 'conflict' ? error.error.message : ''
    return /^It was undone already, at position \d+\.$/.test(says)
  })
  assert.equal((await log(ticket)).at(-1)?.position, twice, 'nothing came of the second')

  const other = await open()
  await change(other, { priority: 'high' })
  const first = (await log(other)).at(-1)?.position ?? assert.fail()
  await change(other, { priority: 'low' })
  await change(other, { priority: 'high' })
  await assert.rejects(undo(other, first), refusedAs('conflict', 'Changed since: priority.'))
})

test('what was said, opened or erased is not undone, and neither is nothing', async () => {
  const ticket = await open()
  const none = 'What was said, opened, merged or deleted cannot be undone: only changes of a ticket can.'
  await assert.rejects(undo(ticket), refusedAs('conflict', none))
  await change(ticket, { message: message('On its way'), status: { to: 'pending' } })
  await assert.rejects(undo(ticket), refusedAs('conflict', none))
  await change(ticket, { priority: 'high' })
  const { messages } = await changeTicket(agent(), ticket, { message: message('Note', 'internal') })
  await assert.rejects(undo(ticket), refusedAs('conflict', none))
  await deleteMessage(made.as(made.owner), { id: messages[0]?.id ?? '' })
  await assert.rejects(undo(ticket), refusedAs('conflict', none))
  await assert.rejects(undo(ticket, 1_000_000), refusedAs('invalid'))
  // A record of what was so already is no change; but somebody has said so on purpose.
  await changeTicket(agent(), ticket, { priority: 'low' })
  await changeTicket(agent(), ticket, { status: { to: 'pending' } }, { recordAlways: true })
  assert.equal((await undo(ticket)).priority, 'high')
  await changeTicket(agent(), ticket, { status: { to: 'open' } })
  await changeTicket(agent(), ticket, { status: { to: 'open' } }, { recordAlways: true })
  await assert.rejects(undo(ticket), refusedAs('conflict', 'Changed since: status.'))
})

test('what several steps of one call did is taken back to before the first of them', async () => {
  const ticket = await open()
  const steps = (['open', 'pending', 'solved'] as const).map((to) => ({ status: { to }, addTags: [to] }))
  await changeTickets(agent(), [{ id: ticket.id }], steps)
  const undone = await undo(ticket)
  assert.deepEqual([undone.status, undone.tags, undone.waitingSince], ['new', ['old'], ticket.waitingSince])
})

test('who waits is not forgotten by a change that is undone, unless an answer came meanwhile', async () => {
  const ticket = await open()
  await change(ticket, { waiting: false })
  const first = (await log(ticket)).at(-1)?.position ?? assert.fail()
  assert.equal((await undo(ticket)).waitingSince, ticket.waitingSince)
  assert.equal((await undo(ticket)).waitingSince, null)
  const again = await undo(ticket)
  assert.equal(again.waitingSince, ticket.waitingSince, 'also after it was done again')
  await assert.rejects(undo(ticket, first), refusedAs('conflict'))

  const answered = await open()
  await change(answered, { status: { to: 'solved' } })
  const solved = (await log(answered)).at(-1)?.position ?? assert.fail()
  await change(answered, { message: message('Done') })
  const undone = await undo(answered, solved)
  assert.deepEqual([undone.status, undone.waitingSince], ['new', null])
})

test('nobody undoes what they may not change, and of a ticket out of sight there is nothing', async () => {
  const ticket = await open()
  await change(ticket, { status: { to: 'closed' } })
  await assert.rejects(undo(ticket, null, made.as(made.customer)), refusedAs('forbidden'))
  await assert.rejects(
    undo(ticket, null, agent({ permissions: ['ticket.read', 'ticket.change'] })),
    refusedAs('forbidden'),
  )
  const other = await makeTenant(core.store)
  await assert.rejects(undo(ticket, null, other.as(other.owner)), refusedAs('not_found'))
  assert.equal((await getTicket(agent(), ticket)).status, 'closed')
})

test('what there was may be gone: a person, or words that were erased', async () => {
  const ticket = await open()
  const memberships = [{ deskId: made.desks[0], role: 'agent' }] as const
  const kim = await addUser(core.store, made.tenant, { name: 'Kim', email: 'kim@example.com', memberships })
  await change(ticket, { assigneeId: kim.id })
  await change(ticket, { assigneeId: null })
  await core.outside.query('update users set active = false where id = $1', [kim.id])
  await assert.rejects(undo(ticket), refusedAs('conflict'))
  const rosa = await addUser(core.store, made.tenant, {
    ...{ name: 'Rosa', email: 'r@example.com' },
    memberships: [{ deskId: made.desks[0], role: 'customer' }],
  })
  await change(ticket, { requesterId: rosa.id })
  await change(ticket, { title: 'Other' })
  await eraseUser(made.as(made.owner), { id: rosa.id })
  await assert.rejects(undo(ticket), refusedAs('conflict', 'What it had before is not known any more.'))
})

test('a repeat by its key undoes once, and of many at the same time one undoes', async () => {
  const ticket = await open()
  await change(ticket, { priority: 'high' })
  const position = (await log(ticket)).at(-1)?.position ?? assert.fail()
  const once = { key: v7(), credentialId: v7() }
  const [one, two] = [await undo(ticket, null, agent(once)), await undo(ticket, null, agent(once))]
  assert.deepEqual(two, one)
  assert.equal((await getTicket(agent(), ticket)).priority, 'normal')
  const other = await open()
  await change(other, { priority: 'high' })
  const at = (await log(other)).at(-1)?.position ?? assert.fail()
  assert.notEqual(at, position)
  const all = await Promise.allSettled(
    [0, 1, 2, 3].map((nth) => undo(other, at, agent({ store: nth % 2 ? core.otherStore : core.store }))),
  )
  assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal((await getTicket(agent(), other)).priority, 'normal')
})

test('an undo of any change gives what was, and one of the undo what the change had made', async () => {
  const anyChange: fc.Arbitrary<TicketChange> = fc.record(
    {
      title: fc.constantFrom('Printer', 'Door', ''),
      status: fc.constantFrom(...STATUSES).map((to) => ({ to })),
      priority: fc.constantFrom(...PRIORITIES),
      topicId: fc.constantFrom(null, 1, 2),
      typeId: fc.constantFrom(null, 1),
      assigneeId: fc.constantFrom(null, made.agent.id, made.admin.id),
      requesterId: fc.constantFrom(null, made.customer.id, made.agent.id),
      deskId: fc.constantFrom(made.desks[0], made.desks[1]),
      addTags: fc.subarray(['a', 'b', 'old']),
      removeTags: fc.subarray(['a', 'c', 'old']),
      waiting: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 5 }), async (changes) => {
      let now = await open()
      let before = now
      for (const each of changes) {
        const next = await change(now, each)
        if (next.version === now.version) continue
        ;[before, now] = [now, next]
      }
      if (now.version === 1) return
      assert.deepEqual(fieldsOf(await undo(now)), fieldsOf(before))
      // A wait that began with the change begins once more.
      const { waitingSince: _since, ...redone } = fieldsOf(await undo(now))
      const { waitingSince: _was, ...expected } = fieldsOf(now)
      assert.deepEqual(redone, expected)
    }),
    { numRuns: 40 },
  )
})
