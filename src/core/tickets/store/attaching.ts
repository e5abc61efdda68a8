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
  readonly attached: string
  /** The attachments of a message `m` that was just added, as JSON. */
  readonly view: string
}

export const WITHOUT_FILES: AttachingParts = { inputs: '', missing: () => 'false', attached: '', view: `'[]'::json` }

/**
 * @param given the parameter that holds what `attachingInput` made.
 * @param after a table whose rows are locked before.
 */
export function attachingParts(given: string, after: string): AttachingParts {
  return {
    inputs: `
new_files as materialized (
  select * from json_to_recordset(${given}::json) as i (call integer, message_id uuid, nth integer, id uuid)
),
free_files as materialized (
  select f.id, f.uploader_id from attachments f
  where f.tenant_id = $1 and f.id = any (array(select n.id from new_files n)) and f.message_id is null
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
  where f.tenant_id = $1 and f.id = n.id
  returning f.*
),`,
    view: attachmentsView('attached f where f.message_id = m.id'),
  }
}

/** The messages of calls, each with the call it belongs to. */
type MessagesOfCalls = readonly { readonly call: number; readonly message: MessageDraft }[]

export function attachingInput(messages: MessagesOfCalls): readonly object[] {
  return messages.flatMap(({ call, message }) =>
    message.attachmentIds.map((id, nth) => ({ call, message_id: message.id, nth, id })),
  )
}

/** What no other call of the same flush may want. */
export function attachingTargets(messages: readonly MessageDraft[]): string[] {
  return messages.flatMap((message) => message.attachmentIds.map((id) => `file ${id}`))
}
