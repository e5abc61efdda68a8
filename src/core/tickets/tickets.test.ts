import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteTickets, eraseTickets } from '../erasure/ticket.ts'
import { type CoreError, Refusal } from '../errors.ts'
import type { EventKind } from '../events/event.ts'
import { STATUSES } from '../words.ts'
import { changeTicket, changeTickets } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { getConversation } from './queries/conversation.ts'
import { findTickets, getTicket } from './queries/find.ts'
import { getTimeline } from './queries/timeline.ts'
import type { OutcomeRow } from './rows.ts'
import type { NewTicket, Ticket, TicketChange, TicketOutcome } from './ticket.ts'

let core: Core

before(async () => {
  core = await openCore()
})
after(() => core.close())

// --- looking at the tables --------------------------------------------------------------------------------------------

async function rows<Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> {
  return (await core.outside.query<Row>(sql, values)).rows
}

/**
 * What must hold of a tenant at any moment: numbers, integers and positions count without duplicates, positions without
 * gaps too, and the counters say what the tables hold.
 */
async function checkInvariants({ tenant }: SmallTenant): Promise<void> {
  const [deskProblems, positions, integers, orphans] = await Promise.all([
    rows(
      `select d.desk_id, d.ticket_number, d.new_tickets, d.open_tickets, d.pending_tickets, d.on_hold_tickets, d.solved_tickets,
         d.closed_tickets, f.*
       from desk_counters d, lateral (
         select count(*) filter (where t.status = 'new') as n, count(*) filter (where t.status = 'open') as o,
           count(*) filter (where t.status = 'pending') as p, count(*) filter (where t.status = 'on_hold') as h,
           count(*) filter (where t.status = 'solved') as s, count(*) filter (where t.status = 'closed') as c,
           coalesce(max(t.number), 0) as highest
         from tickets t where t.tenant_id = d.tenant_id and t.desk_id = d.desk_id) f
       where d.tenant_id = $1 and ((d.new_tickets, d.open_tickets, d.pending_tickets, d.on_hold_tickets, d.solved_tickets,
         d.closed_tickets) <> (f.n, f.o, f.p, f.h, f.s, f.c) or f.highest > d.ticket_number)`,
      tenant.id,
    ),
    rows<{ n: string; highest: string; counted: string }>(
      `select (select count(*) from events e where e.tenant_id = $1) as n,
         (select coalesce(max(e.position), 0) from events e where e.tenant_id = $1) as highest, c.event_position as counted
       from tenant_counters c where c.tenant_id = $1`,
      tenant.id,
    ),
    rows(
      `select c.* from tenant_counters c where c.tenant_id = $1 and (
         c.ticket_integer < (select coalesce(max(t.integer), 0) from tickets t where t.tenant_id = $1)
         or c.message_integer < (select coalesce(max(m.integer), 0) from messages m where m.tenant_id = $1))`,
      tenant.id,
    ),
    // A number that a ticket left behind is never given to another one.
    rows(
      `select f.* from former_numbers f join tickets t on t.tenant_id = $1 and t.desk_id = f.desk_id and t.number = f.number
       where f.tenant_id = $1`,
      tenant.id,
    ),
  ])
  assert.deepEqual(deskProblems, [], 'the counters of every desk are its tickets')
  assert.equal(positions[0]?.n, positions[0]?.highest, 'positions have no gaps')
  assert.equal(positions[0]?.n, positions[0]?.counted)
  assert.deepEqual(integers, [])
  assert.deepEqual(orphans, [])
}

async function refusalOf(work: Promise<unknown>): Promise<CoreError> {
  try {
    await work
  } catch (error) {
    if (error instanceof Refusal) return error.error
    throw error
  }
  return assert.fail('It was allowed.')
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

/** A ticket of nobody on the first desk. */
const plain = (made: SmallTenant, changes: Partial<NewTicket> = {}): NewTicket => ({
  deskId: made.desks[0],
  requester: { by: 'nobody' },
  title: 'Door',
  ...changes,
})

async function opened(made: SmallTenant, changes: Partial<NewTicket> = {}): Promise<Ticket> {
  return (await createTicket(made.as(made.owner), plain(made, changes))).ticket
}

const say = (text: string, visibility: 'public' | 'internal' = 'public') => ({
  visibility,
  format: 'text' as const,
  text,
})

const kinds = (outcome: TicketOutcome): EventKind[] => outcome.events.map((event) => event.kind)

// --- numbers and positions --------------------------------------------------------------------------------------------

describe('Numbers', () => {
  test('count from 1 on every desk, integers in every tenant, under 64 concurrent creations by two processes', async () => {
    const tenants = await Promise.all([makeTenant(core.store), makeTenant(core.store), makeTenant(core.store)])
    const made = await Promise.all(
      upTo(64).map(async (nth) => {
        const world = tenants[nth % 3] ?? assert.fail()
        const store = nth % 2 === 0 ? core.store : core.otherStore
        const deskId = world.desks[nth % 5 === 0 ? 0 : 1]
        const { ticket, events } = await createTicket(
          world.as(world.owner, { store }),
          plain(world, { deskId, message: say(`Message ${nth}`) }),
        )
        return { world, ticket, position: events[0]?.position ?? assert.fail() }
      }),
    )
    for (const world of tenants) {
      const own = made.filter((each) => each.world === world)
      assert.deepEqual(sorted(own.map((each) => each.ticket.integer)), upTo(own.length))
      assert.deepEqual(sorted(own.map((each) => each.position)), upTo(own.length))
      for (const deskId of world.desks) {
        const onDesk = own.filter((each) => each.ticket.deskId === deskId)
        assert.deepEqual(sorted(onDesk.map((each) => each.ticket.number)), upTo(onDesk.length))
      }
      const messages = await rows<{ integer: string }>(
        'select integer from messages where tenant_id = $1',
        world.tenant.id,
      )
      assert.deepEqual(sorted(messages.map((message) => Number(message.integer))), upTo(own.length))
      await checkInvariants(world)
    }
  })

  test('are new after a move, and the old one stays with the ticket and is given to no other', async () => {
    const made = await makeTenant(core.store)
    const [first, second] = made.desks
    const ticket = await opened(made)
    await opened(made, { deskId: second })
    const moved = (await changeTicket(made.as(made.owner), ticket, { deskId: second })).ticket
    assert.deepEqual([moved.deskId, moved.number, moved.integer, moved.id], [second, 2, ticket.integer, ticket.id])
    const back = (await changeTicket(made.as(made.owner), ticket, { deskId: first })).ticket
    assert.deepEqual([back.deskId, back.number], [first, 2])
    const next = await opened(made)
    assert.equal(next.number, 3)
    const former = await rows(
      'select desk_id, number, ticket_id from former_numbers where tenant_id = $1 order by number',
      made.tenant.id,
    )
    assert.deepEqual(former, [
      { desk_id: first, number: 1, ticket_id: ticket.id },
      { desk_id: second, number: 2, ticket_id: ticket.id },
    ])
    await checkInvariants(made)
  })

  test('are not used again after a deletion', async () => {
    const made = await makeTenant(core.store)
    const ticket = await opened(made)
    await deleteTickets(made.as(made.owner), [ticket])
    const next = await opened(made)
    assert.deepEqual([next.number, next.integer], [ticket.number + 1, ticket.integer + 1])
    await checkInvariants(made)
  })
})

// --- everything at once -----------------------------------------------------------------------------------------------

type Deed =
  | { readonly do: 'create'; readonly desk: number; readonly status: Ticket['status']; readonly withMessage: boolean }
  | { readonly do: 'change'; readonly ticket: number; readonly to: Ticket['status'] }
  | { readonly do: 'move'; readonly tickets: readonly number[]; readonly desk: number }
  | { readonly do: 'reply'; readonly ticket: number }
  | { readonly do: 'delete'; readonly tickets: readonly number[] }

const anyDesk = fc.integer({ min: 0, max: 2 })
const anyNth = fc.integer({ min: 0, max: 9 })
const anyNths = fc.array(anyNth, { minLength: 1, maxLength: 4 })
const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    do: fc.constant('create' as const),
    desk: anyDesk,
    status: fc.constantFrom(...STATUSES),
    withMessage: fc.boolean(),
  }),
  fc.record({ do: fc.constant('change' as const), ticket: anyNth, to: fc.constantFrom(...STATUSES) }),
  fc.record({ do: fc.constant('move' as const), tickets: anyNths, desk: anyDesk }),
  fc.record({ do: fc.constant('reply' as const), ticket: anyNth }),
  fc.record({ do: fc.constant('delete' as const), tickets: anyNths }),
)

test('Counters equal the tickets and positions have no gaps after any commands, also of two processes at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyDeed, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 }),
      async (rounds) => {
        const made = await makeTenant(core.store)
        const ids: string[] = []
        const nth = (index: number) => ids.slice(index % Math.max(1, ids.length), (index % Math.max(1, ids.length)) + 1)
        const desk = (index: number) => made.desks[index] ?? assert.fail()
        for (const deeds of rounds) {
          const done = deeds.map(async (deed, index) => {
            const ctx = made.as(made.owner, { store: index % 2 === 0 ? core.store : core.otherStore })
            const refs = (list: readonly number[]) => list.flatMap(nth).map((id) => ({ id }))
            switch (deed.do) {
              case 'create': {
                const { status, withMessage } = deed
                const message = withMessage ? { message: say('Hello') } : {}
                const input = plain(made, { deskId: desk(deed.desk), status, ...message })
                ids.push((await createTicket(ctx, input)).ticket.id)
                return
              }
              case 'change':
                return changeTickets(ctx, refs([deed.ticket]), [{ status: { to: deed.to } }])
              case 'move':
                return changeTickets(ctx, refs(deed.tickets), [{ deskId: desk(deed.desk) }])
              case 'reply':
                return changeTickets(ctx, refs([deed.ticket]), [{ message: say('Yes') }])
              case 'delete':
                return deleteTickets(ctx, refs(deed.tickets))
            }
          })
          await Promise.all(done)
          await checkInvariants(made)
        }
      },
    ),
    { numRuns: 25 },
  )
})

test('Every event says who did it, when, with what and through which dialect', async () => {
  const made = await makeTenant(core.store)
  const ticket = await opened(made)
  const ctx = made.as(made.agent, { dialect: 'moov', requestId: 'request-1' })
  const { events } = await changeTicket(ctx, ticket, { status: { to: 'solved' }, message: say('Done') })
  assert.deepEqual(
    events.map((event) => event.kind),
    ['message.added', 'ticket.status_changed'],
  )
  for (const [index, event] of events.entries()) {
    assert.partialDeepStrictEqual(event, {
      position: index + 2,
      ticketId: ticket.id,
      actorId: made.agent.id,
      credentialId: ctx.actor.credential.id,
      dialect: 'moov',
      requestId: 'request-1',
      at: ctx.now,
    })
  }
  const { entries } = await getTimeline(made.as(made.owner), ticket, { after: 0, limit: 10 })
  assert.deepEqual(
    entries.map((entry) => entry.event),
    [...entries.slice(0, 1).map((entry) => entry.event), ...events],
  )
  assert.deepEqual(
    entries.map((entry) => entry.event.position),
    [1, 2, 3],
  )
})

// --- races ------------------------------------------------------------------------------------------------------------

describe('Concurrent changes of one ticket', () => {
  test('all take effect, one after the other, and none is lost', async () => {
    const made = await makeTenant(core.store)
    const ticket = await opened(made)
    const outcomes = await Promise.all(
      upTo(40).map((nth) => {
        const store = nth % 4 === 0 ? core.otherStore : core.store
        return changeTicket(made.as(made.agent, { store }), ticket, {
          addTags: [`tag-${nth}`],
          message: say(`Message ${nth}`),
        })
      }),
    )
    const now = await getTicket(made.as(made.owner), ticket)
    assert.equal(now.version, 41)
    assert.deepEqual(
      [...now.tags].sort(),
      upTo(40)
        .map((nth) => `tag-${nth}`)
        .sort(),
    )
    assert.deepEqual(
      sorted(outcomes.map((outcome) => outcome.ticket.version)),
      upTo(41).slice(1),
      'each answer shows the ticket as this change left it',
    )
    for (const outcome of outcomes) assert.equal(outcome.ticket.tags.length, outcome.ticket.version - 1)
    // Each change follows the one before it: what its event says was before is what the previous one left.
    const { entries } = await getTimeline(made.as(made.owner), ticket, { after: 0, limit: 200 })
    let tags: unknown = []
    for (const { event } of entries) {
      if (event.kind !== 'ticket.tags_changed') continue
      assert.deepEqual(event.before?.['tags'], tags)
      tags = event.after?.['tags']
    }
    const { messages } = await getConversation(made.as(made.owner), ticket)
    assert.equal(messages.length, 40)
    await checkInvariants(made)
  })

  test('with the version that each saw let exactly one through', async () => {
    const made = await makeTenant(core.store)
    const ticket = await opened(made)
    const outcomes = await Promise.allSettled(
      upTo(16).map((nth) => {
        const store = nth % 2 === 0 ? core.otherStore : core.store
        return changeTicket(
          made.as(made.agent, { store }),
          ticket,
          { title: `Title ${nth}` },
          { version: ticket.version },
        )
      }),
    )
    const through = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.ticket] : []))
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    assert.equal(through.length, 1)
    for (const error of refused) assert.deepEqual(error.error, { code: 'precondition_failed' })
    assert.equal((await getTicket(made.as(made.owner), ticket)).title, through[0]?.title)
  })
})

test('A change holds only for the version it asks for', async () => {
  const made = await makeTenant(core.store)
  const ticket = await opened(made)
  const changed = await changeTicket(made.as(made.agent), ticket, { title: 'Window' }, { version: 1 })
  assert.equal(changed.ticket.version, 2)
  const late = changeTicket(made.as(made.agent), ticket, { title: 'Roof' }, { version: 1 })
  assert.deepEqual(await refusalOf(late), { code: 'precondition_failed' })
  const same = await changeTicket(made.as(made.agent), ticket, { title: 'Window' }, { version: 2 })
  assert.deepEqual([same.ticket.version, same.events], [2, []])
})

// --- bulk -------------------------------------------------------------------------------------------------------------

describe('A bulk change', () => {
  test('changes every ticket once, names those out of sight, and moves them in one go', async () => {
    const made = await makeTenant(core.store)
    const tickets = [await opened(made), await opened(made), await opened(made)]
    const [, second, third] = made.desks
    const hidden = await opened(made, { deskId: third })
    const [one, two, three] = tickets
    assert.ok(one && two && three)
    const refs = [{ id: one.id }, { integer: two.integer }, { id: one.id }, { integer: 4711 }, { id: hidden.id }, three]
    const outcome = await changeTickets(made.as(made.agent), refs, [
      { deskId: second },
      { status: { to: 'pending' }, addTags: ['moved'] },
      { message: say('Note', 'internal') },
    ])
    assert.deepEqual(outcome.missing, [{ integer: 4711 }, { id: hidden.id }])
    assert.deepEqual(
      outcome.tickets.map(({ id, number, version, status, tags }) => ({ id, number, version, status, tags })),
      [one, two, three].map(({ id }, index) => ({
        id,
        number: index + 1,
        version: 2,
        status: 'pending',
        tags: ['moved'],
      })),
    )
    assert.deepEqual(kinds(outcome).slice(0, 4), [
      'ticket.desk_changed',
      'ticket.tags_changed',
      'ticket.status_changed',
      'message.added',
    ])
    assert.equal(outcome.events.length, 12)
    assert.equal(outcome.messages.length, 3)
    await checkInvariants(made)
  })

  test('that the rules refuse for one ticket changes none', async () => {
    const made = await makeTenant(core.store)
    const open = await opened(made)
    const closed = await opened(made, { status: 'closed' })
    const work = changeTickets(
      made.as(made.agent),
      [open, closed],
      [{ title: 'Window' }, { message: { ...say('Hello'), author: 'requester' } }],
    )
    assert.deepEqual(await refusalOf(work), { code: 'ticket_closed' })
    const found = await findTickets(made.as(made.owner), [open, closed])
    assert.deepEqual(found, [open, closed])
    await checkInvariants(made)
  })

  test('needs ticket.bulk, and its deletion ticket.delete', async () => {
    const made = await makeTenant(core.store)
    const ticket = await opened(made)
    const narrow = made.as(made.owner, { permissions: ['ticket.read', 'ticket.change'] })
    const bulk = changeTickets(narrow, [ticket], [{ title: 'Window' }])
    assert.deepEqual(await refusalOf(bulk), { code: 'forbidden', permission: 'ticket.bulk' })
    const deletion = changeTickets(made.as(made.agent), [ticket], [{ title: 'Window' }], { thenDelete: eraseTickets })
    assert.deepEqual(await refusalOf(deletion), { code: 'forbidden', permission: 'ticket.delete' })
    assert.deepEqual(await getTicket(made.as(made.owner), ticket), ticket)
    const allowed = await changeTickets(made.as(made.admin), [ticket], [], { thenDelete: eraseTickets })
    assert.deepEqual(allowed.missing, [])
    assert.deepEqual(await findTickets(made.as(made.owner), [ticket]), [null])
  })
})

// --- idempotency ------------------------------------------------------------------------------------------------------

/** The same call 64 times at once, half of it in another process, with one key of one credential. */
function twins<T>(
  made: SmallTenant,
  who: SmallTenant['owner'],
  key: string,
  call: (ctx: Context) => Promise<T>,
): Promise<T[]> {
  const credentialId = crypto.randomUUID()
  return Promise.all(
    upTo(64).map((nth) => {
      const store = nth % 2 === 0 ? core.store : core.otherStore
      return call(made.as(who, { store, key, credentialId }))
    }),
  )
}

function assertAllEqual(outcomes: readonly unknown[]): void {
  for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0])
}

async function countOf(table: string, { tenant }: SmallTenant): Promise<number> {
  const [row] = await rows<{ n: string }>(`select count(*) as n from ${table} where tenant_id = $1`, tenant.id)
  return Number(row?.n)
}

describe('Idempotency', () => {
  test('makes one ticket of 64 concurrent twins and gives them equal answers', async () => {
    const made = await makeTenant(core.store)
    const requester = { by: 'email', email: 'new@example.com', name: 'New', create: true } as const
    const outcomes = await twins(made, made.owner, 'create', (ctx) =>
      createTicket(ctx, plain(made, { requester, message: say('Hello') })),
    )
    assertAllEqual(outcomes)
    assert.equal(outcomes[0]?.ticket.requester?.email, 'new@example.com')
    for (const table of ['tickets', 'messages', 'claims', 'claim_results'])
      assert.equal(await countOf(table, made), 1, table)
    await checkInvariants(made)
  })

  test('makes one change of 64 concurrent twins and gives them equal answers', async () => {
    const made = await makeTenant(core.store)
    const ticket = await opened(made)
    const change: TicketChange = { status: { to: 'closed' }, addTags: ['done'], message: say('Bye') }
    assertAllEqual(await twins(made, made.agent, 'change', (ctx) => changeTicket(ctx, ticket, change)))
    // What the first one did would make these refuse: the version has moved on, the ticket is closed by now.
    const next = await opened(made)
    assertAllEqual(
      await twins(made, made.agent, 'version', (ctx) => changeTicket(ctx, next, { title: 'New' }, { version: 1 })),
    )
    const own = await opened(made, { requester: { by: 'id', id: made.customer.id, member: true } })
    const last = { message: say('Thanks'), status: { to: 'closed' } } as const
    assertAllEqual(await twins(made, made.customer, 'closing', (ctx) => changeTicket(ctx, own, last)))
    const found = await findTickets(made.as(made.owner), [ticket, next, own])
    assert.deepEqual(
      found.map((each) => each?.version),
      [2, 2, 2],
    )
    assert.equal(await countOf('messages', made), 2)
    await checkInvariants(made)
  })

  test('makes one deletion of 64 concurrent twins and gives them equal answers', async () => {
    const made = await makeTenant(core.store)
    const [one, two] = [await opened(made), await opened(made)]
    const refs = [{ integer: two.integer }, { id: one.id }, { integer: 4711 }]
    const outcomes = await twins(made, made.admin, 'delete', (ctx) => deleteTickets(ctx, refs))
    assertAllEqual(outcomes)
    assert.deepEqual(outcomes[0]?.missing, [{ integer: 4711 }])
    const batch = await opened(made)
    const bulk = await twins(made, made.admin, 'bulk', (ctx) =>
      changeTickets(ctx, [batch, { integer: 4711 }], [], { thenDelete: eraseTickets }),
    )
    assertAllEqual(bulk.map((outcome) => outcome.missing))
    assert.equal(await countOf('tickets', made), 0)
    const deleted = await rows(
      "select position from events where tenant_id = $1 and kind = 'ticket.deleted'",
      made.tenant.id,
    )
    assert.equal(deleted.length, 3)
    await checkInvariants(made)
  })

  test('refuses a key that was used for something else, whatever that was', async () => {
    const made = await makeTenant(core.store)
    const ticket = await opened(made)
    const credentialId = crypto.randomUUID()
    const as = (key: string, fingerprint: string) => made.as(made.owner, { key, fingerprint, credentialId })
    await createTicket(as('create', 'one'), plain(made))
    await changeTicket(as('change', 'one'), ticket, { title: 'Window' })
    await changeTicket(as('nothing', 'one'), ticket, { title: 'Window' })
    await deleteTickets(as('delete', 'one'), [await opened(made)])
    for (const key of ['create', 'change', 'nothing', 'delete']) {
      const calls = [
        () => createTicket(as(key, 'two'), plain(made)),
        // Refused before, too, where the call itself would be refused.
        () => createTicket(as(key, 'two'), plain(made, { topicId: 4711 })),
        () => changeTicket(as(key, 'two'), ticket, { title: 'Roof' }),
        () => changeTickets(as(key, 'two'), [ticket], [{ title: 'Roof' }]),
        () => deleteTickets(as(key, 'two'), [ticket]),
      ]
      for (const call of calls) assert.deepEqual(await refusalOf(call()), { code: 'idempotency_mismatch' }, key)
    }
    assert.equal((await getTicket(made.as(made.owner), ticket)).title, 'Window')
    await checkInvariants(made)
  })

  test('keeps the keys of credentials and tenants apart', async () => {
    const [here, there] = [await makeTenant(core.store), await makeTenant(core.store)]
    const credentialId = crypto.randomUUID()
    const calls = [here.as(here.owner, { key: 'k', credentialId }), here.as(here.owner, { key: 'k' })]
    const elsewhere = there.as(there.owner, { key: 'k', credentialId })
    const made = [
      ...(await Promise.all(calls.map((ctx) => createTicket(ctx, plain(here))))),
      await createTicket(elsewhere, plain(there)),
    ]
    assert.equal(new Set(made.map((outcome) => outcome.ticket.id)).size, 3)
  })

  test('repeats the first answer after the ticket changed, was closed, or may no longer be made so', async () => {
    const made = await makeTenant(core.store)
    const own = { by: 'id', id: made.customer.id, member: true } as const
    const credentialId = crypto.randomUUID()
    const as = (who: SmallTenant['owner'], key: string) => made.as(who, { key, credentialId })
    const create = () => createTicket(as(made.customer, 'create'), plain(made, { requester: own }))
    const first = await create()
    const reply = () => changeTicket(as(made.customer, 'reply'), first.ticket, { message: say('Hello') })
    const replied = await reply()
    await changeTicket(made.as(made.agent), first.ticket, { status: { to: 'closed' }, title: 'Other' })
    assert.deepEqual(await create(), first)
    assert.deepEqual(await reply(), replied, 'though a requester may not write on a closed ticket')
    const disallowed = createTicket(as(made.customer, 'create'), plain(made, { requester: own, topicId: 4711 }))
    assert.deepEqual(await disallowed, first, 'though the topic is gone')
    const now = await getTicket(made.as(made.owner), first.ticket)
    assert.deepEqual([now.version, now.status], [3, 'closed'])
    await checkInvariants(made)
  })

  test('repeats a change that changed nothing without changing anything later', async () => {
    const made = await makeTenant(core.store)
    const ticket = await opened(made, { status: 'open' })
    const credentialId = crypto.randomUUID()
    const again = () =>
      changeTicket(made.as(made.agent, { key: 'again', credentialId }), ticket, { status: { to: 'open' } })
    const first = await again()
    assert.deepEqual([first.ticket, first.events], [ticket, []])
    await changeTicket(made.as(made.agent), ticket, { status: { to: 'solved' } })
    assert.deepEqual(await again(), first)
    assert.equal((await getTicket(made.as(made.owner), ticket)).status, 'solved')
  })

  test('answers without the words once what the first answer showed is erased', async () => {
    const made = await makeTenant(core.store)
    const credentialId = crypto.randomUUID()
    const as = (key: string) => made.as(made.owner, { key, credentialId })
    const create = () => createTicket(as('create'), plain(made))
    const { ticket } = await create()
    const change = () => changeTicket(as('change'), ticket, { title: 'Window' })
    await change()
    const deletion = () => deleteTickets(as('delete'), [ticket])
    const deleted = await deletion()
    for (const repeat of [create, change]) {
      const again = await repeat()
      assert.deepEqual([again.ticket.id, again.ticket.title, again.ticket.description], [ticket.id, '', ''])
    }
    assert.deepEqual(await deletion(), deleted)
    assert.equal(await countOf('tickets', made), 0)
  })
})

// --- deletion ---------------------------------------------------------------------------------------------------------

test('A deletion leaves no word of the ticket in any table, and one event that tells of it', async () => {
  const made = await makeTenant(core.store)
  const secret = 'xyzzy'
  const as = (key: string) => made.as(made.owner, { key })
  const { ticket } = await createTicket(
    as('create'),
    plain(made, {
      title: `Title ${secret}`,
      fromAddress: `${secret}@example.com`,
      externalReference: secret,
      tags: [secret],
      message: { ...say(`Words ${secret}`), authorName: secret },
    }),
  )
  const other = await opened(made)
  await changeTickets(as('bulk'), [ticket, other], [{ deskId: made.desks[1], message: say(`More ${secret}`) }])
  await changeTicket(as('change'), ticket, { title: `Again ${secret}`, addTags: [`tag ${secret}`] })
  const before = await rows<{ n: string }>('select count(*) as n from events where tenant_id = $1', made.tenant.id)

  assert.deepEqual((await deleteTickets(as('delete'), [ticket])).missing, [])

  const tables = await rows<{ name: string }>(
    "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'",
  )
  assert.ok(tables.length > 15)
  for (const { name } of tables) {
    const found = await rows<{ id?: string; ticket_id?: string; result?: OutcomeRow }>(
      `select x.* from ${name} x where x::text like '%${secret}%'`,
    )
    const isOfOther = ({ id, ticket_id, result }: (typeof found)[number]): boolean => {
      if (!result) return (ticket_id ?? id) === other.id
      // What was kept of the call on both still tells of the other one.
      const messages = result.messages.filter((message) => message.ticket_id !== other.id)
      const others = result.tickets.filter((each) => each.id !== other.id)
      return !JSON.stringify({ messages, others, events: result.events }).includes(secret)
    }
    const ofOther = found.filter(isOfOther)
    assert.equal(found.length, ofOther.length, `${name} still holds it`)
  }
  const events = await rows<{ kind: string; before: unknown; after: unknown; position: string }>(
    'select kind, before, after, position from events where tenant_id = $1 and ticket_id = $2 order by position',
    made.tenant.id,
    ticket.id,
  )
  assert.equal(events.filter((event) => event.kind === 'ticket.deleted').length, 1)
  assert.equal(events.at(-1)?.kind, 'ticket.deleted')
  assert.equal(Number(events.at(-1)?.position), Number(before[0]?.n) + 1)
  for (const event of events.slice(0, -1)) assert.deepEqual([event.before, event.after], [null, null])
  const kept = await getConversation(made.as(made.owner), other)
  assert.deepEqual(
    kept.messages.map((message) => message.plain),
    [`More ${secret}`],
    'the neighbour in the bulk call keeps its message',
  )
  await checkInvariants(made)
})

test('A deletion is refused as a whole when one ticket may not be deleted', async () => {
  const made = await makeTenant(core.store)
  const [, second] = made.desks
  const [own, foreign] = [await opened(made), await opened(made, { deskId: second })]
  // An admin here and an agent there.
  const mixed = {
    ...made.admin,
    memberships: made.admin.memberships.map((each) =>
      each.deskId === second ? { ...each, role: 'agent' as const } : each,
    ),
  }
  const work = deleteTickets(made.as(mixed), [own, foreign])
  assert.deepEqual(await refusalOf(work), { code: 'forbidden', permission: 'ticket.delete' })
  assert.deepEqual(await findTickets(made.as(made.owner), [own, foreign]), [own, foreign])
})

// --- requesters -------------------------------------------------------------------------------------------------------

describe('A requester by e-mail address', () => {
  const requester = { by: 'email', email: 'Anna@Example.com', name: 'Anna', create: true } as const

  test('is made once, with one membership on each desk and one event, however many ask at once', async () => {
    const made = await makeTenant(core.store)
    const usersBefore = await countOf('users', made)
    const tickets = await Promise.all(
      upTo(32).map(async (nth) => {
        const store = nth % 2 === 0 ? core.store : core.otherStore
        const deskId = made.desks[nth % 3] ?? assert.fail()
        const email = nth % 5 === 0 ? requester.email.toUpperCase() : requester.email
        const ctx = made.as(made.owner, { store })
        return (await createTicket(ctx, plain(made, { deskId, requester: { ...requester, email } }))).ticket
      }),
    )
    const [first] = tickets
    assert.equal(await countOf('users', made), usersBefore + 1)
    for (const ticket of tickets) {
      assert.equal(ticket.requester?.id, first?.requester?.id)
      assert.equal(ticket.requester?.membership?.role, 'customer')
    }
    const memberships = await rows(
      'select desk_id from memberships where tenant_id = $1 and user_id = $2',
      made.tenant.id,
      first?.requester?.id,
    )
    assert.equal(memberships.length, 3)
    const events = await rows(
      "select subject_id from events where tenant_id = $1 and kind = 'user.created'",
      made.tenant.id,
    )
    assert.deepEqual(events, [{ subject_id: first?.requester?.id }])
    await checkInvariants(made)
  })

  test('that nobody has leaves the ticket without one where none is to be made', async () => {
    const made = await makeTenant(core.store)
    const usersBefore = await countOf('users', made)
    const ticket = await opened(made, { requester: { ...requester, create: false } })
    assert.equal(ticket.requester, null)
    assert.equal(await countOf('users', made), usersBefore)
    const known = await opened(made, { requester: { ...requester, email: 'ROSA@example.com', create: false } })
    assert.equal(known.requester?.id, made.customer.id)
  })
})

test('A requester, assignee or author who does not exist is refused, and nothing is made', async () => {
  const made = await makeTenant(core.store)
  const ticket = await opened(made)
  const nobody = crypto.randomUUID()
  const field = async (work: Promise<unknown>) => {
    const error = await refusalOf(work)
    return error.code === 'invalid' ? error.issues.map((issue) => issue.path.join('.')) : error.code
  }
  const create = (changes: Partial<NewTicket>) => field(createTicket(made.as(made.owner), plain(made, changes)))
  const change = (changes: TicketChange) => field(changeTicket(made.as(made.owner), ticket, changes))
  assert.deepEqual(await create({ requester: { by: 'id', id: nobody, member: false } }), ['requester'])
  assert.deepEqual(
    await create({ deskId: made.desks[2], requester: { by: 'id', id: made.customer.id, member: true } }),
    ['requester'],
    'a user without membership on the desk',
  )
  assert.deepEqual(await create({ assigneeId: nobody }), ['assignee'])
  assert.deepEqual(await create({ message: { ...say('Hi'), author: { id: nobody } } }), ['author'])
  assert.deepEqual(await change({ requesterId: nobody }), ['requester'])
  assert.deepEqual(await change({ assigneeId: nobody }), ['assignee'])
  assert.deepEqual(await change({ message: { ...say('Hi'), author: { id: nobody } } }), ['author'])
  assert.equal(await countOf('tickets', made), 1)
  assert.equal(await countOf('events', made), 1)
})

// --- what may be read -------------------------------------------------------------------------------------------------

test('Internal messages and what they did are shown only to who works on the desk', async () => {
  const made = await makeTenant(core.store)
  const own = { by: 'id', id: made.customer.id, member: true } as const
  const ticket = await opened(made, { requester: own, message: say('Question') })
  await changeTicket(made.as(made.agent), ticket, { message: say('Hidden', 'internal') })
  await changeTicket(made.as(made.agent), ticket, { message: say('Answer') })
  const seenBy = async (ctx: Context) => {
    const { messages } = await getConversation(ctx, ticket)
    const { entries } = await getTimeline(ctx, ticket, { after: 0, limit: 50 })
    const inTimeline = entries.flatMap((entry) => entry.message?.plain ?? [])
    assert.deepEqual(
      messages.map((message) => message.plain),
      inTimeline,
    )
    return [inTimeline.join(' '), entries.map((entry) => entry.event.kind).join(' ')]
  }
  const all = 'ticket.created message.added message.added ticket.status_changed'
  assert.deepEqual(await seenBy(made.as(made.agent)), ['Question Hidden Answer', all])
  assert.deepEqual(await seenBy(made.as(made.customer)), [
    'Question Answer',
    'ticket.created message.added ticket.status_changed',
  ])
  const narrow = made.as(made.owner, { permissions: ['ticket.read'] })
  assert.deepEqual((await seenBy(narrow))[0], 'Question Answer')
})

test('A timeline comes in pages that join without gap or overlap', async () => {
  const made = await makeTenant(core.store)
  const ticket = await opened(made, { message: say('Question') })
  for (const nth of upTo(5)) await changeTicket(made.as(made.agent), ticket, { message: say(`Answer ${nth}`) })
  const { entries: all } = await getTimeline(made.as(made.agent), ticket, { after: 0, limit: 100 })
  for (const limit of [1, 2, 3, all.length, all.length + 1]) {
    const joined: (typeof all)[number][] = []
    let from: number | null = 0
    while (from !== null) {
      const page: Awaited<ReturnType<typeof getTimeline>> = await getTimeline(made.as(made.agent), ticket, {
        after: from,
        limit,
      })
      assert.ok(page.entries.length <= limit)
      joined.push(...page.entries)
      from = page.next
    }
    assert.deepEqual(joined, all)
  }
})
