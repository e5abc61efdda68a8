import { type Static, Type } from 'typebox'
import { AGAIN, type BatchKind } from '../../../storage/batch.ts'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { momentOf } from '../../events/moment.ts'
import { type IdempotencyKey, isSameRequest } from '../../idempotency/key.ts'
import type { Provenance } from '../../tickets/drafts.ts'
import { familyOf } from '../../tickets/store/family.ts'
import { CALLS, CALLS_INPUT, callsInput, claimingOf, keyTargets } from '../../tickets/store/inputs.ts'
import { eventsOfTickets } from '../../tickets/store/recover.ts'
import { countingTags, tagsOf } from '../../tickets/store/tags.ts'
import type { TicketIds } from '../../tickets/ticket.ts'
import { blankingDeliveries, holdingDeliveries } from '../../webhooks/deliveries/store/blanking.ts'
import { withoutTickets } from './kept.ts'

const Deleted = Type.Array(Type.Object({ id: Type.String(), integer: Type.Integer() }))

const DeletedRow = Type.Object({
  call: Type.Integer(),
  /** What this call erased, or what the call that used its key before did; null when that is not visible yet. */
  deleted: Type.Union([Deleted, Type.Null()]),
  claimed_as: Type.Union([Type.String(), Type.Null()]),
  /** Attachments whose files are to be erased after the commit. */
  files: Type.Array(Type.String()),
})

/** What a change kept or recorded while a deletion waits for it is to be erased too. */
const LOCK = statement(
  'ticket.lock_to_delete',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: Type.Object({ id: Type.String() }) },
  `select t.id from tickets t where t.tenant_id = :tenant_id and t.id = any (array(select f.id from ${familyOf('select unnest(:ids::uuid[])')} f))
order by t.id for update`,
)

const DOOMED = { call: Sql.integer, nth: Sql.integer, id: Sql.uuid, event_id: Sql.uuid }

const DELETE = statement(
  'ticket.delete',
  { takes: { tenant_id: Sql.uuid, calls: CALLS, tickets: Sql.records(DOOMED) }, row: DeletedRow },
  `
with ${CALLS_INPUT},
input as materialized (
  select * from json_to_recordset(:tickets::json) as i (${columnsOf(DOOMED)})
),
${claimingOf('calls')},
wanted as materialized (
  select i.call, f.id from input i join accepted a on a.call = i.call cross join lateral ${familyOf('select i.id')} f
),
locked as materialized (
  select t.id, t.integer, t.desk_id, t.requester_id, t.assignee_id, t.status, t.tags from tickets t
  where t.tenant_id = :tenant_id and t.id = any (array(select w.id from wanted w))
  order by t.id
  for update
),
doomed as materialized (
  select l.*, i.call, i.event_id, row_number() over (order by i.call, i.nth) as nth from locked l join input i on i.id = l.id
),
-- What was merged into these goes with them: it is in no count and is told of by no event, and what it said is theirs.
gone as materialized (
  select w.call, l.id, l.integer, d.nth from wanted w join locked l on l.id = w.id left join doomed d on d.id = l.id
),
links_gone as materialized (
  -- They go with the tickets. Whoever merges what is at their other ends holds them before the counter, too.
  select l.id from ticket_links l
  where l.tenant_id = :tenant_id
    and (l.from_id = any (array(select x.id from locked x)) or l.to_id = any (array(select x.id from locked x)))
  order by l.id
  for update
),
counted as (
  update tenant_counters c
  set event_position = c.event_position + t.events, latest_at = ${momentOf('t.at')}
  from (select count(*) as events, max(a.at) as at from doomed d join accepted a on a.call = d.call) t
  where c.tenant_id = :tenant_id and t.events > 0 and (select count(*) from links_gone) >= 0
  returning c.event_position - t.events as event_position, c.latest_at
),
flows as (
  select d.desk_id,
    count(*) filter (where d.status = 'new') as n, count(*) filter (where d.status = 'open') as o,
    count(*) filter (where d.status = 'pending') as p, count(*) filter (where d.status = 'on_hold') as h,
    count(*) filter (where d.status = 'solved') as s, count(*) filter (where d.status = 'closed') as c
  from doomed d group by d.desk_id
),
desk_counted as (
  update desk_counters d
  set new_tickets = d.new_tickets - f.n, open_tickets = d.open_tickets - f.o, pending_tickets = d.pending_tickets - f.p,
    on_hold_tickets = d.on_hold_tickets - f.h, solved_tickets = d.solved_tickets - f.s, closed_tickets = d.closed_tickets - f.c
  from flows f, counted
  where d.tenant_id = :tenant_id and d.desk_id = f.desk_id
),
${countingTags(tagsOf('doomed x', -1))},
blanked as (
  update events e set before = null, after = null
  where e.tenant_id = :tenant_id and e.ticket_id = any (array(select d.id from gone d)) and (e.before is not null or e.after is not null)
),
-- What was said elsewhere, and shown there, before it was split off into one of these.
split_off as materialized (
  select m.id, m.written_on from messages m
  where m.tenant_id = :tenant_id and m.ticket_id = any (array(select d.id from gone d)) and m.written_on is not null
),
-- In two parts, as a cluster makes no JSON within an update.
blank as materialized (
  select r.credential_id, r.key, ${withoutTickets('r.result', 'array(select d.id from gone d)', 'array(select s.id from split_off s)')} as result
  from claim_results r
  where r.tenant_id = :tenant_id and r.ticket_ids && (array(select d.id from gone d) || array(select s.written_on from split_off s)) and r.result is not null
  for no key update
),
forgotten as (
  update claim_results r set result = b.result from blank b
  where r.tenant_id = :tenant_id and r.credential_id = b.credential_id and r.key = b.key
),
${blankingDeliveries(`d.line = any (array(select x.id from gone x)) or d.position = any (array(
    select e.position from split_off s join events e on e.tenant_id = :tenant_id and e.ticket_id = s.written_on and e.message_id = s.id))`)},
-- Before the rows go: on a cluster the parts are steps that see what the ones before them did.
files as materialized (
  select d.call, f.id from gone d join messages m on m.tenant_id = :tenant_id and m.ticket_id = d.id
  join attachments f on f.tenant_id = :tenant_id and f.message_id = m.id
),
unsearched as (
  delete from search_tickets s where s.tenant_id = :tenant_id and s.ticket = any (array(select d.integer from gone d))
),
unsearched_tail as (
  delete from search_tail s where s.tenant_id = :tenant_id and s.ticket = any (array(select d.integer from gone d))
),
unsearched_due as (
  delete from search_due s where s.tenant_id = :tenant_id and s.ticket = any (array(select d.integer from gone d))
),
erased as (
  delete from tickets t where t.tenant_id = :tenant_id and t.id = any (array(select d.id from gone d))
),
recorded as (
  -- Which ticket it was, for those who know it by its integer or only see one desk; nothing of what it said.
  insert into events (tenant_id, position, id, kind, ticket_id, actor_id, credential_id, dialect, request_id, at, before,
    desk_id, requester_id, assignee_id)
  select :tenant_id, c.event_position + d.nth, d.event_id, 'ticket.deleted', d.id, a.actor_id, a.credential_id, a.dialect, a.request_id, c.latest_at,
    jsonb_build_object('integer', d.integer, 'desk_id', d.desk_id), d.desk_id, d.requester_id, d.assignee_id
  from doomed d join accepted a on a.call = d.call, counted c
),
answered as materialized (
  select a.call, a.key, a.claimant_id, coalesce((
    select json_agg(json_build_object('id', d.id, 'integer', d.integer) order by d.nth) from gone d where d.call = a.call
  ), '[]') as deleted
  from accepted a
),
kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select :tenant_id, a.claimant_id, a.key, array[]::uuid[],
    jsonb_build_object('tickets', '[]'::jsonb, 'events', '[]'::jsonb, 'messages', '[]'::jsonb, 'deleted', a.deleted)
  from answered a where a.key is not null
)
select k.call, array(select f.id from files f where f.call = k.call) as files,
  coalesce(a.deleted, (s.result -> 'deleted')::json) as deleted, c.fingerprint as claimed_as
from calls k
left join answered a on a.call = k.call
left join claims c on k.key is not null and a.call is null and c.tenant_id = :tenant_id and c.credential_id = k.claimant_id and c.key = k.key
left join claim_results s on c.key is not null and s.tenant_id = :tenant_id and s.credential_id = c.credential_id and s.key = c.key
order by k.call`,
)

export interface DeleteCall {
  readonly tickets: readonly { readonly id: string; readonly integer: number; readonly eventId: string }[]
  readonly by: Provenance
  readonly idempotency: IdempotencyKey | null
}

/** What became of a deletion. */
export type DeleteOutcome =
  | { readonly deleted: readonly TicketIds[]; readonly files: readonly string[] }
  | { readonly refused: 'idempotency_mismatch' }

export const DELETE_TICKETS: BatchKind<DeleteCall, Static<typeof DeletedRow>, DeleteOutcome> = {
  name: 'ticket.delete',
  readOnly: false,
  targets: (call) => [...call.tickets.map((ticket) => ticket.id), ...keyTargets(call.idempotency)],
  statement: (tenantId, calls) => {
    const tickets = calls.flatMap((each, call) =>
      each.tickets.map(({ id, eventId }, nth) => ({ call, nth, id, event_id: eventId })),
    )
    const lock = LOCK.with({ tenant_id: tenantId, ids: tickets.map(({ id }) => id) })
    const values = { tenant_id: tenantId, calls: callsInput(calls), tickets }
    return DELETE.with(values, holdingDeliveries(tenantId, lock))
  },
  outcomes: (calls, rows) =>
    calls.map((call, index) => {
      const row = rows[index]
      if (!row) throw new Error('A deletion did not answer every call.')
      if (row.claimed_as !== null && call.idempotency && !isSameRequest(call.idempotency, row.claimed_as))
        return { refused: 'idempotency_mismatch' }
      return row.deleted === null ? AGAIN : { deleted: row.deleted, files: row.files }
    }),
  recover: async (database, tenantId, calls) => {
    const ids = calls.flatMap((call) => call.tickets.map((ticket) => ticket.id))
    const events = await database.run(eventsOfTickets(tenantId, ids))
    const seen = new Set(events.map((event) => event.id))
    return calls.map((call) => {
      const gone = call.tickets.filter((ticket) => seen.has(ticket.eventId))
      // Which files they had is not known any more; the sweep erases them.
      return gone.length > 0 ? { deleted: gone, files: [] } : undefined
    })
  },
}
