import { type Static, type TObject, Type } from 'typebox'
import { columnsOf, Sql, type SqlType, type ValuesOf } from '../../storage/sql.ts'
import { type BoundStatement, statement, type TypedStatement } from '../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import { type Keeping, RECORD_KINDS, RECORDS, type RecordKind, type RecordRow, shownPairs } from './records.ts'

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

/**
 * Locked before a desk is written: no other gets the same address meanwhile, and whoever waited sees what the others have.
 * Without it the counter would come after the desk.
 */
const LOCK_DESKS = statement(
  'desk.lock',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ desk_integer: Type.Integer() }) },
  'select c.desk_integer from tenant_counters c where c.tenant_id = :tenant_id for no key update',
)

/** What has to run before a record of a kind is written. */
export function lockOf(kind: RecordKind, tenantId: string): BoundStatement<unknown> | undefined {
  return kind === 'desk' ? LOCK_DESKS.with({ tenant_id: tenantId }) : undefined
}

/** SQL behind the input `i` that leaves it out where another desk has one of its addresses. */
const WITH_FREE_ADDRESSES = `where i.addresses is null or not exists (
    select 1 from desks o where o.tenant_id = :tenant_id and o.id <> i.id and o.addresses && i.addresses)`

/** A new record; what its kind has not is null. */
const ADDING = {
  id: Sql.uuid,
  name: Sql.text,
  offered_in: Sql.array(Sql.text),
  status: Sql.nullable(Sql.word(STATUSES)),
  priority: Sql.nullable(Sql.word(PRIORITIES)),
  kind: Sql.nullable(Sql.text),
  addresses: Sql.array(Sql.text),
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
with ${claimedCall(ADDING, kind === 'desk' ? WITH_FREE_ADDRESSES : '')},
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

/** What may be changed of records; null stays. */
const CHANGING = {
  name: Sql.nullable(Sql.text),
  active: Sql.nullable(Sql.boolean),
  offered_in: Sql.nullable(Sql.array(Sql.text)),
  addresses: Sql.nullable(Sql.array(Sql.text)),
}

const idOf = (kind: RecordKind): SqlType<string | number> => (RECORDS[kind].id.type === 'uuid' ? Sql.uuid : Sql.integer)

/**
 * Changes the name of a record, whether it may be chosen, and what else its kind lets change; what is null stays. What is so
 * already is no event. Without a row the key had been used, there is no such record, or another desk has an address of it.
 */
export const CHANGE_RECORD = forEachKind((kind) => {
  const { table, changed = [] }: Pick<Keeping, 'table' | 'changed'> = RECORDS[kind]
  const columns = ['name', 'active', ...changed]
  const each = (sql: (column: string) => string, between: string): string => columns.map(sql).join(between)
  const told = (value: (column: string) => string): string =>
    `jsonb_build_object('id', f.id) || ${each((column) => `case when f.${column} <> f.new_${column} then jsonb_build_object('${column}', ${value(column)}) else '{}' end`, ' || ')}`
  const changing = { id: idOf(kind), ...CHANGING, ...CALL }
  return statement(
    `${kind}.change`,
    { takes: { tenant_id: Sql.uuid, call: Sql.record(changing) }, row: answer(kind), announces: 'access' },
    `
with ${claimedCall(changing, kind === 'desk' ? WITH_FREE_ADDRESSES : '')},
found as materialized (
  select x.id, ${each((column) => `x.${column}, coalesce(a.${column}, x.${column}) as new_${column}`, ', ')}
  from accepted a join ${table} x on x.tenant_id = :tenant_id and x.id = a.id
  for no key update of x
),
changed as materialized (
  select f.id, ${told((column) => `f.${column}`)} as before, ${told((column) => `f.new_${column}`)} as after
  from found f where ${each((column) => `f.${column} <> f.new_${column}`, ' or ')}
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from changed)
  returning c.event_position
),
written as (
  update ${table} x set ${each((column) => `${column} = f.new_${column}`, ', ')} from found f where x.tenant_id = :tenant_id and x.id = f.id
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
