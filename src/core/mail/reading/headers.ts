import { headerText } from '../../header-values.ts'
import type { ReadingBounds } from './bounds.ts'
import type { Doubts } from './doubts.ts'
import type { Header } from './mail.ts'

/** Headers of a mail or of one of its parts, and where its body begins. */
export interface Head {
  readonly headers: readonly Header[]
  readonly bodyStart: number
}

const HEADER = /^([!-9;-~]+)[ \t]*:(.*)$/s
const FOLD = /^[ \t]/
/** How a file of mails begins each, which is no header. */
const FROM_LINE = /^>?From \S/

/**
 * Reads headers from one place of a text that has one character for each byte, until an empty line. A line that is no
 * header is passed over if another header follows; else the body begins with it, as if the empty line had been forgotten.
 */
export function readHead(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  { bounds, doubts, where }: { readonly bounds: ReadingBounds; readonly doubts: Doubts; readonly where: string },
): Head {
  const headers: { readonly name: string; readonly lines: string[] }[] = []
  let at = from
  while (at < to) {
    const { line, next } = lineAt(text, at, to)
    if (line === '') return { headers: unfolded(headers), bodyStart: next }
    const isFull = headers.length >= bounds.headers || next - from > bounds.headerBytes
    if (isFull) doubts.add('too_many_headers', where)
    const [, name, value] = HEADER.exec(line) ?? []
    if (FOLD.test(line) && (headers.length > 0 || isFull)) {
      if (!isFull) headers.at(-1)?.lines.push(line)
    } else if (name !== undefined && value !== undefined) {
      if (!isFull) headers.push({ name: name.toLowerCase(), lines: [value] })
    } else if (!(at === from && FROM_LINE.test(line))) {
      doubts.add('bad_header', where)
      const following = next < to ? lineAt(text, next, to).line : ''
      if (following !== '' && !HEADER.test(following)) return { headers: unfolded(headers), bodyStart: at }
    }
    at = next
  }
  return { headers: unfolded(headers), bodyStart: to }
}

/** The line that begins at a place, without its end, and where the next one begins. */
export function lineAt(text: string, at: number, to: number): { readonly line: string; readonly next: number } {
  const found = text.indexOf('\n', at)
  const end = found === -1 || found >= to ? to : found
  const line = text.slice(at, end > at && text[end - 1] === '\r' ? end - 1 : end)
  return { line, next: Math.min(end + 1, to) }
}

/**
 * White space stays where a line was folded; what folded it goes. An id that a server cut in two is put together by
 * whoever reads ids.
 */
function unfolded(headers: readonly { readonly name: string; readonly lines: readonly string[] }[]): readonly Header[] {
  return headers.map(({ name, lines }) => ({ name, value: lines.map(withoutTab).join('').trim() }))
}

function withoutTab(line: string, nth: number): string {
  return nth === 0 ? line : line.replace(/^[ \t]+/, ' ')
}

/** The first value of a header, as most programs take it; empty when there is none. */
export function firstValue(headers: readonly Header[], name: string): string {
  return headers.find((each) => each.name === name)?.value ?? ''
}

/** All values of a header, the topmost first. */
export function allValues(headers: readonly Header[], name: string): readonly string[] {
  return headers.filter((each) => each.name === name).map(({ value }) => value)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/** Characters of a value that people are shown: no program shows more of a subject or a name. */
const LONGEST_SHOWN = 16_384

/** A value as people read it: decoded, on one line. */
export function shownValue(value: string): string {
  return headerText(value.slice(0, LONGEST_SHOWN)).toWellFormed().replace(UNSHOWN, ' ').replace(/\s+/g, ' ').trim()
}

/** A value without its comments (RFC 5322, 3.2.2), which stand in parentheses, also within each other. Quotes stay whole. */
export function withoutComments(value: string): string {
  if (!value.includes('(')) return value
  const kept: string[] = []
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at++) {
    const letter = value[at] ?? ''
    const isEscape = letter === '\\' && (isQuoted || depth > 0)
    if (letter === '"' && depth === 0) isQuoted = !isQuoted
    if (!isQuoted && letter === '(') depth++
    if (depth === 0) kept.push(isEscape ? value.slice(at, at + 2) : letter)
    else if (!isQuoted && letter === ')' && --depth === 0) kept.push(' ')
    if (isEscape) at++
  }
  // One that never ends is none.
  return depth > 0 ? value : kept.join('').trim()
}
