import { type Static, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { instant } from '../instant.ts'
import { familyOf } from '../tickets/store/family.ts'
import { MOST_UNSENT, type Unsent } from './unsent.ts'

const VISIBILITIES = ['public', 'internal'] as const
const FORMATS = ['text', 'html'] as const

const UnsentRow = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  visibility: Type.Enum(VISIBILITIES),
  format: Type.Enum(FORMATS),
  text: Type.String(),
  files: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), size: Type.Integer() })),
  updated_at: Type.String(),
})

export function unsentOf({ updated_at, ...row }: Static<typeof UnsentRow>): Unsent {
  return { ...row, updatedAt: instant(updated_at) }
}

/** Of the files those that still wait for a message. */
const SHOWN = `d.id, d.version, d.visibility, d.format, d.text, d.updated_at,
  (select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size) order by x.nth), '[]')
    from unnest(d.attachment_ids) with ordinality x (id, nth)
    join attachments f on f.tenant_id = :tenant_id and f.id = x.id and f.message_id is null) as files`

const OWN = { tenant_id: Sql.uuid, user_id: Sql.uuid, ticket_id: Sql.uuid }

/** All of a person on a ticket, also what they began on one that was merged into it; the latest first. */
export const LIST_UNSENT = statement(
  'unsent.list',
  { takes: OWN, row: UnsentRow },
  `select ${SHOWN} from unsent_messages d
where d.tenant_id = :tenant_id and d.user_id = :user_id and d.ticket_id = any (array(select f.id from ${familyOf('select :ticket_id::uuid')} f))
order by d.updated_at desc, d.id`,
)

const NAMED = { ...OWN, id: Sql.uuid }

const SAVING = {
  ...NAMED,
  visibility: Sql.word(VISIBILITIES),
  format: Sql.word(FORMATS),
  text: Sql.text,
  attachment_ids: Sql.array(Sql.uuid),
  at: Sql.timestamptz,
}

/**
 * Keeps what is written, in the place that a person has for it on a ticket. Without a row there is another draft in that
 * place, the person has as many as may be, or the ticket or the person is gone.
 */
export const SAVE_UNSENT = statement(
  'unsent.save',
  { takes: SAVING, row: UnsentRow },
  `
with person as materialized (
  -- Whoever is erased meanwhile is waited for, and leaves nothing.
  select u.id from users u where u.tenant_id = :tenant_id and u.id = :user_id and u.erased_at is null for share of u
),
ticket as materialized (
  select t.id from tickets t, person where t.tenant_id = :tenant_id and t.id = :ticket_id for key share of t
),
moved as (
  -- One that was begun on a ticket which was merged into this one stays the same.
  update unsent_messages d
  set version = d.version + 1, format = :format::text, text = :text::text, attachment_ids = :attachment_ids::uuid[], updated_at = :at::timestamptz
  from person p, ticket t
  where d.tenant_id = :tenant_id and d.user_id = p.id and d.id = :id and d.visibility = :visibility::text and d.ticket_id <> t.id
    and d.ticket_id = any (array(select f.id from ${familyOf('select :ticket_id::uuid')} f))
  returning d.*
),
saved as (
  insert into unsent_messages as d (tenant_id, id, version, user_id, ticket_id, visibility, format, text, attachment_ids, updated_at)
  select :tenant_id, :id, 1, p.id, t.id, :visibility::text, :format::text, :text::text, :attachment_ids::uuid[], :at::timestamptz
  from person p, ticket t
  where not exists (select 1 from moved) and ((select count(*) from unsent_messages o where o.tenant_id = :tenant_id and o.user_id = :user_id) < ${MOST_UNSENT}
    or exists (select 1 from unsent_messages o where o.tenant_id = :tenant_id and o.user_id = :user_id and o.ticket_id = :ticket_id and o.id = :id))
  on conflict (tenant_id, user_id, ticket_id, visibility) do update
  set version = d.version + 1, format = excluded.format, text = excluded.text, attachment_ids = excluded.attachment_ids,
    updated_at = excluded.updated_at
  where d.id = excluded.id
  returning d.*
)
select ${SHOWN} from (select * from saved union all select * from moved) d`,
)

/** The same of one that is there, at one of some versions. Without a row it is at another, or not there. */
export const CHANGE_UNSENT = statement(
  'unsent.change',
  { takes: { ...SAVING, versions: Sql.array(Sql.integer) }, row: UnsentRow },
  `
with saved as (
  update unsent_messages d
  set version = d.version + 1, format = :format::text, text = :text, attachment_ids = :attachment_ids::uuid[], updated_at = :at
  where d.tenant_id = :tenant_id and d.user_id = :user_id and d.visibility = :visibility::text and d.id = :id
    and d.ticket_id = any (array(select f.id from ${familyOf('select :ticket_id::uuid')} f)) and d.version = any (:versions::integer[])
  returning d.*
)
select ${SHOWN} from saved d`,
)

/** Without a row there is none, or at another version than these; null for any. */
export const DISCARD_UNSENT = statement(
  'unsent.discard',
  { takes: { ...NAMED, versions: Sql.nullable(Sql.array(Sql.integer)) }, row: Type.Object({ id: Type.String() }) },
  `delete from unsent_messages d
where d.tenant_id = :tenant_id and d.user_id = :user_id and d.id = :id
  and d.ticket_id = any (array(select f.id from ${familyOf('select :ticket_id::uuid')} f))
  and (:versions::integer[] is null or d.version = any (:versions::integer[]))
returning d.id`,
)

/** How many a person has. */
export const COUNT_UNSENT = statement(
  'unsent.count',
  { takes: { tenant_id: Sql.uuid, user_id: Sql.uuid }, row: Type.Object({ count: Type.Integer() }) },
  'select count(*) as count from unsent_messages d where d.tenant_id = :tenant_id and d.user_id = :user_id',
)
