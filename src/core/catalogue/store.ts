import { type Static, type TObject, Type } from 'typebox'
import { columnsOf, Sql, type SqlType, type ValuesOf } from '../../storage/sql.ts'
import { statement, type TypedStatement } from '../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import { RECORD_KINDS, RECORDS, type RecordKind, type RecordRow, shownPairs } from './records.ts'

/** What a statement of a kind answers: the record as it is then. */
interface Written<K extends RecordKind> {
  readonly record: RecordRow<K>
}

type Statements<Values> = { readonly [K in RecordKind]: TypedStatement<Values, Written<K>> }

/** One statement for each kind of record. */
function forEachKind<Values>(make: (kind: RecordKind) => TypedStatement<Values, unknown>): Statements<Values> {
  // Each is declared with the row of its own kind.
  return Object.fromEntries(RECORD_KINDS.map((kind) => [kind, make(kind)])) as Statements<Values>
}

function answer(kind: RecordKind): TObject {
  return Type.Object({ record: RECORDS[kind].row })
}

const KEPT = "jsonb_build_object('record', f.record)"

/** Who administers a new desk: ids of memberships by user. */
const ADMINS = { id: Sql.uuid, user_id: Sql.uuid }

const OF_A_DESK = `counters as (insert into desk_counters (tenant_id, desk_id) select :tenant_id, m.id from made m),
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select :tenant_id, u.id, m.id, u.user_id, 'admin', a.at from made m, accepted a, json_to_recordset(a.admins) u (${columnsOf(ADMINS)})
),`

/** A new record; what its kind has not is null. */
const ADDING = {
  id: Sql.uuid,
  name: Sql.text,
  offered_in: Sql.array(Sql.text),
  status: Sql.nullable(Sql.word(STATUSES)),
  priority: Sql.nullable(Sql.word(PRIORITIES)),
  kind: Sql.nullable(Sql.text),
  admins: Sql.records(ADMINS),
  ...CALL,
}
export type Adding = Omit<ValuesOf<typeof ADDING>, keyof typeof CALL>

/**
 * Adds a record. Records are never deleted, so one more than the largest integer
 * was never another's; the tenant's counter row, locked first, keeps twins apart. Fails with a unique violation when a
 * twin was faster, and must run again. Without a row the key had been used.
 */
export const INSERT_RECORD = forEachKind((kind) => {
  const { table, id, given } = RECORDS[kind]
  const counter = id.type === 'uuid' ? id.counter : null
  const columns = ['id', ...(counter ? ['integer'] : []), 'name', ...Object.keys(given)]
  const next = `coalesce((select max(o.id) from ${table} o where o.tenant_id = :tenant_id), 0) + 1`
  const values = [...(counter ? ['a.id', 'c.integer'] : [next]), 'a.name', ...Object.values(given)]
  return statement(
    `${kind}.add`,
    { takes: { tenant_id: Sql.uuid, call: Sql.record(ADDING) }, row: answer(kind), announces: 'access' },
    `
with ${claimedCall(ADDING)},
counted as (
  update tenant_counters c set event_position = c.event_position + 1${counter ? `, ${counter} = c.${counter} + 1` : ''}
  where c.tenant_id = :tenant_id and exists (select 1 from accepted)
  returning c.event_position${counter ? `, c.${counter} as integer` : ''}
),
made as (
  insert into ${table} as x (tenant_id, ${columns.join(', ')})
  select :tenant_id, ${values.join(', ')} from accepted a, counted c
  returning x.id, x.name, json_build_object(${shownPairs(kind)}) as record
),
${kind === 'desk' ? OF_A_DESK : ''}
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, after)
  select :tenant_id, c.event_position, a.event_id, '${kind}.created', a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    jsonb_build_object('id', m.id, 'name', m.name)
  from made m, accepted a, counted c
),
${keeping('made', KEPT)}
select m.record from made m`,
  )
})

const idOf = (kind: RecordKind): SqlType<string | number> => (RECORDS[kind].id.type === 'uuid' ? Sql.uuid : Sql.integer)

/**
 * Changes the name of a record, or whether it may be chosen; what is null stays. What is so
 * already is no event. Without a row the key had been used, or there is no such record.
 */
export const CHANGE_RECORD = forEachKind((kind) => {
  const { table } = RECORDS[kind]
  const changing = { id: idOf(kind), name: Sql.nullable(Sql.text), active: Sql.nullable(Sql.boolean), ...CALL }
  return statement(
    `${kind}.change`,
    { takes: { tenant_id: Sql.uuid, call: Sql.record(changing) }, row: answer(kind), announces: 'access' },
    `
with ${claimedCall(changing)},
found as materialized (
  select x.id, x.name, x.active, coalesce(a.name, x.name) as new_name, coalesce(a.active, x.active) as new_active
  from accepted a join ${table} x on x.tenant_id = :tenant_id and x.id = a.id
  for no key update of x
),
changed as materialized (
  select f.id,
    jsonb_build_object('id', f.id) || case when f.name <> f.new_name then jsonb_build_object('name', f.name) else '{}' end
      || case when f.active <> f.new_active then jsonb_build_object('active', f.active) else '{}' end as before,
    jsonb_build_object('id', f.id) || case when f.name <> f.new_name then jsonb_build_object('name', f.new_name) else '{}' end
      || case when f.active <> f.new_active then jsonb_build_object('active', f.new_active) else '{}' end as after
  from found f where f.name <> f.new_name or f.active <> f.new_active
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from changed)
  returning c.event_position
),
written as (
  update ${table} x set name = f.new_name, active = f.new_active from found f where x.tenant_id = :tenant_id and x.id = f.id
  returning json_build_object(${shownPairs(kind)}) as record
),
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position, a.event_id, '${kind}.changed', a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    g.before, g.after
  from changed g, accepted a, counted c
),
${keeping('written', KEPT)}
select w.record from written w`,
  )
})

/** What a call on a record keeps: the record as it was then; a form that was added by an older version. */
const RecordKept = Type.Object({ record: Type.Optional(Type.Unknown()), form: Type.Optional(Type.Unknown()) })
export type RecordKept = Static<typeof RecordKept>
export const RECORD_KEPT = kept('catalogue.kept', RecordKept)
