import { domainToASCII } from 'node:url'
import { refuse, refuseField } from '../errors.ts'
import { isEmail } from '../identity/email.ts'
import { composed } from '../spelling.ts'
import type { Desk, Tenant } from './tenant.ts'

/** Addresses of one desk at the most. */
export const MOST_DESK_ADDRESSES = 50

/** What stands for every local part of a domain. */
const ANYONE = '*'

/**
 * An address of mail as it is kept and compared: small letters, its domain in ASCII. Each spelling of `Help@Bücher.example`
 * is `help@xn--bcher-kva.example`.
 *
 * @returns null for what is no address
 */
export function mailboxOf(text: string): string | null {
  const address = composed(text.trim())
  if (!isEmail(address)) return null
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  const ascii = domain.startsWith('[') ? domain.toLowerCase() : domainToASCII(domain)
  return ascii === '' ? null : composed(`${address.slice(0, at).toLowerCase()}@${ascii}`)
}

/**
 * The addresses of a desk as they are kept, each once.
 *
 * @throws Refusal `invalid` (path `addresses`)
 */
export function readDeskAddresses(given: readonly string[]): readonly string[] {
  const kept = given.map(
    (text) => mailboxOf(text) ?? refuseField(['addresses'], 'format', `${text.trim()} is no e-mail address.`),
  )
  const addresses = [...new Set(kept)]
  if (addresses.length > MOST_DESK_ADDRESSES)
    refuseField(['addresses'], 'too_long', `At most ${MOST_DESK_ADDRESSES} addresses.`, MOST_DESK_ADDRESSES)
  return addresses
}

/** That no other desk has any of the addresses: mail is for one. @throws Refusal `conflict` */
export function demandFreeAddresses(
  { desks }: Pick<Tenant, 'desks'>,
  addresses: readonly string[],
  own: string | number | null,
): void {
  const other = desks.find((each) => each.id !== own && each.addresses.some((address) => addresses.includes(address)))
  if (other) refuse({ code: 'conflict', message: `The desk ${other.name} has one of these addresses already.` })
}

/** A desk that mail is for, and what stood behind the plus of the address. */
export interface Addressed {
  readonly desk: Desk
  /** The address of the desk, or the catch-all, by which it was found. */
  readonly address: string
  /** What is behind the first plus of the local part; empty for none. */
  readonly tag: string
}

/**
 * The desk that an address leads to: the address itself before the one without what is behind its plus, and both before a
 * catch-all. Retired desks get no mail.
 */
export function deskOfAddress({ desks }: Pick<Tenant, 'desks'>, text: string): Addressed | null {
  const mailbox = mailboxOf(text)
  if (mailbox === null) return null
  const { tag } = partsOf(mailbox)
  for (const address of addressesLeading(mailbox)) {
    const desk = desks.find((each) => each.active && each.addresses.includes(address))
    if (desk) return { desk, address, tag: address === mailbox ? '' : tag }
  }
  return null
}

/** The addresses of desks that are looked for where mail is for a mailbox, the surest first. */
export function addressesLeading(mailbox: string): readonly string[] {
  const { name, domain } = partsOf(mailbox)
  return [...new Set([mailbox, `${name}@${domain}`, `${ANYONE}@${domain}`])]
}

function partsOf(mailbox: string): { readonly name: string; readonly tag: string; readonly domain: string } {
  const at = mailbox.lastIndexOf('@')
  const [local, domain] = [mailbox.slice(0, at), mailbox.slice(at + 1)]
  const plus = local.indexOf('+')
  return plus > 0
    ? { name: local.slice(0, plus), tag: local.slice(plus + 1), domain }
    : { name: local, tag: '', domain }
}
