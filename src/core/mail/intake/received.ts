import type { Instant } from '../../instant.ts'
import type { Authentication } from '../threading/authentication.ts'
import type { Considered } from '../threading/decide.ts'
import type { Writer } from '../threading/sender.ts'

/**
 * What became of a mail. Every mail that was taken is in one of these, so that their sum is all that came:
 * `waiting`, until it is read; `created` a ticket; `joined` one; `automatic`, said by a machine; `held` for somebody to look
 * at; `discarded` by a rule.
 */
export const MAIL_STATES = ['waiting', 'created', 'joined', 'automatic', 'held', 'discarded'] as const
export type MailState = (typeof MAIL_STATES)[number]

/** Why a mail is in its state. */
export const MAIL_REASONS = [
  // waiting
  'received',
  // created
  'new',
  'stranger',
  'closed',
  'other_desk',
  'other_subject',
  // joined
  'token',
  'reference',
  'foreign_number',
  'subject',
  // created or joined, by somebody's hand
  'by_hand',
  // automatic
  'bounce',
  'receipt',
  'report',
  'machine',
  // held
  'unreadable',
  'no_desk',
  'no_writer',
  'too_many',
  'refused',
  // discarded
  'copy',
  'own_mail',
  'erased',
] as const
export type MailReason = (typeof MAIL_REASONS)[number]

/** A mail that came in, without its bytes. */
export interface ReceivedMail {
  readonly id: string
  readonly state: MailState
  readonly reason: MailReason
  readonly receivedAt: Instant
  /** Null while it waits. */
  readonly decidedAt: Instant | null
  /** How many bytes it has. */
  readonly size: number
  /** The envelope, as far as whoever handed it over told it. */
  readonly recipient: string | null
  readonly sender: string | null
  readonly deskId: string | null
  readonly ticketId: string | null
  readonly messageId: string | null
  readonly fromAddress: string
  readonly fromName: string
  readonly subject: string
  readonly authentication: Authentication
}

/** Everything that was looked at for a mail, and what was decided. */
export interface Explanation {
  /** The addresses by which desks were looked for, and which lead to one. */
  readonly recipients: readonly { readonly address: string; readonly deskId: string | null }[]
  readonly writer: Writer | null
  readonly kind: string
  /** The headers and parts by which it is taken for what it is. */
  readonly kindReasons: readonly string[]
  readonly considered: readonly Considered[]
  /** What was not as it should be in the mail. */
  readonly doubts: readonly string[]
  /** What else there is to say of the decision. */
  readonly remarks: readonly string[]
}

/** Bytes of one mail at the most. */
export const MAIL_BYTES = 36_700_160
