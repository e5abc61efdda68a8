import { type Static, Type } from 'typebox'
import { statement } from '../../../storage/statement.ts'

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

/** Messages that rules below `$2` rendered, after the message `$3` or from the first on, at most `$4`. */
export const OLD_RENDERINGS = statement(
  'message.old_renderings',
  OldRow,
  `select m.id, md5(m.original) as digest, m.format, m.original, m.plain, m.plain_given, m.rendering, (
    select coalesce(json_agg(json_build_object('id', f.id, 'sha256', f.sha256)), '[]')
    from attachments f where f.tenant_id = $1 and f.message_id = m.id) as files
from messages m
where m.tenant_id = $1 and (m.format = 'html' or m.rendering = 0) and coalesce(m.rendering, 1) < $2
order by coalesce(m.rendering, 1), m.id limit $3`,
)

/**
 * Gives messages the forms that they were rendered in now, unless they changed since: `$2` the messages, `$3` pictures
 * that are new files of them, both as JSON. The description of a ticket follows its opening message. Nothing happened to
 * the ticket: it gets no event and no new version.
 */
export const RENEW = statement(
  'message.renew',
  Type.Object({ id: Type.String() }),
  `
with input as materialized (
  select * from json_to_recordset($2::json) as i (id uuid, digest text, format text, plain text, safe_html text,
    sanitizer text, rendering integer)
),
new_files as materialized (
  select * from json_to_recordset($3::json) as i (message_id uuid, id uuid, nth integer, name text, media_type text, size bigint,
    sha256 text, width integer, height integer, at timestamptz)
),
locked as materialized (
  -- Before their messages, as whatever changes or deletes tickets locks them.
  select t.id, t.requester_id from tickets t
  where t.tenant_id = $1 and t.id = any (array(
    select m.ticket_id from messages m where m.tenant_id = $1 and m.id = any (array(select i.id from input i))))
  order by t.id
  for no key update
),
stale as materialized (
  select m.id, m.ticket_id, m.visibility, m.author_id, m.plain, l.requester_id from messages m
  join input i on i.id = m.id join locked l on l.id = m.ticket_id
  where m.tenant_id = $1 and md5(m.original) = i.digest and (m.format = 'html' or m.rendering = 0)
  for no key update of m
),
renewed as (
  update messages m
  set format = i.format, plain = i.plain, safe_html = i.safe_html, sanitizer = i.sanitizer, rendering = i.rendering
  from input i join stale s on s.id = i.id
  where m.tenant_id = $1 and m.id = i.id
  returning m.id
),
described as (
  update tickets t set description = i.plain
  from input i join stale s on s.id = i.id
  where t.tenant_id = $1 and t.id = s.ticket_id and s.visibility = 'public' and s.plain <> '' and t.description = s.plain
),
placed as materialized (
  select n.*, row_number() over (order by n.message_id, n.nth) as nth_new, coalesce(s.author_id, s.requester_id, (
    select u.id from users u where u.tenant_id = $1 and u.is_owner order by u.id limit 1)) as uploader_id,
    (select coalesce(max(f.nth) + 1, 0) from attachments f where f.tenant_id = $1 and f.message_id = s.id) as first
  from new_files n join stale s on s.id = n.message_id
),
counted as (
  update tenant_counters c set attachment_integer = c.attachment_integer + (select count(*) from placed)
  where c.tenant_id = $1 and exists (select 1 from placed)
  returning c.attachment_integer - (select count(*) from placed) as attachment_integer
),
attached as (
  insert into attachments (tenant_id, id, integer, uploader_id, message_id, nth, name, media_type, size, sha256, width, height,
    created_at)
  select $1, p.id, c.attachment_integer + p.nth_new, p.uploader_id, p.message_id, p.first + p.nth, p.name, p.media_type, p.size,
    p.sha256, p.width, p.height, p.at
  from placed p, counted c
)
select r.id from renewed r`,
)
