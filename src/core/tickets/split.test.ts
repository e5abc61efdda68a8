import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteMessage } from '../erasure/message.ts'
import { eraseUser } from '../erasure/person.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import { changeTicket } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { mergeTicket, unmergeTicket } from './commands/merge.ts'
import { splitTicket } from './commands/split.ts'
import { undoChange } from './commands/undo.ts'
import { getConversation } from './queries/conversation.ts'
import { getTicket } from './queries/find.ts'
import { listLinks } from './queries/links.ts'
import { listTickets } from './queries/list.ts'
import { getTicketAsOf } from './queries/past.ts'
import { getTimeline } from './queries/timeline.ts'
import { momentsOf, type NewSplit, type Said } from './rules/split.ts'
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

async function open(text: string, tags: readonly string[] = []): Promise<Ticket> {
  const message = { visibility: 'public', format: 'text', text, author: 'requester' } as const
  const requester = { by: 'id', id: made.customer.id, member: false } as const
  return (await createTicket(me(), { deskId: made.desks[0], requester, title: text, message, tags })).ticket
}

/** Says something on a ticket. @returns the id of the message */
async function say(
  ref: TicketRef,
  text: string,
  how: 'reply' | 'note' | 'asked' = 'reply',
  ctx = me(),
): Promise<string> {
  const visibility = how === 'note' ? 'internal' : 'public'
  const author = how === 'asked' ? ({ author: 'requester' } as const) : {}
  const { messages } = await changeTicket(ctx, ref, { message: { visibility, format: 'text', text, ...author } })
  return messages[0]?.id ?? assert.fail()
}

const split = (ref: TicketRef, id: string, more: Partial<NewSplit> = {}, ctx = me()) =>
  splitTicket(ctx, ref, { message: { id }, following: false, ...more })

async function said(ref: TicketRef): Promise<readonly string[]> {
  return (await getConversation(me(), ref)).messages.map(({ plain }) => plain)
}

/** What a timeline tells was said, and what happened. */
async function told(ref: TicketRef, limit = 100): Promise<readonly string[]> {
  const lines: string[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof getTimeline>> = await getTimeline(me(), ref, { after, limit })
    lines.push(...page.entries.map(({ event, message }) => message?.plain ?? event.kind))
    after = page.next
  }
  return lines
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

async function found(word: string): Promise<readonly string[]> {
  const { tickets } = await listTickets(me(), { words: [word] }, { by: 'offset', offset: 0, limit: 10 })
  return tickets.map(({ title }) => title)
}

/** Everything of messages, tickets and counts, but what only says when or how often something was written. */
async function everything(): Promise<string> {
  const { id } = made.tenant
  const rows = await Promise.all([
    core.outside.query(
      `select id, ticket_id, came_from, came_before, written_on, plain from messages where tenant_id = $1 order by integer`,
      [id],
    ),
    core.outside.query(
      `select id, title, description, status, first_response_at, latest_message_at, latest_requester_at, waiting_since
       from tickets where tenant_id = $1 and merged_into is null order by id`,
      [id],
    ),
    core.outside.query('select desk_id, new_tickets, open_tickets from desk_counters where tenant_id = $1 order by 1', [
      id,
    ]),
    core.outside.query('select name, tickets from tags where tenant_id = $1 and tickets <> 0 order by 1', [id]),
  ])
  return JSON.stringify(rows.map((each) => each.rows))
}

describe('A split', () => {
  test('moves a message into a new ticket, which is like the other one and linked to it', async () => {
    const ticket = await open('wolf', ['grey'])
    await say(ticket, 'howls')
    const id = await say(ticket, 'sheep', 'asked')
    await say(ticket, 'later', 'note')
    const before = (await getConversation(me(), ticket)).messages.find((each) => each.id === id) ?? assert.fail()
    const fresh = await split(ticket, id, { title: 'Sheep' })
    assert.deepEqual([await said(ticket), await said(fresh)], [['wolf', 'howls', 'later'], ['sheep']])
    const [moved] = (await getConversation(me(), fresh)).messages
    assert.deepEqual({ ...moved, ticketId: '', cameFrom: null }, { ...before, ticketId: '', cameFrom: null })
    assert.deepEqual([fresh.title, fresh.tags, fresh.deskId, fresh.status], ['Sheep', ['grey'], ticket.deskId, 'open'])
    assert.equal(fresh.requester?.id, made.customer.id)
    assert.deepEqual([fresh.number, fresh.integer], [ticket.number + 1, ticket.integer + 1])
    const links = await listLinks(me(), fresh)
    assert.deepEqual(
      links.map(({ relation, ticket: { id: other } }) => [relation, other]),
      [['related', ticket.id]],
    )
    // Each conversation tells of its own ticket.
    const now = await getTicket(me(), ticket)
    assert.deepEqual([now.waitingSince, fresh.waitingSince], [null, moved?.createdAt])
    assert.deepEqual([now.latestRequesterAt, fresh.latestRequesterAt], [ticket.createdAt, moved?.createdAt])
    assert.equal(fresh.firstResponseAt, null)
  })

  test('takes what follows with it where that is wanted', async () => {
    const ticket = await open('one')
    await say(ticket, 'two')
    const id = await say(ticket, 'three', 'asked')
    await say(ticket, 'four', 'note')
    await say(ticket, 'five')
    const fresh = await split(ticket, id, { following: true })
    assert.deepEqual(
      [await said(ticket), await said(fresh)],
      [
        ['one', 'two'],
        ['three', 'four', 'five'],
      ],
    )
    assert.equal((await getTicket(me(), fresh)).waitingSince, null)
    assert.equal(await say(fresh, 'six').then(() => 'done'), 'done')
    assert.deepEqual(await said(fresh), ['three', 'four', 'five', 'six'])
  })

  test('shows what was said in the timeline of the new ticket alone, page by page too, and nothing else of the other', async () => {
    const ticket = await open('first')
    const id = await say(ticket, 'second')
    await say(ticket, 'hidden', 'note')
    await say(ticket, 'third')
    const fresh = await split(ticket, id, { following: true, title: 'Fresh' })
    const own = ['second', 'hidden', 'third', 'ticket.created', 'ticket.split_off']
    for (const limit of [1, 2, 100]) assert.deepEqual(await told(fresh, limit), own)
    const added = ['message.added', 'ticket.status_changed', 'message.added', 'message.added']
    const kinds = ['first', ...added, 'ticket.split']
    for (const limit of [1, 100]) assert.deepEqual(await told(ticket, limit), kinds)
    // Its requester sees no note, and nothing of what it was split off from.
    const ctx = made.as(made.customer)
    const { entries } = await getTimeline(ctx, fresh, { after: 0, limit: 100 })
    assert.deepEqual(
      entries.flatMap(({ message }) => message?.plain ?? []),
      ['second', 'third'],
    )
    assert.ok(!JSON.stringify(entries).includes(ticket.id))
  })

  test('is told by the log as it is', async () => {
    const ticket = await open('wolf')
    const id = await say(ticket, 'sheep', 'asked')
    await say(ticket, 'answer')
    await split(ticket, id)
    const fresh = (await listTickets(me(), {}, { by: 'key', order: 'newest', after: null, limit: 1 })).tickets[0]
    const later = me()
    for (const each of [ticket, fresh ?? assert.fail()]) {
      const { version: _now, ...now } = await getTicket(me(), each)
      const { version: _then, ...then } = await getTicketAsOf(later, each, later.now)
      assert.deepEqual(then, now)
    }
  })

  test('lets words find the ticket that has them', async () => {
    const ticket = await open('wolf')
    const id = await say(ticket, 'sheep')
    await split(ticket, id, { title: 'Other' })
    assert.deepEqual([await found('sheep'), await found('wolf')], [['Other'], ['wolf']])
    await undoChange(me(), ticket, null)
    assert.deepEqual(await found('sheep'), ['wolf'])
  })

  test('is refused of how a ticket began, of all there is, of what is not there, out of sight and without the right', async () => {
    const ticket = await open('first')
    const [opening] = (await getConversation(me(), ticket)).messages
    assert.equal(await code(split(ticket, opening?.id ?? '')), 'invalid message')
    assert.equal(await code(split(ticket, crypto.randomUUID())), 'invalid message')
    const other = await say(await open('other'), 'theirs')
    assert.equal(await code(split(ticket, other)), 'invalid message')
    const note = await say(ticket, 'note', 'note')
    const limited = made.as(made.owner, { permissions: ['ticket.read', 'ticket.merge'] })
    assert.equal(await code(split(ticket, note, {}, limited)), 'invalid message')
    const reader = made.as(made.owner, { permissions: ['ticket.read', 'ticket.change'] })
    assert.equal(await code(split(ticket, note, {}, reader)), 'forbidden')
    assert.equal(await code(split(ticket, note, {}, made.as(made.customer))), 'forbidden')
    const fresh = await split(ticket, note)
    assert.equal(await code(split(fresh, note)), 'invalid message', 'nothing would be left')
    await deleteTickets(me(), [ticket])
    assert.equal(await code(split(ticket, note)), 'not_found')
  })

  test('is made once by a key, and of twins by one', async () => {
    const ticket = await open('first')
    const [id, twin] = [await say(ticket, 'second'), await say(ticket, 'third')]
    const ctx = me({ key: 'split' })
    const fresh = await split(ticket, id, {}, ctx)
    assert.deepEqual(await split(ticket, id, {}, { ...ctx, now: me().now }), fresh)
    const outcomes = await Promise.all([
      code(split(ticket, twin)),
      code(split(ticket, twin, {}, { ...me(), store: core.otherStore })),
    ])
    assert.deepEqual(outcomes.toSorted(), ['done', 'invalid message'])
  })
})

describe('A split that is taken back', () => {
  test('leaves all as it was, by the name of either ticket, and names lead to the one that has the messages', async () => {
    for (const name of ['old', 'new'] as const) {
      const ticket = await open('wolf', ['grey'])
      await say(ticket, 'howls')
      const id = await say(ticket, 'sheep', 'asked')
      await say(ticket, 'later', 'note')
      const before = await everything()
      const fresh = await split(ticket, id, { following: true })
      assert.notEqual(await everything(), before)
      const back = await undoChange(me(), name === 'old' ? ticket : fresh, null)
      assert.equal(back.id, ticket.id)
      assert.equal(await everything(), before)
      assert.equal((await getTicket(me(), fresh)).id, ticket.id)
      assert.deepEqual(await listLinks(me(), ticket), [])
      assert.equal(await code(undoChange(me(), ticket, null)), 'conflict', 'what was split off has nothing any more')
      assert.equal(await code(unmergeTicket(me(), fresh)), 'conflict')
      const later = me()
      const { version: _now, ...now } = await getTicket(me(), ticket)
      const { version: _then, ...then } = await getTicketAsOf(later, ticket, later.now)
      assert.deepEqual(then, now)
    }
  })

  test('is refused once anything else happened to either', async () => {
    const ticket = await open('wolf')
    const [one, two] = [await say(ticket, 'one'), await say(ticket, 'two')]
    const fresh = await split(ticket, one)
    await say(fresh, 'answer')
    assert.equal(await code(undoChange(me(), ticket, null)), 'conflict')
    const other = await split(ticket, two)
    await changeTicket(me(), ticket, { priority: 'high' })
    assert.equal(await code(undoChange(me(), other, null)), 'conflict')
    // Then it is the last change that is undone, and after that the split.
    assert.equal((await undoChange(me(), ticket, null)).priority, 'normal')
    assert.equal(await code(undoChange(me(), other, null)), 'conflict')
    assert.deepEqual(await said(ticket), ['wolf'])
  })

  test('is for those who may merge', async () => {
    const ticket = await open('wolf')
    await split(ticket, await say(ticket, 'one'))
    const limited = made.as(made.owner, { permissions: ['ticket.read', 'ticket.change'] })
    assert.equal(await code(undoChange(limited, ticket, null)), 'forbidden')
  })
})

describe('Splits and merges', () => {
  test('go together: what came by a merge is split off, and each is taken back', async () => {
    const [into, from] = [await open('wolf'), await open('sheep')]
    const id = await say(from, 'bleats')
    await mergeTicket(me(), from, into)
    const before = await everything()
    const fresh = await split(into, id)
    assert.deepEqual([await said(into), await said(fresh)], [['wolf', 'sheep'], ['bleats']])
    await undoChange(me(), into, null)
    assert.equal(await everything(), before)
    await unmergeTicket(me(), from)
    assert.deepEqual([await said(into), await said(from)], [['wolf'], ['sheep', 'bleats']])
  })

  test('keep a ticket that was split off whole when it is merged, there or elsewhere', async () => {
    const [ticket, other] = [await open('wolf'), await open('kid')]
    const fresh = await split(ticket, await say(ticket, 'sheep'))
    for (const into of [other, ticket]) {
      await mergeTicket(me(), fresh, into)
      const all = into === other ? ['kid', 'sheep'] : ['wolf', 'sheep']
      assert.deepEqual([(await said(into)).toSorted(), await said(fresh)], [all.toSorted(), await said(into)])
      const lines = (await told(into)).filter((line) => !/^(ticket|message)\./.test(line))
      assert.deepEqual(lines.toSorted(), all.toSorted(), 'each once')
      await unmergeTicket(me(), fresh)
      assert.deepEqual([await said(into), await said(fresh)], [all.slice(0, 1), ['sheep']])
    }
  })
})

test('Nothing is lost or doubled while messages are split off, said, merged and erased at the same time', async () => {
  const elsewhere = (): Context => ({ ...me(), store: core.otherStore })
  for (let round = 0; round < 8; round++) {
    const [ticket, other] = [await open(`whole ${round}`), await open(`other ${round}`)]
    const ids = [
      await say(ticket, `a ${round}`),
      await say(ticket, `b ${round}`),
      await say(ticket, `c ${round}`),
    ] as const
    const outcomes = await Promise.all([
      code(split(ticket, ids[0], {}, elsewhere())),
      code(split(ticket, ids[1], { following: true })),
      code(say(ticket, `d ${round}`, 'asked', elsewhere())),
      code(round % 2 ? mergeTicket(elsewhere(), ticket, other) : undoChange(elsewhere(), ticket, null)),
      code(deleteMessage(elsewhere(), { id: ids[2] })),
    ])
    for (const outcome of outcomes) assert.match(outcome, /^(done|conflict|not_found|invalid message)$/)
    const { rows } = await core.outside.query<{ plain: string; stays: boolean }>(
      `select m.plain, t.merged_into is null as stays from messages m join tickets t on t.tenant_id = $1 and t.id = m.ticket_id
       where m.tenant_id = $1 and m.plain like '% ' || $2 order by 1`,
      [made.tenant.id, String(round)],
    )
    const expected = ['a', 'b', 'c', 'd', 'other', 'whole'].map((text) => `${text} ${round}`)
    assert.deepEqual(
      rows.map(({ plain }) => plain),
      expected.filter((text) => text !== `c ${round}` || outcomes[4] !== 'done'),
    )
    assert.ok(
      rows.every(({ stays }) => stays),
      'each is on a ticket that stays',
    )
    for (const { plain } of rows) {
      const tickets = (await listTickets(me(), {}, { by: 'key', order: 'newest', after: null, limit: 100 })).tickets
      const lines = await Promise.all(tickets.map((each) => told(each)))
      assert.equal(lines.flat().filter((line) => line === plain).length, 1, `${plain} is told once`)
    }
    const { tickets, total } = await listTickets(me(), {}, { by: 'offset', offset: 0, limit: 200 })
    assert.equal(total, tickets.length, 'the counters count what is listed')
  }
})

describe('Erased', () => {
  /** Everything that holds a text, by table. */
  async function holding(text: string): Promise<readonly string[]> {
    const tables = ['messages', 'tickets', 'events', 'claim_results']
    const rows = await Promise.all(
      tables.map((table) =>
        core.outside.query(`select 1 from ${table} x where tenant_id = $1 and x::text like '%' || $2 || '%'`, [
          made.tenant.id,
          text,
        ]),
      ),
    )
    return tables.filter((_, nth) => (rows[nth]?.rows.length ?? 0) > 0)
  }

  test('of a message that was split off, of its ticket and of its author nothing is left where it was written', async () => {
    const ways: readonly ((fresh: Ticket, id: string) => Promise<unknown>)[] = [
      (fresh, id) => deleteMessage(me(), { id }, { ticket: { id: fresh.id } }),
      (fresh) => deleteTickets(me(), [fresh]),
      () => eraseUser(me(), { id: made.customer.id }),
    ]
    for (const erase of ways) {
      made = await makeTenant(core.store)
      const ticket = await open('wolf')
      const id = await say(ticket, 'heronxyz', 'asked', me({ key: 'said' }))
      const fresh = await split(ticket, id, {}, me({ key: 'split' }))
      assert.deepEqual(await holding('heronxyz'), ['messages', 'claim_results'])
      await erase(fresh, id)
      assert.deepEqual(await holding('heronxyz'), [])
    }
  })

  test('the ticket that messages were split off from leaves these', async () => {
    const ticket = await open('wolf')
    const fresh = await split(ticket, await say(ticket, 'sheep'))
    await deleteTickets(me(), [ticket])
    assert.deepEqual([await said(fresh), (await told(fresh))[0]], [['sheep'], 'sheep'])
    assert.equal(await code(undoChange(me(), fresh, null)), 'conflict')
  })
})

test('Times of a conversation are those of its messages, whatever they are', () => {
  const message = fc.record({
    visibility: fc.constantFrom('public', 'internal'),
    authorRole: fc.constantFrom('requester', 'agent'),
  })
  fc.assert(
    fc.property(fc.array(message), (each) => {
      const messages: readonly Said[] = each.map((one, nth) => ({
        ...one,
        ...{
          id: String(nth),
          integer: nth,
          isGuest: false,
          createdAt: `2026-01-01T00:00:00.${String(nth).padStart(3, '0')}Z`,
        },
      }))
      const open = messages.filter(({ visibility }) => visibility === 'public')
      const answers = open.filter(({ authorRole }) => authorRole === 'agent')
      const since = messages.findLastIndex((one) => answers.includes(one))
      const unanswered = messages.filter((one, nth) => nth > since && open.includes(one) && one.authorRole !== 'agent')
      assert.deepEqual(momentsOf(messages), {
        firstResponseAt: answers[0]?.createdAt ?? null,
        latestMessageAt: open.at(-1)?.createdAt ?? null,
        latestRequesterAt: messages.findLast(({ authorRole }) => authorRole === 'requester')?.createdAt ?? null,
        waitingSince: unanswered[0]?.createdAt ?? null,
      })
    }),
  )
})
