/**
 * The benchmark of lists: one tenant with many tickets, and what words, filters and views cost on it. See README.md.
 *
 *   npm run bench -- --search [--tickets 100000] [--messages 3] [--queries 100]
 */
import { rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { v7 } from 'uuid'
import { openAccess } from '../src/core/access/access.ts'
import { randomSecret } from '../src/core/access/secrets.ts'
import type { Context } from '../src/core/context.ts'
import { countTickets, type QuerySort, queryTickets, readQuery, snippetsFor } from '../src/core/query/list.ts'
import { mergeSome } from '../src/core/search/merge.ts'
import { createTenant, createUser, issueCredential } from '../src/core/tenants/commands.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import { countViews } from '../src/core/views/queries.ts'
import { FRESH_CATALOGUE } from '../src/dialects/catalogue.ts'
import { openDatabase } from '../src/storage/database.ts'
import { startEmbedded } from '../src/storage/embedded.ts'
import { migrate } from '../src/storage/migrate.ts'
import { openStore, type Store } from '../src/storage/store.ts'
import { percentile } from './figures.ts'
import { fillTenant, LONG, randomOf, textOf, wordAt } from './large.ts'

const CREATES = 400
export interface SearchOptions {
  readonly tickets: number
  readonly messages: number
  readonly queries: number
}

export function readSearchOptions(args: readonly string[]): SearchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      search: { type: 'boolean' },
      tickets: { type: 'string', default: '100000' },
      messages: { type: 'string', default: '3' },
      queries: { type: 'string', default: '100' },
    },
  })
  return { tickets: Number(values.tickets), messages: Number(values.messages), queries: Number(values.queries) }
}

interface Made {
  readonly ctx: Context
  readonly deskIds: readonly string[]
  readonly userIds: readonly string[]
}

async function makeTenant(store: Store): Promise<Made> {
  const admin = { store, now: new Date().toISOString(), newId: v7 }
  const made = await createTenant(admin, { name: 'Large', deskName: 'Support', catalogue: FRESH_CATALOGUE })
  const memberships = [{ deskId: made.deskId, role: 'admin' }] as const
  const owner = await createUser(admin, made.tenantId, { kind: 'service', isOwner: true, name: 'API', memberships })
  const key = randomSecret(40)
  const credential = { dialect: 'native', kind: 'api_key', name: 'Benchmark', presented: key } as const
  await issueCredential(admin, made.tenantId, { ...credential, userId: owner.id, scopes: ['*'] })
  const access = openAccess(store)
  const actor = await access.resolve('native', 'api_key', key)
  if (!actor) throw new Error('The key just issued is not known.')
  const userIds: string[] = []
  for (let nth = 0; nth < 200; nth += 1) {
    const person = {
      kind: 'person',
      isOwner: false,
      name: `Person${nth} Surname${nth}`,
      email: `p${nth}@example.com`,
    } as const
    userIds.push(
      (await createUser(admin, made.tenantId, { ...person, memberships: [{ deskId: made.deskId, role: 'agent' }] })).id,
    )
  }
  const tenant = await access.tenant(made.tenantId)
  const ctx = { store, tenant, actor, newId: v7, dialect: 'native', idempotency: null, now: admin.now, requestId: v7() }
  return { ctx, deskIds: [made.deskId], userIds }
}

/** Milliseconds of each call. */
async function timed(times: number, work: (nth: number) => Promise<unknown>): Promise<readonly number[]> {
  for (let nth = 0; nth < 5; nth += 1) await work(nth)
  const taken: number[] = []
  for (let nth = 0; nth < times; nth += 1) {
    const started = performance.now()
    await work(nth)
    taken.push(performance.now() - started)
  }
  return taken.sort((one, other) => one - other)
}

/** Tells one line: what it was, how long the middle one took and the slowest but one in a hundred. */
function tell(what: string, taken: readonly number[]): void {
  const [half, most] = [0.5, 0.99].map((part) => percentile(taken, part).toFixed(1))
  console.log(`| ${what} | ${half} | ${most} |`)
}

/** Classes of queries, each with what the nth asks for. */
function classesOf(tickets: number): readonly (readonly [string, (nth: number) => string, QuerySort?])[] {
  const common = (nth: number): string => wordAt(2 + (nth % 8))
  const rare = (nth: number): string => wordAt(30_000 + nth * 17)
  return [
    ['one common word', common],
    ['two common words', (nth) => `${common(nth)} ${common(nth + 3)}`],
    ['a middling word', (nth) => wordAt(900 + nth)],
    ['three words', (nth) => `${common(nth)} ${wordAt(100 + nth)} ${wordAt(400 + nth)}`],
    ['a rare word', rare],
    ['a common and a rare word', (nth) => `${common(nth)} ${rare(nth)}`],
    ['two words that never meet', (nth) => `"${rare(nth)}" "${rare(nth + 1)}"`],
    ['nothing', (nth) => `nowhere${nth}`],
    ['a number', (nth) => String(1 + ((nth * 7919) % tickets))],
    ['an address', (nth) => `p${nth}@example.com`],
    ['a beginning of three letters', (nth) => wordAt(2 + nth).slice(0, 3)],
    ['a common word, by the latest message', common, 'latest_message'],
    [
      'a common word, three of them open and of one agent',
      (nth) => `${common(nth)} status:open assignee:p198@example.com`,
    ],
    ['filter: open', () => 'status:open'],
    ['filter: half of all', () => 'status:closed', 'updated'],
    ['filter: open and of an agent', (nth) => `status:open assignee:p${nth}@example.com`, 'updated'],
    ['filter: of nobody and open', () => 'assignee:none status:open', 'priority'],
    ['filter: of a requester', (nth) => `requester:p${nth}@example.com`, 'latest_message'],
    ['filter: nothing', () => 'status:pending', 'priority'],
    ['no filter, by priority', () => '', 'priority'],
  ]
}

async function measure({ ctx }: Made, { tickets, queries }: SearchOptions): Promise<void> {
  console.log('| a page of 50 | p50 ms | p99 ms |\n| --- | ---: | ---: |')
  for (const [what, queryOf, sort = 'created'] of classesOf(tickets)) {
    const page = { sort, descending: true, cursor: null, limit: 50 } as const
    tell(
      what,
      await timed(queries, async (nth) => {
        const read = await readQuery(ctx, queryOf(nth))
        if ('mistake' in read) throw new Error(`${queryOf(nth)}: ${read.mistake.expected}`)
        await queryTickets(ctx, read.conditions, page)
      }),
    )
  }
  const words = { words: [{ text: wordAt(5), kind: 'prefix' }] } as const
  const page = { sort: 'created', descending: true, cursor: null, limit: 50 } as const
  const found = (await queryTickets(ctx, words, page)).tickets
  tell('snippets of such a page', await timed(queries, () => snippetsFor(ctx, words, found)))
  tell('count of a common word', await timed(queries, () => countTickets(ctx, words, 1_000)))
  tell('counts of all views at once', await timed(queries, () => countViews(ctx)))
}

/** What the keys add to a create: the same creates with and without them, in turn. */
async function measureCreates({ ctx, deskIds }: Made, client: pg.Client): Promise<void> {
  const random = randomOf(9)
  const create = (text: string) => () =>
    createTicket(
      { ...ctx, now: new Date().toISOString(), requestId: v7() },
      {
        deskId: deskIds[0] ?? '',
        requester: { by: 'nobody' },
        title: 'Created',
        message: { visibility: 'public', format: 'text', text },
      },
    )
  // One word many times is as long, and has no keys to speak of.
  const texts = { with: textOf(random), without: `${'wsame '.repeat(LONG)}` }
  const taken: { with: number[]; without: number[] } = { with: [], without: [] }
  for (let round = 0; round < 8; round += 1)
    for (const kind of ['with', 'without'] as const)
      taken[kind].push(...(await timed(CREATES / 8, create(texts[kind]))))
  for (const kind of ['with', 'without'] as const)
    tell(
      `create ${kind} new words`,
      taken[kind].sort((one, other) => one - other),
    )
  const started = performance.now()
  let merged = 0
  for (let more = 1; more > 0; merged += more) more = await mergeSome(ctx.store, ctx.tenant.id)
  console.log(`\nMerged behind: ${((performance.now() - started) / merged).toFixed(2)} ms a ticket.`)
  const sizes = await client.query<{ size: string }>(
    "select pg_size_pretty(pg_relation_size('search_tickets_keys')) as size",
  )
  console.log(`The index of keys has ${sizes.rows[0]?.size}.`)
}

/** Fills a PostgreSQL of its own and tells what lists cost. */
export async function benchSearch(options: SearchOptions, dataDir: string): Promise<void> {
  const embedded = await startEmbedded({ dataDir, log: (level, message) => level !== 'info' && console.error(message) })
  const database = openDatabase({ connection: embedded.connection })
  const client = new pg.Client(embedded.connection)
  try {
    await migrate(database)
    await client.connect()
    const made = await makeTenant(openStore(database))
    await fillTenant(
      client,
      { tenantId: made.ctx.tenant.id, deskId: made.deskIds[0] ?? '', userIds: made.userIds },
      options,
    )
    console.log(
      `${options.tickets} tickets of one tenant, ${options.messages} messages each, ${LONG} words a message.\n`,
    )
    await measure(made, options)
    await measureCreates(made, client)
  } finally {
    await client.end()
    await database.close()
    await embedded.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
