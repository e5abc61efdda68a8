import { Type } from 'typebox'
import { statement } from '../../storage/statement.ts'

/**
 * Adds a form: `$2` name, `$3` actor, `$4` credential, `$5` dialect, `$6` request, `$7` time, `$8` id of the event. Forms
 * are never deleted, so one more than the largest id was never another's; the tenant's counter row, locked first, keeps
 * twins apart. Fails with a unique violation when a twin was faster, and must run again.
 */
export const INSERT_FORM = statement(
  'form.insert',
  Type.Object({ id: Type.Integer(), name: Type.String(), active: Type.Boolean() }),
  `
with counted as (
  update tenant_counters c set event_position = c.event_position + 1 where c.tenant_id = $1 returning c.event_position
),
made as (
  insert into forms as f (tenant_id, id, name)
  select $1, coalesce((select max(o.id) from forms o where o.tenant_id = $1), 0) + 1, $2 from counted
  returning f.id, f.name, f.active
),
recorded as (
  insert into events (tenant_id, position, id, kind, actor_id, credential_id, dialect, request_id, at, after)
  select $1, c.event_position, $8, 'form.created', $3, $4, $5, $6, $7, jsonb_build_object('id', m.id, 'name', m.name)
  from made m, counted c
)
select m.id, m.name, m.active from made m`,
)
