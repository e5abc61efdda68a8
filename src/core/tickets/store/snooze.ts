import { Type } from 'typebox'
import { Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { momentOf } from '../../events/moment.ts'

/** The tenants in which a snooze of a ticket that is there by itself has come to its end: few, and by an index that holds nothing but what is snoozed. */
export const TENANTS_DUE = statement(
  'ticket.tenants_to_wake',
  { takes: { now: Sql.timestamptz }, row: Type.Object({ tenant_id: Type.String() }) },
  'select distinct t.tenant_id from tickets t where t.snoozed_until <= :now::timestamptz and t.merged_into is null',
)

/** SQL of a time as events tell it. */
const TOLD = (time: string): string => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Ends snoozes of a tenant whose time has come: as many as there are ids of events. */
export const WAKE = statement(
  'ticket.wake',
  {
    takes: { tenant_id: Sql.uuid, now: Sql.timestamptz, event_ids: Sql.array(Sql.uuid), request_id: Sql.text },
    row: Type.Object({ id: Type.String() }),
  },
  `
with locked as materialized (
  select t.id, t.snoozed_until, t.updated_at, t.desk_id, t.requester_id, t.assignee_id from tickets t
  where t.tenant_id = :tenant_id and t.snoozed_until <= :now::timestamptz and t.merged_into is null
  order by t.id limit cardinality(:event_ids::uuid[])
  for no key update
),
due as materialized (
  select l.*, row_number() over (order by l.id) as nth from locked l
),
counted as (
  update tenant_counters c set event_position = c.event_position + (select count(*) from due), latest_at = ${momentOf(':now::timestamptz')}
  where c.tenant_id = :tenant_id and exists (select 1 from due)
  returning c.event_position - (select count(*) from due) as event_position, c.latest_at
),
woken as (
  update tickets t set snoozed_until = null, version = t.version + 1, updated_at = greatest(c.latest_at, t.updated_at),
    change_position = c.event_position + d.nth
  from due d, counted c
  where t.tenant_id = :tenant_id and t.id = d.id
  returning t.id
),
recorded as (
  insert into events (tenant_id, position, id, kind, ticket_id, dialect, request_id, at, before, after, desk_id, requester_id, assignee_id)
  select :tenant_id, c.event_position + d.nth, (:event_ids::uuid[])[d.nth], 'ticket.woken', d.id, 'system', :request_id,
    greatest(c.latest_at, d.updated_at), jsonb_build_object('snoozed_until', ${TOLD('d.snoozed_until')}),
    jsonb_build_object('snoozed_until', null, 'why', 'time'), d.desk_id, d.requester_id, d.assignee_id
  from due d, counted c
)
select w.id from woken w`,
)
