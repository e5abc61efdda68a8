import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../test/core.ts'
import { purgeOldDeliveries } from './purge-deliveries.ts'

const NOW = new Date('2026-06-01T00:00:00.000Z')
const DAY_MS = 86_400_000

let core: Core

before(async () => {
  core = await openCore()
})
after(() => core.close())

async function addWebhook({ tenant }: SmallTenant, enabled: boolean): Promise<string> {
  const id = v7()
  await core.outside.query(
    `insert into webhooks (tenant_id, id, dialect, url, description, events, enabled, disabled_by, secret, since, created_at, updated_at)
     values ($1, $2, 'native', 'https://example.com', '', '{*}', $3, case when $3 then null else 'failures' end, '', 0, $4, $4)`,
    [tenant.id, id, enabled, '2025-01-01T00:00:00Z'],
  )
  await core.outside.query(
    "insert into directory (kind, hash, tenant_id, target_id) values ('webhook', decode(md5($1::text), 'hex'), $2, $1::uuid)",
    [id, tenant.id],
  )
  return id
}

/** A delivery that was made and ended so many days ago. */
async function addDelivery({ tenant }: SmallTenant, webhook: string, state: string, days: number): Promise<string> {
  const [id, at] = [v7(), new Date(NOW.getTime() - days * DAY_MS).toISOString()]
  await core.outside.query(
    `insert into webhook_deliveries (tenant_id, id, webhook_id, line, position, nth, event_type, body, state, next_at, created_at, set_at, finished_at)
     values ($1, $2, $3, $2, $4, 0, 'ticket.created', '{}', $5::text, $6, $6, $6, case when $5::text = 'waiting' then null else $6::timestamptz end)`,
    [tenant.id, id, webhook, Math.ceil(Math.random() * 1e9), state, at],
  )
  return id
}

test('delivered ones go after 14 days, dead ones after 90, waiting ones only where nobody enables their webhook', async () => {
  const kept: string[] = []
  for (const name of ['One', 'Two']) {
    const tenant = await makeTenant(core.store, name)
    const [enabled, disabled] = [await addWebhook(tenant, true), await addWebhook(tenant, false)]
    await addDelivery(tenant, enabled, 'delivered', 15)
    await addDelivery(tenant, enabled, 'dead', 91)
    await addDelivery(tenant, disabled, 'waiting', 91)
    kept.push(
      await addDelivery(tenant, enabled, 'delivered', 13),
      await addDelivery(tenant, enabled, 'dead', 89),
      await addDelivery(tenant, enabled, 'waiting', 91),
      await addDelivery(tenant, disabled, 'waiting', 89),
    )
  }
  for (let run = 0; run < 2; run++) {
    await purgeOldDeliveries(core.store, NOW)
    const { rows } = await core.outside.query<{ id: string }>('select id from webhook_deliveries')
    assert.deepEqual(rows.map(({ id }) => id).sort(), kept.toSorted())
  }
})
