import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { v7 } from 'uuid'
import { administration, type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { undoJob } from '../bulk/commands.ts'
import { getJob, listResults } from '../bulk/queries.ts'
import { type Worker, workOn } from '../bulk/work.ts'
import { LOAD_TENANT, tenantOf } from '../catalogue/store/snapshot.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Context } from '../context.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import { countTickets, readQuery } from '../query/list.ts'
import { issueCredential } from '../tenants/commands.ts'
import { changeTicket, changeTickets } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { mergeTicket, unmergeTicket } from '../tickets/commands/merge.ts'
import { undoChange } from '../tickets/commands/undo.ts'
import { findTickets, getTicket } from '../tickets/queries/find.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { addTag, changeTag, deleteTag, mergeTag } from './commands.ts'
import { getTag, listTags } from './queries.ts'

let core: Core
let made: SmallTenant
let credentialId: string

before(async () => {
  core = await openCore()
})
beforeEach(async () => {
  made = await makeTenant(core.store)
  const credential = {
    dialect: 'native',
    kind: 'api_key',
    name: 'Key',
    presented: v7(),
    userId: made.admin.id,
    scopes: [],
  }
  credentialId = await issueCredential(administration(core.store), made.tenant.id, credential)
})
after(() => core?.close())

async function tenantNow(): Promise<Tenant> {
  const [row] = await core.store.run(LOAD_TENANT.with({ tenant_id: made.tenant.id }))
  return tenantOf(row ?? assert.fail())
}

/** The admin, who works on two of three desks, with the tenant as it is by now. */
async function me(more: object = {}): Promise<Context> {
  return made.as(made.admin, { credentialId, tenant: await tenantNow(), ...more })
}

async function open(tags: readonly string[], more: object = {}): Promise<Ticket> {
  const input = { deskId: made.desks[0], requester: { by: 'nobody' }, title: 'Printer', tags, ...more } as const
  return (await createTicket(made.as(made.owner, { tenant: await tenantNow(), key: v7() }), input)).ticket
}

async function workOff(): Promise<void> {
  const access = { tenant: tenantNow }
  const worker: Worker = {
    ...{ id: v7(), tenantId: made.tenant.id, store: core.store, access },
    ...{ clock: () => new Date(), newId: () => v7() },
  }
  while (await workOn(worker));
}

async function counts(): Promise<Readonly<Record<string, number>>> {
  const { tags } = await listTags(await me(), { words: '', coloured: false, sort: 'name', after: null, limit: 200 })
  return Object.fromEntries(tags.map(({ name, tickets }) => [name, tickets]))
}

/** The tags of tickets by counting them. */
async function counted(): Promise<Readonly<Record<string, number>>> {
  const { rows } = await core.outside.query(
    `select n.name, count(*)::integer as tickets from tickets t, unnest(t.tags) n (name)
where t.tenant_id = $1 and t.merged_into is null group by n.name order by n.name collate "C"`,
    [made.tenant.id],
  )
  return Object.fromEntries(rows.map(({ name, tickets }) => [name, tickets]))
}

async function tagsNow(tickets: readonly Ticket[]): Promise<readonly (readonly string[])[]> {
  const found = await findTickets(made.as(made.owner), tickets)
  return found.map((ticket) => ticket?.tags ?? assert.fail('It is gone.'))
}

function refusedAs(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.error.code === code
}

test('a tag is there while a ticket has it, and counted whatever is done with the tickets', async () => {
  const owner = made.as(made.owner)
  const [one, two, three] = [await open(['vip', 'vip', ' new ']), await open(['vip']), await open([])]
  assert.deepEqual(await counts(), { new: 1, vip: 2 })
  await changeTicket(owner, three, { addTags: ['vip'] })
  await changeTickets(owner, [one, two], [{ removeTags: ['vip'], addTags: ['old'] }])
  assert.deepEqual(await counts(), { new: 1, old: 2, vip: 1 })
  await undoChange(owner, one, null)
  assert.deepEqual(await counts(), { new: 1, old: 1, vip: 2 })
  await mergeTicket(owner, one, three)
  assert.deepEqual(await counts(), { old: 1, vip: 1 })
  await unmergeTicket(owner, one)
  assert.deepEqual(await counts(), await counted())
  await mergeTicket(owner, one, three)
  await deleteTickets(owner, [three])
  assert.deepEqual(await counts(), { old: 1 })
  assert.deepEqual(await counts(), await counted())
})

test('many writers at once leave the counts as the tickets are', async () => {
  const tickets = await Promise.all(Array.from({ length: 6 }, (_, nth) => open([`t${nth % 3}`])))
  const owner = () => made.as(made.owner)
  await Promise.all([
    ...tickets.map((ticket, nth) => changeTicket(owner(), ticket, { addTags: [`t${(nth + 1) % 3}`, 'all'] })),
    ...tickets.slice(0, 3).map((ticket) => changeTicket(owner(), ticket, { removeTags: ['t0', 't1'] })),
    ...[1, 2, 3].map(() => open(['all', 't0'])),
    mergeTicket(owner(), tickets[4] ?? assert.fail(), tickets[5] ?? assert.fail()),
  ])
  assert.deepEqual(await counts(), await counted())
})

test('a tag is renamed on every ticket, also those nobody here may change, and for whoever names it as it was', async () => {
  const tickets: Ticket[] = []
  // As many at once as there are connections for.
  for (let made = 0; made < 230; made += 10)
    tickets.push(...(await Promise.all(Array.from({ length: 10 }, () => open(['a', 'vip', 'z'])))))
  const hidden = await open(['vip'], { deskId: made.desks[2] })
  const other = await open(['other'])
  await changeTag(await me(), 'vip', { colour: 'red', description: 'Who pays more' })
  const { tag, job } = await changeTag(await me(), 'vip', { name: 'Important' })
  assert.deepEqual([tag.name, tag.colour, tag.description], ['Important', 'red', 'Who pays more'])
  assert.ok(job)
  // Before the tickets are changed it is asked for by either name, and set by either.
  const found = async (text: string) => {
    const read = await readQuery(await me({ actor: made.as(made.owner).actor }), text)
    return (await countTickets(made.as(made.owner), 'conditions' in read ? read.conditions : assert.fail(), 500)).count
  }
  assert.deepEqual([await found('tag:vip'), await found('tag:Important'), await found('-tag:vip')], [231, 231, 1])
  const late = await open(['vip'])
  assert.deepEqual(late.tags, ['Important'])
  // One by a process that has not heard of it.
  await changeTicket(made.as(made.owner), other, { addTags: ['vip'] })
  await workOff()
  const done = await getJob(await me(), job.id)
  assert.deepEqual([done.state, done.total, done.changed, done.refused], ['done', 232, 232, 0])
  assert.deepEqual(await tagsNow([tickets[229] ?? hidden, hidden, other]), [
    ['a', 'z', 'Important'],
    ['Important'],
    ['other', 'Important'],
  ])
  assert.deepEqual(await counts(), { Important: 233, a: 230, other: 1, z: 230 })
  assert.equal((await getTag(await me(), 'vip')).name, 'Important')
  await changeTicket(await me(), tickets[0] ?? other, { removeTags: ['vip'] })
  assert.deepEqual(await tagsNow(tickets.slice(0, 1)), [['a', 'z']])

  const back = await undoJob(await me(), job.id)
  await workOff()
  const undone = await getJob(await me(), back.id)
  assert.deepEqual([undone.state, undone.changed, undone.refused], ['done', 231, 1], 'not where it was changed since')
  const { results } = await listResults(await me(), back.id, { after: 0, outcome: 'refused', limit: 5 })
  assert.equal(results[0]?.ticketId, tickets[0]?.id)
  assert.deepEqual((await tagsNow([hidden, late])).flat(), ['vip', 'Important'])
  assert.equal((await getTag(await me(), 'vip')).colour, 'red')
  assert.deepEqual(await counts(), await counted())
})

test('a tag is merged into another and deleted, and a name leads on as far as it does', async () => {
  const [one, both] = [await open(['a']), await open(['a', 'b'])]
  await addTag(await me(), { name: 'c', colour: 'teal' })
  await mergeTag(await me(), 'a', 'b')
  await workOff()
  assert.deepEqual(await tagsNow([one, both]), [['b'], ['b']])
  await mergeTag(await me(), 'b', 'c')
  await workOff()
  assert.deepEqual(await counts(), { c: 2 })
  assert.deepEqual((await open(['a', 'b', 'c'])).tags, ['c'])
  await assert.rejects(async () => mergeTag(await me(), 'a', 'c'), refusedAs('invalid'), 'it is that one already')
  await assert.rejects(async () => changeTag(await me(), 'c', { name: 'x'.repeat(101) }), refusedAs('invalid'))
  await addTag(await me(), { name: 'd' })
  await assert.rejects(async () => changeTag(await me(), 'c', { name: 'd' }), refusedAs('conflict'))
  // What an earlier name was may be a name again: then nothing comes back to itself.
  const { job } = await changeTag(await me(), 'c', { name: 'a' })
  await workOff()
  assert.deepEqual(await counts(), { a: 3, d: 0 })
  assert.deepEqual((await open(['b'])).tags, ['a'])
  const gone = await deleteTag(await me(), 'a')
  await workOff()
  assert.deepEqual([(await getJob(await me(), gone.id)).changed, await counts()], [4, { d: 0 }])
  await assert.rejects(async () => getTag(await me(), 'a'), refusedAs('not_found'))
  await undoJob(await me(), gone.id)
  await workOff()
  assert.deepEqual(await counts(), { a: 4, d: 0 })
  await assert.rejects(async () => undoJob(await me(), gone.id), refusedAs('conflict'))
  assert.ok(job)
})

test('a ticket that was away while a tag was renamed comes back with the new name', async () => {
  const [away, stays] = [await open(['a']), await open([])]
  await mergeTicket(await me(), away, stays)
  await changeTag(await me(), 'a', { name: 'b' }).catch(refusedAs('not_found'))
  assert.deepEqual(await counts(), {}, 'only a ticket that is merged has it')
  await addTag(await me(), { name: 'a' })
  await changeTag(await me(), 'a', { name: 'b' })
  await workOff()
  await unmergeTicket(await me(), away)
  assert.deepEqual((await getTicket(await me(), away)).tags, ['b'])
  assert.deepEqual(await counts(), { b: 1 })
})

test('only who manages the catalogue changes tags, and a key that does it again is answered as before', async () => {
  await open(['a'])
  const agent = made.as(made.agent, { tenant: await tenantNow() })
  await assert.rejects(changeTag(agent, 'a', { name: 'b' }), refusedAs('forbidden'))
  await assert.rejects(deleteTag(made.as(made.customer), 'a'), refusedAs('forbidden'))
  await assert.rejects(getTag(made.as(made.customer), 'a'), refusedAs('forbidden'))
  assert.equal((await getTag(agent, 'a')).tickets, 1)
  const first = await changeTag(await me({ key: 'k' }), 'a', { name: 'b' })
  const again = await changeTag(await me({ key: 'k' }), 'a', { name: 'b' })
  assert.deepEqual(again.job?.id, first.job?.id)
  // Twins by names alone: one of them is too late.
  const twins = await Promise.allSettled([
    changeTag(await me(), 'b', { name: 'c' }),
    changeTag(await me({ store: core.otherStore }), 'b', { name: 'd' }),
  ])
  assert.equal(twins.filter(({ status }) => status === 'fulfilled').length, 1)
  await workOff()
  assert.deepEqual(await counts(), await counted())
})
