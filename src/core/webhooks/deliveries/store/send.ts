import { type TSchema, Type } from 'typebox'
import { Sql } from '../../../../storage/sql.ts'
import { statement } from '../../../../storage/statement.ts'
import { DISABLED_BY } from '../../webhook.ts'
import { DELIVERY_STATES } from '../delivery.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const whole = Type.Integer()
type Headers = Readonly<Record<string, string>>
const IdRow = Type.Object({ id: text })

/** A clock that is further behind what another set than this went back; less is how far clocks differ. */
const WENT_BACK = (since: string, now: string): string => `${since} > ${now}::timestamptz + interval '10 seconds'`

/** SQL that is true of a webhook `w` whose receiver asked to be left alone, at `${now}`. */
const RESTS = (now: string): string =>
  `(w.rests_until is not null and w.rests_until > ${now}::timestamptz and not ${WENT_BACK('w.rests_since', now)})`

/**
 * Which webhooks have something to send by now, when the next waiting delivery becomes due, whether deliveries wait
 * to be made again, and whether the clock went back behind some.
 */
export const DUE = statement(
  'webhook.due',
  {
    takes: { tenant_id: Sql.uuid, now: Sql.timestamptz },
    row: Type.Object({
      webhook_ids: Type.Array(text),
      next_at: nullable(text),
      has_blank: Type.Boolean(),
      went_back: Type.Boolean(),
    }),
  },
  `
select array(
    select w.id from webhooks w where w.tenant_id = :tenant_id and w.enabled and not ${RESTS(':now')} and exists (
      select 1 from webhook_deliveries d
      where d.tenant_id = :tenant_id and d.webhook_id = w.id and d.state = 'waiting' and d.next_at <= :now::timestamptz and d.body is not null)
    order by w.id) as webhook_ids,
  (select min(soonest.next_at) from webhooks w, lateral (
      select case when ${RESTS(':now')} then greatest(d.next_at, w.rests_until) else d.next_at end as next_at
      from webhook_deliveries d
      where d.tenant_id = :tenant_id and d.webhook_id = w.id and d.state = 'waiting'
        and (d.next_at > :now::timestamptz or ${RESTS(':now')})
      order by d.next_at limit 1) soonest
    where w.tenant_id = :tenant_id and w.enabled) as next_at,
  exists (select 1 from webhook_deliveries d where d.tenant_id = :tenant_id and d.body is null) as has_blank,
  exists (select 1 from webhook_deliveries d where d.tenant_id = :tenant_id and d.state = 'waiting' and ${WENT_BACK('d.set_at', ':now')}) as went_back`,
)

/** After the clock went back: whatever waits begins its wait anew, so that none lasts longer than it was meant to. */
export const WAIT_ANEW = statement(
  'webhook.wait_anew',
  { takes: { tenant_id: Sql.uuid, now: Sql.timestamptz }, row: IdRow },
  `update webhook_deliveries d set next_at = :now::timestamptz + (d.next_at - d.set_at), set_at = :now
where d.tenant_id = :tenant_id and d.state = 'waiting' and ${WENT_BACK('d.set_at', ':now')}
returning d.id`,
)

/**
 * Claims due deliveries of a webhook, of each line the first that waits. Nobody else takes them until then: a process that
 * dies leaves them to be claimed again after that time.
 */
export const CLAIM = statement(
  'webhook.claim',
  {
    takes: {
      tenant_id: Sql.uuid,
      webhook_id: Sql.uuid,
      now: Sql.timestamptz,
      until: Sql.timestamptz,
      limit: Sql.bigint,
    },
    row: Type.Object({ id: text, event_type: text, body: text, revision: whole, attempts: whole, tries: whole }),
  },
  `
with due as materialized (
  select d.id from webhook_deliveries d
  where d.tenant_id = :tenant_id and d.webhook_id = :webhook_id and d.state = 'waiting' and d.next_at <= :now::timestamptz and d.body is not null
    and exists (select 1 from webhooks w where w.tenant_id = :tenant_id and w.id = :webhook_id and w.enabled and not ${RESTS(':now')})
    and not exists (
      select 1 from webhook_deliveries earlier
      where earlier.tenant_id = :tenant_id and earlier.webhook_id = :webhook_id and earlier.line = d.line and earlier.state = 'waiting'
        and (earlier.position, earlier.nth) < (d.position, d.nth))
  order by d.next_at, d.position, d.nth
  limit :limit
  for update of d skip locked
)
update webhook_deliveries d set next_at = :until, set_at = :now, attempts = d.attempts + 1, tries = d.tries + 1
from due where d.tenant_id = :tenant_id and d.id = due.id
returning d.id, d.event_type, d.body, d.revision, d.attempts, d.tries`,
)

/**
 * Records an attempt and what becomes of the delivery, unless another attempt was claimed since. Answers how many of its
 * line wait behind it, up to 1,000.
 */
export const RECORD_ATTEMPT = statement(
  'webhook.record',
  {
    takes: {
      tenant_id: Sql.uuid,
      delivery_id: Sql.uuid,
      number: Sql.integer,
      at: Sql.timestamptz,
      /** What becomes of the delivery. */
      state: Sql.word(DELIVERY_STATES),
      next_at: Sql.nullable(Sql.timestamptz),
      ended_at: Sql.timestamptz,
      /** By what the webhook is disabled, and why. */
      disabled_by: Sql.nullable(Sql.word(DISABLED_BY)),
      disabled_because: Sql.nullable(Sql.text),
      duration_ms: Sql.integer,
      url: Sql.text,
      request_headers: Sql.jsonb<Headers>(),
      status: Sql.nullable(Sql.integer),
      answer_headers: Sql.nullable(Sql.jsonb<Headers>()),
      answer_body: Sql.nullable(Sql.text),
      problem: Sql.nullable(Sql.text),
      /** The one that was sent: what is said to a payload that was erased meanwhile is not kept. */
      revision: Sql.integer,
      /** Until when the receiver wants to be left alone. */
      rests_until: Sql.nullable(Sql.timestamptz),
    },
    row: Type.Object({ recorded: Type.Boolean(), behind: whole }),
  },
  `
with here as materialized (
  select d.id, d.revision from webhook_deliveries d where d.tenant_id = :tenant_id and d.id = :delivery_id for no key update
),
tried as (
  update webhook_deliveries d set state = :state::text, next_at = coalesce(:next_at, d.next_at), set_at = :ended_at::timestamptz,
    finished_at = case when :state::text <> 'waiting' then :ended_at::timestamptz end
  from here h
  where d.tenant_id = :tenant_id and d.id = h.id and d.attempts = :number and d.state = 'waiting'
  returning d.webhook_id, d.line, d.position, d.nth
),
logged as (
  insert into webhook_attempts (tenant_id, delivery_id, number, at, duration_ms, url, request_headers, status, answer_headers,
    answer_body, problem)
  select :tenant_id, h.id, :number, :at, :duration_ms, :url, :request_headers, :status, case when h.revision = :revision then :answer_headers::jsonb end,
    case when h.revision = :revision then :answer_body end, :problem
  from here h
  on conflict do nothing
),
used as (
  update webhooks w set last_used_at = :at, enabled = w.enabled and :disabled_by::text is null,
    disabled_by = case when w.enabled and :disabled_by::text is not null then :disabled_by::text else w.disabled_by end,
    disabled_because = case when w.enabled and :disabled_by::text is not null then :disabled_because::text else w.disabled_because end,
    rests_until = coalesce(:rests_until::timestamptz, w.rests_until), rests_since = case when :rests_until::timestamptz is null then w.rests_since else :ended_at::timestamptz end
  where w.tenant_id = :tenant_id and w.id = (select t.webhook_id from tried t)
)
select exists (select 1 from tried) as recorded, (
  select count(*)::integer from (
    select 1 from tried t join webhook_deliveries l
      on l.tenant_id = :tenant_id and l.line = t.line and l.webhook_id = t.webhook_id and (l.position, l.nth) > (t.position, t.nth)
    where l.state = 'waiting' limit 1000) x) as behind`,
)
