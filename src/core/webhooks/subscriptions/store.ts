import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../../idempotency/claimed.ts'
import { kept } from '../../idempotency/store.ts'
import { instant, instantOrNull } from '../../instant.ts'
import { DISABLED_BY, type Webhook } from '../webhook.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const whole = Type.Integer()
const bytes = Type.Unsafe<Buffer>({})
const IdRow = Type.Object({ id: text })

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
