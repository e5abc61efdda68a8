import { type Static, Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { instant } from '../instant.ts'
import type { Upload } from './attachment.ts'

const nullable = Type.Union([Type.Integer(), Type.Null()])

const UploadRow = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  uploader_id: Type.String(),
  message_id: Type.Union([Type.String(), Type.Null()]),
  name: Type.String(),
  media_type: Type.String(),
  size: Type.Integer(),
  width: nullable,
  height: nullable,
  created_at: Type.String(),
})

const UPLOAD_VIEW =
  'f.id, f.integer, f.uploader_id, f.message_id, f.name, f.media_type, f.size, f.width, f.height, f.created_at'

export function uploadOf(row: Static<typeof UploadRow>): Upload {
  return {
    id: row.id,
    integer: row.integer,
    uploaderId: row.uploader_id,
    messageId: row.message_id,
    name: row.name,
    mediaType: row.media_type,
    size: row.size,
    width: row.width,
    height: row.height,
    createdAt: instant(row.created_at),
  }
}

const IdRow = Type.Object({ id: Type.String() })

/** `$2` the call with the attachment, as JSON. Without a row the key had been used, or its uploader is erased. */
export const INSERT_ATTACHMENT = statement(
  'attachment.insert',
  UploadRow,
  `
with living as materialized (
  -- As in tickets/store/people.ts.
  select u.id from users u where u.tenant_id = $1 and u.id = ($2::json ->> 'actor_id')::uuid and u.erased_at is null
  for share
),
input as materialized (
  select i.* from living, json_to_record($2::json) as i (id uuid, name text, media_type text, size bigint, sha256 text, width integer,
    height integer, ${CALL})
),
${CLAIMED},
counted as (
  update tenant_counters c set attachment_integer = c.attachment_integer + 1
  where c.tenant_id = $1 and exists (select 1 from accepted)
  returning c.attachment_integer
),
made as (
  insert into attachments as f (tenant_id, id, integer, uploader_id, name, media_type, size, sha256, width, height, created_at)
  select $1, a.id, c.attachment_integer, a.actor_id, a.name, a.media_type, a.size, a.sha256, a.width, a.height, a.at
  from accepted a, counted c
  returning f.*
),
${keeping('made', "jsonb_build_object('attachment', f.id)")}
select ${UPLOAD_VIEW} from made f`,
)

/** `$2` ids. */
export const ATTACHMENTS_BY_ID = statement(
  'attachment.by_id',
  UploadRow,
  `select ${UPLOAD_VIEW} from attachments f where f.tenant_id = $1 and f.id = any ($2::uuid[])`,
)

/** Files of messages by integer, `$2`, with where they are: whoever asks. */
export const FILES_OF_MESSAGES = statement(
  'attachment.of_messages',
  Type.Object({
    id: Type.String(),
    integer: Type.Integer(),
    size: Type.Integer(),
    ticket_id: Type.String(),
    visibility: Type.Enum(['public', 'internal'] as const),
  }),
  `select f.id, f.integer, f.size, m.ticket_id, m.visibility
from attachments f join messages m on m.tenant_id = $1 and m.id = f.message_id
where f.tenant_id = $1 and f.integer = any ($2::bigint[])`,
)

/** Forgets up to `$3` uploads from before `$2` that nobody put on a message. */
export const PURGE_UNUSED = statement(
  'attachment.purge_unused',
  IdRow,
  `
with old as materialized (
  select f.id from attachments f where f.tenant_id = $1 and f.message_id is null and f.created_at < $2
  order by f.created_at limit $3
  for update skip locked
)
delete from attachments f where f.tenant_id = $1 and f.id = any (array(select o.id from old o)) and f.message_id is null
returning f.id`,
)

/** Which of `$2` there are. */
export const KNOWN_ATTACHMENTS = statement(
  'attachment.known',
  IdRow,
  'select f.id from attachments f where f.tenant_id = $1 and f.id = any ($2::uuid[])',
)
