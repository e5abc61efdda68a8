import { domainToASCII } from 'node:url'
import addressparser from 'nodemailer/lib/addressparser'
import { likelyText } from '../../charsets.ts'
import { shownValue } from './headers.ts'
import type { Mailbox } from './mail.ts'

/** Who stands in a header, and how many of them are no addresses. */
export interface People {
  readonly mailboxes: readonly Mailbox[]
  readonly isDoubtful: boolean
  readonly isCut: boolean
}

/** Characters of a header with people that are read; longer ones are cut between two of them. */
const LONGEST = 262_144
/** Encoded words: a comma in one parts nothing. */
const WORDS = /=\?[\w.:+-]+(?:\*[\w-]*)?\?[bq]\?[^?]*\?=(?:[ \t]+=\?[\w.:+-]+(?:\*[\w-]*)?\?[bq]\?[^?]*\?=)*/gi
/** What stands for them while the value is taken apart: letters that no header has. */
const [BEGIN, END] = ['\ue000', '\ue001']
const STAND_INS = /\ue000(\d+)\ue001/g

/** The people of a header (RFC 5322, 3.4): groups are those who are in them, and entries without an address nobody. */
export function peopleIn(value: string, most: number): People {
  const isLong = value.length > LONGEST
  const read = isLong ? value.slice(0, Math.max(value.lastIndexOf(',', LONGEST), 0)) : value
  const words: string[] = []
  const parted = likelyText(Buffer.from(read, 'latin1'))
    .replace(/[\ue000\ue001]/g, '')
    .replace(WORDS, (found) => `${BEGIN}${words.push(found) - 1}${END}`)
  const withWords = (text: string): string => text.replace(STAND_INS, (_, nth: string) => words[Number(nth)] ?? '')
  const mailboxes: Mailbox[] = []
  let isDoubtful = false
  let isCut = isLong
  for (const { address, name } of addressparser(parted, { flatten: true })) {
    if (mailboxes.length >= most) {
      isCut = true
      break
    }
    const usable = normalAddress(withWords(address ?? ''))
    const shown = shownName(withWords(name))
    if (usable !== null) mailboxes.push({ address: usable, name: shown })
    else if (address || shown) isDoubtful = true
  }
  return { mailboxes, isDoubtful, isCut }
}

/** A name is text by now, but for its encoded words, which are of one character for each byte anyway. */
function shownName(name: string): string {
  const bytes = Buffer.from(name, 'utf8').toString('latin1')
  return shownValue(bytes)
    .replace(/^'(.*)'$/, '$1')
    .trim()
}

/** The longest that mail can be sent to (RFC 5321, 4.5.3.1). */
const LONGEST_LOCAL = 256
const LONGEST_DOMAIN = 255
/** What may stand unquoted before the @. */
const PLAIN_LOCAL = /^[^\s\p{C}()<>,:;@[\]\\"]+$/u
const QUOTED_LOCAL = /^"(?:[^"\\\p{C}]|\\[^\p{C}])*"$/u

/**
 * An address as it is compared and written to: its domain in lower case and ASCII, its local part as it came, with quotes
 * where it needs them. Null for what is none.
 */
export function normalAddress(given: string): string | null {
  const text = given.trim().replace(/^mailto:/i, '')
  const at = text.lastIndexOf('@')
  if (at <= 0) return null
  const local = normalLocal(text.slice(0, at).trim())
  const domain = normalDomain(text.slice(at + 1).trim())
  return local === null || domain === null ? null : `${local}@${domain}`
}

function normalLocal(local: string): string | null {
  if (local.length > LONGEST_LOCAL) return null
  if (PLAIN_LOCAL.test(local) || QUOTED_LOCAL.test(local)) return local
  const quoted = `"${local.replace(/[\\"]/g, '\\$&')}"`
  return QUOTED_LOCAL.test(quoted) && !/[<>]/.test(local) ? quoted : null
}

function normalDomain(domain: string): string | null {
  if (domain.length > LONGEST_DOMAIN) return null
  if (/^\[(?:IPv6:)?[0-9a-f.:]+\]$/i.test(domain)) return domain.toLowerCase()
  const ascii = domainToASCII(domain.replace(/\.$/, ''))
  return /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/i.test(ascii) ? ascii.toLowerCase() : null
}
