import { isUtf8 } from 'node:buffer'
import { fileTypeFromBuffer } from 'file-type'
import { imageDimensionsFromData } from 'image-dimensions'
import type { FileKind } from './attachment.ts'

/** Bytes of no known kind. */
const BYTES = 'application/octet-stream'
/** Control characters that no text has; tab, line ends, form feed and escape are in some. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/
/** Bytes of a character that a cut may take away. */
const LONGEST_CHARACTER = 4

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
  if (known) return known.mime.split(';', 1)[0] ?? BYTES
  return isText(head, isWhole) ? 'text/plain' : BYTES
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

function isText(head: Uint8Array, isWhole: boolean): boolean {
  const cuts = isWhole ? [0] : Array.from({ length: LONGEST_CHARACTER }, (_, cut) => cut)
  const whole = cuts.map((cut) => head.subarray(0, head.length - cut)).find((part) => isUtf8(part))
  return whole !== undefined && !NO_TEXT.test(Buffer.from(whole).toString())
}
