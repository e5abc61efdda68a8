import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import type { BulkChange, Retag } from '../bulk/job.ts'
import { IS_ROOM, MADE, TOLD } from '../bulk/store.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { COLOURS, MOST_TAGS, TAG_SORTS } from './tag.ts'

const { uuid, text, integer, bigint, boolean, array, nullable, word } = Sql
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const TagRow = Type.Object({
  name: Type.String(),
  colour: orNull(Type.Enum(COLOURS)),
  description: Type.String(),
  tickets: Type.Integer(),
  kept: Type.Boolean(),
})

const VIEW = 'g.name, g.colour, g.description, greatest(g.tickets, 0) as tickets, g.kept'

/** SQL of whether a row is a tag: what nobody described and no ticket has is none, and what leads to another is not one itself. */
const IS_TAG = (row: string): string => `${row}.leads_to is null and (${row}.kept or ${row}.tickets > 0)`

/** Tags of a tenant after a place in their order. */
export const LIST_TAGS = statement(
  'tag.list',
  {
    takes: {
      ...{ tenant_id: uuid, words: text, coloured: boolean, sort: word(TAG_SORTS) },
      ...{ after_name: nullable(text), after_tickets: integer, limit: bigint },
    },
    row: TagRow,
  },
  `select ${VIEW} from tags g
where g.tenant_id = :tenant_id and ${IS_TAG('g')} and position(:words in lower(g.name)) > 0
  and (not :coloured::boolean or g.colour is not null)
  and (:after_name::text is null or case when :sort::text = 'name' then g.name > :after_name::text
    else g.tickets < :after_tickets::integer or g.tickets = :after_tickets::integer and g.name > :after_name::text end)
order by case when :sort::text = 'name' then 0 else g.tickets end desc, g.name
limit :limit`,
)

const FoundRow = Type.Object({ ...TagRow.properties, is_tag: Type.Boolean(), is_led: Type.Boolean() })
export type FoundTag = Static<typeof FoundRow>

/** What is known of a name, also where it is no tag. */
export const FIND_TAG = statement(
  'tag.find',
  { takes: { tenant_id: uuid, name: text }, row: FoundRow },
  `select ${VIEW}, ${IS_TAG('g')} as is_tag, g.leads_to is not null as is_led from tags g
where g.tenant_id = :tenant_id and g.name = :name`,
)

export const COUNT_TAGS = statement(
  'tag.count',
  { takes: { tenant_id: uuid }, row: Type.Object({ count: Type.Integer() }) },
  'select count(*)::integer as count from tags g where g.tenant_id = :tenant_id and g.kept',
)

/** What runs before a write: whoever counts tags is waited for, so that what is decided on is what there is. */
const LOCK = statement(
  'tag.lock',
  { takes: { tenant_id: uuid }, row: Type.Object({ event_position: Type.Integer() }) },
  'select c.event_position from tenant_counters c where c.tenant_id = :tenant_id for no key update',
)
export const lockTags = (tenantId: string) => LOCK.with({ tenant_id: tenantId })

const NameRow = Type.Object({ name: Type.String() })

/** Forgets words that are no tag any more, and lead to none. */
export const FORGET_TAGS = statement(
  'tag.forget',
  { takes: { tenant_id: uuid }, row: NameRow },
  'delete from tags g where g.tenant_id = :tenant_id and g.tickets <= 0 and not g.kept and g.leads_to is null returning g.name',
)

const COUNTED = `(select count(*) from tags o where o.tenant_id = :tenant_id and o.kept)`

/** What a call on a tag keeps: which it was about, and the job that it began. */
const TagKept = Type.Object({ tag: Type.Optional(Type.String()), bulk_job: Type.Optional(Type.String()) })
export type TagKept = Static<typeof TagKept>
export const TAG_KEPT = kept('tag.kept', TagKept)

const WORDS = { name: text, colour: nullable(word(COLOURS)), description: text }

const WRITING = { ...WORDS, is_new: boolean, ...CALL }

const SAID = (row: string): string =>
  `jsonb_build_object('name', ${row}.name, 'colour', ${row}.colour, 'description', ${row}.description)`

/**
 * Says what a tag is, which is there from then on whatever tickets have. Without a row there are as many as may be, or one is to
 * be new that is there, or the key had been used.
 */
export const ADD_TAG = statement(
  'tag.add',
  { takes: { tenant_id: uuid, call: Sql.record(WRITING) }, row: NameRow, announces: 'access' },
  `
with ${claimedCall(
    WRITING,
    `where i.is_new and ${COUNTED} < ${MOST_TAGS}
    and not exists (select 1 from tags o where o.tenant_id = :tenant_id and o.name = i.name and o.kept)`,
  )},
made as (
  insert into tags as g (tenant_id, name, kept, colour, description)
  select :tenant_id, a.name, true, a.colour, a.description from accepted a
  on conflict (tenant_id, name) do update set kept = true, colour = excluded.colour, description = excluded.description, leads_to = null
  returning g.name, g.colour, g.description
),
${recordingOf('tag.created', 'made', 'null', { after: SAID('f') })},
${keeping('made', "jsonb_build_object('tag', f.name)")}
select m.name from made m`,
)

/** Says anew what a tag is. What is so already is no event. Without a row it is none any more, or the key had been used. */
export const CHANGE_TAG = statement(
  'tag.change',
  { takes: { tenant_id: uuid, call: Sql.record(WRITING) }, row: NameRow },
  `
with ${claimedCall(
    WRITING,
    `where not i.is_new and exists (
    select 1 from tags o where o.tenant_id = :tenant_id and o.name = i.name and ${IS_TAG('o')} and (o.kept or ${COUNTED} < ${MOST_TAGS}))`,
  )},
found as materialized (
  select g.name, g.colour, g.description, (g.colour, g.description) is distinct from (a.colour, a.description) as is_other
  from accepted a join tags g on g.tenant_id = :tenant_id and g.name = a.name
),
changed as (
  update tags g set kept = true, colour = a.colour, description = a.description from accepted a, found f
  where g.tenant_id = :tenant_id and g.name = f.name and f.is_other
  returning g.name, f.colour as old_colour, f.description as old_description, g.colour, g.description
),
${recordingOf('tag.changed', 'changed', 'null', {
  before: "jsonb_build_object('name', f.name, 'colour', f.old_colour, 'description', f.old_description)",
  after: SAID('f'),
})},
${keeping('found', "jsonb_build_object('tag', f.name)")}
select f.name from found f`,
)

const RETAGGING = {
  from_name: text,
  /** Null for nothing in its place. */
  into_name: nullable(text),
  /** Whether the other one is there by this alone. */
  is_new: boolean,
  colour: nullable(word(COLOURS)),
  description: text,
  kind: word(['tag.changed', 'tag.merged', 'tag.deleted']),
  job_id: uuid,
  job_event_id: uuid,
  permissions: array(text),
  change: Sql.jsonb<BulkChange>(),
  retag: Sql.jsonb<Retag>(),
  ...CALL,
}

const RetagRow = Type.Object({ job_id: Type.String() })

/**
 * A tag is no more: its name leads to another one or to nothing, and a bulk job takes it off the tickets. Without a row either
 * of both is not what was decided on, there are as many jobs as may be, or the key had been used.
 */
export const RETAG = statement(
  'tag.retag',
  { takes: { tenant_id: uuid, call: Sql.record(RETAGGING) }, row: RetagRow, announces: 'access' },
  `
with ${claimedCall(
    RETAGGING,
    `join tags o on o.tenant_id = :tenant_id and o.name = i.from_name and ${IS_TAG('o')}
  where ${IS_ROOM} and (i.into_name is null or i.is_new <> exists (
    select 1 from tags n where n.tenant_id = :tenant_id and n.name = i.into_name and ${IS_TAG('n')}))`,
  )},
was as materialized (
  select g.* from accepted a join tags g on g.tenant_id = :tenant_id and g.name = a.from_name
),
left_over as (
  update tags g set kept = false, leads_to = a.into_name from accepted a
  where g.tenant_id = :tenant_id and g.name = a.from_name
),
taken as (
  insert into tags as g (tenant_id, name, kept, colour, description)
  select :tenant_id, a.into_name, true, a.colour, a.description from accepted a where a.is_new
  on conflict (tenant_id, name) do update set kept = true, colour = excluded.colour, description = excluded.description, leads_to = null
),
made as (
  insert into bulk_jobs as j (tenant_id, id, user_id, credential_id, dialect, request_id, permissions, change, retag, state, total,
    created_at, finished_at)
  select :tenant_id, a.job_id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.permissions, a.change, a.retag,
    case when w.tickets <= 0 then 'done' else 'running' end, greatest(w.tickets, 0), a.at, case when w.tickets <= 0 then a.at end
  from accepted a, was w
  ${MADE}
),
counted as (
  update tenant_counters c set event_position = c.event_position + 2
  where c.tenant_id = :tenant_id and exists (select 1 from made)
  returning c.event_position
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position + e.nth, e.id, e.kind, e.subject_id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    e.before, e.after
  from accepted a, was w, made f, counted c, lateral (values
    (-1, a.event_id, a.kind, null::uuid, ${SAID('w')}, case when a.into_name is not null then
      jsonb_build_object('name', a.into_name) || case when a.is_new then jsonb_build_object('colour', a.colour, 'description', a.description)
        else '{}' end end),
    (0, a.job_event_id, 'bulk_job.created', f.id, null, ${TOLD('f.state', '0')})) e (nth, id, kind, subject_id, before, after)
),
${keeping('made', "jsonb_build_object('bulk_job', f.id)")}
select m.id as job_id from made m`,
)
