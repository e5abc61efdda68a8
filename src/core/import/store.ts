import { Type } from 'typebox'
import { columnsOf, Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { EVENT_KINDS } from '../events/event.ts'
import { momentOf } from '../events/moment.ts'
import { addressKeys } from '../messages/store.ts'
import { CHANGED_COLUMNS, OPENED_COLUMNS } from '../tickets/fields.ts'
import { DATA, ENVELOPE, MESSAGE, PROVENANCE } from '../tickets/store/inputs.ts'
import { LIVING, namesNobody } from '../tickets/store/people.ts'
import { countingTags, tagsOf } from '../tickets/store/tags.ts'
import { STATUSES } from '../words.ts'

const { uuid, integer, bigint, text, boolean, timestamptz, array, nullable, word } = Sql

/** Digests of what a source said of each field when it said it last. */
export type SaidBefore = Readonly<Record<string, string>>

const SaidData = Type.Unsafe<SaidBefore>({ type: 'object' })

/** What of a source is here already. */
export const FIND_IMPORTED = statement(
  'import.find',
  {
    takes: { tenant_id: uuid, keys: array(text) },
    row: Type.Object({ source_key: Type.String(), id: Type.String(), said: SaidData }),
  },
  'select s.source_key, s.id, s.said from imported s where s.tenant_id = :tenant_id and s.source_key = any (:keys::text[])',
)

/** Keeps what a source said of something that is here. */
export const KEEP_IMPORTED = statement(
  'import.keep',
  {
    takes: { tenant_id: uuid, source_key: text, id: uuid, said: Sql.jsonb<SaidBefore>() },
    row: Type.Object({ id: Type.String() }),
  },
  `insert into imported as s (tenant_id, source_key, id, said) values (:tenant_id, :source_key, :id, :said)
on conflict (tenant_id, source_key) do update set said = excluded.said returning s.id`,
)

const TICKET = {
  ...OPENED_COLUMNS,
  ...CHANGED_COLUMNS,
  call: integer,
  source_key: text,
  is_new: boolean,
  /** Of one that is here already: its version and status before. */
  expected: integer,
  old_status: word(STATUSES),
  created_at: timestamptz,
  updated_at: timestamptz,
  said: Sql.jsonb<SaidBefore>(),
  search_keys: array(bigint),
}

const IMPORTED_MESSAGE = {
  nth: integer,
  source_key: text,
  ...MESSAGE,
  ticket_status: word(STATUSES),
  created_at: timestamptz,
  ...ENVELOPE,
}

const EVENT = {
  nth: integer,
  id: uuid,
  kind: word(EVENT_KINDS),
  message_id: nullable(uuid),
  visibility: nullable(text),
  before: DATA,
  after: DATA,
}

const FILE = { id: uuid, source_key: text, message_id: uuid, nth: integer }

const names = (columns: object): string => Object.keys(columns).join(', ')
const valuesOf = (columns: object): string =>
  Object.keys(columns)
    .map((column) => `i.${column}`)
    .join(', ')

const { id: _id, ...OPENED } = OPENED_COLUMNS
const NOT_OPENED = { requester_id: uuid, status_changed_at: timestamptz }
/** How many tickets a desk has in each status, with this one. */
const COUNTED = STATUSES.map(
  (status) =>
    `${status}_tickets = d.${status}_tickets + (i.status = '${status}')::integer - (not i.is_new and i.old_status = '${status}')::integer`,
).join(', ')

/**
 * Writes a ticket that another system has, and messages of it that are not here: all of it, or nothing where somebody else
 * wrote it or changed it meanwhile, or where a person or a file is gone.
 */
export const WRITE_IMPORTED = statement(
  'import.ticket',
  {
    takes: {
      tenant_id: uuid,
      by: Sql.record(PROVENANCE),
      ticket: Sql.record(TICKET),
      messages: Sql.records(IMPORTED_MESSAGE),
      events: Sql.records(EVENT),
      files: Sql.records(FILE),
    },
    row: Type.Object({ done: Type.Boolean() }),
  },
  `
with given as materialized (select * from json_to_record(:by::json) as b (${columnsOf(PROVENANCE)})),
ticket as materialized (select * from json_to_record(:ticket::json) as i (${columnsOf(TICKET)})),
new_messages as materialized (select * from json_to_recordset(:messages::json) as i (${columnsOf(IMPORTED_MESSAGE)})),
new_events as materialized (select * from json_to_recordset(:events::json) as i (${columnsOf(EVENT)})),
new_files as materialized (select * from json_to_recordset(:files::json) as i (${columnsOf(FILE)})),
named as materialized (
  select i.call, x.id from ticket i, lateral (
    select i.requester_id as id union select i.assignee_id union select m.author_id from new_messages m) x
  where x.id is not null and (i.is_new or x.id in (select m.author_id from new_messages m)
    or exists (select 1 from new_events e where x.id::text in (e.after ->> 'requester_id', e.after ->> 'assignee_id')))
),${LIVING},
locked as materialized (
  select t.id, t.integer, t.version, t.merged_into, t.tags from tickets t
  where t.tenant_id = :tenant_id and t.id = (select i.id from ticket i) and (select count(*) from living) >= 0
  for no key update
),
free_files as materialized (
  select f.id from attachments f
  where f.tenant_id = :tenant_id and f.id = any (array(select n.id from new_files n)) and f.message_id is null
    and (select count(*) from locked) >= 0
  order by f.id for update
),
whole as materialized (
  select i.* from ticket i
  where not ${namesNobody('i')} and (select count(*) from free_files) = (select count(*) from new_files)
),
claimed as (
  insert into imported as s (tenant_id, source_key, id, said)
  select :tenant_id, i.source_key, i.id, i.said from whole i where i.is_new
  on conflict do nothing returning s.id
),
ready as materialized (
  select i.* from whole i
  where case when i.is_new then exists (select 1 from claimed)
    else exists (select 1 from locked l where l.version = i.expected) end
),
counted as (
  update tenant_counters c
  set event_position = c.event_position + e.events, ticket_integer = c.ticket_integer + i.is_new::integer,
    message_integer = c.message_integer + m.messages, latest_at = ${momentOf('b.at')}
  from ready i, given b, (select count(*) as events from new_events) e, (select count(*) as messages from new_messages) m
  where c.tenant_id = :tenant_id
  returning c.event_position - e.events as event_position, c.event_position as last_position, c.ticket_integer,
    c.message_integer - m.messages as message_integer, c.latest_at
),
desk_counted as (
  update desk_counters d set ticket_number = d.ticket_number + i.is_new::integer, ${COUNTED}
  from ready i, counted
  where d.tenant_id = :tenant_id and d.desk_id = i.desk_id
  returning d.ticket_number
),
${countingTags(`${tagsOf('(select i.id, i.tags from ready i where not exists (select 1 from locked l where l.merged_into is not null)) x', 1)}
    union all
    ${tagsOf('(select l.id, l.tags from ready i join locked l on l.id = i.id and l.merged_into is null) x', -1)}`)},
made as (
  insert into tickets as t (tenant_id, id, integer, number, version, created_at, updated_at, change_position, ${names(NOT_OPENED)}, ${names(OPENED)})
  select :tenant_id, i.id, c.ticket_integer, d.ticket_number, 1, i.created_at, i.updated_at, c.last_position, ${valuesOf(NOT_OPENED)}, ${valuesOf(OPENED)}
  from ready i, counted c, desk_counted d where i.is_new
  returning t.integer
),
changed as (
  update tickets t set version = t.version + 1, updated_at = greatest(t.updated_at, c.latest_at), change_position = c.last_position,
    description = case when t.description = '' then i.description else t.description end,
    ${Object.keys(CHANGED_COLUMNS)
      .map((column) => `${column} = i.${column}`)
      .join(', ')}
  from ready i, counted c
  where t.tenant_id = :tenant_id and t.id = i.id and not i.is_new
  returning t.integer
),
said as (
  insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_name, author_role, direction,
    channel_id, format, original, plain, safe_html, sanitizer, rendering, plain_given, ticket_status, created_at, to_addresses,
    cc_addresses, bcc_addresses, address_keys, in_reply_to, external_reference)
  select :tenant_id, n.message_id, c.message_integer + n.nth, i.id, n.visibility, n.author_id, n.author_name, n.author_role,
    n.message_direction, n.message_channel_id, n.format, n.original, n.plain, n.safe_html, n.sanitizer, n.rendering, n.plain_given,
    n.ticket_status, n.created_at, n.to_addresses, n.cc_addresses, n.bcc_addresses, ${addressKeys('n')}, n.in_reply_to,
    n.external_reference
  from new_messages n, ready i, counted c
),
attached as (
  update attachments f set message_id = n.message_id, nth = n.nth from new_files n, ready i
  where f.tenant_id = :tenant_id and f.id = n.id
),
kept as (
  insert into imported as s (tenant_id, source_key, id, said)
  select :tenant_id, n.source_key, n.id, '{}'::jsonb from (
    select m.source_key, m.message_id as id from new_messages m union all select f.source_key, f.id from new_files f where f.source_key <> ''
  ) n, ready i
  on conflict do nothing
),
heard as (
  update imported s set said = s.said || i.said from ready i
  where s.tenant_id = :tenant_id and s.source_key = i.source_key and not i.is_new
),
recorded as (
  insert into events (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at,
    before, after, desk_id, requester_id, assignee_id, visibility)
  select :tenant_id, c.event_position + n.nth, n.id, n.kind, i.id, n.message_id, b.actor_id, b.credential_id, b.dialect, b.request_id,
    c.latest_at, n.before, n.after, i.desk_id, i.requester_id, i.assignee_id, n.visibility
  from new_events n, ready i, given b, counted c
),
searched as (
  insert into search_tail (tenant_id, ticket, position, keys)
  select :tenant_id, x.integer, c.last_position, i.search_keys
  from ready i, counted c, (select m.integer from made m union all select h.integer from changed h) x
)
select exists (select 1 from ready) as done`,
)
