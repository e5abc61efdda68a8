import { malformed, type WireRefusal } from './wire.ts'

/** Bytes as they come. */
export type Bytes = AsyncIterable<Uint8Array>

type Decoder = (bytes: Bytes) => Bytes

/** How the bytes of a part may be sent (RFC 2045, 6), and what they are read by; null where they are themselves. */
const DECODERS: ReadonlyMap<string, Decoder | null> = new Map([
  ['', null],
  ['7bit', null],
  ['8bit', null],
  ['binary', null],
  ['base64', fromBase64],
  ['quoted-printable', fromQuotedPrintable],
])

/** What reads a transfer encoding; null where there is nothing to read. @throws WireRefusal `malformed` for an unknown one */
export function transferDecoder(encoding: string): Decoder | null {
  const decoder = DECODERS.get(encoding.trim().toLowerCase())
  if (decoder === undefined)
    throw malformed(
      'A part of the form has another Content-Transfer-Encoding than base64, quoted-printable, 8bit and binary.',
    )
  return decoder
}

const NO_BASE64_LETTER = /[^A-Za-z0-9+/]/

async function* fromBase64(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let held = ''
  let isOver = false
  for await (const chunk of bytes) {
    const letters = held + latin1(chunk).replace(/[\t\n\r ]+/g, '')
    const whole = letters.slice(0, letters.length - (letters.length % 4))
    held = letters.slice(whole.length)
    if (whole === '') continue
    const padding = whole.endsWith('==') ? 2 : Number(whole.endsWith('='))
    if (isOver || NO_BASE64_LETTER.test(whole.slice(0, whole.length - padding))) throw broken('base64')
    isOver = padding > 0
    yield Buffer.from(whole, 'base64')
  }
  // Padding says that nothing was cut off.
  if (held !== '') throw broken('base64')
}

const [TAB, LF, CR, SPACE, EQUALS, TILDE] = [0x09, 0x0a, 0x0d, 0x20, 0x3d, 0x7e]

/** Blanks in a row, which count only once something follows on their line. No line may be longer (RFC 5322, 2.1.1). */
const MOST_BLANKS = 998

/** What an equals sign began: nothing, an escape, one whose first digit came, or a line end that is none. */
type Began = null | 'escape' | 'soft break' | number

async function* fromQuotedPrintable(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let blanks: number[] = []
  let began: Began = null
  for await (const chunk of bytes) {
    const read: number[] = []
    for (const byte of chunk) {
      const isBlank = byte === SPACE || byte === TAB
      const isEnd = byte === CR || byte === LF
      if (typeof began === 'number') {
        read.push(began * 16 + (digit(byte) ?? fail()))
        began = null
      } else if (began === 'escape' && !isBlank && !isEnd) began = digit(byte) ?? fail()
      else if (began !== null) {
        if (!isBlank && !isEnd) fail()
        began = byte === LF ? null : 'soft break'
      } else if (isBlank) {
        if (blanks.push(byte) > MOST_BLANKS) fail()
      } else {
        if (!isEnd) {
          if (byte < SPACE || byte > TILDE) fail()
          read.push(...blanks)
        }
        blanks = []
        if (byte === EQUALS) began = 'escape'
        else read.push(byte)
      }
    }
    if (read.length > 0) yield Uint8Array.from(read)
  }
  if (typeof began === 'number') fail()
}

function fail(): never {
  throw broken('quoted-printable')
}

function digit(byte: number): number | null {
  const value = Number.parseInt(String.fromCharCode(byte), 16)
  return Number.isNaN(value) ? null : value
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function broken(encoding: string): WireRefusal {
  return malformed(`A part of the form is not ${encoding}, as it says.`)
}
