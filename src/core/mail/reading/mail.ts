/**
 * What a raw message of e-mail says (RFC 5322, MIME), as `readMail` finds it: everything that came, in words of the desk, and
 * nothing that was judged by who the desk is. Ids of messages stand here without their brackets and without white space, so
 * that one written badly is the same id as one written well; addresses have their domain in lower case and in ASCII (`xn--`).
 */
export interface Mail {
  /** The Message-IDs, the first first: there should be one, and may be none or several. */
  readonly ids: readonly string[]
  /** What it answers, nearest first, each once: In-Reply-To, then References from the last to the first. */
  readonly parents: readonly string[]
  /** References as they stand, oldest first. */
  readonly references: readonly string[]
  readonly from: readonly Mailbox[]
  readonly sender: Mailbox | null
  readonly replyTo: readonly Mailbox[]
  readonly to: readonly Mailbox[]
  readonly cc: readonly Mailbox[]
  readonly bcc: readonly Mailbox[]
  readonly trace: Trace
  /** When its sender says that it was written; null when that is no time. */
  readonly date: string | null
  /** One line, decoded. Empty when there is none. */
  readonly subject: string
  readonly kind: Kind
  readonly body: Body
  readonly files: readonly MailFile[]
  readonly invitations: readonly Invitation[]
  /** Mails within, as forwarded ones are: also among the files. What a bounce or a receipt returns is none of them. */
  readonly enclosed: readonly Mail[]
  /** The id of the mailing list that it came by. */
  readonly listId: string | null
  /** What it is wrapped in; null for a mail like any other. */
  readonly protection: 'signed' | 'encrypted' | null
  /** Every header of the mail itself, in order, for rules of others: names in lower case, values unfolded and not decoded. */
  readonly headers: readonly Header[]
  /** What was lost, mended or is not certain. Empty for a mail that is as it should be. */
  readonly doubts: readonly Doubt[]
}

export interface Header {
  readonly name: string
  readonly value: string
}

/** Somebody's address with the name that stands beside it, if any. */
export interface Mailbox {
  readonly address: string
  readonly name: string
}

/** What servers wrote on the mail on its way. */
export interface Trace {
  /** The sender of the envelope: `null path` for mail that wants no answer, null when no server says it. */
  readonly returnPath: string | typeof NULL_PATH | null
  /** For whom it was, by Delivered-To, X-Original-To and Envelope-to, the topmost header first, each once. */
  readonly recipients: readonly string[]
  /** When the topmost server took it. */
  readonly receivedAt: string | null
  /** How many servers took it. */
  readonly hops: number
}

export const NULL_PATH = 'null path'

/** What a mail is, and why it is taken for that. */
export type Kind =
  | { readonly is: 'personal'; readonly reasons: readonly Reason[] }
  /** By way of a mailing list: a person wrote it, to many. */
  | { readonly is: 'list'; readonly reasons: readonly Reason[] }
  /** A machine wrote it: somebody's vacation, a notice, a newsletter. */
  | { readonly is: 'automatic'; readonly reasons: readonly Reason[] }
  | Bounce
  | Receipt
  | Report

/** A header, or a part, that tells what a mail is: `auto-submitted: auto-replied`. */
export type Reason = string

/** A server tells what became of a mail. */
export interface Bounce {
  readonly is: 'bounce'
  readonly reasons: readonly Reason[]
  /** The worst that is told of anybody. */
  readonly outcome: Outcome
  readonly recipients: readonly Recipient[]
  readonly returned: Returned
  /** What the server writes for people. */
  readonly words: string
}

/** `final`: it will not arrive. `delayed`: not yet. `success`: handed on, which is no proof that it was read or even arrived. */
export type Outcome = 'final' | 'delayed' | 'success'

export interface Recipient {
  /** Whom the mail was for: the likeliest of `addresses`. */
  readonly address: string
  /** All that name the recipient, likeliest first: as written by the sender, as delivered to. */
  readonly addresses: readonly string[]
  readonly outcome: Outcome
  /** The enhanced status (RFC 3463), that of the refusing server if it told one: `5.2.2`. */
  readonly status: string | null
  /** What the refusing server said. */
  readonly words: string
}

/** What is told of the mail that came back. Any of it may be made up by a server on the way, or missing. */
export interface Returned {
  /** Its ids, likeliest first. */
  readonly ids: readonly string[]
  /** What it answered, nearest first; a mail that lost its own id is found by these. */
  readonly parents: readonly string[]
  /** The ENVID that it was sent with, decoded and as it came. */
  readonly envelopeIds: readonly string[]
  readonly subject: string
}

/** Somebody's program tells that a mail was shown, or was not (RFC 8098). */
export interface Receipt {
  readonly is: 'receipt'
  readonly reasons: readonly Reason[]
  /** `displayed`, `deleted` for a refusal, or what else the program says. */
  readonly disposition: string
  readonly address: string | null
  readonly returned: Returned
  readonly words: string
}

/** A provider passes on that somebody called a mail spam (RFC 5965). */
export interface Report {
  readonly is: 'report'
  readonly reasons: readonly Reason[]
  /** `abuse`, or what else it is about. */
  readonly feedback: string
  readonly addresses: readonly string[]
  readonly returned: Returned
  readonly words: string
}

/** The words of a mail. */
export interface Body {
  /** All of them as plain text: as they came, or made of the HTML. */
  readonly text: string
  /** What is new, and what was quoted below it. Put together they are `text`. */
  readonly visible: string
  readonly folded: string
  /** As it came; null when the mail has none. */
  readonly html: string | null
}

export interface MailFile {
  /** As it came, or made up for a part without one; not yet fit for a disk. */
  readonly name: string
  /** The media type, in lower case: `image/png`. */
  readonly type: string
  readonly bytes: Uint8Array
  /** By which HTML names it, without brackets. */
  readonly cid: string | null
  /** Whether the HTML shows it in its place. */
  readonly isInPlace: boolean
}

/** An event of a calendar (RFC 5545). Its file is among the files too. */
export interface Invitation {
  readonly uid: string | null
  /** `REQUEST`, `CANCEL`, `REPLY`, ... */
  readonly method: string
  readonly summary: string
  readonly location: string
  /** As written: a moment (`2026-11-06T09:00:00Z`), a local time with its zone beside it, or a date. */
  readonly start: string
  readonly end: string
  readonly zone: string | null
  /** How it comes again, as written. */
  readonly recurrence: string | null
  readonly organizer: Mailbox | null
  readonly attendees: readonly Mailbox[]
}

/** What to know of a reading: a closed list of words, and where in the mail. */
export interface Doubt {
  readonly word: DoubtWord
  /** The header, or the part by its place: `1.2`. */
  readonly where: string
}

export type DoubtWord =
  /** More than is read: what is beyond is in the raw mail only. */
  | 'too_many_headers'
  | 'too_many_parts'
  | 'too_deep'
  | 'too_many_people'
  | 'too_large'
  /** An id, an address, a date or a header that is none; what could be saved is there. */
  | 'bad_id'
  | 'bad_address'
  | 'bad_date'
  | 'bad_header'
  /** Nobody says to have written it: the sender or the envelope counts. */
  | 'no_author'
  /** Several where one belongs: the first counts. */
  | 'repeated_header'
  /** Bytes that are none of their charset or encoding: read as well as can be. */
  | 'bad_charset'
  | 'bad_encoding'
  /** A multipart without an end, or without a boundary. */
  | 'no_end'
  | 'no_boundary'
