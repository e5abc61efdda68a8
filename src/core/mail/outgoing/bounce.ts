import type { Bounce, Recipient } from '../reading/mail.ts'

/** Somebody whom a letter went to. */
export interface Addressee {
  readonly address: string
  /** All keys that the address may be written with. */
  readonly keys: readonly string[]
}

/** Whom a letter went to. */
export interface Addressees {
  /** Null where the requester has no address any more. */
  readonly requester: Addressee | null
  readonly copies: readonly Addressee[]
}

/** An address to which nothing more is to be sent. */
export interface Undeliverable {
  readonly address: string
  /** What the server said of it. */
  readonly answer: string
}

/** What a bounce tells of a letter. */
export interface BounceVerdict {
  /** `bounced`: the requester will not get it. `told`: there is something to know, and it may arrive. */
  readonly is: 'bounced' | 'told'
  /** What the servers said, without addresses, which stand with those whose they are. */
  readonly words: string
  readonly undeliverable: readonly Undeliverable[]
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
 * letter went to nobody but the requester they are the requester's. Where it is for the address, and not for this one mail, that it
 * failed, nothing more is to be sent there.
 *
 * @param keysOf all keys of an address, as those of `to` were made.
 */
export function verdictOf(
  bounce: Bounce,
  to: Addressees,
  keysOf: (address: string) => readonly string[],
): BounceVerdict {
  const isFor = (addressee: Addressee, { addresses }: Recipient): boolean =>
    addresses.some((address) => keysOf(address).some((key) => addressee.keys.includes(key)))
  const whose = (recipient: Recipient): readonly [Whose, Addressee | null] => {
    if (to.requester && isFor(to.requester, recipient)) return ['requester', to.requester]
    const copy = to.copies.find((each) => isFor(each, recipient))
    if (copy) return ['copy', copy]
    return to.copies.length > 0 ? ['somebody', null] : ['requester', to.requester]
  }
  const told = bounce.recipients.map((recipient) => {
    const [who, addressee] = whose(recipient)
    return { recipient, whose: who, addressee }
  })
  const isBack =
    told.length === 0
      ? bounce.outcome === 'final'
      : told.some((each) => each.whose === 'requester' && each.recipient.outcome === 'final')
  const lines = told.map(({ recipient, whose: who }) => {
    const said = saidOf(recipient)
    return `${HEADS[recipient.outcome]}${TO[who]}${said === '' ? '' : `: ${said}`}`
  })
  const words = lines.length > 0 ? [...new Set(lines)].join('\n') : HEADS[bounce.outcome]
  const undeliverable = told.flatMap(({ recipient, addressee }) =>
    addressee && recipient.outcome === 'final' && isOfAddress(recipient)
      ? [{ address: addressee.address, answer: saidOf(recipient) }]
      : [],
  )
  return { is: isBack ? 'bounced' : 'told', words: kept(words), undeliverable }
}

function saidOf({ status, words }: Recipient): string {
  // Most servers say it in their words, too.
  return kept(status === null || words.includes(status) ? words : `${status} ${words}`.trim())
}

function kept(words: string): string {
  return withoutAddresses(words).slice(0, LONGEST_WORDS)
}

/** What a server has against one mail, and not against its recipient (RFC 3463): too long or too big, its contents, a rule of theirs. */
const OF_MAIL = /^\d\.(?:2\.3|3\.4|6\.\d+|7\.\d+)$/

/** Whether the next mail would fare alike: what nobody can tell is taken for that. */
function isOfAddress({ status }: Recipient): boolean {
  return status === null || !OF_MAIL.test(status)
}

/** Words of a server without the addresses in them. */
export function withoutAddresses(words: string): string {
  return words.replace(/[^\s<>()"':;,]+@[^\s<>()"':;,]+/g, '…')
}
