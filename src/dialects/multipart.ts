import { likelyText, UTF8 } from '../core/charsets.ts'
import { type HeaderValue, hasParameter, headerValue, parameterText } from '../core/header-values.ts'
import { textIn } from './charsets.ts'
import { type Bytes, transferDecoder } from './transfer-encodings.ts'
import { malformed, WireRefusal } from './wire.ts'

/** What of a form is read at the most. */
export interface FormLimits {
  /** Bytes of all of it, as they are sent. */
  readonly bytes: number
}

/** Headers of one part, and their bytes. */
const MOST_HEADERS = 20
const HEADER_BYTES = 8_192

/** One part of a form. */
export interface Part {
  readonly disposition: HeaderValue
  readonly type: HeaderValue
  /** Whether it is a file, which a part is that has a file name. */
  readonly hasFileName: boolean
  /** Whether its bytes are sent as others than they are. */
  readonly isEncoded: boolean
  /** Its bytes as they are, to be read to their end before the next part is asked for. */
  readonly bytes: Bytes
}

/**
 * The parts of `multipart/form-data` (RFC 7578), as they come in.
 *
 * @throws WireRefusal `malformed`, `too_large`
 */
export async function* partsOf(source: Bytes, contentType: string, limits: FormLimits): AsyncGenerator<Part> {
  const boundary = headerValue(contentType)?.parameters.get('boundary')
  if (!boundary) throw malformed('The form has no boundary.')
  const wire = new Wire(source, limits.bytes)
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  // What comes before the first part is for readers that know no forms.
  await wire.skip(delimiter)
  for (let head = await wire.head(); head !== null; head = await wire.head()) yield partOf(head, wire.body(delimiter))
  await wire.rest()
}

/** Where the first line of a form begins a line before it. */
const CRLF = Buffer.from('\r\n')
const END_OF_HEADERS = Buffer.from('\r\n\r\n')
const CLOSING = '--'

/** Bytes as they come in, of which only what may be the beginning of a delimiter is kept back. */
class Wire {
  #held: Buffer = CRLF
  #left: number
  readonly #source: AsyncIterator<Uint8Array>

  constructor(source: Bytes, most: number) {
    this.#source = source[Symbol.asyncIterator]()
    this.#left = most
  }

  /** What comes before a delimiter, which is read too, but for its last bytes if these begin what follows. */
  async *before(delimiter: Buffer, shared = 0): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(delimiter)
      const isThere = at >= 0
      const end = isThere ? at : Math.max(0, this.#held.length - delimiter.length + 1)
      const piece = this.#held.subarray(0, end)
      this.#held = this.#held.subarray(isThere ? end + delimiter.length - shared : end)
      if (piece.length > 0) yield piece
      if (isThere) return
      await this.#more()
    }
  }

  /** Reads what comes before a delimiter, and the delimiter, and says nothing. */
  async skip(delimiter: Buffer): Promise<void> {
    const skipped = this.before(delimiter)
    while (!(await skipped.next()).done) {
      // Nobody wants it.
    }
  }

  /** The lines of a part's headers; null when the form is over. */
  async head(): Promise<readonly string[] | null> {
    while (this.#held.length < CLOSING.length) await this.#more()
    if (this.#held.toString('latin1', 0, CLOSING.length) === CLOSING) return null
    const pieces: Buffer[] = []
    let size = 0
    // With a part that has no bytes, the line end behind the headers is the one before the next delimiter as well.
    for await (const piece of this.before(END_OF_HEADERS, CRLF.length)) {
      size += piece.length
      if (size > HEADER_BYTES) throw malformed('A part of the form has too many headers.')
      pieces.push(piece)
    }
    const [padding = '', ...lines] = Buffer.concat(pieces)
      .toString('latin1')
      .replace(/\r\n[\t ]+/g, ' ')
      .split('\r\n')
    if (padding.trim() !== '') unreadable()
    return lines
  }

  /** The bytes of a part behind its headers. */
  async *body(delimiter: Buffer): AsyncGenerator<Uint8Array> {
    let skipped = CRLF.length
    for await (const piece of this.before(delimiter)) {
      const rest = piece.subarray(skipped)
      skipped -= piece.length - rest.length
      if (rest.length > 0) yield rest
    }
  }

  /** Reads what is behind the last part, and says nothing. */
  async rest(): Promise<void> {
    while ((await this.#next()) !== null) {
      // Nobody wants it.
    }
  }

  async #more(): Promise<void> {
    const next = await this.#next()
    if (next === null) throw malformed('The form ends too early.')
    this.#held = Buffer.concat([this.#held, next])
  }

  async #next(): Promise<Uint8Array | null> {
    const { done, value } = await this.#source.next()
    if (done) return null
    this.#left -= value.length
    if (this.#left < 0) throw new WireRefusal({ code: 'too_large' })
    return value
  }
}

const HEADER = /^([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*:([^\r\n]*)$/i
/** Those that are read; of the others there may be several. */
const READ: ReadonlySet<string> = new Set(['content-disposition', 'content-type', 'content-transfer-encoding'])

function partOf(lines: readonly string[], bytes: Bytes): Part {
  if (lines.length > MOST_HEADERS) throw malformed('A part of the form has too many headers.')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? []
    const key = name.toLowerCase()
    if (key === '' || headers.has(key)) unreadable()
    if (READ.has(key)) headers.set(key, value.trim())
  }
  const disposition = headerValue(headers.get('content-disposition') ?? '')
  if (disposition?.value !== 'form-data' || !hasParameter(disposition, 'name'))
    throw malformed('A part of the form has no name.')
  const type = headerValue(headers.get('content-type') ?? '') ?? unreadable()
  const decoder = transferDecoder(headers.get('content-transfer-encoding') ?? '')
  return {
    disposition,
    type,
    hasFileName: hasParameter(disposition, 'filename'),
    isEncoded: decoder !== null,
    bytes: decoder ? decoder(bytes) : bytes,
  }
}

/** The field by which a form tells in what charset it is (RFC 7578, 4.6). */
export const CHARSET_FIELD = '_charset_'

/** A part whose names are read once all of the form is there. */
export type NamedPart = Pick<Part, 'disposition'>

/** A text as it came: what it says is known once all of the form is there. */
export interface TextPart extends NamedPart, Pick<Part, 'type'> {
  readonly bytes: Uint8Array
}

/** What a form says of itself, when all of it is there. */
export interface FormReading {
  /** The texts, by their names, in order. What tells the charset of the form is none of them. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** The name of a part's field. */
  nameOf(part: NamedPart): string
  /** The name of a part's file; empty when it has none that can be told. */
  fileNameOf(part: NamedPart): string
}

/**
 * Reads the texts of a form: each in the charset that it says, else in that which the form says, else in UTF-8.
 *
 * @throws WireRefusal `malformed`
 */
export function readTexts(texts: readonly TextPart[]): FormReading {
  const isCharset = ({ disposition }: NamedPart): boolean => parameterText(disposition, 'name') === CHARSET_FIELD
  const [saying] = texts.filter(isCharset)
  const said = saying && likelyText(saying.bytes).trim()
  const charset = said || UTF8
  // Of one that is not known nothing is read, also if there is nothing to read.
  textIn(charset, new Uint8Array())
  const nameOf = ({ disposition }: NamedPart): string => parameterText(disposition, 'name', charset) ?? ''
  return {
    nameOf,
    fileNameOf: ({ disposition }) => parameterText(disposition, 'filename', charset) ?? '',
    fields: texts
      .filter((text) => !isCharset(text))
      .map((text) => {
        const own = text.type.parameters.get('charset') || charset
        // A mark at the beginning is of the file that the text was in.
        return [nameOf(text), textIn(own, text.bytes).replace(/^\u{feff}/u, '')]
      }),
  }
}

/** All bytes of a text. @throws WireRefusal `malformed` when they are more than `most`. */
export async function textBytes({ bytes }: Part, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > most) throw malformed('A field is too long.')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function unreadable(): never {
  throw malformed('The form cannot be read.')
}
