import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Instant } from '../../instant.ts'

/** Somebody whom a letter names. */
export interface Party {
  readonly address: string
  readonly name: string
}

/** A mail of the desk, before it is one: ids stand without brackets, as everywhere here. */
export interface Letter {
  /** Made once, and never another for the same letter: a repeat is the same mail. */
  readonly messageId: string
  readonly at: Instant
  readonly from: Party
  readonly to: readonly Party[]
  readonly cc: readonly string[]
  /** Who gets it beside, named in none of its headers. */
  readonly bcc: readonly string[]
  /** Where answers go, by which they find their ticket. */
  readonly replyTo: Party
  readonly subject: string
  /** The ids of the conversation before it, oldest first; the last is what it answers. */
  readonly thread: readonly string[]
  readonly text: string
  /** Safe HTML; null where it was written as plain text. */
  readonly html: string | null
  readonly files: readonly { readonly name: string; readonly mediaType: string; readonly bytes: Buffer }[]
  /** Whether a machine says it: then nobody's machine is to answer. */
  readonly isAutomatic: boolean
}

/** Ids that References holds: some programs and servers cut longer ones, and always at the wrong end. */
const MOST_REFERENCES = 20

/** The references of a conversation: the first, by which old programs find it, and the latest. */
export function referencesOf(thread: readonly string[]): readonly string[] {
  const ids = [...new Set(thread)]
  if (ids.length <= MOST_REFERENCES) return ids
  return [...ids.slice(0, 1), ...ids.slice(1 - MOST_REFERENCES)]
}

/**
 * A letter as a mail, byte for byte as it is sent each time: lines below 998 bytes, headers folded, no header of the mail
 * that it answers.
 *
 * @throws Error when what was made has lost its place in the conversation, which would be a defect of ours.
 */
export async function rawLetter(letter: Letter): Promise<Buffer> {
  const { thread, html } = letter
  const answered = thread.at(-1)
  const composer = new MailComposer({
    messageId: bracketed(letter.messageId),
    date: new Date(letter.at),
    from: partyOf(letter.from),
    to: letter.to.map(partyOf),
    cc: letter.cc.map((address) => partyOf({ address, name: '' })),
    replyTo: partyOf(letter.replyTo),
    subject: lineOf(letter.subject),
    // As one text: of a list the library sends no header at all.
    ...(answered !== undefined && { inReplyTo: bracketed(answered) }),
    references: referencesOf(thread).map(bracketed),
    text: letter.text,
    ...(html !== null && { html }),
    attachments: letter.files.map(({ name, mediaType, bytes }) => ({
      filename: name,
      // A mail among them is a file as well: nobody shows it as what we say.
      contentDisposition: 'attachment',
      contentType: mediaType,
      content: bytes,
    })),
    headers: letter.isAutomatic ? AUTOMATIC : {},
    // Where its parts are cut, too, each time.
    baseBoundary: createHash('sha256').update(letter.messageId).digest('hex').slice(0, 32),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const raw = await composer.compile().build()
  if (answered !== undefined && !/^In-Reply-To:/m.test(raw.toString('latin1').split('\r\n\r\n', 1)[0] ?? ''))
    throw new Error('A letter lost what it answers.')
  return raw
}

const AUTOMATIC = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', Precedence: 'bulk' }

function bracketed(id: string): string {
  return `<${id}>`
}

/** Names and subjects are one line: what a line end would begin is nobody's header. */
function partyOf({ address, name }: Party): { readonly address: string; readonly name: string } {
  return { address, name: lineOf(name) }
}

function lineOf(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
