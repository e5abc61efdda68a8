import { likelyText } from '../../charsets.ts'
import { normalAddress, peopleIn } from './addresses.ts'
import type { ReadingBounds } from './bounds.ts'
import { Doubts } from './doubts.ts'
import { allValues, firstValue, readHead, shownValue, withoutComments } from './headers.ts'
import { idsIn, nearestFirst } from './ids.ts'
import type { Bounce, Header, Outcome, Reason, Receipt, Recipient, Report, Returned } from './mail.ts'
import { leavesOf, type Part } from './parts.ts'

/** A mail in which a machine tells what became of another, and what is needed to read it. */
export interface Reported {
  readonly root: Part
  readonly reasons: readonly Reason[]
  /** What the report itself says that it is about. */
  readonly parents: readonly string[]
  /** What the machine writes for people. */
  readonly words: string
  readonly bounds: ReadingBounds
}

const STATUS = /^message\/(?:global-)?delivery-status$/
const DISPOSITION = /^message\/(?:global-)?disposition-notification$/
const FEEDBACK = /^message\/feedback-report$/
const RETURNED = /^(?:message\/(?:rfc822|global)|text\/rfc822-headers|message\/global-headers)$/
/** Recipients of one bounce that are told. */
const MOST_RECIPIENTS = 1_000
/** Bytes of what came back in which the servers on its way are looked for. */
const MOST_TRACED = 16_384
/** Characters of a server's words that are kept. */
const LONGEST_WORDS = 2_000

/** What a mail reports, wherever its part for machines lies; null for one that reports nothing. */
export function reportOf(reported: Reported): Bounce | Receipt | Report | null {
  const leaves = [...leavesOf(reported.root)]
  const find = (type: RegExp): Part | undefined => leaves.find((each) => type.test(each.type))
  const returned = returnedOf(find(RETURNED), reported)
  const [status, disposition, feedback] = [find(STATUS), find(DISPOSITION), find(FEEDBACK)]
  if (status) return bounceOf(blocksOf(status, reported.bounds), returned, { ...reported, sign: status.type })
  if (disposition)
    return receiptOf(blocksOf(disposition, reported.bounds), returned, { ...reported, sign: disposition.type })
  if (feedback) return feedbackOf(blocksOf(feedback, reported.bounds), returned, { ...reported, sign: feedback.type })
  const failed = firstValue(reported.root.headers, 'x-failed-recipients')
  return failed === '' ? null : bounceWithoutStatus(failed, returned, reported)
}

/** Fields in blocks that are parted by empty lines, each as headers are. */
type Block = readonly Header[]

function blocksOf(part: Part, bounds: ReadingBounds): readonly Block[] {
  const text = part.content().bytes.toString('latin1')
  const blocks: Block[] = []
  for (let at = 0; at < text.length && blocks.length <= MOST_RECIPIENTS; ) {
    const { headers, bodyStart } = readHead(
      text,
      { from: at, to: text.length },
      { bounds, doubts: new Doubts(), where: '' },
    )
    if (headers.length > 0) blocks.push(headers)
    at = Math.max(bodyStart, at + 1)
  }
  return blocks
}

/** What came back: all of a mail, its headers, or anything that begins with these. */
function returnedOf(part: Part | undefined, { parents, bounds }: Reported): Returned {
  const text = part?.content().bytes.toString('latin1') ?? ''
  const { headers } = readHead(text, { from: 0, to: text.length }, { bounds, doubts: new Doubts(), where: '' })
  const ids = (name: string): readonly string[] => allValues(headers, name).flatMap((value) => idsIn(value, bounds.ids))
  const own = ids('message-id')
  const answered = nearestFirst(ids('in-reply-to'), ids('references'))
  return {
    // The last of the report's own references is the mail that it is about, if its server still knew.
    ids: own.length > 0 ? own : parents.slice(0, 1),
    parents: [...new Set([...answered, ...parents])].filter((id) => !own.includes(id)),
    envelopeIds: [],
    subject: shownValue(firstValue(headers, 'subject')),
  }
}

type Signed = Reported & { readonly sign: string }

function bounceOf([about = [], ...found]: readonly Block[], returned: Returned, { sign, ...given }: Signed): Bounce {
  // Some servers put all fields into one block.
  const blocks = [about, ...found].filter(
    (block) => firstValue(block, 'action') !== '' || recipientOf(block).length > 0,
  )
  const failed = peopleIn(firstValue(given.root.headers, 'x-failed-recipients'), MOST_RECIPIENTS)
  const others = [...failed.mailboxes.map(({ address }) => address), ...sentFor(given.root)]
  const recipients = blocks.map((block) => recipientIn(block, blocks.length === 1 ? others : [], given.words))
  const envelopeId = withoutComments(firstValue(about, 'original-envelope-id'))
  return {
    is: 'bounce',
    reasons: [...given.reasons, sign],
    outcome: worstOf(recipients),
    recipients: recipients.slice(0, MOST_RECIPIENTS),
    returned: { ...returned, envelopeIds: [...new Set([envelopeId, fromXtext(envelopeId)])].filter((id) => id !== '') },
    words: given.words,
  }
}

/** Whom servers took the mail for that came back: behind an alias nothing else tells to whom it was sent. */
function sentFor(root: Part): readonly string[] {
  const part = [...leavesOf(root)].find((each) => RETURNED.test(each.type))
  const text = likelyText(part?.content().bytes.subarray(0, MOST_TRACED) ?? new Uint8Array())
  return [...text.matchAll(/^[ \t]+(?:by [^\r\n]*)?for <([^<>\s]+)>/gim)].flatMap(
    ([, address = '']) => normalAddress(address) ?? [],
  )
}

/** Of older Exims, which tell the addresses and nothing else. */
function bounceWithoutStatus(failed: string, returned: Returned, { reasons, words }: Reported): Bounce {
  const { mailboxes } = peopleIn(failed, MOST_RECIPIENTS)
  const recipients = mailboxes.map(({ address }): Recipient => {
    return { address, addresses: [address], outcome: 'final', status: null, words: '' }
  })
  return { is: 'bounce', reasons, outcome: 'final', recipients, returned, words }
}

/** Text that is sent in letters of ASCII (RFC 3461, 4). */
function fromXtext(text: string): string {
  // What would become no letter was not sent so.
  return text.replace(/\+([2-7][0-9A-F])/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** Addresses of a block, likeliest first: to whom the mail was sent, then to whom it went from there. */
function recipientOf(block: Block): readonly string[] {
  const addresses = ['original-recipient', 'final-recipient'].flatMap((name) => {
    const value = likelyText(Buffer.from(withoutComments(firstValue(block, name)), 'latin1'))
    const written = value.slice(value.indexOf(';') + 1).trim()
    const bare = written.replace(/^<(.*)>$/, '$1')
    // Exim gives an address back as it was sent with the command, in letters of ASCII.
    return [bare, fromXtext(bare)].flatMap((each) => normalAddress(each) ?? [])
  })
  return [...new Set(addresses)]
}

function recipientIn(block: Block, others: readonly string[], said: string): Recipient {
  const addresses = [...new Set([...recipientOf(block), ...others])]
  const action = /^[\w-]+/.exec(withoutComments(firstValue(block, 'action')).toLowerCase())?.[0] ?? ''
  const told = shownValue(firstValue(block, 'diagnostic-code').replace(/^[ \t]*[\w-]+[ \t]*;[ \t]*/, ''))
  const inProse = addresses.map((address) => lineAbout(address, said)).find((line) => line !== '') ?? ''
  const given = codeIn(firstValue(block, 'status'))
  return {
    address: addresses[0] ?? '',
    addresses,
    outcome: outcomeOf(action, given),
    // Servers that know nothing better say 5.0.0; the one that refused may have told more.
    status: given === null || given.endsWith('.0.0') ? (codeIn(told) ?? codeIn(inProse) ?? given) : given,
    words: (told || inProse).slice(0, LONGEST_WORDS),
  }
}

const CODE = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/

function codeIn(text: string): string | null {
  return CODE.exec(text)?.[1] ?? null
}

/** OpenSMTPD calls these delayed, though it has given the mail up: its time is over, or it goes round in circles. */
const GIVEN_UP = new Set(['4.4.7', '4.4.6'])

/** What is told of a recipient is the action's; the class of a status tells final from delayed with no server for certain. */
function outcomeOf(action: string, status: string | null): Outcome {
  if (action === 'delayed') return status !== null && GIVEN_UP.has(status) ? 'final' : 'delayed'
  if (action === 'delivered' || action === 'relayed' || action === 'expanded') return 'success'
  if (action === 'failed') return 'final'
  // Without an action the class is all that there is.
  return status?.startsWith('2') ? 'success' : status?.startsWith('4') ? 'delayed' : 'final'
}

function worstOf(recipients: readonly Recipient[]): Outcome {
  const outcomes = new Set(recipients.map(({ outcome }) => outcome))
  return outcomes.has('final') || outcomes.size === 0 ? 'final' : outcomes.has('delayed') ? 'delayed' : 'success'
}

/** What stands behind an address in the words for people, or indented below it: some servers tell the reason only there. */
function lineAbout(address: string, words: string): string {
  const lines = words.split('\n')
  const nth = lines.findIndex((line) => {
    const said = line
      .trim()
      .toLowerCase()
      .replace(/^<([^<>]*)>/, '$1')
    return said === address.toLowerCase() || said.startsWith(`${address.toLowerCase()}:`)
  })
  const [first = '', ...rest] = nth === -1 ? [] : lines.slice(nth)
  const end = rest.findIndex((line) => indentOf(line) <= indentOf(first))
  const below = rest.slice(0, end === -1 ? rest.length : end).map((line) => line.trim())
  return [first.trim().replace(/^[^\s:]+:?[ \t]*/, ''), ...below].filter((line) => line !== '').join(' ')
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function receiptOf([fields = []]: readonly Block[], returned: Returned, { sign, ...given }: Signed): Receipt {
  const about = idsIn(firstValue(fields, 'original-message-id'), given.bounds.ids)
  const disposition = withoutComments(firstValue(fields, 'disposition'))
  return {
    is: 'receipt',
    reasons: [...given.reasons, sign],
    disposition: /;[ \t]*([\w-]+)/.exec(disposition)?.[1]?.toLowerCase() ?? '',
    address: recipientOf(fields)[0] ?? null,
    returned: { ...returned, ids: [...new Set([...about, ...returned.ids])] },
    words: given.words,
  }
}

function feedbackOf([fields = []]: readonly Block[], returned: Returned, { sign, ...given }: Signed): Report {
  const people = allValues(fields, 'original-rcpt-to').flatMap((value) => peopleIn(value, MOST_RECIPIENTS).mailboxes)
  return {
    is: 'report',
    reasons: [...given.reasons, sign],
    feedback: withoutComments(firstValue(fields, 'feedback-type')).toLowerCase(),
    addresses: people.map(({ address }) => address),
    returned,
    words: given.words,
  }
}
