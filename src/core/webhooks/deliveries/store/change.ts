import { Type } from 'typebox'
import { Sql } from '../../../../storage/sql.ts'
import { statement } from '../../../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../../../idempotency/claimed.ts'

const text = Type.String()
const whole = Type.Integer()
const IdRow = Type.Object({ id: text })

const DELIVERIES = {
  webhook_id: Sql.uuid,
  /** One; null for all. */
  delivery_id: Sql.nullable(Sql.uuid),
  ...CALL,
}

/**
 * Sends deliveries again from the beginning of the schedule: one, or all dead ones. Without a row the key had been used.
 */
export const REPLAY = statement(
  'webhook.replay',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(DELIVERIES) }, row: Type.Object({ replayed: whole }) },
  `
with ${claimedCall(DELIVERIES)},
again as (
  update webhook_deliveries d set state = 'waiting', tries = 0, next_at = a.at, set_at = a.at, finished_at = null
  from accepted a
  where d.tenant_id = :tenant_id and d.webhook_id = a.webhook_id and d.state <> 'waiting' and d.body is distinct from ''
    and (d.id = a.delivery_id or (a.delivery_id is null and d.state = 'dead'))
  returning d.id
),
told as (select (select count(*) from again)::integer as replayed from accepted),
${keeping('told', "jsonb_build_object('replayed', f.replayed)")}
select t.replayed from told t`,
)

/**
 * Makes deliveries due that wait for their next attempt.
 * Those under way, of which the last attempt is not recorded, stay as they are. Without a row the key had been used.
 */
export const SEND_NOW = statement(
  'webhook.send_now',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(DELIVERIES) }, row: Type.Object({ due: whole }) },
  `
with ${claimedCall(DELIVERIES)},
now_due as (
  update webhook_deliveries d set tries = 0, next_at = a.at, set_at = a.at
  from accepted a
  where d.tenant_id = :tenant_id and d.webhook_id = a.webhook_id and d.state = 'waiting' and d.id = coalesce(a.delivery_id, d.id)
    and (d.attempts = 0 or exists (select 1 from webhook_attempts t
      where t.tenant_id = :tenant_id and t.delivery_id = d.id and t.number = d.attempts))
  returning d.id
),
awake as (
  update webhooks w set rests_until = null from accepted a where w.tenant_id = :tenant_id and w.id = a.webhook_id
),
told as (select (select count(*) from now_due)::integer as due from accepted),
${keeping('told', "jsonb_build_object('replayed', f.due)")}
select t.due from told t`,
)

/** Gives one delivery up that was not delivered. Without a row as above. */
export const SKIP = statement(
  'webhook.skip',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(DELIVERIES) }, row: Type.Object({ skipped: whole }) },
  `
with ${claimedCall(DELIVERIES)},
let_be as (
  update webhook_deliveries d set state = 'skipped', finished_at = a.at
  from accepted a
  where d.tenant_id = :tenant_id and d.webhook_id = a.webhook_id and d.id = a.delivery_id and d.state in ('waiting', 'dead')
  returning d.id
),
told as (select (select count(*) from let_be)::integer as skipped from accepted),
${keeping('told', "jsonb_build_object('replayed', f.skipped)")}
select t.skipped from told t`,
)

/**
 * Deliveries that ended before then: delivered, or given up or skipped. What waits as long for a webhook that nobody
 * enables again goes too.
 */
export const PURGE_DELIVERIES = statement(
  'webhook.purge',
  { takes: { tenant_id: Sql.uuid, delivered_before: Sql.timestamptz, given_up_before: Sql.timestamptz }, row: IdRow },
  `
delete from webhook_deliveries d
where d.tenant_id = :tenant_id and d.created_at < greatest(:delivered_before::timestamptz, :given_up_before::timestamptz) and case d.state
  when 'delivered' then d.finished_at < :delivered_before::timestamptz
  when 'dead' then d.finished_at < :given_up_before::timestamptz
  when 'skipped' then d.finished_at < :given_up_before::timestamptz
  else d.created_at < :given_up_before::timestamptz
    and exists (select 1 from webhooks w where w.tenant_id = :tenant_id and w.id = d.webhook_id and not w.enabled) end
returning d.id`,
)
