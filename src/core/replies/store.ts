import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { AUDIENCES } from '../identity/audience.ts'
import { besideIn, inSight, READER, toldOf } from '../identity/store/audience.ts'
import { MOST_REPLIES, type SavedReply } from './reply.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const ReplyRow = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  name: Type.String(),
  folder: Type.String(),
  language: nullable(Type.String()),
  text: Type.String(),
  audience: Type.Enum(AUDIENCES),
  group_id: nullable(Type.String()),
  author_id: Type.String(),
})

const SHOWN = `select r.id, r.version, r.name, r.folder, r.language, r.text, r.audience, r.group_id, r.author_id
from saved_replies r left join saved_reply_uses u on u.tenant_id = :tenant_id and u.user_id = :user_id and u.reply_id = r.id
where r.tenant_id = :tenant_id and ${inSight('r')}`

/** What whoever asks used last comes first, then the rest by name. */
export const LIST_REPLIES = statement(
  'saved_reply.list',
  { takes: READER, row: ReplyRow },
  `${SHOWN}
order by u.used_at desc nulls last, lower(r.name), r.id`,
)

export const FIND_REPLY = statement(
  'saved_reply.find',
  { takes: { ...READER, id: Sql.uuid }, row: ReplyRow },
  `${SHOWN} and r.id = :id`,
)

export function replyOf(row: Static<typeof ReplyRow>): SavedReply {
  const { group_id: groupId, author_id: authorId, ...reply } = row
  return { ...reply, groupId, authorId }
}

const IdRow = Type.Object({ id: Type.String() })

const WORDS = {
  id: Sql.uuid,
  name: Sql.text,
  folder: Sql.text,
  language: Sql.nullable(Sql.text),
  text: Sql.text,
  audience: Sql.word(AUDIENCES),
  group_id: Sql.nullable(Sql.uuid),
}

const countedBeside = besideIn('saved_replies')

export const COUNT_REPLIES = statement(
  'saved_reply.count',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, audience: Sql.word(AUDIENCES), id: Sql.nullable(Sql.uuid) },
    row: Type.Object({ count: Type.Integer() }),
  },
  `select ${countedBeside(':audience::text', ':user_id', ':id::uuid')} as count`,
)

const KEPT = (from: string): string => keeping(from, "jsonb_build_object('saved_reply', f.id)")

const ADDING = { ...WORDS, ...CALL }

/** Without a row there are as many as may be, the author is gone, or the key had been used. */
export const INSERT_REPLY = statement(
  'saved_reply.add',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(ADDING) }, row: IdRow },
  `
with ${claimedCall(
    ADDING,
    `where ${countedBeside('i.audience', 'i.actor_id', 'i.id')} < ${MOST_REPLIES}
    and exists (select 1 from users u where u.tenant_id = :tenant_id and u.id = i.actor_id and u.erased_at is null)`,
  )},
made as (
  insert into saved_replies as r (tenant_id, id, version, name, folder, language, text, audience, group_id, author_id, created_at)
  select :tenant_id, a.id, 1, a.name, a.folder, a.language, a.text, a.audience, a.group_id, a.actor_id, a.at from accepted a
  returning r.id, r.audience, r.group_id
),
${recordingOf('saved_reply.created', 'made', 'f.id', { after: toldOf('f') })},
${KEPT('made')}
select m.id from made m`,
)

const CHANGING = { ...WORDS, version: Sql.integer, ...CALL }

/**
 * Writes what a change made of a saved reply at a version. What is so already is no event. Without a row it is at another
 * version by now, there are as many as may be of those that it is to be one of, or the key had been used.
 */
export const CHANGE_REPLY = statement(
  'saved_reply.change',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CHANGING) }, row: IdRow },
  `
with ${claimedCall(
    CHANGING,
    `join saved_replies o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version
  where (o.audience = 'private') = (i.audience = 'private') or ${countedBeside('i.audience', 'i.actor_id', 'i.id')} < ${MOST_REPLIES}`,
  )},
found as materialized (
  select r.id, r.audience, r.group_id,
    (r.name, r.folder, r.language, r.text, r.audience::text, r.group_id)
      is distinct from (a.name, a.folder, a.language, a.text, a.audience, a.group_id) as is_other
  from accepted a join saved_replies r on r.tenant_id = :tenant_id and r.id = a.id
  for no key update of r
),
changed as (
  update saved_replies r set version = r.version + 1, name = a.name, folder = a.folder, language = a.language, text = a.text,
    audience = a.audience, group_id = a.group_id
  from accepted a, found f where r.tenant_id = :tenant_id and r.id = f.id and f.is_other
  returning r.id
),
${recordingOf('saved_reply.changed', 'changed', 'f.id', { before: `(select ${toldOf('r')} from found r)`, after: toldOf('a') })},
${KEPT('found')}
select f.id from found f`,
)

const DELETING = { id: Sql.uuid, version: Sql.integer, ...CALL }

/** Without a row it is at another version by now, or the key had been used. */
export const DELETE_REPLY = statement(
  'saved_reply.delete',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(DELETING) }, row: IdRow },
  `
with ${claimedCall(DELETING, 'join saved_replies o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version')},
deleted as (
  delete from saved_replies r using accepted a where r.tenant_id = :tenant_id and r.id = a.id
  returning r.id, r.audience, r.group_id
),
${recordingOf('saved_reply.deleted', 'deleted', 'f.id', { before: toldOf('f') })},
${KEPT('deleted')}
select d.id from deleted d`,
)

/** Puts down that whoever asks used a saved reply now. Without a row there is none in sight. */
export const USE_REPLY = statement(
  'saved_reply.use',
  { takes: { ...READER, id: Sql.uuid, at: Sql.timestamptz }, row: IdRow },
  `
insert into saved_reply_uses as u (tenant_id, user_id, reply_id, used_at)
select :tenant_id, :user_id, r.id, :at::timestamptz from saved_replies r
where r.tenant_id = :tenant_id and r.id = :id and ${inSight('r')}
for key share of r
on conflict (tenant_id, user_id, reply_id) do update set used_at = greatest(u.used_at, excluded.used_at)
returning u.reply_id as id`,
)

/** What a call on a saved reply keeps: which one it was. */
export const REPLY_KEPT = kept('saved_reply.kept', Type.Object({ saved_reply: Type.Optional(Type.String()) }))
