import type { Static } from 'typebox'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import type { EventData } from '../../events/event.ts'
import type { IdempotencyKey } from '../../idempotency/key.ts'
import type { MessageDraft, Provenance, TicketState } from '../drafts.ts'

/** What statements take of drafts, and how it is made of these. */

const { uuid, integer, text, boolean, timestamptz, array, nullable, absent, word } = Sql

export const DATA = nullable(Sql.jsonb<EventData>())

/** What is said, and by whom. */
export const MESSAGE = {
  message_id: uuid,
  visibility: word(['public', 'internal']),
  author_id: nullable(uuid),
  author_name: nullable(text),
  author_role: word(['requester', 'agent']),
  message_direction: word(['inbound', 'outbound']),
  message_channel_id: integer,
  format: word(['text', 'html']),
  original: text,
  plain: text,
  safe_html: nullable(text),
  sanitizer: nullable(text),
  rendering: nullable(integer),
  plain_given: boolean,
}

export function messageInput(message: MessageDraft) {
  return {
    message_id: message.id,
    visibility: message.visibility,
    author_id: message.authorId === 'requester' ? null : message.authorId,
    author_name: message.authorName,
    author_role: message.authorRole,
    message_direction: message.direction,
    message_channel_id: message.channelId,
    format: message.format,
    original: message.original,
    plain: message.plain,
    safe_html: message.safeHtml,
    sanitizer: message.sanitizer,
    rendering: message.rendering,
    plain_given: message.plainGiven,
  }
}

export const ENVELOPE = {
  to_addresses: absent(array(text)),
  cc_addresses: absent(array(text)),
  bcc_addresses: absent(array(text)),
  in_reply_to: absent(uuid),
  external_reference: absent(text),
}

/** The envelope of a message, where it has one. */
export function envelopeInput({ envelope }: MessageDraft) {
  if (envelope === null) return {}
  const { to, cc, bcc, inReplyTo, externalReference } = envelope
  const listed = (addresses: readonly string[]) => (addresses.length === 0 ? null : addresses)
  return {
    to_addresses: listed(to),
    cc_addresses: listed(cc),
    bcc_addresses: listed(bcc),
    in_reply_to: inReplyTo,
    external_reference: externalReference,
  }
}

export const PROVENANCE = { actor_id: uuid, credential_id: uuid, dialect: text, request_id: text, at: timestamptz }

export function provenanceInput(by: Provenance) {
  return {
    actor_id: by.actorId,
    credential_id: by.credentialId,
    dialect: by.dialect,
    request_id: by.requestId,
    at: by.at,
  }
}

export const KEY = { claimant_id: nullable(uuid), key: nullable(text), fingerprint: nullable(text) }

export function keyInput(key: IdempotencyKey | null) {
  return { claimant_id: key?.claimant ?? null, key: key?.key ?? null, fingerprint: key?.fingerprint ?? null }
}

export function keyTargets(key: IdempotencyKey | null): string[] {
  return key === null ? [] : [`key ${key.claimant} ${key.key}`]
}

const CALL = { call: integer, ...PROVENANCE, ...KEY }

/** The calls of a statement: by whom each is made, and its idempotency key. */
export const CALLS = Sql.records(CALL)

/** The same as a table of SQL. */
export const CALLS_INPUT = `calls as materialized (
  select * from json_to_recordset(:calls::json) as i (${columnsOf(CALL)})
)`

/** Claims the keys of calls of a table: `accepted` are those whose key was not used before, and of them alone an effect comes. */
export function claimingOf(calls: string): string {
  return `claimed as (
  insert into claims as c (tenant_id, credential_id, key, fingerprint, created_at)
  select :tenant_id, k.claimant_id, k.key, k.fingerprint, k.at from ${calls} k where k.key is not null
  on conflict do nothing
  returning c.credential_id, c.key
),
accepted as materialized (
  select k.* from ${calls} k
  where k.key is null or exists (select 1 from claimed c where c.credential_id = k.claimant_id and c.key = k.key)
)`
}

export function callsInput(
  calls: readonly { readonly by: Provenance; readonly idempotency: IdempotencyKey | null }[],
): Static<typeof CALLS> {
  return calls.map((each, call) => ({ call, ...provenanceInput(each.by), ...keyInput(each.idempotency) }))
}

/** The texts of a message that are searched. */
export function textsOfMessage({ plain, authorName }: MessageDraft): readonly string[] {
  return authorName === null ? [plain] : [plain, authorName]
}

/** The texts of a ticket itself that are searched. */
export function textsOf(
  state: Pick<
    TicketState,
    | 'title'
    | 'description'
    | 'fromAddress'
    | 'fromName'
    | 'toAddress'
    | 'toName'
    | 'externalReference'
    | 'tags'
    | 'fields'
  >,
): readonly string[] {
  const { title, description, fromAddress, fromName, toAddress, toName, externalReference, tags } = state
  const fields = Object.values(state.fields).flatMap((value): readonly unknown[] =>
    typeof value === 'object' ? value : [value],
  )
  const said = fields.filter((value) => typeof value === 'string')
  return [title, description, fromAddress, fromName, toAddress, toName, externalReference ?? '', ...tags, ...said]
}
