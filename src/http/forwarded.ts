import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { readAddress } from '../core/address.ts'

/**
 * Brings what proxies tell of a request's way into the one form that Fastify reads: `X-Forwarded-For` with bare addresses.
 * Whom it believes is decided there. `Forwarded` (RFC 7239) counts where there is no `X-Forwarded-For`.
 *
 * The list is read from its end, where the nearest proxy writes. Before an entry that is no address nothing is known.
 */
export function readForwarded({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const told = headers['x-forwarded-for']
  const entries = told === undefined ? forwardedFor(headers.forwarded) : [told].flat().join(',').split(',')
  if (entries.length === 0) return
  const known: string[] = []
  for (const entry of entries.reverse()) {
    if (entry.trim() === '') continue
    const address = readAddress(entry)
    if (address === null) break
    known.unshift(address)
  }
  headers['x-forwarded-for'] = known.join(', ')
}

/** Whom a request comes from, as logs show it: an IPv4 client of a socket for both versions looks like any other. */
export function clientOf({ ip }: Pick<FastifyRequest, 'ip'>): string {
  return readAddress(ip) ?? ip
}

/** The `for` of each element; what has none is a text that is no address. No address needs an escape. */
function forwardedFor(header: string | undefined): string[] {
  if (header === undefined || header.includes('\\')) return []
  const unambiguous = header.replaceAll(/"[^"]*"/g, (quoted) => quoted.replaceAll(/[,;]/g, ' '))
  return unambiguous.split(',').map((element) => {
    const parts = element.split(';').map((part) => part.trim())
    return parts.find((part) => /^for=/i.test(part))?.slice('for='.length) ?? 'unknown'
  })
}
