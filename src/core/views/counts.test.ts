import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import type { UserSummary } from '../identity/user.ts'
import { markRead, markUnread } from '../marks/commands.ts'
import { queryTickets, readQuery } from '../query/list.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { snoozeTicket, wakeTicket } from '../tickets/commands/snooze.ts'
import { PRIORITIES, type Priority, STATUSES, type Status } from '../words.ts'
import { createView } from './commands.ts'
import { countViews, listViews } from './queries.ts'

/** How many changes there are; more with the variable, for whoever doubts it. */
const CHANGES = Number(process.env['VIEW_CHANGES'] ?? 2_000)
/** Changes that are under way together. */
const TOGETHER = 100
const TICKETS = 150
const TAGS = ['red', 'blue'] as const

let core: Core
let made: SmallTenant
before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core?.close())

/** A ticket as its row tells, with what one person has seen of it. */
interface Row {
  readonly desk_id: string
  readonly status: Status
  readonly priority: Priority
  readonly assignee_id: string | null
  readonly tags: readonly string[]
  readonly title: string
  readonly is_waiting: boolean
  readonly is_snoozed: boolean
  readonly is_unread: boolean
  readonly is_young: boolean
}

type Holds = (ticket: Row, me: UserSummary) => boolean

const isOpen: Holds = ({ status, is_snoozed }) => status !== 'solved' && status !== 'closed' && !is_snoozed

/** What the views that everybody has ask for, once more, in other words. */
const OF_ALL: Readonly<Record<string, Holds>> = {
  mine: (ticket, me) => ticket.assignee_id === me.id && isOpen(ticket, me),
  unassigned: (ticket, me) => ticket.assignee_id === null && isOpen(ticket, me),
  open: isOpen,
  waiting: ({ is_waiting, is_snoozed }) => is_waiting && !is_snoozed,
  unread: ({ is_unread }) => is_unread,
  snoozed: ({ is_snoozed }) => is_snoozed,
  solved: ({ status, is_young }) => status === 'solved' && is_young,
  all: () => true,
}

/** Queries that are saved, and what they ask for. */
const SAVED: readonly (readonly [string, Holds])[] = [
  ['status:open,pending tag:red -tag:blue', (t) => /^(open|pending)$/.test(t.status) && is(t, 'red') && !is(t, 'blue')],
  ['priority:>=high -assignee:none', (t) => /^(high|urgent)$/.test(t.priority) && t.assignee_id !== null],
  ['desk:Second -assignee:me', (t, me) => t.desk_id === made.desks[1] && t.assignee_id !== me.id],
  ['lamp is:waiting -is:unread', (t) => t.title.includes('lamp') && t.is_waiting && !t.is_unread],
]

function is({ tags }: Row, tag: string): boolean {
  return tags.includes(tag)
}

const change = fc.record({
  what: fc.constantFrom(
    'status',
    'priority',
    'assignee',
    'tag',
    'untag',
    'desk',
    'snooze',
    'wake',
    'message',
    'title',
    'read',
    'unread',
    'replace',
  ),
  ticket: fc.nat(TICKETS - 1),
  who: fc.nat(2),
  status: fc.constantFrom(...STATUSES),
  priority: fc.constantFrom(...PRIORITIES),
  tag: fc.constantFrom(...TAGS),
  desk: fc.nat(1),
  isLamp: fc.boolean(),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

/** Does one change, by one of two servers. @returns the ticket that is at its place then. */
async function make(given: Change, nth: number, ticket: string): Promise<string> {
  const people = [made.agent, made.admin, made.customer] as const
  const store = nth % 2 === 0 ? core.store : core.otherStore
  const as = (who: UserSummary) => made.as(who, { store, now: new Date().toISOString() })
  const [agent, admin] = [as(made.agent), as(made.admin)]
  const ref = { id: ticket }
  const deskId = made.desks[given.desk] ?? made.desks[0]
  const title = given.isLamp ? 'The lamp' : 'The door'
  const text = { visibility: 'public', format: 'text', text: 'Well' } as const
  switch (given.what) {
    case 'status':
      await changeTicket(agent, ref, { status: { to: given.status } })
      break
    case 'priority':
      await changeTicket(agent, ref, { priority: given.priority })
      break
    case 'assignee':
      await changeTicket(agent, ref, { assigneeId: given.who === 2 ? null : (people[given.who]?.id ?? null) })
      break
    case 'tag':
      await changeTicket(agent, ref, { addTags: [given.tag] })
      break
    case 'untag':
      await changeTicket(agent, ref, { removeTags: [given.tag] })
      break
    case 'snooze':
      await unlessDone(snoozeTicket(agent, ref, null))
      break
    case 'wake':
      await wakeTicket(agent, ref)
      break
    case 'desk':
      await changeTicket(agent, ref, { deskId })
      break
    case 'title':
      await changeTicket(agent, ref, { title })
      break
    case 'message':
      await unlessClosed(
        changeTicket(agent, ref, { message: given.who === 2 ? { ...text, author: 'requester' } : text }),
      )
      break
    case 'read':
      await markRead(given.who === 0 ? agent : admin, ref, null)
      break
    case 'unread':
      await markUnread(given.who === 0 ? agent : admin, ref)
      break
    case 'replace':
      await deleteTickets(admin, [ref])
      return open(admin, deskId, title)
  }
  return ticket
}

/** A requester adds nothing to what is closed. */
async function unlessClosed(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Refusal && error.error.code === 'ticket_closed')) throw error
  })
}

/** Nobody is snoozed who is done. */
async function unlessDone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Refusal && error.error.code === 'conflict')) throw error
  })
}

async function open(ctx: Context, deskId: string, title: string): Promise<string> {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const message = { visibility: 'public', format: 'text', text: 'It is broken', author: 'requester' } as const
  return (await createTicket(ctx, { deskId, requester, title, message })).ticket.id
}

/** The tickets on the desks of a person, as the tables have them. */
async function ticketsOf(me: UserSummary): Promise<readonly Row[]> {
  const { rows } = await core.outside.query<Row>(
    `select t.desk_id, t.status, t.priority, t.assignee_id, t.tags, t.title, t.waiting_since is not null as is_waiting,
       t.snoozed_until is not null as is_snoozed,
       t.change_position > coalesce((select k.position from read_marks k where k.tenant_id = $1 and k.user_id = $2 and k.ticket_id = t.id), 0)
         as is_unread,
       t.updated_at > now() - interval '30 days' as is_young
     from tickets t where t.tenant_id = $1`,
    [made.tenant.id, me.id],
  )
  return rows.filter(({ desk_id }) => me.isOwner || me.memberships.some(({ deskId }) => deskId === desk_id))
}

/** Compares all that is counted and listed for a person with what the tables have. */
async function check(me: UserSummary, saved: ReadonlyMap<string, Holds>): Promise<void> {
  const ctx = made.as(me, { now: new Date().toISOString() })
  const tickets = await ticketsOf(me)
  const counts = new Map((await countViews(ctx)).map(({ viewId, ...counted }) => [viewId, counted]))
  for (const view of await listViews(ctx)) {
    const holds = OF_ALL[view.id] ?? saved.get(view.id) ?? assert.fail(view.id)
    const count = tickets.filter((ticket) => holds(ticket, me)).length
    assert.deepEqual(counts.get(view.id), { count, more: false, mistake: null }, `${me.name}: ${view.name}`)
    const read = await readQuery(ctx, view.query)
    assert.ok('conditions' in read)
    const page = { sort: view.sort, descending: view.descending, cursor: null, limit: 1_000 }
    assert.equal((await queryTickets(ctx, read.conditions, page)).tickets.length, count, `${me.name}: ${view.name}`)
  }
}

test(`a view's count equals a fresh count after ${CHANGES} random changes`, async () => {
  const saved = new Map<string, Holds>()
  for (const [query, holds] of SAVED) {
    const order = { sort: 'created', descending: true } as const
    const view = { name: query, query, ...order, audience: 'everyone', groupId: null } as const
    saved.set((await createView(made.as(made.owner), view)).id, holds)
  }
  const admin = made.as(made.admin, { now: new Date().toISOString() })
  const places = await Promise.all(
    Array.from({ length: TICKETS }, (_, at) =>
      open(admin, made.desks[at % 2] ?? '', at % 3 === 0 ? 'The lamp' : 'The door'),
    ),
  )
  const seed = Date.now()
  const changes = fc.sample(change, { numRuns: CHANGES, seed })
  const readers = [made.agent, made.admin, made.owner]
  try {
    for (let from = 0; from < changes.length; from += TOGETHER) {
      // One after the other on each ticket, all tickets at once.
      const lines = Map.groupBy(changes.slice(from, from + TOGETHER), ({ ticket }) => ticket)
      await Promise.all(
        [...lines].map(async ([at, line]) => {
          for (const [nth, each] of line.entries()) places[at] = await make(each, at + nth, places[at] ?? '')
        }),
      )
      if (from % (TOGETHER * 5) === 0) await check(made.agent, saved)
    }
    for (const reader of readers) await check(reader, saved)
  } catch (error) {
    throw new Error(`With the seed ${seed}`, { cause: error })
  }
})

test('of a view with more tickets than are counted, it is told that there are more', async () => {
  const many = await makeTenant(core.store, 'Many')
  const ask = { deskId: many.desks[0], requester: { by: 'nobody' }, title: 'One of many' } as const
  const opened = await Promise.all(Array.from({ length: 1_001 }, () => createTicket(many.as(many.owner), ask)))
  await changeTicket(many.as(many.owner), opened[0]?.ticket ?? assert.fail(), { status: { to: 'open' } })
  const ctx = many.as(many.owner)
  const order = { sort: 'created', descending: true } as const
  const shared = { name: 'New', ...order, audience: 'everyone', groupId: null } as const
  const { id } = await createView(ctx, { ...shared, query: 'status:new' })
  const counts = new Map((await countViews(ctx)).map(({ viewId, count, more }) => [viewId, { count, more }]))
  assert.deepEqual(counts.get('all'), { count: 1_000, more: true })
  assert.deepEqual(counts.get(id), { count: 1_000, more: false })
})

test('a view whose query means nothing any more says so, and the others are counted', async () => {
  const ctx = made.as(made.owner)
  const order = { sort: 'created', descending: true } as const
  const words = { name: 'Group', query: 'group:"Group 1"', ...order, audience: 'private', groupId: null } as const
  const groups = made.tenant.groups.map((group, at) => ({ ...group, name: `Group ${at + 1}` }))
  const { id } = await createView({ ...ctx, tenant: { ...made.tenant, groups } }, words)
  const counts = await countViews(ctx)
  const counted = counts.find(({ viewId }) => viewId === id)
  assert.ok(counted?.mistake && counted.count === 0)
  assert.ok(counts.filter(({ mistake }) => mistake === null).length >= 7)
})
