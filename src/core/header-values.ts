import { likelyText, textOrNull } from './charsets.ts'

/** A header's value in parts: `form-data; name="a"`. All of it has one character for each byte that was sent. */
export interface HeaderValue {
  /** What comes before the parameters, in lower case. */
  readonly value: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * A parameter. A quoted string ends at the quote that nothing but another parameter follows: what is inside is escaped, or a
 * path of Windows whose backslashes escape nothing, also its last.
 */
const PARAMETER =
  /;[ \t]*(?:([^=;\s"]+)[ \t]*=[ \t]*(?:"((?:\\[\s\S]|[^\\"])*)"(?=[ \t]*(?:;|$))|"([\s\S]*?)"(?=[ \t]*(?:;|$))|([^;]*)))?/y

/** Reads a header's value with its parameters (RFC 9110, 5.6.6), or null when one is there twice. */
export function headerValue(text: string): HeaderValue | null {
  const { repeats, ...value } = partsOf(text)
  return repeats ? null : value
}

/** As `headerValue`, for senders who cannot be asked again: of what is there twice the first counts. */
export function likelyHeaderValue(text: string): HeaderValue {
  return partsOf(text)
}

function partsOf(text: string): HeaderValue & { readonly repeats: boolean } {
  let repeats = false
  const [value = ''] = text.split(';', 1)
  const parameters = new Map<string, string>()
  for (let at = value.length; at < text.length; ) {
    PARAMETER.lastIndex = at
    const [whole = '', name, quoted, path, token = ''] = PARAMETER.exec(text) ?? []
    // What is no parameter is not taken for one.
    at += Math.max(whole.length, 1)
    if (name === undefined) continue
    const key = name.toLowerCase()
    if (parameters.has(key)) repeats = true
    else parameters.set(key, quoted?.replace(/\\(["\\])/g, '$1') ?? path ?? token.trim())
  }
  return { value: value.trim().toLowerCase(), parameters, repeats }
}

/**
 * The text of a parameter, in whichever of its spellings it came, or null when it did not: of several the one that says
 * most (RFC 6266, 4.3). What cannot be read is passed over for the next, and shown as it is when there is none.
 *
 * 1. `name*=utf-8''%e2%82%ac`: RFC 8187
 * 2. `name*0*=utf-8''%e2%82; name*1*=%ac; name*2=" rates"`: RFC 2231, 3 and 4
 * 3. `name="€ rates"` as browsers send it, or `name="=?utf-8?B?4oKs?="`: RFC 2047, of mail programs
 *
 * @param charset that of the form, in which bytes are that stand for themselves.
 */
export function parameterText({ parameters }: HeaderValue, name: string, charset?: string): string | null {
  const extended = parameters.get(`${name}*`)
  const plain = parameters.get(name)
  return (
    (extended === undefined ? null : extendedText(extended)) ??
    continuedText(parameters, name, charset) ??
    (plain === undefined ? null : plainText(plain, charset)) ??
    (extended === undefined ? null : plainText(extended, charset))
  )
}

/** Whether a parameter came, in any spelling, readable or not. */
export function hasParameter({ parameters }: HeaderValue, name: string): boolean {
  return parameters.has(name) || [...parameters.keys()].some((key) => key.startsWith(`${name}*`))
}

const EXTENDED = /^([^']*)'[^']*'([\s\S]*)$/

function extendedText(value: string): string | null {
  const [, charset = '', escaped = ''] = EXTENDED.exec(value) ?? []
  const bytes = percentDecoded(escaped)
  return bytes === null || charset === '' ? null : textOrNull(charset, bytes)
}

/** The bytes of a text with percent escapes, or null when one is broken. */
export function percentDecoded(escaped: string): Buffer | null {
  if (/%(?![0-9a-f]{2})/i.test(escaped)) return null
  return bytesOf(escaped.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))))
}

function continuedText(parameters: ReadonlyMap<string, string>, name: string, charset?: string): string | null {
  const pieces: Buffer[] = []
  let said: string | undefined
  for (let nth = 0; ; nth++) {
    const escaped = parameters.get(`${name}*${nth}*`)
    const plain = parameters.get(`${name}*${nth}`)
    if (escaped === undefined && plain === undefined) break
    const [, charsetSaid, rest] = (nth === 0 && escaped !== undefined && EXTENDED.exec(escaped)) || []
    if (charsetSaid) said = charsetSaid
    const piece = escaped === undefined ? bytesOf(plain ?? '') : percentDecoded(rest ?? escaped)
    if (piece === null) return null
    pieces.push(piece)
  }
  if (pieces.length === 0) return null
  // A character may lie across two pieces.
  const bytes = Buffer.concat(pieces)
  return said === undefined ? plainText(bytes.toString('latin1'), charset) : textOrNull(said, bytes)
}

/** A header's text with its encoded words read (RFC 2047), as far as they can be. One character came for each byte. */
export function headerText(value: string): string {
  return withWords(value) ?? likelyText(bytesOf(value))
}

function plainText(value: string, charset?: string): string {
  return withWords(value) ?? likelyText(bytesOf(value), charset).replace(ESCAPED_BY_BROWSERS, unescaped)
}

/** What browsers escape in a name, and nothing else, not even the percent sign (HTML, multipart form data). */
const ESCAPED_BY_BROWSERS = /%(?:22|0D|0A)/gi

function unescaped(escaped: string): string {
  return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
}

/** An encoded word (RFC 2047); one may have a language (RFC 2231, 5), and programs leave blanks in it. */
const WORD = /=\?([\w.:+-]+)(?:\*[\w-]*)?\?([bq])\?([^?]*)\?=/gi

/** Those that follow each other. Blanks between two are none of the text. */
const WORDS = /((?:=\?[\w.:+-]+(?:\*[\w-]*)?\?[bq]\?[^?]*\?=)+)/i
const BETWEEN_WORDS = /(?<=\?=)[ \t]+(?==\?)/g

/** A text with its encoded words read, as far as they can be; null when it has none. */
function withWords(value: string): string | null {
  const parts = value.replace(BETWEEN_WORDS, '').split(WORDS)
  if (parts.length === 1) return null
  return parts.map((part, nth) => (nth % 2 === 0 ? likelyText(bytesOf(part)) : (wordsText(part) ?? part))).join('')
}

function wordsText(words: string): string | null {
  const texts: { readonly charset: string; bytes: Buffer }[] = []
  for (const [, said = '', kind = '', encoded = ''] of words.matchAll(WORD)) {
    const bytes = /b/i.test(kind) ? base64Decoded(encoded) : quotedDecoded(encoded)
    if (bytes === null) return null
    const charset = said.toLowerCase()
    const last = texts.at(-1)
    // A character may lie across two words, though it must not.
    if (last?.charset === charset) last.bytes = Buffer.concat([last.bytes, bytes])
    else texts.push({ charset, bytes })
  }
  const read = texts.map(({ charset, bytes }) => textOrNull(charset, bytes))
  return read.includes(null) ? null : read.join('')
}

function base64Decoded(encoded: string): Buffer | null {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64') : null
}

function quotedDecoded(encoded: string): Buffer | null {
  return percentDecoded(encoded.replaceAll('%', '%25').replaceAll('=', '%').replaceAll('_', ' '))
}

function bytesOf(value: string): Buffer {
  return Buffer.from(value, 'latin1')
}
