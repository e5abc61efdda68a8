import { type Static, Type } from 'typebox'
import { AGAIN } from '../../../storage/batch.ts'
import { type IdempotencyKey, isSameRequest } from '../../idempotency/key.ts'
import { OutcomeRow, outcomeOf } from '../rows.ts'
import type { TicketOutcome } from '../ticket.ts'

/** What the store answers to a write. */
export type WriteOutcome =
  | { readonly done: TicketOutcome }
  /** The idempotency key was used before: what was answered then, or null when that has been erased since. */
  | { readonly repeated: TicketOutcome | null }
  | {
      readonly refused:
        | 'idempotency_mismatch'
        | 'requester_unknown'
        | 'requester_not_member'
        | 'requester_missing'
        | 'person_unknown'
        | 'stale'
        | 'attachment_unknown'
    }

export const AnswerRow = Type.Object({
  call: Type.Integer(),
  problem: Type.Union([Type.String(), Type.Null()]),
  result: Type.Union([OutcomeRow, Type.Null()]),
  /** The fingerprint under which the key was claimed before, when it was. */
  claimed_as: Type.Union([Type.String(), Type.Null()]),
  repeated: Type.Union([OutcomeRow, Type.Null()]),
})
export type AnswerRow = Static<typeof AnswerRow>

export function writeOutcome(row: AnswerRow | undefined, key: IdempotencyKey | null): WriteOutcome | typeof AGAIN {
  if (!row) throw new Error('A write did not answer every call.')
  if (row.result !== null) return { done: outcomeOf(row.result) }
  if (key !== null && row.claimed_as !== null) {
    if (!isSameRequest(key, row.claimed_as)) return { refused: 'idempotency_mismatch' }
    return { repeated: row.repeated === null ? null : outcomeOf(row.repeated) }
  }
  switch (row.problem) {
    case 'requester_unknown':
    case 'requester_not_member':
    case 'requester_missing':
    case 'person_unknown':
    case 'stale':
    case 'attachment_unknown':
      return { refused: row.problem }
    default:
      // A twin claimed the key between this statement's snapshot and its insert: the next look finds its answer.
      return AGAIN
  }
}
