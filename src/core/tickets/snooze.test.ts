import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { wakeTickets } from '../../jobs/wake-tickets.ts'
import type { Store } from '../../storage/store.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../errors.ts'
import { countTickets, queryTickets, readQuery } from '../query/list.ts'
import { countViews } from '../views/queries.ts'
import { changeTicket } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { mergeTicket, unmergeTicket } from './commands/merge.ts'
import { snoozeTicket, tenantsToWake, wakeDue, wakeTicket } from './commands/snooze.ts'
import { undoChange } from './commands/undo.ts'
import { getTicket } from './queries/find.ts'
import { getTimeline } from './queries/timeline.ts'
import { UNTIL_REPLY } from './rules/snooze.ts'
import type { Ticket, TicketChange } from './ticket.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

const agent = (changes: Parameters<SmallTenant['as']>[1] = {}): Context => made.as(made.agent, changes)
const message = (visibility: 'public' | 'internal' = 'public') =>
  ({ visibility, format: 'text', text: 'Hello' }) as const

async function open(of = made): Promise<Ticket> {
  const requester = { by: 'id', id: of.customer.id, member: true } as const
  const asked = { ...message(), author: 'requester' } as const
  const { ticket } = await createTicket(of.as(of.agent), { deskId: of.desks[0], requester, message: asked })
  return ticket
}

const later = (ms = 3_600_000): string => new Date(Date.parse(made.as(made.agent).now) + ms).toISOString()
const now = (ticket: Ticket, of = made): Promise<Ticket> => getTicket(of.as(of.owner), { id: ticket.id })
const change = (ticket: Ticket, what: TicketChange, as = agent()) => changeTicket(as, { id: ticket.id }, what)

async function lastEvent(ticket: Ticket, of = made) {
  const { entries } = await getTimeline(of.as(of.owner), { id: ticket.id }, { after: 0, limit: 200 })
  return entries.map(({ event }) => event).at(-1) ?? assert.fail()
}

async function found(q: string, ctx = agent()): Promise<readonly string[]> {
  const read = await readQuery(ctx, q)
  assert.ok('conditions' in read)
  const page = { sort: 'created', descending: true, cursor: null, limit: 200 } as const
  const { tickets } = await queryTickets(ctx, read.conditions, page)
  assert.equal((await countTickets(ctx, read.conditions, 200)).count, tickets.length, 'the count is that of the list')
  return tickets.map(({ id }) => id)
}

function refusedAs(code: string, path?: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Refusal, String(error))
    assert.equal(error.error.code, code)
    if (path !== undefined) assert.equal(error.error.code === 'invalid' && error.error.issues[0]?.path[0], path)
    return true
  }
}

test('a snoozed ticket is out of the everyday views until it is woken, and stands where it stood', async () => {
  const ticket = await open()
  await change(ticket, { status: { to: 'pending' }, assigneeId: made.agent.id })
  const until = later()
  const { ticket: snoozed } = await snoozeTicket(agent(), ticket, until)
  assert.deepEqual(
    [snoozed.snoozedUntil, snoozed.status, snoozed.waitingSince],
    [until, 'pending', ticket.waitingSince],
  )
  const { kind, before, after } = await lastEvent(ticket)
  assert.deepEqual([kind, before, after], ['ticket.snoozed', { snoozed_until: null }, { snoozed_until: until }])
  const counts = async () => new Map((await countViews(agent())).map(({ viewId, count }) => [viewId, count]))
  const asleep = await counts()
  assert.deepEqual([asleep.get('mine'), asleep.get('snoozed')], [0, 1])
  assert.ok((await found('is:snoozed')).includes(ticket.id))
  for (const q of ['-is:snoozed', 'assignee:me -is:snoozed', 'is:waiting -is:snoozed'])
    assert.ok(!(await found(q)).includes(ticket.id), q)
  const { ticket: woken } = await wakeTicket(agent(), ticket)
  assert.deepEqual([woken.snoozedUntil, woken.status], [null, 'pending'])
  const waking = await lastEvent(ticket)
  assert.deepEqual([waking.kind, waking.before], ['ticket.woken', { snoozed_until: until }])
  assert.deepEqual(waking.after, { snoozed_until: null, why: 'hand' })
  const awake = await counts()
  assert.deepEqual([awake.get('mine'), awake.get('snoozed')], [1, 0])
  assert.equal((await wakeTicket(agent(), ticket)).ticket.version, woken.version, 'what is awake stays')
})

test('what the requester says wakes it, and nothing that others say', async () => {
  const ticket = await open()
  await snoozeTicket(agent(), ticket, null)
  assert.equal((await now(ticket)).snoozedUntil, UNTIL_REPLY)
  await change(ticket, { message: message() })
  await change(ticket, { message: message('internal') })
  assert.equal((await now(ticket)).snoozedUntil, UNTIL_REPLY)
  await change(ticket, { message: message() }, made.as(made.customer))
  assert.equal((await now(ticket)).snoozedUntil, null)
  const { kind, after } = await lastEvent(ticket)
  assert.deepEqual([kind, after?.['why']], ['ticket.woken', 'reply'])
})

test('who is done is not snoozed; an undo brings that back, unless its time has passed', async () => {
  for (const to of ['solved', 'closed'] as const) {
    const ticket = await open()
    const until = later()
    await snoozeTicket(agent(), ticket, until)
    const { ticket: done } = await change(ticket, { status: { to } })
    assert.equal(done.snoozedUntil, null)
    assert.equal((await lastEvent(ticket)).after?.['why'], 'done')
    await assert.rejects(snoozeTicket(agent(), ticket, later()), refusedAs('conflict'))
    const undone = await undoChange(agent(), ticket, null)
    assert.deepEqual([undone.status, undone.snoozedUntil], ['new', until])
  }
  const ticket = await open()
  await snoozeTicket(agent(), ticket, later(1_000))
  await change(ticket, { status: { to: 'solved' } })
  const undone = await undoChange(agent({ now: later() }), ticket, null)
  assert.deepEqual([undone.status, undone.snoozedUntil], ['new', null])
  const other = await open()
  await snoozeTicket(agent(), other, later(1_000))
  await wakeTicket(agent(), other)
  await assert.rejects(undoChange(agent({ now: later() }), other, null), refusedAs('conflict'))
  await snoozeTicket(agent(), other, null)
  assert.equal((await undoChange(agent(), other, null)).snoozedUntil, null)
})

test('a time that has passed, or is years away, is refused, and so is whoever may not change it', async () => {
  const ticket = await open()
  for (const until of ['2020-01-01T00:00:00.000Z', agent().now, later(6 * 366 * 86_400_000)])
    await assert.rejects(snoozeTicket(agent(), ticket, until), refusedAs('invalid', 'until'))
  await assert.rejects(snoozeTicket(made.as(made.customer), ticket, later()), refusedAs('forbidden'))
  const other = await makeTenant(core.store)
  await assert.rejects(snoozeTicket(other.as(other.owner), ticket, later()), refusedAs('not_found'))
  assert.equal((await now(ticket)).version, 1)
})

test('a repeat by its key is answered as the first time, also once the time has passed', async () => {
  const ticket = await open()
  const once = { key: v7(), credentialId: v7() }
  const until = later(1_000)
  const { ticket: first } = await snoozeTicket(agent(once), ticket, until)
  await wakeTicket(agent(), ticket)
  const { ticket: again } = await snoozeTicket(agent({ ...once, now: later() }), ticket, until)
  assert.deepEqual(again, first)
  assert.equal((await now(ticket)).snoozedUntil, null)
})

test('what is due is woken once, by whichever process, and in its own tenant alone', async () => {
  made = await makeTenant(core.store)
  const there = await makeTenant(core.store)
  const until = later()
  const [mine, theirs, patient] = [await open(), await open(there), await open()]
  await snoozeTicket(agent(), mine, until)
  await snoozeTicket(there.as(there.agent), theirs, until)
  await snoozeTicket(agent(), patient, null)
  const at = later(7_200_000)
  const due = await tenantsToWake(core.store, at)
  for (const { tenant } of [made, there]) assert.ok(due.includes(tenant.id))
  const stores = [core.store, core.otherStore, core.store, core.otherStore]
  const woken = await Promise.all(
    stores.map((store) => wakeDue({ store, now: at, newId: () => v7() }, made.tenant.id, 10)),
  )
  assert.equal(
    woken.reduce((sum, count) => sum + count, 0),
    1,
  )
  const { version, snoozedUntil, updatedAt, latestAgentAt } = await now(mine)
  assert.deepEqual([version, snoozedUntil, updatedAt], [3, null, at])
  assert.notEqual(latestAgentAt, at, 'nobody did it')
  const { kind, before, after, actorId } = await lastEvent(mine)
  assert.deepEqual([kind, before, actorId], ['ticket.woken', { snoozed_until: until }, null])
  assert.deepEqual(after, { snoozed_until: null, why: 'time' })
  assert.equal((await now(theirs, there)).snoozedUntil, until)
  assert.equal((await now(patient)).snoozedUntil, UNTIL_REPLY)
})

test('the job wakes more than a statement takes, and where nothing is due it asks no tenant', async () => {
  const tickets = await Promise.all(Array.from({ length: 230 }, () => open()))
  await Promise.all(tickets.map((ticket) => snoozeTicket(agent(), ticket, later())))
  const ran: string[] = []
  const store: Store = {
    ...core.store,
    run: (bound) => {
      ran.push(bound.statement.name)
      return core.store.run(bound)
    },
  }
  const at = new Date(later(86_400_000))
  await wakeTickets(store, at, new AbortController().signal)
  for (const ticket of tickets) assert.equal((await now(ticket)).snoozedUntil, null)
  ran.length = 0
  await wakeTickets(store, at, new AbortController().signal)
  assert.deepEqual(ran, ['ticket.tenants_to_wake'])
})

test('a ticket that was merged meanwhile is woken once it is there by itself again', async () => {
  const own = await makeTenant(core.store)
  const [ticket, other] = [await open(own), await open(own)]
  const as = (at: string) => own.as(own.owner, { now: at })
  await snoozeTicket(as(later(-60_000)), ticket, later(-1_000))
  await mergeTicket(as(later(-30_000)), ticket, other)
  const system = { store: core.store, now: later(), newId: () => v7() }
  assert.ok(!(await tenantsToWake(core.store, system.now)).includes(own.tenant.id))
  assert.equal(await wakeDue(system, own.tenant.id, 10), 0)
  await unmergeTicket(as(later()), ticket)
  assert.equal(await wakeDue(system, own.tenant.id, 10), 1)
  assert.equal((await now(ticket, own)).snoozedUntil, null)
})
