import { type Static, Type } from 'typebox'
import { columnsOf, Sql, type ValuesOf } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { FILE } from '../../attachments/store.ts'
import { leavingDue } from '../../search/due.ts'

const OldRow = Type.Object({
  id: Type.String(),
  /** By what it is the same still when it is written: SQL's `md5` of the original. */
  digest: Type.String(),
  format: Type.Enum(['text', 'html'] as const),
  original: Type.String(),
  plain: Type.String(),
  plain_given: Type.Boolean(),
  rendering: Type.Union([Type.Integer(), Type.Null()]),
  /** The files that it has. */
  files: Type.Array(Type.Object({ id: Type.String(), sha256: Type.String() })),
})
/** A message that older rules rendered. */
export type OldRow = Static<typeof OldRow>

/** Messages that rules below some rendered, the oldest rules first. */
export const OLD_RENDERINGS = statement(
  'message.old_renderings',
  { takes: { tenant_id: Sql.uuid, rendering: Sql.integer, limit: Sql.bigint }, row: OldRow },
  `select m.id, md5(m.original) as digest, m.format, m.original, m.plain, m.plain_given, m.rendering, (
    select coalesce(json_agg(json_build_object('id', f.id, 'sha256', f.sha256)), '[]')
    from attachments f where f.tenant_id = :tenant_id and f.message_id = m.id) as files
from messages m
where m.tenant_id = :tenant_id and (m.format = 'html' or m.rendering = 0) and coalesce(m.rendering, 1) < :rendering
order by coalesce(m.rendering, 1), m.id limit :limit`,
)

const RENEWED = {
  id: Sql.uuid,
  digest: Sql.text,
  format: Sql.word(['text', 'html']),
  plain: Sql.text,
  safe_html: Sql.nullable(Sql.text),
  sanitizer: Sql.nullable(Sql.text),
  rendering: Sql.nullable(Sql.integer),
}
export type RenewedMessage = ValuesOf<typeof RENEWED>

/** Pictures that are new files of messages. */
const NEW_FILES = {
  message_id: Sql.uuid,
  id: Sql.uuid,
  nth: Sql.integer,
  ...FILE,
  at: Sql.timestamptz,
}
export type NewFile = ValuesOf<typeof NEW_FILES>

/**
 * Gives messages the forms that they were rendered in now, unless they changed since. The description of a ticket follows its opening message. Nothing happened to
 * the ticket: it gets no event and no new version.
 */
export const RENEW = statement(
  'message.renew',
  {
    takes: { tenant_id: Sql.uuid, messages: Sql.records(RENEWED), files: Sql.records(NEW_FILES) },
    row: Type.Object({ id: Type.String() }),
  },
  `
with input as materialized (
  select * from json_to_recordset(:messages::json) as i (${columnsOf(RENEWED)})
),
new_files as materialized (
  select * from json_to_recordset(:files::json) as i (${columnsOf(NEW_FILES)})
),
locked as materialized (
  -- Before their messages, as whatever changes or deletes tickets locks them.
  select t.id, t.integer, t.requester_id from tickets t
  where t.tenant_id = :tenant_id and t.id = any (array(
    select x.id from messages m cross join lateral (values (m.ticket_id), (m.came_from), (m.written_on)) x (id)
    where m.tenant_id = :tenant_id and m.id = any (array(select i.id from input i))))
  order by t.id
  for no key update
),
stale as materialized (
  select m.id, coalesce(m.written_on, m.came_from, m.ticket_id) as origin_id, m.visibility, m.author_id, m.plain, l.requester_id, l.integer, i.plain <> m.plain as says_else from messages m
  join input i on i.id = m.id join locked l on l.id = m.ticket_id
  where m.tenant_id = :tenant_id and md5(m.original) = i.digest and (m.format = 'html' or m.rendering = 0)
  for no key update of m
),
renewed as (
  update messages m
  set format = i.format, plain = i.plain, safe_html = i.safe_html, sanitizer = i.sanitizer, rendering = i.rendering
  from input i join stale s on s.id = i.id
  where m.tenant_id = :tenant_id and m.id = i.id
  returning m.id
),
described as (
  update tickets t set description = i.plain
  from input i join stale s on s.id = i.id
  where t.tenant_id = :tenant_id and t.id = s.origin_id and s.visibility = 'public' and s.plain <> '' and t.description = s.plain
),
${leavingDue('select distinct s.integer as ticket from stale s where s.says_else')},
placed as materialized (
  select n.*, row_number() over (order by n.message_id, n.nth) as nth_new, coalesce(s.author_id, s.requester_id, (
    select u.id from users u where u.tenant_id = :tenant_id and u.is_owner order by u.id limit 1)) as uploader_id,
    (select coalesce(max(f.nth) + 1, 0) from attachments f where f.tenant_id = :tenant_id and f.message_id = s.id) as first
  from new_files n join stale s on s.id = n.message_id
),
counted as (
  update tenant_counters c set attachment_integer = c.attachment_integer + (select count(*) from placed)
  where c.tenant_id = :tenant_id and exists (select 1 from placed)
  returning c.attachment_integer - (select count(*) from placed) as attachment_integer
),
attached as (
  insert into attachments (tenant_id, id, integer, uploader_id, message_id, nth, name, media_type, size, sha256, width, height,
    created_at)
  select :tenant_id, p.id, c.attachment_integer + p.nth_new, p.uploader_id, p.message_id, p.first + p.nth, p.name, p.media_type, p.size,
    p.sha256, p.width, p.height, p.at
  from placed p, counted c
)
select r.id from renewed r`,
)
