import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteMessage } from '../erasure/message.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { getConversation } from '../tickets/queries/conversation.ts'
import { findMatches } from './match.ts'
import { mergeSome, rebuildSome } from './merge.ts'
import { keyOf, type Sought } from './words.ts'

let core: Core
before(async () => {
  core = await openCore()
})
after(() => core.close())

const word = (text: string): Sought => ({ text, kind: 'word' })
const PAGE = { limit: 50 }
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

describe('findMatches', () => {
  test('finds what was written right after its commit, and after it was merged', async () => {
    const made = await makeTenant(core.store)
    const ctx = made.as(made.owner)
    const alone = await open(ctx, made.desks[0], 'A broken Printer', 'It smells of über-coffee, order AB-1234-567')
    const keyed = await open(made.as(made.owner, { key: 'once' }), made.desks[0], 'The other', 'printer here')
    await changeTicket(ctx, keyed, { message: said('a zebra came'), addTags: ['wild'] })
    const look = async () => {
      const find = (...words: Sought[]) => findMatches(ctx, words, PAGE)
      assert.deepEqual(await find(word('printer')), [keyed.integer, alone.integer])
      assert.deepEqual(await find(word('PRINTER'), word('smells')), [alone.integer])
      assert.deepEqual(await find(word('zebra'), word('printer'), word('wild')), [keyed.integer])
      assert.deepEqual(await find(word('AB-1234-567')), [alone.integer])
      assert.deepEqual(await find({ text: 'uber', kind: 'prefix' }), [alone.integer])
      assert.deepEqual(await find({ text: 'broken printer', kind: 'phrase' }), [alone.integer])
      assert.deepEqual(await find({ text: 'printer broken', kind: 'phrase' }), [])
      assert.deepEqual(await find(word('x')), [])
      assert.deepEqual(await findMatches(ctx, [word('printer')], { before: keyed.integer, limit: 1 }), [alone.integer])
    }
    await look()
    assert.equal(await mergeSome(core.store, made.tenant.id), 2)
    await look()
    await changeTicket(ctx, alone, { message: said('now with a giraffe') })
    assert.deepEqual(await findMatches(ctx, [word('giraffe'), word('smells')], PAGE), [alone.integer], 'half merged')
    await mergeSome(core.store, made.tenant.id)
    await look()
    assert.equal(await mergeSome(core.store, made.tenant.id), 0)
  })

  test('finds nothing of another tenant, on another desk, in a note that is not to be read, or that has gone', async () => {
    const made = await makeTenant(core.store)
    const other = await makeTenant(core.store)
    const ctx = made.as(made.owner)
    const ticket = await open(ctx, made.desks[2], 'Quagga')
    const { messages } = await changeTicket(ctx, ticket, { message: said('an okapi', 'internal') })
    for (const merged of [false, true]) {
      if (merged) await mergeSome(core.store, made.tenant.id)
      assert.deepEqual(await findMatches(ctx, [word('quagga'), word('okapi')], PAGE), [ticket.integer])
      const narrow = made.as(made.owner, { permissions: ['ticket.read'] })
      assert.deepEqual(await findMatches(narrow, [word('quagga')], PAGE), [ticket.integer])
      assert.deepEqual(await findMatches(narrow, [word('okapi')], PAGE), [])
      for (const ctx of [other.as(other.owner), made.as(made.agent), made.as(made.owner, { boundTo: made.desks[0] })])
        assert.deepEqual(await findMatches(ctx, [word('quagga')], PAGE), [])
    }
    await changeTicket(ctx, ticket, { title: 'Dodo' })
    await deleteMessage(ctx, { id: messages[0]?.id ?? '' })
    assert.equal(await rebuildSome(core.store, made.tenant.id), 1)
    assert.equal(await rebuildSome(core.store, made.tenant.id), 0)
    assert.deepEqual(await keysLeft(made.tenant.id, 'okapi'), [], 'not even a key of what was erased')
    assert.deepEqual(await findMatches(ctx, [word('dodo')], PAGE), [ticket.integer])
    for (const gone of ['quagga', 'okapi']) assert.deepEqual(await findMatches(ctx, [word(gone)], PAGE), [])
    await deleteTickets(ctx, [ticket])
    assert.deepEqual(await findMatches(ctx, [word('dodo')], PAGE), [])
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
  const found = () => findMatches(ctx, [word('tapir')], PAGE)
  assert.deepEqual(await found(), [])
  const integers = tickets.map(({ integer }) => integer).reverse()
  for (const newest of [integers.slice(0, 1), integers]) {
    await rebuildSome(core.store, id, 1)
    assert.deepEqual(await found(), newest)
  }
})

test('After random writes and merges it finds what a look at all tickets finds, for callers of every sight', async () => {
  const made = await makeTenant(core.store)
  const random = randomOf(11)
  const model = new Map<number, Kept>()
  for (let step = 0; step < 150; step += 1) await oneStep(made, model, random)
  for (const who of [made.owner, made.agent, made.customer]) {
    for (const permissions of [undefined, ['ticket.read'] as const]) {
      const ctx = made.as(who, permissions ? { permissions } : {})
      for (let nth = 0; nth < 12; nth += 1) {
        const words = [random(WORDS), random(WORDS)].slice(0, 1 + (nth % 2))
        const all = expected(made, model, words, { isOwner: who === made.owner, ctx })
        const asked = words.map(word)
        assert.deepEqual(await findMatches(ctx, asked, { limit: 1_000 }), all, `${who.name} ${words}`)
        assert.deepEqual(await readInPages(ctx, asked), all, 'in pages')
      }
    }
  }
})

/** Tickets that have the key of a word, with or without a block. */
async function keysLeft(tenantId: string, text: string): Promise<readonly object[]> {
  const sql = `select ticket from (select tenant_id, ticket, keys from search_tail union all select tenant_id, ticket, keys from search_tickets) s,
    unnest(keys) k where tenant_id = $1 and k & ((1::bigint << 40) - 1) = $2`
  return (await core.outside.query<{ ticket: string }>(sql, [tenantId, keyOf(text)])).rows
}

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'omega', 'sigma', 'kappa'] as const

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
  model: Map<number, Kept>,
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
  ] as const)
  const text = `${random(WORDS)} ${random(WORDS)}`
  if (what === 'merge') {
    await mergeSome(core.store, made.tenant.id, random([1, 3, 100]))
    return
  }
  if (what === 'rebuild') {
    await rebuildSome(core.store, made.tenant.id, random([1, 5]))
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
  model: ReadonlyMap<number, Kept>,
  words: readonly string[],
  { isOwner, ctx }: { readonly isOwner: boolean; readonly ctx: Context },
): readonly number[] {
  const isAgent = ctx.actor.user.id === made.agent.id
  const found = [...model].filter(([, { deskId, requesterId, title, open, notes }]) => {
    const works = isOwner || (isAgent && deskId !== made.desks[2])
    if (!works && requesterId !== ctx.actor.user.id) return false
    const readsNotes = works && ctx.actor.permissions.has('message.read_internal')
    const all = [title, ...open, ...(readsNotes ? notes : [])].join(' ')
    return words.every((each) => all.includes(each))
  })
  return found.map(([integer]) => integer).sort((one, other) => other - one)
}

async function readInPages(ctx: Context, words: readonly Sought[]): Promise<readonly number[]> {
  const read: number[] = []
  for (;;) {
    const last = read.at(-1)
    const page = await findMatches(ctx, words, { limit: 4, ...(last === undefined ? {} : { before: last }) })
    read.push(...page)
    if (page.length < 4) return read
  }
}
