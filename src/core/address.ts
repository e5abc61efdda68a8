/** Addresses of the internet, however somebody wrote them: one rule for whoever counts, trusts or shuns by address. */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** `[2001:db8::1]:443` or `203.0.113.8:443`; what is in quotes or has a zone too. The port may be any token (RFC 7239, 6). */
const WITH_PORT = /^"?(?:\[([^\]]*)\]|([^:\]]*))(?::[\w.-]*)?"?$/

/**
 * The address in a text as proxies and sockets write it: with a port or without, in brackets or quotes, with a zone, an
 * IPv4 address in its IPv6 form.
 *
 * @returns its one canonical form; null when the text holds none (`unknown`, `_hidden`, a host name)
 */
export function readAddress(text: string): string | null {
  const trimmed = text.trim()
  const [, bracketed, plain] = WITH_PORT.exec(trimmed) ?? []
  const [address = ''] = (bracketed ?? plain ?? trimmed.replaceAll('"', '')).split('%', 1)
  return isIP(address) === 0 ? null : ipaddr.process(address).toString()
}

/** A network: an address, and how many of its bits count. */
export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** @param text an address, or one with the length of a network's prefix @throws Error when it is neither */
export function readNetwork(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

export function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Network): boolean {
  return base.kind() === address.kind() && address.match(base, bits)
}

/** A form of IPv6 addresses that lead to an IPv4 address. */
interface Carrier {
  readonly network: Network
  /** The bytes of the IPv4 addresses that one may mean; several where only its owner knows which. */
  readonly inside: (bytes: readonly number[]) => readonly (readonly number[])[]
}

const last = (bytes: readonly number[]): readonly number[] => bytes.slice(12)

/** Where RFC 6052, 2.2 puts the IPv4 address behind a prefix of 48, 56, 64 and 96 bits: the ninth byte is left out. */
const TRANSLATED = [
  (bytes: readonly number[]) => [...bytes.slice(6, 8), ...bytes.slice(9, 11)],
  (bytes: readonly number[]) => [...bytes.slice(7, 8), ...bytes.slice(9, 12)],
  (bytes: readonly number[]) => bytes.slice(9, 13),
  last,
]

/** NAT64 by the well-known prefix (RFC 6052, 2.1). It alone is of the public internet. */
export const NAT64: Network = readNetwork('64:ff9b::/96')

const CARRIERS: readonly Carrier[] = [
  { network: NAT64, inside: (bytes) => [last(bytes)] },
  // NAT64 by prefixes of a network's own (RFC 8215). An address can mean one in each place that is not empty.
  { network: readNetwork('64:ff9b:1::/48'), inside: translatedIn },
  // IPv4-compatible and IPv4-translated addresses (RFC 4291, 2.5.5.1; RFC 2765).
  { network: readNetwork('::/96'), inside: (bytes) => [last(bytes)].filter(isSome) },
  { network: readNetwork('::ffff:0:0:0/96'), inside: (bytes) => [last(bytes)] },
  // 6to4 (RFC 3056) and Teredo, which hides the client by its complement (RFC 4380, 4).
  { network: readNetwork('2002::/16'), inside: (bytes) => [bytes.slice(2, 6)] },
  { network: readNetwork('2001::/32'), inside: (bytes) => [last(bytes).map((byte) => byte ^ 0xff)] },
]

function translatedIn(bytes: readonly number[]): readonly (readonly number[])[] {
  const meant = TRANSLATED.map((read) => read(bytes)).filter(isSome)
  return meant.length > 0 ? meant : [last(bytes)]
}

/** Whether it is more than zeros and one small number, which is no address (`0.0.0.0/8`). */
function isSome([first]: readonly number[]): boolean {
  return first !== 0
}

/** The IPv4 addresses to which an IPv6 address leads by the prefix that it has; none for nearly all. */
export function carriedIn(address: ipaddr.IPv6): readonly ipaddr.IPv4[] {
  const carrier = CARRIERS.find(({ network }) => isWithin(address, network))
  return carrier ? carrier.inside(address.toByteArray()).map((bytes) => new ipaddr.IPv4([...bytes])) : []
}

/**
 * The IPv4 address to which a tunnel's end leads (ISATAP, RFC 5214, 6.1), in whatever network it is. Everybody may choose
 * the lower half of their address, so this tells nothing about who somebody is.
 */
export function tunnelledIn(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray()
  const [, , , , , , , , first = 0, ...rest] = bytes
  const isTunnel = (first & ~0x03) === 0 && rest[0] === 0 && rest[1] === 0x5e && rest[2] === 0xfe
  return isTunnel ? new ipaddr.IPv4([...last(bytes)]) : null
}
