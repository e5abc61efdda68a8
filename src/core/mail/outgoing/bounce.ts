import type { Bounce, Recipient } from '../reading/mail.ts'

/** Whom a letter went to, by all keys that an address of theirs may be written with. */
export interface Addressees {
  readonly requester: readonly string[]
  readonly copies: readonly string[]
}

/** What a bounce tells of a letter. */
export interface BounceVerdict {
  /** `bounced`: the requester will not get it. `told`: there is something to know, and it may arrive. */
  readonly is: 'bounced' | 'told'
  /** What the servers said, without addresses, which stand with those whose they are. */
  readonly words: string
}

/** What stands before the words, by what became of the letter. */
const HEADS = { final: 'Could not be delivered', delayed: 'Not delivered yet', success: 'Handed on' } as const

/** Who it is that a server tells of. */
type Whose = 'requester' | 'copy' | 'somebody'
const TO: Readonly<Record<Whose, string>> = {
  requester: '',
  copy: ' to a copy',
  somebody: ' to somebody behind an alias',
}

/** Characters that are kept. */
const LONGEST_WORDS = 1_000

/**
 * What a bounce makes of the letter that it is about. Only what is final for the requester brings a letter back: one copy
 * that did not arrive is told, and so is a delay. A server behind an alias names addresses that nobody wrote to; where a
 * letter went to nobody but the requester they are the requester's.
 *
 * @param keysOf all keys of an address, as those of `to` were made.
 */
export function verdictOf(
  bounce: Bounce,
  to: Addressees,
  keysOf: (address: string) => readonly string[],
): BounceVerdict {
  const requester = new Set(to.requester)
  const copies = new Set(to.copies)
  const isAmong = (keys: ReadonlySet<string>, { addresses }: Recipient): boolean =>
    addresses.some((address) => keysOf(address).some((key) => keys.has(key)))
  const whose = (recipient: Recipient): Whose => {
    if (isAmong(requester, recipient)) return 'requester'
    if (isAmong(copies, recipient)) return 'copy'
    return copies.size > 0 ? 'somebody' : 'requester'
  }
  const told = bounce.recipients.map((recipient) => ({ recipient, whose: whose(recipient) }))
  const isBack =
    told.length === 0
      ? bounce.outcome === 'final'
      : told.some((each) => each.whose === 'requester' && each.recipient.outcome === 'final')
  const lines = told.map(({ recipient: { outcome, status, words }, whose: who }) => {
    // Most servers say their status in their words, too.
    const said = status === null || words.includes(status) ? words : `${status} ${words}`.trim()
    return `${HEADS[outcome]}${TO[who]}${said === '' ? '' : `: ${said}`}`
  })
  const words = lines.length > 0 ? [...new Set(lines)].join('\n') : HEADS[bounce.outcome]
  return { is: isBack ? 'bounced' : 'told', words: withoutAddresses(words).slice(0, LONGEST_WORDS) }
}

/** Words of a server without the addresses in them. */
export function withoutAddresses(words: string): string {
  return words.replace(/[^\s<>()"':;,]+@[^\s<>()"':;,]+/g, '…')
}
