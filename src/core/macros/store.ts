import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { AUDIENCES } from '../identity/audience.ts'
import { besideIn, inSight, READER, toldOf } from '../identity/store/audience.ts'
import { type Macro, type MacroChange, MOST_MACROS } from './macro.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const VISIBILITIES = ['public', 'internal'] as const

const MacroRow = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  name: Type.String(),
  // What was asked for when it was saved, in the words of the core.
  change: Type.Unsafe<MacroChange>({}),
  message_visibility: nullable(Type.Enum(VISIBILITIES)),
  message_text: nullable(Type.String()),
  audience: Type.Enum(AUDIENCES),
  group_id: nullable(Type.String()),
  author_id: Type.String(),
})

const SHOWN = `select m.id, m.version, m.name, m.change, m.message_visibility, m.message_text, m.audience, m.group_id, m.author_id
from macros m where m.tenant_id = :tenant_id and ${inSight('m')}`

export const LIST_MACROS = statement(
  'macro.list',
  { takes: READER, row: MacroRow },
  `${SHOWN} order by lower(m.name), m.id`,
)

export const FIND_MACRO = statement(
  'macro.find',
  { takes: { ...READER, id: Sql.uuid }, row: MacroRow },
  `${SHOWN} and m.id = :id`,
)

export function macroOf(row: Static<typeof MacroRow>): Macro {
  const { id, version, name, change, message_visibility: visibility, message_text: text, audience } = row
  const message = visibility === null || text === null ? null : { visibility, text }
  return { id, version, name, change, message, audience, groupId: row.group_id, authorId: row.author_id }
}

const IdRow = Type.Object({ id: Type.String() })

const WORDS = {
  id: Sql.uuid,
  name: Sql.text,
  change: Sql.jsonb<MacroChange>(),
  message_visibility: Sql.nullable(Sql.word(VISIBILITIES)),
  message_text: Sql.nullable(Sql.text),
  audience: Sql.word(AUDIENCES),
  group_id: Sql.nullable(Sql.uuid),
}

const countedBeside = besideIn('macros')

export const COUNT_MACROS = statement(
  'macro.count',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, audience: Sql.word(AUDIENCES), id: Sql.nullable(Sql.uuid) },
    row: Type.Object({ count: Type.Integer() }),
  },
  `select ${countedBeside(':audience::text', ':user_id', ':id::uuid')} as count`,
)

const KEPT = (from: string): string => keeping(from, "jsonb_build_object('macro', f.id)")

const ADDING = { ...WORDS, ...CALL }

/** Without a row there are as many as may be, the author is gone, or the key had been used. */
export const INSERT_MACRO = statement(
  'macro.add',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(ADDING) }, row: IdRow },
  `
with ${claimedCall(
    ADDING,
    `where ${countedBeside('i.audience', 'i.actor_id', 'i.id')} < ${MOST_MACROS}
    and exists (select 1 from users u where u.tenant_id = :tenant_id and u.id = i.actor_id and u.erased_at is null)`,
  )},
made as (
  insert into macros as m (tenant_id, id, version, name, change, message_visibility, message_text, audience, group_id, author_id,
    created_at)
  select :tenant_id, a.id, 1, a.name, a.change, a.message_visibility, a.message_text, a.audience, a.group_id, a.actor_id, a.at
  from accepted a
  returning m.id, m.audience, m.group_id
),
${recordingOf('macro.created', 'made', 'f.id', { after: toldOf('f') })},
${KEPT('made')}
select m.id from made m`,
)

const CHANGING = { ...WORDS, version: Sql.integer, ...CALL }

/**
 * Writes what an edit made of a macro at a version. What is so already is no event. Without a row it is at another version by
 * now, there are as many as may be of those that it is to be one of, or the key had been used.
 */
export const CHANGE_MACRO = statement(
  'macro.change',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CHANGING) }, row: IdRow },
  `
with ${claimedCall(
    CHANGING,
    `join macros o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version
  where (o.audience = 'private') = (i.audience = 'private') or ${countedBeside('i.audience', 'i.actor_id', 'i.id')} < ${MOST_MACROS}`,
  )},
found as materialized (
  select m.id, m.audience, m.group_id,
    (m.name, m.change, m.message_visibility::text, m.message_text, m.audience::text, m.group_id)
      is distinct from (a.name, a.change, a.message_visibility, a.message_text, a.audience, a.group_id) as is_other
  from accepted a join macros m on m.tenant_id = :tenant_id and m.id = a.id
  for no key update of m
),
changed as (
  update macros m set version = m.version + 1, name = a.name, change = a.change, message_visibility = a.message_visibility,
    message_text = a.message_text, audience = a.audience, group_id = a.group_id
  from accepted a, found f where m.tenant_id = :tenant_id and m.id = f.id and f.is_other
  returning m.id
),
${recordingOf('macro.changed', 'changed', 'f.id', { before: `(select ${toldOf('m')} from found m)`, after: toldOf('a') })},
${KEPT('found')}
select f.id from found f`,
)

const DELETING = { id: Sql.uuid, version: Sql.integer, ...CALL }

/** Without a row it is at another version by now, or the key had been used. */
export const DELETE_MACRO = statement(
  'macro.delete',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(DELETING) }, row: IdRow },
  `
with ${claimedCall(DELETING, 'join macros o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version')},
deleted as (
  delete from macros m using accepted a where m.tenant_id = :tenant_id and m.id = a.id
  returning m.id, m.audience, m.group_id
),
${recordingOf('macro.deleted', 'deleted', 'f.id', { before: toldOf('f') })},
${KEPT('deleted')}
select d.id from deleted d`,
)

/** What a call on a macro keeps: which one it was. */
export const MACRO_KEPT = kept('macro.kept', Type.Object({ macro: Type.Optional(Type.String()) }))
