import { type Static, Type } from 'typebox'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { instant } from '../instant.ts'
import type { Attachment, Upload } from './attachment.ts'

const nullable = Type.Union([Type.Integer(), Type.Null()])

/** What is kept of an upload for its repeat, and stays when the file is gone: neither words nor people. */
const KeptUpload = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  media_type: Type.String(),
  size: Type.Integer(),
  width: nullable,
  height: nullable,
  created_at: Type.String(),
})

const UploadRow = Type.Object({
  ...KeptUpload.properties,
  uploader_id: Type.String(),
  message_id: Type.Union([Type.String(), Type.Null()]),
  name: Type.String(),
})

const UPLOAD_VIEW =
  'f.id, f.integer, f.uploader_id, f.message_id, f.name, f.media_type, f.size, f.width, f.height, f.created_at'

export function uploadOf(row: Static<typeof UploadRow>): Upload {
  return { ...withoutName(row), name: row.name, uploaderId: row.uploader_id, messageId: row.message_id }
}

/** An upload that is gone, as it was told of but for its name. */
export function withoutName(row: Static<typeof KeptUpload>): Attachment {
  return {
    id: row.id,
    integer: row.integer,
    name: '',
    mediaType: row.media_type,
    size: row.size,
    width: row.width,
    height: row.height,
    createdAt: instant(row.created_at),
  }
}

/** SQL of what is kept of an upload `f`. */
const KEPT_UPLOAD = `jsonb_build_object(${Object.keys(KeptUpload.properties)
  .map((name) => `'${name}', f.${name}`)
  .join(', ')})`

const IdRow = Type.Object({ id: Type.String() })

/**
 * Uploads of a tenant are counted one after the other: each begins to count when the one before has committed. Nothing else
 * waits for this, and it comes before every other lock.
 */
const LOCK_UPLOADS = statement(
  'attachment.lock_uploads',
  Type.Object({ locked: Type.String() }),
  `select pg_advisory_xact_lock(hashtextextended('uploads ' || $1::text, 0))::text as locked`,
)

/**
 * Adds a file that waits for its message.
 *
 * @param most what may wait at the most, with this one: of its uploader, and of the tenant. Null for a file whose message
 * follows at once.
 * @returns without a row the key had been used, its uploader is erased, or too many wait.
 */
export function addUpload(
  tenantId: string,
  call: object,
  most: MostUnused | null,
): BoundStatement<Static<typeof UploadRow>> {
  const bound = { statement: INSERT_ATTACHMENT, values: [tenantId, JSON.stringify({ ...call, ...most })] }
  return most === null ? bound : { ...bound, lock: { statement: LOCK_UPLOADS, values: [tenantId] } }
}

/** What of files without a message there may be. */
export interface MostUnused {
  readonly own_files: number
  readonly own_bytes: number
  readonly all_files: number
  readonly all_bytes: number
}

/** `$2` the call with the attachment, as JSON, and what may wait at the most. */
const INSERT_ATTACHMENT = statement(
  'attachment.insert',
  UploadRow,
  `
with living as materialized (
  -- As in tickets/store/people.ts.
  select u.id from users u where u.tenant_id = $1 and u.id = ($2::json ->> 'actor_id')::uuid and u.erased_at is null
  for share
),
most as materialized (
  select m.* from json_to_record($2::json) as m (own_files bigint, own_bytes bigint, all_files bigint, all_bytes bigint)
),
waiting as materialized (
  select count(f.id) filter (where f.uploader_id = l.id) as own_files, count(f.id) as all_files,
    coalesce(sum(f.size) filter (where f.uploader_id = l.id), 0) as own_bytes, coalesce(sum(f.size), 0) as all_bytes
  from living l, most m join attachments f on f.tenant_id = $1 and f.message_id is null and m.all_files is not null
),
input as materialized (
  select i.* from living, most m, waiting w, json_to_record($2::json) as i (id uuid, name text, media_type text, size bigint,
    sha256 text, width integer, height integer, ${CALL})
  where m.all_files is null or (
    w.own_files < m.own_files and w.own_bytes + i.size <= m.own_bytes
    and w.all_files < m.all_files and w.all_bytes + i.size <= m.all_bytes)
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
${keeping('made', `jsonb_build_object('attachment', f.id, 'upload', ${KEPT_UPLOAD})`)}
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

/** What an upload keeps: the attachment's id, and what else is not its name; an older version kept the id alone. */
const AttachmentKept = Type.Object({ attachment: Type.Optional(Type.String()), upload: Type.Optional(KeptUpload) })
export type AttachmentKept = Static<typeof AttachmentKept>
export const ATTACHMENT_KEPT = kept('attachment.kept', AttachmentKept)
