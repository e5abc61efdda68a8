import { type Static, Type } from 'typebox'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import { momentOf } from '../events/moment.ts'
import { withoutMessage } from '../idempotency/blanked.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { blankingDeliveries, holdingDeliveries } from '../webhooks/store/blanking.ts'

const VISIBILITY = Type.Enum(['public', 'internal'] as const)
const nullableText = Type.Union([Type.String(), Type.Null()])

/** SQL of the key under which two spellings of an address are the same; of a telephone number people write many. */
export const keyOf = (address: string): string => `case
    when ${address} ~ '^[-+0-9 ()./]+$' then regexp_replace(${address}, '[^+0-9]', '', 'g') else lower(normalize(${address}, NFC)) end`

/** SQL of the keys of all addresses in the envelope of a message `${message}`, null when there are none. */
export const addressKeys = (message: string): string => `case
    when coalesce(${message}.to_addresses, ${message}.cc_addresses, ${message}.bcc_addresses) is not null then array(
      select ${keyOf('x.address')}
      from unnest(${message}.to_addresses || ${message}.cc_addresses || ${message}.bcc_addresses) x (address)) end`

/**
 * SQL that is true of the public message `m` with which the conversation of a ticket of tenant `$1` began. By the events,
 * so that the next one does not take its place when it is deleted.
 */
const IS_OPENING = `m.id = (
    select e.message_id from events e left join messages o on o.tenant_id = $1 and o.id = e.message_id
    where e.tenant_id = $1 and e.ticket_id = m.ticket_id and e.message_id is not null and e.kind <> 'message.deleted'
      and coalesce(o.visibility, e.after ->> 'visibility', 'public') = 'public'
    order by e.position limit 1)`

const PlaceRow = Type.Object({
  id: Type.String(),
  ticket_id: Type.String(),
  visibility: VISIBILITY,
  author_id: nullableText,
  /** Whether the conversation began with it. */
  is_opening: Type.Boolean(),
})
/** Where a message is, and whose. */
export type PlaceRow = Static<typeof PlaceRow>

/** `$2` a UUID or null, `$3` an integer or null. */
export const MESSAGE_PLACE = statement(
  'message.place',
  PlaceRow,
  `select m.id, m.ticket_id, m.visibility, m.author_id, coalesce(${IS_OPENING}, false) as is_opening from messages m
where m.tenant_id = $1 and (m.id = $2::uuid or m.integer = $3::bigint)`,
)

/** Messages that others say they answer: `$2` UUIDs, `$3` integers. */
export const ANSWERED = statement(
  'message.answered',
  Type.Object({ id: Type.String(), integer: Type.Integer(), ticket_id: Type.String(), visibility: VISIBILITY }),
  `select m.id, m.integer, m.ticket_id, m.visibility from messages m
where m.tenant_id = $1 and (m.id = any ($2::uuid[]) or m.integer = any ($3::bigint[]))`,
)

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

/** How many messages the ticket has that has the most of some: `$2` tickets. */
export const MOST_MESSAGES = statement(
  'message.most',
  Type.Object({ messages: Type.Integer() }),
  `select coalesce(max(c.messages), 0)::integer as messages from (
  select count(*) as messages from messages m where m.tenant_id = $1 and m.ticket_id = any ($2::uuid[]) group by m.ticket_id
) c`,
)

const OriginalRow = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  format: Type.Enum(['text', 'html'] as const),
  original: Type.String(),
  sanitizer: Type.Union([Type.String(), Type.Null()]),
  rendering: Type.Union([Type.Integer(), Type.Null()]),
  created_at: Type.String(),
})

export type OriginalRow = Static<typeof OriginalRow>

/** A message as it came in: `$2` the ticket, `$3` a UUID or null, `$4` an integer or null. */
export const ORIGINAL = statement(
  'message.original',
  OriginalRow,
  `select m.id, m.integer, m.format, m.original, m.sanitizer, m.rendering, m.created_at from messages m
where m.tenant_id = $1 and m.ticket_id = $2 and (m.id = $3::uuid or m.integer = $4::bigint)`,
)
