import ipaddr from 'ipaddr.js'
import { carriedIn, readAddress } from '../address.ts'

/** Bits of an IPv6 address that its owner got from a provider; who has one has all below it. */
const NETWORK_BITS = 64

/**
 * What counts as one address: an IPv4 address, in whichever form it came, or the network of an IPv6 address. A text that
 * is no address counts as itself.
 */
export function networkOf(text: string): string {
  const address = readAddress(text)
  if (address === null) return text
  if (!address.includes(':')) return address
  const [carried] = carriedIn(ipaddr.IPv6.parse(address))
  if (carried) return carried.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/${NETWORK_BITS}`).toString()
}
