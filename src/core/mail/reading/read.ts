import { normalAddress, peopleIn } from './addresses.ts'
import { READING_BOUNDS, type ReadingBounds } from './bounds.ts'
import { dateIn } from './dates.ts'
import { Doubts } from './doubts.ts'
import { allValues, firstValue, shownValue } from './headers.ts'
import { idsIn, nearestFirst } from './ids.ts'
import { invitationText } from './invitations.ts'
import { listIdOf, signsOf } from './kinds.ts'
import { type Header, type Kind, type Mail, type Mailbox, NULL_PATH, type Trace } from './mail.ts'
import { readParts, type Walk } from './parts.ts'
import { folding, isForward } from './quotes.ts'
import { reportOf } from './reports.ts'
import { htmlText, plainText, type Sorted, shownIds, sorted } from './words.ts'

/**
 * Reads a raw mail. Whatever its bytes are, there is an answer: what cannot be read is told as a doubt, and what is more than
 * the bounds is left in the raw mail. Pure, and in time that grows with its length only.
 */
export function readMail(raw: Uint8Array, bounds: ReadingBounds = READING_BOUNDS): Mail {
  return readAt(raw, bounds, 0)
}

function readAt(raw: Uint8Array, bounds: ReadingBounds, depth: number): Mail {
  const doubts = new Doubts()
  const walk: Walk = { bounds, doubts, parts: 0 }
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('latin1')
  const root = readParts(text, walk)
  const { headers } = root
  const people = (name: string): readonly Mailbox[] => peopleOf(headers, name, { bounds, doubts })
  const ids = (name: string): readonly string[] => allValues(headers, name).flatMap((value) => idsIn(value, bounds.ids))
  const trace = traceOf(headers, bounds)
  const sender = people('sender')[0] ?? null
  const from = authorsOf(people('from'), sender, { trace, doubts })
  const references = [...new Set(ids('references'))]
  const parents = nearestFirst(ids('in-reply-to'), references)
  for (const name of ONCE) if (allValues(headers, name).length > 1) doubts.add('repeated_header', name)
  const written = firstValue(headers, 'date')
  const date = dateIn(written)
  if (date === null && written !== '') doubts.add('bad_date', 'date')
  const ownIds = ids('message-id')
  if (ownIds.length === 0) doubts.add('bad_id', 'message-id')

  const subject = shownValue(firstValue(headers, 'subject'))
  const found = sorted(root, { bounds, doubts })
  const signs = signsOf(headers, from, trace)
  const listId = listIdOf(headers)
  const reasons = [...signs.machine, ...signs.list]
  const said = found.words.slice(0, 1)
  const report = reportOf({ root, reasons, parents, words: plainText(said, bounds), bounds })
  const kind: Kind = report ?? {
    is: signs.machine.length > 0 ? 'automatic' : signs.list.length > 0 ? 'list' : 'personal',
    reasons,
  }
  const mails = depth < bounds.enclosedDepth && !report ? found.mails.slice(0, MOST_ENCLOSED) : []
  if (mails.length < found.mails.length && !report) doubts.add('too_deep', 'message/rfc822')
  const enclosed = mails.map((each) => readAt(each, bounds, depth + 1))
  const wrapped =
    kind.is === 'list' && found.words.length <= 1 && root.parts[0]?.type === 'message/rfc822' ? enclosed[0] : undefined
  const html = report ? null : (wrapped?.body.html ?? htmlText(found.words))
  const body = wordsOf({ found, wrapped, isReport: report !== null, bounds })
  const shown = shownIds(html)
  return {
    ids: [...new Set([...ownIds, ...(wrapped?.ids ?? [])])],
    parents,
    references,
    from,
    sender,
    replyTo: people('reply-to'),
    to: people('to'),
    cc: people('cc'),
    bcc: people('bcc'),
    trace,
    date,
    subject,
    kind,
    body: { text: body, ...folding(body, parents.length > 0 && !isForward(subject)), html },
    // What a server or a program sends back along with its word is no file that somebody sent.
    files: report
      ? []
      : wrapped
        ? [...wrapped.files, ...found.files.slice(1).map(placed(shown))]
        : found.files.map(placed(shown)),
    invitations: report ? [] : [...(wrapped?.invitations ?? []), ...found.invitations],
    enclosed,
    listId,
    protection: found.protection,
    headers,
    doubts: doubts.all(),
  }
}

/** Headers of which a mail has one (RFC 5322, 3.6): of several the first counts. */
const ONCE = ['from', 'sender', 'reply-to', 'to', 'cc', 'subject', 'date', 'message-id', 'in-reply-to', 'references']
/** Mails within one that are read, each by itself. */
const MOST_ENCLOSED = 20

function placed(shown: ReadonlySet<string>): (file: Sorted['files'][number]) => Mail['files'][number] {
  return (file) => ({ ...file, isInPlace: file.cid !== null && shown.has(file.cid) })
}

/** What is said: of a wrapped mail its own words and then those of whoever wrapped it; of an invitation alone what it says. */
function wordsOf({
  found,
  wrapped,
  isReport,
  bounds,
}: {
  readonly found: Sorted
  readonly wrapped: Mail | undefined
  readonly isReport: boolean
  readonly bounds: ReadingBounds
}): string {
  const own = plainText(isReport ? found.words.slice(0, 1) : found.words, bounds)
  const text = wrapped ? [wrapped.body.text, own].filter((each) => each !== '').join('\n\n') : own
  return text === '' ? found.invitations.map(invitationText).join('\n\n') : text
}

interface Reading {
  readonly bounds: ReadingBounds
  readonly doubts: Doubts
}

function peopleOf(headers: readonly Header[], name: string, { bounds, doubts }: Reading): readonly Mailbox[] {
  // Who is only named in a second header was written to all the same.
  const values = allValues(headers, name)
  const read = values.map((value) => peopleIn(value, bounds.people))
  if (read.some(({ isDoubtful }) => isDoubtful)) doubts.add('bad_address', name)
  const people = read.flatMap(({ mailboxes }) => mailboxes)
  if (read.some(({ isCut }) => isCut) || people.length > bounds.people) doubts.add('too_many_people', name)
  return people.slice(0, bounds.people)
}

/** Who wrote it; of a mail that does not say so, whoever sent it, by its headers or its envelope. */
function authorsOf(
  from: readonly Mailbox[],
  sender: Mailbox | null,
  { trace, doubts }: { readonly trace: Trace; readonly doubts: Doubts },
): readonly Mailbox[] {
  if (from.length > 0) return from
  doubts.add('no_author', 'from')
  if (sender) return [sender]
  return trace.returnPath === null || trace.returnPath === NULL_PATH ? [] : [{ address: trace.returnPath, name: '' }]
}

const RECIPIENTS = ['x-original-to', 'delivered-to', 'envelope-to', 'x-delivered-to', 'x-envelope-to']

function traceOf(headers: readonly Header[], { people }: ReadingBounds): Trace {
  const [path] = allValues(headers, 'return-path')
  const received = allValues(headers, 'received')
  const recipients = headers
    .filter(({ name }) => RECIPIENTS.includes(name))
    .flatMap(({ value }) => peopleIn(value, people).mailboxes.map(({ address }) => address))
  const top = received[0] ?? ''
  return {
    returnPath: path === undefined ? null : pathOf(path),
    recipients: [...new Set(recipients)].slice(0, people),
    receivedAt: dateIn(top.slice(top.lastIndexOf(';') + 1)),
    hops: received.length,
  }
}

function pathOf(value: string): Trace['returnPath'] {
  const path = value.trim()
  if (/^<[ \t]*>/.test(path) || path === '') return NULL_PATH
  return peopleIn(path, 1).mailboxes[0]?.address ?? normalAddress(path.replace(/[<>]/g, ''))
}
