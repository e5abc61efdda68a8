import { createHash, randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { verifiedPayload } from '../dialects/signed-token.ts'

/** For how long the page may be left open, in seconds. */
const PAGE_SECONDS = 600
/** By how much the clocks of servers may differ, in seconds. */
const TOLERANCE_SECONDS = 10

const Sealed = Type.Object({
  client: Type.String(),
  redirectUri: Type.String(),
  scopes: Type.Array(Type.String()),
  state: Type.Union([Type.String(), Type.Null()]),
  challenge: Type.Union([Type.String(), Type.Null()]),
})

/** An authorization request that was found good, as it travels through the page. */
export interface AuthorizationRequest {
  /** The client's public id. */
  readonly client: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string | null
  readonly challenge: string | null
}

/**
 * Seals a request for one browser: the form sends back what was checked, unchanged, and only from where the page was shown.
 * That is the page's protection against forged requests, and no session is needed.
 *
 * @param cookie the browser's random cookie.
 */
export async function seal(request: AuthorizationRequest, cookie: string, key: Uint8Array, now: Date): Promise<string> {
  const at = Math.floor(now.getTime() / 1000)
  return new SignJWT({ ...request, browser: digest(cookie) })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(at)
    .setExpirationTime(at + PAGE_SECONDS)
    .sign(key)
}

/** The request in a form; null when it was not sealed here, too long ago, or for another browser. */
export async function unseal(
  sealed: string,
  cookie: string,
  keys: readonly Uint8Array[],
  now: Date,
): Promise<AuthorizationRequest | null> {
  const payload = await verifiedPayload(sealed, keys, {
    ...{ algorithms: ['HS256'], currentDate: now },
    // A page from before the clock went back is not open for as long as it jumped.
    ...{ maxTokenAge: PAGE_SECONDS, clockTolerance: TOLERANCE_SECONDS },
  })
  if (payload?.['browser'] !== digest(cookie) || !Check(Sealed, payload)) return null
  return payload
}

function digest(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url')
}

const COOKIE = 'polydesk_authorize'
const COOKIE_VALUE = /^[A-Za-z0-9_-]{43}$/

/** The browser's cookie, if it sent one of ours. */
export function cookieIn(header: string | undefined): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [name, value = ''] = pair.trim().split('=')
    if (name === COOKIE && COOKIE_VALUE.test(value)) return value
  }
  return null
}

export function newCookie(): string {
  return randomBytes(32).toString('base64url')
}

/** Kept for one page, out of reach of scripts and of other sites. @param publicUrl where clients reach this server. */
export function setCookie(value: string, publicUrl: string): string {
  const { protocol, pathname } = new URL(publicUrl)
  const path = `${pathname.replace(/\/$/, '')}/oauth2`
  const secure = protocol === 'https:' ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=${path}; Max-Age=${PAGE_SECONDS}; HttpOnly; SameSite=Strict${secure}`
}
