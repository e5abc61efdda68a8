import { type Static, Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'

const IdRow = Type.Object({ tenant_id: Type.String() })

/** `$2` name, `$3` time. */
export const INSERT_TENANT = statement(
  'tenant.insert',
  IdRow,
  `
with made as (insert into tenants (tenant_id, name, created_at) values ($1, $2, $3) returning tenant_id)
insert into tenant_counters (tenant_id) select m.tenant_id from made m returning tenant_id`,
)

/** The catalogue as JSON lists: `$2` topics, `$3` types, `$4` status labels, `$5` priority labels, `$6` channels. */
export const INSERT_CATALOGUE = statement(
  'catalogue.insert',
  IdRow,
  `
with
t as (insert into topics (tenant_id, id, name, offered_in, word)
  select $1, x.id, x.name, x.offered_in, x.word from json_to_recordset($2::json) x (id integer, name text, offered_in text[], word text)),
y as (insert into types (tenant_id, id, name) select $1, x.id, x.name from json_to_recordset($3::json) x (id integer, name text)),
s as (insert into status_labels (tenant_id, id, name, status)
  select $1, x.id, x.name, x.status from json_to_recordset($4::json) x (id integer, name text, status text)),
p as (insert into priority_labels (tenant_id, id, name, priority)
  select $1, x.id, x.name, x.priority from json_to_recordset($5::json) x (id integer, name text, priority text)),
c as (insert into channels (tenant_id, id, kind, name, icon)
  select $1, x.id, x.kind, x.name, x.icon from json_to_recordset($6::json) x (id integer, kind text, name text, icon text))
select $1::uuid as tenant_id`,
)

/** `$2` id, `$3` name, `$4` whether it is the default desk, `$5` time, `$6` admins' membership ids by user id as JSON. */
export const INSERT_DESK = statement(
  'desk.insert',
  Type.Object({ id: Type.String(), integer: Type.Integer() }),
  `
with counted as (
  update tenant_counters c set desk_integer = c.desk_integer + 1 where c.tenant_id = $1 returning c.desk_integer
),
made as (
  insert into desks as d (tenant_id, id, integer, name, is_default, created_at)
  select $1, $2, c.desk_integer, $3, $4, $5 from counted c returning d.id, d.integer
),
counters as (insert into desk_counters (tenant_id, desk_id) select $1, m.id from made m),
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select $1, x.id, m.id, x.user_id, 'admin', $5 from made m, json_to_recordset($6::json) x (id uuid, user_id uuid)
)
select m.id, m.integer from made m`,
)

/** `$2` id, `$3` name, `$4` time. */
export const INSERT_GROUP = statement(
  'group.insert',
  Type.Object({ id: Type.String(), integer: Type.Integer() }),
  `
with counted as (
  update tenant_counters c set group_integer = c.group_integer + 1 where c.tenant_id = $1 returning c.group_integer
)
insert into groups as g (tenant_id, id, integer, name, created_at)
select $1, $2, c.group_integer, $3, $4 from counted c returning g.id, g.integer`,
)

export const NamedTenant = Type.Object({ id: Type.String(), name: Type.String() })

/** `$2` the call with the new name. What is so already is no event. Without a row the key had been used. */
export const RENAME_TENANT = statement(
  'tenant.rename',
  NamedTenant,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (name text, ${CALL})
),
${CLAIMED},
found as materialized (
  select t.name, a.name as new_name from accepted a join tenants t on t.tenant_id = $1 for no key update of t
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = $1 and exists (select 1 from found f where f.name <> f.new_name)
  returning c.event_position
),
written as (
  update tenants t set name = f.new_name from found f where t.tenant_id = $1 returning t.tenant_id as id, t.name
),
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, before, after)
  select $1, c.event_position, a.event_id, 'tenant.changed', a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    jsonb_build_object('name', f.name), jsonb_build_object('name', f.new_name)
  from found f, accepted a, counted c
),
${keeping('written', "jsonb_build_object('record', to_jsonb(f))")}
select w.id, w.name from written w`,
)

/** `$2` since when nobody of the tenant gets in; null to let them in again. */
export const RETIRE_TENANT = statement(
  'tenant.retire',
  IdRow,
  'update tenants t set retired_at = $2 where t.tenant_id = $1 returning t.tenant_id',
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
  TenantListed,
  'select t.tenant_id, t.name, t.retired_at from tenants t order by t.created_at, t.tenant_id',
)

/** Held to the end of a first start, so that two processes on one empty store make one demo tenant. */
export const LOCK_FIRST_START = statement(
  'tenant.lock_first_start',
  Type.Object({ locked: Type.Unknown() }),
  'select pg_advisory_xact_lock(7265019002) as locked',
)

/** What a renaming keeps: the tenant as it was then. */
export const TENANT_KEPT = kept('tenant.kept', Type.Object({ record: Type.Optional(Type.Unknown()) }))
