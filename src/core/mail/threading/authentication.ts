import type { Header } from '../reading/mail.ts'

/** How sure it is that a mail is from whom it says. */
export const AUTHENTICATIONS = ['verified', 'unverified', 'failed'] as const
export type Authentication = (typeof AUTHENTICATIONS)[number]

/**
 * What the operator's own server found of a mail (RFC 8601): the topmost field that it wrote, by its name. Whoever sends mail
 * may write such fields too, so those of others tell nothing, and where the operator named no server none does.
 *
 * @param servers authserv-ids, in small letters
 */
export function authenticationOf(headers: readonly Header[], servers: readonly string[]): Authentication {
  const own = headers.find(({ name, value }) => name === 'authentication-results' && servers.includes(serverOf(value)))
  if (!own) return 'unverified'
  const results = withoutComments(own.value).toLowerCase()
  // Aligned with From, which SPF and DKIM alone are not.
  const [, result] = /(?:^|;)\s*dmarc\s*=\s*([a-z]+)/.exec(results) ?? []
  if (result === 'pass') return 'verified'
  return result === 'fail' ? 'failed' : 'unverified'
}

function serverOf(value: string): string {
  const [server = ''] = withoutComments(value).trim().split(/[\s;]/, 1)
  return server.toLowerCase()
}

/** Comments may be nested; what never ends is left out to its end. */
function withoutComments(value: string): string {
  let depth = 0
  let kept = ''
  for (const character of value) {
    if (character === '(') depth += 1
    else if (character === ')' && depth > 0) depth -= 1
    else if (depth === 0) kept += character
  }
  return kept
}
