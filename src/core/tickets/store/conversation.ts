import { Type } from 'typebox'
import { Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { EVENT_VIEW, EventRow } from '../../events/rows.ts'
import { MESSAGE_COLUMNS, MessageRow, messageView, OriginData, originView } from '../rows.ts'
import { familyOf } from './family.ts'

/**
 * Conversations are read in pages that end with the message by which their texts come to so many bytes. How long a text
 * is stands beside it: `octet_length` reads none. What is beyond a page is there without its text, which tells that there
 * is more.
 *
 * Most conversations are one page. For an answer that must hold all of a longer one, texts are cut once they are too long
 * together: the longest to one length, by which all fit (docs/decisions/0025-bounded-conversations.md).
 */

/** SQL that joins the one row of a table by its id. The limit keeps it from becoming a join that reads all of the tenant's. */
export const oneOf = (table: 'users' | 'messages', id: string, name: string): string =>
  `left join lateral (select * from ${table} x where x.tenant_id = :tenant_id and x.id = ${id} limit 1) ${name} on true`

/** Bytes of the texts of a message `m`. */
export const TEXT_BYTES = '(coalesce(octet_length(m.plain), 0) + coalesce(octet_length(m.safe_html), 0))'

/** SQL of the beginning of a text: about so many bytes, and never half of a character. */
const beginningOf = (text: string, bytes: string): string => `(select
    left(p.beginning, (length(p.beginning)::bigint * ${bytes} / greatest(octet_length(p.beginning), ${bytes}, 1))::integer)
    from (select left(${text}, ${bytes}::integer)) p (beginning))`

/** A way to read a conversation: what of the texts of a message `m`, of which `m.said` bytes come before it. */
interface Reading {
  /** SQL of what is counted of a text. */
  readonly bytes: string
  readonly texts: string
  /** What the statement begins with. */
  readonly ahead: (condition: string) => string
}

/** Texts as they are. */
const WHOLE_TEXTS: Reading = {
  bytes: TEXT_BYTES,
  texts: `case when m.said < :page_bytes::bigint then m.plain else '' end as plain,
  case when m.said < :page_bytes::bigint then m.safe_html end as safe_html`,
  ahead: () => '',
}

const SHARE = '(select f.share from fair f)'
const FITS = `(${SHARE} is null or ${TEXT_BYTES} <= ${SHARE})`

/** Texts of which those of all pages together come to `all_bytes`. */
const FAIR_SHARES: Reading = {
  bytes: `least(${TEXT_BYTES}, ${SHARE})`,
  texts: `case when m.said >= :page_bytes::bigint then '' when ${FITS} then m.plain else ${beginningOf('m.plain', SHARE)} end as plain,
  case when m.said < :page_bytes::bigint and ${FITS} then m.safe_html end as safe_html,
  case when not ${FITS} then ${TEXT_BYTES} end as whole_bytes`,
  ahead: (condition) => `
with sized as materialized (
  select m.id, ${TEXT_BYTES} as bytes from messages m where m.tenant_id = :tenant_id and ${condition}
),
fair as materialized (
  -- The shortest first: what they leave is for the others, in equal shares. The first of these is the one that counts.
  select case when (select sum(s.bytes) from sized s) > :all_bytes::bigint then (
    select max((:all_bytes::bigint - s.below) / s.others) from (
      select s.bytes, (sum(s.bytes) over lengths - s.bytes)::bigint as below,
        count(*) over () - row_number() over lengths + 1 as others
      from sized s window lengths as (order by s.bytes, s.id)
    ) s where s.below + s.bytes * s.others > :all_bytes::bigint
  ) end as share
)`,
}

/** SQL of the bytes that come before a row. */
const saidBefore = (bytes: string, order: string): string =>
  `coalesce(sum(${bytes}) over (order by ${order} rows between unbounded preceding and 1 preceding), 0) as said`

const OF_TICKET = "m.ticket_id = :ticket_id and (:with_notes::boolean or m.visibility = 'public')"
const OF_TICKETS =
  "m.ticket_id = any (:ticket_ids::uuid[]) and (m.ticket_id = any (:noted_ids::uuid[]) or m.visibility = 'public')"

const MessagePageRow = Type.Object({ ...MessageRow.properties, is_beyond: Type.Boolean() })

/** A page of messages, oldest first. */
const pageOfMessages = (condition: string, { bytes, texts, ahead }: Reading): string => `${ahead(condition)}
select ${messageView(texts)}, m.said >= :page_bytes::bigint as is_beyond
from (
  select m.*, ${saidBefore(bytes, 'm.integer')}
  from messages m where m.tenant_id = :tenant_id and ${condition} and m.integer > :after::bigint
  order by m.integer limit :limit
) m ${oneOf('users', 'm.author_id', 'u')}
order by m.integer`

const PAGE = {
  /** The integer of a message, or the position of an event. */
  after: Sql.bigint,
  limit: Sql.bigint,
  page_bytes: Sql.bigint,
}
/** A page of one ticket. */
const OF_ONE = { tenant_id: Sql.uuid, ticket_id: Sql.uuid, with_notes: Sql.boolean, ...PAGE }
/** The same in one answer. */
const IN_SHARES = { ...OF_ONE, all_bytes: Sql.bigint }

/** A page of the messages of a ticket. */
export const MESSAGES = statement(
  'message.of_ticket',
  { takes: OF_ONE, row: MessagePageRow },
  pageOfMessages(OF_TICKET, WHOLE_TEXTS),
)

/** As `MESSAGES`, of what had been said at a moment. */
export const MESSAGES_UNTIL = statement(
  'message.of_ticket_until',
  { takes: { ...OF_ONE, until: Sql.timestamptz }, row: MessagePageRow },
  pageOfMessages(
    // What another ticket brought is there from its merge on.
    `${OF_TICKET} and m.created_at <= :until::timestamptz and (m.came_from is null or exists (
      select 1 from events e where e.tenant_id = :tenant_id and e.ticket_id = m.came_from and e.kind = 'ticket.merged'
        and e.at <= :until::timestamptz))`,
    WHOLE_TEXTS,
  ),
)

/** As `MESSAGES`, of those in one answer. */
export const MESSAGES_IN_SHARES = statement(
  'message.of_ticket_in_shares',
  { takes: IN_SHARES, row: MessagePageRow },
  pageOfMessages(OF_TICKET, FAIR_SHARES),
)

/** A page of the messages of tickets, of some of them with notes: in one answer, as `MESSAGES_IN_SHARES`. */
export const MESSAGES_OF_TICKETS = statement(
  'message.of_tickets',
  {
    takes: {
      tenant_id: Sql.uuid,
      ticket_ids: Sql.array(Sql.uuid),
      noted_ids: Sql.array(Sql.uuid),
      ...PAGE,
      all_bytes: Sql.bigint,
    },
    row: MessagePageRow,
  },
  pageOfMessages(OF_TICKETS, FAIR_SHARES),
)

/** SQL that is true of an event `e` about a note; `m` is its message, if that is still there. */
export const IS_OF_NOTE = `(e.message_id is not null
    and coalesce(m.visibility, e.before ->> 'visibility', e.after ->> 'visibility', 'public') <> 'public')`

const TimelineRow = Type.Object({
  ...EventRow.properties,
  message: Type.Union([MessageRow, Type.Null()]),
  credential_name: Type.Union([Type.String(), Type.Null()]),
  came_from: OriginData,
  is_beyond: Type.Boolean(),
})

const TOLD = MESSAGE_COLUMNS.map((column) => `e.m_${column} as ${column}`).join(', ')

/** What is read of events. */
const EVENT_COLUMNS = EVENT_VIEW

/** The same of the event by which a message that was split off was added to another ticket, of which it tells nothing else. */
const SPLIT_COLUMNS = `e.id, e.position, 'message.added'::text as kind, m.ticket_id, e.message_id, e.actor_id, e.credential_id, e.dialect,
      e.request_id, e.at, null::jsonb as before,
      jsonb_build_object('visibility', m.visibility, 'author_role', m.author_role) as after, null::bigint as undoes`

/**
 * A page of the events of a ticket, and of those that were merged into it, with the messages that they added. As much of
 * each ticket as the page may need, which is then made of them.
 * The message's columns come along, so that it is looked up once.
 */
const pageOfTimeline = ({ bytes, texts, ahead }: Reading): string => `${ahead(OF_TICKET)}
select ${EVENT_VIEW}, c.name as credential_name, e.said >= :page_bytes::bigint as is_beyond,
  ${originView('case when e.is_guest or e.ticket_id <> :ticket_id::uuid then e.ticket_id end')} as came_from,
  case when m.ticket_id = :ticket_id::uuid then (select to_json(v) from (select ${messageView(texts)}) v) end as message
from (
  select e.*, ${saidBefore(bytes, 'e.position')}
  from (
  select e.* from ${familyOf('select :ticket_id::uuid')} f cross join lateral (
    select ${EVENT_COLUMNS}, false as is_guest, ${MESSAGE_COLUMNS.map((column) => `m.${column} as m_${column}`).join(', ')}
    from events e ${oneOf('messages', 'e.message_id', 'm')}
    where e.tenant_id = :tenant_id and e.ticket_id = f.id and e.position > :after::bigint and (:with_notes::boolean or not ${IS_OF_NOTE})
    order by e.position limit :limit
  ) e
  union all
  select * from (
    select ${SPLIT_COLUMNS}, true as is_guest, ${MESSAGE_COLUMNS.map((column) => `m.${column} as m_${column}`).join(', ')}
    from messages m cross join lateral (
      select * from events x
      where x.tenant_id = :tenant_id and x.ticket_id = m.written_on and x.message_id = m.id
        and x.kind in ('message.added', 'ticket.created') and x.position > :after::bigint
      limit 1) e
    where m.tenant_id = :tenant_id and m.ticket_id = :ticket_id and m.written_on is not null
      and m.written_on <> all (array(select f.id from ${familyOf('select :ticket_id::uuid')} f))
      and (:with_notes::boolean or m.visibility = 'public')
    order by e.position limit :limit
  ) e
  ) e cross join lateral (select ${TOLD}) m
  order by e.position limit :limit
) e
cross join lateral (select ${TOLD}, e.said) m
${oneOf('users', 'm.author_id', 'u')}
left join credentials c on c.tenant_id = :tenant_id and c.id = e.credential_id
order by e.position`

export const TIMELINE = statement('event.timeline', { takes: OF_ONE, row: TimelineRow }, pageOfTimeline(WHOLE_TEXTS))

/** As `TIMELINE`, of all of it in one answer. */
export const TIMELINE_IN_SHARES = statement(
  'event.timeline_in_shares',
  { takes: IN_SHARES, row: TimelineRow },
  pageOfTimeline(FAIR_SHARES),
)

/** What was recorded under an id, and whether it is about a note. */
export const TICKET_EVENT = statement(
  'event.of_id',
  {
    takes: { tenant_id: Sql.uuid, id: Sql.uuid },
    row: Type.Object({ ...EventRow.properties, is_of_note: Type.Boolean() }),
  },
  `select ${EVENT_VIEW}, ${IS_OF_NOTE} as is_of_note
from events e left join messages m on m.tenant_id = :tenant_id and m.id = e.message_id where e.tenant_id = :tenant_id and e.id = :id`,
)
