import { lookup } from 'node:dns/promises'
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http'
import { request as secureRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { carriedIn, isWithin, NAT64, type Network, readNetwork, tunnelledIn } from '../../core/address.ts'
import type { Outgoing, Sender, Sent } from '../../core/webhooks/protocol.ts'

/** Bytes of an answer's body that are read and kept, and how long they are waited for, in milliseconds. */
const KEPT_BODY = 4_096
const BODY_MS = 2_000
/** Characters of an answer's headers that are kept. */
const KEPT_HEADERS = 4_096

/** What an operator can do about a refusal. */
const HOW_HTTP = 'Plain http is allowed by the option POLYDESK_WEBHOOK_HTTP.'
const HOW_PRIVATE = 'Networks are allowed by the option POLYDESK_WEBHOOK_NETWORKS.'

/** An address as it was resolved. */
export interface Address {
  readonly address: string
  readonly family: number
}

/** Which targets are allowed. */
export interface TargetRules {
  /** Networks that may be reached although they are private, loopback, or otherwise not of the public internet. */
  readonly allowedNetworks: readonly string[]
  readonly allowPlainHttp: boolean
  /** All addresses of a host name; the system's resolver unless told. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>
}

/**
 * Sends to allowed targets only. The host is resolved first, every address is judged, and the connection goes to exactly
 * those addresses, so that a second answer of a name server cannot lead elsewhere. Redirects are not followed. Each
 * request has a connection of its own.
 */
export function createSender(rules: TargetRules): Sender {
  const networks = rules.allowedNetworks.map(readNetwork)
  const resolve = rules.resolve ?? ((host: string) => lookup(host, { all: true, verbatim: true }))

  function urlProblem(text: string): string | null {
    if (!URL.canParse(text)) return 'Must be a URL.'
    const url = new URL(text)
    if (url.protocol !== 'https:' && !(rules.allowPlainHttp && url.protocol === 'http:'))
      return rules.allowPlainHttp ? 'Must be an http or https URL.' : `Must be an https URL. ${HOW_HTTP}`
    if (url.username !== '' || url.password !== '') return 'Must hold no user name and no password.'
    if (url.hash !== '') return 'Must hold no fragment.'
    const host = hostOf(url)
    if (isIP(host) !== 0 && !isAllowed(host, networks))
      return `Must not be an address of a private network. ${HOW_PRIVATE}`
    return null
  }

  async function addressesOf(host: string): Promise<readonly Address[] | string> {
    const family = isIP(host)
    if (family !== 0) return [{ address: host, family }]
    const found = await resolve(host).catch(() => [])
    if (found.length === 0) return 'The host name cannot be resolved.'
    // One bad address spoils the name: which of several is taken would otherwise be up to the name server.
    if (!found.every(({ address }) => isAllowed(address, networks)))
      return `The host name leads to a private network, which is not allowed. ${HOW_PRIVATE}`
    return found
  }

  return {
    urlProblem,
    async send(outgoing) {
      const problem = urlProblem(outgoing.url)
      if (problem !== null) return { problem }
      const signal = AbortSignal.timeout(outgoing.timeoutMs)
      try {
        const addresses = await unlessLate(addressesOf(hostOf(new URL(outgoing.url))), signal)
        if (typeof addresses === 'string') return { problem: addresses }
        return await exchange(outgoing, addresses, signal)
      } catch (error) {
        if (signal.aborted) return { problem: `There was no answer within ${outgoing.timeoutMs} ms.` }
        return { problem: error instanceof Error ? describe(error) : String(error) }
      }
    },
  }
}

function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : ''
  return `${code}${error.message}`.slice(0, 500)
}

/** A URL's host without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** All that IANA has given to the public internet; an IPv4 address in `::/96`, for one, lies outside of it. */
const GLOBAL_IPV6 = ipaddr.parse('2000::')

/**
 * Whether an address is of the public internet, or in one of the networks. One that leads to an IPv4 address, by a
 * translator or a tunnel, is judged by that too: whoever opens the translator's network does not open what lies behind it.
 */
export function isAllowed(text: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  const isOpened = networks.some((each) => isWithin(address, each))
  if (address instanceof ipaddr.IPv4) return isOpened || address.range() === 'unicast'
  const tunnelled = tunnelledIn(address)
  const behind = [...carriedIn(address), ...(tunnelled ? [tunnelled] : [])]
  if (!behind.every((each) => isAllowed(each.toString(), networks))) return false
  return isOpened || isWithin(address, NAT64) || (address.range() === 'unicast' && address.match(GLOBAL_IPV6, 3))
}

async function unlessLate<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = (): void => reject(signal.reason)
  signal.addEventListener('abort', late, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', late)
  }
}

/**
 * One request over one connection to one of the given addresses. The head decides: whatever becomes of the body, there
 * was an answer.
 */
function exchange(outgoing: Outgoing, addresses: readonly Address[], signal: AbortSignal): Promise<Sent> {
  const url = new URL(outgoing.url)
  const body = Buffer.from(outgoing.body)
  const options: RequestOptions = {
    method: outgoing.method,
    headers: {
      'user-agent': 'Polydesk-Webhooks/1',
      ...outgoing.headers,
      ...(outgoing.method === 'POST' ? { 'content-length': body.length } : {}),
    },
    agent: false,
    lookup: resolvedTo(addresses),
    signal,
  }
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? secureRequest : plainRequest
    let hasHead = false
    const sending = send(url, options, (incoming) => {
      hasHead = true
      void firstOf(incoming).then((body) => {
        sending.destroy()
        resolve({ answer: { status: incoming.statusCode ?? 0, headers: keptHeaders(incoming.headers), body } })
      })
    })
    // An answer that was asked for by nobody: it is no receipt, and nothing follows it that we could read.
    sending.on('upgrade', ({ statusCode = 0, headers }: IncomingMessage, socket) => {
      socket.destroy()
      resolve({ answer: { status: statusCode, headers: keptHeaders(headers), body: '' } })
    })
    sending.on('error', (error) => {
      if (!hasHead) reject(error)
    })
    sending.end(outgoing.method === 'POST' ? body : undefined)
  })
}

function resolvedTo(addresses: readonly Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses
    if (options.all) callback(null, [...addresses])
    else if (first) callback(null, first.address, first.family)
  }
}

/** The first part of a body as text: as much as is kept, as far as it came within its time. */
async function firstOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  const late = setTimeout(() => incoming.destroy(), BODY_MS)
  try {
    for await (const chunk of incoming) {
      if (!Buffer.isBuffer(chunk)) continue
      chunks.push(chunk)
      length += chunk.length
      if (length >= KEPT_BODY) break
    }
  } catch {
    // It broke off, or took too long: what came is kept.
  } finally {
    clearTimeout(late)
  }
  // PostgreSQL keeps no NUL, neither in text nor in JSON.
  return Buffer.concat(chunks).subarray(0, KEPT_BODY).toString('utf8').replaceAll('\0', '\ufffd')
}

function keptHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  let left = KEPT_HEADERS
  const kept: [string, string][] = []
  for (const [name, value] of Object.entries(headers)) {
    const text = (Array.isArray(value) ? value.join(', ') : (value ?? '')).replaceAll('\0', '\ufffd')
    left -= name.length + text.length
    if (left >= 0) kept.push([name, text])
  }
  return Object.fromEntries(kept)
}
