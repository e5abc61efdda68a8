import { type Static, Type } from 'typebox'
import { type BoundStatement, statement } from '../../../storage/statement.ts'
import { momentOf } from '../../events/moment.ts'
import { CALL, CLAIMED, keeping } from '../../idempotency/claimed.ts'
import { IS_OPENING } from '../../messages/store.ts'
import { blankingDeliveries, holdingDeliveries } from '../../webhooks/store/blanking.ts'
import { withoutMessage } from './kept.ts'

/** `$2` a ticket: what a change kept while the erasure of a message of it waits for that change is to be erased too. */
const LOCK_TICKET = statement(
  'message.lock_ticket',
  Type.Object({ id: Type.String() }),
  'select t.id from tickets t where t.tenant_id = $1 and t.id = $2 for no key update',
)

const ErasedMessageRow = Type.Object({
  id: Type.String(),
  /** Attachments whose files are to be erased after the commit. */
  files: Type.Array(Type.String()),
})

/**
 * Erases a message: its text, its files' rows, the answers that show it, and the payloads of deliveries that do. Its integer, the ticket's times
 * and the events stay; none of these holds anything of what it said. `$2` the call with the message and its ticket, as
 * JSON. Without a row the message is gone or the key had been used.
 */
const DELETE_MESSAGE = statement(
  'message.delete',
  ErasedMessageRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, ticket_id uuid, ${CALL})
),
${CLAIMED},
locked as materialized (
  -- The ticket before the counter: one order everywhere.
  select t.id from tickets t where t.tenant_id = $1 and t.id = (select a.ticket_id from accepted a)
  for no key update
),
doomed as materialized (
  select m.id, m.ticket_id, m.visibility, m.author_role, coalesce(${IS_OPENING}, false) as is_opening
  from messages m join locked l on l.id = m.ticket_id
  where m.tenant_id = $1 and m.id = (select a.id from accepted a)
  for update of m
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1, latest_at = ${momentOf('a.at')}
  from accepted a
  where c.tenant_id = $1 and exists (select 1 from doomed)
  returning c.event_position, c.latest_at
),
gone as (
  delete from messages m where m.tenant_id = $1 and m.id = (select d.id from doomed d) and exists (select 1 from counted)
  returning m.id
),
unanswered as (
  -- What answered it stays, and answers nothing any more.
  update messages m set in_reply_to = null from doomed d, counted
  where m.tenant_id = $1 and m.in_reply_to = d.id
),
changed as (
  -- The description is the opening message's text.
  update tickets t
  set version = t.version + 1, updated_at = greatest(t.updated_at, c.latest_at), change_position = c.event_position,
    description = case when d.is_opening then '' else t.description end
  from doomed d, counted c
  where t.tenant_id = $1 and t.id = d.ticket_id
),
answers_forgotten as (
  update claim_results r
  set result = ${withoutMessage('r.result', { id: 'd.id', ticketId: 'd.ticket_id', isOpening: 'd.is_opening' })}
  from doomed d
  where r.tenant_id = $1 and r.ticket_ids && array[d.ticket_id] and r.result is not null
    and (d.is_opening or r.result -> 'messages' @> jsonb_build_array(jsonb_build_object('id', d.id)))
),
${blankingDeliveries(`d.line = (select x.ticket_id from doomed x) and (exists (select 1 from doomed x where x.is_opening)
    or d.position = any (array(select e.position from events e join doomed x on x.ticket_id = e.ticket_id and x.id = e.message_id
      where e.tenant_id = $1)))`)},
recorded as (
  insert into events (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at, before)
  select $1, c.event_position, a.event_id, 'message.deleted', d.ticket_id, d.id, a.actor_id, a.credential_id, a.dialect, a.request_id,
    c.latest_at, jsonb_build_object('visibility', d.visibility, 'author_role', d.author_role)
  from doomed d, accepted a, counted c
),
${keeping('gone', "'{}'::jsonb")}
select g.id, array(select f.id from attachments f where f.tenant_id = $1 and f.message_id = g.id) as files from gone g`,
)

/** The erasure of one message. @param call the message's id, its ticket as `ticket_id`, and what `callInput` tells. */
export function eraseMessage(
  tenantId: string,
  call: { readonly id: string; readonly ticket_id: string },
): BoundStatement<Static<typeof ErasedMessageRow>> {
  const lock = { statement: LOCK_TICKET, values: [tenantId, call.ticket_id] }
  const values = [tenantId, JSON.stringify(call)]
  return { statement: DELETE_MESSAGE, lock: holdingDeliveries(tenantId, lock), values }
}
