import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { BatchKind } from '../../storage/batch.ts'
import type { Store } from '../../storage/store.ts'
import type { Context } from '../context.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import { FINISHED } from '../words.ts'
import { changeEvery, type Meant } from './commands/bulk.ts'
import { changeTicket } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import type { TicketChange } from './ticket.ts'

/** More than two parts of 1,000. */
const TICKETS = 2_150

const UNFINISHED: Meant = {
  tickets: { filter: { statuses: ['new', 'open', 'pending', 'on_hold'] } },
  isMeant: (ticket) => ticket.priority !== 'low',
}
const SOLVE: readonly TicketChange[] = [{ status: { to: 'solved', sameAs: FINISHED } }]

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
  await Promise.all(Array.from({ length: TICKETS }, () => open(made)))
  // One that is not meant, in the middle of a part.
  await open(made, { priority: 'low' })
})
after(() => core.close())

async function open({ as, owner, desks }: SmallTenant, more: object = {}) {
  return (await createTicket(as(owner), { deskId: desks[0], requester: { by: 'nobody' }, title: 'T', ...more })).ticket
}

async function counted(sql: string, tenant: SmallTenant): Promise<number> {
  const { rows } = await core.outside.query<{ n: number }>(sql, [tenant.tenant.id])
  return rows[0]?.n ?? 0
}

function solvedIn(tenant: SmallTenant): Promise<number> {
  return counted("select count(*)::int as n from tickets t where t.tenant_id = $1 and t.status = 'solved'", tenant)
}

function statusEventsIn(tenant: SmallTenant): Promise<number> {
  return counted(
    "select count(*)::int as n from events e where e.tenant_id = $1 and e.kind = 'ticket.status_changed'",
    tenant,
  )
}

async function reopenAll({ as, owner }: SmallTenant): Promise<void> {
  const all: Meant = { tickets: { filter: { statuses: ['solved'] } }, isMeant: () => true }
  await changeEvery(as(owner), all, [{ status: { to: 'open' } }])
}

/** A call with a key, from one credential. */
function keyed(tenant: SmallTenant, key: string, changes: Partial<Context> = {}): Context {
  return tenant.as(tenant.owner, { key, credentialId: tenant.owner.id, ...changes })
}

/** A store as a process that dies has it: one of its calls is its last, and nobody learns what came of it. */
function dying(store: Store, { calls, isSent }: { readonly calls: number; readonly isSent: boolean }): Store {
  let made = 0
  async function unlessDead<T>(call: () => Promise<T>): Promise<T> {
    made += 1
    if (made < calls) return call()
    if (made === calls && isSent) await call()
    throw new Error('The process died.')
  }
  return {
    ...store,
    run: (bound) => unlessDead(() => store.run(bound)),
    batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>) {
      const batched = store.batched(kind)
      return (tenantId: string, call: Call) => unlessDead(() => batched(tenantId, call))
    },
  }
}

describe('A change of every ticket that is meant', () => {
  test('changes each once, and its repeat answers the same and changes nothing, also what came later', async () => {
    const before = await statusEventsIn(made)
    assert.equal(await changeEvery(keyed(made, 'whole'), UNFINISHED, SOLVE), TICKETS)
    assert.deepEqual([await solvedIn(made), (await statusEventsIn(made)) - before], [TICKETS, TICKETS])
    const later = await open(made)
    assert.equal(await changeEvery(keyed(made, 'whole'), UNFINISHED, SOLVE), TICKETS)
    assert.equal(await solvedIn(made), TICKETS)
    await deleteTickets(made.as(made.owner), [later])
    await reopenAll(made)
  })

  test('is gone on with behind the last part that was kept, wherever a process died', async () => {
    let nth = 0
    let died = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ calls: fc.integer({ min: 2, max: 20 }), isSent: fc.boolean() }), {
          minLength: 1,
          maxLength: 3,
        }),
        async (deaths) => {
          const key = `dying-${++nth}`
          const before = await statusEventsIn(made)
          for (const death of deaths) {
            const call = keyed(made, key, { store: dying(core.store, death) })
            await changeEvery(call, UNFINISHED, SOLVE).catch((error: Error) => {
              assert.equal(error.message, 'The process died.')
              died += 1
            })
          }
          assert.equal(await changeEvery(keyed(made, key), UNFINISHED, SOLVE), TICKETS)
          assert.equal(await changeEvery(keyed(made, key), UNFINISHED, SOLVE), TICKETS)
          assert.deepEqual([await solvedIn(made), (await statusEventsIn(made)) - before], [TICKETS, TICKETS])
          await reopenAll(made)
        },
      ),
      { numRuns: 4 },
    )
    assert.ok(died > 0)
  })

  test('is done once by twins at the same time, who all answer the same', async () => {
    const before = await statusEventsIn(made)
    const twins = await Promise.all(
      Array.from({ length: 4 }, (_, nth) =>
        changeEvery(keyed(made, 'twins', nth % 2 ? { store: core.otherStore } : {}), UNFINISHED, SOLVE),
      ),
    )
    assert.deepEqual(new Set(twins), new Set([TICKETS]))
    assert.equal((await statusEventsIn(made)) - before, TICKETS)
  })

  test('claims its key also when nothing is meant, and answers its total also when tickets of it are gone', async () => {
    const small = await makeTenant(core.store)
    assert.equal(await changeEvery(keyed(small, 'none'), UNFINISHED, SOLVE), 0)
    const ticket = await open(small)
    assert.equal(await changeEvery(keyed(small, 'none'), UNFINISHED, SOLVE), 0)
    assert.equal(await changeEvery(keyed(small, 'one'), UNFINISHED, SOLVE), 1)
    await deleteTickets(small.as(small.owner), [ticket])
    assert.equal(await changeEvery(keyed(small, 'one'), UNFINISHED, SOLVE), 1)
  })

  test('refuses its key for another request, and needs nothing of what it names when it is repeated', async () => {
    const small = await makeTenant(core.store)
    await open(small)
    assert.equal(await changeEvery(keyed(small, 'key'), UNFINISHED, SOLVE), 1)
    const other = small.as(small.owner, { key: 'key', credentialId: small.owner.id, fingerprint: 'other' })
    const isMismatch = (error: unknown) => error instanceof Refusal && error.error.code === 'idempotency_mismatch'
    await assert.rejects(changeEvery(other, UNFINISHED, SOLVE), isMismatch)
    const gone = () => {
      throw new Refusal({ code: 'invalid', issues: [] })
    }
    assert.equal(await changeEvery(keyed(small, 'key'), gone, SOLVE), 1)
    await assert.rejects(changeEvery(keyed(small, 'fresh'), gone, SOLVE), Refusal)
  })

  test('leaves alone what somebody else finishes meanwhile', async () => {
    const small = await makeTenant(core.store)
    const [first] = [await open(small), await open(small)]
    await changeTicket(small.as(small.owner), first, { status: { to: 'closed' } })
    const refs = { tickets: { refs: [first] }, isMeant: () => true }
    assert.equal(await changeEvery(small.as(small.owner), refs, SOLVE), 0)
    assert.equal(await changeEvery(small.as(small.owner), UNFINISHED, SOLVE), 1)
  })
})
