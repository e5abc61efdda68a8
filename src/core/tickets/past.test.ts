import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteMessage } from '../erasure/message.ts'
import { Refusal } from '../errors.ts'
import type { Instant } from '../instant.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import { changeTicket } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { mergeTicket } from './commands/merge.ts'
import { snoozeTicket, wakeDue } from './commands/snooze.ts'
import { undoChange } from './commands/undo.ts'
import { TOLD_CHANGES, TOLD_KEYS } from './fields.ts'
import { getConversation } from './queries/conversation.ts'
import { getTicket } from './queries/find.ts'
import { getMessagesAsOf, getTicketAsOf, getValues } from './queries/past.ts'
import type { Ticket, TicketChange } from './ticket.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

const message = (text: string, visibility: 'public' | 'internal' = 'public') =>
  ({ visibility, format: 'text', text }) as const

function refusedAs(code: string, path?: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Refusal, String(error))
    assert.equal(error.error.code, code)
    if (path !== undefined) assert.equal(error.error.code === 'invalid' && error.error.issues[0]?.path[0], path)
    return true
  }
}

const PAGE = { after: 0, limit: 200 }

/** A command on a ticket, by somebody. */
interface Command {
  readonly who: 'owner' | 'agent' | 'customer'
  readonly what: TicketChange | 'undo' | 'snooze' | 'wake' | 'erase'
}

/** Only the state is compared: what else people say of themselves is of now. */
function shown({ requester, assignee, ...ticket }: Ticket) {
  return { ...ticket, requester: requester?.id, assignee: assignee?.id }
}

async function carryOut(ticket: Ticket, { who, what }: Command): Promise<void> {
  const ctx = made.as(made[who])
  if (what === 'undo') await undoChange(ctx, ticket, null)
  // For a moment: whatever comes next is later, by the clock of these tests.
  else if (what === 'snooze') await snoozeTicket(ctx, ticket, new Date(Date.parse(ctx.now) + 1).toISOString())
  else if (what === 'wake') await wakeDue(ctx, made.tenant.id, 10)
  else if (what === 'erase') {
    const { messages } = await getConversation(made.as(made.owner), ticket)
    const last = messages.at(-1)
    if (last) await deleteMessage(made.as(made.owner), { id: last.id })
  } else await changeTicket(ctx, ticket, what)
}

test('a ticket at any past moment is what it was then, whatever happened since', async () => {
  const someone = fc.constantFrom('owner' as const, 'agent' as const, 'customer' as const)
  const anyChange: fc.Arbitrary<TicketChange> = fc.record(
    {
      title: fc.constantFrom('Printer', 'Door', ''),
      status: fc.constantFrom(...STATUSES).map((to) => ({ to })),
      priority: fc.constantFrom(...PRIORITIES),
      topicId: fc.constantFrom(null, 1, 2),
      assigneeId: fc.constantFrom(null, made.agent.id, made.admin.id),
      requesterId: fc.constantFrom(null, made.customer.id, made.agent.id),
      deskId: fc.constantFrom(made.desks[0], made.desks[1]),
      addTags: fc.subarray(['a', 'b']),
      removeTags: fc.subarray(['a', 'c']),
      waiting: fc.boolean(),
      message: fc.record({
        visibility: fc.constantFrom('public' as const, 'internal' as const),
        format: fc.constant('text' as const),
        text: fc.constantFrom('One', 'Two'),
      }),
    },
    { requiredKeys: [] },
  )
  // No call says something and, of the same, that it needs no answer.
  const sayable = anyChange.map(({ waiting, ...change }) =>
    change.message || waiting === undefined ? change : { ...change, waiting },
  )
  const anyCommand: fc.Arbitrary<Command> = fc.record({
    who: someone,
    what: fc.oneof(
      { weight: 6, arbitrary: sayable },
      fc.constantFrom('undo' as const, 'snooze' as const, 'wake' as const, 'erase' as const),
    ),
  })
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(anyCommand, { minLength: 1, maxLength: 12 }), async (isSaid, commands) => {
      const owner = (): Context => made.as(made.owner)
      const requester = { by: 'id', id: made.customer.id, member: true } as const
      const { ticket } = await createTicket(owner(), {
        ...{ deskId: made.desks[0], requester, title: 'Lamp', tags: ['b'] },
        ...(isSaid && { message: { ...message('It flickers'), author: 'requester' } }),
      })
      const known: (readonly [Instant, Ticket, number])[] = []
      let erased = false
      for (const command of [null, ...commands]) {
        // What is refused changes nothing, and that is as it was, too.
        if (command)
          await carryOut(ticket, command).catch((error: unknown) => {
            if (!(error instanceof Refusal)) throw error
          })
        if (command?.what === 'erase') erased = true
        const now = await getTicket(owner(), ticket)
        const { messages } = await getConversation(owner(), ticket)
        known.push([owner().now, now, messages.length])
      }
      for (const [at, then, said] of known) {
        const { description, ...state } = shown(await getTicketAsOf(owner(), ticket, at))
        const { description: was, ...expected } = shown(then)
        assert.deepEqual(state, expected)
        // Of what was erased since, nothing is left.
        if (!erased) assert.equal(description, was)
        const { messages, deleted } = await getMessagesAsOf(owner(), ticket, PAGE, at)
        assert.equal(messages.length + deleted.length, said)
      }
    }),
    { numRuns: 60 },
  )
})

test('before it was opened there is no ticket, and of a moment to come nothing is known', async () => {
  const early = made.as(made.owner).now
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester: { by: 'nobody' } })
  const ctx = made.as(made.owner)
  await assert.rejects(getTicketAsOf(ctx, ticket, early), refusedAs('not_found'))
  await assert.rejects(getMessagesAsOf(ctx, ticket, PAGE, early), refusedAs('not_found'))
  const future = new Date(Date.parse(ctx.now) + 1).toISOString()
  await assert.rejects(getTicketAsOf(ctx, ticket, future), refusedAs('invalid', 'as_of'))
  await assert.rejects(getMessagesAsOf(ctx, ticket, PAGE, future), refusedAs('invalid', 'as_of'))
  assert.deepEqual(shown(await getTicketAsOf(ctx, ticket, ticket.createdAt)), shown(ticket))
})

test('who sees the ticket now sees what it was; notes, also deleted ones, only who may read them', async () => {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester, title: 'Lamp' })
  const { messages } = await changeTicket(made.as(made.agent), ticket, { message: message('Between us', 'internal') })
  const at = made.as(made.owner).now
  await deleteMessage(made.as(made.owner), { id: messages[0]?.id ?? '' })
  const theirs = await getMessagesAsOf(made.as(made.customer), ticket, PAGE, at)
  assert.deepEqual([theirs.messages, theirs.deleted], [[], []])
  const { deleted } = await getMessagesAsOf(made.as(made.agent), ticket, PAGE, at)
  assert.deepEqual([deleted.length, deleted[0]?.visibility, deleted[0]?.authorRole], [1, 'internal', 'agent'])
  assert.doesNotMatch(JSON.stringify(deleted), /Between us/)
  const other = await makeTenant(core.store)
  await assert.rejects(getTicketAsOf(other.as(other.owner), ticket, at), refusedAs('not_found'))
})

test('what another ticket brought by a merge was not there before it', async () => {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const asked = (text: string) => ({ ...message(text), author: 'requester' }) as const
  const opened = async (text: string) =>
    (await createTicket(made.as(made.owner), { deskId: made.desks[0], requester, message: asked(text) })).ticket
  const [one, other] = [await opened('One'), await opened('Other')]
  await changeTicket(made.as(made.agent), other, { message: message('Answer') })
  const before = made.as(made.owner).now
  await mergeTicket(made.as(made.owner), other, one)
  const now = await getTicket(made.as(made.owner), one)
  const after = made.as(made.owner).now
  const said = async (at: Instant) =>
    (await getMessagesAsOf(made.as(made.owner), one, PAGE, at)).messages.map(({ plain }) => plain)
  assert.deepEqual([await said(before), (await said(after)).length], [['One'], 3])
  // A merge counts the changes of both.
  const without = ({ version: _, ...ticket }: Ticket) => shown({ ...ticket, version: 0 })
  assert.deepEqual(without(await getTicketAsOf(made.as(made.owner), one, after)), without(now))
  assert.deepEqual(without(await getTicketAsOf(made.as(made.owner), one, before)), without(one))
})

test('each value of a field is told from when to when, and by whom', async () => {
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester: { by: 'nobody' } })
  const steps = [made.as(made.agent), made.as(made.admin)] as const
  await changeTicket(steps[0], ticket, { status: { to: 'open' } })
  await changeTicket(steps[0], ticket, { priority: 'high' })
  await changeTicket(steps[1], ticket, { status: { to: 'solved' } })
  const values = await getValues(made.as(made.owner), ticket, 'status')
  assert.deepEqual(
    values.map(({ value, since, until, actor }) => [value, since, until, actor?.id]),
    [
      ['new', ticket.createdAt, steps[0].now, made.owner.id],
      ['open', steps[0].now, steps[1].now, made.agent.id],
      ['solved', steps[1].now, null, made.admin.id],
    ],
  )
  const titles = await getValues(made.as(made.owner), ticket, 'title')
  assert.deepEqual([titles.length, titles[0]?.value, titles[0]?.until], [1, '', null])
})

test('every field of which changes are told has its values told', () => {
  assert.deepEqual(
    TOLD_CHANGES.map(({ key }) => key).filter((key) => key !== 'fields'),
    [...TOLD_KEYS],
  )
})
