import { buffer } from 'node:stream/consumers'
import type { RunningSystem } from '../../context.ts'
import { type Instant, instant, instantOrNull } from '../../instant.ts'
import { addressKey } from '../../spelling.ts'
import { replyTag } from '../threading/token.ts'
import { withoutAddresses } from './bounce.ts'
import { fateOf, type HeldReason, type Posted } from './fate.ts'
import { type Letter, rawLetter } from './letter.ts'
import {
  BEGIN_OUTGOING,
  CLAIM_LETTERS,
  type ClaimedRow,
  END_OUTGOING,
  FIND_LETTER,
  type LetterRow,
  LOSE_LETTERS,
  MAKE_LETTERS,
  NEXT_DUE,
  RECORD_LETTER,
  TENANTS_WITH_ADDRESSES,
} from './store/sending.ts'

/** Hands a mail to a relay, once. */
export type Post = (
  raw: Buffer,
  envelope: { readonly from: string; readonly to: readonly string[]; readonly id: string },
) => Promise<Posted>

/** With what mail of a tenant is sent. */
export interface OutgoingSystem extends Pick<RunningSystem, 'store' | 'clock'> {
  readonly tenantId: string
  readonly post: Post
  /** By which the address for answers is proven ours. */
  readonly replyKey: Buffer
}

/** Events that are made into letters at a time. */
const EVENTS_AT_ONCE = 500
/** How old an answer may be that becomes a letter, in milliseconds: as old as one that was tried all the time. */
const NEW_MS = 3 * 86_400_000
/** By then an address that a desk was given has been seen, in milliseconds. */
const SEEN_MS = 60_000
/** Letters of one tenant under way at a time, in one process. */
const AT_ONCE = 4
/** By then an attempt that nobody recorded is over, in milliseconds: longer than a relay may be silent, several times. */
const LOST_MS = 900_000

/** A tenant that sends mail. */
export interface WritingTenant {
  readonly tenantId: string
  /** Whether something was said since, or a letter is due. */
  readonly isDue: boolean
}

/** Tenants whose last address is gone begin anew once they have one. */
export async function endWhereNobodyWrites({ store }: Pick<OutgoingSystem, 'store'>): Promise<void> {
  await store.run(END_OUTGOING.with({}))
}

/** The tenants that send mail. */
export async function tenantsThatWrite({
  store,
  clock,
}: Pick<OutgoingSystem, 'store' | 'clock'>): Promise<readonly WritingTenant[]> {
  const rows = await store.run(TENANTS_WITH_ADDRESSES.with({ now: clock().toISOString() }))
  return rows.map(({ tenant_id: tenantId, is_due: isDue }) => ({ tenantId, isDue }))
}

/**
 * Makes what was said since into letters and sends what is due, until nothing is.
 *
 * @returns when something is due next; null when nothing waits.
 */
export async function sendLetters(given: OutgoingSystem, isOver: () => boolean): Promise<Instant | null> {
  const { store, tenantId } = given
  const seen = new Date(given.clock().getTime() - SEEN_MS).toISOString()
  await store.run(BEGIN_OUTGOING.with({ tenant_id: tenantId, since: seen }))
  await store.run(LOSE_LETTERS.with({ tenant_id: tenantId, now: nowOf(given) }))
  for (let isMore = true; isMore && !isOver(); ) {
    const since = new Date(given.clock().getTime() - NEW_MS).toISOString()
    const making = MAKE_LETTERS.with({ tenant_id: tenantId, now: nowOf(given), since, limit: EVENTS_AT_ONCE })
    const [made] = await store.run(making)
    isMore = made?.events === EVENTS_AT_ONCE
  }
  for (let some = 1; some > 0 && !isOver(); ) some = await sendDue(given)
  const [next] = await store.run(NEXT_DUE.with({ tenant_id: tenantId }))
  return instantOrNull(next?.next_at ?? null)
}

function nowOf({ clock }: OutgoingSystem): Instant {
  return clock().toISOString()
}

async function sendDue(given: OutgoingSystem): Promise<number> {
  const now = given.clock()
  const until = new Date(now.getTime() + LOST_MS).toISOString()
  const claiming = { tenant_id: given.tenantId, now: now.toISOString(), until, limit: AT_ONCE }
  const claimed = await given.store.run(CLAIM_LETTERS.with(claiming))
  await Promise.all(claimed.map((each) => send(given, each)))
  return claimed.length
}

async function send(given: OutgoingSystem, { message_id, attempts, tries }: ClaimedRow): Promise<void> {
  const { store, tenantId } = given
  const [row] = await store.run(FIND_LETTER.with({ tenant_id: tenantId, message_id }))
  // It was deleted meanwhile, and its letter with it.
  if (!row) return
  const record = (
    state: ReturnType<typeof fateOf>['state'] | 'held',
    nextAt: Instant | null,
    answer: string,
    heldBecause: HeldReason | null = null,
  ) =>
    store.run(
      RECORD_LETTER.with({
        ...{ tenant_id: tenantId, message_id, attempt: attempts, state, next_at: nextAt },
        ...{ answer, held_because: heldBecause, now: nowOf(given) },
      }),
    )
  const { address, email } = row
  const isUndeliverable = (to: string): boolean => row.undeliverable.includes(addressKey(to))
  if (email === null) return void (await record('held', null, 'The requester has no address.', 'no_address'))
  if (address === null) return void (await record('held', null, 'The desk has no address.', 'no_desk_address'))
  if (isUndeliverable(email))
    return void (await record('held', null, 'Mail to the requester came back.', 'undeliverable'))
  const files = await filesOf(given, row)
  const answersTo = tagged(address, replyTag(given.replyKey, tenantId, { id: row.ticket_id, integer: row.integer }))
  const letter = letterOf(row, { address, email, answersTo, files })
  const everybody = [...new Set([email, ...row.cc, ...row.bcc])].filter((each) => each !== address)
  const to = everybody.filter((each) => !isUndeliverable(each))
  const left = everybody.length - to.length
  const posted = await given.post(await rawLetter(letter), { from: address, to, id: row.mail_id })
  const fate = fateOf(posted, tries, nowOf(given))
  const omitted = left === 0 ? '' : `\nNot to ${left === 1 ? 'a copy' : `${left} copies`}, to which mail came back.`
  await record(fate.state, fate.nextAt, `${toldOf(posted, email)}${omitted}`)
}

/** What the relay said, and whom it left out: without addresses, which stand with those whose they are. */
function toldOf({ words, without }: Posted, email: string): string {
  const missed = without.map(
    ({ address, words: why }) => `Not for ${address === email ? 'the requester' : 'a copy'}: ${why}`,
  )
  return withoutAddresses([words, ...missed].join('\n'))
}

/** The files of a message with their bytes, but those whose bytes are gone. */
async function filesOf({ store, tenantId }: OutgoingSystem, { files }: LetterRow): Promise<Letter['files']> {
  const read = files.map(async ({ id, name, media_type }) => {
    const bytes = await store.files?.store.open({ tenantId, id })
    return bytes ? [{ name, mediaType: media_type, bytes: await buffer(bytes) }] : []
  })
  return (await Promise.all(read)).flat()
}

function tagged(address: string, tag: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at)}+${tag}${address.slice(at)}`
}

interface Addressed {
  readonly address: string
  readonly email: string
  /** The desk's address with what leads to the ticket. */
  readonly answersTo: string
  readonly files: Letter['files']
}

function letterOf(row: LetterRow, { address, email, answersTo, files }: Addressed): Letter {
  const named = row.author === '' ? row.desk : `${row.author} (${row.desk})`
  return {
    messageId: row.mail_id,
    at: instant(row.said_at),
    from: { address, name: named },
    to: [{ address: email, name: row.requester }],
    cc: row.cc,
    bcc: row.bcc,
    replyTo: { address: answersTo, name: row.desk },
    subject: subjectOf(row),
    thread: row.thread,
    text: row.plain,
    // Pictures in their places would need the files' own addresses: beside a text each is a file.
    html: row.files.length === 0 ? row.safe_html : null,
    files,
    isAutomatic: false,
  }
}

/** A first letter has the title, and each the number, by which an answer is found whose program loses all else. */
function subjectOf({ title, number, thread }: LetterRow): string {
  const answers = thread.length > 0 && !/^re:/i.test(title) ? 'Re: ' : ''
  return `${answers}${title || 'Your request'} [#${number}]`
}
