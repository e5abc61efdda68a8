import { type Static, type TSchema, Type } from 'typebox'
import { columnsOf, Sql, type ValuesOf } from '../../storage/sql.ts'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import { LISTED_CHARACTERS } from '../bounds.ts'
import { EVENT_VIEW, EventRow } from '../events/rows.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { instant, instantOrNull } from '../instant.ts'
import { describedBriefly, type MessageRow, TicketRow, ticketView } from '../tickets/rows.ts'
import { oneOf, TEXT_BYTES } from '../tickets/store/conversation.ts'
import { MESSAGES_BY_ID } from '../tickets/store/find.ts'
import { type Attempt, DELIVERY_STATES, type Delivery, DISABLED_BY, type Webhook } from './webhook.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const whole = Type.Integer()
const bytes = Type.Unsafe<Buffer>({})
type Headers = Readonly<Record<string, string>>
const headers = Type.Unsafe<Headers>({})
const IdRow = Type.Object({ id: text })

// --- webhooks ---------------------------------------------------------------------------------------------------------

const WEBHOOK_VIEW = `w.id, w.dialect, w.desk_id, w.url, w.description, w.events, w.enabled, w.disabled_by, w.disabled_because,
  w.rests_until, w.created_at, w.updated_at, w.last_used_at`

export const WebhookRow = Type.Object({
  id: text,
  dialect: text,
  desk_id: nullable(text),
  url: text,
  description: text,
  events: Type.Array(text),
  enabled: Type.Boolean(),
  disabled_by: nullable(Type.Enum(DISABLED_BY)),
  /** Absent in results that were stored before there were any. */
  disabled_because: Type.Optional(nullable(text)),
  rests_until: Type.Optional(nullable(text)),
  created_at: text,
  updated_at: text,
  last_used_at: nullable(text),
})
export type WebhookRow = Static<typeof WebhookRow>

export function webhookOf(row: WebhookRow): Webhook {
  return {
    id: row.id,
    dialect: row.dialect,
    deskId: row.desk_id,
    url: row.url,
    description: row.description,
    events: row.events,
    enabled: row.enabled,
    disabledBy: row.disabled_by,
    disabledBecause: row.disabled_because ?? null,
    restsUntil: instantOrNull(row.rests_until ?? null),
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
    lastUsedAt: instantOrNull(row.last_used_at),
  }
}

/** What a claimed call keeps of a webhook. Its secret is kept as the vault sealed it, and opened again for a repeat. */
const SHOWN = "jsonb_build_object('webhook', to_jsonb(f))"
const SHOWN_WITH_SECRET = "jsonb_build_object('webhook', to_jsonb(f), 'sealed', a.secret)"

const MADE = {
  id: Sql.uuid,
  for_dialect: Sql.text,
  desk_id: Sql.nullable(Sql.uuid),
  url: Sql.text,
  description: Sql.text,
  events: Sql.array(Sql.text),
  enabled: Sql.boolean,
  /** As the vault sealed it, in base64. */
  secret: Sql.text,
  /** Of the id, in hexadecimal. */
  hash: Sql.text,
  ...CALL,
}

/**
 * Makes a webhook. The directory lists it, so that tenants with webhooks are found without asking every one. The first
 * webhook of a tenant begins at the end of the event log: a log without webhooks is not read. Without a row the key had
 * been used.
 */
export const INSERT_WEBHOOK = statement(
  'webhook.insert',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(MADE) }, row: WebhookRow },
  `
with ${claimedCall(MADE)},
listed as (
  insert into directory (kind, hash, tenant_id, target_id) select 'webhook', decode(a.hash, 'hex'), :tenant_id, a.id from accepted a
),
here as (select c.event_position from tenant_counters c where c.tenant_id = :tenant_id and exists (select 1 from accepted)),
begun as (
  insert into webhook_positions as p (tenant_id, position) select :tenant_id, h.event_position from here h
  where not exists (select 1 from webhooks o where o.tenant_id = :tenant_id)
  on conflict (tenant_id) do update set position = excluded.position
),
made as (
  insert into webhooks as w (tenant_id, id, dialect, desk_id, url, description, events, enabled, disabled_by, secret, since,
    created_at, updated_at)
  select :tenant_id, a.id, a.for_dialect, a.desk_id, a.url, a.description, a.events, a.enabled, case when not a.enabled then 'hand' end,
    decode(a.secret, 'base64'), h.event_position, a.at, a.at
  from accepted a, here h
  returning ${WEBHOOK_VIEW}
),
${keeping('made', SHOWN_WITH_SECRET)}
select * from made`,
)

export const LIST_WEBHOOKS = statement(
  'webhook.list',
  { takes: { tenant_id: Sql.uuid }, row: WebhookRow },
  `select ${WEBHOOK_VIEW} from webhooks w where w.tenant_id = :tenant_id order by w.created_at, w.id`,
)

/** A webhook with its encrypted secrets. */
export const FIND_WEBHOOK = statement(
  'webhook.find',
  {
    takes: { tenant_id: Sql.uuid, id: Sql.uuid },
    row: Type.Object({
      ...WebhookRow.properties,
      secret: bytes,
      previous_secret: nullable(bytes),
      previous_until: nullable(text),
    }),
  },
  `select ${WEBHOOK_VIEW}, w.secret, w.previous_secret, w.previous_until from webhooks w where w.tenant_id = :tenant_id and w.id = :id`,
)

const CHANGED = {
  id: Sql.uuid,
  url: Sql.nullable(Sql.text),
  description: Sql.nullable(Sql.text),
  events: Sql.nullable(Sql.array(Sql.text)),
  enabled: Sql.nullable(Sql.boolean),
  ...CALL,
}

/**
 * Changes a webhook; what is null stays as it is. Who enables it by hand sends
 * what has been waiting; who disables it by hand stops collecting. Without a row it is gone or the key had been used.
 */
export const UPDATE_WEBHOOK = statement(
  'webhook.update',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CHANGED) }, row: WebhookRow },
  `
with ${claimedCall(CHANGED)},
changed as (
  update webhooks w set url = coalesce(a.url, w.url), description = coalesce(a.description, w.description),
    events = coalesce(a.events, w.events), enabled = coalesce(a.enabled, w.enabled),
    disabled_by = case when a.enabled is null then w.disabled_by when a.enabled then null else 'hand' end,
    disabled_because = case when a.enabled is null then w.disabled_because end,
    rests_until = case when a.enabled is null and a.url is null then w.rests_until end, updated_at = a.at
  from accepted a
  where w.tenant_id = :tenant_id and w.id = a.id
  returning ${WEBHOOK_VIEW}
),
${keeping('changed', SHOWN)}
select * from changed`,
)

const ROTATED = {
  id: Sql.uuid,
  /** As the vault sealed it, in base64. */
  secret: Sql.text,
  /** When the old one ceases to sign. */
  until: Sql.timestamptz,
  ...CALL,
}

/** Gives a webhook a new secret. Without a row as above. */
export const ROTATE_SECRET = statement(
  'webhook.rotate',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(ROTATED) }, row: WebhookRow },
  `
with ${claimedCall(ROTATED)},
rotated as (
  update webhooks w set previous_secret = w.secret, previous_until = a.until, secret = decode(a.secret, 'base64'), updated_at = a.at
  from accepted a
  where w.tenant_id = :tenant_id and w.id = a.id
  returning ${WEBHOOK_VIEW}
),
${keeping('rotated', SHOWN_WITH_SECRET)}
select * from rotated`,
)

const DELETED = {
  id: Sql.uuid,
  /** Of the id, in hexadecimal. */
  hash: Sql.text,
  ...CALL,
}

/** Deletes a webhook, and its deliveries with it. Without a row as above. */
export const DELETE_WEBHOOK = statement(
  'webhook.delete',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(DELETED) }, row: IdRow },
  `
with ${claimedCall(DELETED)},
unlisted as (
  delete from directory d using accepted a where d.kind = 'webhook' and d.hash = decode(a.hash, 'hex')
),
deleted as (
  delete from webhooks w using accepted a where w.tenant_id = :tenant_id and w.id = a.id returning w.id
),
${keeping('deleted', "'{}'::jsonb")}
select d.id from deleted d`,
)

/** What a test sent, and what came back. */
export const TestedRow = Type.Object({
  body: text,
  sent: Type.Union([
    Type.Object({ answer: Type.Object({ status: whole, headers: Type.Record(text, text), body: text }) }),
    Type.Object({ problem: text }),
  ]),
})

const TOUCHED = { id: Sql.uuid, tested: Sql.jsonb<Static<typeof TestedRow>>(TestedRow), ...CALL }

/** A test reached it. Without a row as above. */
export const TOUCH_WEBHOOK = statement(
  'webhook.touch',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(TOUCHED) }, row: WebhookRow },
  `
with ${claimedCall(TOUCHED)},
touched as (
  update webhooks w set last_used_at = a.at from accepted a where w.tenant_id = :tenant_id and w.id = a.id returning ${WEBHOOK_VIEW}
),
${keeping('touched', "jsonb_build_object('webhook', to_jsonb(f), 'tested', a.tested)")}
select * from touched`,
)

/** The sealed secrets of a tenant's webhooks. */
export const SEALED_SECRETS = statement(
  'webhook.sealed_secrets',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ id: text, secret: bytes, previous_secret: nullable(bytes) }) },
  'select w.id, w.secret, w.previous_secret from webhooks w where w.tenant_id = :tenant_id',
)

/** Replaces secrets by the same sealed anew. Without a row they were replaced by others meanwhile. */
export const RESEAL_SECRETS = statement(
  'webhook.reseal_secrets',
  {
    takes: {
      tenant_id: Sql.uuid,
      id: Sql.uuid,
      secret: Sql.bytea,
      previous_secret: Sql.nullable(Sql.bytea),
      new_secret: Sql.bytea,
      new_previous_secret: Sql.nullable(Sql.bytea),
    },
    row: IdRow,
  },
  `update webhooks w set secret = :new_secret, previous_secret = :new_previous_secret
where w.tenant_id = :tenant_id and w.id = :id and w.secret = :secret and w.previous_secret is not distinct from :previous_secret returning w.id`,
)

/** The tenants that have webhooks. One of the exemptions from naming the tenant: it finds them. */
export const TENANTS_WITH_WEBHOOKS = statement(
  'webhook.tenants',
  { takes: {}, row: Type.Object({ tenant_id: text }) },
  "select distinct d.tenant_id from directory d where d.kind = 'webhook'",
)

// --- from events to deliveries ----------------------------------------------------------------------------------------

/**
 * The events after a tenant's stored position, with that position and how many erasures there were; with each the bytes of
 * the texts of all up to it. The last one begins before so many bytes.
 */
export const NEXT_EVENTS = statement(
  'webhook.next_events',
  {
    takes: { tenant_id: Sql.uuid, limit: Sql.bigint, before_bytes: Sql.bigint },
    row: Type.Object({
      ...EventRow.properties,
      ...{ from_position: whole, erasures: whole, subject_id: nullable(text), bytes: whole },
    }),
  },
  `select ${EVENT_VIEW}, e.subject_id, e.from_position, e.erasures, e.bytes::integer
from (
  select e.*, p.position as from_position, p.erasures,
    sum(${TEXT_BYTES}) over (order by e.position) as bytes,
    ${TEXT_BYTES} as own_bytes
  from webhook_positions p join events e on e.tenant_id = :tenant_id and e.position > p.position
  ${oneOf('messages', 'e.message_id', 'm')}
  where p.tenant_id = :tenant_id order by e.position limit :limit
) e
where e.bytes - e.own_bytes < :before_bytes order by e.position`,
)

/** Whom events are for: enabled webhooks, and those that nobody disabled by hand. */
export const OPEN_WEBHOOKS = statement(
  'webhook.open',
  {
    takes: { tenant_id: Sql.uuid },
    row: Type.Object({ id: text, dialect: text, desk_id: nullable(text), events: Type.Array(text), since: whole }),
  },
  `select w.id, w.dialect, w.desk_id, w.events, w.since from webhooks w
where w.tenant_id = :tenant_id and (w.enabled or w.disabled_by <> 'hand') order by w.id`,
)

/** Tickets by UUID, in nobody's sight: a webhook sees what it is subscribed to. Of descriptions what lists show. */
export const TICKETS_BY_ID = statement(
  'webhook.tickets',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: TicketRow },
  `select ${ticketView(describedBriefly(LISTED_CHARACTERS))} from tickets t where t.tenant_id = :tenant_id and t.id = any (:ids::uuid[])`,
)

/** Messages by UUID, likewise. */
export function messagesByIds(tenantId: string, ids: readonly string[]): BoundStatement<MessageRow> {
  return MESSAGES_BY_ID.with({ tenant_id: tenantId, ids })
}

/** Which desk a deleted ticket was on, and its integer: the last that is known of it. */
export const GONE_TICKETS = statement(
  'webhook.gone_tickets',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) },
    row: Type.Object({ ticket_id: text, desk_id: nullable(text), integer: nullable(whole) }),
  },
  `select e.ticket_id, e.before ->> 'desk_id' as desk_id, (e.before ->> 'integer')::integer as integer from events e
where e.tenant_id = :tenant_id and e.ticket_id = any (:ids::uuid[]) and e.kind = 'ticket.deleted'`,
)

/** A delivery to be made. */
const MADE_DELIVERY = {
  id: Sql.uuid,
  webhook_id: Sql.uuid,
  line: Sql.uuid,
  position: Sql.bigint,
  nth: Sql.integer,
  event_type: Sql.text,
  body: Sql.text,
}
export type MadeDelivery = ValuesOf<typeof MADE_DELIVERY>

/**
 * Moves a tenant's position and adds the deliveries of the events in between, if no other process did so before and
 * nothing was erased since they were read.
 */
export const ADVANCE = statement(
  'webhook.advance',
  {
    takes: {
      tenant_id: Sql.uuid,
      from_position: Sql.bigint,
      to_position: Sql.bigint,
      deliveries: Sql.records(MADE_DELIVERY),
      now: Sql.timestamptz,
      erasures: Sql.bigint,
    },
    row: Type.Object({ position: whole }),
  },
  `
with moved as (
  update webhook_positions p set position = :to_position where p.tenant_id = :tenant_id and p.position = :from_position::bigint and p.erasures = :erasures
  returning p.position
),
made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, line, position, nth, event_type, body, state, next_at, set_at, created_at)
  select :tenant_id, i.id, w.id, i.line, i.position, i.nth, i.event_type, i.body, 'waiting', :now, :now, :now
  from json_to_recordset(:deliveries::json) i (${columnsOf(MADE_DELIVERY)})
  join webhooks w on w.tenant_id = :tenant_id and w.id = i.webhook_id, moved
)
select m.position from moved m`,
)

/** Deliveries without a payload, with their events and how many erasures there were. */
export const BLANK_DELIVERIES = statement(
  'webhook.blank',
  {
    takes: { tenant_id: Sql.uuid, limit: Sql.bigint },
    row: Type.Object({
      ...EventRow.properties,
      ...{
        delivery_id: text,
        for_dialect: text,
        for_desk: nullable(text),
        event_type: text,
        nth: whole,
        erasures: whole,
        subject_id: nullable(text),
      },
    }),
  },
  `select d.id as delivery_id, w.dialect as for_dialect, w.desk_id as for_desk, d.event_type, d.nth, p.erasures, ${EVENT_VIEW}, e.subject_id
from webhook_positions p
join webhook_deliveries d on d.tenant_id = :tenant_id and d.body is null
join webhooks w on w.tenant_id = :tenant_id and w.id = d.webhook_id
join events e on e.tenant_id = :tenant_id and e.position = d.position
where p.tenant_id = :tenant_id order by d.position, d.nth limit :limit`,
)

const PAYLOAD = {
  id: Sql.uuid,
  /** Null where there is nothing to tell any more. */
  body: Sql.nullable(Sql.text),
}

/**
 * Gives blank deliveries their payloads, if nothing was erased since what they are made of was read. Forgets what
 * receivers said to the payloads before: an attempt under way may have kept it behind the erasure.
 */
export const REMAKE = statement(
  'webhook.remake',
  {
    takes: { tenant_id: Sql.uuid, erasures: Sql.bigint, payloads: Sql.records(PAYLOAD), now: Sql.timestamptz },
    row: IdRow,
  },
  `
with current as materialized (
  select p.tenant_id from webhook_positions p where p.tenant_id = :tenant_id and p.erasures = :erasures for no key update
),
made as (
  update webhook_deliveries d set body = coalesce(i.body, ''),
    state = case when i.body is null and d.state <> 'delivered' then 'skipped' else d.state end,
    finished_at = case when i.body is null and d.state <> 'delivered' then :now::timestamptz else d.finished_at end
  from json_to_recordset(:payloads::json) i (${columnsOf(PAYLOAD)}), current
  where d.tenant_id = :tenant_id and d.id = i.id and d.body is null
  returning d.id
),
forgotten as (
  update webhook_attempts a set answer_headers = null, answer_body = null
  where a.tenant_id = :tenant_id and a.delivery_id = any (array(select m.id from made m))
    and (a.answer_headers is not null or a.answer_body is not null)
)
select m.id from made m`,
)

// --- deliveries -------------------------------------------------------------------------------------------------------

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

/** Characters of an answer that a list of deliveries shows. */
const FIRST_WORDS = 200

/** Select list of a delivery `d` of the tenant, with how its last attempt ended, and what it waits for in its line. */
const DELIVERY_VIEW = `d.id, d.webhook_id, d.event_type, d.position, d.state, d.attempts, d.next_at, d.created_at, d.finished_at,
  (select json_build_object('status', a.status, 'problem', a.problem, 'answer', left(a.answer_body, ${FIRST_WORDS}))
    from webhook_attempts a where a.tenant_id = :tenant_id and a.delivery_id = d.id order by a.number desc limit 1) as last,
  case when d.state = 'waiting' then (select e.id from webhook_deliveries e
    where e.tenant_id = :tenant_id and e.line = d.line and e.webhook_id = d.webhook_id and e.state = 'waiting'
      and (e.position, e.nth) < (d.position, d.nth)
    order by e.position, e.nth limit 1) end as waits_for`

const DeliveryRow = Type.Object({
  id: text,
  webhook_id: text,
  event_type: text,
  position: whole,
  state: Type.Enum(DELIVERY_STATES),
  attempts: whole,
  next_at: text,
  created_at: text,
  finished_at: nullable(text),
  last: nullable(Type.Object({ status: nullable(whole), problem: nullable(text), answer: nullable(text) })),
  waits_for: nullable(text),
})

export function deliveryOf(row: Static<typeof DeliveryRow>): Delivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventType: row.event_type,
    position: row.position,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.state === 'waiting' ? instant(row.next_at) : null,
    createdAt: instant(row.created_at),
    finishedAt: instantOrNull(row.finished_at),
    last: row.last,
    waitsFor: row.waits_for,
  }
}

/** A webhook's deliveries, newest first, before the last one seen. */
export const LIST_DELIVERIES = statement(
  'webhook.deliveries',
  {
    takes: {
      tenant_id: Sql.uuid,
      webhook_id: Sql.uuid,
      state: Sql.nullable(Sql.text),
      before: Sql.nullable(Sql.uuid),
      limit: Sql.bigint,
    },
    row: DeliveryRow,
  },
  `select ${DELIVERY_VIEW} from webhook_deliveries d
where d.tenant_id = :tenant_id and d.webhook_id = :webhook_id and coalesce(:state::text is null or d.state = :state, false)
  and d.id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
order by d.id desc limit :limit`,
)

const AttemptRow = Type.Object({
  number: whole,
  at: text,
  duration_ms: whole,
  url: text,
  request_headers: headers,
  status: nullable(whole),
  answer_headers: nullable(headers),
  answer_body: nullable(text),
  problem: nullable(text),
})

export function attemptOf(row: Static<typeof AttemptRow>): Attempt {
  return {
    number: row.number,
    at: instant(row.at),
    durationMs: row.duration_ms,
    url: row.url,
    requestHeaders: row.request_headers,
    status: row.status,
    answerHeaders: row.answer_headers,
    answerBody: row.answer_body,
    problem: row.problem,
  }
}

/** One delivery with its payload, null while it is made again, and its attempts. */
export const FIND_DELIVERY = statement(
  'webhook.delivery',
  {
    takes: { tenant_id: Sql.uuid, webhook_id: Sql.uuid, id: Sql.uuid },
    row: Type.Object({ ...DeliveryRow.properties, body: nullable(text), tried: Type.Array(AttemptRow) }),
  },
  `select ${DELIVERY_VIEW}, d.body, (
  select coalesce(json_agg(json_build_object('number', a.number, 'at', a.at, 'duration_ms', a.duration_ms, 'url', a.url,
    'request_headers', a.request_headers, 'status', a.status, 'answer_headers', a.answer_headers, 'answer_body', a.answer_body,
    'problem', a.problem) order by a.number), '[]')
  from webhook_attempts a where a.tenant_id = :tenant_id and a.delivery_id = d.id) as tried
from webhook_deliveries d where d.tenant_id = :tenant_id and d.webhook_id = :webhook_id and d.id = :id`,
)

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

/** What calls on webhooks keep. */
const WebhookKept = Type.Object({
  /** A webhook as it was then; its secret as the vault sealed it, in base64. */
  webhook: Type.Optional(WebhookRow),
  sealed: Type.Optional(Type.String()),
  /** How many deliveries were sent again. */
  replayed: Type.Optional(Type.Integer()),
  /** What a test of a webhook sent, and what came back. */
  tested: Type.Optional(TestedRow),
})
export type WebhookKept = Static<typeof WebhookKept>
export const WEBHOOK_KEPT = kept('webhook.kept', WebhookKept)
