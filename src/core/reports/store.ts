import { type Static, Type } from 'typebox'
import { StoreFull } from '../../storage/failures.ts'
import { columnsOf, Sql, type ValuesOf } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { STATUSES } from '../words.ts'
import { METRICS } from './report.ts'

const { uuid, text, integer, bigint, timestamptz, array, nullable, word } = Sql

const orNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()])

/** Up to where a tenant is counted, and how far its log goes. */
const PlaceRow = Type.Object({
  rules: orNull(Type.Integer()),
  generation: orNull(Type.Integer()),
  position: orNull(Type.Integer()),
  walked: orNull(Type.Integer()),
  head: Type.Integer(),
})
export type PlaceRow = Static<typeof PlaceRow>

export const FIND_PLACE = statement(
  'report.place',
  { takes: { tenant_id: uuid }, row: PlaceRow },
  `select p.rules, p.generation, p.position, p.walked, c.event_position as head
from tenant_counters c left join report_positions p on p.tenant_id = :tenant_id where c.tenant_id = :tenant_id`,
)

/** Begins to count a tenant anew, from its first ticket on, unless it is counted by these rules already. */
export const BEGIN_COUNT = statement(
  'report.begin',
  { takes: { tenant_id: uuid, rules: integer }, row: Type.Object({ generation: Type.Integer() }) },
  `insert into report_positions as p (tenant_id, rules, generation, position, walked, stale)
select :tenant_id, :rules, 1, c.event_position, 0, false from tenant_counters c where c.tenant_id = :tenant_id
on conflict (tenant_id) do update
set rules = excluded.rules, generation = p.generation + 1, position = excluded.position, walked = 0, stale = true
where p.rules <> excluded.rules
returning p.generation`,
)

/** Has a tenant counted anew, whatever it was counted by. */
export const FORGET_COUNT = statement(
  'report.forget',
  { takes: { tenant_id: uuid }, row: Type.Object({ generation: Type.Integer() }) },
  'update report_positions p set rules = 0 where p.tenant_id = :tenant_id returning p.generation',
)

/** The tenants in which something is not counted. It finds them, so it names none. */
export const TENANTS_BEHIND = statement(
  'report.tenants',
  { takes: { rules: integer }, row: Type.Object({ tenant_id: Type.String() }) },
  `select c.tenant_id from tenant_counters c left join report_positions p on p.tenant_id = c.tenant_id
where p.tenant_id is null or p.rules <> :rules::integer or p.position < c.event_position or p.walked is not null or p.stale`,
)

/** The next events, each with its ticket. */
export const NEXT_TOUCHED = statement(
  'report.touched',
  {
    takes: { tenant_id: uuid, after: bigint, limit: bigint },
    row: Type.Object({ position: Type.Integer(), ticket_id: orNull(Type.String()) }),
  },
  `select e.position, e.ticket_id from events e
where e.tenant_id = :tenant_id and e.position > :after order by e.position limit :limit`,
)

/** The next tickets of all. */
export const NEXT_TICKETS = statement(
  'report.walk',
  {
    takes: { tenant_id: uuid, after: bigint, limit: bigint },
    row: Type.Object({ integer: Type.Integer(), id: Type.String() }),
  },
  `select t.integer, t.id from tickets t
where t.tenant_id = :tenant_id and t.integer > :after order by t.integer limit :limit`,
)

const MoveData = Type.Object({
  at: Type.String(),
  from: Type.Enum(STATUSES),
  to: Type.Enum(STATUSES),
  by_person: Type.Boolean(),
  is_undo: Type.Boolean(),
})

const FactsRow = Type.Object({
  id: Type.String(),
  desk_id: Type.String(),
  dialect: Type.String(),
  channel_id: Type.Integer(),
  group_id: orNull(Type.String()),
  assignee_id: orNull(Type.String()),
  topic_id: orNull(Type.Integer()),
  tags: Type.Array(Type.String()),
  fields: Sql.jsonb<Readonly<Record<string, string | number | boolean | readonly string[]>>>(Type.Object({})),
  created_at: Type.String(),
  opened_by_person: Type.Boolean(),
  finished_at: orNull(Type.String()),
  answered_by_people_at: orNull(Type.String()),
  answered_by_automations_at: orNull(Type.String()),
  replies_of_people: Type.Integer(),
  replies_of_automations: Type.Integer(),
  moves: Type.Array(MoveData),
})
export type FactsRow = Static<typeof FactsRow>

/** SQL of whether whoever did something is a person; nobody is none. */
const isPerson = (id: string): string =>
  `coalesce((select u.kind = 'person' from users u where u.tenant_id = :tenant_id and u.id = ${id} limit 1), false)`

/** What is known of tickets that are there by themselves; of fields those by which they are told apart. A message of nobody known was somebody's: machines are users. */
export const FACTS = statement(
  'report.facts',
  { takes: { tenant_id: uuid, ids: array(uuid) }, row: FactsRow },
  `select t.id, t.desk_id, coalesce(o.dialect, '') as dialect, t.channel_id, t.group_id, t.assignee_id, t.topic_id, t.tags, f.fields,
  t.created_at, coalesce(o.by_person, false) as opened_by_person, t.finished_at,
  s.answered_by_people_at, s.answered_by_automations_at, s.replies_of_people, s.replies_of_automations, l.moves
from tickets t
left join lateral (
  select e.dialect, e.message_id, ${isPerson('e.actor_id')} as by_person from events e
  where e.tenant_id = :tenant_id and e.ticket_id = t.id and e.kind = 'ticket.created' order by e.position limit 1
) o on true
cross join lateral (
  select min(m.created_at) filter (where m.by_person and t.direction = 'inbound') as answered_by_people_at,
    min(m.created_at) filter (where not m.by_person and t.direction = 'inbound') as answered_by_automations_at,
    count(*) filter (where m.by_person and m.created_at <= t.finished_at) as replies_of_people,
    count(*) filter (where not m.by_person and m.created_at <= t.finished_at) as replies_of_automations
  from (
    select x.created_at, x.author_id is null or ${isPerson('x.author_id')} as by_person from messages x
    where x.tenant_id = :tenant_id and x.ticket_id = t.id and x.visibility = 'public' and x.author_role = 'agent'
      and x.id is distinct from o.message_id
  ) m
) s
cross join lateral (
  select coalesce(json_agg(json_build_object('at', e.at, 'from', e.before ->> 'status', 'to', e.after ->> 'status',
    'by_person', ${isPerson('e.actor_id')}, 'is_undo', e.undoes is not null) order by e.position), '[]') as moves
  from events e
  where e.tenant_id = :tenant_id and e.ticket_id = t.id and e.kind = 'ticket.status_changed'
    and e.before ->> 'status' <> e.after ->> 'status'
) l
cross join lateral (
  select coalesce(jsonb_object_agg(x.key, t.fields -> x.key), '{}') as fields from fields x
  where x.tenant_id = :tenant_id and x.type in ('boolean', 'choice', 'choices') and jsonb_exists(t.fields, x.key)
) f
where t.tenant_id = :tenant_id and t.id = any (:ids::uuid[]) and t.merged_into is null`,
)

const MetricWord = Type.Enum(METRICS)
const MarkData = Type.Object({ metric: MetricWord, at: Type.String(), amount: Type.Integer() })

/** What tickets count as by now. */
export const COUNTS = statement(
  'report.counts',
  {
    takes: { tenant_id: uuid, ids: array(uuid), generation: integer },
    row: Type.Object({
      ticket_id: Type.String(),
      desk_id: Type.String(),
      parts: Type.Array(Type.String()),
      marks: Type.Array(MarkData),
    }),
  },
  `select t.ticket_id, t.desk_id, t.parts,
  (select coalesce(json_agg(json_build_object('metric', m.metric, 'at', m.at, 'amount', m.amount)), '[]') from report_marks m
    where m.tenant_id = :tenant_id and m.ticket_id = t.ticket_id and m.generation = :generation::integer) as marks
from report_tickets t
where t.tenant_id = :tenant_id and t.ticket_id = any (:ids::uuid[]) and t.generation = :generation::integer`,
)

const KEY = {
  metric: word(METRICS),
  dimension: text,
  span: integer,
  day: integer,
  value: text,
  desk_id: uuid,
}
const KEY_NAMES = Object.keys(KEY)
const isCell = (cell: string, other: string): string =>
  KEY_NAMES.map((name) => `${cell}.${name} = ${other}.${name}`).join(' and ')

const CellRow = Type.Object({
  metric: MetricWord,
  dimension: Type.String(),
  span: Type.Integer(),
  day: Type.Integer(),
  value: Type.String(),
  desk_id: Type.String(),
  tickets: Type.Integer(),
  amount: Type.Integer(),
  quarters: Type.Array(Type.Integer()),
})
export type CellRow = Static<typeof CellRow>

export const CELLS = statement(
  'report.cells',
  { takes: { tenant_id: uuid, keys: Sql.records(KEY), generation: integer }, row: CellRow },
  `select c.metric, c.dimension, c.span, c.day, c.value, c.desk_id, c.tickets, c.amount, to_json(c.quarters) as quarters
from json_to_recordset(:keys::json) k (${columnsOf(KEY)})
join report_cells c on c.tenant_id = :tenant_id and ${isCell('c', 'k')}
where c.generation = :generation::integer`,
)

const TICKET = { ticket_id: uuid, desk_id: uuid, parts: array(text) }
const MARK = { ticket_id: uuid, metric: word(METRICS), at: timestamptz, amount: bigint }
const CELL = { ...KEY, tickets: bigint, amount: bigint, quarters: array(bigint) }
export type CellValues = ValuesOf<typeof CELL>

/**
 * Keeps what some tickets count as now, and what all come to, and moves the place of the tenant past them: all of it, or, where
 * another process was there first, nothing.
 */
export const ADVANCE_COUNT = statement(
  'report.advance',
  {
    takes: {
      tenant_id: uuid,
      generation: integer,
      from_position: bigint,
      from_walked: nullable(bigint),
      to_position: bigint,
      to_walked: nullable(bigint),
      touched: array(uuid),
      tickets: Sql.records(TICKET),
      marks: Sql.records(MARK),
      cells: Sql.records(CELL),
    },
    row: Type.Object({ position: Type.Integer() }),
  },
  `
with moved as (
  update report_positions p set position = :to_position, walked = :to_walked
  where p.tenant_id = :tenant_id and p.generation = :generation::integer and p.position = :from_position::bigint
    and p.walked is not distinct from :from_walked::bigint
  returning p.position
),
tickets_now as materialized (select * from json_to_recordset(:tickets::json) i (${columnsOf(TICKET)})),
marks_now as materialized (select * from json_to_recordset(:marks::json) i (${columnsOf(MARK)})),
cells_now as materialized (select * from json_to_recordset(:cells::json) i (${columnsOf(CELL)})),
tickets_gone as (
  delete from report_tickets t using moved where t.tenant_id = :tenant_id and t.ticket_id = any (:touched::uuid[])
    and not exists (select 1 from tickets_now n where n.ticket_id = t.ticket_id)
),
marks_gone as (
  delete from report_marks m using moved where m.tenant_id = :tenant_id and m.ticket_id = any (:touched::uuid[])
    and not exists (select 1 from marks_now n where n.ticket_id = m.ticket_id and n.metric = m.metric)
),
cells_gone as (
  delete from report_cells c using moved, cells_now n
  where c.tenant_id = :tenant_id and ${isCell('c', 'n')} and n.tickets = 0
),
tickets_kept as (
  insert into report_tickets (tenant_id, ticket_id, generation, desk_id, parts)
  select :tenant_id, n.ticket_id, :generation, n.desk_id, n.parts from tickets_now n, moved
  on conflict (tenant_id, ticket_id) do update
  set generation = excluded.generation, desk_id = excluded.desk_id, parts = excluded.parts
),
marks_kept as (
  insert into report_marks (tenant_id, ticket_id, metric, generation, at, amount)
  select :tenant_id, n.ticket_id, n.metric, :generation, n.at, n.amount from marks_now n, moved
  on conflict (tenant_id, ticket_id, metric) do update
  set generation = excluded.generation, at = excluded.at, amount = excluded.amount
),
cells_kept as (
  insert into report_cells (tenant_id, ${KEY_NAMES.join(', ')}, generation, tickets, amount, quarters)
  select :tenant_id, ${KEY_NAMES.map((name) => `n.${name}`).join(', ')}, :generation, n.tickets, n.amount, n.quarters
  from cells_now n, moved where n.tickets <> 0
  on conflict (tenant_id, ${KEY_NAMES.join(', ')}) do update
  set generation = excluded.generation, tickets = excluded.tickets, amount = excluded.amount, quarters = excluded.quarters
)
select m.position from moved m`,
)

/** Removes some of what an earlier counting left: it counts no more. */
export const PURGE_COUNTS = statement(
  'report.purge',
  { takes: { tenant_id: uuid, limit: bigint }, row: Type.Object({ generation: Type.Integer() }) },
  `
with now as (select p.generation from report_positions p where p.tenant_id = :tenant_id and p.stale and p.walked is null),
old_tickets as materialized (
  select t.ticket_id from report_tickets t, now
  where t.tenant_id = :tenant_id and t.generation < now.generation limit :limit
),
old_marks as materialized (
  select m.ticket_id, m.metric from report_marks m, now
  where m.tenant_id = :tenant_id and m.generation < now.generation limit :limit
),
old_cells as materialized (
  select ${KEY_NAMES.map((name) => `c.${name}`).join(', ')} from report_cells c, now
  where c.tenant_id = :tenant_id and c.generation < now.generation limit :limit
),
tickets_gone as (
  delete from report_tickets t using old_tickets o where t.tenant_id = :tenant_id and t.ticket_id = o.ticket_id returning t.ticket_id
),
marks_gone as (
  delete from report_marks m using old_marks o
  where m.tenant_id = :tenant_id and m.ticket_id = o.ticket_id and m.metric = o.metric
),
cells_gone as (
  delete from report_cells c using old_cells o where c.tenant_id = :tenant_id and ${isCell('c', 'o')}
),
settled as (
  update report_positions p set stale = false from now
  where p.tenant_id = :tenant_id and not exists (select 1 from old_tickets) and not exists (select 1 from old_marks)
    and not exists (select 1 from old_cells)
)
select n.generation from now n`,
)

/** Does what may as well be done later, unless the disk is full. */
export async function unlessFull(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof StoreFull)) throw error
  }
}

// --- reading ----------------------------------------------------------------------------------------------------------

const RUN = { nth: integer, span: integer, first: integer, last: integer }

const ASKED = {
  tenant_id: uuid,
  generation: integer,
  metrics: array(text),
  dimensions: array(text),
  desk_ids: array(uuid),
}

const IS_ASKED = `c.tenant_id = :tenant_id and c.metric = any (:metrics::text[]) and c.dimension = any (:dimensions::text[])
    and c.generation = :generation::integer and c.desk_id = any (:desk_ids::uuid[])`

/** The sums of whole days, of each of some periods by its number, for each value on each desk. */
export const SUMS = statement(
  'report.sums',
  {
    takes: { ...ASKED, runs: Sql.records(RUN) },
    row: Type.Object({
      nth: Type.Integer(),
      metric: MetricWord,
      dimension: Type.String(),
      value: Type.String(),
      desk_id: Type.String(),
      tickets: Type.Integer(),
      sum: Type.Integer(),
    }),
  },
  `select r.nth, c.metric, c.dimension, c.value, c.desk_id, sum(c.tickets)::bigint as tickets, sum(c.amount)::bigint as sum
from json_to_recordset(:runs::json) r (${columnsOf(RUN)})
join report_cells c on ${IS_ASKED} and c.span = r.span and c.day between r.first and r.last
group by r.nth, c.metric, c.dimension, c.value, c.desk_id`,
)

/** What some days hold by the quarter of an hour. */
export const QUARTERS = statement(
  'report.quarters',
  {
    takes: { ...ASKED, days: array(integer) },
    row: Type.Object({
      metric: MetricWord,
      dimension: Type.String(),
      value: Type.String(),
      desk_id: Type.String(),
      day: Type.Integer(),
      quarters: Type.Array(Type.Integer()),
    }),
  },
  `select c.metric, c.dimension, c.value, c.desk_id, c.day, to_json(c.quarters) as quarters
from report_cells c where ${IS_ASKED} and c.span = 1 and c.day = any (:days::integer[])`,
)

/** The tickets behind a figure, the latest first. */
export const TICKETS_BEHIND = statement(
  'report.behind',
  {
    takes: {
      tenant_id: uuid,
      generation: integer,
      metric: text,
      from: timestamptz,
      to: timestamptz,
      before: nullable(timestamptz),
      before_id: nullable(uuid),
      desk_ids: array(uuid),
      /** Lists as JSON, of each of which a ticket is in one. */
      one_of: text,
      /** And none of these. */
      none_of: array(text),
      limit: bigint,
    },
    row: Type.Object({ ticket_id: Type.String(), at: Type.String() }),
  },
  `select m.ticket_id, m.at from report_marks m
join report_tickets t on t.tenant_id = :tenant_id and t.ticket_id = m.ticket_id and t.generation = :generation::integer
where m.tenant_id = :tenant_id and m.metric = :metric::text and m.generation = :generation::integer
  and m.at >= :from::timestamptz and m.at < :to::timestamptz
  and (:before::timestamptz is null or (m.at, m.ticket_id) < (:before::timestamptz, :before_id::uuid))
  and t.desk_id = any (:desk_ids::uuid[])
  and not t.parts && :none_of::text[]
  and not exists (select 1 from jsonb_array_elements(:one_of::text::jsonb) o
    where not t.parts && array(select jsonb_array_elements_text(o)))
order by m.at desc, m.ticket_id desc limit :limit`,
)
