import { type Static, Type } from 'typebox'
import { columnsOf, Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { SEARCHED_CHARACTERS } from './words.ts'

const { uuid, integer, bigint, boolean, array, nullable } = Sql

/** Whose sight counts. */
const SIGHT = {
  all: boolean,
  sight_desk_ids: array(uuid),
  sight_requester_id: nullable(uuid),
  only_desk_id: nullable(uuid),
}

/** SQL that is true of a ticket `t` in sight. */
const IN_SIGHT = `(:only_desk_id::uuid is null or t.desk_id = :only_desk_id::uuid)
    and (:all::boolean or t.desk_id = any (:sight_desk_ids::uuid[]) or t.requester_id = :sight_requester_id::uuid)`

/** Tickets of one block. */
const BLOCK = 8192

const TicketRow = Type.Object({ ticket: Type.Integer() })

/**
 * Tickets in sight that have all keys, newest first: those with words that no job has come to yet, and block by block the
 * others. The additions of 0 keep the planner from walking through all tickets (docs/decisions/0031).
 */
export const CANDIDATES = statement(
  'search.candidates',
  { takes: { tenant_id: uuid, keys: array(bigint), before: bigint, limit: bigint, ...SIGHT }, row: TicketRow },
  `
with tail as materialized (
  select s.ticket, array_agg(distinct k.key) as found from search_tail s, unnest(s.keys) k (key)
  where s.tenant_id = :tenant_id and s.ticket < :before::bigint and s.keys && :keys::bigint[] and k.key = any (:keys::bigint[])
  group by s.ticket
),
fresh as materialized (
  select f.ticket from tail f, lateral (
    select 1 from tickets t where t.tenant_id = :tenant_id and t.integer = f.ticket and ${IN_SIGHT} limit 1) t
  where f.found @> :keys::bigint[] or exists (
    select 1 from search_tickets m where m.tenant_id = :tenant_id and m.ticket = f.ticket and m.keys @> (
      select array_agg(b.prefix | k.key) from unnest(:keys::bigint[]) k (key), search_blocks b
      where b.tenant_id = :tenant_id and b.block = f.ticket / ${BLOCK} and k.key <> all (f.found)))
  order by f.ticket desc limit :limit::bigint
),
merged as (
  select r.ticket from (
    select b.block, b.prefix from search_blocks b
    where b.tenant_id = :tenant_id and b.block <= :before::bigint / ${BLOCK} order by b.block desc) b
  cross join lateral (
    select s.ticket from search_tickets s
    where s.tenant_id = :tenant_id and s.keys @> (select array_agg(b.prefix | k.key) from unnest(:keys::bigint[]) k (key))
      and s.ticket + 0 < :before::bigint and exists (
        select 1 from tickets t where t.tenant_id = :tenant_id and t.integer = s.ticket and ${IN_SIGHT} offset 0)
    order by s.ticket + 0 desc limit :limit::bigint) r
  order by b.block desc, r.ticket desc limit :limit::bigint
)
select f.ticket from fresh f union select m.ticket from merged m order by ticket desc limit :limit::bigint`,
)

const TextsRow = Type.Object({
  ticket: Type.Integer(),
  /** Each text of the ticket and its messages that the caller may read. */
  texts: Type.Array(Type.String()),
})
export type TextsRow = Static<typeof TextsRow>

/** SQL of all that is searched of a ticket `t`, of those messages `m` that a condition picks. */
const SAID = (
  picked: string,
): string => `array_remove(array[t.title, left(t.description, ${SEARCHED_CHARACTERS}), t.from_address, t.from_name,
      t.to_address, t.to_name, t.external_reference], null) || t.tags || array(
    select x.said from messages m, lateral (
      select left(m.plain, ${SEARCHED_CHARACTERS}) as said union all select m.author_name where m.author_name is not null) x
    where m.tenant_id = :tenant_id and m.ticket_id = t.id and (${picked}))`

/** SQL of the blocks that tickets of a table are in. Each is the same everywhere and for ever; that it is there is usual. */
const BLOCKS = (tickets: string): string => `blocks as (
  insert into search_blocks as b (tenant_id, block, prefix)
  select :tenant_id, n.block, ('x' || left(md5(:tenant_id::text || ' ' || n.block), 8))::bit(32)::bit(23)::integer::bigint << 40
  from (select distinct t.ticket / ${BLOCK} as block from ${tickets} t) n
  order by n.block
  on conflict (tenant_id, block) do update set prefix = excluded.prefix
  returning b.block, b.prefix
)`

/** What is said on tickets in sight, as far as it is searched: notes only on the desks given. */
export const TEXTS = statement(
  'search.texts',
  { takes: { tenant_id: uuid, tickets: array(bigint), notes_on: array(uuid), ...SIGHT }, row: TextsRow },
  `select t.integer as ticket, ${SAID("m.visibility = 'public' or t.desk_id = any (:notes_on::uuid[])")} as texts
from tickets t
where t.tenant_id = :tenant_id and t.integer = any (:tickets::bigint[]) and ${IN_SIGHT}`,
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
