import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { v7 } from 'uuid'
import { changeTicket, createTicket } from '../src/core/tickets/commands.ts'
import { eraseUser } from '../src/core/users/commands.ts'
import { consume } from '../src/core/webhooks/consume.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { makeTenant, openCore } from './core.ts'

const SECRET = 'the words to be forgotten'
const links = { to: () => '', accepts: () => false }

test('What was about to be told of a person when they were erased is not kept to be sent', async (t) => {
  const core = await openCore()
  t.after(() => core.close())
  const made = await makeTenant(core.store)
  const tenantId = made.tenant.id
  await core.outside.query(
    `insert into webhooks (tenant_id, id, dialect, url, description, events, enabled, secret, since, created_at, updated_at)
     values ($1, $2, 'native', 'https://example.com', '', '{*}', true, '', 0, now(), now())`,
    [tenantId, v7()],
  )
  await core.outside.query('insert into webhook_positions (tenant_id, position) values ($1, 0)', [tenantId])
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const message = { visibility: 'public', format: 'text', text: SECRET } as const
  await createTicket(made.as(made.customer), { deskId: made.desks[0], requester, message })
  // A ticket of nobody's, of which one message went to them too.
  const foreign = await createTicket(made.as(made.agent), { deskId: made.desks[0], requester: { by: 'nobody' } })
  const tell = (cc: readonly string[]) =>
    changeTicket(made.as(made.agent), foreign.ticket, {
      message: { visibility: 'internal', format: 'text', text: 'For you to know', envelope: { cc } },
    })
  await tell(['ROSA@example.com', 'kept@example.com'])
  await tell(['kept@example.com'])
  const protocols = new Map(DIALECTS.flatMap(({ name, webhooks }) => (webhooks ? [[name, webhooks] as const] : [])))
  const told = () => {
    const now = new Date().toISOString()
    return consume({ store: core.store, tenant: made.tenant, protocols, links, now, newId: v7, log: assert.fail })
  }
  const kept = async (): Promise<readonly string[]> => {
    const sql = 'select event_type, body from webhook_deliveries where tenant_id = $1 order by position'
    const { rows } = await core.outside.query<{ event_type: string; body: string }>(sql, [tenantId])
    const holds = (body: string) =>
      [SECRET, 'ROSA@example.com'].filter((each) => body.includes(each)).map((each) => ` with ${each}`)
    return rows.map(({ event_type, body }) => [event_type, ...holds(body)].join(''))
  }

  // The deliveries are made of what was read before the erasure, and kept after it.
  const gate = await core.outside.connect()
  await gate.query('begin')
  await gate.query('select 1 from webhook_positions where tenant_id = $1 for update', [tenantId])
  const telling = told()
  const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  while ((await core.outside.query(waiting)).rowCount === 0) await pause(10)
  await eraseUser(made.as(made.owner), { id: made.customer.id })
  await gate.query('commit')
  gate.release()
  await telling
  assert.deepEqual(await kept(), [
    `ticket.created with ${SECRET}`,
    'ticket.created',
    'message.added with ROSA@example.com',
    'message.added',
  ])
  await told()
  assert.deepEqual(await kept(), ['ticket.created', 'message.added', 'user.erased'])
})
