import { type Static, Type } from 'typebox'
import { columnsOf, Sql, type ValuesOf } from '../../storage/sql.ts'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { instant } from '../instant.ts'
import type { Attachment, TicketFile, Upload } from './attachment.ts'

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
  { takes: { tenant_id: Sql.text }, row: Type.Object({ locked: Type.String() }) },
  `select pg_advisory_xact_lock(hashtextextended('uploads ' || :tenant_id::text, 0))::text as locked`,
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
  call: UploadCall,
  most: MostUnused | null,
): BoundStatement<Static<typeof UploadRow>> {
  const values = { tenant_id: tenantId, call: { ...call, ...most } }
  return INSERT_ATTACHMENT.with(values, most === null ? undefined : LOCK_UPLOADS.with({ tenant_id: tenantId }))
}

/** What of files without a message there may be. */
export interface MostUnused {
  readonly own_files: number
  readonly own_bytes: number
  readonly all_files: number
  readonly all_bytes: number
}

/** What may wait at the most, absent where that does not matter. */
const MOST_UNUSED = {
  own_files: Sql.absent(Sql.bigint),
  own_bytes: Sql.absent(Sql.bigint),
  all_files: Sql.absent(Sql.bigint),
  all_bytes: Sql.absent(Sql.bigint),
}

/** What is known of a file. */
export const FILE = {
  name: Sql.text,
  media_type: Sql.text,
  size: Sql.bigint,
  sha256: Sql.text,
  width: Sql.nullable(Sql.integer),
  height: Sql.nullable(Sql.integer),
}

const UPLOAD = {
  id: Sql.uuid,
  ...FILE,
  ...CALL,
}
export type UploadCall = ValuesOf<typeof UPLOAD>

const INSERT_ATTACHMENT = statement(
  'attachment.insert',
  { takes: { tenant_id: Sql.uuid, call: Sql.record({ ...MOST_UNUSED, ...UPLOAD }) }, row: UploadRow },
  `
with living as materialized (
  -- As in tickets/store/people.ts.
  select u.id from users u where u.tenant_id = :tenant_id and u.id = (:call::json ->> 'actor_id')::uuid and u.erased_at is null
  for share
),
most as materialized (
  select m.* from json_to_record(:call::json) as m (${columnsOf(MOST_UNUSED)})
),
waiting as materialized (
  select count(f.id) filter (where f.uploader_id = l.id) as own_files, count(f.id) as all_files,
    coalesce(sum(f.size) filter (where f.uploader_id = l.id), 0) as own_bytes, coalesce(sum(f.size), 0) as all_bytes
  from living l, most m join attachments f on f.tenant_id = :tenant_id and f.message_id is null and m.all_files is not null
),
input as materialized (
  select i.* from living, most m, waiting w, json_to_record(:call::json) as i (${columnsOf(UPLOAD)})
  where m.all_files is null or (
    w.own_files < m.own_files and w.own_bytes + i.size <= m.own_bytes
    and w.all_files < m.all_files and w.all_bytes + i.size <= m.all_bytes)
),
${CLAIMED},
counted as (
  update tenant_counters c set attachment_integer = c.attachment_integer + 1
  where c.tenant_id = :tenant_id and exists (select 1 from accepted)
  returning c.attachment_integer
),
made as (
  insert into attachments as f (tenant_id, id, integer, uploader_id, name, media_type, size, sha256, width, height, created_at)
  select :tenant_id, a.id, c.attachment_integer, a.actor_id, a.name, a.media_type, a.size, a.sha256, a.width, a.height, a.at
  from accepted a, counted c
  returning f.*
),
${keeping('made', `jsonb_build_object('attachment', f.id, 'upload', ${KEPT_UPLOAD})`)}
select ${UPLOAD_VIEW} from made f`,
)

export const ATTACHMENTS_BY_ID = statement(
  'attachment.by_id',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: UploadRow },
  `select ${UPLOAD_VIEW} from attachments f where f.tenant_id = :tenant_id and f.id = any (:ids::uuid[])`,
)

/** Files of messages by integer, with where they are: whoever asks. */
export const FILES_OF_MESSAGES = statement(
  'attachment.of_messages',
  {
    takes: { tenant_id: Sql.uuid, integers: Sql.array(Sql.bigint) },
    row: Type.Object({
      id: Type.String(),
      integer: Type.Integer(),
      size: Type.Integer(),
      ticket_id: Type.String(),
      visibility: Type.Enum(['public', 'internal'] as const),
    }),
  },
  `select f.id, f.integer, f.size, m.ticket_id, m.visibility
from attachments f join messages m on m.tenant_id = :tenant_id and m.id = f.message_id
where f.tenant_id = :tenant_id and f.integer = any (:integers::bigint[])`,
)

const TicketFileRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  size: Type.Integer(),
  created_at: Type.String(),
})

/** The files of a ticket's messages, the oldest first. */
export const FILES_OF_TICKET = statement(
  'attachment.of_ticket',
  {
    takes: { tenant_id: Sql.uuid, ticket_id: Sql.uuid, with_notes: Sql.boolean, limit: Sql.bigint },
    row: TicketFileRow,
  },
  `select f.id, f.name, f.size, f.created_at
from messages m join attachments f on f.tenant_id = :tenant_id and f.message_id = m.id
where m.tenant_id = :tenant_id and m.ticket_id = :ticket_id and (:with_notes::boolean or m.visibility = 'public')
order by m.integer, f.nth
limit :limit`,
)

export function ticketFileOf({ created_at, ...row }: Static<typeof TicketFileRow>): TicketFile {
  return { ...row, createdAt: instant(created_at) }
}

/** Forgets uploads from before a time that nobody put on a message, nor on what they write or have sent later. */
export const PURGE_UNUSED = statement(
  'attachment.purge_unused',
  { takes: { tenant_id: Sql.uuid, before: Sql.timestamptz, limit: Sql.bigint }, row: IdRow },
  `
with old as materialized (
  select f.id from attachments f where f.tenant_id = :tenant_id and f.message_id is null and f.created_at < :before
    and not exists (select 1 from unsent_messages d
      where d.tenant_id = :tenant_id and d.user_id = f.uploader_id and f.id = any (d.attachment_ids))
    and not exists (select 1 from scheduled_messages s
      where s.tenant_id = :tenant_id and s.user_id = f.uploader_id and f.id = any (s.attachment_ids))
  order by f.created_at limit :limit
  for update skip locked
)
delete from attachments f where f.tenant_id = :tenant_id and f.id = any (array(select o.id from old o)) and f.message_id is null
returning f.id`,
)

/** Which of these there are. */
export const KNOWN_ATTACHMENTS = statement(
  'attachment.known',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: IdRow },
  'select f.id from attachments f where f.tenant_id = :tenant_id and f.id = any (:ids::uuid[])',
)

/** What an upload keeps: the attachment's id, and what else is not its name; an older version kept the id alone. */
const AttachmentKept = Type.Object({ attachment: Type.Optional(Type.String()), upload: Type.Optional(KeptUpload) })
export type AttachmentKept = Static<typeof AttachmentKept>
export const ATTACHMENT_KEPT = kept('attachment.kept', AttachmentKept)
