import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../../test/core.ts'
import type { Database } from '../../../storage/database.ts'
import { StoreUnavailable } from '../../../storage/failures.ts'
import { openStore } from '../../../storage/store.ts'
import { deleteTickets } from '../../erasure/ticket.ts'
import { changeTicket } from '../commands/change.ts'
import { createTicket } from '../commands/create.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

/** The store over connections that are lost each time right after a batch of writes committed. */
function losing(): { store: Core['store']; losses: () => number } {
  const { database } = core.store
  let losses = 0
  const pipeline: Database['pipeline'] = async (bounds) => {
    const settled = await database.pipeline(bounds)
    if (bounds.every((bound) => !/^ticket\.(create|change|delete)/.test(bound.statement.name))) return settled
    losses += 1
    throw new StoreUnavailable(new Error('The connection was lost.'))
  }
  return { store: openStore({ ...database, pipeline }), losses: () => losses }
}

test('What committed before its connection was lost is answered whole, and done once', async () => {
  const { store, losses } = losing()
  const [deskId] = made.desks
  const asOwner = () => made.as(made.owner, { store })
  const opened = await createTicket(asOwner(), {
    deskId,
    requester: { by: 'id', id: made.customer.id, member: true },
    title: 'No light',
    message: { visibility: 'public', format: 'text', text: 'It is dark.' },
  })
  assert.equal(opened.ticket.title, 'No light')
  assert.deepEqual(
    opened.events.map((event) => event.kind),
    ['ticket.created'],
  )

  const replied = await changeTicket(
    asOwner(),
    { id: opened.ticket.id },
    { status: { to: 'pending' }, message: { visibility: 'public', format: 'text', text: 'We are coming.' } },
  )
  assert.equal(replied.ticket.status, 'pending')
  assert.deepEqual(
    replied.messages.map((message) => [message.plain, message.author?.id]),
    [['We are coming.', made.owner.id]],
  )

  const { deleted, missing } = await deleteTickets(asOwner(), [{ id: opened.ticket.id }])
  assert.deepEqual([deleted.map((ticket) => ticket.id), missing], [[opened.ticket.id], []])
  assert.equal(losses(), 3)
  const { rows } = await core.outside.query(
    "select kind, count(*)::int as n from events where tenant_id = $1 and ticket_id is not null and kind <> 'user.created' group by 1 order by 1",
    [made.tenant.id],
  )
  assert.deepEqual(
    rows.map((row) => `${row.kind} ${row.n}`),
    ['message.added 1', 'ticket.created 1', 'ticket.deleted 1', 'ticket.status_changed 1'],
  )
})
