import { type Static, type TSchema, Type } from 'typebox'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import { LISTED_CHARACTERS } from '../bounds.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { instant, instantOrNull } from '../instant.ts'
import { describedBriefly, EVENT_VIEW, EventRow, type MessageRow, TicketRow, ticketView } from '../tickets/rows.ts'
import { oneOf, TEXT_BYTES } from '../tickets/store/conversation.ts'
import { MESSAGES_BY_ID } from '../tickets/store/find.ts'
import { type Attempt, DELIVERY_STATES, type Delivery, DISABLED_BY, type Webhook } from './webhook.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const whole = Type.Integer()
const bytes = Type.Unsafe<Buffer>({})
const headers = Type.Unsafe<Readonly<Record<string, string>>>({})
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

/**
 * Makes a webhook: `$2` the call with the webhook, its secret as the vault sealed it in base64, the hash of its id in
 * hexadecimal. The directory lists it, so that tenants with webhooks are found without asking every one. The first
 * webhook of a tenant begins at the end of the event log: a log without webhooks is not read. Without a row the key had
 * been used.
 */
export const INSERT_WEBHOOK = statement(
  'webhook.insert',
  WebhookRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, for_dialect text, desk_id uuid, url text, description text, events text[],
    enabled boolean, secret text, hash text, ${CALL})
),
${CLAIMED},
listed as (
  insert into directory (kind, hash, tenant_id, target_id) select 'webhook', decode(a.hash, 'hex'), $1, a.id from accepted a
),
here as (select c.event_position from tenant_counters c where c.tenant_id = $1 and exists (select 1 from accepted)),
begun as (
  insert into webhook_positions as p (tenant_id, position) select $1, h.event_position from here h
  on conflict (tenant_id) do update set position = excluded.position
  where not exists (select 1 from webhooks o where o.tenant_id = $1)
),
made as (
  insert into webhooks as w (tenant_id, id, dialect, desk_id, url, description, events, enabled, disabled_by, secret, since,
    created_at, updated_at)
  select $1, a.id, a.for_dialect, a.desk_id, a.url, a.description, a.events, a.enabled, case when not a.enabled then 'hand' end,
    decode(a.secret, 'base64'), h.event_position, a.at, a.at
  from accepted a, here h
  returning ${WEBHOOK_VIEW}
),
${keeping('made', SHOWN_WITH_SECRET)}
select * from made`,
)

export const LIST_WEBHOOKS = statement(
  'webhook.list',
  WebhookRow,
  `select ${WEBHOOK_VIEW} from webhooks w where w.tenant_id = $1 order by w.created_at, w.id`,
)

/** A webhook with its encrypted secrets. `$2` id. */
export const FIND_WEBHOOK = statement(
  'webhook.find',
  Type.Object({
    ...WebhookRow.properties,
    secret: bytes,
    previous_secret: nullable(bytes),
    previous_until: nullable(text),
  }),
  `select ${WEBHOOK_VIEW}, w.secret, w.previous_secret, w.previous_until from webhooks w where w.tenant_id = $1 and w.id = $2`,
)

/**
 * Changes a webhook: `$2` the call with its id and what is to change; null leaves as it is. Who enables it by hand sends
 * what has been waiting; who disables it by hand stops collecting. Without a row it is gone or the key had been used.
 */
export const UPDATE_WEBHOOK = statement(
  'webhook.update',
  WebhookRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, url text, description text, events text[], enabled boolean, ${CALL})
),
${CLAIMED},
changed as (
  update webhooks w set url = coalesce(a.url, w.url), description = coalesce(a.description, w.description),
    events = coalesce(a.events, w.events), enabled = coalesce(a.enabled, w.enabled),
    disabled_by = case when a.enabled is null then w.disabled_by when a.enabled then null else 'hand' end,
    disabled_because = case when a.enabled is null then w.disabled_because end,
    rests_until = case when a.enabled is null and a.url is null then w.rests_until end, updated_at = a.at
  from accepted a
  where w.tenant_id = $1 and w.id = a.id
  returning ${WEBHOOK_VIEW}
),
${keeping('changed', SHOWN)}
select * from changed`,
)

/** `$2` the call with id, new secret, and until when the old one signs too. Without a row as above. */
export const ROTATE_SECRET = statement(
  'webhook.rotate',
  WebhookRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, secret text, until timestamptz, ${CALL})
),
${CLAIMED},
rotated as (
  update webhooks w set previous_secret = w.secret, previous_until = a.until, secret = decode(a.secret, 'base64'), updated_at = a.at
  from accepted a
  where w.tenant_id = $1 and w.id = a.id
  returning ${WEBHOOK_VIEW}
),
${keeping('rotated', SHOWN_WITH_SECRET)}
select * from rotated`,
)

/** `$2` the call with id and hash of the id. Its deliveries go with it. Without a row as above. */
export const DELETE_WEBHOOK = statement(
  'webhook.delete',
  IdRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, hash text, ${CALL})
),
${CLAIMED},
unlisted as (
  delete from directory d using accepted a where d.kind = 'webhook' and d.hash = decode(a.hash, 'hex')
),
deleted as (
  delete from webhooks w using accepted a where w.tenant_id = $1 and w.id = a.id returning w.id
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

/** `$2` the call with id and what was tested: a test reached it. Without a row as above. */
export const TOUCH_WEBHOOK = statement(
  'webhook.touch',
  WebhookRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, tested jsonb, ${CALL})
),
${CLAIMED},
touched as (
  update webhooks w set last_used_at = a.at from accepted a where w.tenant_id = $1 and w.id = a.id returning ${WEBHOOK_VIEW}
),
${keeping('touched', "jsonb_build_object('webhook', to_jsonb(f), 'tested', a.tested)")}
select * from touched`,
)

/** The sealed secrets of a tenant's webhooks. */
export const SEALED_SECRETS = statement(
  'webhook.sealed_secrets',
  Type.Object({ id: text, secret: bytes, previous_secret: nullable(bytes) }),
  'select w.id, w.secret, w.previous_secret from webhooks w where w.tenant_id = $1',
)

/** `$2` id, `$3` and `$4` its secrets as they were, `$5` and `$6` the same secrets sealed anew. Without a row they were replaced meanwhile. */
export const RESEAL_SECRETS = statement(
  'webhook.reseal_secrets',
  IdRow,
  `update webhooks w set secret = $5, previous_secret = $6
where w.tenant_id = $1 and w.id = $2 and w.secret = $3 and w.previous_secret is not distinct from $4 returning w.id`,
)

/** The tenants that have webhooks. One of the exemptions from naming the tenant: it finds them. */
export const TENANTS_WITH_WEBHOOKS = statement(
  'webhook.tenants',
  Type.Object({ tenant_id: text }),
  "select distinct d.tenant_id from directory d where d.kind = 'webhook'",
)

// --- from events to deliveries ----------------------------------------------------------------------------------------

/**
 * The events after a tenant's stored position, with that position and how many erasures there were; with each the bytes of
 * the texts of all up to it. `$2` how many, `$3` before how many bytes the last one begins.
 */
export const NEXT_EVENTS = statement(
  'webhook.next_events',
  Type.Object({
    ...EventRow.properties,
    ...{ from_position: whole, erasures: whole, subject_id: nullable(text), bytes: whole },
  }),
  `select ${EVENT_VIEW}, e.subject_id, e.from_position, e.erasures, e.bytes::integer
from (
  select e.*, p.position as from_position, p.erasures,
    sum(${TEXT_BYTES}) over (order by e.position) as bytes,
    ${TEXT_BYTES} as own_bytes
  from webhook_positions p join events e on e.tenant_id = $1 and e.position > p.position
  ${oneOf('messages', 'e.message_id', 'm')}
  where p.tenant_id = $1 order by e.position limit $2
) e
where e.bytes - e.own_bytes < $3 order by e.position`,
)

/** Whom events are for: enabled webhooks, and those that nobody disabled by hand. */
export const OPEN_WEBHOOKS = statement(
  'webhook.open',
  Type.Object({ id: text, dialect: text, desk_id: nullable(text), events: Type.Array(text), since: whole }),
  `select w.id, w.dialect, w.desk_id, w.events, w.since from webhooks w
where w.tenant_id = $1 and (w.enabled or w.disabled_by <> 'hand') order by w.id`,
)

/** Tickets by UUID, `$2`, in nobody's sight: a webhook sees what it is subscribed to. Of descriptions what lists show. */
export const TICKETS_BY_ID = statement(
  'webhook.tickets',
  TicketRow,
  `select ${ticketView(describedBriefly(LISTED_CHARACTERS))} from tickets t where t.tenant_id = $1 and t.id = any ($2::uuid[])`,
)

/** Messages by UUID, likewise. */
export function messagesByIds(tenantId: string, ids: readonly string[]): BoundStatement<MessageRow> {
  return { statement: MESSAGES_BY_ID, values: [tenantId, ids] }
}

/** Which desk a deleted ticket was on, and its integer: the last that is known of it. `$2` tickets. */
export const GONE_TICKETS = statement(
  'webhook.gone_tickets',
  Type.Object({ ticket_id: text, desk_id: nullable(text), integer: nullable(whole) }),
  `select e.ticket_id, e.before ->> 'desk_id' as desk_id, (e.before ->> 'integer')::integer as integer from events e
where e.tenant_id = $1 and e.ticket_id = any ($2::uuid[]) and e.kind = 'ticket.deleted'`,
)

/**
 * Moves a tenant's position and adds the deliveries of the events in between, if no other process did so before and
 * nothing was erased since they were read. `$2` from, `$3` to, `$4` deliveries as JSON, `$5` time, `$6` erasures.
 */
export const ADVANCE = statement(
  'webhook.advance',
  Type.Object({ position: whole }),
  `
with moved as (
  update webhook_positions p set position = $3 where p.tenant_id = $1 and p.position = $2::bigint and p.erasures = $6
  returning p.position
),
made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, line, position, nth, event_type, body, state, next_at, set_at, created_at)
  select $1, i.id, w.id, i.line, i.position, i.nth, i.event_type, i.body, 'waiting', $5, $5, $5
  from json_to_recordset($4::json) i (id uuid, webhook_id uuid, line uuid, position bigint, nth integer, event_type text, body text)
  join webhooks w on w.tenant_id = $1 and w.id = i.webhook_id, moved
)
select m.position from moved m`,
)

/** Deliveries without a payload, with their events and how many erasures there were. `$2` how many. */
export const BLANK_DELIVERIES = statement(
  'webhook.blank',
  Type.Object({
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
  `select d.id as delivery_id, w.dialect as for_dialect, w.desk_id as for_desk, d.event_type, d.nth, p.erasures, ${EVENT_VIEW}, e.subject_id
from webhook_positions p
join webhook_deliveries d on d.tenant_id = $1 and d.body is null
join webhooks w on w.tenant_id = $1 and w.id = d.webhook_id
join events e on e.tenant_id = $1 and e.position = d.position
where p.tenant_id = $1 order by d.position, d.nth limit $2`,
)

/**
 * Gives blank deliveries their payloads, if nothing was erased since what they are made of was read: `$2` erasures, `$3`
 * deliveries and payloads as JSON, null where there is nothing to tell any more, `$4` time. Forgets what receivers said to
 * the payloads before: an attempt under way may have kept it behind the erasure.
 */
export const REMAKE = statement(
  'webhook.remake',
  IdRow,
  `
with current as materialized (
  select p.tenant_id from webhook_positions p where p.tenant_id = $1 and p.erasures = $2 for no key update
),
made as (
  update webhook_deliveries d set body = coalesce(i.body, ''),
    state = case when i.body is null and d.state <> 'delivered' then 'skipped' else d.state end,
    finished_at = case when i.body is null and d.state <> 'delivered' then $4::timestamptz else d.finished_at end
  from json_to_recordset($3::json) i (id uuid, body text), current
  where d.tenant_id = $1 and d.id = i.id and d.body is null
  returning d.id
),
forgotten as (
  update webhook_attempts a set answer_headers = null, answer_body = null
  where a.tenant_id = $1 and a.delivery_id = any (array(select m.id from made m))
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
 * Which webhooks have something to send by now (`$2`), when the next waiting delivery becomes due, whether deliveries wait
 * to be made again, and whether the clock went back behind some.
 */
export const DUE = statement(
  'webhook.due',
  Type.Object({
    webhook_ids: Type.Array(text),
    next_at: nullable(text),
    has_blank: Type.Boolean(),
    went_back: Type.Boolean(),
  }),
  `
select array(
    select w.id from webhooks w where w.tenant_id = $1 and w.enabled and not ${RESTS('$2')} and exists (
      select 1 from webhook_deliveries d
      where d.tenant_id = $1 and d.webhook_id = w.id and d.state = 'waiting' and d.next_at <= $2::timestamptz and d.body is not null)
    order by w.id) as webhook_ids,
  (select min(soonest.next_at) from webhooks w, lateral (
      select case when ${RESTS('$2')} then greatest(d.next_at, w.rests_until) else d.next_at end as next_at
      from webhook_deliveries d
      where d.tenant_id = $1 and d.webhook_id = w.id and d.state = 'waiting'
        and (d.next_at > $2::timestamptz or ${RESTS('$2')})
      order by d.next_at limit 1) soonest
    where w.tenant_id = $1 and w.enabled) as next_at,
  exists (select 1 from webhook_deliveries d where d.tenant_id = $1 and d.body is null) as has_blank,
  exists (select 1 from webhook_deliveries d where d.tenant_id = $1 and d.state = 'waiting' and ${WENT_BACK('d.set_at', '$2')}) as went_back`,
)

/** After the clock went back to `$2`: whatever waits begins its wait anew, so that none lasts longer than it was meant to. */
export const WAIT_ANEW = statement(
  'webhook.wait_anew',
  IdRow,
  `update webhook_deliveries d set next_at = $2::timestamptz + (d.next_at - d.set_at), set_at = $2
where d.tenant_id = $1 and d.state = 'waiting' and ${WENT_BACK('d.set_at', '$2')}
returning d.id`,
)

/**
 * Claims due deliveries of a webhook, of each line the first that waits. `$2` webhook, `$3` time, `$4` until when nobody
 * else takes them, `$5` how many. A process that dies leaves them to be claimed again after that time.
 */
export const CLAIM = statement(
  'webhook.claim',
  Type.Object({ id: text, event_type: text, body: text, revision: whole, attempts: whole, tries: whole }),
  `
with due as materialized (
  select d.id from webhook_deliveries d
  where d.tenant_id = $1 and d.webhook_id = $2 and d.state = 'waiting' and d.next_at <= $3::timestamptz and d.body is not null
    and exists (select 1 from webhooks w where w.tenant_id = $1 and w.id = $2 and w.enabled and not ${RESTS('$3')})
    and not exists (
      select 1 from webhook_deliveries earlier
      where earlier.tenant_id = $1 and earlier.webhook_id = $2 and earlier.line = d.line and earlier.state = 'waiting'
        and (earlier.position, earlier.nth) < (d.position, d.nth))
  order by d.next_at, d.position, d.nth
  limit $5
  for update of d skip locked
)
update webhook_deliveries d set next_at = $4, set_at = $3, attempts = d.attempts + 1, tries = d.tries + 1
from due where d.tenant_id = $1 and d.id = due.id
returning d.id, d.event_type, d.body, d.revision, d.attempts, d.tries`,
)

/**
 * Records an attempt and what becomes of the delivery, unless another attempt was claimed since. `$2` delivery, `$3` the
 * attempt's number, `$4` its time, `$5` new state, `$6` next time, `$7` when it ended, `$8` by what the webhook is disabled
 * or null, `$9` why, `$10` duration, `$11` URL, `$12` request headers, `$13` status, `$14` answer headers, `$15` answer
 * body, `$16` problem, `$17` the revision that was sent: what is said to a payload that was erased meanwhile is not kept;
 * `$18` until when the receiver wants to be left alone, or null. Answers how many of its line wait behind it, up to 1,000.
 */
export const RECORD_ATTEMPT = statement(
  'webhook.record',
  Type.Object({ recorded: Type.Boolean(), behind: whole }),
  `
with here as materialized (
  select d.id, d.revision from webhook_deliveries d where d.tenant_id = $1 and d.id = $2 for no key update
),
tried as (
  update webhook_deliveries d set state = $5::text, next_at = coalesce($6, d.next_at), set_at = $7::timestamptz,
    finished_at = case when $5::text <> 'waiting' then $7::timestamptz end
  from here h
  where d.tenant_id = $1 and d.id = h.id and d.attempts = $3 and d.state = 'waiting'
  returning d.webhook_id, d.line, d.position, d.nth
),
logged as (
  insert into webhook_attempts (tenant_id, delivery_id, number, at, duration_ms, url, request_headers, status, answer_headers,
    answer_body, problem)
  select $1, h.id, $3, $4, $10, $11, $12, $13, case when h.revision = $17 then $14::jsonb end,
    case when h.revision = $17 then $15 end, $16
  from here h
  on conflict do nothing
),
used as (
  update webhooks w set last_used_at = $4, enabled = w.enabled and $8::text is null,
    disabled_by = case when w.enabled and $8::text is not null then $8::text else w.disabled_by end,
    disabled_because = case when w.enabled and $8::text is not null then $9::text else w.disabled_because end,
    rests_until = coalesce($18::timestamptz, w.rests_until), rests_since = case when $18::timestamptz is null then w.rests_since else $7::timestamptz end
  where w.tenant_id = $1 and w.id = (select t.webhook_id from tried t)
)
select exists (select 1 from tried) as recorded, (
  select count(*)::integer from (
    select 1 from tried t join webhook_deliveries l
      on l.tenant_id = $1 and l.line = t.line and l.webhook_id = t.webhook_id and (l.position, l.nth) > (t.position, t.nth)
    where l.state = 'waiting' limit 1000) x) as behind`,
)

/** Characters of an answer that a list of deliveries shows. */
const FIRST_WORDS = 200

/** Select list of a delivery `d` of tenant `$1`, with how its last attempt ended, and what it waits for in its line. */
const DELIVERY_VIEW = `d.id, d.webhook_id, d.event_type, d.position, d.state, d.attempts, d.next_at, d.created_at, d.finished_at,
  (select json_build_object('status', a.status, 'problem', a.problem, 'answer', left(a.answer_body, ${FIRST_WORDS}))
    from webhook_attempts a where a.tenant_id = $1 and a.delivery_id = d.id order by a.number desc limit 1) as last,
  case when d.state = 'waiting' then (select e.id from webhook_deliveries e
    where e.tenant_id = $1 and e.line = d.line and e.webhook_id = d.webhook_id and e.state = 'waiting'
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

/** A webhook's deliveries, newest first. `$2` webhook, `$3` state or null, `$4` the id of the last one seen or null, `$5` how many. */
export const LIST_DELIVERIES = statement(
  'webhook.deliveries',
  DeliveryRow,
  `select ${DELIVERY_VIEW} from webhook_deliveries d
where d.tenant_id = $1 and d.webhook_id = $2 and coalesce($3::text is null or d.state = $3, false)
  and d.id < coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
order by d.id desc limit $5`,
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

/** One delivery with its payload, null while it is made again, and its attempts. `$2` webhook, `$3` delivery. */
export const FIND_DELIVERY = statement(
  'webhook.delivery',
  Type.Object({ ...DeliveryRow.properties, body: nullable(text), tried: Type.Array(AttemptRow) }),
  `select ${DELIVERY_VIEW}, d.body, (
  select coalesce(json_agg(json_build_object('number', a.number, 'at', a.at, 'duration_ms', a.duration_ms, 'url', a.url,
    'request_headers', a.request_headers, 'status', a.status, 'answer_headers', a.answer_headers, 'answer_body', a.answer_body,
    'problem', a.problem) order by a.number), '[]')
  from webhook_attempts a where a.tenant_id = $1 and a.delivery_id = d.id) as tried
from webhook_deliveries d where d.tenant_id = $1 and d.webhook_id = $2 and d.id = $3`,
)

/**
 * Sends deliveries again from the beginning of the schedule: `$2` the call with the webhook and one delivery, or null for
 * all dead ones. Without a row the key had been used.
 */
export const REPLAY = statement(
  'webhook.replay',
  Type.Object({ replayed: whole }),
  `
with input as materialized (
  select * from json_to_record($2::json) as i (webhook_id uuid, delivery_id uuid, ${CALL})
),
${CLAIMED},
again as (
  update webhook_deliveries d set state = 'waiting', tries = 0, next_at = a.at, set_at = a.at, finished_at = null
  from accepted a
  where d.tenant_id = $1 and d.webhook_id = a.webhook_id and d.state <> 'waiting' and d.body is distinct from ''
    and (d.id = a.delivery_id or (a.delivery_id is null and d.state = 'dead'))
  returning d.id
),
told as (select (select count(*) from again)::integer as replayed from accepted),
${keeping('told', "jsonb_build_object('replayed', f.replayed)")}
select t.replayed from told t`,
)

/**
 * Makes deliveries due that wait for their next attempt: `$2` the call with the webhook and one delivery, or null for all.
 * Those under way, of which the last attempt is not recorded, stay as they are. Without a row the key had been used.
 */
export const SEND_NOW = statement(
  'webhook.send_now',
  Type.Object({ due: whole }),
  `
with input as materialized (
  select * from json_to_record($2::json) as i (webhook_id uuid, delivery_id uuid, ${CALL})
),
${CLAIMED},
now_due as (
  update webhook_deliveries d set tries = 0, next_at = a.at, set_at = a.at
  from accepted a
  where d.tenant_id = $1 and d.webhook_id = a.webhook_id and d.state = 'waiting' and d.id = coalesce(a.delivery_id, d.id)
    and (d.attempts = 0 or exists (select 1 from webhook_attempts t
      where t.tenant_id = $1 and t.delivery_id = d.id and t.number = d.attempts))
  returning d.id
),
awake as (
  update webhooks w set rests_until = null from accepted a where w.tenant_id = $1 and w.id = a.webhook_id
),
told as (select (select count(*) from now_due)::integer as due from accepted),
${keeping('told', "jsonb_build_object('replayed', f.due)")}
select t.due from told t`,
)

/** Gives one delivery up that was not delivered: `$2` the call with the webhook and the delivery. Without a row as above. */
export const SKIP = statement(
  'webhook.skip',
  Type.Object({ skipped: whole }),
  `
with input as materialized (
  select * from json_to_record($2::json) as i (webhook_id uuid, delivery_id uuid, ${CALL})
),
${CLAIMED},
let_be as (
  update webhook_deliveries d set state = 'skipped', finished_at = a.at
  from accepted a
  where d.tenant_id = $1 and d.webhook_id = a.webhook_id and d.id = a.delivery_id and d.state in ('waiting', 'dead')
  returning d.id
),
told as (select (select count(*) from let_be)::integer as skipped from accepted),
${keeping('told', "jsonb_build_object('replayed', f.skipped)")}
select t.skipped from told t`,
)

/**
 * `$2`: delivered before then, `$3`: given up or skipped before then. What waits as long for a webhook that nobody enables again goes
 * too.
 */
export const PURGE_DELIVERIES = statement(
  'webhook.purge',
  IdRow,
  `
delete from webhook_deliveries d
where d.tenant_id = $1 and d.created_at < greatest($2::timestamptz, $3::timestamptz) and case d.state
  when 'delivered' then d.finished_at < $2::timestamptz
  when 'dead' then d.finished_at < $3::timestamptz
  when 'skipped' then d.finished_at < $3::timestamptz
  else d.created_at < $3::timestamptz
    and exists (select 1 from webhooks w where w.tenant_id = $1 and w.id = d.webhook_id and not w.enabled) end
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
