import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import type { Context } from '../src/core/context.ts'
import type { UserSummary } from '../src/core/identity/user.ts'
import type { Conditions } from '../src/core/query/conditions.ts'
import { QUERY_SORTS, type QueryCursor, queryTickets } from '../src/core/query/list.ts'
import {
  listShown,
  listTickets,
  type TicketKey,
  type TicketOrder,
  type TicketPage,
} from '../src/core/tickets/queries/list.ts'
import { createShelf } from '../src/core/tickets/shelf.ts'
import { TIMELINE } from '../src/core/tickets/store/conversation.ts'
import { LED, LED_MANY, MERGED, STAYING } from '../src/core/tickets/store/find.ts'
import { ABOVE, LINKS_OF } from '../src/core/tickets/store/links.ts'
import type { TicketFilter } from '../src/core/tickets/ticket.ts'
import { STATUSES } from '../src/core/words.ts'
import type { BoundStatement } from '../src/storage/statement.ts'
import { type Core, makeTenant, openCore, type SmallTenant } from './core.ts'
import { planOf, rowsRead } from './explain.ts'

/**
 * Every list is a range of an index, whatever the statistics say. One large tenant among many small ones is where the
 * statistics are wrong: they tell of the mean.
 */

const SMALL_TENANTS = 150
const LARGE = 20_000
const SMALL = 50
const LIMIT = 20
/** Rows that a page may look at: some times what it shows, as it may be made of several ranges, and a filter leaves some out. */
const MOST_READ = 10 * (LIMIT + 1)

let core: Core
let large: SmallTenant
let small: SmallTenant
/** Who looks, by what they see. */
let viewers: ReadonlyMap<string, (of: SmallTenant) => Context>
/** A session on which every statement was planned before there was a row. */
let early: pg.Client

before(async () => {
  core = await openCore()
  large = await makeTenant(core.store, 'Large')
  small = await makeTenant(core.store, 'Small')
  viewers = new Map([
    ['all desks', (of: SmallTenant) => of.as(of.owner)],
    ['one desk', (of: SmallTenant) => of.as(of.owner, { boundTo: of.desks[0] })],
    ['two desks, and the own tickets elsewhere', (of: SmallTenant) => of.as(of.agent)],
    ['a desk, with the own tickets there and elsewhere', (of: SmallTenant) => of.as(worker(of))],
    ['the own tickets', (of: SmallTenant) => of.as(of.customer)],
  ])
  early = await session()
  for (const { bounds } of await asked(small, [null])) for (const bound of bounds) await planOf(early, bound)
  await fill()
})
after(async () => {
  await early?.end()
  await core?.close()
})

/** Who asked for all of the tickets, as one who works on the first desk. */
function worker({ customer, desks }: SmallTenant): UserSummary {
  return { ...customer, memberships: [{ id: customer.id, deskId: desks[0], role: 'agent' }] }
}

async function session(): Promise<pg.Client> {
  const client = new pg.Client(core.connection)
  await client.connect()
  // As the product's connections have it.
  await client.query('set plan_cache_mode = force_generic_plan; set jit = off; set max_parallel_workers_per_gather = 0')
  return client
}

async function withSession(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = await session()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** Tickets of every tenant, in an order of changes that is not that of their creation. Nobody analyses them yet. */
async function fill(): Promise<void> {
  const { outside } = core
  await outside.query('alter table tickets set (autovacuum_enabled = off)')
  await outside.query(
    `insert into tenants (tenant_id, name, created_at) select gen_random_uuid(), 'Filler', now() from generate_series(1, $1)`,
    [SMALL_TENANTS],
  )
  await outside.query(`insert into desks (tenant_id, id, integer, name, is_default, created_at)
    select t.tenant_id, gen_random_uuid(), 1, 'Only', true, now() from tenants t where t.name = 'Filler'`)
  await outside.query(`insert into users (tenant_id, id, integer, kind, created_at, updated_at)
    select t.tenant_id, gen_random_uuid(), 1, 'person', now(), now() from tenants t where t.name = 'Filler'`)
  await outside.query(`insert into channels (tenant_id, id, kind, name, icon)
    select t.tenant_id, 9, 'api', 'API', 'api' from tenants t where t.name = 'Filler'`)
  const tickets = (from: string) => `
    insert into tickets (tenant_id, id, integer, desk_id, number, version, title, description, status, priority, requester_id,
      channel_id, direction, from_address, from_name, to_address, to_name, tags, created_at, updated_at, change_position)
    select o.tenant_id, ('00000000-0000-7000-8000-' || lpad(to_hex(o.first + n), 12, '0'))::uuid, o.first + n, o.desk_ids[n % cardinality(o.desk_ids) + 1], o.first + n, 1,
      'Title', 'Text', 'open', 'normal', o.user_id, 9, 'inbound', '', '', '', '', '{}', now(), now(), (o.first + n) * 7919 % 1000003
    from ${from}, generate_series(1, o.size) n`
  await outside.query(
    tickets(`(select d.tenant_id, array[d.id] as desk_ids, u.id as user_id, 0 as first, $1::integer as size from tenants t
      join desks d on d.tenant_id = t.tenant_id join users u on u.tenant_id = t.tenant_id where t.name = 'Filler') o`),
    [SMALL],
  )
  for (const { tenant, desks, customer } of [large, small]) {
    const size = tenant.name === 'Large' ? LARGE : SMALL
    await outside.query(
      tickets(
        `(select $1::uuid as tenant_id, $3::uuid[] as desk_ids, $2::uuid as user_id, 0 as first, $4::integer as size) o`,
      ),
      [tenant.id, customer.id, desks, size],
    )
  }
}

const ORDERS: readonly TicketOrder[] = ['newest', 'oldest', 'latest_change', 'earliest_change']

/** Filters of which every ticket of the large tenant leaves enough for a page. */
function filtersOf({ desks, customer }: SmallTenant): readonly TicketFilter[] {
  return [
    {},
    { deskIds: [desks[0]] },
    { deskIds: [desks[0], desks[1]] },
    { statuses: STATUSES, priorities: ['normal'], unassigned: true },
    { requesterIds: [customer.id] },
    { requesterIds: [customer.id], deskIds: [desks[1]] },
  ]
}

/** Nothing fits on it. */
const EMPTY = createShelf<string>(1, () => 2)

interface Asked {
  readonly what: string
  readonly bounds: readonly BoundStatement<unknown>[]
}

/** The statements behind every list of tickets, for every viewer, and from every place. */
async function asked(of: SmallTenant, places: readonly (TicketKey | null)[]): Promise<readonly Asked[]> {
  const lists: Asked[] = []
  for (const [viewer, as] of viewers) {
    for (const filter of filtersOf(of)) {
      const from = Object.keys(filter).length === 0 ? places : [null]
      const pages: TicketPage[] = [
        ...ORDERS.flatMap((order) =>
          from.map((after): TicketPage => ({ by: 'key', order, after: placeIn(order, after), limit: LIMIT })),
        ),
        { by: 'offset', offset: 0, limit: LIMIT },
      ]
      const marks = await recorded(as(of), (ctx) => listShown(ctx, filter, LIMIT, { shelf: EMPTY, show: () => '' }))
      lists.push({ what: `${viewer}, ${JSON.stringify(filter)}, marks`, bounds: marks })
      for (const page of pages) {
        const bounds = await statementsOf(as(of), filter, page)
        const what = `${viewer}, ${JSON.stringify(filter)}, ${JSON.stringify(page)}`
        lists.push({ what, bounds: bounds.filter(({ statement }) => /^ticket\.(list|page)\./.test(statement.name)) })
      }
    }
  }
  return lists
}

/** A key of either kind of order: of tickets by creation their id, by change the position. */
function placeIn(order: TicketOrder, key: TicketKey | null): TicketKey | null {
  return key === null || order.endsWith('change') ? key : { ...key, at: '2026-01-01T00:00:00.000Z' }
}

/** What a list asks the store. */
async function statementsOf(
  ctx: Context,
  filter: TicketFilter,
  page: TicketPage,
): Promise<readonly BoundStatement<unknown>[]> {
  return recorded(ctx, (recording) => listTickets(recording, filter, page))
}

async function recorded(
  ctx: Context,
  work: (ctx: Context) => Promise<unknown>,
): Promise<readonly BoundStatement<unknown>[]> {
  const bounds: BoundStatement<unknown>[] = []
  const store: Context['store'] = {
    ...ctx.store,
    run: async (bound) => {
      bounds.push(bound)
      return []
    },
  }
  await work({ ...ctx, store })
  return bounds
}

/** The beginning, the middle and the end of the large tenant's tickets, in either kind of order. */
const PLACES: readonly (TicketKey | null)[] = [
  null,
  { at: '500000', id: '00000000-0000-7000-8000-000000002710' },
  { at: '999000', id: '00000000-0000-7000-8000-000000004e00' },
]

async function demandRanges(client: pg.Client): Promise<void> {
  for (const tenant of [large, small])
    for (const { what, bounds } of await asked(tenant, PLACES))
      for (const bound of bounds) {
        const read = rowsRead(await planOf(client, bound)).get('tickets') ?? 0
        assert.ok(read <= MOST_READ, `${bound.statement.name} read ${read} rows: ${tenant.tenant.name}, ${what}`)
      }
}

describe('Every page of a list of tickets reads as many tickets as it shows, of each range that it is made of', () => {
  test('by plans that were made before there was anything', () => demandRanges(early))

  test('by plans that were made without statistics', () => withSession(demandRanges))

  test('by plans that were made with statistics of one large tenant among many small ones', async () => {
    await core.outside.query('analyze')
    await withSession(demandRanges)
  })
})

describe('Whatever leads from one ticket to another', () => {
  /** What is asked of a ticket, of one that was merged into it, and of none. */
  function bounds({ tenant }: SmallTenant): readonly BoundStatement<unknown>[] {
    const tenant_id = tenant.id
    const idOf = (integer: number) => `00000000-0000-7000-8000-${integer.toString(16).padStart(12, '0')}`
    const page = { after: 0, limit: LIMIT, page_bytes: 1_000, with_notes: true }
    return [10, 20, 999_999].flatMap((integer) => [
      LED.with({ tenant_id, ids: [idOf(integer)], integers: [] }),
      LED_MANY.with({ tenant_id, ids: [], integers: [integer] }),
      STAYING.with({ tenant_id, ids: [idOf(integer), idOf(integer + 1)] }),
      MERGED.with({ tenant_id, id: null, integer }),
      TIMELINE.with({ tenant_id, ticket_id: idOf(integer), ...page }),
      LINKS_OF.with({ tenant_id, ticket_ids: [idOf(integer)], limit: LIMIT }),
      ABOVE.with({ tenant_id, id: idOf(integer) }),
    ])
  }

  test('reads these two, and no others', async () => {
    for (const { tenant } of [large, small])
      await core.outside.query(
        `update tickets t set merged_into = (select i.id from tickets i where i.tenant_id = $1 and i.integer = 20)
        where t.tenant_id = $1 and t.integer = 10`,
        [tenant.id],
      )
    const demand = async (client: pg.Client): Promise<void> => {
      for (const tenant of [large, small])
        for (const bound of bounds(tenant)) {
          const read = rowsRead(await planOf(client, bound)).get('tickets') ?? 0
          assert.ok(read <= 10, `${bound.statement.name} read ${read} rows`)
        }
    }
    await withSession(demand)
    await core.outside.query('analyze tickets')
    await withSession(demand)
  })
})

describe('Every page of a query', () => {
  /** As many tickets as are looked for by themselves, here. */
  const MOST = 30
  const FEW = 4

  before(async () => {
    const { tenant, agent } = large
    const some = `update tickets set`
    const of = `where tenant_id = '${tenant.id}' and integer`
    await core.outside.query(
      `${some} status = 'pending', assignee_id = '${agent.id}' ${of} between 9001 and ${9_000 + FEW}`,
    )
    await core.outside.query(`${some} waiting_since = now() ${of} between 11001 and ${11_000 + FEW}`)
    // One that all have, one that few have, and one that few have here and all of another tenant.
    const fields = (values: object, which: string) =>
      core.outside.query(`${some} fields = fields || '${JSON.stringify(values)}' where ${which}`)
    await fields({ tier: 'gold' }, `tenant_id = '${tenant.id}'`)
    await fields({ plan: 'pro' }, `tenant_id <> '${tenant.id}'`)
    await fields(
      { plan: 'pro', tongues: ['de', 'en'] },
      `tenant_id = '${tenant.id}' and integer between 13001 and ${13_000 + FEW}`,
    )
    await core.outside.query(`${some} snoozed_until = now() ${of} between 12001 and ${12_000 + FEW}`)
    await core.outside.query(
      `insert into ticket_links (tenant_id, id, kind, from_id, to_id, created_at)
      select t.tenant_id, gen_random_uuid(), 'child', t.id, o.id, now() from tickets t
      join tickets o on o.tenant_id = t.tenant_id and o.integer = t.integer + 100
      where t.tenant_id = $1 and t.integer between 14001 and ${14_000 + FEW}`,
      [tenant.id],
    )
    await core.outside.query('analyze tickets')
  })

  const held = (key: string, values: readonly string[], isList = false): Conditions => ({
    own: [{ key, values, isList, isNot: false, comparison: '=' }],
  })

  const bySorts = QUERY_SORTS.flatMap((sort) => [true, false].map((descending) => ({ sort, descending })))

  async function pageOf(
    ctx: Context,
    conditions: Conditions,
    order: (typeof bySorts)[number],
    cursor: QueryCursor | null = null,
  ): Promise<readonly BoundStatement<unknown>[]> {
    return recorded(ctx, (recording) => queryTickets(recording, conditions, { ...order, cursor, limit: LIMIT }, MOST))
  }

  test('is a range of its order, from wherever it begins', () =>
    withSession(async (client) => {
      const ctx = large.as(large.owner)
      const keys = { created: '10000', updated: '500000', priority: '2', latest_message: '2026-01-01 00:00:00+00' }
      for (const order of bySorts) {
        const id = '00000000-0000-7000-8000-000000002710'
        const place = { key: keys[order.sort], id, isExact: false }
        for (const cursor of [null, { ...place, isBack: false }, { ...place, isBack: true }])
          for (const bound of await pageOf(ctx, {}, order, cursor)) {
            const read = rowsRead(await planOf(client, bound)).get('tickets') ?? 0
            assert.ok(read <= MOST_READ, `${bound.statement.name} read ${read} rows`)
          }
      }
    }))

  test('asks of each condition with an index for no more than are few', () =>
    withSession(async (client) => {
      const { agent, customer, desks } = large
      const cases: readonly (readonly [Conditions, Context])[] = [
        [{ statuses: ['pending'] }, large.as(large.owner)],
        [{ statuses: ['open'] }, large.as(large.owner)],
        [{ assigneeIds: [agent.id] }, large.as(large.owner)],
        [{ assigneeIds: [agent.id], statuses: ['solved'] }, large.as(large.owner)],
        [{ assigneeIds: [null], statuses: ['pending'] }, large.as(large.owner)],
        [{ groupIds: [agent.id] }, large.as(large.owner)],
        [{ requesterIds: [agent.id] }, large.as(large.owner)],
        [{ requesterIds: [customer.id] }, large.as(large.owner)],
        [{ numbers: [42] }, large.as(large.owner)],
        [{ waiting: [true] }, large.as(large.owner)],
        [held('plan', ['pro', 'basic']), large.as(large.owner)],
        [held('tongues', ['en'], true), large.as(large.owner)],
        [held('tier', ['gold']), large.as(large.owner)],
        [{ snoozed: [true] }, large.as(large.owner)],
        [{ parent: [true] }, large.as(large.owner)],
        [{ child: [true] }, large.as(large.owner)],
        [{ link: [true] }, large.as(large.owner)],
        [{ deskIds: [desks[1]] }, large.as(large.owner)],
        [{}, large.as(large.customer)],
        [{}, large.as(agent)],
      ]
      for (const [conditions, ctx] of cases) {
        const [narrow] = await pageOf(ctx, conditions, { sort: 'created', descending: true })
        assert.equal(narrow?.statement.name, 'ticket.query_narrow')
        const read = rowsRead(await planOf(client, narrow)).get('tickets') ?? 0
        assert.ok(read <= 4 * (MOST + 1), `${JSON.stringify(conditions)} read ${read} rows`)
      }
    }))

  test('reads those among which it is looked for, and no others, with words too', () =>
    withSession(async (client) => {
      const ctx = large.as(large.owner)
      const statements: BoundStatement<unknown>[] = []
      const store: Context['store'] = {
        ...ctx.store,
        run: (bound) => {
          statements.push(bound)
          return ctx.store.run(bound)
        },
      }
      const words = [{ text: 'title', kind: 'prefix' }] as const
      for (const order of bySorts)
        for (const asked of [{}, { words }]) {
          for (const few of [{ statuses: ['pending'] }, held('plan', ['pro'])] as const) {
            const conditions = { ...few, ...asked }
            await queryTickets({ ...ctx, store }, conditions, { ...order, cursor: null, limit: LIMIT }, MOST)
          }
        }
      const pages = statements.filter(({ statement }) => /^(ticket\.query\.|search\.)/.test(statement.name))
      assert.ok(pages.length >= 4 * bySorts.length)
      for (const bound of pages) {
        const read = rowsRead(await planOf(client, bound)).get('tickets') ?? 0
        assert.ok(read <= 2 * MOST, `${bound.statement.name} read ${read} rows`)
      }
    }))
})
