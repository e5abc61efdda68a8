import { fileTypeFromBuffer } from 'file-type'
import { imageDimensionsFromData } from 'image-dimensions'
import type { FileKind } from './attachment.ts'

/** Bytes of no known kind. */
const BYTES = 'application/octet-stream'
/** Control characters that no text has; tab, line ends, form feed and escape are in some. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/
/**
 * What a file is by its first bytes; what its sender calls it counts for nothing. HTML and SVG are texts here.
 *
 * @param isWhole whether `head` is all of it.
 */
export async function kindOf(head: Uint8Array, isWhole: boolean): Promise<FileKind> {
  const mediaType = await typeOf(head, isWhole)
  return { mediaType, ...(mediaType.startsWith('image/') ? sizeOf(head) : NO_SIZE) }
}

async function typeOf(head: Uint8Array, isWhole: boolean): Promise<string> {
  const known = await fileTypeFromBuffer(head).catch(() => undefined)
  // The library adds what follows from a codec; only the type itself is wanted.
  const type = known?.mime.split(';', 1)[0]
  // Two or three letters are no signature where everything is text: a list of countries may begin with `MZ;Mozambique`.
  // No program is: what the formats of executables have for numbers holds zeros.
  if (isText(head, isWhole)) return type !== undefined && TEXTS.has(type) ? type : 'text/plain'
  if (type === undefined) return isUnmarkedUtf16(head, isWhole) ? 'text/plain' : BYTES
  return type === 'image/bmp' && !isBitmap(head) ? BYTES : type
}

/** Formats that may be text from end to end; their signatures are long enough to believe. */
const TEXTS: ReadonlySet<string> = new Set([
  'application/pdf',
  'application/postscript',
  'application/rtf',
  'application/pgp-encrypted',
  'application/xml',
  'text/calendar',
  'text/vcard',
  'text/vtt',
])

/** Sizes of the header that follows the first of a bitmap, as Windows and OS/2 write it. */
const BITMAP_HEADERS: ReadonlySet<number> = new Set([12, 16, 40, 52, 56, 64, 108, 124])

/** `BM` begins many a word; a bitmap also tells the size of its second header, of which there are few. */
function isBitmap(head: Uint8Array): boolean {
  return head.length >= 18 && BITMAP_HEADERS.has(Buffer.from(head).readUInt32LE(14))
}

const NO_SIZE = { width: null, height: null } as const

function sizeOf(head: Uint8Array): Pick<FileKind, 'width' | 'height'> {
  try {
    const size = imageDimensionsFromData(head)
    return size && isPixels(size.width) && isPixels(size.height) ? { width: size.width, height: size.height } : NO_SIZE
  } catch {
    return NO_SIZE
  }
}

/** PostgreSQL's largest `integer`. */
const MOST_PIXELS = 2_147_483_647

function isPixels(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= MOST_PIXELS
}

/** Whether bytes are a text: in UTF-8, in UTF-16 with its mark, or in an older character set of one byte each. */
function isText(head: Uint8Array, isWhole: boolean): boolean {
  const [first, second] = head
  if (first === 0xff && second === 0xfe) return isTextIn('utf-16le', head, isWhole)
  if (first === 0xfe && second === 0xff) return isTextIn('utf-16be', head, isWhole)
  return isTextIn('utf-8', head, isWhole) || isTextIn('windows-1252', head, isWhole)
}

/** UTF-16 without its mark shows by its zeros: at every second place of at least half of its characters. */
function isUnmarkedUtf16(head: Uint8Array, isWhole: boolean): boolean {
  const zeros = (remainder: number): number => head.filter((byte, at) => byte === 0 && at % 2 === remainder).length
  if (zeros(1) * 4 >= head.length) return isTextIn('utf-16le', head, isWhole)
  return zeros(0) * 4 >= head.length && isTextIn('utf-16be', head, isWhole)
}

function isTextIn(encoding: string, head: Uint8Array, isWhole: boolean): boolean {
  try {
    // A character that the end of the head cuts in two is still to come.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: !isWhole })
    return !NO_TEXT.test(text)
  } catch {
    return false
  }
}
