import { type Static, type TSchema, Type } from 'typebox'
import { columnsOf, Sql } from '../../../../storage/sql.ts'
import { statement } from '../../../../storage/statement.ts'
import { IMPORT_DIALECT } from '../../../import/record.ts'
import { HELD_REASONS, OUTGOING_STATES } from '../fate.ts'

const { uuid, text, integer, bigint, boolean, timestamptz, array, nullable, word } = Sql
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

/** The tenants with desks that have addresses, which alone send mail, and whether something is to be done in each. */
export const TENANTS_WITH_ADDRESSES = statement(
  'outgoing.tenants',
  { takes: { now: timestamptz }, row: Type.Object({ tenant_id: Type.String(), is_due: Type.Boolean() }) },
  `select c.tenant_id, p.position is distinct from c.event_position or exists (
  select 1 from outgoing_mails o
  where o.tenant_id = c.tenant_id and o.state in ('waiting', 'sending') and o.next_at <= :now::timestamptz) as is_due
from tenant_counters c left join outgoing_positions p on p.tenant_id = c.tenant_id
where c.tenant_id in (select d.tenant_id from desks d where d.addresses <> '{}')`,
)

/** SQL of the address that a desk `d` writes from: its first that is one, and not all of a domain. */
const ADDRESS =
  "(select x.address from unnest(d.addresses) with ordinality x (address, nth) where x.address not like '*%' order by x.nth limit 1)"

/** Forgets where it was in tenants without an address: what is said there meanwhile is not sent once there is one. */
export const END_OUTGOING = statement(
  'outgoing.end',
  { takes: {}, row: Type.Object({ tenant_id: Type.String() }) },
  `delete from outgoing_positions p
where not exists (select 1 from desks d where d.tenant_id = p.tenant_id and d.addresses <> '{}') returning p.tenant_id`,
)

/** So many of the latest events are looked through for those that gave a desk an address. */
const RECENT_EVENTS = 1_000

/**
 * Begins where a desk was given an address, if that was since a time: it takes until now to be seen, and what was said meanwhile is
 * sent. Else at the end of the log: what was said before there was mail is not sent later.
 */
export const BEGIN_OUTGOING = statement(
  'outgoing.begin',
  { takes: { tenant_id: uuid, since: timestamptz }, row: Type.Object({ position: Type.Integer() }) },
  `
with recent as materialized (
  select e.position, e.kind = 'desk.changed' and e.after -> 'addresses' = '[]' as takes,
    case e.kind
      when 'desk.changed' then e.after -> 'addresses' <> '[]'
      else exists (select 1 from desks d where d.tenant_id = :tenant_id and d.id::text = e.after ->> 'id' and d.addresses <> '{}')
    end as gives
  from tenant_counters c join events e on e.tenant_id = :tenant_id and e.position > c.event_position - ${RECENT_EVENTS}
  where c.tenant_id = :tenant_id and e.kind in ('desk.created', 'desk.changed') and e.at >= :since::timestamptz
)
insert into outgoing_positions (tenant_id, position)
select :tenant_id, coalesce(
  (select min(r.position) from recent r where r.gives and r.position > coalesce((select max(t.position) from recent t where t.takes), 0)),
  c.event_position)
from tenant_counters c where c.tenant_id = :tenant_id
on conflict do nothing returning position`,
)

/**
 * Makes the next events of the log into letters and moves on past them: what agents say in public to somebody with an
 * address, on a desk with one, each once. What was imported was said elsewhere; what was said before a time, as when no relay was
 * there for long, is not sent as if it were new.
 */
export const MAKE_LETTERS = statement(
  'outgoing.make',
  {
    takes: { tenant_id: uuid, now: timestamptz, since: timestamptz, limit: bigint },
    row: Type.Object({ events: Type.Integer(), letters: Type.Integer() }),
  },
  `
with here as materialized (
  select p.position from outgoing_positions p where p.tenant_id = :tenant_id for no key update
),
next as materialized (
  select e.position, e.kind, e.message_id, e.dialect
  from events e where e.tenant_id = :tenant_id and e.position > (select h.position from here h)
  order by e.position limit :limit
),
made as (
  insert into outgoing_mails as o (tenant_id, message_id, position, mail_id, state, next_at, created_at)
  select :tenant_id, m.id, n.position, m.id::text || '@' || split_part(${ADDRESS}, '@', 2), 'waiting', :now, :now
  from next n
  join messages m on m.tenant_id = :tenant_id and m.id = n.message_id and m.visibility = 'public' and m.author_role = 'agent'
    and m.created_at >= :since::timestamptz
  join tickets t on t.tenant_id = :tenant_id and t.id = m.ticket_id
  join desks d on d.tenant_id = :tenant_id and d.id = t.desk_id and ${ADDRESS} is not null
  join users u on u.tenant_id = :tenant_id and u.id = t.requester_id and u.email is not null
  where n.kind in ('ticket.created', 'message.added') and n.dialect <> '${IMPORT_DIALECT}' and u.id is distinct from m.author_id
  on conflict do nothing
  returning o.message_id, o.mail_id
),
-- By its id an answer finds its ticket, also before the letter has gone out.
led as (
  insert into mail_ids as k (tenant_id, key, ticket_id, desk_id, is_own)
  select :tenant_id, o.mail_id, m.ticket_id, null, true
  from made o join messages m on m.tenant_id = :tenant_id and m.id = o.message_id
  on conflict (tenant_id, key, ticket_id) do update set is_own = true
),
moved as (
  update outgoing_positions p set position = (select max(n.position) from next n)
  where p.tenant_id = :tenant_id and exists (select 1 from next)
)
select (select count(*)::integer from next) as events, (select count(*)::integer from made) as letters`,
)

const ClaimedRow = Type.Object({ message_id: Type.String(), attempts: Type.Integer(), tries: Type.Integer() })
export type ClaimedRow = Static<typeof ClaimedRow>

/** Takes letters that are due, in order for each ticket, until a moment by which an attempt that nobody recorded is over. */
export const CLAIM_LETTERS = statement(
  'outgoing.claim',
  { takes: { tenant_id: uuid, now: timestamptz, until: timestamptz, limit: bigint }, row: ClaimedRow },
  `
with due as materialized (
  select o.message_id from outgoing_mails o join messages m on m.tenant_id = :tenant_id and m.id = o.message_id
  where o.tenant_id = :tenant_id and o.state = 'waiting' and o.next_at <= :now::timestamptz and not exists (
    select 1 from messages b join outgoing_mails e on e.tenant_id = :tenant_id and e.message_id = b.id
    where b.tenant_id = :tenant_id and b.ticket_id = m.ticket_id and e.state in ('waiting', 'sending') and e.position < o.position)
  order by o.next_at, o.position limit :limit
  for no key update of o skip locked
)
update outgoing_mails o set state = 'sending', next_at = :until::timestamptz, attempts = o.attempts + 1, tries = o.tries + 1
from due where o.tenant_id = :tenant_id and o.message_id = due.message_id
returning o.message_id, o.attempts, o.tries`,
)

/** Whoever had these has gone: a relay may have them or not. */
export const LOSE_LETTERS = statement(
  'outgoing.lose',
  { takes: { tenant_id: uuid, now: timestamptz }, row: Type.Object({ message_id: Type.String() }) },
  `update outgoing_mails o set state = 'uncertain', finished_at = :now, answer = 'The server stopped while it was sent.'
where o.tenant_id = :tenant_id and o.state = 'sending' and o.next_at < :now::timestamptz returning o.message_id`,
)

/** When something is due next. */
export const NEXT_DUE = statement(
  'outgoing.due',
  { takes: { tenant_id: uuid }, row: Type.Object({ next_at: orNull(Type.String()) }) },
  `select min(o.next_at) as next_at from outgoing_mails o
where o.tenant_id = :tenant_id and o.state in ('waiting', 'sending')`,
)

const LetterRow = Type.Object({
  mail_id: Type.String(),
  plain: Type.String(),
  safe_html: orNull(Type.String()),
  said_at: Type.String(),
  author: Type.String(),
  cc: Type.Array(Type.String()),
  bcc: Type.Array(Type.String()),
  files: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), media_type: Type.String() })),
  ticket_id: Type.String(),
  integer: Type.Integer(),
  number: Type.Integer(),
  title: Type.String(),
  desk: Type.String(),
  address: orNull(Type.String()),
  email: orNull(Type.String()),
  requester: Type.String(),
  thread: Type.Array(Type.String()),
  /** Keys of those addresses to which nothing more is sent. */
  undeliverable: Type.Array(Type.String()),
})
export type LetterRow = Static<typeof LetterRow>

/** All that a letter is made of, as it is now. */
export const FIND_LETTER = statement(
  'outgoing.letter',
  { takes: { tenant_id: uuid, message_id: uuid }, row: LetterRow },
  `
select o.mail_id, m.plain, m.safe_html, m.created_at as said_at,
  coalesce(m.author_name, nullif(trim(a.name || ' ' || a.surname), ''), '') as author,
  coalesce(m.cc_addresses, '{}') as cc, coalesce(m.bcc_addresses, '{}') as bcc,
  (select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'media_type', f.media_type) order by f.nth), '[]')
    from attachments f where f.tenant_id = :tenant_id and f.message_id = m.id) as files,
  t.id as ticket_id, t.integer, t.number, t.title, d.name as desk, ${ADDRESS} as address, u.email,
  coalesce(trim(u.name || ' ' || u.surname), '') as requester,
  -- What came in, then what went out: the last is what this one goes on with.
  array(
    select k.key from mail_ids k
    where k.tenant_id = :tenant_id and k.ticket_id = t.id and k.is_own and k.desk_id is not null and k.key not like 'sha256:%'
    order by k.key limit 20
  ) || array(
    select e.mail_id from messages b join outgoing_mails e on e.tenant_id = :tenant_id and e.message_id = b.id
    where b.tenant_id = :tenant_id and b.ticket_id = t.id and e.position < o.position order by e.position) as thread,
  array(
    select d.address_key from undeliverable_addresses d where d.tenant_id = :tenant_id
      and d.address_key = any (coalesce(m.address_keys, '{}') || u.email_key)) as undeliverable
from outgoing_mails o
join messages m on m.tenant_id = :tenant_id and m.id = o.message_id
join tickets t on t.tenant_id = :tenant_id and t.id = m.ticket_id
join desks d on d.tenant_id = :tenant_id and d.id = t.desk_id
left join users u on u.tenant_id = :tenant_id and u.id = t.requester_id
left join users a on a.tenant_id = :tenant_id and a.id = m.author_id
where o.tenant_id = :tenant_id and o.message_id = :message_id`,
)

/** Records how an attempt ended, unless it was lost and begun again meanwhile. */
export const RECORD_LETTER = statement(
  'outgoing.record',
  {
    takes: {
      tenant_id: uuid,
      message_id: uuid,
      attempt: integer,
      state: word(OUTGOING_STATES),
      next_at: nullable(timestamptz),
      answer: text,
      held_because: nullable(word(HELD_REASONS)),
      now: timestamptz,
    },
    row: Type.Object({ message_id: Type.String() }),
  },
  `update outgoing_mails o set state = :state::text, held_because = :held_because::text, next_at = coalesce(:next_at::timestamptz, o.next_at), answer = :answer,
  finished_at = case when :state::text <> 'waiting' then :now::timestamptz end
where o.tenant_id = :tenant_id and o.message_id = :message_id and o.attempts = :attempt and o.state in ('sending', 'uncertain')
returning o.message_id`,
)

/** The letter with one of these ids, and whom it went to; of several the latest. */
export const FIND_RETURNED = statement(
  'outgoing.returned',
  {
    takes: { tenant_id: uuid, mail_ids: array(text) },
    row: Type.Object({
      message_id: Type.String(),
      email: orNull(Type.String()),
      cc: Type.Array(Type.String()),
      bcc: Type.Array(Type.String()),
    }),
  },
  `select o.message_id, u.email, coalesce(m.cc_addresses, '{}') as cc, coalesce(m.bcc_addresses, '{}') as bcc
from outgoing_mails o
join messages m on m.tenant_id = :tenant_id and m.id = o.message_id
join tickets t on t.tenant_id = :tenant_id and t.id = m.ticket_id
left join users u on u.tenant_id = :tenant_id and u.id = t.requester_id
where o.tenant_id = :tenant_id and o.mail_id = any (:mail_ids::text[])
order by o.position desc limit 1`,
)

const UNDELIVERABLE = { id: uuid, address_key: text, address: text, answer: text }

/**
 * Records what a bounce tells of a letter that went out, also before whoever sent it has recorded that: what is told of it was
 * taken. One that waits to be sent once more is not touched, and what came back stays so. Nothing more is sent to the addresses
 * that it tells of.
 */
export const RETURN_LETTER = statement(
  'outgoing.return',
  {
    takes: {
      ...{ tenant_id: uuid, message_id: uuid, is_back: boolean, answer: text, now: timestamptz },
      addresses: Sql.records(UNDELIVERABLE),
    },
    row: Type.Object({ message_id: Type.String() }),
  },
  `
with person as materialized (
  -- Who is erased meanwhile is waited for, and has no address then.
  select u.email_key from users u where u.tenant_id = :tenant_id and u.id = (
    select t.requester_id from messages m join tickets t on t.tenant_id = :tenant_id and t.id = m.ticket_id
    where m.tenant_id = :tenant_id and m.id = :message_id)
  for share
),
said as materialized (
  select m.id, coalesce(m.address_keys, '{}') || array(select p.email_key from person p) as keys from messages m
  where m.tenant_id = :tenant_id and m.id = :message_id
  for share
),
returned as (
  update outgoing_mails o set state = case when :is_back::boolean then 'bounced' else 'sent' end, answer = :answer,
    finished_at = case when :is_back::boolean or o.finished_at is null then :now::timestamptz else o.finished_at end
  from said s where o.tenant_id = :tenant_id and o.message_id = s.id and o.state in ('sending', 'sent', 'uncertain')
  returning o.message_id
),
marked as (
  insert into undeliverable_addresses as d (tenant_id, id, address_key, address, answer, since)
  select :tenant_id, i.id, i.address_key, i.address, i.answer, :now
  from returned, said s, json_to_recordset(:addresses::json) as i (${columnsOf(UNDELIVERABLE)})
  where i.address_key = any (s.keys)
  on conflict (tenant_id, address_key) do update set answer = excluded.answer
)
select r.message_id from returned r`,
)
