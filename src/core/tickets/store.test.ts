import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { declaredStatements } from '../../storage/statement.ts'
// What declares statements on tickets.
import '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { getConversation } from './queries/conversation.ts'
import './queries/list.ts'
import './queries/timeline.ts'
import type { NewTicket } from './ticket.ts'

let core: Core

before(async () => {
  core = await openCore()
})
after(() => core.close())

type Choice = Omit<NewTicket, 'deskId' | 'requester'> & { readonly requester: 'customer' | 'nobody' | 'unknown' }

const choices: fc.Arbitrary<Choice> = fc
  .record(
    {
      requester: fc.constantFrom('customer', 'customer', 'nobody', 'unknown'),
      title: fc.constantFrom('', 'Printer', `It's "broken" \\ {1,2} $1 :status`),
      status: fc.constantFrom(...STATUSES),
      priority: fc.constantFrom(...PRIORITIES),
      topicId: fc.constantFrom(null, 1, 17),
      externalReference: fc.constantFrom(null, 'ref 1'),
      tags: fc.uniqueArray(fc.constantFrom('a', 'b c', '{"d"', '', 'null'), { maxLength: 4 }),
      fromAddress: fc.constantFrom('', 'rosa@example.com'),
      direction: fc.constantFrom('inbound', 'outbound'),
      message: fc.record(
        {
          visibility: fc.constantFrom('public', 'internal'),
          format: fc.constantFrom('text', 'html'),
          text: fc.constantFrom('Hello', '<p>Hello <b>you</b></p>', 'línea\nzwei'),
          author: fc.constantFrom('requester', 'nobody'),
        },
        { requiredKeys: ['visibility', 'format', 'text'] },
      ),
    },
    { requiredKeys: ['requester'] },
  )
  .map((choice): Choice => choice)

/** Opens a ticket; all that came of it except what every ticket has of its own. */
async function open(tenant: SmallTenant, choice: Choice, key?: string): Promise<unknown> {
  const { requester, ...fields } = choice
  const requesters: Record<Choice['requester'], NewTicket['requester']> = {
    customer: { by: 'id', id: tenant.customer.id, member: false },
    nobody: { by: 'nobody' },
    unknown: { by: 'id', id: v7(), member: false },
  }
  const now = '2026-02-01T00:00:00.000Z'
  const ctx = tenant.as(tenant.agent, { now, ...(key === undefined ? {} : { key }) })
  const input = { deskId: tenant.desks[0], requester: requesters[requester], ...fields }
  try {
    const { ticket, events } = await createTicket(ctx, input)
    const { ticket: stored, messages } = await getConversation(ctx, { id: ticket.id })
    assert.deepEqual(ticket, stored, 'what is answered is what a read finds')
    const [event, ...more] = events
    assert.deepEqual(more, [])
    assert.equal(event?.messageId ?? null, messages[0]?.id ?? null)
    return {
      ticket: { ...ticket, id: '', integer: 0, number: 0 },
      event: { ...event, id: '', position: 0, ticketId: '', messageId: '', credentialId: '', requestId: '' },
      messages: messages.map((message) => ({ ...message, id: '', integer: 0, ticketId: '' })),
    }
  } catch (error) {
    if (error instanceof Refusal) return error.error
    throw error
  }
}

test('a ticket opened by the statement for one is as if it were opened by the statement for many', async () => {
  const tenant = await makeTenant(core.store)
  await fc.assert(
    fc.asyncProperty(choices, async (choice) => {
      // A key takes the ticket to the statement for many, and changes nothing else of it.
      assert.deepEqual(await open(tenant, choice), await open(tenant, choice, v7()))
    }),
    { numRuns: 60 },
  )
  const { rows } = await core.outside.query(
    `select c.ticket_integer - count(t.*) as tickets, c.event_position - (select count(*) from events e where e.tenant_id = $1) as events,
       c.message_integer - (select count(*) from messages m where m.tenant_id = $1) as messages
     from tenant_counters c left join tickets t on t.tenant_id = $1 where c.tenant_id = $1
     group by c.ticket_integer, c.event_position, c.message_integer`,
    [tenant.tenant.id],
  )
  assert.deepEqual(rows, [{ tickets: '0', events: '0', messages: '0' }], 'a refused ticket counts nothing')
})

interface Plan {
  readonly Plans?: readonly Plan[]
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
}

/** All steps of a plan that read a table. */
function readsOf(plan: Plan, table: string): Plan[] {
  const below = (plan.Plans ?? []).flatMap((each) => readsOf(each, table))
  return plan['Relation Name'] === table ? [plan, ...below] : below
}

test('no statement on tickets reads all users of a tenant, also where most tenants have only one', async () => {
  const client = await core.outside.connect()
  try {
    // What the planner then takes for true of every tenant: reading all its users costs no more than reading one.
    await client.query(`
      with t as (insert into tenants select gen_random_uuid(), 'Small', now() from generate_series(1, 1000) returning tenant_id),
        d as (insert into desks select tenant_id, gen_random_uuid(), 1, 'Desk', true, true, now() from t returning tenant_id, id),
        u as (insert into users (tenant_id, id, integer, kind, created_at, updated_at)
          select tenant_id, gen_random_uuid(), 1, 'service', now(), now() from t returning tenant_id, id)
      insert into memberships select u.tenant_id, gen_random_uuid(), d.id, u.id, 'admin', now() from u join d using (tenant_id)`)
    await client.query('analyze')
    await client.query('set plan_cache_mode = force_generic_plan')
    // Looking for words reads every ticket and message of the tenant, so its users don't matter there.
    const statements = declaredStatements().filter(({ name }) => /^ticket\.(?!search|count_found)/.test(name))
    assert.ok(statements.length > 40)
    for (const { name, text } of statements) {
      await client.query(`prepare planned as ${text}`)
      const count = Math.max(...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))
      const nulls = Array(count).fill('null').join(', ')
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (format json) execute planned(${nulls})`,
      )
      const [top] = rows[0]?.['QUERY PLAN'] ?? []
      assert.ok(top)
      for (const read of [...readsOf(top.Plan, 'users'), ...readsOf(top.Plan, 'memberships')]) {
        assert.match(read['Index Cond'] ?? '', / AND /, `${name} reads ${read['Relation Name']} by the tenant alone`)
      }
      await client.query('deallocate planned')
    }
  } finally {
    client.release(true)
  }
})
