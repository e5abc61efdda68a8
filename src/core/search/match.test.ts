import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteMessage } from '../erasure/message.ts'
import { eraseUser } from '../erasure/person.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import type { Conditions } from '../query/conditions.ts'
import { countTickets, QUERY_SORTS, type QueryCursor, type QuerySort, queryTickets } from '../query/list.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { getConversation } from '../tickets/queries/conversation.ts'
import { changeUser } from '../users/commands.ts'
import { STATUSES } from '../words.ts'
import { mergeSome, rebuildPeople, rebuildSome, tenantsDue } from './merge.ts'
import { keyOf, type Sought } from './words.ts'

let core: Core
before(async () => {
  core = await openCore()
})
after(() => core.close())

const word = (text: string): Sought => ({ text, kind: 'word' })
const NEWEST = { sort: 'created', descending: true } as const

/** The integers of the newest tickets that hold some words. */
async function found(ctx: Context, words: readonly Sought[], limit = 50): Promise<readonly number[]> {
  const { tickets } = await queryTickets(ctx, { words }, { ...NEWEST, cursor: null, limit })
  return tickets.map(({ integer }) => integer)
}
const said = (text: string, visibility: 'public' | 'internal' = 'public') =>
  ({ visibility, format: 'text', text }) as const

async function open(
  ctx: Context,
  deskId: string,
  title: string,
  text?: string,
): Promise<{ id: string; integer: number }> {
  const message = text === undefined ? {} : { message: said(text) }
  return (await createTicket(ctx, { deskId, requester: { by: 'nobody' }, title, ...message })).ticket
}

describe('Words', () => {
  test('finds what was written right after its commit, and after it was merged', async () => {
    const made = await makeTenant(core.store)
    const ctx = made.as(made.owner)
    const alone = await open(ctx, made.desks[0], 'A broken Printer', 'It smells of über-coffee, order AB-1234-567')
    const keyed = await open(made.as(made.owner, { key: 'once' }), made.desks[0], 'The other', 'printer here')
    await changeTicket(ctx, keyed, { message: said('a zebra came'), addTags: ['wild'] })
    const look = async () => {
      const find = (...words: Sought[]) => found(ctx, words)
      assert.deepEqual(await find(word('printer')), [keyed.integer, alone.integer])
      assert.deepEqual(await find(word('PRINTER'), word('smells')), [alone.integer])
      assert.deepEqual(await find(word('zebra'), word('printer'), word('wild')), [keyed.integer])
      assert.deepEqual(await find(word('AB-1234-567')), [alone.integer])
      assert.deepEqual(await find({ text: 'uber', kind: 'prefix' }), [alone.integer])
      assert.deepEqual(await find({ text: 'broken printer', kind: 'phrase' }), [alone.integer])
      assert.deepEqual(await find({ text: 'printer broken', kind: 'phrase' }), [])
      assert.deepEqual(await find(word('x')), [])
    }
    await look()
    const isDue = async (beyond: number) => (await tenantsDue(core.store, beyond)).includes(made.tenant.id)
    while ((await rebuildPeople(core.store, made.tenant.id)) > 0);
    assert.deepEqual([await isDue(2), await isDue(3)], [true, false], 'three writes are not merged')
    assert.equal(await mergeSome(core.store, made.tenant.id), 2)
    assert.equal(await isDue(0), false)
    await look()
    await changeTicket(ctx, alone, { message: said('now with a giraffe') })
    assert.deepEqual(await found(ctx, [word('giraffe'), word('smells')]), [alone.integer], 'half merged')
    await mergeSome(core.store, made.tenant.id)
    await look()
    assert.equal(await mergeSome(core.store, made.tenant.id), 0)
  })

  test('finds other forms of a word in the language that the tenant chose, in what was written before it did', async () => {
    const made = await makeTenant(core.store)
    const ctx = made.as(made.owner)
    const { integer } = await open(ctx, made.desks[0], 'Two invoices', 'They were refunded.')
    await open(ctx, made.desks[0], 'An invocation', 'Nothing else.')
    const terms = [
      { text: 'invoice', kind: 'word' },
      { text: 'refunds', kind: 'prefix' },
    ] as const
    for (const _ of ['in the tail', 'merged']) {
      const english = { ...ctx, tenant: { ...ctx.tenant, searchLanguage: 'en' as const } }
      assert.deepEqual(await found(english, terms), [integer])
      assert.deepEqual(await found(english, [terms[0]]), [integer])
      assert.deepEqual(await found(ctx, terms), [])
      await mergeSome(core.store, made.tenant.id)
    }
  })

  test('finds nothing of another tenant, on another desk, in a note that is not to be read, or that has gone', async () => {
    const made = await makeTenant(core.store)
    const other = await makeTenant(core.store)
    const ctx = made.as(made.owner)
    const ticket = await open(ctx, made.desks[2], 'Quagga')
    const { messages } = await changeTicket(ctx, ticket, { message: said('an okapi', 'internal') })
    for (const merged of [false, true]) {
      if (merged) await mergeSome(core.store, made.tenant.id)
      assert.deepEqual(await found(ctx, [word('quagga'), word('okapi')]), [ticket.integer])
      const narrow = made.as(made.owner, { permissions: ['ticket.read'] })
      assert.deepEqual(await found(narrow, [word('quagga')]), [ticket.integer])
      assert.deepEqual(await found(narrow, [word('okapi')]), [])
      for (const ctx of [other.as(other.owner), made.as(made.agent), made.as(made.owner, { boundTo: made.desks[0] })])
        assert.deepEqual(await found(ctx, [word('quagga')]), [])
    }
    await changeTicket(ctx, ticket, { title: 'Dodo' })
    await deleteMessage(ctx, { id: messages[0]?.id ?? '' })
    assert.equal(await rebuildSome(core.store, made.tenant.id), 1)
    assert.equal(await rebuildSome(core.store, made.tenant.id), 0)
    assert.deepEqual(await keysLeft(made.tenant.id, 'okapi'), [], 'not even a key of what was erased')
    assert.deepEqual(await found(ctx, [word('dodo')]), [ticket.integer])
    for (const gone of ['quagga', 'okapi']) assert.deepEqual(await found(ctx, [word(gone)]), [])
    await deleteTickets(ctx, [ticket])
    assert.deepEqual(await found(ctx, [word('dodo')]), [])
    const left = `select from search_tail where tenant_id = '${made.tenant.id}' union all select from search_tickets where tenant_id = '${made.tenant.id}'`
    assert.equal((await core.outside.query(left)).rowCount, 0)
  })
})

test('Tickets that are older than the search are found once their keys are made', async () => {
  const made = await makeTenant(core.store)
  const ctx = made.as(made.owner)
  const tickets = [await open(ctx, made.desks[0], 'Old tapir'), await open(ctx, made.desks[0], 'Older tapir')]
  const id = made.tenant.id
  await core.outside.query(`delete from search_tail where tenant_id = '${id}'`)
  await core.outside.query(
    `insert into search_due (tenant_id, ticket, mark) select tenant_id, integer, 1 from tickets where tenant_id = '${id}'`,
  )
  const look = () => found(ctx, [word('tapir')])
  assert.deepEqual(await look(), [])
  const integers = tickets.map(({ integer }) => integer).reverse()
  for (const newest of [integers.slice(0, 1), integers]) {
    await rebuildSome(core.store, id, 1)
    assert.deepEqual(await look(), newest)
  }
})

test('After random writes and merges it finds what a look at all tickets finds, for callers of every sight', async () => {
  const made = await makeTenant(core.store)
  const random = randomOf(11)
  const model: Model = { tickets: new Map(), names: new Map() }
  for (let step = 0; step < 200; step += 1) await oneStep(made, model, random)
  for (const who of [made.owner, made.agent, made.customer]) {
    for (const permissions of [undefined, ['ticket.read'] as const]) {
      const ctx = made.as(who, permissions ? { permissions } : {})
      for (let nth = 0; nth < 6; nth += 1) {
        const [words, without] = [
          [random(WORDS), random(WORDS)].slice(0, 1 + (nth % 2)),
          nth % 3 === 0 ? [random(WORDS)] : [],
        ]
        const all = expected(made, model, words, without, { isOwner: who === made.owner, ctx })
        const asked = { words: words.map(word), notWords: without.map(word), statuses: STATUSES }
        // By the words' own tickets, by those in sight or of a status, and by the walk through the order.
        for (const most of [1_000, 8, 0]) {
          const what = `${who.name} ${words} -${without} ${most}`
          const counted = await countTickets(ctx, asked, 1_000, most)
          assert.deepEqual(counted, { count: all.length, more: false }, what)
          const sort = random(QUERY_SORTS)
          const read = await readInPages(ctx, asked, sort, most)
          assert.deepEqual(
            read.toSorted((one, other) => other - one),
            all,
            `${what} ${sort}`,
          )
          assert.deepEqual(await readInPages(ctx, asked, 'created', most), all, what)
        }
      }
    }
  }
})

test('A phrase that nobody said, of words that all say, is looked for a part at a time, and what is there is found', async () => {
  const made = await makeTenant(core.store)
  const ctx = made.as(made.owner)
  const titles = [...Array.from({ length: 12 }, () => 'glue of paper'), 'paper glue', ...Array(6).fill('glue on paper')]
  for (const title of titles) await createTicket(ctx, { deskId: made.desks[0], requester: { by: 'nobody' }, title })
  const order = { sort: 'created', limit: 3 } as const
  for (const [text, count] of [
    ['paper glue', 1],
    ['paper of glue', 0],
    ['glue of paper', 12],
  ] as const)
    for (const descending of [true, false]) {
      const asked = { words: [{ text, kind: 'phrase' }] } as const
      const read: number[] = []
      let pages = 0
      for (let cursor: QueryCursor | null = null; pages === 0 || cursor !== null; pages += 1) {
        const page: Awaited<ReturnType<typeof queryTickets>> = await queryTickets(
          ctx,
          asked,
          { ...order, descending, cursor },
          0,
          4,
        )
        read.push(...page.tickets.map(({ integer }) => integer))
        cursor = page.next
      }
      const all = await found(ctx, [{ text, kind: 'phrase' }])
      assert.equal(all.length, count, text)
      assert.deepEqual(read, descending ? all : all.toReversed(), text)
      assert.ok(pages > 4, `${text}: ${pages} pages`)
    }
})

test('A requester is found by the name of now, and not by a former one', async () => {
  const made = await makeTenant(core.store)
  const ctx = made.as(made.owner)
  const requester = { by: 'email', email: 'ada.byron@example.com', name: 'Ada Byron', create: true } as const
  const { ticket } = await createTicket(ctx, { deskId: made.desks[0], requester, title: 'Okapi' })
  const id = ticket.requester?.id ?? assert.fail()
  const finds = async (text: string) => (await found(ctx, [word(text)])).length
  for (const text of ['byron', 'BYRON', 'ada.byron@example.com', 'ada']) assert.equal(await finds(text), 1, text)
  assert.deepEqual(await found(ctx, [word('byron'), word('okapi')]), [ticket.integer], 'each where it is')
  const name = 'Augusta Lovelace'
  await changeUser(ctx, id, { name, addExternalIds: [{ deskId: made.desks[0], externalId: 'AB-77' }] })
  for (const _ of ['at once', 'with keys made anew']) {
    for (const text of ['lovelace', 'ab77']) assert.equal(await finds(text), 1, text)
    assert.equal(await finds('byron'), 1, 'by the address still')
    await changeUser(ctx, id, { email: 'lovelace@example.com' })
    assert.equal(await finds('byron'), 0)
    await rebuildPeople(core.store, made.tenant.id)
    await changeUser(ctx, id, { email: 'ada.byron@example.com' })
  }
  while ((await rebuildPeople(core.store, made.tenant.id)) > 0);
  const ofNobody = `update search_people set keys = '{}', mark = 1 where tenant_id = '${made.tenant.id}'`
  await core.outside.query(ofNobody)
  assert.equal(await finds('augusta'), 0, 'who is older than these keys')
  assert.ok((await rebuildPeople(core.store, made.tenant.id)) > 0)
  assert.equal(await finds('augusta'), 1)
  await eraseUser(ctx, { id })
  const kept = `select from search_people where tenant_id = '${made.tenant.id}' and user_id = '${id}'`
  assert.equal((await core.outside.query(kept)).rowCount, 0)
})

test('The ticket whose number is asked for comes first, and so do the tickets of an address, on whichever page', async () => {
  const made = await makeTenant(core.store)
  const ctx = made.as(made.owner)
  for (const counted of ['tenant_counters set ticket_integer', 'desk_counters set ticket_number'])
    await core.outside.query(`update ${counted} = 41 where tenant_id = '${made.tenant.id}'`)
  const first = await open(ctx, made.desks[0], 'The first')
  const by = async (email: string, title: string) => {
    const requester = { by: 'email', email, name: 'Somebody', create: true } as const
    return (await createTicket(ctx, { deskId: made.desks[1], requester, title })).ticket.integer
  }
  const theirs = [await by('kim@example.com', 'One'), await by('kim@example.com', 'Two')]
  const told = [
    await by('other@example.com', `Ask kim@example.com about ${first.integer}`),
    await by('x@example.com', 'kim@example.com 42'),
  ]
  const numbered = [first.integer, theirs[0] ?? 0]
  for (const most of [1_000, 0]) {
    for (const [text, integers] of [
      ['kim@example.com', [...theirs.toReversed(), ...told.toReversed()]],
      // On each desk one has this number.
      ['42', [...numbered.toReversed(), ...told.toReversed()]],
    ] as const)
      for (const limit of [1, 2, 3])
        assert.deepEqual(
          await readInPages(ctx, { words: [word(text)] }, 'created', most, limit),
          integers,
          `${text} ${limit}`,
        )
  }
  assert.deepEqual(await found(ctx, [{ text: `#${first.integer}`, kind: 'prefix' }, word('first')]), [first.integer])
  assert.deepEqual(await found(ctx, [word('999999999999')]), [])
})

/** Tickets that have the key of a word, with or without a block. */
async function keysLeft(tenantId: string, text: string): Promise<readonly object[]> {
  const sql = `select ticket from (select tenant_id, ticket, keys from search_tail union all select tenant_id, ticket, keys from search_tickets) s,
    unnest(keys) k where tenant_id = $1 and k & ((1::bigint << 40) - 1) = $2`
  return (await core.outside.query<{ ticket: string }>(sql, [tenantId, keyOf(text)])).rows
}

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'omega', 'sigma', 'kappa'] as const

interface Model {
  readonly tickets: Map<number, Kept>
  /** What people are called, by their id. */
  readonly names: Map<string, string>
}

interface Kept {
  readonly id: string
  deskId: string
  readonly requesterId: string | null
  title: string
  readonly open: string[]
  readonly notes: string[]
}

/** A choice that is the same in every run. */
function randomOf(seed: number): <T>(from: readonly T[]) => T {
  let state = seed
  return (from) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const chosen = from[Math.floor((state / 2 ** 32) * from.length)]
    assert.ok(chosen !== undefined)
    return chosen
  }
}

async function oneStep(
  made: SmallTenant,
  { tickets: model, names }: Model,
  random: ReturnType<typeof randomOf>,
): Promise<void> {
  const ctx = made.as(made.owner, random([true, false]) ? { key: crypto.randomUUID() } : {})
  const what = random([
    'create',
    'create',
    'say',
    'say',
    'note',
    'title',
    'move',
    'unsay',
    'delete',
    'merge',
    'rebuild',
    'rename',
  ] as const)
  const text = `${random(WORDS)} ${random(WORDS)}`
  if (what === 'merge') {
    await mergeSome(core.store, made.tenant.id, random([1, 3, 100]))
    return
  }
  if (what === 'rebuild') {
    await rebuildSome(core.store, made.tenant.id, random([1, 5]))
    await rebuildPeople(core.store, made.tenant.id, random([1, 5]))
    return
  }
  if (what === 'rename') {
    await changeUser(ctx, made.customer.id, { name: text })
    names.set(made.customer.id, text)
    return
  }
  const known = [...model.keys()]
  if (what === 'create' || known.length === 0) {
    const requesterId = random([made.customer.id, null])
    const requester =
      requesterId === null ? ({ by: 'nobody' } as const) : ({ by: 'id', id: requesterId, member: false } as const)
    const deskId = random(made.desks)
    const message = said(random(WORDS))
    const { ticket } = await createTicket(ctx, { deskId, requester, title: text, message })
    model.set(ticket.integer, { id: ticket.id, deskId, requesterId, title: text, open: [message.text], notes: [] })
    return
  }
  const integer = random(known)
  const kept = model.get(integer)
  assert.ok(kept)
  if (what === 'delete') {
    await deleteTickets(ctx, [kept])
    model.delete(integer)
  } else if (what === 'unsay') {
    const { messages } = await getConversation(ctx, kept)
    const last = messages.at(-1)
    if (!last) return
    await deleteMessage(ctx, last)
    const texts = last.visibility === 'public' ? kept.open : kept.notes
    texts.splice(texts.lastIndexOf(last.plain), 1)
  } else if (what === 'title') {
    await changeTicket(ctx, kept, { title: text })
    kept.title = text
  } else if (what === 'move') {
    kept.deskId = random(made.desks)
    await changeTicket(ctx, kept, { deskId: kept.deskId })
  } else {
    await changeTicket(ctx, kept, { message: said(text, what === 'note' ? 'internal' : 'public') })
    const texts = what === 'note' ? kept.notes : kept.open
    texts.push(text)
  }
}

function expected(
  made: SmallTenant,
  { tickets, names }: Model,
  words: readonly string[],
  without: readonly string[],
  { isOwner, ctx }: { readonly isOwner: boolean; readonly ctx: Context },
): readonly number[] {
  const isAgent = ctx.actor.user.id === made.agent.id
  const found = [...tickets].filter(([, { deskId, requesterId, title, open, notes }]) => {
    const works = isOwner || (isAgent && deskId !== made.desks[2])
    if (!works && requesterId !== ctx.actor.user.id) return false
    const readsNotes = works && ctx.actor.permissions.has('message.read_internal')
    const all = [title, ...open, ...(readsNotes ? notes : []), names.get(requesterId ?? '') ?? ''].join(' ')
    return words.every((each) => all.includes(each)) && !without.some((each) => all.includes(each))
  })
  return found.map(([integer]) => integer).sort((one, other) => other - one)
}

/** All that is found, page by page; each page leads back to the one before. */
async function readInPages(
  ctx: Context,
  asked: Conditions,
  sort: QuerySort,
  most: number,
  limit = 4,
): Promise<readonly number[]> {
  const read: number[] = []
  const integersOf = (tickets: readonly { readonly integer: number }[]) => tickets.map(({ integer }) => integer)
  let before: readonly number[] | null = null
  for (let cursor: QueryCursor | null = null; ; ) {
    const order = { sort, descending: true, limit }
    const page: Awaited<ReturnType<typeof queryTickets>> = await queryTickets(ctx, asked, { ...order, cursor }, most)
    if (before !== null && page.tickets.length > 0) {
      assert.ok(page.previous)
      const back = await queryTickets(ctx, asked, { ...order, cursor: page.previous }, most)
      assert.deepEqual(integersOf(back.tickets), before)
    }
    before = integersOf(page.tickets)
    read.push(...before)
    if (page.next === null) return read
    cursor = page.next
  }
}
