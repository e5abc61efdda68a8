import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import {
  addUser,
  administration,
  type Core,
  contextOf,
  makeTenant,
  openCore,
  type SmallTenant,
} from '../../../test/core.ts'
import { StoreUnavailable } from '../../storage/failures.ts'
import type { Store } from '../../storage/store.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../errors.ts'
import { openFeed } from '../events/feed.ts'
import { getEvents } from '../events/queries.ts'
import type { UserSummary } from '../identity/user.ts'
import { idsOfTickets } from '../query/list.ts'
import { SESSION_KIND } from '../sessions/session.ts'
import { issueCredential, revokeCredential } from '../tenants/commands.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { findTickets } from '../tickets/queries/find.ts'
import type { NewTicket, Ticket } from '../tickets/ticket.ts'
import { beginJob, cancelJob, undoJob } from './commands.ts'
import type { BulkChange, BulkJob } from './job.ts'
import { purgeJobs } from './purge.ts'
import { getJob, listJobs, listResults } from './queries.ts'
import { leaveJobs, tenantsAtWork, type Worker, workOn } from './work.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

/** A fresh tenant, so that nobody else's jobs are worked on. */
async function fresh(): Promise<SmallTenant> {
  made = await makeTenant(core.store)
  return made
}

function worker(changes: Partial<Worker> = {}): Worker {
  const { tenant } = made
  const access = { tenant: async () => tenant }
  return {
    id: v7(),
    tenantId: tenant.id,
    store: core.store,
    access,
    clock: () => new Date(),
    newId: () => v7(),
    ...changes,
  }
}

async function workOff(each: Worker = worker()): Promise<void> {
  while (await workOn(each));
}

/** Somebody with a credential that is in the store, as a job needs it later. */
async function calling(who: UserSummary, kind = 'api_key', changes: object = {}) {
  const credential = { dialect: 'native', kind, name: 'Key', presented: v7(), userId: who.id, scopes: [] }
  const credentialId = await issueCredential(administration(core.store), made.tenant.id, credential)
  return {
    credentialId,
    as: (more: object = {}) => contextOf(core.store, made.tenant, who, { credentialId, ...changes, ...more }),
  }
}

async function open(count: number, more: Partial<NewTicket> = {}): Promise<readonly Ticket[]> {
  const input = { deskId: made.desks[0], requester: { by: 'nobody' }, title: 'Printer', ...more } as const
  const opened = await Promise.all(Array.from({ length: count }, () => createTicket(made.as(made.owner), input)))
  return opened.map(({ ticket }) => ticket)
}

async function now(tickets: readonly Ticket[]): Promise<readonly Ticket[]> {
  const found = await findTickets(made.as(made.owner), tickets)
  return found.map((ticket) => ticket ?? assert.fail('It is gone.'))
}

function sums({ state, total, changed, unchanged, refused }: BulkJob) {
  return [state, total, changed, unchanged, refused]
}

const named = (tickets: readonly Ticket[]) => ({ ticketIds: tickets.map(({ id }) => id) })
const SOLVE: BulkChange = { status: { to: 'solved' } }

function refusedAs(code: string, path?: readonly string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Refusal, String(error))
    assert.equal(error.error.code, code)
    if (path && error.error.code === 'invalid') assert.deepEqual(error.error.issues[0]?.path, path)
    return true
  }
}

async function problemsOf(ctx: Context, { id }: BulkJob) {
  const { results } = await listResults(ctx, id, { after: 0, outcome: 'refused', limit: 100 })
  return results.map(({ problem }) => problem)
}

test('changes all that a query found when it began, tells what came of each, and gives each back what it had', async () => {
  await fresh()
  const tickets = await open(250, { priority: 'low', tags: ['old'] })
  const others = await open(3, { priority: 'high' })
  const [solved] = await open(1, { priority: 'low', status: 'solved', tags: ['done'] })
  assert.ok(solved)
  const ada = await calling(made.admin)
  const group = made.tenant.groups[0]?.id ?? assert.fail()
  const change: BulkChange = {
    ...SOLVE,
    groupId: group,
    assigneeId: made.agent.id,
    addTags: ['done'],
    removeTags: ['old'],
  }
  const job = await beginJob(ada.as(), { choice: { query: 'priority:low', viewId: 'all' }, change })
  assert.deepEqual(sums(job), ['running', 251, 0, 0, 0])
  await open(1, { priority: 'low' })
  await workOff()
  const done = await getJob(ada.as(), job.id)
  assert.deepEqual(sums(done), ['done', 251, 251, 0, 0])
  assert.deepEqual(done.change, change)
  for (const ticket of await now([...tickets, solved])) {
    const { status, groupId, assignee, tags } = ticket
    assert.deepEqual([status, groupId, assignee?.id, tags], ['solved', group, made.agent.id, ['done']])
  }
  assert.deepEqual(
    (await now(others)).map(({ version }) => version),
    [1, 1, 1],
  )
  const again = await beginJob(ada.as(), { choice: named(tickets), change })
  await workOff()
  assert.deepEqual(sums(await getJob(ada.as(), again.id)), ['done', 250, 0, 250, 0])

  const undo = await undoJob(ada.as(), job.id)
  assert.equal(undo.undoes, job.id)
  await workOff()
  assert.deepEqual(sums(await getJob(ada.as(), undo.id)), ['done', 251, 251, 0, 0])
  for (const ticket of await now(tickets)) {
    const { status, groupId, assignee, tags } = ticket
    assert.deepEqual([status, groupId, assignee, tags], ['new', null, null, ['old']])
  }
  const [back] = await now([solved])
  assert.deepEqual([back?.status, back?.tags], ['solved', ['done']])
  assert.equal((await getJob(ada.as(), job.id)).undoneBy, undo.id)
  await assert.rejects(undoJob(ada.as(), job.id), refusedAs('conflict'))
  await assert.rejects(undoJob(ada.as(), undo.id), refusedAs('conflict'))
})

test('an undo overwrites nothing newer, and a wait goes on where it was', async () => {
  await fresh()
  const message = { visibility: 'public', format: 'text', text: 'Help' } as const
  const rosa = { by: 'id', id: made.customer.id, member: true } as const
  const [one, two, three] = await open(3, { requester: rosa })
  assert.ok(one && two && three)
  for (const ticket of [one, two]) await changeTicket(made.as(made.customer), ticket, { message })
  const waited = (await now([one]))[0]?.waitingSince
  assert.ok(waited)
  const ada = await calling(made.admin)
  const job = await beginJob(ada.as(), { choice: named([one, two, three]), change: { ...SOLVE, priority: 'high' } })
  await workOff()
  assert.equal((await now([one]))[0]?.waitingSince, null)
  // There and back again is newer, too.
  for (const priority of ['low', 'high'] as const) await changeTicket(made.as(made.owner), three, { priority })
  await changeTicket(made.as(made.customer), two, { message })
  const undo = await undoJob(ada.as(), job.id)
  await workOff()
  assert.deepEqual(sums(await getJob(ada.as(), undo.id)), ['done', 3, 1, 0, 2])
  const [first, second, third] = await now([one, two, three])
  assert.deepEqual([first?.status, first?.priority, first?.waitingSince], ['new', 'normal', waited])
  assert.deepEqual([second?.status, second?.priority], ['open', 'high'])
  assert.deepEqual([third?.status, third?.priority], ['solved', 'high'])
  assert.deepEqual(await problemsOf(ada.as(), undo), [
    { code: 'conflict', message: 'Changed since: status.' },
    { code: 'conflict', message: 'Changed since: priority.' },
  ])
})

test('each ticket has its own rules and rights: those of whoever asked, at the time of its turn', async () => {
  const { desks, tenant } = await fresh()
  const [seen] = await open(1)
  const [unseen] = await open(1, { deskId: desks[2] })
  assert.ok(seen && unseen)
  const kim = await addUser(core.store, tenant, { name: 'Kim', memberships: [{ deskId: desks[2], role: 'agent' }] })
  const ada = await calling(made.admin)
  const hers = await beginJob(ada.as(), { choice: named([seen, unseen]), change: SOLVE })
  const owners = await calling(made.owner)
  const his = await beginJob(owners.as(), { choice: named([seen, unseen]), change: { assigneeId: kim.id } })
  await workOff()
  assert.deepEqual(sums(await getJob(ada.as(), hers.id)), ['done', 2, 1, 0, 1])
  const { results } = await listResults(ada.as(), hers.id, { after: 0, outcome: null, limit: 1 })
  assert.deepEqual(results[0]?.ticket, { number: seen.number, title: seen.title })
  const rest = await listResults(ada.as(), hers.id, { after: results[0]?.nth ?? 0, outcome: null, limit: 10 })
  assert.deepEqual(
    rest.results.map(({ ticket, problem }) => [ticket, problem]),
    [[null, { code: 'not_found', missing: 'ticket' }]],
  )
  const [problem] = await problemsOf(owners.as(), his)
  assert.ok(problem?.code === 'invalid')
  assert.deepEqual(problem.issues[0]?.path, ['assignee'])

  const stop = async (kind: string, end: (credentialId: string) => Promise<unknown>) => {
    const agent = await addUser(core.store, tenant, {
      name: 'Leaver',
      memberships: [{ deskId: desks[0], role: 'agent' }],
    })
    const caller = await calling(agent, kind)
    const job = await beginJob(caller.as(), {
      choice: named([seen]),
      change: { priority: kind === SESSION_KIND ? 'high' : 'low' },
    })
    await end(caller.credentialId)
    await workOff()
    return sums(await getJob(caller.as(), job.id))
  }
  const revoke = (id: string) => revokeCredential(administration(core.store), tenant.id, id)
  assert.deepEqual(await stop('api_key', revoke), ['done', 1, 0, 0, 1], 'whose key was revoked does nothing more')
  assert.deepEqual(await stop(SESSION_KIND, revoke), ['done', 1, 1, 0, 0], 'who signed out is still who asked')
  const narrow = await calling(made.admin, 'api_key', { permissions: ['ticket.bulk', 'ticket.read', 'ticket.change'] })
  const narrowJob = await beginJob(narrow.as(), { choice: named([seen]), change: { status: { to: 'open' } } })
  await workOff()
  assert.deepEqual(await problemsOf(narrow.as(), narrowJob), [{ code: 'forbidden', permission: 'ticket.status' }])
})

test('workers that die, race and are slow leave no ticket out and do none twice', async () => {
  await fresh()
  const tickets = await open(450)
  const ada = await calling(made.admin)
  const job = await beginJob(ada.as(), {
    choice: named(tickets),
    change: { status: { to: 'open' }, addTags: ['once'] },
  })
  assert.ok((await tenantsAtWork(core.store)).includes(made.tenant.id))
  // One dies right before it writes, another right after.
  const id = v7()
  for (const isSent of [false, true])
    await assert.rejects(workOn(worker({ id, store: dying(core.store, isSent) })), StoreUnavailable)
  // Their silence is over for whoever comes later; one of those has the wrong time.
  const late = new Date(Date.now() + 3_600_000)
  const workers = [core.store, core.otherStore, core.store, core.otherStore].map((store, nth) =>
    worker({ store, clock: () => (nth % 2 ? late : new Date(late.getTime() + 60_000)) }),
  )
  await Promise.all(
    workers.map(async (each) => {
      while ((await getJob(ada.as(), job.id)).state === 'running') await workOn(each)
    }),
  )
  assert.deepEqual(sums(await getJob(ada.as(), job.id)), ['done', 450, 450, 0, 0])
  for (const ticket of await now(tickets)) assert.deepEqual([ticket.version, ticket.tags], [2, ['once']])
  const { rows } = await core.outside.query<{ kinds: string[]; n: number; gaps: number }>(
    `select array_agg(distinct kind order by kind) as kinds, count(*)::int as n, (max(position) - count(*))::int as gaps
     from events where tenant_id = $1`,
    [made.tenant.id],
  )
  assert.deepEqual(rows[0]?.kinds, [
    ...['bulk_job.changed', 'bulk_job.created', 'ticket.created', 'ticket.status_changed', 'ticket.tags_changed'],
  ])
  assert.equal(rows[0].gaps, 0)
})

/** A store as a worker that dies has it: what it settles is its last, whether it gets there or not. */
function dying(store: Store, isSent: boolean): Store {
  return {
    ...store,
    async run(bound) {
      if (bound.statement.name !== 'bulk_job.settle') return store.run(bound)
      if (isSent) await store.run(bound)
      throw new StoreUnavailable(new Error('The process died.'))
    },
  }
}

test('tickets that others change at the same time are changed all the same', async () => {
  await fresh()
  const tickets = await open(60)
  const ada = await calling(made.admin)
  const job = await beginJob(ada.as(), { choice: named(tickets), change: SOLVE })
  const others = { ...made.as(made.owner), store: core.otherStore }
  await Promise.all([
    workOff(),
    ...tickets.map((ticket) => changeTicket({ ...others, requestId: v7() }, ticket, { title: 'Meanwhile' })),
  ])
  assert.deepEqual(sums(await getJob(ada.as(), job.id)), ['done', 60, 60, 0, 0])
  for (const { title, status } of await now(tickets)) assert.deepEqual([title, status], ['Meanwhile', 'solved'])
})

test('a job that is cancelled changes nothing more, and what it changed is taken back', async () => {
  await fresh()
  const tickets = await open(210)
  const ada = await calling(made.admin)
  const job = await beginJob(ada.as(), { choice: named(tickets), change: SOLVE })
  await assert.rejects(undoJob(ada.as(), job.id), refusedAs('conflict'))
  const one = worker()
  assert.ok(await workOn(one))
  assert.deepEqual(sums(await cancelJob(ada.as(), job.id)), ['cancelled', 210, 200, 0, 0])
  assert.equal((await cancelJob(ada.as(), job.id)).state, 'cancelled')
  await workOff(one)
  assert.equal((await now(tickets)).filter(({ status }) => status === 'solved').length, 200)
  const { results } = await listResults(ada.as(), job.id, { after: 200, outcome: null, limit: 100 })
  assert.deepEqual(new Set(results.map(({ outcome }) => outcome)), new Set([null]))
  const undo = await undoJob(ada.as(), job.id)
  assert.equal((await cancelJob(ada.as(), undo.id)).state, 'cancelled')
  const anew = await undoJob(ada.as(), job.id)
  await workOff()
  assert.deepEqual(sums(await getJob(ada.as(), anew.id)), ['done', 200, 200, 0, 0])
})

test('a worker that leaves gives its job to the next one at once', async () => {
  await fresh()
  const tickets = await open(201)
  const ada = await calling(made.admin)
  await beginJob(ada.as(), { choice: named(tickets), change: SOLVE })
  const [one, two] = [worker(), worker()]
  assert.ok(await workOn(one))
  assert.equal(await workOn(two), false)
  await leaveJobs(one)
  assert.equal(await workOn(two), true)
})

test('twins begin one job and one undo, also through two processes', async () => {
  await fresh()
  const tickets = await open(2)
  const ada = await calling(made.admin)
  const call = (nth: number, key: string) => ({ ...ada.as({ key }), store: nth % 2 ? core.store : core.otherStore })
  const twins = <T>(work: (nth: number) => Promise<T>) => Promise.all(Array.from({ length: 16 }, (_, nth) => work(nth)))
  const jobs = await twins((nth) => beginJob(call(nth, 'job'), { choice: named(tickets), change: SOLVE }))
  assert.equal(new Set(jobs.map(({ id }) => id)).size, 1)
  await workOff()
  const id = jobs[0]?.id ?? assert.fail()
  const undos = await twins((nth) => undoJob(call(nth, 'undo'), id))
  assert.equal(new Set(undos.map((undo) => undo.id)).size, 1)
  await assert.rejects(
    beginJob(ada.as({ key: 'job', fingerprint: 'other' }), { choice: named([]), change: SOLVE }),
    refusedAs('idempotency_mismatch'),
  )
})

test('what cannot be begun is refused, and the field is named', async () => {
  await fresh()
  const ada = await calling(made.admin)
  const begin = (change: BulkChange, query = '') => beginJob(ada.as(), { choice: { query, viewId: null }, change })
  await assert.rejects(begin({}), refusedAs('invalid', ['change']))
  await assert.rejects(begin({ addTags: [] }), refusedAs('invalid', ['change']))
  await assert.rejects(begin({ topicId: 99 }), refusedAs('invalid', ['change', 'topic']))
  await assert.rejects(begin({ groupId: v7() }), refusedAs('invalid', ['change', 'group']))
  await assert.rejects(begin({ assigneeId: v7() }), refusedAs('invalid', ['change', 'assignee']))
  await assert.rejects(begin(SOLVE, 'status:none'), refusedAs('invalid', ['query']))
  const many = { ticketIds: Array.from({ length: 10_001 }, () => v7()) }
  await assert.rejects(beginJob(ada.as(), { choice: many, change: SOLVE }), refusedAs('invalid', ['tickets']))
  const rosa = await calling(made.customer)
  const none = { choice: named([]), change: SOLVE }
  await assert.rejects(beginJob(rosa.as(), none), refusedAs('forbidden'))
  const nothing = await beginJob(ada.as(), none)
  assert.deepEqual(sums(nothing), ['done', 0, 0, 0, 0])
  const other = await calling(made.agent)
  await assert.rejects(getJob(other.as(), nothing.id), refusedAs('not_found'))
  await assert.rejects(cancelJob(other.as(), nothing.id), refusedAs('not_found'))
  assert.equal((await getJob(made.as(made.owner), nothing.id)).id, nothing.id)

  const tickets = await open(3)
  assert.equal((await idsOfTickets(ada.as(), {}, 3))?.length, 3)
  assert.equal(await idsOfTickets(ada.as(), {}, 2), null)
  const printers = { words: [{ text: 'printer', kind: 'word' }] } as const
  assert.deepEqual(await idsOfTickets(ada.as(), printers, 3), tickets.map(({ id }) => id).sort())
  const busy = Array.from({ length: 20 }, () => beginJob(ada.as(), { choice: named(tickets), change: SOLVE }))
  await Promise.all(busy)
  await assert.rejects(beginJob(ada.as(), { choice: named(tickets), change: SOLVE }), refusedAs('conflict'))
})

test('what happens to a job is told to whoever asked for it, and to owners', async () => {
  await fresh()
  const ada = await calling(made.admin)
  await beginJob(ada.as(), { choice: named(await open(1)), change: SOLVE })
  await workOff()
  const feed = openFeed(core.store, assert.fail)
  const toldTo = async (who: UserSummary, changes: object = {}): Promise<readonly string[]> => {
    const { actor } = made.as(who, changes)
    const { events } = await getEvents(feed, actor, { after: 0, limit: 200, waitMs: 0 })
    return events.map(({ kind }) => kind).filter((kind) => kind.startsWith('bulk_job.'))
  }
  const both = ['bulk_job.created', 'bulk_job.changed']
  for (const who of [made.admin, made.owner]) assert.deepEqual(await toldTo(who), both)
  for (const who of [made.agent, made.customer]) assert.deepEqual(await toldTo(who), [])
  assert.deepEqual(
    await toldTo(made.owner, { boundTo: made.desks[0] }),
    [],
    'who is bound to a desk sees what is there',
  )
  await feed.stop()
})

test('jobs are listed, the newest first, and forgotten once nobody takes them back', async () => {
  await fresh()
  const tickets = await open(1)
  const ada = await calling(made.admin)
  const begin = () => beginJob(ada.as(), { choice: named(tickets), change: SOLVE })
  const [one, two, three] = [await begin(), await begin(), await begin()]
  const page = await listJobs(ada.as(), { before: null, limit: 2 })
  assert.deepEqual([page.jobs.map(({ id }) => id), page.next], [[three.id, two.id], two.id])
  const rest = await listJobs(ada.as(), { before: page.next, limit: 2 })
  assert.deepEqual([rest.jobs.map(({ id }) => id), rest.next], [[one.id], null])
  await workOff()
  await cancelJob(ada.as(), (await begin()).id)
  await purgeJobs(core.store, made.tenant.id, '2100-01-01T00:00:00.000Z')
  assert.deepEqual((await listJobs(ada.as(), { before: null, limit: 10 })).jobs, [])
})
