import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { AUDIENCES } from '../identity/audience.ts'
import { besideIn, inSight, READER, toldOf } from '../identity/store/audience.ts'
import { QUERY_SORTS } from '../query/list.ts'
import { MOST_VIEWS, type View } from './view.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const ViewRow = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  name: Type.String(),
  query: Type.String(),
  sort: Type.Enum(QUERY_SORTS),
  descending: Type.Boolean(),
  audience: Type.Enum(AUDIENCES),
  group_id: nullable(Type.String()),
  author_id: Type.String(),
  pinned: Type.Boolean(),
})

const SHOWN = `select v.id, v.version, v.name, v.query, v.sort, v.descending, v.audience, v.group_id, v.author_id,
  coalesce(p.pinned, false) as pinned
from views v left join view_places p on p.tenant_id = :tenant_id and p.user_id = :user_id and p.view_id = v.id
where v.tenant_id = :tenant_id and ${inSight('v')}`

/** In the order of whoever asks: what they pinned, then what they put in order, then the rest by age, which ids tell. */
export const LIST_VIEWS = statement(
  'view.list',
  { takes: READER, row: ViewRow },
  `${SHOWN}
order by coalesce(p.pinned, false) desc, p.place nulls last, v.id`,
)

export const FIND_VIEW = statement(
  'view.find',
  { takes: { ...READER, id: Sql.uuid }, row: ViewRow },
  `${SHOWN} and v.id = :id`,
)

export function viewOf(row: Static<typeof ViewRow>): View {
  const { group_id: groupId, author_id: authorId, ...view } = row
  return { ...view, groupId, authorId }
}

const IdRow = Type.Object({ id: Type.String() })

const WORDS = {
  id: Sql.uuid,
  name: Sql.text,
  query: Sql.text,
  sort: Sql.word(QUERY_SORTS),
  descending: Sql.boolean,
  audience: Sql.word(AUDIENCES),
  group_id: Sql.nullable(Sql.uuid),
}

const countedBeside = besideIn('views')

export const COUNT_VIEWS = statement(
  'view.count',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, audience: Sql.word(AUDIENCES), id: Sql.nullable(Sql.uuid) },
    row: Type.Object({ count: Type.Integer() }),
  },
  `select ${countedBeside(':audience::text', ':user_id', ':id::uuid')} as count`,
)

const KEPT = (from: string): string => keeping(from, "jsonb_build_object('view', f.id)")

const ADDING = { ...WORDS, ...CALL }

/** Without a row there are as many as may be, the author is gone, or the key had been used. */
export const INSERT_VIEW = statement(
  'view.add',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(ADDING) }, row: IdRow },
  `
with ${claimedCall(
    ADDING,
    `where ${countedBeside('i.audience', 'i.actor_id', 'i.id')} < ${MOST_VIEWS}
    and exists (select 1 from users u where u.tenant_id = :tenant_id and u.id = i.actor_id and u.erased_at is null)`,
  )},
made as (
  insert into views as v (tenant_id, id, version, name, query, sort, descending, audience, group_id, author_id, created_at)
  select :tenant_id, a.id, 1, a.name, a.query, a.sort, a.descending, a.audience, a.group_id, a.actor_id, a.at from accepted a
  returning v.id, v.audience, v.group_id
),
${recordingOf('view.created', 'made', 'f.id', { after: toldOf('f') })},
${KEPT('made')}
select m.id from made m`,
)

const CHANGING = { ...WORDS, version: Sql.integer, ...CALL }

/**
 * Writes what a change made of a view at a version. What is so already is no event. Without a row it is at another
 * version by now, there are as many as may be of those that it is to be one of, or the key had been used.
 */
export const CHANGE_VIEW = statement(
  'view.change',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CHANGING) }, row: IdRow },
  `
with ${claimedCall(
    CHANGING,
    `join views o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version
  where (o.audience = 'private') = (i.audience = 'private') or ${countedBeside('i.audience', 'i.actor_id', 'i.id')} < ${MOST_VIEWS}`,
  )},
found as materialized (
  select v.id, v.audience, v.group_id,
    (v.name, v.query, v.sort::text, v.descending, v.audience::text, v.group_id)
      is distinct from (a.name, a.query, a.sort, a.descending, a.audience, a.group_id) as is_other
  from accepted a join views v on v.tenant_id = :tenant_id and v.id = a.id
  for no key update of v
),
changed as (
  update views v set version = v.version + 1, name = a.name, query = a.query, sort = a.sort, descending = a.descending,
    audience = a.audience, group_id = a.group_id
  from accepted a, found f where v.tenant_id = :tenant_id and v.id = f.id and f.is_other
  returning v.id
),
${recordingOf('view.changed', 'changed', 'f.id', { before: `(select ${toldOf('v')} from found v)`, after: toldOf('a') })},
${KEPT('found')}
select f.id from found f`,
)

const DELETING = { id: Sql.uuid, version: Sql.integer, ...CALL }

/** Without a row it is at another version by now, or the key had been used. */
export const DELETE_VIEW = statement(
  'view.delete',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(DELETING) }, row: IdRow },
  `
with ${claimedCall(DELETING, 'join views o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version')},
deleted as (
  delete from views v using accepted a where v.tenant_id = :tenant_id and v.id = a.id
  returning v.id, v.audience, v.group_id
),
${recordingOf('view.deleted', 'deleted', 'f.id', { before: toldOf('f') })},
${KEPT('deleted')}
select d.id from deleted d`,
)

/** Puts views in an order for whoever asks. All others are behind them. */
export const PLACE_VIEWS = statement(
  'view.place',
  { takes: { ...READER, ids: Sql.array(Sql.uuid) }, row: IdRow },
  `
with seen as materialized (
  select v.id, x.place from unnest(:ids::uuid[]) with ordinality x (id, place)
  join views v on v.tenant_id = :tenant_id and v.id = x.id and ${inSight('v')}
  for key share of v
),
behind as (
  update view_places p set place = null where p.tenant_id = :tenant_id and p.user_id = :user_id and p.view_id <> all (:ids::uuid[])
)
insert into view_places as p (tenant_id, user_id, view_id, place, pinned)
select :tenant_id, :user_id, s.id, s.place, false from seen s
on conflict (tenant_id, user_id, view_id) do update set place = excluded.place
returning p.view_id as id`,
)

/** Pins a view for whoever asks, or no longer. */
export const PIN_VIEW = statement(
  'view.pin',
  { takes: { ...READER, id: Sql.uuid, pinned: Sql.boolean }, row: IdRow },
  `
with seen as materialized (
  select v.id from views v where v.tenant_id = :tenant_id and v.id = :id and ${inSight('v')} for key share
)
insert into view_places as p (tenant_id, user_id, view_id, place, pinned)
select :tenant_id, :user_id, s.id, null, :pinned from seen s
on conflict (tenant_id, user_id, view_id) do update set pinned = excluded.pinned
returning p.view_id as id`,
)

/** What a call on a view keeps: which it was about, and no more, so that nothing of its author has to be erased there. */
const ViewKept = Type.Object({ view: Type.Optional(Type.String()) })
export type ViewKept = Static<typeof ViewKept>
export const VIEW_KEPT = kept('view.kept', ViewKept)
