/** Schemes of addresses that a link may have: those by which something is shown, written or called. */
export const LINKED_SCHEMES = [
  'http',
  'https',
  'mailto',
  'tel',
  'sms',
  'ftp',
  'ftps',
  'sip',
  'sips',
  'xmpp',
  'geo',
] as const

/** Where something leads to: an address to link to, or one that is only told because nobody should click on it. */
export interface Target {
  readonly href: string
  readonly isLink: boolean
}

/** Of programs and data: they lead nowhere. */
const NOWHERE = /^(?:javascript|vbscript|livescript|mocha|data|blob|about|cid|mid|attachment):/i
const LINKED = new RegExp(`^(?:${LINKED_SCHEMES.join('|')}):[^\\s]`, 'i')
const SCHEME = /^[a-z][a-z\d+.-]*:/i
/** A name of a host, with what may follow it. What ends like a file of a web site is none. */
const HOST = /^(?:[\p{L}\p{N}_-]{1,63}\.){1,10}\p{L}{2,24}(?::\d{1,5})?(?:[/?#]|$)/u
const FILE =
  /\.(?:aspx?|cgi|css|docx?|gif|html?|jpe?g|js|jsp|pdf|php\d?|png|pptx?|svg|txt|xhtml|xlsx?|xml|zip)(?:[/?#]|$)/i
const ADDRESS = /^[^\s@/?#]{1,64}@[^\s@/?#]{1,255}$/

/**
 * What an `href` or `src` means to who reads it elsewhere than where it was written: `www.example.com` is a site, not a
 * page beside this one. Null when it leads nowhere.
 *
 * @param base what relative addresses are relative to, as the HTML says itself.
 */
export function targetOf(written: string, base: string | null): Target | null {
  const href = written.replace(/[\t\n\f\r]/g, '').trim()
  if (href === '' || href.startsWith('#') || NOWHERE.test(href.replace(/\s/g, ''))) return null
  if (LINKED.test(href)) return { href, isLink: true }
  if (href.startsWith('//')) return { href: `https:${href}`, isLink: true }
  const host = HOST.exec(href)?.[0] ?? ''
  // As GitHub completes them: https://github.github.com/gfm/#extended-www-autolink
  if (/^www\./i.test(href) || (host !== '' && !FILE.test(host))) return { href: `http://${href}`, isLink: true }
  if (ADDRESS.test(href)) return { href: `mailto:${href}`, isLink: true }
  if (SCHEME.test(href) || href.startsWith('\\\\')) return { href, isLink: false }
  const whole = base === null ? null : URL.parse(href, base)
  return whole && LINKED.test(whole.href) ? { href: whole.href, isLink: true } : null
}

/** What relative addresses are relative to from a `base` element on; null when that is no site. */
export function baseOf(href: string | undefined): string | null {
  return href !== undefined && /^https?:\/\//i.test(href.trim()) && URL.canParse(href.trim()) ? href.trim() : null
}

/** How an address is written beside the words that link to it; null when the words say it already. */
export function addressBeside(words: string, { href }: Target): string | null {
  const bare = (text: string): string =>
    text
      .trim()
      .replace(/^(?:https?:\/\/|mailto:|tel:|sms:)/i, '')
      .replace(/\/$/, '')
      .toLowerCase()
  return bare(words) === bare(href) ? null : href.replace(/^(?:mailto|tel|sms):/i, '')
}
