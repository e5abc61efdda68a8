import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { DIALECTS } from '../../dialects/registry.ts'
import type { Store } from '../../storage/store.ts'
import { Refusal } from '../errors.ts'
import { findLiving } from '../identity/queries.ts'
import type { UserSummary } from '../identity/user.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { findTickets } from '../tickets/queries/find.ts'
import { getTimeline } from '../tickets/queries/timeline.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { changeUser, makeUser } from '../users/commands.ts'
import { findUsersByInteger } from '../users/queries.ts'
import { consume } from '../webhooks/deliveries/consume.ts'
import { remakeBlank } from '../webhooks/deliveries/remake.ts'
import { eraseUser } from './person.ts'

const ROUNDS = 4
const WRITERS = 3
const SECRET = 'xyzzy'
const said = { visibility: 'public', format: 'text', text: `Words ${SECRET}` } as const

let core: Core
let made: SmallTenant
before(async () => {
  core = await openCore()
})
after(() => core?.close())
beforeEach(async () => {
  made = await makeTenant(core.store)
})

async function rows<Row extends object>(sql: string, ...values: unknown[]): Promise<readonly Row[]> {
  return (await core.outside.query<Row>(sql, values)).rows
}

/** The tables that hold a word in any column. */
async function whereKept(word: string): Promise<readonly string[]> {
  const tables = await rows<{ name: string }>(
    "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'",
  )
  const kept: string[] = []
  for (const { name } of tables) {
    const found = await rows(`select 1 from ${name} x where strpos(x::text, $1) > 0`, word)
    if (found.length > 0) kept.push(`${name} ${found.length}`)
  }
  return kept.toSorted()
}

async function person(name: string): Promise<UserSummary> {
  const memberships = made.desks.slice(0, 2).map((deskId) => ({ deskId, role: 'customer' as const }))
  const { id } = await makeUser(made.as(made.owner), { name, email: `${name}@example.com`, memberships })
  const [user] = await findLiving({ store: core.store, tenant: made.tenant }, [id])
  return user ?? assert.fail()
}

const as = (who: UserSummary, store: Store) => made.as(who, { store, ...(randomInt(2) === 0 ? {} : { key: v7() }) })

const newTicket = (who: UserSummary, requester: UserSummary, store: Store): Promise<{ readonly ticket: Ticket }> =>
  createTicket(as(who, store), {
    deskId: made.desks[0],
    requester: { by: 'id', id: requester.id, member: randomInt(2) === 0 },
    title: `Title ${SECRET}`,
    fromName: SECRET,
    message: said,
  })

/** Deliveries are made as the job does it. */
async function tell(store: Store): Promise<void> {
  const protocols = new Map(DIALECTS.flatMap(({ name, webhooks }) => (webhooks ? [[name, webhooks] as const] : [])))
  const links = { to: () => '', accepts: () => false }
  const given = {
    store,
    tenant: made.tenant,
    protocols,
    links,
    now: new Date().toISOString(),
    newId: v7,
    log: assert.fail,
  }
  while (await consume(given));
  while (await remakeBlank(given));
}

/** Does `work` again and again until it is refused, which is right only because of the erasure, or the erasure is over. */
async function keepOn(isOver: () => boolean, work: () => Promise<unknown>): Promise<void> {
  while (!isOver()) {
    try {
      await work()
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error))
      assert.ok(
        ['unauthenticated', 'invalid', 'not_found', 'conflict', 'forbidden'].includes(error.error.code),
        error.error.code,
      )
    }
  }
}

test('Nothing of a person is left after their erasure, whatever others write in their name meanwhile', async () => {
  await rows('insert into webhook_positions (tenant_id, position) values ($1, 0)', made.tenant.id)
  await rows(
    `insert into webhooks (tenant_id, id, dialect, url, description, events, enabled, secret, since, created_at, updated_at)
     values ($1, $2, 'native', 'https://example.com', '', '{*}', true, '', 0, now(), now())`,
    made.tenant.id,
    v7(),
  )
  let written = 0
  for (let round = 1; round <= ROUNDS; round++) {
    const name = `rosa${round}`
    const rosa = await person(name)
    const own = (await newTicket(made.agent, rosa, core.store)).ticket
    const foreign = (await createTicket(made.as(made.agent), { deskId: made.desks[0], requester: { by: 'nobody' } }))
      .ticket
    let isOver = false
    const both = [core.store, core.otherStore]
    const writers = both.flatMap((store) => [
      ...Array.from({ length: WRITERS }, () => () => newTicket(rosa, rosa, store)),
      () => newTicket(made.agent, rosa, store),
      () => changeTicket(as(rosa, store), own, { message: said }),
      () => changeTicket(as(made.agent, store), own, { title: `Other ${SECRET}` }),
      () =>
        changeTicket(as(made.agent, store), foreign, {
          message: { ...said, text: 'Hi', envelope: { cc: [`${name}@example.com`] } },
        }),
      () => changeUser(as(made.owner, store), rosa.id, { about: `About ${SECRET} ${randomInt(1e9)}` }),
      () => tell(store),
    ])
    const writing = writers.map((work) =>
      keepOn(
        () => isOver,
        async () => {
          await work()
          written++
        },
      ),
    )
    await pause(randomInt(150))
    await eraseUser(made.as(made.owner, { store: core.otherStore }), { id: rosa.id })
    isOver = true
    await Promise.all(writing)
    for (const store of both) await tell(store)

    const [erased] = await rows<{ position: string }>(
      "select position from events where tenant_id = $1 and kind = 'user.erased' and subject_id = $2",
      made.tenant.id,
      rosa.id,
    )
    // What an agent writes to an own ticket of theirs after the erasure is the agent's own.
    await rows(
      "update tickets set title = '' where tenant_id = $1 and id = $2 and title like 'Other%'",
      made.tenant.id,
      own.id,
    )
    const titles = await rows<{ position: string }>(
      "select position from events where tenant_id = $1 and ticket_id = $2 and after::text like '%xyzzy%'",
      made.tenant.id,
      own.id,
    )
    for (const { position } of titles) assert.ok(Number(position) > Number(erased?.position), 'an older title is left')
    for (const table of ['messages', 'tickets', 'users', 'user_addresses', 'attachments'])
      assert.deepEqual(await rows(`select x.* from ${table} x where strpos(x::text, $1) > 0`, SECRET), [], table)
    const addressed = await rows(
      `select 1 from events e join messages m on m.tenant_id = $1 and m.id = e.message_id
       where e.tenant_id = $1 and e.position < $2 and strpos(m::text, $3) > 0`,
      made.tenant.id,
      erased?.position,
      name,
    )
    assert.deepEqual(addressed, [], 'an older envelope names them')
    const told = await rows(
      'select 1 from webhook_deliveries d where d.tenant_id = $1 and d.position < $2 and strpos(d.body, $3) > 0',
      made.tenant.id,
      erased?.position,
      name,
    )
    assert.deepEqual(told, [], 'an older delivery names them')
  }
  assert.ok(written > ROUNDS * WRITERS, `${written} writes`)
})

test('Whoever is erased can be erased again, and what a failure left goes then', async () => {
  const kim = await person('kimagain')
  const { ticket } = await newTicket(made.agent, kim, core.store)
  const left = 'what a failure left'
  await eraseUser(made.as(made.owner), { id: kim.id })
  await rows('update tickets set title = $2 where tenant_id = $1', made.tenant.id, left)
  await rows('update messages set plain = $2 where tenant_id = $1', made.tenant.id, left)
  await eraseUser(made.as(made.admin), { integer: kim.integer })
  assert.deepEqual(await whereKept(left), [])
  const [ticketNow] = await findTickets(made.as(made.owner), [ticket])
  assert.equal(ticketNow?.requester?.id, kim.id)
  const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.error.code === code
  await assert.rejects(eraseUser(made.as(made.agent), { id: kim.id }), refused('forbidden'))
  await assert.rejects(eraseUser(made.as(made.owner), { id: v7() }), refused('not_found'))
})

test('Whoever was erased is named nowhere any more, and whoever gets their address is somebody else', async () => {
  const kim = await person('kimnamed')
  const kept = (await newTicket(made.agent, made.customer, core.store)).ticket
  await eraseUser(made.as(made.owner), { id: kim.id })
  const refused = (path: string) => (error: unknown) =>
    error instanceof Refusal && error.error.code === 'invalid' && error.error.issues[0]?.path[0] === path
  for (const store of [core.store, core.otherStore])
    for (let nth = 0; nth < 4; nth++) await assert.rejects(newTicket(made.agent, kim, store), refused('requester'))
  const owner = () => made.as(made.owner)
  await assert.rejects(changeTicket(owner(), kept, { requesterId: kim.id }), refused('requester'))
  await assert.rejects(changeTicket(owner(), kept, { assigneeId: kim.id }), refused('assignee'))
  await assert.rejects(changeTicket(owner(), kept, { message: { ...said, author: { id: kim.id } } }), refused('author'))
  assert.deepEqual(await findUsersByInteger(owner(), [kim.integer]), [])
  const requester = { by: 'email', email: 'kimnamed@example.com', name: 'Rosa', create: true } as const
  const { ticket } = await createTicket(owner(), { deskId: made.desks[0], requester })
  assert.ok(ticket.requester && ticket.requester.id !== kim.id)
})

test('Whoever is erased while they call is nobody’s caller', async () => {
  const kim = await person('kimcalls')
  const own = (await newTicket(kim, kim, core.store)).ticket
  await eraseUser(made.as(made.owner), { id: kim.id })
  const refused = (error: unknown) => error instanceof Refusal && error.error.code === 'unauthenticated'
  await assert.rejects(newTicket(kim, kim, core.store), refused)
  await assert.rejects(changeTicket(made.as(kim), own, { message: said }), refused)
})

test('A person’s name is in no kept answer after their erasure, also where they no longer are the requester', async () => {
  const kim = await person('kimkept')
  const { ticket } = await createTicket(made.as(made.agent, { key: v7() }), {
    deskId: made.desks[0],
    requester: { by: 'id', id: kim.id, member: true },
  })
  await changeTicket(made.as(made.agent, { key: v7() }), ticket, { requesterId: made.customer.id })
  assert.deepEqual(await whereKept('kimkept@example.com'), ['claim_results 1', 'events 1', 'users 1'])
  await eraseUser(made.as(made.owner), { id: kim.id })
  assert.deepEqual(await whereKept('kimkept@example.com'), [])
})

test('A repeat of what was done about an erased person is answered with what was done, and without them', async () => {
  const kim = await person('kimagain2')
  const credentialId = v7()
  const call = (key: string) => made.as(made.agent, { key, credentialId })
  const by = { by: 'id', id: kim.id, member: true } as const
  const create = () =>
    createTicket(call('create'), { deskId: made.desks[0], requester: by, title: `Title ${SECRET}`, message: said })
  const first = await create()
  const answer = () => changeTicket(call('answer'), first.ticket, { status: { to: 'solved' }, message: said })
  const answered = await answer()
  const give = () => changeTicket(call('give'), first.ticket, { requesterId: made.customer.id })
  await give()
  await eraseUser(made.as(made.owner), { id: kim.id })
  const again = await create()
  const { id, integer, number, version, status } = first.ticket
  assert.deepEqual(
    [again.ticket.id, again.ticket.integer, again.ticket.number, again.ticket.version, again.ticket.status],
    [id, integer, number, version, status],
  )
  assert.deepEqual([again.ticket.title, again.ticket.description, again.ticket.requester], ['', '', null])
  const answeredAgain = await answer()
  assert.deepEqual(
    answeredAgain.messages.map((message) => [message.id, message.plain]),
    answered.messages.map((message) => [message.id, '']),
  )
  assert.equal(answeredAgain.ticket.status, 'solved')
  const kept = [again, answeredAgain, await give()]
  assert.doesNotMatch(JSON.stringify(kept), new RegExp(`${SECRET}|kimagain2`))
})

test('Whoever once worked on a desk is named in no payload, answer or timeline after their erasure', async () => {
  await rows('insert into webhook_positions (tenant_id, position) values ($1, 0)', made.tenant.id)
  for (const dialect of ['native', 'moov', 'omnidesk'])
    await rows(
      `insert into webhooks (tenant_id, id, dialect, url, description, events, enabled, secret, since, created_at, updated_at)
       values ($1, $2, $3, 'https://example.com', '', '{*,ticket.created,ticket.updated,ticket.status_changed,message.created}', true, '', 0, now(), now())`,
      made.tenant.id,
      v7(),
      dialect,
    )
  const on = (role: 'agent' | 'customer') => made.desks.slice(0, 2).map((deskId) => ({ deskId, role }))
  const { id } = await makeUser(made.as(made.owner), {
    name: 'kimworked',
    email: 'kimworked@example.com',
    memberships: on('agent'),
  })
  const [kim] = await findLiving({ store: core.store, tenant: made.tenant }, [id])
  assert.ok(kim)
  const asKim = () => made.as(kim, { key: v7() })
  const ticket = async () => (await newTicket(made.customer, made.customer, core.store)).ticket
  const [acted, worked, wrote, gave] = [await ticket(), await ticket(), await ticket(), await ticket()]
  await changeTicket(asKim(), acted, { priority: 'high' })
  await changeTicket(made.as(made.agent, { key: v7() }), worked, { assigneeId: id })
  await changeTicket(made.as(made.agent, { key: v7() }), worked, { status: { to: 'pending' } })
  await changeTicket(asKim(), wrote, { message: { visibility: 'public', format: 'text', text: 'Kept' } })
  await changeTicket(made.as(made.agent), wrote, {
    message: { visibility: 'internal', format: 'text', text: 'For another', author: { id } },
  })
  await changeTicket(made.as(made.agent), gave, { assigneeId: id })
  await changeTicket(made.as(made.agent), gave, { assigneeId: null, title: 'Given' })
  await tell(core.store)
  await rows(
    "update webhook_deliveries set state = 'delivered' where tenant_id = $1 and position % 2 = 0",
    made.tenant.id,
  )
  assert.ok((await whereKept('kimworked')).some((each) => each.startsWith('webhook_deliveries')))
  await changeUser(made.as(made.owner), id, { memberships: on('customer') })
  await eraseUser(made.as(made.owner), { id })
  assert.deepEqual(await whereKept('kimworked'), [])
  await tell(core.store)
  assert.deepEqual(await whereKept('kimworked'), [])
  for (const each of [acted, worked, wrote, gave]) {
    const timeline = await getTimeline(made.as(made.owner), each, { after: 0, limit: 100 })
    assert.doesNotMatch(JSON.stringify(timeline), /kimworked/)
  }
  // What they wrote for the desk stays the desk's.
  assert.deepEqual(
    (await rows('select 1 from messages where tenant_id = $1 and plain = $2', made.tenant.id, 'Kept')).length,
    1,
  )
})

test('What a person called a ticket goes also when it is another’s by now, and what others called it stays', async () => {
  const kim = await person('kimnames')
  const [first, renamed] = [await newTicket(kim, kim, core.store), await newTicket(kim, kim, core.store)]
  for (const { ticket } of [first, renamed])
    await changeTicket(made.as(made.agent, { key: v7() }), ticket, { requesterId: made.customer.id })
  await changeTicket(made.as(made.agent, { key: v7() }), renamed.ticket, { title: 'Ours' })
  await eraseUser(made.as(made.owner), { id: kim.id })
  const holding = await rows(
    'select 1 from events where tenant_id = $1 and strpos(after::text || before::text, $2) > 0',
    made.tenant.id,
    SECRET,
  )
  assert.deepEqual(holding, [])
  for (const table of ['tickets', 'events', 'claim_results'])
    assert.deepEqual(
      await rows(
        `select x.* from ${table} x where x.tenant_id = $1 and strpos(x::text, $2) > 0`,
        made.tenant.id,
        `Title ${SECRET}`,
      ),
      [],
      table,
    )
  const now = await findTickets(made.as(made.owner), [first.ticket, renamed.ticket])
  assert.deepEqual(
    now.map((each) => each?.title),
    ['', 'Ours'],
  )
})
