import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import type { Conditions } from '../query/conditions.ts'
import { queryTickets } from '../query/list.ts'
import { changeTicket } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { linkTickets, unlinkTickets } from './commands/links.ts'
import { mergeTicket, unmergeTicket } from './commands/merge.ts'
import { undoChange } from './commands/undo.ts'
import { getTicket } from './queries/find.ts'
import { listLinks } from './queries/links.ts'
import { getTicketAsOf } from './queries/past.ts'
import { getTimeline } from './queries/timeline.ts'
import { LINK_KINDS, linkBetween, RELATIONS, type Relation, relationOf } from './rules/links.ts'
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

async function open(title: string, requester = made.customer, desk = 0): Promise<Ticket> {
  const by = { by: 'id', id: requester.id, member: false } as const
  return (await createTicket(me(), { deskId: made.desks[desk] ?? '', requester: by, title })).ticket
}

const link = async (one: TicketRef, relation: Relation, other: TicketRef, ctx = me()) =>
  (await linkTickets(ctx, one, { relation, ticket: other })).link

/** What is linked to a ticket, by its title. */
async function linked(ref: TicketRef, ctx = me()): Promise<readonly string[]> {
  return (await listLinks(ctx, ref)).map(({ relation, ticket }) => `${relation} ${ticket.title}`)
}

/** What a refusal is about. */
async function code(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.error.code + (error.error.code === 'invalid' ? ` ${error.error.issues[0]?.path.join('.')}` : '')
  }
  return 'done'
}

async function asked(conditions: Conditions, ctx = me()): Promise<readonly string[]> {
  const page = { sort: 'created', descending: false, cursor: null, limit: 100 } as const
  return (await queryTickets(ctx, conditions, page)).tickets.map(({ title }) => title)
}

test('What one ticket is to another is told from each side, for each relation', () => {
  const opposite = {
    related: 'related',
    parent: 'child',
    child: 'parent',
    predecessor: 'follow_up',
    follow_up: 'predecessor',
  }
  const [one, other] = ['one', 'other']
  for (const relation of RELATIONS) {
    const made = linkBetween('link', one, relation, other)
    assert.deepEqual([relationOf(made, one), relationOf(made, other)], [relation, opposite[relation]])
    assert.ok(LINK_KINDS.includes(made.kind))
  }
})

describe('A link', () => {
  test('is told on both tickets, to each by what the other is to it', async () => {
    const [wolf, cub, pack] = [await open('wolf'), await open('cub'), await open('pack')]
    await link(wolf, 'child', { integer: cub.integer })
    const made = await link(wolf, 'related', pack)
    assert.equal(made.ticket.title, 'pack')
    assert.deepEqual(await linked(wolf), ['child cub', 'related pack'])
    assert.deepEqual([await linked(cub), await linked(pack)], [['parent wolf'], ['related wolf']])
    const told = async (ref: TicketRef) =>
      (await getTimeline(me(), ref, { after: 0, limit: 100 })).entries.map(({ event }) => [
        event.kind,
        event.after?.['relation'],
      ])
    assert.deepEqual((await told(wolf)).slice(1), [
      ['ticket.linked', 'child'],
      ['ticket.linked', 'related'],
    ])
    assert.deepEqual((await told(cub)).slice(1), [['ticket.linked', 'parent']])
    const now = await getTicket(me(), wolf)
    assert.equal(now.version, 3)
    // What the log tells is what is there.
    const later = me()
    assert.deepEqual(await getTicketAsOf(later, wolf, later.now), now)
  })

  test('is made once, and between two tickets there is one', async () => {
    const [one, other] = [await open('one'), await open('other')]
    const first = await linkTickets(me(), one, { relation: 'parent', ticket: other })
    const again = await linkTickets(me(), other, { relation: 'child', ticket: one })
    assert.deepEqual([first.isNew, again.isNew, again.link.id], [true, false, first.link.id])
    assert.equal(await code(link(one, 'related', other)), 'conflict')
    assert.equal((await getTicket(me(), one)).version, 2)
  })

  test('is made once by a key, and answers its repeat alike, also when it was taken away since', async () => {
    const [one, other] = [await open('one'), await open('other')]
    const ctx = me({ key: 'link' })
    const first = await linkTickets(ctx, one, { relation: 'related', ticket: other })
    const taking = me({ key: 'unlink' })
    await unlinkTickets(taking, other, first.link.id)
    await unlinkTickets({ ...taking, now: me().now }, other, first.link.id)
    assert.equal(await code(unlinkTickets(me(), other, first.link.id)), 'not_found')
    assert.deepEqual(await linkTickets({ ...ctx, now: me().now }, one, { relation: 'related', ticket: other }), first)
    assert.deepEqual(await linked(one), [])
  })

  test('is refused to itself, in a circle of parents, to a second parent, out of sight and without the right', async () => {
    const [a, b, c, elsewhere] = [await open('a'), await open('b'), await open('c'), await open('d', made.customer, 2)]
    assert.equal(await code(link(a, 'related', a)), 'invalid ticket')
    await link(a, 'parent', b)
    await link(b, 'parent', c)
    assert.equal(await code(link(c, 'parent', a)), 'invalid ticket')
    assert.equal(await code(link(a, 'child', c)), 'invalid ticket')
    assert.equal(await code(link(a, 'parent', elsewhere)), 'conflict')
    assert.equal(await code(link(elsewhere, 'child', a)), 'conflict')
    const agent = () => made.as(made.agent)
    assert.equal(await code(link(a, 'related', elsewhere, agent())), 'invalid ticket')
    assert.equal(await code(link(elsewhere, 'related', a, agent())), 'not_found')
    assert.equal(await code(link(a, 'related', c, made.as(made.customer))), 'forbidden')
    const made1 = await link(c, 'related', elsewhere)
    assert.equal(await code(unlinkTickets(agent(), c, made1.id)), 'not_found')
    assert.equal(await code(unlinkTickets(made.as(made.customer), c, made1.id)), 'forbidden')
    await deleteTickets(me(), [elsewhere])
    assert.equal(await code(link(a, 'related', elsewhere)), 'invalid ticket')
    assert.equal(await code(unlinkTickets(me(), c, made1.id)), 'not_found', 'it went with the ticket')
  })

  test('follows up what is done, from what was opened later', async () => {
    const [earlier, later] = [await open('earlier'), await open('later')]
    assert.equal(await code(link(later, 'predecessor', earlier)), 'invalid relation')
    await changeTicket(me(), earlier, { status: { to: 'closed' } })
    await changeTicket(me(), later, { status: { to: 'solved' } })
    assert.equal(await code(link(earlier, 'predecessor', later)), 'invalid relation')
    await link(later, 'predecessor', earlier)
    assert.deepEqual([await linked(earlier), await linked(later)], [['follow_up later'], ['predecessor earlier']])
  })

  test('shows nothing of a ticket that its reader does not see', async () => {
    const [seen, hidden] = [await open('seen'), await open('hidden', made.admin, 2)]
    await link(seen, 'parent', hidden)
    for (const who of [made.agent, made.customer]) {
      const ctx = () => made.as(who)
      assert.deepEqual(await linked(seen, ctx()), [])
      assert.deepEqual(await asked({ parent: [true] }, ctx()), [])
      assert.deepEqual(await asked({ link: [false] }, ctx()), ['seen'])
      const { entries } = await getTimeline(ctx(), seen, { after: 0, limit: 100 })
      const told = JSON.stringify(entries)
      for (const each of [hidden.id, 'hidden']) assert.ok(!told.includes(each), told)
    }
    assert.deepEqual(await asked({ parent: [true] }), ['seen'])
  })

  test('is asked for by what is there', async () => {
    const [a, b, c] = [await open('a'), await open('b'), await open('c')]
    await link(a, 'parent', b)
    const removed = await link(b, 'related', c)
    await unlinkTickets(me(), b, removed.id)
    assert.deepEqual(await asked({ parent: [true] }), ['a'])
    assert.deepEqual(await asked({ child: [true] }), ['b'])
    assert.deepEqual(await asked({ link: [true] }), ['a', 'b'])
    assert.deepEqual(await asked({ parent: [false] }), ['b', 'c'])
    assert.deepEqual(await asked({ parent: [false], child: [false] }), ['c'])
  })
})

describe('An undo of a link', () => {
  test('takes it away from either side, and that is taken back, too', async () => {
    const [one, other] = [await open('one'), await open('other')]
    await link(one, 'parent', other)
    assert.equal((await undoChange(me(), other, null)).id, other.id)
    assert.deepEqual([await linked(one), await linked(other)], [[], []])
    await undoChange(me(), one, null)
    assert.deepEqual([await linked(one), await linked(other)], [['parent other'], ['child one']])
    const { entries } = await getTimeline(me(), one, { after: 0, limit: 100 })
    const [, first, second, third] = entries.map(({ event }) => event)
    assert.deepEqual([second?.kind, third?.kind], ['ticket.unlinked', 'ticket.linked'])
    assert.equal(third?.undoes, second?.position)
    assert.equal(await code(undoChange(me(), one, second?.position ?? 0)), 'conflict', 'it was undone already')
    await undoChange(me(), one, first?.position ?? 0)
    assert.deepEqual(await linked(one), [])
  })

  test('brings none back that could not be made by now', async () => {
    const [a, b, c] = [await open('a'), await open('b'), await open('c')]
    const first = await link(a, 'parent', b)
    await unlinkTickets(me(), a, first.id)
    const { position } = (await getTimeline(me(), a, { after: 0, limit: 100 })).entries.at(-1)?.event ?? assert.fail()
    await link(a, 'parent', c)
    assert.equal(await code(undoChange(me(), a, position)), 'conflict')
    await deleteTickets(me(), [b])
    assert.equal(await code(undoChange(me(), a, position)), 'conflict')
    assert.deepEqual(await linked(a), ['parent c'])
  })

  test('is for those who may change both', async () => {
    const [seen, hidden] = [await open('seen'), await open('hidden', made.customer, 2)]
    await link(seen, 'related', hidden)
    assert.equal(await code(undoChange(made.as(made.agent), seen, null)), 'conflict')
    assert.equal(await code(undoChange(made.as(made.customer), seen, null)), 'forbidden')
    assert.deepEqual(await linked(seen), ['related hidden'])
  })
})

describe('The links of a ticket that is merged', () => {
  test('lead to the one that stays, and come back with it', async () => {
    const [from, into, child, friend] = [
      await open('from'),
      await open('into'),
      await open('child'),
      await open('friend'),
    ]
    await link(from, 'child', child)
    await link(friend, 'related', from)
    await link(from, 'related', into)
    await link(into, 'related', child)
    await mergeTicket(me(), from, into)
    // Nothing is linked to itself.
    assert.deepEqual(await linked(into), ['child child', 'related friend', 'related child'])
    assert.deepEqual(await linked(from), await linked(into))
    assert.deepEqual(await linked(friend), ['related into'])
    assert.deepEqual(await asked({ child: [true] }), ['into'])
    await unmergeTicket(me(), from)
    assert.deepEqual(await linked(from), ['child child', 'related friend', 'related into'])
    assert.deepEqual([await linked(into), await linked(friend)], [['related from', 'related child'], ['related from']])
  })

  test('go ways of any length, at both ends, and back', async () => {
    const [a, b, c] = [await open('a'), await open('b'), await open('c')]
    const [x, y] = [await open('x'), await open('y')]
    await link(a, 'parent', x)
    await mergeTicket(me(), a, b)
    await mergeTicket(me(), x, y)
    await mergeTicket(me(), b, c)
    assert.deepEqual([await linked(c), await linked(y)], [['parent y'], ['child c']])
    await unmergeTicket(me(), b)
    assert.deepEqual([await linked(b), await linked(c)], [['parent y'], []])
    await unmergeTicket(me(), x)
    await unmergeTicket(me(), a)
    assert.deepEqual([await linked(a), await linked(b), await linked(y)], [['parent x'], [], []])
  })

  test('may become a circle, which no look comes to an end in', async () => {
    const [a, b, c, d] = [await open('a'), await open('b'), await open('c'), await open('d')]
    await link(a, 'parent', b)
    await link(b, 'parent', c)
    await mergeTicket(me(), c, a)
    assert.deepEqual(await linked(a), ['parent b', 'child b'])
    await link(d, 'parent', a)
    assert.equal(await code(link(a, 'parent', d)), 'conflict')
  })

  test('hold while both ends are merged, linked and erased at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b, c, d] = [await open('a'), await open('b'), await open('c'), await open('d')]
      for (const [one, other] of [
        [a, b],
        [c, d],
        [a, c],
      ] as const)
        await link(one, 'related', other)
      const other = { ...me(), store: core.otherStore }
      const outcomes = await Promise.all([
        code(mergeTicket(me(), a, b)),
        code(mergeTicket(other, c, d)),
        code(link(b, 'parent', d, { ...me(), store: core.otherStore })),
        code(deleteTickets(me(), [d])),
      ])
      for (const outcome of outcomes) assert.match(outcome, /^(done|not_found|invalid into|invalid ticket|conflict)$/)
    }
    const { rows } = await core.outside.query(
      `select 1 from ticket_links l where l.tenant_id = $1 and (
        not exists (select 1 from tickets t where t.tenant_id = $1 and t.id = l.from_id and t.merged_into is null)
        or not exists (select 1 from tickets t where t.tenant_id = $1 and t.id = l.to_id and t.merged_into is null))`,
      [made.tenant.id],
    )
    assert.deepEqual(rows, [], 'no link leads to what is merged, or to nothing')
  })
})

test('Nobody comes above themselves, whatever is linked at the same time by several processes', async () => {
  const tickets = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((title) => open(title)))
  const pair = fc.tuple(fc.nat(tickets.length - 1), fc.nat(tickets.length - 1))
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 8, maxLength: 16 }), async (pairs) => {
      for (const ticket of tickets)
        for (const { id, relation } of await listLinks(me(), ticket))
          if (relation === 'parent') await unlinkTickets(me(), ticket, id)
      const outcomes = await Promise.all(
        pairs.map(([child, parent], nth) => {
          const [one, other] = [tickets[child], tickets[parent]]
          if (!one || !other) throw new Error('As many as there are.')
          return code(link(one, 'parent', other, { ...me(), store: nth % 2 ? core.store : core.otherStore }))
        }),
      )
      assert.ok(
        outcomes.every((outcome) => ['done', 'conflict', 'invalid ticket'].includes(outcome)),
        outcomes.join(),
      )
      const parents = new Map<string, string>()
      for (const ticket of tickets) {
        const above = (await listLinks(me(), ticket)).filter(({ relation }) => relation === 'parent')
        assert.ok(above.length <= 1, 'one parent')
        for (const { ticket: parent } of above) parents.set(ticket.id, parent.id)
      }
      for (const { id } of tickets) {
        const seen = new Set<string>()
        for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) {
          assert.ok(!seen.has(at), 'no circle')
          seen.add(at)
        }
      }
    }),
    { numRuns: 12 },
  )
})
