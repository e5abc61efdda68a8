import { createHash, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../instant.ts'
import type { Client, Grant } from './client.ts'

/** For how long an authorization code may be exchanged (S2: ten minutes; RFC 6749, 4.1.2 recommends no more). */
export const CODE_SECONDS = 600

/** The code verifiers of RFC 7636, 4.1. */
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/
/** An S256 challenge: SHA-256 in base64url. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/

export function later(now: Instant, seconds: number): Instant {
  return new Date(Date.parse(now) + seconds * 1000).toISOString()
}

/** Whether this is the client's secret. The comparison takes the same time whatever is wrong. */
export function isSecretOf(client: Client, secret: string): boolean {
  const given = createHash('sha256').update(`${client.publicId}:${secret}`).digest()
  const known = Buffer.from(client.secretHash, 'base64')
  return given.length === known.length && timingSafeEqual(given, known)
}

/** How a challenge was made of a verifier (RFC 7636, 4.2). */
export type ChallengeMethod = 'S256' | 'plain'

const PLAIN = 'plain:'

/** A challenge as it is kept with the grant; null when it is none of its method. */
export function keptChallenge(challenge: string, method: ChallengeMethod): string | null {
  if (method === 'plain') return VERIFIER.test(challenge) ? PLAIN + challenge : null
  return CHALLENGE.test(challenge) ? challenge : null
}

/** What a client shows together with a code. */
export interface CodeProof {
  readonly redirectUri: string | null
  readonly verifier: string | null
}

/**
 * Whether a client may exchange a code for the tokens of a grant.
 *
 * The redirect URI may be left out (some vendors' documented body has none); one that is
 * sent must be that of the request (RFC 6749, 4.1.3). A code that was asked for with a challenge needs its verifier, and
 * no other may come with one (RFC 7636, 4.6, and RFC 9700, 2.1.1: that would be a downgrade).
 */
export function mayExchange(grant: Grant, client: Client, proof: CodeProof, now: Instant): boolean {
  if (grant.clientId !== client.id || grant.revokedAt !== null || !grant.userActive) return false
  if (grant.codeUsedAt !== null || grant.codeExpiresAt === null || grant.codeExpiresAt <= now) return false
  if (proof.redirectUri !== null && proof.redirectUri !== grant.redirectUri) return false
  return provesChallenge(grant.codeChallenge, proof.verifier)
}

function provesChallenge(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null || verifier === null) return challenge === null && verifier === null
  if (!VERIFIER.test(verifier)) return false
  const proof = challenge.startsWith(PLAIN) ? PLAIN + verifier : digest(verifier)
  return isSame(proof, challenge)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

/** Whether a client may get a new access token for a grant. */
export function mayRefresh(grant: Grant, client: Client, now: Instant): boolean {
  if (grant.clientId !== client.id || grant.revokedAt !== null || !grant.userActive) return false
  return grant.refreshExpiresAt === null || grant.refreshExpiresAt > now
}

/** Where an app on the user's own computer listens. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
/** No URI has these letters (RFC 3986, 2); readers that mend them do not agree on what is meant. */
const NOT_IN_URIS = /[^\x21-\x7e]|["<>\\^`{|}]/
/** `https://user:password@host`, which looks like another host than the one it leads to. */
const USER_INFO = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i

/** What is wrong with an address to send users back to, as one sentence; null when nothing is. */
export function redirectUriProblem(uri: string): string | null {
  const url = URL.canParse(uri) && !NOT_IN_URIS.test(uri) ? new URL(uri) : null
  if (!url) return `${uri} is not an absolute URI.`
  // It may hold a password, so the sentence does not repeat it.
  if (USER_INFO.test(uri)) return 'A redirect URI must not name a user or a password.'
  // RFC 6749, 3.1.2.
  if (url.hash !== '' || uri.includes('#')) return `${uri} has a fragment.`
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:') {
    return LOOPBACK.has(url.hostname) ? null : `${uri} must use https; only loopback addresses may use http.`
  }
  // RFC 8252, 7.1: an app's own scheme is its domain backwards; that also keeps out javascript: and data:.
  return url.protocol.includes('.') ? null : `${uri} has a scheme without a dot, which is not an app's own.`
}

/**
 * The address that a client asks to be answered at, if it is one of its own; else null. Each is compared letter by letter
 * (RFC 9700, 2.1), except that an app on the user's own computer gets a port only when it runs: there any port will do
 * (RFC 8252, 7.3). The names of that computer count as one, because people open the page of `/docs` by either.
 */
export function registeredRedirectUri(registered: readonly string[], asked: string): string | null {
  const isOwn = registered.some((each) => each === asked || (isLoopback(each) && portless(each) === portless(asked)))
  return isOwn && redirectUriProblem(asked) === null ? asked : null
}

function isLoopback(uri: string): boolean {
  const { protocol, hostname } = new URL(uri)
  return protocol === 'http:' && LOOPBACK.has(hostname)
}

/** The text of a loopback URI but for its name of the computer and its port. What is written in another way is another URI. */
function portless(uri: string): string {
  return uri.replace(/^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?(?=[/?]|$)/, 'http://localhost')
}

/** An origin as browsers send it, or null when the text is none: scheme and host, perhaps a port, nothing else. */
export function originOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !['http:', 'https:'].includes(url.protocol)) return null
  return text.toLowerCase() === url.origin ? url.origin : null
}
