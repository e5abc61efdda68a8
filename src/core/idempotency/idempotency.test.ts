import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { readMigrations } from '../../storage/migrate.ts'
import { addRecord } from '../catalogue/commands.ts'
import { eraseUser } from '../erasure/person.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { findTickets } from '../tickets/queries/find.ts'
import { changeUser, makeUser } from '../users/commands.ts'
import { CALL_KEPT, once } from './store.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

const gone = (): never => {
  throw new Refusal({ code: 'invalid', issues: [] })
}

function refusedAs(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.error.code === code
}

/** Calls of one credential of a user with one key. */
function keyed(who: SmallTenant['owner'], key: string) {
  return () => made.as(who, { key, credentialId: who.id })
}

const requester = { by: 'nobody' } as const

/** How the version of the first migration kept the people of a ticket: each field in a column of its own. */
const FLATTEN = `
update claim_results r set result = jsonb_set(r.result, '{tickets,0}', (
  select (r.result #> '{tickets,0}') - array['requester', 'assignee'] || jsonb_object_agg(
    p.who || '_' || f.name, case
      when f.name = 'membership_id' then r.result #> array['tickets', '0', p.who, 'membership', 'id']
      when f.name = 'membership_role' then r.result #> array['tickets', '0', p.who, 'membership', 'role']
      else coalesce(r.result #> array['tickets', '0', p.who, f.now], 'null') end)
  from (values ('requester'), ('assignee')) p (who), (values ('integer', 'integer'), ('kind', 'kind'),
    ('is_owner', 'isOwner'), ('name', 'name'), ('surname', 'surname'), ('email', 'email'), ('phone', 'phone'),
    ('photo_url', 'photoUrl'), ('about', 'about'), ('customer_number', 'customerNumber'), ('active', 'active'),
    ('membership_id', null), ('membership_role', null)) f (name, now)))
where r.tenant_id = $1 and r.key = any ($2)`

test('what a command works out by itself is not asked for again when the call is repeated', async () => {
  const call = keyed(made.owner, 'asked')
  const first = await createTicket(call(), async () => ({ deskId: made.desks[0], requester }))
  assert.deepEqual(await createTicket(call(), gone), first)
  await assert.rejects(createTicket(keyed(made.owner, 'fresh')(), gone), refusedAs('invalid'))

  const change = keyed(made.owner, 'changed')
  const changed = await changeTicket(change(), first.ticket, () => ({ title: 'New' }))
  assert.deepEqual(await changeTicket(change(), first.ticket, gone), changed)

  const [make, alter, erase] = ['make', 'alter', 'erase'].map((key) => keyed(made.owner, key))
  assert.ok(make && alter && erase)
  const memberships = [{ deskId: made.desks[0], role: 'customer' }] as const
  const { id } = await makeUser(make(), () => ({ name: 'Kim', memberships }))
  assert.equal((await makeUser(make(), gone)).id, id)
  assert.equal((await changeUser(alter(), id, () => ({ name: 'Kim S' }))).name, 'Kim S')
  assert.equal((await changeUser(alter(), id, gone)).name, 'Kim S')
  await eraseUser(erase(), { id })
  await eraseUser(erase(), gone)
})

test('who lost sight of a ticket is answered once more what the call was answered then, and sees nothing new', async () => {
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester, title: 'Before' })
  const call = keyed(made.agent, 'sight')
  const first = await changeTicket(call(), ticket, { priority: 'high' })
  await changeTicket(made.as(made.owner), ticket, { deskId: made.desks[2], title: 'Secret' })
  assert.deepEqual(await findTickets(call(), [ticket]), [null])
  assert.deepEqual(await changeTicket(call(), ticket, { priority: 'high' }), first)
  await assert.rejects(changeTicket(keyed(made.agent, 'other')(), ticket, { priority: 'low' }), refusedAs('not_found'))
})

test('a repeat about a ticket that was deleted is answered without its words, and a deletion is repeated as it was', async () => {
  const { ticket } = await createTicket(made.as(made.owner), { deskId: made.desks[0], requester })
  const [change, erase] = [keyed(made.owner, 'before its end'), keyed(made.owner, 'the end')]
  const message = { visibility: 'public', format: 'text', text: 'Said' } as const
  const first = await changeTicket(change(), ticket, { title: 'Last', status: { to: 'solved' }, message })
  const deleted = await deleteTickets(erase(), [ticket])
  assert.deepEqual(await deleteTickets(erase(), [ticket]), deleted)
  const again = await changeTicket(change(), ticket, { title: 'Last', status: { to: 'solved' }, message })
  const { title, description, status, requester: asker, version } = again.ticket
  assert.deepEqual([title, description, status, asker, version], ['', '', 'solved', null, first.ticket.version])
  assert.deepEqual(
    again.messages.map(({ id, plain, author }) => [id, plain, author]),
    first.messages.map(({ id }) => [id, '', null]),
  )
  assert.deepEqual(
    again.events.map(({ kind, position }) => [kind, position]),
    first.events.map(({ kind, position }) => [kind, position]),
  )
  assert.doesNotMatch(JSON.stringify(again), /Last|Said|Rosa/)
})

test('64 twins add one form, also through two processes', async () => {
  const call = keyed(made.owner, 'form')
  const twins = Array.from({ length: 64 }, (_, nth) =>
    addRecord({ ...call(), store: nth % 2 ? core.otherStore : core.store }, 'form', { name: 'Order' }),
  )
  const forms = await Promise.all(twins)
  assert.equal(new Set(forms.map(({ id }) => id)).size, 1)
  const { rows } = await core.outside.query<{ n: number }>(
    "select count(*)::int as n from events where tenant_id = $1 and kind = 'form.created'",
    [made.tenant.id],
  )
  assert.equal(rows[0]?.n, 1)
  await assert.rejects(
    addRecord(made.as(made.owner, { key: 'form', credentialId: made.owner.id, fingerprint: 'other' }), 'form', {
      name: 'Other',
    }),
    refusedAs('idempotency_mismatch'),
  )
})

test('work that comes to nothing again and again ends in a conflict', async () => {
  const call = made.as(made.owner, { key: 'nothing' })
  await assert.rejects(
    once(
      call,
      CALL_KEPT,
      async () => undefined,
      () => 'again',
    ),
    refusedAs('conflict'),
  )
})

test('what the first version kept of a call is still answered when it is repeated after an upgrade', async () => {
  const ofCustomer = { by: 'id', id: made.customer.id, member: true } as const
  const calls = [requester, ofCustomer].map((by, nth) => {
    const call = keyed(made.owner, `old ${nth}`)
    return () => createTicket(call(), { deskId: made.desks[0], requester: by })
  })
  const first = await Promise.all(calls.map((call) => call()))
  assert.deepEqual(
    first.map(({ ticket }) => ticket.requester?.id),
    [undefined, made.customer.id],
  )
  const keys = ['old 0', 'old 1']
  assert.equal((await core.outside.query(FLATTEN, [made.tenant.id, keys])).rowCount, 2)
  const upgrade = (await readMigrations()).find(({ name }) => name === '0008_people_in_kept_results.sql')
  assert.ok(upgrade)
  assert.equal((await core.outside.query(upgrade.sql)).rowCount, 2)
  assert.deepEqual(await Promise.all(calls.map((call) => call())), first)
})

test('keys that were kept in their quotes are answered after an upgrade, with their parts; one there already stays', async () => {
  const call = keyed(made.owner, 'quoted')
  const first = await createTicket(call(), { deskId: made.desks[0], requester })
  const credentialId = v7()
  const claims = ['"other"', '"long"', '"long" 2', '"twice"', 'twice', '"half']
  for (const key of claims)
    await core.outside.query(
      "insert into claims (tenant_id, credential_id, key, fingerprint, created_at) values ($1, $2, $3, '', now())",
      [made.tenant.id, credentialId, key],
    )
  for (const table of ['claims', 'claim_results'])
    await core.outside.query(`update ${table} set key = '"quoted"' where tenant_id = $1 and key = 'quoted'`, [
      made.tenant.id,
    ])
  const upgrade = (await readMigrations()).find(({ name }) => name.endsWith('unquoted_keys.sql'))
  assert.ok(upgrade)
  await core.outside.query(upgrade.sql)
  assert.deepEqual(await createTicket(call(), gone), first)
  const { rows } = await core.outside.query<{ key: string }>(
    'select key from claims where tenant_id = $1 and credential_id = $2 order by key collate "C"',
    [made.tenant.id, credentialId],
  )
  assert.deepEqual(
    rows.map(({ key }) => key),
    ['"half', '"twice"', 'long', 'long 2', 'other', 'twice'],
  )
})
