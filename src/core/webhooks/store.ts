import { type Static, type TSchema, Type } from 'typebox'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { instant, instantOrNull } from '../instant.ts'
import { EVENT_VIEW, EventRow, type MessageRow, type TicketRow } from '../tickets/rows.ts'
import { FIND_BY_ID, MESSAGES_BY_ID } from '../tickets/store/find.ts'
import { type Attempt, DELIVERY_STATES, type Delivery, type Webhook } from './webhook.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const whole = Type.Integer()
const bytes = Type.Unsafe<Buffer>({})
const headers = Type.Unsafe<Readonly<Record<string, string>>>({})
const IdRow = Type.Object({ id: text })

// --- webhooks ---------------------------------------------------------------------------------------------------------

const WEBHOOK_VIEW =
  'w.id, w.dialect, w.desk_id, w.url, w.description, w.events, w.enabled, w.disabled_by, w.created_at, w.updated_at, w.last_used_at'

export const WebhookRow = Type.Object({
  id: text,
  dialect: text,
  desk_id: nullable(text),
  url: text,
  description: text,
  events: Type.Array(text),
  enabled: Type.Boolean(),
  disabled_by: nullable(Type.Enum(['hand', 'failures'] as const)),
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
    disabled_by = case when a.enabled is null then w.disabled_by when a.enabled then null else 'hand' end, updated_at = a.at
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

/** The events after a tenant's stored position, with that position. `$2` how many. */
export const NEXT_EVENTS = statement(
  'webhook.next_events',
  Type.Object({ ...EventRow.properties, from_position: whole, subject_id: nullable(text) }),
  `select ${EVENT_VIEW}, e.subject_id, p.position as from_position
from webhook_positions p join events e on e.tenant_id = $1 and e.position > p.position
where p.tenant_id = $1 order by e.position limit $2`,
)

/** Whom events are for: enabled webhooks, and those that failures disabled. */
export const OPEN_WEBHOOKS = statement(
  'webhook.open',
  Type.Object({ id: text, dialect: text, desk_id: nullable(text), events: Type.Array(text), since: whole }),
  `select w.id, w.dialect, w.desk_id, w.events, w.since from webhooks w
where w.tenant_id = $1 and (w.enabled or w.disabled_by = 'failures') order by w.id`,
)

/** Tickets by UUID, in nobody's sight: a webhook sees what it is subscribed to. */
export function ticketsByIds(tenantId: string, ids: readonly string[]): BoundStatement<TicketRow> {
  return FIND_BY_ID.statement(tenantId, ids)
}

/** Messages by UUID, likewise. */
export function messagesByIds(tenantId: string, ids: readonly string[]): BoundStatement<MessageRow> {
  return { statement: MESSAGES_BY_ID, values: [tenantId, ids] }
}

/**
 * Moves a tenant's position and adds the deliveries of the events in between, if no other process did so before. `$2`
 * from, `$3` to, `$4` deliveries as JSON, `$5` tickets that were deleted: what is kept for them is erased, but not the
 * news of it; `$6` time; `$7` tickets of which messages were deleted, `$8` these messages: likewise; `$9` people who were
 * erased: likewise, with their tickets, words and addresses.
 */
export const ADVANCE = statement(
  'webhook.advance',
  Type.Object({ position: whole }),
  `
with moved as (
  update webhook_positions p set position = $3 where p.tenant_id = $1 and p.position = $2::bigint returning p.position
),
spoken as materialized (
  select m.id, m.ticket_id, m.integer from messages m
  where m.tenant_id = $1 and m.author_id = any ($9::uuid[]) and m.author_role = 'requester'
),
silenced as materialized (
  select s.id, s.ticket_id from spoken s
  union all
  -- Where an address of theirs was, their id is in place of its key.
  select m.id, m.ticket_id from messages m
  where m.tenant_id = $1 and m.address_keys && $9::uuid[]::text[]
),
erased as (
  delete from webhook_deliveries d using moved where d.tenant_id = $1 and (d.line = any ($5::uuid[])
    or d.line = any ($7::uuid[]) and d.position = any (array(select e.position from events e
      where e.tenant_id = $1 and e.ticket_id = any ($7::uuid[]) and e.message_id = any ($8::uuid[]) and e.kind <> 'message.deleted'))
    or d.line = any ($9::uuid[])
    or d.line = any (array(
      select t.id from tickets t where t.tenant_id = $1 and t.requester_id = any ($9::uuid[])
      union all
      -- Every payload of a ticket shows how its conversation began.
      select s.ticket_id from spoken s where not exists (select 1 from messages m
        where m.tenant_id = $1 and m.ticket_id = s.ticket_id and m.integer < s.integer and m.visibility = 'public')))
    or d.line = any (array(select s.ticket_id from silenced s)) and d.position = any (array(select e.position from events e
      where e.tenant_id = $1 and e.ticket_id = any (array(select s.ticket_id from silenced s))
        and e.message_id = any (array(select s.id from silenced s)))))
),
made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, line, position, nth, event_type, body, state, next_at, created_at)
  select $1, i.id, w.id, i.line, i.position, i.nth, i.event_type, i.body, 'waiting', $6, $6
  from json_to_recordset($4::json) i (id uuid, webhook_id uuid, line uuid, position bigint, nth integer, event_type text, body text)
  join webhooks w on w.tenant_id = $1 and w.id = i.webhook_id, moved
)
select m.position from moved m`,
)

// --- deliveries -------------------------------------------------------------------------------------------------------

/** Which webhooks have something to send by now (`$2`), and when the next waiting delivery becomes due. */
export const DUE = statement(
  'webhook.due',
  Type.Object({ webhook_ids: Type.Array(text), next_at: nullable(text) }),
  `
select array(
    select w.id from webhooks w where w.tenant_id = $1 and w.enabled and exists (
      select 1 from webhook_deliveries d
      where d.tenant_id = $1 and d.webhook_id = w.id and d.state = 'waiting' and d.next_at <= $2::timestamptz)
    order by w.id) as webhook_ids,
  (select min(soonest.next_at) from webhooks w, lateral (
      select d.next_at from webhook_deliveries d
      where d.tenant_id = $1 and d.webhook_id = w.id and d.state = 'waiting' and d.next_at > $2::timestamptz
      order by d.next_at limit 1) soonest
    where w.tenant_id = $1 and w.enabled) as next_at`,
)

/**
 * Claims due deliveries of a webhook, of each line the first that waits. `$2` webhook, `$3` time, `$4` until when nobody
 * else takes them, `$5` how many. A process that dies leaves them to be claimed again after that time.
 */
export const CLAIM = statement(
  'webhook.claim',
  Type.Object({ id: text, event_type: text, body: text, attempts: whole, tries: whole }),
  `
with due as materialized (
  select d.id from webhook_deliveries d
  where d.tenant_id = $1 and d.webhook_id = $2 and d.state = 'waiting' and d.next_at <= $3::timestamptz
    and exists (select 1 from webhooks w where w.tenant_id = $1 and w.id = $2 and w.enabled)
    and not exists (
      select 1 from webhook_deliveries earlier
      where earlier.tenant_id = $1 and earlier.webhook_id = $2 and earlier.line = d.line and earlier.state = 'waiting'
        and (earlier.position, earlier.nth) < (d.position, d.nth))
  order by d.next_at, d.position, d.nth
  limit $5
  for update of d skip locked
)
update webhook_deliveries d set next_at = $4, attempts = d.attempts + 1, tries = d.tries + 1
from due where d.tenant_id = $1 and d.id = due.id
returning d.id, d.event_type, d.body, d.attempts, d.tries`,
)

/**
 * Records an attempt and what becomes of the delivery, unless another attempt was claimed since. `$2` delivery, `$3` the
 * attempt's number, `$4` its time, `$5` new state, `$6` next time, `$7` end, `$8` whether the webhook is disabled, `$9`
 * duration, `$10` URL, `$11` request headers, `$12` status, `$13` answer headers, `$14` answer body, `$15` problem.
 */
export const RECORD_ATTEMPT = statement(
  'webhook.record',
  Type.Object({ recorded: Type.Boolean() }),
  `
with tried as (
  update webhook_deliveries d set state = $5, next_at = coalesce($6, d.next_at), finished_at = $7
  where d.tenant_id = $1 and d.id = $2 and d.attempts = $3 and d.state = 'waiting'
  returning d.webhook_id
),
logged as (
  insert into webhook_attempts (tenant_id, delivery_id, number, at, duration_ms, url, request_headers, status, answer_headers,
    answer_body, problem)
  select $1, d.id, $3, $4, $9, $10, $11, $12, $13, $14, $15 from webhook_deliveries d where d.tenant_id = $1 and d.id = $2
  on conflict do nothing
),
used as (
  update webhooks w set last_used_at = $4, enabled = w.enabled and not $8::boolean,
    disabled_by = case when w.enabled and $8::boolean then 'failures' else w.disabled_by end
  where w.tenant_id = $1 and w.id = (select t.webhook_id from tried t)
)
select exists (select 1 from tried) as recorded`,
)

const DELIVERY_VIEW =
  'd.id, d.webhook_id, d.event_type, d.position, d.state, d.attempts, d.next_at, d.created_at, d.finished_at'

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

/** One delivery with its payload and its attempts. `$2` webhook, `$3` delivery. */
export const FIND_DELIVERY = statement(
  'webhook.delivery',
  Type.Object({ ...DeliveryRow.properties, body: text, tried: Type.Array(AttemptRow) }),
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
  update webhook_deliveries d set state = 'waiting', tries = 0, next_at = a.at, finished_at = null
  from accepted a
  where d.tenant_id = $1 and d.webhook_id = a.webhook_id and d.state <> 'waiting'
    and (d.id = a.delivery_id or (a.delivery_id is null and d.state = 'dead'))
  returning d.id
),
told as (select (select count(*) from again)::integer as replayed from accepted),
${keeping('told', "jsonb_build_object('replayed', f.replayed)")}
select t.replayed from told t`,
)

/**
 * `$2`: delivered before then, `$3`: given up before then. What waits as long for a webhook that nobody enables again goes
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
  else d.created_at < $3::timestamptz
    and exists (select 1 from webhooks w where w.tenant_id = $1 and w.id = d.webhook_id and not w.enabled) end
returning d.id`,
)
