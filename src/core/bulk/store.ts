import { type Static, type TSchema, Type } from 'typebox'
import { columnsOf, Sql } from '../../storage/sql.ts'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import type { CoreError } from '../errors.ts'
import type { EventData } from '../events/event.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { instant, instantOrNull } from '../instant.ts'
import {
  BULK_JOB_STATES,
  BULK_OUTCOMES,
  type BulkChange,
  type BulkJob,
  type BulkOutcome,
  type BulkResult,
  MOST_RUNNING,
  type Retag,
} from './job.ts'

const { uuid, text, integer, bigint, timestamptz, array, nullable, word } = Sql
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

/** What is kept of a change is what was asked for, in the words of the core. */
const CHANGE = Type.Unsafe<BulkChange | null>({})
const PROBLEM = Type.Unsafe<CoreError | null>({})
const RETAG = Type.Unsafe<Retag | null>({})

const JOB = `j.id, j.user_id, j.state::text as state, j.query, j.view_id, j.change, j.retag, j.undoes, j.undone_by, j.total, j.changed,
  j.unchanged, j.refused, j.created_at, j.finished_at`

const JobRow = Type.Object({
  id: Type.String(),
  user_id: Type.String(),
  state: Type.Enum(BULK_JOB_STATES),
  query: orNull(Type.String()),
  view_id: orNull(Type.String()),
  change: CHANGE,
  retag: RETAG,
  undoes: orNull(Type.String()),
  undone_by: orNull(Type.String()),
  total: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  refused: Type.Integer(),
  created_at: Type.String(),
  finished_at: orNull(Type.String()),
})

export function jobOf(row: Static<typeof JobRow>): BulkJob {
  const { id, state, query, change, retag, undoes, total, changed, unchanged, refused } = row
  return {
    ...{ id, state, query, change, retag, undoes, total, changed, unchanged, refused },
    userId: row.user_id,
    viewId: row.view_id,
    undoneBy: row.undone_by,
    createdAt: instant(row.created_at),
    finishedAt: instantOrNull(row.finished_at),
  }
}

const IdRow = Type.Object({ id: Type.String() })

// --- reading ----------------------------------------------------------------------------------------------------------

/** Whose jobs: null for those of everybody. */
const READER = { tenant_id: uuid, user_id: nullable(uuid) }

export const FIND_JOB = statement(
  'bulk_job.find',
  { takes: { ...READER, id: uuid }, row: JobRow },
  `select ${JOB} from bulk_jobs j
where j.tenant_id = :tenant_id and j.id = :id and (:user_id::uuid is null or j.user_id = :user_id::uuid)`,
)

/** The newest first, which ids tell. */
export const LIST_JOBS = statement(
  'bulk_job.list',
  { takes: { ...READER, before: nullable(uuid), limit: bigint }, row: JobRow },
  `select ${JOB} from bulk_jobs j
where j.tenant_id = :tenant_id and (:user_id::uuid is null or j.user_id = :user_id::uuid)
  and (:before::uuid is null or j.id < :before::uuid)
order by j.id desc limit :limit`,
)

const ResultRow = Type.Object({
  nth: Type.Integer(),
  ticket_id: Type.String(),
  outcome: orNull(Type.Enum(BULK_OUTCOMES)),
  problem: PROBLEM,
  number: orNull(Type.Integer()),
  title: orNull(Type.String()),
  desk_id: orNull(Type.String()),
  requester_id: orNull(Type.String()),
})
export type ResultRow = Static<typeof ResultRow>

/** What came of tickets of a job, in its order, with what there is of them now. */
export const LIST_RESULTS = statement(
  'bulk_job.results',
  {
    takes: { tenant_id: uuid, job_id: uuid, after: integer, outcome: nullable(word(BULK_OUTCOMES)), limit: bigint },
    row: ResultRow,
  },
  `select b.nth, b.ticket_id, b.outcome::text as outcome, b.problem, t.number, t.title, t.desk_id, t.requester_id
from (
  select r.* from bulk_job_tickets r
  where r.tenant_id = :tenant_id and r.job_id = :job_id and r.nth > :after and (:outcome::text is null or r.outcome = :outcome::text)
  order by r.nth limit :limit
) b left join lateral (select * from tickets x where x.tenant_id = :tenant_id and x.id = b.ticket_id limit 1) t on true
order by b.nth`,
)

export function resultOf(row: ResultRow, isSeen: boolean): BulkResult {
  const { nth, ticket_id: ticketId, outcome, problem, number, title } = row
  return { nth, ticketId, outcome, problem, ticket: isSeen && number !== null ? { number, title: title ?? '' } : null }
}

// --- beginning and ending ---------------------------------------------------------------------------------------------

/** What runs before a write: all others of the tenant are waited for, so that jobs are counted right. */
const LOCK_COUNTER = statement(
  'bulk_job.lock_counter',
  { takes: { tenant_id: uuid }, row: Type.Object({ event_position: Type.Integer() }) },
  'select c.event_position from tenant_counters c where c.tenant_id = :tenant_id for no key update',
)

export const COUNT_RUNNING = statement(
  'bulk_job.count',
  { takes: { tenant_id: uuid }, row: Type.Object({ count: Type.Integer() }) },
  "select count(*)::integer as count from bulk_jobs j where j.tenant_id = :tenant_id and j.state = 'running'",
)

const LOCK_JOB = statement(
  'bulk_job.lock',
  { takes: { tenant_id: uuid, id: uuid }, row: IdRow },
  'select j.id from bulk_jobs j where j.tenant_id = :tenant_id and j.id = :id for no key update',
)

/** Before a job is written: whoever works on it is waited for. */
export function lockJob(tenantId: string, id: string): BoundStatement<unknown> {
  return LOCK_JOB.with({ tenant_id: tenantId, id })
}

/** Before a job is made. @param undoes the job that it takes back, which goes before the counter as everywhere. */
export function lockJobs(tenantId: string, undoes: string | null): BoundStatement<unknown> {
  return LOCK_COUNTER.with({ tenant_id: tenantId }, undoes === null ? undefined : lockJob(tenantId, undoes))
}

/** What events tell of a job `f`: whose it is and how far it is, and nothing that anybody wrote. */
export const TOLD = (state: string, done: string): string =>
  `jsonb_build_object('user_id', f.user_id, 'state', ${state}, 'total', f.total, 'done', ${done})`
const DONE = '(f.changed + f.unchanged + f.refused)'

export const IS_ROOM = `(select count(*) from bulk_jobs o where o.tenant_id = :tenant_id and o.state = 'running') < ${MOST_RUNNING}`

export const MADE = `returning j.id, j.user_id, j.state::text as state, j.total, j.changed, j.unchanged, j.refused`

const KEPT = (from: string): string => keeping(from, "jsonb_build_object('bulk_job', f.id)")

/** SQL of the rest of a job that was `made` of `tickets_of`. */
const BEGUN = `listed as (
  insert into bulk_job_tickets (tenant_id, job_id, nth, ticket_id)
  select :tenant_id, m.id, t.nth, t.id from made m, tickets_of t
),
${recordingOf('bulk_job.created', 'made', 'f.id', { after: TOLD('f.state', '0') })},
${KEPT('made')}
select m.id from made m`

const MAKING = {
  id: uuid,
  permissions: array(text),
  view_id: nullable(text),
  query: nullable(text),
  change: Sql.jsonb<BulkChange>(),
  ticket_ids: array(uuid),
  ...CALL,
}

/** Without a row there are as many under way as may be, or the key had been used. A job of nothing is done at once. */
export const INSERT_JOB = statement(
  'bulk_job.add',
  { takes: { tenant_id: uuid, call: Sql.record(MAKING) }, row: IdRow },
  `
with ${claimedCall(MAKING, `where ${IS_ROOM}`)},
tickets_of as materialized (
  select x.nth, x.id from accepted a, unnest(a.ticket_ids) with ordinality x (id, nth)
),
made as (
  insert into bulk_jobs as j (tenant_id, id, user_id, credential_id, dialect, request_id, permissions, view_id, query, change,
    state, total, created_at, finished_at)
  select :tenant_id, a.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.permissions, a.view_id, a.query, a.change,
    case when t.total = 0 then 'done' else 'running' end, t.total, a.at, case when t.total = 0 then a.at end
  from accepted a, (select count(*)::integer as total from tickets_of) t
  ${MADE}
),
${BEGUN}`,
)

const UNDOING = { id: uuid, undoes: uuid, permissions: array(text), ...CALL }

/** SQL of whether a job `o` can be taken back: it ended, takes none back itself, and was not taken back but for one that was cancelled. */
const IS_UNDOABLE = `o.state <> 'running' and o.undoes is null and (o.undone_by is null or exists (
    select 1 from bulk_jobs u where u.tenant_id = :tenant_id and u.id = o.undone_by and u.state = 'cancelled'))`

/** A tag that it took off is one by itself again. Without a row the job cannot be taken back, there are as many under way as may be, or the key had been used. */
export const INSERT_UNDO = statement(
  'bulk_job.undo',
  { takes: { tenant_id: uuid, call: Sql.record(UNDOING) }, row: IdRow, announces: 'access' },
  `
with ${claimedCall(UNDOING, `join bulk_jobs o on o.tenant_id = :tenant_id and o.id = i.undoes and ${IS_UNDOABLE} where ${IS_ROOM}`)},
tickets_of as materialized (
  select r.nth, r.ticket_id as id from accepted a join bulk_job_tickets r on r.tenant_id = :tenant_id and r.job_id = a.undoes
  where r.outcome = 'changed'
),
undone as (
  update bulk_jobs o set undone_by = a.id from accepted a where o.tenant_id = :tenant_id and o.id = a.undoes
  returning o.retag
),
tags_back as (
  update tags g set kept = g.name = u.retag ->> 'from', leads_to = case when g.name = u.retag ->> 'from' then null else g.leads_to end
  from undone u
  where g.tenant_id = :tenant_id and (g.name = u.retag ->> 'from' or (u.retag ->> 'isNew')::boolean and g.name = u.retag ->> 'into')
),
made as (
  insert into bulk_jobs as j (tenant_id, id, user_id, credential_id, dialect, request_id, permissions, undoes, retag, state, total,
    created_at, finished_at)
  select :tenant_id, a.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.permissions, a.undoes, (select u.retag from undone u),
    case when t.total = 0 then 'done' else 'running' end, t.total, a.at, case when t.total = 0 then a.at end
  from accepted a, (select count(*)::integer as total from tickets_of) t
  ${MADE}
),
${BEGUN}`,
)

const CANCELLING = { id: uuid, ...CALL }

/** Without a row it had ended, or the key had been used. */
export const CANCEL_JOB = statement(
  'bulk_job.cancel',
  { takes: { tenant_id: uuid, call: Sql.record(CANCELLING) }, row: IdRow },
  `
with ${claimedCall(CANCELLING, "join bulk_jobs o on o.tenant_id = :tenant_id and o.id = i.id and o.state = 'running'")},
ended as (
  update bulk_jobs j set state = 'cancelled', finished_at = a.at, worker_id = null, worker_until = null
  from accepted a where j.tenant_id = :tenant_id and j.id = a.id
  ${MADE}
),
${recordingOf('bulk_job.changed', 'ended', 'f.id', { before: TOLD("'running'", DONE), after: TOLD('f.state', DONE) })},
${KEPT('ended')}
select e.id from ended e`,
)

/** What a call on a job keeps: which it was about, and no more, so that nothing of anybody has to be erased there. */
const JobKept = Type.Object({ bulk_job: Type.Optional(Type.String()) })
export type JobKept = Static<typeof JobKept>
export const JOB_KEPT = kept('bulk_job.kept', JobKept)

// --- working ----------------------------------------------------------------------------------------------------------

/** The tenants in which there is something to do. It finds tenants, and so names none. */
export const TENANTS_AT_WORK = statement(
  'bulk_job.tenants',
  { takes: {}, row: Type.Object({ tenant_id: Type.String() }) },
  "select distinct j.tenant_id from bulk_jobs j where j.state = 'running'",
)

const TakenRow = Type.Object({
  id: Type.String(),
  user_id: Type.String(),
  credential_id: Type.String(),
  dialect: Type.String(),
  request_id: Type.String(),
  permissions: Type.Array(Type.String()),
  change: CHANGE,
  retag: RETAG,
  undoes: orNull(Type.String()),
})
export type TakenJob = Static<typeof TakenRow>

/**
 * Takes the oldest job that a worker has already, or that no other one has. Whose worker was silent for too long is free,
 * and also whose time is so far ahead that a clock was wrong.
 */
export const TAKE_JOB = statement(
  'bulk_job.take',
  {
    takes: { tenant_id: uuid, worker_id: uuid, now: timestamptz, until: timestamptz, too_far: timestamptz },
    row: TakenRow,
  },
  `
with free as materialized (
  select o.id from bulk_jobs o
  where o.tenant_id = :tenant_id and o.state = 'running' and (o.worker_id is null or o.worker_id = :worker_id
    or o.worker_until <= :now or o.worker_until > :too_far)
  order by o.id limit 1 for no key update skip locked
)
update bulk_jobs j set worker_id = :worker_id, worker_until = :until from free f
where j.tenant_id = :tenant_id and j.id = f.id
returning j.id, j.user_id, j.credential_id, j.dialect, j.request_id, j.permissions, j.change, j.retag, j.undoes`,
)

/** Gives a job back, so that another worker goes on at once. */
export const LEAVE_JOBS = statement(
  'bulk_job.leave',
  { takes: { tenant_id: uuid, worker_id: uuid }, row: IdRow },
  `update bulk_jobs j set worker_id = null, worker_until = null
where j.tenant_id = :tenant_id and j.worker_id = :worker_id and j.state = 'running' returning j.id`,
)

const LeftRow = Type.Object({
  nth: Type.Integer(),
  ticket_id: Type.String(),
  first_position: orNull(Type.Integer()),
  last_position: orNull(Type.Integer()),
  waiting_since: orNull(Type.String()),
})
export type LeftTicket = Static<typeof LeftRow>

/** The next tickets of a job, with what the job that it takes back did to them. */
export const NEXT_TICKETS = statement(
  'bulk_job.next',
  { takes: { tenant_id: uuid, job_id: uuid, undoes: nullable(uuid), limit: bigint }, row: LeftRow },
  `select b.nth, b.ticket_id, o.first_position, o.last_position, o.waiting_since
from (
  select r.nth, r.ticket_id from bulk_job_tickets r
  where r.tenant_id = :tenant_id and r.job_id = :job_id and r.outcome is null
  order by r.nth limit :limit
) b left join lateral (
  -- The limit keeps this from becoming a join that reads all of the other job.
  select * from bulk_job_tickets x where x.tenant_id = :tenant_id and x.job_id = :undoes::uuid and x.nth = b.nth limit 1) o on true
order by b.nth`,
)

const TOLD_SINCE = { ticket_id: uuid, position: bigint }

const ToldRow = Type.Object({
  ticket_id: Type.String(),
  position: Type.Integer(),
  kind: Type.String(),
  before: Type.Unsafe<EventData | null>({}),
  after: Type.Unsafe<EventData | null>({}),
  visibility: orNull(Type.Enum(['public', 'internal'])),
})
export type ToldEvent = Static<typeof ToldRow>

/** What was recorded of some tickets, each from a position on. */
export const EVENTS_SINCE = statement(
  'bulk_job.events_since',
  { takes: { tenant_id: uuid, tickets: Sql.records(TOLD_SINCE) }, row: ToldRow },
  `select e.ticket_id, e.position, e.kind, e.before, e.after, e.visibility
from json_to_recordset(:tickets::json) as i (${columnsOf(TOLD_SINCE)}) cross join lateral (
  -- Ticket by ticket: the offset keeps this from becoming a join that reads all events, the sum from a look at all since then.
  select * from events v where v.tenant_id = :tenant_id and v.ticket_id = i.ticket_id and v.position + 0 >= i.position offset 0) e
order by e.position`,
)

const SETTLED = {
  nth: integer,
  outcome: word(BULK_OUTCOMES),
  problem: nullable(Sql.jsonb<CoreError>()),
  /** The first event of its change, and how many there are: without it nothing came of it. */
  event_id: nullable(uuid),
  events: integer,
  waiting_since: nullable(timestamptz),
}
const RECORDING = {
  actor_id: uuid,
  credential_id: uuid,
  dialect: text,
  request_id: text,
  at: timestamptz,
  event_id: uuid,
}

/** SQL of whether a job `j` is done with those that are settled in `s`. One of a tag is not before none is found that has it. */
const IS_OVER = `j.changed + j.unchanged + j.refused + s.settled >= j.total and (j.retag is null or j.undoes is not null)`

/**
 * Looks for tickets that have the tag of a job, after all that it knows are settled: it is done where there is none. Those that
 * were refused are not asked again.
 */
export const LOOK_FOR_TAG = statement(
  'bulk_job.look_for_tag',
  {
    takes: {
      ...{ tenant_id: uuid, job_id: uuid, worker_id: uuid, until: timestamptz, most: bigint },
      call: Sql.record(RECORDING),
    },
    row: Type.Object({ state: Type.Enum(BULK_JOB_STATES) }),
  },
  `
with accepted as materialized (
  select i.* from json_to_record(:call::json) as i (${columnsOf(RECORDING)})
),
held as materialized (
  select j.* from bulk_jobs j where j.tenant_id = :tenant_id and j.id = :job_id and j.worker_id = :worker_id and j.state = 'running'
),
found as materialized (
  select t.id, row_number() over (order by t.id) as nth from held h cross join lateral (
    select x.id from tickets x
    where x.tenant_id = :tenant_id and x.merged_into is null and x.tags @> array[h.retag ->> 'from'] and not exists (
      select 1 from bulk_job_tickets b
      where b.tenant_id = :tenant_id and b.job_id = :job_id and b.ticket_id = x.id and b.outcome = 'refused')
    order by x.id limit :most) t
),
listed as (
  insert into bulk_job_tickets (tenant_id, job_id, nth, ticket_id)
  select :tenant_id, h.id, h.changed + h.unchanged + h.refused + f.nth, f.id from held h, found f
),
sums as (select count(*) as more from found),
moved as (
  update bulk_jobs j set total = j.changed + j.unchanged + j.refused + s.more, worker_until = :until,
    state = case when s.more = 0 then 'done' else 'running' end, finished_at = case when s.more = 0 then a.at end
  from held h, sums s, accepted a
  where j.tenant_id = :tenant_id and j.id = h.id
  ${MADE}
),
${recordingOf('bulk_job.changed', 'moved', 'f.id', {
  before: TOLD("'running'", DONE),
  after: TOLD('f.state', DONE),
})}
select m.state from moved m`,
)

/**
 * Keeps what came of tickets, in the transaction of their changes: of those that are there to be read. A ticket that others
 * changed meanwhile is left. Without a row the worker has the job no more.
 */
export const SETTLE = statement(
  'bulk_job.settle',
  {
    takes: {
      ...{ tenant_id: uuid, job_id: uuid, worker_id: uuid, until: timestamptz },
      ...{ settled: Sql.records(SETTLED), call: Sql.record(RECORDING) },
    },
    row: Type.Object({ state: Type.Enum(BULK_JOB_STATES), left: Type.Array(Type.Integer()) }),
  },
  `
with input as materialized (
  select * from json_to_recordset(:settled::json) as i (${columnsOf(SETTLED)})
),
accepted as materialized (
  select i.* from json_to_record(:call::json) as i (${columnsOf(RECORDING)})
),
held as materialized (
  select j.* from bulk_jobs j where j.tenant_id = :tenant_id and j.id = :job_id and j.worker_id = :worker_id and j.state = 'running'
),
told as materialized (
  select i.*, e.position from input i
  left join lateral (select v.position from events v where v.tenant_id = :tenant_id and v.id = i.event_id limit 1) e on true
  where i.event_id is null or e.position is not null
),
kept as (
  update bulk_job_tickets b set outcome = t.outcome, problem = t.problem, first_position = t.position,
    last_position = t.position + t.events - 1, waiting_since = t.waiting_since
  from told t, held h
  where b.tenant_id = :tenant_id and b.job_id = :job_id and b.nth = t.nth and b.outcome is null
  returning b.nth, b.outcome::text as outcome
),
sums as (
  select count(*) filter (where k.outcome = 'changed') as changed, count(*) filter (where k.outcome = 'unchanged') as unchanged,
    count(*) filter (where k.outcome = 'refused') as refused, count(*) as settled from kept k
),
moved as (
  update bulk_jobs j set changed = j.changed + s.changed, unchanged = j.unchanged + s.unchanged, refused = j.refused + s.refused,
    worker_until = :until,
    state = case when ${IS_OVER} then 'done' else 'running' end, finished_at = case when ${IS_OVER} then a.at end
  from held h, sums s, accepted a
  where j.tenant_id = :tenant_id and j.id = h.id
  ${MADE}, s.settled
),
progressed as (
  select m.* from moved m where m.settled > 0
),
${recordingOf('bulk_job.changed', 'progressed', 'f.id', {
  before: TOLD("'running'", `(${DONE} - f.settled)`),
  after: TOLD('f.state', DONE),
})}
select m.state, array(select i.nth from input i where not exists (select 1 from kept k where k.nth = i.nth))::integer[] as left
from moved m`,
)

/** What is settled of a ticket. */
export interface Settled {
  readonly nth: number
  readonly outcome: BulkOutcome
  readonly problem: CoreError | null
  readonly event_id: string | null
  readonly events: number
  readonly waiting_since: string | null
}

// --- forgetting -------------------------------------------------------------------------------------------------------

/** Forgets jobs that ended before a time, with what came of their tickets. */
export const PURGE_JOBS = statement(
  'bulk_job.purge',
  { takes: { tenant_id: uuid, before: timestamptz, limit: bigint }, row: IdRow },
  `delete from bulk_jobs j where j.tenant_id = :tenant_id and j.id in (
  select o.id from bulk_jobs o where o.tenant_id = :tenant_id and o.finished_at < :before order by o.finished_at limit :limit)
returning j.id`,
)
