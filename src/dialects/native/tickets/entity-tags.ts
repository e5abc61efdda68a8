import { refuseField } from '../../../core/errors.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** One entity tag (RFC 9110, 8.8.3). */
const TAG = /(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g
/** What is left of a list of tags without them. */
const BETWEEN = /^[ \t,]*$/
/** A version as a proxy that compresses writes it: `2`, and Apache, Caddy and Jetty add what they did: `2-gzip`, `2--gzip`. */
const VERSION = /^([1-9]\d{0,9})(?:--?[a-z]+)?$/

/** The version that no ticket has. */
const NONE = 0

/** Whether a client has this version already, by `If-None-Match` (RFC 9110, 13.1.2). @throws Refusal `invalid` */
export function isKnown(headers: Headers, version: number): boolean {
  if (String(headers['if-none-match'] ?? '').trim() === '*') return true
  return versionsIn(headers, 'If-None-Match')?.includes(version) ?? false
}

/**
 * The versions in a list of entity tags; null when every version will do. Proxies that compress an answer make its entity tag
 * a weak one, or add to it; that says nothing of the ticket, so both count as the version that we sent. What is no tag of
 * ours is the version of no ticket.
 *
 * @throws Refusal `invalid` when it is no list of entity tags, such as a version without quotes
 */
export function versionsIn(headers: Headers, name: 'If-Match' | 'If-None-Match'): readonly number[] | null {
  const list = headers[name.toLowerCase()]
  if (list === undefined || String(list).trim() === '*') return null
  const tags = [...String(list).matchAll(TAG)]
  if (tags.length === 0 || !BETWEEN.test(String(list).replaceAll(TAG, '')))
    refuseField([name], 'format', `${name} must hold entity tags as answers have them, in quotes: "2".`)
  return tags.map(([, tag = '']) => Number(VERSION.exec(tag)?.[1] ?? NONE))
}
