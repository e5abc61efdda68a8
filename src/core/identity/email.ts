import { domainToASCII } from 'node:url'

/** Characters of an address at the most: what SMTP carries (RFC 5321, 4.5.3.1.3), and one that some vendors allow more. */
export const LONGEST_EMAIL = 255

/**
 * A local part in any script (RFC 6531), with dots wherever they are: `first..last@docomo.ne.jp` receives mail. Without
 * blanks, what nobody sees, and what would end an address or begin another where it stands in a header of mail.
 */
const LOCAL = String.raw`[^\s\p{C}()<>,:;@[\]\\"]+`
/** A domain's name in any script, also of one label as in a company's own network, or an address in brackets. */
const LABEL = String.raw`[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}\u200c\u200d_-]*[\p{L}\p{M}\p{N}_])?`
const DOMAIN = String.raw`${LABEL}(?:\.${LABEL})*|\[(?:IPv6:)?[0-9a-fA-F:.]+\]`
const EMAIL = new RegExp(`^${LOCAL}@(?<domain>${DOMAIN})$`, 'u')

/** What passes for an e-mail address, wherever one is written. Whether it receives mail, only mail can tell. */
export function isEmail(text: string): boolean {
  if (text.length > LONGEST_EMAIL) return false
  const domain = EMAIL.exec(text)?.groups?.['domain']
  // What is no name for the domain name system (RFC 5890) is nobody's.
  return domain !== undefined && (/^[\p{ASCII}]+$/u.test(domain) || domainToASCII(domain) !== '')
}
