import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { addUser, type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import type { UserSummary } from '../identity/user.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { mergeTicket, unmergeTicket } from '../tickets/commands/merge.ts'
import { getConversation } from '../tickets/queries/conversation.ts'
import type { Ticket, TicketRef } from '../tickets/ticket.ts'
import { deleteMessage } from './message.ts'
import { eraseUser } from './person.ts'
import { deleteTickets } from './ticket.ts'

/** What was said on a ticket is found by every erasure, also where the ticket was merged into another since. */

let core: Core
let made: SmallTenant
let other: UserSummary
before(async () => {
  core = await openCore()
})
beforeEach(async () => {
  made = await makeTenant(core.store)
  other = await addUser(core.store, made.tenant, {
    name: 'Otto',
    email: 'otto@example.com',
    memberships: [{ deskId: made.desks[0], role: 'customer' }],
  })
})
after(() => core?.close())

const SECRET = 'wordstobeforgotten'

/** By a key, so that each answer is kept. */
const keyed = (): Context => made.as(made.owner, { key: crypto.randomUUID() })

async function open(requester: UserSummary, text: string): Promise<Ticket> {
  const message = { visibility: 'public', format: 'text', text, author: 'requester' } as const
  const by = { by: 'id', id: requester.id, member: false } as const
  return (await createTicket(keyed(), { deskId: made.desks[0], requester: by, title: text, message })).ticket
}

async function say(ref: TicketRef, author: UserSummary, text: string): Promise<void> {
  const message = {
    visibility: 'public',
    format: 'text',
    text,
    author: { id: author.id },
    authorRole: 'requester',
  } as const
  await changeTicket(keyed(), ref, { message })
}

/** In which tables a tenant's rows still hold the words. */
async function whereKept(words = SECRET): Promise<readonly string[]> {
  const found: string[] = []
  for (const table of ['tickets', 'messages', 'events', 'claim_results', 'webhook_deliveries', 'users']) {
    const { rows } = await core.outside.query(
      `select 1 from ${table} r where r.tenant_id = $1 and to_jsonb(r)::text like '%' || $2 || '%'`,
      [made.tenant.id, words],
    )
    if (rows.length > 0) found.push(table)
  }
  return found
}

/** A ticket of one person on which another one wrote, merged over a third into one that is nobody's concern. */
async function mergedTwice(): Promise<readonly [first: Ticket, middle: Ticket, last: Ticket]> {
  const first = await open(made.customer, SECRET)
  await say(first, other, 'from Otto')
  const middle = await open(other, 'in between')
  const last = await open(other, 'at the end')
  await mergeTicket(keyed(), first, middle)
  // Its answer shows both under the name of the one in between.
  await changeTicket(keyed(), middle, { addTags: ['seen'] })
  await mergeTicket(keyed(), middle, last)
  return [first, middle, last]
}

test('an erased person is in nothing that came from a ticket that was merged', async () => {
  const [first] = await mergedTwice()
  assert.deepEqual(await whereKept(), ['tickets', 'messages', 'events', 'claim_results'])
  await eraseUser(keyed(), made.customer)
  assert.deepEqual(await whereKept(), [])
  assert.deepEqual(
    (await getConversation(keyed(), first)).messages.map(({ plain }) => plain),
    ['', 'from Otto', 'in between', 'at the end'],
  )
})

test('so is who only wrote there', async () => {
  const [first] = await mergedTwice()
  await say(first, other, SECRET)
  await say(first, other, 'also-otto')
  await eraseUser(keyed(), other)
  assert.deepEqual(await whereKept('from Otto'), [])
  assert.deepEqual(await whereKept('also-otto'), [])
})

test('an erased message is not in what its ticket was, also once that is back', async () => {
  const [first, middle] = await mergedTwice()
  const { messages } = await getConversation(keyed(), first)
  const [opening] = messages
  assert.equal(opening?.plain, SECRET)
  await changeTicket(keyed(), first, { title: 'Something' })
  await deleteMessage(keyed(), { id: opening?.id ?? '' }, { ticket: first })
  const { rows } = await core.outside.query<{ description: string }>('select description from tickets where id = $1', [
    first.id,
  ])
  assert.equal(rows[0]?.description, '')
  // Only as the title, which is not the message's.
  const results = await core.outside.query(
    `select 1 from claim_results r, jsonb_array_elements(r.result -> 'messages' || (r.result -> 'tickets')) x
    where r.tenant_id = $1 and (x ->> 'plain' = $2 or x ->> 'description' = $2)`,
    [made.tenant.id, SECRET],
  )
  assert.deepEqual(results.rows, [])
  await unmergeTicket(keyed(), middle)
  const back = await unmergeTicket(keyed(), first)
  assert.equal(back.description, '')
  assert.deepEqual(
    (await getConversation(keyed(), first)).messages.map(({ plain }) => plain),
    ['from Otto'],
  )
})

test('erased by whichever of its names, a ticket goes with all that was merged into it', async () => {
  for (const name of [0, 1, 2] as const) {
    const tickets = await mergedTwice()
    const ref = tickets[name]
    const ctx = keyed()
    for (const _ of ['first', 'repeat']) {
      const { missing, deleted } = await deleteTickets(ctx, [{ integer: ref.integer }])
      assert.deepEqual([missing, deleted.length], [[], 3])
    }
    assert.deepEqual(await whereKept(), [])
    const rows = await core.outside.query('select 1 from tickets where tenant_id = $1', [made.tenant.id])
    assert.equal(rows.rowCount, 0)
    const counts = await core.outside.query<{ total: string }>(
      'select sum(new_tickets + open_tickets) as total from desk_counters where tenant_id = $1',
      [made.tenant.id],
    )
    assert.equal(Number(counts.rows[0]?.total), 0)
  }
})
