import { type Static, Type } from 'typebox'
import { Sql, type ValuesOf } from '../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../../idempotency/claimed.ts'
import { type Choice, FIELD_PAIRS, FIELD_TYPES, FieldRow, REQUIREMENTS } from '../field.ts'

const { uuid, integer, text, boolean, nullable, word } = Sql

const KEPT = "jsonb_build_object('record', f.record)"

/** What an event tells of a field. */
const TOLD = Sql.jsonb<Readonly<Record<string, unknown>>>()

const FieldOf = Type.Object({ record: FieldRow })

/** What may change of a field. */
const CHANGEABLE = {
  label: text,
  description: text,
  choices: Sql.jsonb<readonly Choice[]>(),
  required: nullable(word(REQUIREMENTS)),
}

const ADDING = { field_key: text, type: word(FIELD_TYPES), ...CHANGEABLE, after: TOLD, ...CALL }
export type AddingField = Omit<ValuesOf<typeof ADDING>, keyof typeof CALL>

/**
 * Adds a field. Fails with a unique violation when a twin was faster, and must run again. Without a row the key of the
 * field is taken, or that of the call had been used.
 */
export const INSERT_FIELD = statement(
  'field.add',
  { takes: { tenant_id: uuid, call: Sql.record(ADDING) }, row: FieldOf, announces: 'access' },
  `
with ${claimedCall(ADDING, 'where not exists (select 1 from fields x where x.tenant_id = :tenant_id and x.key = i.field_key)')},
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from accepted)
  returning c.event_position
),
made as (
  insert into fields as x (tenant_id, id, key, type, label, description, choices, required)
  select :tenant_id, coalesce((select max(o.id) from fields o where o.tenant_id = :tenant_id), 0) + 1, a.field_key, a.type,
    a.label, a.description, a.choices, a.required
  from accepted a, counted c
  returning x.id, json_build_object(${FIELD_PAIRS}) as record
),
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, after)
  select :tenant_id, c.event_position, a.event_id, 'field.created', a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    jsonb_build_object('id', m.id) || a.after
  from made m, accepted a, counted c
),
${keeping('made', KEPT)}
select m.record from made m`,
)

/** A field as it is now, and not as a snapshot of the tenant has it. */
export const FIND_FIELD = statement(
  'field.find',
  { takes: { tenant_id: uuid, id: integer }, row: FieldOf },
  `select json_build_object(${FIELD_PAIRS}) as record from fields x where x.tenant_id = :tenant_id and x.id = :id`,
)

const LOCK_FIELD = statement(
  'field.lock',
  { takes: { tenant_id: uuid, id: integer }, row: Type.Object({ id: Type.Integer() }) },
  'select x.id from fields x where x.tenant_id = :tenant_id and x.id = :id for no key update',
)

const CHANGING = {
  id: integer,
  /** The version on which it was decided. */
  seen: integer,
  ...CHANGEABLE,
  active: boolean,
  /** What the event tells; null where nothing changes. */
  before: nullable(TOLD),
  after: nullable(TOLD),
  ...CALL,
}

const CHANGE_FIELD = statement(
  'field.change',
  { takes: { tenant_id: uuid, call: Sql.record(CHANGING) }, row: FieldOf, announces: 'access' },
  `
with ${claimedCall(CHANGING, 'join fields x on x.tenant_id = :tenant_id and x.id = i.id and x.version = i.seen')},
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from accepted a where a.after is not null)
  returning c.event_position
),
written as (
  update fields x
  set version = x.version + (a.after is not null)::integer, label = a.label, description = a.description, choices = a.choices,
    required = a.required, active = a.active
  from accepted a where x.tenant_id = :tenant_id and x.id = a.id
  returning json_build_object(${FIELD_PAIRS}) as record
),
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position, a.event_id, 'field.changed', a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    a.before, a.after
  from accepted a, counted c
),
${keeping('written', KEPT)}
select w.record from written w`,
)

/**
 * The change of a field, into what all of it becomes. Without a row somebody else changed it since it was seen, or the key of
 * the call had been used.
 */
export function changeOfField(
  tenantId: string,
  call: ValuesOf<typeof CHANGING>,
): BoundStatement<Static<typeof FieldOf>> {
  return CHANGE_FIELD.with({ tenant_id: tenantId, call }, LOCK_FIELD.with({ tenant_id: tenantId, id: call.id }))
}
