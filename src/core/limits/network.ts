import ipaddr from 'ipaddr.js'

/** Bits of an IPv6 address that its owner got from a provider; who has one has all below it. */
const NETWORK_BITS = 64

/** What counts as one address: an IPv4 address, or the network of an IPv6 address. */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${NETWORK_BITS}`).toString()
}
