import { type Static, Type } from 'typebox'
import { Sql, type ValuesOf } from '../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../storage/statement.ts'
import { momentOf } from '../../events/moment.ts'
import { CALL, claimedCall, keeping } from '../../idempotency/claimed.ts'
import { IS_OPENING } from '../../messages/store.ts'
import { leavingDue } from '../../search/due.ts'
import { familyOf } from '../../tickets/store/family.ts'
import { blankingDeliveries, holdingDeliveries } from '../../webhooks/deliveries/store/blanking.ts'
import { withoutMessage } from './kept.ts'

/** What a change kept while the erasure of a message of its ticket waits for that change is to be erased too. */
const LOCK_TICKET = statement(
  'message.lock_ticket',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid, ticket_id: Sql.uuid }, row: Type.Object({ id: Type.String() }) },
  `select t.id from tickets t where t.tenant_id = :tenant_id and t.id = any (array(select f.id from ${familyOf(`
  select :ticket_id::uuid
  union
  select m.written_on from messages m where m.tenant_id = :tenant_id and m.id = :id`)} f))
order by t.id for no key update`,
)

const ErasedMessageRow = Type.Object({
  id: Type.String(),
  /** Attachments whose files are to be erased after the commit. */
  files: Type.Array(Type.String()),
})

const ERASED = { id: Sql.uuid, ticket_id: Sql.uuid, ...CALL }

/** What is known of the message. Not joined: on a cluster a part that locks rows knows no other part by that. */
const DOOMED = (column: string): string => `(select d.${column} from doomed d)`

/**
 * Erases a message: its text, its files' rows, the answers that show it, and the payloads of deliveries that do. Its integer, the ticket's times
 * and the events stay; none of these holds anything of what it said. Without a row the message is
 * gone or the key had been used.
 */
const DELETE_MESSAGE = statement(
  'message.delete',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(ERASED) }, row: ErasedMessageRow },
  `
with ${claimedCall(ERASED)},
locked as materialized (
  -- The ticket before the counter: one order everywhere.
  select t.id, t.integer, t.desk_id, t.requester_id, t.assignee_id from tickets t
  where t.tenant_id = :tenant_id and t.id = (select a.ticket_id from accepted a)
  for no key update
),
doomed as materialized (
  select m.id, m.ticket_id, coalesce(m.written_on, m.came_from, m.ticket_id) as origin_id, m.written_on, m.visibility, m.author_role,
    coalesce(${IS_OPENING}, false) as is_opening,
    jsonb_build_array(jsonb_build_object('id', m.id)) as shown
  from messages m
  where m.tenant_id = :tenant_id and m.id = (select a.id from accepted a) and m.ticket_id = (select l.id from locked l)
  for update of m
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1, latest_at = ${momentOf('a.at')}
  from accepted a
  where c.tenant_id = :tenant_id and exists (select 1 from doomed)
  returning c.event_position, c.latest_at
),
unanswered as (
  -- What answered it stays, and answers nothing any more.
  update messages m set in_reply_to = null from doomed d, counted
  where m.tenant_id = :tenant_id and m.in_reply_to = d.id
),
-- Before the rows go: on a cluster the parts are steps that see what the ones before them did.
files as materialized (
  select f.id from attachments f where f.tenant_id = :tenant_id and f.message_id = (select d.id from doomed d)
),
-- What was merged into its ticket may have shown it, and may come back; so did where it was split off from.
family as materialized (
  select f.id from doomed d cross join lateral ${familyOf('select d.ticket_id union select d.written_on')} f
),
gone as (
  delete from messages m where m.tenant_id = :tenant_id and m.id = (select d.id from doomed d) and exists (select 1 from counted)
  returning m.id
),
changed as (
  -- The description is the opening message's text.
  update tickets t
  set version = t.version + 1, updated_at = greatest(t.updated_at, c.latest_at), change_position = c.event_position,
    description = case when d.is_opening and d.origin_id = t.id then '' else t.description end
  from doomed d, counted c
  where t.tenant_id = :tenant_id and t.id in (d.ticket_id, d.origin_id)
),
-- In two parts, as a cluster makes no JSON within an update.
blank as materialized (
  select r.credential_id, r.key,
    ${withoutMessage('r.result', { id: DOOMED('id'), ticketId: DOOMED('origin_id'), isOpening: DOOMED('is_opening') })} as result
  from claim_results r
  where r.tenant_id = :tenant_id and r.ticket_ids && array(select f.id from family f) and r.result is not null
    and (${DOOMED('is_opening')} or r.result -> 'messages' @> ${DOOMED('shown')})
  for no key update
),
answers_forgotten as (
  update claim_results r set result = b.result from blank b
  where r.tenant_id = :tenant_id and r.credential_id = b.credential_id and r.key = b.key
),
${blankingDeliveries(`d.line = any (array(select f.id from family f)) and (exists (select 1 from doomed x where x.is_opening)
    or d.position = any (array(select e.position from events e join doomed x on x.id = e.message_id
      where e.tenant_id = :tenant_id and e.ticket_id = any (array(select f.id from family f)))))`)},
${leavingDue('select l.integer as ticket from locked l, counted')},
recorded as (
  insert into events (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at,
    before, desk_id, requester_id, assignee_id, visibility)
  select :tenant_id, c.event_position, a.event_id, 'message.deleted', d.ticket_id, d.id, a.actor_id, a.credential_id, a.dialect, a.request_id,
    c.latest_at, jsonb_build_object('visibility', d.visibility, 'author_role', d.author_role), l.desk_id, l.requester_id, l.assignee_id, d.visibility
  from doomed d, locked l, accepted a, counted c
),
${keeping('gone', "'{}'::jsonb")}
select g.id, array(select f.id from files f) as files from gone g`,
)

/** The erasure of one message. */
export function eraseMessage(
  tenantId: string,
  call: ValuesOf<typeof ERASED>,
): BoundStatement<Static<typeof ErasedMessageRow>> {
  const lock = LOCK_TICKET.with({ tenant_id: tenantId, id: call.id, ticket_id: call.ticket_id })
  return DELETE_MESSAGE.with({ tenant_id: tenantId, call }, holdingDeliveries(tenantId, lock))
}
