import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Services } from '../../services.ts'

/**
 * How a browser presents a session: by a cookie that no script can read, and with every request that changes something by
 * a token that only a page of this server knows. Either alone is nobody: a page of another site can have the cookie sent,
 * in browsers that ignore SameSite, but cannot read the token.
 */

/** With https nobody but this very host can set it (RFC 6265bis, 4.1.3.2). */
const SECURE_COOKIE = '__Host-polydesk_session'
const COOKIE = 'polydesk_session'
const KEY = 'session tokens'

/** The header that carries the token. */
export const CSRF_HEADER = 'x-csrf-token'

type Served = Pick<Services, 'publicUrl' | 'keys'>

function cookieName({ publicUrl }: Pick<Served, 'publicUrl'>): string {
  return publicUrl().startsWith('https:') ? SECURE_COOKIE : COOKIE
}

/** The session's secret in a `Cookie` header, if it holds one. */
export function secretIn(
  header: string | readonly string[] | undefined,
  served: Pick<Served, 'publicUrl'>,
): string | undefined {
  const name = `${cookieName(served)}=`
  const found = (typeof header === 'string' ? header : undefined)
    ?.split(';')
    .find((pair) => pair.trimStart().startsWith(name))
  return found?.trim().slice(name.length)
}

/** `Set-Cookie` that begins a session, for as long as it lasts; or ends it, with null. */
export function setCookie(secret: string | null, seconds: number, served: Pick<Served, 'publicUrl'>): string {
  const secure = served.publicUrl().startsWith('https:') ? '; Secure' : ''
  return `${cookieName(served)}=${secret ?? ''}; Path=/; Max-Age=${secret === null ? 0 : seconds}; HttpOnly; SameSite=Strict${secure}`
}

/** The token that belongs to a session. */
export function csrfToken(secret: string, { keys }: Pick<Served, 'keys'>): string {
  return tokenBy(keys.for(KEY), secret).toString('base64url')
}

/** Whether a token is that of a session. */
export function isCsrfToken(token: string, secret: string, { keys }: Pick<Served, 'keys'>): boolean {
  const given = Buffer.from(token, 'base64url')
  return keys.accepted(KEY).some((key) => {
    const own = tokenBy(key, secret)
    return own.length === given.length && timingSafeEqual(own, given)
  })
}

function tokenBy(key: Buffer, secret: string): Buffer {
  return createHmac('sha256', key).update(secret).digest()
}
