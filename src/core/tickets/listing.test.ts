import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { addUser, type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { may } from '../identity/actor.ts'
import type { UserSummary } from '../identity/user.ts'
import type { Message } from '../messages/message.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import { changeTicket } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { getConversation } from './queries/conversation.ts'
import { findTickets } from './queries/find.ts'
import { listTickets, type TicketKey, type TicketOrder } from './queries/list.ts'
import type { Ticket, TicketFilter } from './ticket.ts'

/** Words with what is special in a pattern, in capitals, within other words, and numbers that also are integers. */
const WORDS = [
  'door',
  'DOORBELL',
  '100%',
  '1000',
  'a_b',
  'axb',
  'back\\slash',
  'größe',
  'gro\u0308ße',
  'ｄｏｏｒ',
  '7',
  '12',
  "it's",
]
const SIZE = 45

let core: Core
let made: SmallTenant
/** All tickets as they are in the end, with all their messages. */
let tickets: readonly Ticket[]
const conversations = new Map<string, readonly Message[]>()
/** The position of the latest event of each. */
const positions = new Map<string, number>()
/** Who looks, by a name that a counterexample can show. */
let viewers: ReadonlyMap<string, Context>

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
  const { desks, tenant } = made
  const mixed = await addUser(core.store, tenant, {
    name: 'Mia',
    surname: 'Doorman',
    customerNumber: '1000',
    memberships: [
      { deskId: desks[0], role: 'customer' },
      { deskId: desks[1], role: 'agent' },
    ],
  })
  const stranger = await addUser(core.store, tenant, { name: '100%', email: 'a_b@example.com', memberships: [] })
  await fill([made.customer, mixed, stranger])
  viewers = new Map([
    ['owner', made.as(made.owner)],
    ['owner with a key of the second desk', made.as(made.owner, { boundTo: desks[1] })],
    ['agent of two desks', made.as(made.agent)],
    ['agent with a key of one', made.as(made.agent, { boundTo: desks[0] })],
    ['agent here, customer there', made.as(mixed)],
    ['agent here with a key of there', made.as(mixed, { boundTo: desks[0] })],
    ['customer', made.as(made.customer)],
    ['customer with a key of one desk', made.as(made.customer, { boundTo: desks[1] })],
    ['stranger', made.as(stranger)],
    ['owner who may not read notes', made.as(made.owner, { permissions: ['ticket.read'] })],
  ])
})
after(() => core.close())

/** Makes the tickets, always the same ones. Their latest changes are in another order than they, and than their times. */
async function fill(requesters: readonly UserSummary[]): Promise<void> {
  const anyWords = fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((words) => words.join(' '))
  const anyOfOne = fc.constantFrom(null, 1, 2)
  const anyRecipe = fc.record({
    desk: fc.integer({ min: 0, max: 2 }),
    requester: fc.integer({ min: 0, max: requesters.length }),
    assigned: fc.boolean(),
    status: fc.constantFrom(...STATUSES),
    priority: fc.constantFrom(...PRIORITIES),
    topicId: anyOfOne,
    typeId: anyOfOne,
    group: fc.integer({ min: 0, max: 2 }),
    externalReference: fc.constantFrom(null, 'ref-1', 'ref-2'),
    title: anyWords,
    from: anyWords,
    to: anyWords,
    said: fc.array(fc.record({ text: anyWords, visibility: fc.constantFrom('public' as const, 'internal' as const) }), {
      maxLength: 3,
    }),
    laterBy: fc.integer({ min: 0, max: 3 }),
  })
  const times = ['09', '10', '11', '12'].map((hour) => `2026-03-01T${hour}:00:00.000Z`)
  const at = (index: number) => times[index] ?? assert.fail()
  const ids: string[] = []
  for (const recipe of fc.sample(anyRecipe, { numRuns: SIZE, seed: 20_260_301 })) {
    const requester = requesters[recipe.requester]
    const { ticket } = await createTicket(made.as(made.owner, { now: at(0) }), {
      deskId: made.desks[recipe.desk] ?? assert.fail(),
      requester: requester ? { by: 'id', id: requester.id, member: false } : { by: 'nobody' },
      assigneeId: recipe.assigned ? made.owner.id : null,
      status: recipe.status,
      priority: recipe.priority,
      topicId: recipe.topicId,
      typeId: recipe.typeId,
      groupId: made.tenant.groups[recipe.group]?.id ?? null,
      externalReference: recipe.externalReference,
      title: recipe.title,
      fromAddress: recipe.from,
      fromName: recipe.to,
      toAddress: recipe.to,
    })
    ids.push(ticket.id)
    const changes = recipe.said.map((message) => ({ message: { ...message, format: 'text' as const } }))
    for (const change of [...changes, { title: `${recipe.title} .` }])
      await changeTicket(made.as(made.owner, { now: at(recipe.laterBy) }), ticket, change)
  }
  for (const id of ids.toReversed().filter((_, nth) => nth % 3 > 0))
    await changeTicket(made.as(made.owner, { now: at(1) }), { id }, { addTags: ['late'] })
  const all = made.as(made.owner)
  tickets = (
    await findTickets(
      all,
      ids.map((id) => ({ id })),
    )
  ).filter((ticket) => ticket !== null)
  const latest = await core.outside.query<{ id: string; position: string }>(
    'select ticket_id as id, max(position) as position from events where tenant_id = $1 and ticket_id is not null group by ticket_id',
    [made.tenant.id],
  )
  for (const { id, position } of latest.rows) positions.set(id, Number(position))
  for (const { id } of tickets) conversations.set(id, (await getConversation(all, { id })).messages)
}

// --- what a list should hold ------------------------------------------------------------------------------------------

const wanted = <T>(values: readonly T[] | undefined, value: T | null): boolean =>
  values === undefined || (value !== null && values.includes(value))

function matches(ctx: Context, ticket: Ticket, filter: TicketFilter): boolean {
  return (
    wanted(filter.deskIds, ticket.deskId) &&
    wanted(filter.statuses, ticket.status) &&
    wanted(filter.priorities, ticket.priority) &&
    wanted(filter.topicIds, ticket.topicId) &&
    wanted(filter.typeIds, ticket.typeId) &&
    wanted(filter.groupIds, ticket.groupId) &&
    wanted(filter.requesterIds, ticket.requester?.id ?? null) &&
    wanted(filter.assigneeIds, ticket.assignee?.id ?? null) &&
    (filter.unassigned === undefined || (ticket.assignee === null) === filter.unassigned) &&
    (filter.externalReference === undefined || ticket.externalReference === filter.externalReference) &&
    hasWords(ctx, ticket, filter.words ?? [])
  )
}

function hasWords(ctx: Context, ticket: Ticket, words: readonly string[]): boolean {
  const [only] = words
  if (words.length === 1 && only !== undefined && Number(only) === ticket.integer) return true
  const { requester } = ticket
  const mayReadNotes = may(ctx.actor, 'message.read_internal', ticket.deskId)
  const shown = (conversations.get(ticket.id) ?? []).filter((each) => mayReadNotes || each.visibility === 'public')
  const texts = [
    ticket.title,
    ticket.fromAddress,
    ticket.fromName,
    ticket.toAddress,
    ...(requester ? [requester.name, requester.surname, requester.email ?? '', requester.customerNumber ?? ''] : []),
    ...shown.map((message) => message.plain),
  ].map((text) => text.normalize('NFC').toLowerCase())
  const isIn = (word: string, text: string): boolean =>
    ['NFC', 'NFKC'].some((form) => text.includes(word.normalize(form).toLowerCase()))
  return words.every((word) => texts.some((text) => isIn(word, text)))
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const newestFirst = (a: Ticket, b: Ticket): number => byText(b.id, a.id)
const positionOf = ({ id }: Ticket): number => positions.get(id) ?? assert.fail()
const latestFirst = (a: Ticket, b: Ticket): number => positionOf(b) - positionOf(a)
const SORTS: Readonly<Record<TicketOrder, (a: Ticket, b: Ticket) => number>> = {
  newest: newestFirst,
  oldest: (a, b) => newestFirst(b, a),
  latest_change: latestFirst,
  earliest_change: (a, b) => latestFirst(b, a),
}

/** What a viewer can open one by one and what the filter leaves of it. */
async function expected(ctx: Context, filter: TicketFilter, order: TicketOrder): Promise<readonly Ticket[]> {
  const seen = await findTickets(ctx, tickets)
  return seen
    .filter((ticket) => ticket !== null)
    .filter((ticket) => matches(ctx, ticket, filter))
    .sort(SORTS[order])
}

// --- arbitraries ------------------------------------------------------------------------------------------------------

const some = <T>(values: readonly T[]) => fc.array(fc.constantFrom(...values), { maxLength: 4 })

/** Made late: what it chooses from exists only after `before`. */
function anyFilter(words: boolean): fc.Arbitrary<TicketFilter> {
  const people = [...new Set(tickets.flatMap((ticket) => ticket.requester?.id ?? []))]
  return fc.record(
    {
      deskIds: some(made.desks),
      statuses: some(STATUSES),
      priorities: some(PRIORITIES),
      topicIds: some([1, 2, 3]),
      typeIds: some([1, 2]),
      groupIds: some(made.tenant.groups.map((group) => group.id)),
      requesterIds: some(people),
      assigneeIds: some([made.owner.id, made.agent.id]),
      unassigned: fc.boolean(),
      externalReference: fc.constantFrom('ref-1', 'ref-2', 'ref-3'),
      ...(words
        ? { words: fc.array(fc.constantFrom(...WORDS, '%', '_', '\\', 'door', 'mia'), { minLength: 1, maxLength: 2 }) }
        : {}),
    },
    { requiredKeys: [] },
  )
}

/** Mostly few conditions, so that lists are not mostly empty. */
function fewConditions(words: boolean): fc.Arbitrary<TicketFilter> {
  return fc.tuple(anyFilter(words), fc.subarray(Object.keys(FIELDS), { maxLength: 2 })).map(([filter, kept]) => {
    const entries = Object.entries(filter).filter(([name]) => name === 'words' || kept.includes(name))
    return Object.fromEntries(entries)
  })
}

const FIELDS: Readonly<Record<Exclude<keyof TicketFilter, 'words'>, true>> = {
  deskIds: true,
  statuses: true,
  priorities: true,
  topicIds: true,
  typeIds: true,
  groupIds: true,
  requesterIds: true,
  assigneeIds: true,
  unassigned: true,
  externalReference: true,
}

const anyViewer = () => fc.constantFrom(...viewers.keys())
const contextOf = (viewer: string): Context => viewers.get(viewer) ?? assert.fail()
const anyOrder = fc.constantFrom<TicketOrder>('newest', 'oldest', 'latest_change', 'earliest_change')
const idsOf = (list: readonly (Ticket | null)[]) => list.map((ticket) => ticket?.id)

// --- promises ---------------------------------------------------------------------------------------------------------

test('Pages by key join to the list of all tickets in sight that match, in order, none twice and none left out', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyViewer(),
      fewConditions(false),
      anyOrder,
      fc.integer({ min: 1, max: SIZE + 1 }),
      async (viewer, filter, order, limit) => {
        const ctx = contextOf(viewer)
        const joined: Ticket[] = []
        let from: TicketKey | null = null
        do {
          const page: Awaited<ReturnType<typeof listTickets>> = await listTickets(ctx, filter, {
            by: 'key',
            order,
            after: from,
            limit,
          })
          assert.ok(page.tickets.length <= limit)
          assert.ok(page.next === null || page.tickets.length === limit, 'only the last page is short')
          joined.push(...page.tickets)
          from = page.next
        } while (from !== null)
        const wholly = await expected(ctx, filter, order)
        assert.deepEqual(idsOf(joined), idsOf(wholly))
        assert.deepEqual(joined, wholly, 'and each is shown as it is on its own')
      },
    ),
    { numRuns: 150 },
  )
})

test('Pages by offset are slices of the newest first, and the total is their number', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyViewer(),
      fc.boolean().chain(fewConditions),
      fc.nat(SIZE),
      fc.integer({ min: 1, max: SIZE }),
      async (viewer, filter, offset, limit) => {
        const ctx = contextOf(viewer)
        const page = await listTickets(ctx, filter, { by: 'offset', offset, limit })
        const wholly = await expected(ctx, filter, 'newest')
        assert.equal(page.total, wholly.length)
        assert.deepEqual(idsOf(page.tickets), idsOf(wholly.slice(offset, offset + limit)))
      },
    ),
    { numRuns: 300 },
  )
})

test('Words are found wherever the viewer may read, and nowhere else', async () => {
  for (const [name, ctx] of viewers) {
    for (const word of WORDS) {
      const { total, tickets: found } = await listTickets(
        ctx,
        { words: [word] },
        { by: 'offset', offset: 0, limit: SIZE },
      )
      const wholly = await expected(ctx, { words: [word] }, 'newest')
      assert.deepEqual([idsOf(found), total], [idsOf(wholly), wholly.length], `${name} looking for ${word}`)
    }
  }
})

test('A total without other conditions comes from the counters, also when a status is named twice', async () => {
  for (const [name, ctx] of viewers) {
    for (const statuses of [undefined, ['new'], ['new', 'new'], ['solved', 'closed', 'solved'], []] as const) {
      const filter = statuses === undefined ? {} : { statuses }
      const { total } = await listTickets(ctx, filter, { by: 'offset', offset: 0, limit: 1 })
      assert.equal(total, (await expected(ctx, filter, 'newest')).length, `${name}: ${statuses}`)
    }
  }
})
