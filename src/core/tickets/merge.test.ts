import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import { countTickets, queryTickets } from '../query/list.ts'
import { ticketsOfNobody } from '../users/commands.ts'
import { changeTicket, changeTickets } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { mergeTicket, unmergeTicket } from './commands/merge.ts'
import { undoChange } from './commands/undo.ts'
import { getConversation } from './queries/conversation.ts'
import { getTicket, getTicketByNumber, idsThatStay } from './queries/find.ts'
import { listTickets } from './queries/list.ts'
import { getTimeline } from './queries/timeline.ts'
import type { Ticket, TicketRef } from './ticket.ts'

let core: Core
let made: SmallTenant
before(async () => {
  core = await openCore()
})
beforeEach(async () => {
  made = await makeTenant(core.store)
})
after(() => core?.close())

const me = (changes = {}): Context => made.as(made.owner, changes)

async function open(text: string, requester = made.customer, desk = 0): Promise<Ticket> {
  const message = { visibility: 'public', format: 'text', text, author: 'requester' } as const
  const by = { by: 'id', id: requester.id, member: false } as const
  const deskId = made.desks[desk] ?? ''
  return (await createTicket(me(), { deskId, requester: by, title: text, message })).ticket
}

async function say(ref: TicketRef, text: string): Promise<void> {
  await changeTicket(me(), ref, { message: { visibility: 'public', format: 'text', text } })
}

async function said(ref: TicketRef): Promise<readonly string[]> {
  return (await getConversation(me(), ref)).messages.map(({ plain }) => plain)
}

/** What a refusal is about. */
async function code(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const path = error.error.code === 'invalid' ? ` ${error.error.issues[0]?.path.join('.')}` : ''
    return error.error.code + path
  }
  return 'done'
}

async function listed(): Promise<readonly number[]> {
  const { tickets } = await listTickets(me(), {}, { by: 'key', order: 'oldest', after: null, limit: 100 })
  const { total } = await listTickets(me(), {}, { by: 'offset', offset: 0, limit: 1 })
  assert.equal(total, tickets.length, 'the counters count what is listed')
  return tickets.map(({ integer }) => integer)
}

async function found(word: string): Promise<readonly number[]> {
  const { tickets } = await listTickets(me(), { words: [word] }, { by: 'offset', offset: 0, limit: 10 })
  const query = { words: [{ text: word, kind: 'word' }] } as const
  assert.equal((await countTickets(me(), query, 10)).count, tickets.length, 'both searches find as many')
  return tickets.map(({ integer }) => integer)
}

/** Everything of the tenant, but what only says when or how often something was written. */
async function everything(): Promise<string> {
  const rows = await Promise.all([
    core.outside.query(`select id, ticket_id, came_from, plain from messages where tenant_id = $1 order by integer`, [
      made.tenant.id,
    ]),
    core.outside.query(
      `select id, number, integer, title, description, status, merged_into, desk_id, first_response_at, latest_message_at,
        latest_requester_at, waiting_since from tickets where tenant_id = $1 order by id`,
      [made.tenant.id],
    ),
    core.outside.query('select * from desk_counters where tenant_id = $1 order by desk_id', [made.tenant.id]),
  ])
  return JSON.stringify(rows.map((each) => each.rows))
}

describe('A merge', () => {
  test('shows both conversations in the order of time, and leads every name of the one that goes to the one that stays', async () => {
    const [into, from] = [await open('wolf'), await open('sheep')]
    await say(into, 'howls')
    await say(from, 'bleats')
    const merged = await mergeTicket(me(), from, { integer: into.integer })
    assert.equal(merged.id, into.id)
    assert.deepEqual(await said(into), ['wolf', 'sheep', 'howls', 'bleats'])
    for (const ref of [{ id: from.id }, { integer: from.integer }]) {
      assert.deepEqual(await getTicket(me(), ref), merged)
      assert.deepEqual(await said(ref), ['wolf', 'sheep', 'howls', 'bleats'])
    }
    assert.deepEqual(await getTicketByNumber(me(), from.deskId, from.number), merged)
    const { messages } = await getConversation(me(), into)
    const origin = { id: from.id, integer: from.integer, number: from.number }
    assert.deepEqual(
      messages.map(({ cameFrom }) => cameFrom),
      [null, origin, null, origin],
    )
    assert.equal(merged.description, 'wolf')
    assert.equal(merged.title, 'wolf')
  })

  test('takes the one that goes out of lists, counts and searches, where its words find the one that stays', async () => {
    const [into, from] = [await open('wolf'), await open('sheep')]
    assert.deepEqual(await found('sheep'), [from.integer])
    await mergeTicket(me(), from, into)
    assert.deepEqual(await listed(), [into.integer])
    assert.deepEqual(await found('sheep'), [into.integer])
    assert.deepEqual(await found('wolf'), [into.integer])
    await unmergeTicket(me(), from)
    assert.deepEqual(await listed(), [into.integer, from.integer])
    assert.deepEqual(await found('sheep'), [from.integer])
    assert.deepEqual(await found('wolf'), [into.integer])
  })

  test('lets what is said and changed by the old name arrive at the one that stays, by a key once', async () => {
    const [into, from] = [await open('wolf'), await open('sheep')]
    await mergeTicket(me(), from, into)
    await say(from, 'later')
    assert.deepEqual((await said(into)).at(-1), 'later')
    const bulk = me({ key: 'bulk' })
    for (const _ of ['first', 'repeat']) {
      const { tickets, missing } = await changeTickets(
        { ...bulk, now: me().now },
        [{ integer: from.integer }],
        [{ addTags: ['grey'] }],
      )
      assert.deepEqual([tickets.map(({ id }) => id), missing], [[into.id], []])
    }
    assert.deepEqual((await getTicket(me(), into)).tags, ['grey'])
  })

  test('is told by an event on each, and its timeline has those of both', async () => {
    const [into, from] = [await open('wolf'), await open('sheep')]
    const merged = await mergeTicket(me(), from, into)
    const { entries } = await getTimeline(me(), from, { after: 0, limit: 100 })
    assert.deepEqual(
      entries.map(({ event, cameFrom }) => [event.kind, cameFrom?.integer ?? into.integer]),
      [
        ['ticket.created', into.integer],
        ['ticket.created', from.integer],
        ['ticket.absorbed', into.integer],
        ['ticket.merged', from.integer],
      ],
    )
    const positions = entries.map(({ event }) => event.position)
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    )
    assert.equal(entries[2]?.event.after?.['ticket_id'], from.id)
    assert.deepEqual(entries[3]?.event.after, { merged_into: into.id })
    for (const limit of [1, 2, 3]) {
      const kinds: string[] = []
      for (let after: number | null = 0; after !== null; ) {
        const page: Awaited<ReturnType<typeof getTimeline>> = await getTimeline(me(), merged, { after, limit })
        kinds.push(...page.entries.map(({ event }) => event.kind))
        after = page.next
      }
      assert.deepEqual(
        kinds,
        entries.map(({ event }) => event.kind),
      )
    }
  })

  test('lets the one that stays wait for as long as either did, unless it is done', async () => {
    const [into, from, done] = [await open('wolf'), await open('sheep'), await open('lamb')]
    await say(into, 'answer')
    assert.equal((await getTicket(me(), into)).waitingSince, null)
    assert.equal((await mergeTicket(me(), from, into)).waitingSince, from.waitingSince)
    await changeTicket(me(), done, { status: { to: 'closed' } })
    const other = await open('kid')
    assert.equal((await mergeTicket(me(), other, done)).waitingSince, null)
  })

  test('leads on where the one that stays is merged itself, over any number', async () => {
    const tickets = [await open('a'), await open('b'), await open('c'), await open('d')] as const
    const [a, b, c, d] = tickets
    await mergeTicket(me(), a, b)
    await mergeTicket(me(), b, c)
    // By a name that leads to the one that is meant, too.
    await mergeTicket(me(), d, a)
    for (const ref of tickets) assert.equal((await getTicket(me(), ref)).id, c.id)
    assert.deepEqual(await said(a), ['a', 'b', 'c', 'd'])
    assert.equal((await getTimeline(me(), c, { after: 0, limit: 100 })).entries.length, 10)
    assert.equal(await code(unmergeTicket(me(), a)), 'conflict')
    await unmergeTicket(me(), b)
    assert.deepEqual(
      [await said(a), await said(c)],
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    )
    await unmergeTicket(me(), a)
    assert.deepEqual([await said(a), await said(b)], [['a'], ['b']])
    assert.deepEqual(await listed(), [a.integer, b.integer, c.integer])
  })

  test('is refused into itself, in a circle, out of sight, without the right, and of what is erased', async () => {
    const [a, b, elsewhere] = [await open('a'), await open('b'), await open('c', made.customer, 2)]
    assert.equal(await code(mergeTicket(me(), a, a)), 'invalid into')
    await mergeTicket(me(), a, b)
    assert.equal(await code(mergeTicket(me(), b, a)), 'invalid into')
    assert.equal(await code(mergeTicket(me(), a, a)), 'invalid into')
    assert.equal(await code(mergeTicket(me(), a, b)), 'done', 'it is so already')
    const agent = () => made.as(made.agent)
    assert.equal(await code(mergeTicket(agent(), b, elsewhere)), 'invalid into')
    assert.equal(await code(mergeTicket(agent(), elsewhere, b)), 'not_found')
    const limited = made.as(made.owner, { permissions: ['ticket.read', 'ticket.change'] })
    assert.equal(await code(mergeTicket(limited, b, elsewhere)), 'forbidden')
    assert.equal(await code(unmergeTicket(limited, a)), 'forbidden')
    assert.equal(await code(mergeTicket(made.as(made.customer), b, elsewhere)), 'forbidden')
    await deleteTickets(me(), [elsewhere])
    assert.equal(await code(mergeTicket(me(), b, elsewhere)), 'invalid into')
    assert.equal(await code(mergeTicket(me(), elsewhere, b)), 'not_found')
    assert.equal(await code(unmergeTicket(me(), elsewhere)), 'not_found')
    assert.equal(await code(unmergeTicket(me(), b)), 'conflict', 'it was not merged')
  })

  test('is done once by a key, and answers its repeat alike, also when it was taken back since', async () => {
    const [a, b] = [await open('a'), await open('b')]
    const ctx = me({ key: 'merge' })
    const first = await mergeTicket(ctx, a, b)
    assert.deepEqual(await mergeTicket({ ...ctx, now: me().now }, a, b), first)
    const back = me({ key: 'back' })
    const returned = await unmergeTicket(back, a)
    assert.deepEqual(await unmergeTicket({ ...back, now: me().now }, a), returned)
    assert.deepEqual(await mergeTicket({ ...ctx, now: me().now }, a, b), first)
    assert.deepEqual(await said(a), ['a'], 'the repeat merged nothing')
  })

  test('of two at once in opposite directions one is done and one is refused, and both ways of one ticket end as one', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await open('a'), await open('b')]
      const other = { ...me(), store: core.otherStore }
      const outcomes = await Promise.all([code(mergeTicket(me(), a, b)), code(mergeTicket(other, b, a))])
      assert.deepEqual(outcomes.toSorted(), ['done', 'invalid into'])
      assert.deepEqual(await said(a), ['a', 'b'])
      assert.equal((await getTicket(me(), a)).id, (await getTicket(me(), b)).id)
    }
    const [a, b, c] = [await open('a'), await open('b'), await open('c')]
    const other = { ...me(), store: core.otherStore }
    await Promise.all([mergeTicket(me(), a, b), mergeTicket(other, b, c), say(a, 'late'), say(b, 'later')])
    assert.deepEqual((await said(a)).toSorted(), ['a', 'b', 'c', 'late', 'later'])
  })
})

test('A ticket is found by the number of one that was merged into it', async () => {
  const [first, into, from] = [await open('lamb'), await open('wolf'), await open('sheep')]
  await mergeTicket(me(), first, from)
  await mergeTicket(me(), from, into)
  for (const { number } of [first, into, from]) {
    const page = { sort: 'created', descending: true, cursor: null, limit: 10 } as const
    const { tickets } = await queryTickets(me(), { numbers: [number] }, page)
    assert.deepEqual(
      tickets.map(({ integer }) => integer),
      [into.integer],
    )
  }
})

test('A job that names a ticket which was merged is for the one that stays, once', async () => {
  const [into, from] = [await open('wolf'), await open('sheep')]
  await mergeTicket(me(), from, into)
  assert.deepEqual(await idsThatStay(me(), [from.id, into.id, from.id]), [into.id])
})

test('What nobody asked is nobody’s to be given once it was merged', async () => {
  const into = await open('wolf')
  const [deskId, fromAddress] = [made.desks[0], 'flock@example.com']
  const message = { visibility: 'public', format: 'text', text: 'Baa' } as const
  const { ticket } = await createTicket(me(), { deskId, requester: { by: 'nobody' }, fromAddress, message })
  const ofNobody = () => ticketsOfNobody(me(), deskId, [{ kind: 'email', address: fromAddress }], 10)
  assert.deepEqual(await ofNobody(), [ticket.id])
  // Else whoever has the address would be made the requester of the ticket that stays.
  await mergeTicket(me(), ticket, into)
  assert.deepEqual(await ofNobody(), [])
})

test('What is undone after a merge knows how long its requester waits by that', async () => {
  const [into, from] = [await open('wolf'), await open('sheep')]
  await say(into, 'answer')
  await mergeTicket(me(), from, into)
  await changeTicket(me(), into, { status: { to: 'solved' } })
  const ticket = await undoChange(me(), into, null)
  assert.deepEqual([ticket.status, ticket.waitingSince], ['open', from.waitingSince])
})

describe('A merge that is taken back', () => {
  test('leaves all as it was', async () => {
    const [into, from] = [await open('wolf'), await open('sheep', made.customer, 1)]
    await say(into, 'answer')
    const before = await everything()
    await mergeTicket(me(), from, into)
    assert.notEqual(await everything(), before)
    const back = await unmergeTicket(me(), { integer: from.integer })
    assert.equal(back.id, from.id)
    assert.equal(await everything(), before)
    assert.equal(await code(unmergeTicket(me(), from)), 'conflict', 'it is not merged any more')
  })

  test('leaves what was said since where it was said', async () => {
    const [into, from] = [await open('wolf'), await open('sheep')]
    await mergeTicket(me(), from, into)
    await say(from, 'answer')
    const { latestMessageAt } = await getTicket(me(), into)
    await unmergeTicket(me(), from)
    assert.deepEqual([await said(into), await said(from)], [['wolf', 'answer'], ['sheep']])
    const now = await getTicket(me(), into)
    assert.deepEqual([now.latestMessageAt, now.waitingSince], [latestMessageAt, null])
    assert.equal((await getTicket(me(), from)).waitingSince, from.waitingSince)
    await mergeTicket(me(), from, into)
    assert.deepEqual(await said(into), ['wolf', 'sheep', 'answer'])
  })

  test('is what an undo does, by the name of either ticket, where the merge is the last that happened', async () => {
    const [one, into] = [await open('One'), await open('Two')]
    await mergeTicket(me(), one, into)
    const ctx = me({ key: 'undo the merge' })
    const seen = { version: into.version }
    assert.equal(await code(undoChange(me(), into, null, seen)), 'precondition_failed')
    assert.equal((await undoChange(ctx, into, null)).id, into.id)
    assert.equal((await undoChange({ ...ctx, now: me().now }, into, null)).id, into.id, 'a repeat')
    assert.deepEqual([await said(one), await said(into)], [['One'], ['Two']])
    await mergeTicket(me(), one, into)
    await changeTicket(me(), into, { priority: 'high' })
    assert.equal((await undoChange(me(), { id: one.id }, null)).id, one.id, 'to the merged one nothing else happened')
    assert.equal((await getTicket(me(), into)).priority, 'high')
    assert.deepEqual([await said(one), await said(into)], [['One'], ['Two']])
    assert.equal(await code(undoChange(me(), { id: one.id }, null)), 'conflict', 'there is nothing more to undo')
  })

  test('gives no version again that somebody saw by a name of the ticket', async () => {
    const [into, from] = [await open('wolf'), await open('sheep')]
    for (let round = 0; round < 5; round++) await say(from, `more ${round}`)
    const versions = [(await getTicket(me(), from)).version]
    await mergeTicket(me(), from, into)
    versions.push((await getTicket(me(), from)).version)
    await say(into, 'more')
    versions.push((await getTicket(me(), from)).version)
    await unmergeTicket(me(), from)
    versions.push((await getTicket(me(), from)).version)
    assert.deepEqual(
      versions,
      [...new Set(versions)].toSorted((a, b) => a - b),
    )
  })
})
