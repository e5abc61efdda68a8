import { type Static, Type } from 'typebox'
import { columnsOf, Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { PRIORITIES, SEARCH_LANGUAGES, STATUSES } from '../words.ts'

const IdRow = Type.Object({ tenant_id: Type.String() })

export const INSERT_TENANT = statement(
  'tenant.insert',
  { takes: { tenant_id: Sql.uuid, name: Sql.text, now: Sql.timestamptz }, row: IdRow },
  `
with made as (insert into tenants (tenant_id, name, created_at) values (:tenant_id, :name, :now) returning tenant_id)
insert into tenant_counters (tenant_id) select m.tenant_id from made m returning tenant_id`,
)

const NAMED = { id: Sql.integer, name: Sql.text }
/** The records that a tenant begins with, by kind. */
const BEGUN = {
  topics: { ...NAMED, offered_in: Sql.array(Sql.text), word: Sql.nullable(Sql.text) },
  types: NAMED,
  status_labels: { ...NAMED, status: Sql.word(STATUSES) },
  priority_labels: { ...NAMED, priority: Sql.word(PRIORITIES) },
  channels: { id: Sql.integer, kind: Sql.text, name: Sql.text, icon: Sql.text },
}

export const INSERT_CATALOGUE = statement(
  'catalogue.insert',
  {
    takes: {
      tenant_id: Sql.uuid,
      topics: Sql.records(BEGUN.topics),
      types: Sql.records(BEGUN.types),
      status_labels: Sql.records(BEGUN.status_labels),
      priority_labels: Sql.records(BEGUN.priority_labels),
      channels: Sql.records(BEGUN.channels),
    },
    row: IdRow,
    announces: 'access',
  },
  `
with
t as (insert into topics (tenant_id, id, name, offered_in, word)
  select :tenant_id, x.id, x.name, x.offered_in, x.word from json_to_recordset(:topics::json) x (${columnsOf(BEGUN.topics)})),
y as (insert into types (tenant_id, id, name) select :tenant_id, x.id, x.name from json_to_recordset(:types::json) x (${columnsOf(BEGUN.types)})),
s as (insert into status_labels (tenant_id, id, name, status)
  select :tenant_id, x.id, x.name, x.status from json_to_recordset(:status_labels::json) x (${columnsOf(BEGUN.status_labels)})),
p as (insert into priority_labels (tenant_id, id, name, priority)
  select :tenant_id, x.id, x.name, x.priority from json_to_recordset(:priority_labels::json) x (${columnsOf(BEGUN.priority_labels)})),
c as (insert into channels (tenant_id, id, kind, name, icon)
  select :tenant_id, x.id, x.kind, x.name, x.icon from json_to_recordset(:channels::json) x (${columnsOf(BEGUN.channels)}))
select :tenant_id::uuid as tenant_id`,
)

/** Whose memberships make them admins of a new desk. */
const ADMINS = { id: Sql.uuid, user_id: Sql.uuid }

export const INSERT_DESK = statement(
  'desk.insert',
  {
    takes: {
      tenant_id: Sql.uuid,
      id: Sql.uuid,
      name: Sql.text,
      is_default: Sql.boolean,
      now: Sql.timestamptz,
      admins: Sql.records(ADMINS),
    },
    row: Type.Object({ id: Type.String(), integer: Type.Integer() }),
    announces: 'access',
  },
  `
with counted as (
  update tenant_counters c set desk_integer = c.desk_integer + 1 where c.tenant_id = :tenant_id returning c.desk_integer
),
made as (
  insert into desks as d (tenant_id, id, integer, name, is_default, created_at)
  select :tenant_id, :id, c.desk_integer, :name, :is_default, :now from counted c returning d.id, d.integer
),
counters as (insert into desk_counters (tenant_id, desk_id) select :tenant_id, m.id from made m),
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select :tenant_id, x.id, m.id, x.user_id, 'admin', :now from made m, json_to_recordset(:admins::json) x (${columnsOf(ADMINS)})
)
select m.id, m.integer from made m`,
)

export const INSERT_GROUP = statement(
  'group.insert',
  {
    takes: { tenant_id: Sql.uuid, id: Sql.uuid, name: Sql.text, now: Sql.timestamptz },
    row: Type.Object({ id: Type.String(), integer: Type.Integer() }),
    announces: 'access',
  },
  `
with counted as (
  update tenant_counters c set group_integer = c.group_integer + 1 where c.tenant_id = :tenant_id returning c.group_integer
)
insert into groups as g (tenant_id, id, integer, name, created_at)
select :tenant_id, :id, c.group_integer, :name, :now from counted c returning g.id, g.integer`,
)

/** A tenant's own settings. What was kept of a call by an earlier version has no language. */
export const TenantSettings = Type.Object({
  id: Type.String(),
  name: Type.String(),
  search_language: Type.Optional(Type.Union([Type.Enum(SEARCH_LANGUAGES), Type.Null()])),
})

const CHANGING = {
  name: Sql.nullable(Sql.text),
  /** Whether there is another language, which may be none. */
  sets_language: Sql.boolean,
  search_language: Sql.nullable(Sql.text),
  ...CALL,
}

const told = (of: 'before' | 'after') => {
  const value = (column: string) => `f.${of === 'after' ? 'new_' : ''}${column}`
  const each = ['name', 'search_language'].map(
    (column) =>
      `case when f.${column} is distinct from f.new_${column} then jsonb_build_object('${column}', ${value(column)}) else '{}' end`,
  )
  return each.join(' || ')
}

/** What is null stays, what is so already is no event. Without a row the key had been used. */
export const CHANGE_TENANT = statement(
  'tenant.change',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CHANGING) }, row: TenantSettings, announces: 'access' },
  `
with ${claimedCall(CHANGING)},
found as materialized (
  select t.name, coalesce(a.name, t.name) as new_name, t.search_language,
    case when a.sets_language then a.search_language else t.search_language end as new_search_language
  from accepted a join tenants t on t.tenant_id = :tenant_id for no key update of t
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id
    and exists (select 1 from found f where f.name <> f.new_name or f.search_language is distinct from f.new_search_language)
  returning c.event_position
),
written as (
  update tenants t set name = f.new_name, search_language = f.new_search_language
  from found f where t.tenant_id = :tenant_id returning t.tenant_id as id, t.name, t.search_language
),
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position, a.event_id, 'tenant.changed', a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    ${told('before')}, ${told('after')}
  from found f, accepted a, counted c
),
${keeping('written', "jsonb_build_object('record', to_jsonb(f))")}
select w.id, w.name, w.search_language from written w`,
)

/** Since when nobody of the tenant gets in; null to let them in again. */
export const RETIRE_TENANT = statement(
  'tenant.retire',
  { takes: { tenant_id: Sql.uuid, since: Sql.nullable(Sql.timestamptz) }, row: IdRow, announces: 'access' },
  'update tenants t set retired_at = :since where t.tenant_id = :tenant_id returning t.tenant_id',
)

const TenantListed = Type.Object({
  tenant_id: Type.String(),
  name: Type.String(),
  retired_at: Type.Union([Type.String(), Type.Null()]),
})
export type TenantListed = Static<typeof TenantListed>

/** Every tenant, for the command line and for jobs. One of the exemptions: it is the list of tenants itself. */
export const LIST_TENANTS = statement(
  'tenant.list',
  { takes: {}, row: TenantListed },
  'select t.tenant_id, t.name, t.retired_at from tenants t order by t.created_at, t.tenant_id',
)

/** Held to the end of a first start, so that two processes on one empty store make one demo tenant. */
export const LOCK_FIRST_START = statement(
  'tenant.lock_first_start',
  { takes: {}, row: Type.Object({ locked: Type.Unknown() }) },
  'select pg_advisory_xact_lock(7265019002) as locked',
)

/** What a change keeps: the tenant's settings as they were then. */
export const TENANT_KEPT = kept('tenant.kept', Type.Object({ record: Type.Optional(Type.Unknown()) }))
