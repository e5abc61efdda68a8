import { type Static, Type } from 'typebox'
import { columnsOf, Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { personKeys } from './people.ts'
import { SEARCHED_CHARACTERS } from './words.ts'

const { uuid, integer, bigint, array, nullable } = Sql

/** Tickets of one block. */
const BLOCK = 8192

const TicketRow = Type.Object({ ticket: Type.Integer() })

/**
 * The newest tickets that have all keys: those with words that no job has come to yet, and block by block the others. The
 * additions of 0 keep the planner from walking through all tickets (docs/decisions/0031).
 */
export const CANDIDATES = statement(
  'search.candidates',
  { takes: { tenant_id: uuid, keys: array(bigint), limit: bigint }, row: TicketRow },
  `
with tail as materialized (
  select s.ticket, array_agg(distinct k.key) as found from search_tail s, unnest(s.keys) k (key)
  where s.tenant_id = :tenant_id and s.keys && :keys::bigint[] and k.key = any (:keys::bigint[])
  group by s.ticket
),
fresh as materialized (
  select f.ticket from tail f
  where f.found @> :keys::bigint[] or exists (
    select 1 from search_tickets m where m.tenant_id = :tenant_id and m.ticket = f.ticket and m.keys @> (
      select array_agg(b.prefix | k.key) from unnest(:keys::bigint[]) k (key), search_blocks b
      where b.tenant_id = :tenant_id and b.block = f.ticket / ${BLOCK} and k.key <> all (f.found)))
  order by f.ticket desc limit :limit::bigint
),
merged as (
  select r.ticket from (
    select b.block, b.prefix from search_blocks b where b.tenant_id = :tenant_id order by b.block desc) b
  cross join lateral (
    select s.ticket from search_tickets s
    where s.tenant_id = :tenant_id and s.keys @> (select array_agg(b.prefix | k.key) from unnest(:keys::bigint[]) k (key))
    order by s.ticket + 0 desc limit :limit::bigint) r
  order by b.block desc, r.ticket desc limit :limit::bigint
)
select f.ticket from fresh f union select m.ticket from merged m order by ticket desc limit :limit::bigint`,
)

/** What is sought, each by its keys; and the ticket that it is the number of, where it may be one. */
const SOUGHT_TERM = { keys: array(bigint), number: nullable(bigint) }

/** What `HAS_KEYS` takes. */
export const SOUGHT_TERMS = { terms: Sql.records(SOUGHT_TERM) }

const TERMS = `json_to_recordset(:terms::json) w (${columnsOf(SOUGHT_TERM)})`
const MERGED = (keys: string): string => `exists (
    select 1 from search_tickets m where m.tenant_id = :tenant_id and m.ticket = t.integer and m.keys @> array(
      select b.prefix | k.key from unnest(${keys}) k (key), search_blocks b
      where b.tenant_id = :tenant_id and b.block = t.integer / ${BLOCK}) offset 0)`

/**
 * SQL that is true of a ticket `t` which may hold all that is sought: each is on it, or is what its requester is called, or
 * is its number. OFFSET keeps each look from becoming a look at all rows of the tenant.
 */
export const HAS_KEYS = `not exists (
  select 1 from ${TERMS} where not (
    w.number in (t.integer, t.number)
    or cardinality(w.keys) > 0 and (${MERGED('w.keys')}
      or exists (
        select 1 from search_people p
        where p.tenant_id = :tenant_id and p.user_id = t.requester_id and p.keys @> ${personKeys('w.keys')} offset 0)
      or exists (select 1 from search_tail s where s.tenant_id = :tenant_id and s.ticket = t.integer offset 0) and not exists (
        select 1 from unnest(w.keys) k (key)
        where not ${MERGED('array[k.key]')} and not exists (
          select 1 from search_tail s where s.tenant_id = :tenant_id and s.ticket = t.integer and k.key = any (s.keys) offset 0)))))`

/**
 * SQL of the ticket with a number on a desk. Asked for as the least that is no less, as its order leads to the index of
 * numbers: by the number alone the planner may walk through all tickets of the desk.
 */
export const numberedOn = (deskId: string, number: string): string => `select n.integer from (
      select t.integer, t.number from tickets t where t.tenant_id = :tenant_id and t.desk_id = ${deskId} and t.number >= ${number}
      order by t.number limit 1) n where n.number = ${number}`

const BesideRow = Type.Object({
  tickets: Type.Array(Type.Integer()),
  /** Whether these are all. */
  all: Type.Boolean(),
})

/**
 * Tickets that may hold all that is sought, of which some is not on them, but is what their requester is called, or their
 * number. Looks at no more people and tickets than a limit.
 */
export const BESIDE = statement(
  'search.beside',
  { takes: { tenant_id: uuid, limit: bigint, ...SOUGHT_TERMS }, row: BesideRow },
  `
with people as materialized (
  select distinct p.user_id from ${TERMS} cross join lateral (
    select s.user_id from search_people s
    where s.tenant_id = :tenant_id and s.keys @> ${personKeys('w.keys')} limit :limit::bigint + 1) p
  where cardinality(w.keys) > 0
),
looked_at as materialized (
  select o.ticket from people p cross join lateral (
    select t.integer as ticket from tickets t where t.tenant_id = :tenant_id and t.requester_id = p.user_id
    limit :limit::bigint + 1) o
  limit :limit::bigint + 1
),
numbered as materialized (
  select t.ticket from ${TERMS} cross join lateral (
    select t.integer as ticket from tickets t where t.tenant_id = :tenant_id and t.integer = w.number limit 1) t
  union
  select t.integer from ${TERMS} cross join desks d cross join lateral (
    ${numberedOn('d.id', 'w.number')}) t
  where d.tenant_id = :tenant_id and w.number is not null
)
select coalesce((select json_agg(t.integer) from (select l.ticket from looked_at l union select n.ticket from numbered n) c, lateral (
    select * from tickets t where t.tenant_id = :tenant_id and t.integer = c.ticket limit 1) t
  where ${HAS_KEYS}), '[]') as tickets,
  (select count(*) from people) <= :limit::bigint and (select count(*) from looked_at) <= :limit::bigint as all`,
)

const TextsRow = Type.Object({
  ticket: Type.Integer(),
  /** Each text of the ticket and its messages that the caller may read. */
  texts: Type.Array(Type.String()),
})
export type TextsRow = Static<typeof TextsRow>

/** SQL of all that is searched of a ticket `t`, of those messages `m` that a condition picks, the newest first. */
const SAID = (
  picked: string,
): string => `array_remove(array[t.title, left(t.description, ${SEARCHED_CHARACTERS}), t.from_address, t.from_name,
      t.to_address, t.to_name, t.external_reference], null) || t.tags || array(
    select f #>> '{}' from jsonb_path_query(t.fields, '$.*[*] ? (@.type() == "string")') f) || array(
    select x.said from messages m, lateral (
      select left(m.plain, ${SEARCHED_CHARACTERS}) as said union all select m.author_name where m.author_name is not null) x
    where m.tenant_id = :tenant_id and m.ticket_id = t.id and (${picked}) order by m.integer desc)`

/** SQL of the blocks that tickets of a table are in. Each is the same everywhere and for ever; that it is there is usual. */
const BLOCKS = (tickets: string): string => `blocks as (
  insert into search_blocks as b (tenant_id, block, prefix)
  select :tenant_id, n.block, ('x' || left(md5(:tenant_id::text || ' ' || n.block), 8))::bit(32)::bit(23)::integer::bigint << 40
  from (select distinct t.ticket / ${BLOCK} as block from ${tickets} t) n
  order by n.block
  on conflict (tenant_id, block) do update set prefix = excluded.prefix
  returning b.block, b.prefix
)`

/** SQL of what the requester of a ticket `t` is called there. */
const CALLED = `coalesce((select array_remove(array[u.name || ' ' || u.surname, u.email, u.customer_number], null) || array(
    select x.external_id from external_identities x
    where x.tenant_id = :tenant_id and x.user_id = u.id and x.desk_id = t.desk_id)
  from users u where u.tenant_id = :tenant_id and u.id = t.requester_id), array[]::text[])`

/** What is said on some tickets, as far as it is searched: notes only on the desks given. */
export const TEXTS = statement(
  'search.texts',
  { takes: { tenant_id: uuid, tickets: array(bigint), notes_on: array(uuid) }, row: TextsRow },
  `select t.integer as ticket, ${CALLED} || ${SAID("m.visibility = 'public' or t.desk_id = any (:notes_on::uuid[])")} as texts
from unnest(:tickets::bigint[]) n (ticket), lateral (
  select * from tickets t where t.tenant_id = :tenant_id and t.integer = n.ticket limit 1) t`,
)

const SayingRow = Type.Object({ ticket_id: Type.String(), id: Type.String(), said: Type.String() })

/** How the newest messages of some tickets begin, the newest first: notes only on the desks given. */
export const SAYINGS = statement(
  'search.sayings',
  { takes: { tenant_id: uuid, ids: array(uuid), notes_on: array(uuid) }, row: SayingRow },
  `select n.id as ticket_id, m.id, left(m.plain, 4000) as said
from unnest(:ids::uuid[]) n (id), lateral (
  select t.desk_id from tickets t where t.tenant_id = :tenant_id and t.id = n.id limit 1) t, lateral (
  select m.id, m.integer, m.plain from messages m
  where m.tenant_id = :tenant_id and m.ticket_id = n.id and (m.visibility = 'public' or t.desk_id = any (:notes_on::uuid[]))
  order by m.integer desc limit 20) m
order by n.id, m.integer desc`,
)

/**
 * Makes of the oldest rows of the tail, each ticket with all of its own, what is searched by blocks, and deletes them. The
 * tickets are locked, so that none is deleted meanwhile; those that somebody is changing are left for the next time.
 */
export const MERGE = statement(
  'search.merge',
  { takes: { tenant_id: uuid, limit: bigint, beyond: bigint }, row: TicketRow },
  `
with due as materialized (
  select s.ticket from search_tail s
  where s.tenant_id = :tenant_id and (select count(*) from search_tail a where a.tenant_id = :tenant_id) > :beyond::bigint
    and not exists (select 1 from search_due d where d.tenant_id = :tenant_id and d.ticket = s.ticket)
  group by s.ticket order by min(s.position) limit :limit::bigint
),
locked as materialized (
  select t.integer as ticket from tickets t
  where t.tenant_id = :tenant_id and t.integer = any (array(select d.ticket from due d)) order by t.id
  for no key update skip locked
),
taken as (
  delete from search_tail s where s.tenant_id = :tenant_id and s.ticket = any (array(select l.ticket from locked l))
  returning s.ticket, s.keys
),
${BLOCKS('taken')},
merged as (
  insert into search_tickets as m (tenant_id, ticket, keys)
  select :tenant_id, t.ticket, array_agg(distinct b.prefix | k.key)
  from taken t join blocks b on b.block = t.ticket / ${BLOCK}, unnest(t.keys) k (key)
  group by t.ticket
  on conflict (tenant_id, ticket) do update set keys = array(select unnest(m.keys) union select unnest(excluded.keys))
  returning m.ticket
)
select m.ticket from merged m`,
)

/**
 * The tenants in which something is due, or more than so many rows are not merged. One of the exemptions from naming the
 * tenant: it finds them, so that each look costs one statement and not some for each tenant.
 */
export const TENANTS_DUE = statement(
  'search.tenants',
  { takes: { beyond: bigint }, row: Type.Object({ tenant_id: Type.String() }) },
  `select t.tenant_id from tenants t
where exists (select 1 from search_due d where d.tenant_id = t.tenant_id)
  or exists (select 1 from search_people p where p.tenant_id = t.tenant_id and p.mark > 0)
  or exists (select 1 from search_tail s where s.tenant_id = t.tenant_id offset :beyond::bigint)`,
)

const DueRow = Type.Object({ ...TextsRow.properties, mark: Type.Integer(), positions: Type.Array(Type.Integer()) })

/** Tickets whose keys are to be made anew, newest first, with all that they say and what of the tail is in that. */
export const DUE = statement(
  'search.due',
  { takes: { tenant_id: uuid, limit: bigint }, row: DueRow },
  `select d.ticket, d.mark, (
    select coalesce(json_agg(s.position), '[]') from search_tail s where s.tenant_id = :tenant_id and s.ticket = d.ticket) as positions,
  coalesce((select ${SAID('true')} from tickets t where t.tenant_id = :tenant_id and t.integer = d.ticket), array[]::text[]) as texts
from search_due d where d.tenant_id = :tenant_id order by d.ticket desc limit :limit::bigint`,
)

const REBUILT = { ticket: bigint, mark: integer, positions: array(bigint), keys: array(bigint) }

/**
 * Gives tickets the keys of what they said at that mark, in the place of all they had. What was written since is in rows of
 * the tail that stay; where more was erased since, nothing is done. The tickets are locked, as by whoever says or erases.
 */
export const REBUILD = statement(
  'search.rebuild',
  { takes: { tenant_id: uuid, tickets: Sql.records(REBUILT) }, row: TicketRow },
  `
with input as materialized (
  select * from json_to_recordset(:tickets::json) as i (${columnsOf(REBUILT)})
),
locked as materialized (
  select t.integer as ticket from tickets t
  where t.tenant_id = :tenant_id and t.integer = any (array(select i.ticket from input i)) order by t.id
  for no key update
),
done as (
  delete from search_due d using input i
  where d.tenant_id = :tenant_id and d.ticket = i.ticket and d.mark = i.mark and (select count(*) from locked) >= 0
  returning i.ticket, i.positions, i.keys
),
replaced as (
  delete from search_tail s using done d
  where s.tenant_id = :tenant_id and s.ticket = d.ticket and s.position = any (d.positions)
),
standing as materialized (
  select d.ticket, d.keys from done d join locked l on l.ticket = d.ticket
),
${BLOCKS('standing')},
made as (
  insert into search_tickets (tenant_id, ticket, keys)
  select :tenant_id, s.ticket, array(select distinct b.prefix | k.key from unnest(s.keys) k (key))
  from standing s join blocks b on b.block = s.ticket / ${BLOCK}
  on conflict (tenant_id, ticket) do update set keys = excluded.keys
)
select d.ticket from done d`,
)

const PersonRow = Type.Object({ user_id: Type.String(), mark: Type.Integer(), texts: Type.Array(Type.String()) })

/** People whose keys are to be made anew, with all that they are called. */
export const DUE_PEOPLE = statement(
  'search.due_people',
  { takes: { tenant_id: uuid, limit: bigint }, row: PersonRow },
  `select d.user_id, d.mark, array_remove(array[u.name, u.surname, u.email, u.customer_number], null) || array(
  select x.external_id from external_identities x where x.tenant_id = :tenant_id and x.user_id = u.id) as texts
from search_people d join users u on u.tenant_id = :tenant_id and u.id = d.user_id
where d.tenant_id = :tenant_id and d.mark > 0 limit :limit::bigint`,
)

const KEYED = { user_id: uuid, mark: integer, keys: array(bigint) }

/** Gives people the keys of what they were called at that mark, unless something was added since. */
export const REBUILD_PEOPLE = statement(
  'search.rebuild_people',
  { takes: { tenant_id: uuid, people: Sql.records(KEYED) }, row: Type.Object({ user_id: Type.String() }) },
  `update search_people p set keys = ${personKeys('i.keys')}, mark = 0
from json_to_recordset(:people::json) i (${columnsOf(KEYED)})
where p.tenant_id = :tenant_id and p.user_id = i.user_id and p.mark = i.mark
returning p.user_id`,
)
