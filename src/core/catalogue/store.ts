import { type Static, Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'

export const FormRow = Type.Object({ id: Type.Integer(), name: Type.String(), active: Type.Boolean() })
export type FormRow = Static<typeof FormRow>

/**
 * Adds a form: `$2` the call with its name. Forms are never deleted, so one more than the largest id was never
 * another's; the tenant's counter row, locked first, keeps twins apart. Fails with a unique violation when a twin was
 * faster, and must run again. Without a row the key had been used.
 */
export const INSERT_FORM = statement(
  'form.insert',
  FormRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (name text, ${CALL})
),
${CLAIMED},
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = $1 and exists (select 1 from accepted)
  returning c.event_position
),
made as (
  insert into forms as f (tenant_id, id, name)
  select $1, coalesce((select max(o.id) from forms o where o.tenant_id = $1), 0) + 1, a.name from accepted a, counted
  returning f.id, f.name, f.active
),
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, after)
  select $1, c.event_position, a.event_id, 'form.created', a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    jsonb_build_object('id', m.id, 'name', m.name)
  from made m, accepted a, counted c
),
${keeping('made', "jsonb_build_object('form', to_jsonb(f))")}
select m.id, m.name, m.active from made m`,
)
