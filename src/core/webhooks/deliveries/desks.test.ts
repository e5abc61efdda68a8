import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore } from '../../../../test/core.ts'
import { DIALECTS } from '../../../dialects/registry.ts'
import { changeUser, makeUser } from '../../users/commands.ts'
import { consume } from './consume.ts'
import { remakeBlank } from './remake.ts'

let core: Core
before(async () => {
  core = await openCore()
})
after(() => core?.close())

test('A webhook of one desk is told nothing of what a person is on others, also when it is told anew', async () => {
  const made = await makeTenant(core.store)
  const [here, elsewhere] = made.desks
  await core.outside.query('insert into webhook_positions (tenant_id, position) values ($1, 0)', [made.tenant.id])
  for (const [dialect, events] of [
    ['native', '*'],
    ['omnidesk', 'customer.created'],
  ])
    for (const desk of [here, null])
      await core.outside.query(
        `insert into webhooks (tenant_id, id, dialect, desk_id, url, description, events, enabled, secret, since, created_at, updated_at)
         values ($1, $2, $3, $4, 'https://example.com', '', array[$5::text], true, '', 0, now(), now())`,
        [made.tenant.id, v7(), dialect, desk, events],
      )
  const on = (deskId: string) => ({ deskId, role: 'customer' }) as const
  const owner = () => made.as(made.owner)
  const { id } = await makeUser(owner(), {
    name: 'Kim',
    memberships: [on(here), on(elsewhere)],
    addExternalIds: [
      { deskId: here, externalId: 'known here' },
      { deskId: elsewhere, externalId: 'known elsewhere' },
    ],
  })
  await changeUser(owner(), id, { memberships: [on(made.desks[2])] })
  await changeUser(owner(), id, { name: 'Kim S', memberships: [{ deskId: elsewhere, role: 'agent' }] })

  const protocols = new Map(DIALECTS.flatMap(({ name, webhooks }) => (webhooks ? [[name, webhooks] as const] : [])))
  const links = { to: () => '', accepts: () => false }
  const now = new Date().toISOString()
  const telling = { store: core.store, tenant: made.tenant, protocols, links, now, newId: v7, log: assert.fail }
  const told = async () => {
    const { rows } = await core.outside.query<{ desk_id: string | null; event_type: string; body: string }>(
      `select w.desk_id, d.event_type, d.body from webhook_deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.id = d.webhook_id
       where d.tenant_id = $1 order by d.position, w.dialect`,
      [made.tenant.id],
    )
    const ofHere = rows.filter(({ desk_id }) => desk_id !== null)
    for (const { body } of ofHere) {
      assert.ok(![elsewhere, made.desks[2], 'known elsewhere'].some((word) => body.includes(word)), body)
    }
    assert.ok(rows.some(({ desk_id, body }) => desk_id === null && body.includes(elsewhere)))
    return ofHere.map(({ event_type, body }) => [event_type, body.includes('Kim')])
  }
  const wanted = [
    ['user.created', true],
    ['customer.created', true],
    ['user.changed', true],
  ]
  while (await consume(telling));
  assert.deepEqual(await told(), wanted)
  await core.outside.query('update webhook_deliveries set body = null where tenant_id = $1', [made.tenant.id])
  while (await remakeBlank(telling));
  assert.deepEqual(await told(), wanted)
})
