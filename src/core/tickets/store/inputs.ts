import type { IdempotencyKey } from '../../idempotency/key.ts'
import type { MessageDraft, Provenance } from '../drafts.ts'

/** How drafts become JSON for the statements, by the names that these give to the fields. */

export function messageInput(message: MessageDraft): object {
  return {
    message_id: message.id,
    visibility: message.visibility,
    author_id: message.authorId === 'requester' ? null : message.authorId,
    author_is_requester: message.authorId === 'requester',
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

/** The envelope of a message, where it has one. */
export function envelopeInput({ envelope }: MessageDraft): object {
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

export function provenanceInput(by: Provenance): object {
  return {
    actor_id: by.actorId,
    credential_id: by.credentialId,
    dialect: by.dialect,
    request_id: by.requestId,
    at: by.at,
  }
}

export function keyInput(key: IdempotencyKey | null): object {
  return { claimant_id: key?.claimant ?? null, key: key?.key ?? null, fingerprint: key?.fingerprint ?? null }
}

export function keyTargets(key: IdempotencyKey | null): string[] {
  return key === null ? [] : [`key ${key.claimant} ${key.key}`]
}

/** The calls of a statement as a table: by whom each is made, and its idempotency key. `$2` is what `callsInput` makes. */
export const CALLS = `calls as materialized (
  select * from json_to_recordset($2::json) as i (
    call integer, actor_id uuid, credential_id uuid, dialect text, request_id text, at timestamptz, claimant_id uuid, key text,
    fingerprint text)
)`

/** Claims the keys of calls of a table: `accepted` are those whose key was not used before, and of them alone an effect comes. */
export function claimingOf(calls: string): string {
  return `claimed as (
  insert into claims as c (tenant_id, credential_id, key, fingerprint, created_at)
  select $1, k.claimant_id, k.key, k.fingerprint, k.at from ${calls} k where k.key is not null
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
): readonly object[] {
  return calls.map((each, call) => ({ call, ...provenanceInput(each.by), ...keyInput(each.idempotency) }))
}
