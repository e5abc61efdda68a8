import type { Static } from 'typebox'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import type { MessageDraft } from '../drafts.ts'
import { attachmentsView } from '../rows.ts'

/**
 * The parts by which a statement puts attachments on the messages it adds. Nearly every call has none, so each statement
 * exists twice, and the usual one is without these parts.
 */
export interface AttachingParts {
  /** What is to be attached, and which of it is still free: locked before any counter. */
  readonly inputs: string
  /** SQL that is true of a call that wants an attachment which is not there, not its actor's, or on a message already. */
  readonly missing: (call: string) => string
  /** SQL of parts that count the copies to be made, and of columns by which a tenant's counters count them. */
  readonly copies: string
  readonly counting: string
  readonly counted: string
  readonly attached: string
  /** The attachments of a message `m` that was just added, as JSON. */
  readonly view: string
}

const WITHOUT_COPIES = { copies: '', counting: '', counted: '' }

export const WITHOUT_FILES: AttachingParts = {
  ...WITHOUT_COPIES,
  inputs: '',
  missing: () => 'false',
  attached: '',
  view: `'[]'::json`,
}

const FILE = {
  call: Sql.integer,
  message_id: Sql.uuid,
  nth: Sql.integer,
  id: Sql.uuid,
  /** Of a copy: what it is a copy of. */
  source_id: Sql.absent(Sql.uuid),
}

/** What is to be attached to which messages: what a statement with these parts takes as `files`. */
export const FILES = Sql.records(FILE)

/**
 * For messages that take uploads.
 *
 * @param after a table whose rows are locked before.
 */
export function attachingParts(after: string): AttachingParts {
  return {
    ...WITHOUT_COPIES,
    inputs: `
new_files as materialized (
  select * from json_to_recordset(:files::json) as i (${columnsOf(FILE)})
),
free_files as materialized (
  select f.id, f.uploader_id from attachments f
  where f.tenant_id = :tenant_id and f.id = any (array(select n.id from new_files n)) and f.message_id is null
    and (select count(*) from ${after}) >= 0
  order by f.id
  for update
),`,
    missing: (call) => `exists (
      select 1 from new_files n left join free_files f on f.id = n.id and f.uploader_id = ${call}.actor_id
      where n.call = ${call}.call and f.id is null)`,
    attached: `
attached as (
  update attachments f set message_id = n.message_id, nth = n.nth
  from new_files n join accepted a on a.call = n.call
  where f.tenant_id = :tenant_id and f.id = n.id
  returning f.*
),`,
    view: attachmentsView('attached f where f.message_id = m.id'),
  }
}

/**
 * For messages that take uploads and get copies of other messages' files. A copy is an attachment like any other, by who
 * passes it on; its bytes are there before. What it is a copy of is not locked: a deletion locks it after the counters.
 *
 * @param after a table whose rows are locked before.
 */
export function forwardingParts(after: string): AttachingParts {
  const attaching = attachingParts(after)
  return {
    inputs: `${attaching.inputs}
sources as materialized (
  select f.* from attachments f
  where f.tenant_id = :tenant_id and f.id = any (array(select n.source_id from new_files n)) and f.message_id is not null
),`,
    missing: (call) => `exists (
      select 1 from new_files n left join free_files f on f.id = n.id and f.uploader_id = ${call}.actor_id
      left join sources s on s.id = n.source_id
      where n.call = ${call}.call and f.id is null and s.id is null)`,
    copies: `
new_copies as materialized (
  select n.*, a.actor_id, a.at, row_number() over (order by n.call, n.message_id, n.nth) as nth_copy
  from new_files n join accepted a on a.call = n.call
  where n.source_id is not null
),`,
    counting: ', attachment_integer = c.attachment_integer + (select count(*) from new_copies)',
    counted: ', c.attachment_integer - (select count(*) from new_copies) as attachment_integer',
    attached: `${attaching.attached}
copied as (
  insert into attachments as f (tenant_id, id, integer, uploader_id, message_id, nth, name, media_type, size, sha256, width,
    height, created_at)
  select :tenant_id, n.id, c.attachment_integer + n.nth_copy, n.actor_id, n.message_id, n.nth, s.name, s.media_type, s.size, s.sha256,
    s.width, s.height, n.at
  from new_copies n join sources s on s.id = n.source_id, counted c
  returning f.*
),`,
    view: attachmentsView('(select * from attached union all select * from copied) f where f.message_id = m.id'),
  }
}

/** The messages of calls, each with the call it belongs to. */
type MessagesOfCalls = readonly { readonly call: number; readonly message: MessageDraft }[]

export function attachingInput(messages: MessagesOfCalls): Static<typeof FILES> {
  return messages.flatMap(({ call, message: { id: message_id, attachmentIds, copies } }) =>
    [...attachmentIds.map((id) => ({ id })), ...copies.map(({ id, sourceId }) => ({ id, source_id: sourceId }))].map(
      (file, nth) => ({ call, message_id, nth, ...file }),
    ),
  )
}

/** What no other call of the same flush may want. */
export function attachingTargets(messages: readonly MessageDraft[]): string[] {
  return messages.flatMap((message) => message.attachmentIds.map((id) => `file ${id}`))
}
