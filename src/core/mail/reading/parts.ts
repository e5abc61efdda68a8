import { type HeaderValue, hasParameter, likelyHeaderValue, parameterText } from '../../header-values.ts'
import type { ReadingBounds } from './bounds.ts'
import type { Doubts } from './doubts.ts'
import { type Decoded, decoded } from './encodings.ts'
import { firstValue, lineAt, readHead, withoutComments } from './headers.ts'
import type { Header } from './mail.ts'

/** A part of a mail: the mail itself, or what lies within it (RFC 2046). */
export interface Part {
  /** Its place: empty for the mail itself, `1.2` for the second within the first. */
  readonly place: string
  readonly headers: readonly Header[]
  /** The media type, in lower case. */
  readonly type: string
  readonly contentType: HeaderValue
  readonly disposition: HeaderValue
  /** What lies within it; empty for what is no multipart. */
  readonly parts: readonly Part[]
  /** Its bytes as they are. */
  content(): Decoded
}

interface Range {
  readonly from: number
  readonly to: number
}

/** What a walk through one mail carries along. */
export interface Walk {
  readonly bounds: ReadingBounds
  readonly doubts: Doubts
  /** How many parts were found so far. */
  parts: number
}

/** Characters of a header with parameters that are read. */
const LONGEST_VALUE = 16_384
const TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+/

/** Takes a mail apart. The text has one character for each byte. */
export function readParts(text: string, walk: Walk): Part {
  return partAt(text, { from: 0, to: text.length }, { walk, place: '', depth: 0, usual: 'text/plain' })
}

interface Where {
  readonly walk: Walk
  readonly place: string
  readonly depth: number
  /** The type of a part that says none. */
  readonly usual: string
}

function partAt(text: string, range: Range, { walk, place, depth, usual }: Where): Part {
  const { bounds, doubts } = walk
  walk.parts++
  const { headers, bodyStart } = readHead(text, range, { bounds, doubts, where: place })
  const contentType = headerOf(headers, 'content-type')
  const disposition = headerOf(headers, 'content-disposition')
  const type = TYPE.exec(contentType.value)?.[0] ?? usual
  const body: Range = { from: bodyStart, to: range.to }
  const encoding = withoutComments(firstValue(headers, 'content-transfer-encoding'))
  const part = {
    place,
    headers,
    type,
    contentType,
    disposition,
    content: (): Decoded => {
      const read = decoded(text.slice(body.from, body.to), encoding)
      if (!read.isWhole) doubts.add('bad_encoding', place)
      return read
    },
  }
  if (!type.startsWith('multipart/')) return { ...part, parts: [] }
  const ranges = depth < bounds.depth ? rangesOf(text, body, { part, doubts }) : null
  if (depth >= bounds.depth) doubts.add('too_deep', place)
  const within = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  const parts: Part[] = []
  for (const [nth, each] of (ranges ?? []).entries()) {
    if (walk.parts >= bounds.parts) {
      doubts.add('too_many_parts', place)
      break
    }
    const childPlace = place === '' ? `${nth + 1}` : `${place}.${nth + 1}`
    parts.push(partAt(text, each, { walk, place: childPlace, depth: depth + 1, usual: within }))
  }
  // What cannot be taken apart is read as a text: nothing that somebody wrote is passed over.
  return parts.length > 0 ? { ...part, parts } : { ...part, type: 'text/plain', parts }
}

function headerOf(headers: readonly Header[], name: string): HeaderValue {
  return likelyHeaderValue(withoutComments(firstValue(headers, name).slice(0, LONGEST_VALUE)))
}

/** Where the parts of a multipart lie; null when no boundary tells. */
function rangesOf(
  text: string,
  body: Range,
  { part, doubts }: { readonly part: Omit<Part, 'parts'>; readonly doubts: Doubts },
): readonly Range[] | null {
  const said = hasParameter(part.contentType, 'boundary') ? part.contentType.parameters.get('boundary') : undefined
  const boundary = said || guessedBoundary(text, body)
  if (!said) doubts.add('no_boundary', part.place)
  if (!boundary) return null
  const ranges: Range[] = []
  let start: number | null = null
  let isClosed = false
  for (const delimiter of delimitersOf(text, body, boundary)) {
    if (start !== null) ranges.push({ from: start, to: Math.max(start, delimiter.before) })
    start = delimiter.isClosing ? null : delimiter.after
    // What follows the end belongs to no part, though some programs write on.
    isClosed = delimiter.isClosing
    if (isClosed) break
  }
  if (start !== null) ranges.push({ from: start, to: body.to })
  if (!isClosed) doubts.add('no_end', part.place)
  return ranges
}

/** The first line that looks like a delimiter, of a multipart that does not say which it has. */
function guessedBoundary(text: string, body: Range): string | undefined {
  let at = body.from
  for (let lines = 0; at < body.to && lines < 100; lines++) {
    const { line, next } = lineAt(text, at, body.to)
    const found = /^--([\w'()+,./:=?-]{1,70})$/.exec(line)?.[1]
    if (found !== undefined) return found
    at = next
  }
  return undefined
}

interface Delimiter {
  /** Where what stands before it ends: the line end before it is its own. */
  readonly before: number
  readonly after: number
  readonly isClosing: boolean
}

function* delimitersOf(text: string, { from, to }: Range, boundary: string): Generator<Delimiter> {
  const mark = `--${boundary}`
  for (let at = text.indexOf(mark, from); at !== -1 && at < to; at = text.indexOf(mark, at + mark.length)) {
    if (at !== from && text[at - 1] !== '\n') continue
    const { line, next } = lineAt(text, at, to)
    const rest = line.slice(mark.length)
    if (!/^(?:--)?[ \t]*$/.test(rest)) continue
    const lineEnd = text[at - 2] === '\r' ? 2 : 1
    yield { before: Math.max(at - lineEnd, from), after: next, isClosing: rest.startsWith('--') }
  }
}

/** The name that a part's file has, by whichever of its headers; empty when it has none. */
export function fileNameOf({ disposition, contentType }: Part): string {
  return parameterText(disposition, 'filename') || parameterText(contentType, 'name') || ''
}

/** All that holds nothing else, in the order in which it came. */
export function* leavesOf(part: Part): Generator<Part> {
  if (part.parts.length === 0) yield part
  for (const each of part.parts) yield* leavesOf(each)
}
