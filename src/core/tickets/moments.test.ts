import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { deleteMessage } from '../erasure/message.ts'
import { STATUSES } from '../words.ts'
import { changeTicket } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { listTickets, type TicketKey, type TicketOrder } from './queries/list.ts'

/** By how much the clock of the second server is behind. */
const BEHIND_MS = 1_500

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
})
after(() => core.close())

/** Calls of one of two servers: an odd one is behind. */
function through(server: number): Context {
  const now = new Date(Date.now() - (server % 2) * BEHIND_MS).toISOString()
  return made.as(made.owner, { now, store: server % 2 ? core.otherStore : core.store })
}

const message = (text: string, visibility: 'public' | 'internal' = 'public') =>
  ({ visibility, format: 'text', text }) as const

async function open(server: number): Promise<string> {
  const [deskId] = made.desks
  const requester = { by: 'id', id: made.customer.id, member: false } as const
  const { ticket } = await createTicket(through(server), {
    deskId,
    requester,
    title: 'Race',
    message: message('First'),
  })
  return ticket.id
}

/** What writers do to a ticket, the one after the other and all of it at the same time. */
async function write(id: string, nth: number): Promise<void> {
  const status = { to: STATUSES[nth % STATUSES.length] ?? 'open' }
  await changeTicket(through(nth), { id }, { message: message(`Reply ${nth}`, nth % 3 ? 'public' : 'internal') })
  await changeTicket(through(nth + 1), { id }, { status }, { recordAlways: true })
  await changeTicket(through(nth), { id }, { addTags: [`tag ${nth}`] })
}

test('no time of a ticket goes back or stands behind its messages, whichever server writes', async () => {
  made = await makeTenant(core.store)
  const ids = await Promise.all(Array.from({ length: 4 }, (_, nth) => open(nth)))
  await Promise.all(Array.from({ length: 24 }, (_, nth) => write(ids[nth % ids.length] ?? assert.fail(), nth)))
  const { rows: said } = await core.outside.query<{ id: string }>(
    'select distinct on (ticket_id) id from messages where tenant_id = $1 order by ticket_id, integer desc',
    [made.tenant.id],
  )
  await Promise.all(said.map(({ id }, nth) => deleteMessage(through(nth), { id })))
  const { rows } = await core.outside.query(
    `with wrong as (
       select 'message before the one in front' as what from (
         select m.created_at < lag(m.created_at) over (partition by m.ticket_id order by m.integer) as is_wrong
         from messages m where m.tenant_id = $1) x where x.is_wrong
       union all
       select 'event before the one in front' from (
         select e.at < lag(e.at) over (partition by e.ticket_id order by e.position) as is_wrong
         from events e where e.tenant_id = $1 and e.ticket_id is not null) x where x.is_wrong
       union all
       select 'changed before another that changed earlier' from (
         select t.updated_at < lag(t.updated_at) over (order by t.change_position) as is_wrong
         from tickets t where t.tenant_id = $1) x where x.is_wrong
       union all
       select 'latest message behind a message' from tickets t join messages m on m.tenant_id = $1 and m.ticket_id = t.id
         where t.tenant_id = $1 and m.visibility = 'public' and m.created_at > t.latest_message_at
       union all
       select 'updated before an event' from tickets t join events e on e.tenant_id = $1 and e.ticket_id = t.id
         where t.tenant_id = $1 and e.at > t.updated_at and e.before is distinct from e.after
       union all
       select 'a time after the latest change' from tickets t where t.tenant_id = $1
         and greatest(t.latest_message_at, t.latest_agent_at, t.latest_requester_at, t.status_changed_at, t.solved_at, t.closed_at,
           t.first_response_at, t.created_at) > t.updated_at
       union all
       select 'not at the position of its latest change' from tickets t where t.tenant_id = $1 and t.change_position <> (
         select max(e.position) from events e where e.tenant_id = $1 and e.ticket_id = t.id and e.before is distinct from e.after))
     select what, count(*)::int as n from wrong group by what`,
    [made.tenant.id],
  )
  assert.deepEqual(rows, [])
})

test('the answers of one ticket show times that never go back, from version to version', async () => {
  made = await makeTenant(core.store)
  const id = await open(0)
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, nth) => changeTicket(through(nth), { id }, { message: message(`Reply ${nth}`) })),
  )
  const shown = answers.toSorted((one, other) => one.ticket.version - other.ticket.version)
  for (const [nth, { ticket, messages, events }] of shown.entries()) {
    const before = shown[nth - 1]?.ticket
    assert.ok(before === undefined || ticket.updatedAt >= before.updatedAt)
    for (const at of [ticket.latestMessageAt, ticket.latestAgentAt, messages[0]?.createdAt, events[0]?.at])
      assert.equal(at, ticket.updatedAt)
  }
})

test('who reads lists by change on from where they were misses no change, whichever server wrote it', async () => {
  made = await makeTenant(core.store)
  const ids = await Promise.all(Array.from({ length: 12 }, (_, nth) => open(nth)))
  const seen = new Map<string, number>()
  let place: TicketKey | null = null
  const read = async (order: TicketOrder): Promise<void> => {
    for (;;) {
      const { tickets, next }: Awaited<ReturnType<typeof listTickets>> = await listTickets(
        through(seen.size),
        {},
        {
          by: 'key',
          order,
          after: place,
          limit: 3,
        },
      )
      for (const { id, version } of tickets) seen.set(id, Math.max(version, seen.get(id) ?? 0))
      // A page that is not full yet is asked for again.
      if (next === null) return
      place = next
    }
  }
  let isWriting = true
  const writing = Promise.all(ids.map((id, nth) => write(id, nth))).finally(() => {
    isWriting = false
  })
  while (isWriting) await read('earliest_change')
  await writing
  await read('earliest_change')
  const { rows } = await core.outside.query<{ id: string; version: number }>(
    'select id, version from tickets where tenant_id = $1',
    [made.tenant.id],
  )
  assert.deepEqual([...seen].sort(), rows.map(({ id, version }): [string, number] => [id, version]).sort())
})

test('a time far ahead, of a clock that was wrong, holds up no other ticket, and its own never goes back', async () => {
  made = await makeTenant(core.store)
  const [one, other] = await Promise.all([open(0), open(0)])
  const wrong = { ...through(0), now: '2099-01-01T00:00:00.000Z' }
  await changeTicket(wrong, { id: one }, { message: message('From the future') })
  const now = through(0)
  const { ticket } = await changeTicket(now, { id: other }, { title: 'Now' })
  assert.ok(ticket.updatedAt < wrong.now)
  const { ticket: late } = await changeTicket(through(0), { id: one }, { message: message('After it') })
  assert.deepEqual([late.updatedAt, late.latestMessageAt], [wrong.now, wrong.now])
})
