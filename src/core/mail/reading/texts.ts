import iconv from 'iconv-lite'
import { likelyText, textOrNull, UTF8 } from '../../charsets.ts'

/** Names by which programs say nothing of a text: whatever it is, it is a text of these too. */
const SAYS_NOTHING = /^(?:|us-ascii|ascii|ansi_x3\.4-1968|unknown(?:-8bit)?|x-unknown|default|binary|none)$/i

/** The text that bytes of a mail are, and whether that is certain. */
export interface Text {
  readonly text: string
  readonly isSure: boolean
}

/**
 * Bytes as text, in the charset that the mail says if they are one of its texts; else as what they most likely are. No
 * byte is lost: what nothing reads becomes U+FFFD.
 */
export function textOf(bytes: Uint8Array, charset: string): Text {
  const label = charset.trim().replace(/^["']|["']$/g, '')
  const { text, isSure } = SAYS_NOTHING.test(label) ? unlabelled(bytes) : labelled(bytes, label)
  // A mark at the beginning is of the program, and a NUL nobody wrote.
  return {
    text: text
      .replace(/^\u{feff}/u, '')
      .replaceAll('\0', '\ufffd')
      .toWellFormed(),
    isSure,
  }
}

function unlabelled(bytes: Uint8Array): Text {
  const strict = textOrNull(UTF8, bytes)
  return { text: strict ?? likelyText(bytes), isSure: strict !== null }
}

function labelled(bytes: Uint8Array, label: string): Text {
  const strict = textOrNull(label, bytes)
  if (strict !== null) return { text: strict, isSure: true }
  if (/^utf-?8$/i.test(label)) return brokenUtf8(bytes)
  if (isKnown(label)) return { text: new TextDecoder(label).decode(bytes), isSure: false }
  // Code pages of DOS and UTF-7, which no browser reads.
  if (iconv.encodingExists(label)) return { text: iconv.decode(Buffer.from(bytes), label), isSure: true }
  return { ...unlabelled(bytes), isSure: false }
}

function isKnown(label: string): boolean {
  try {
    return new TextDecoder(label) !== null
  } catch {
    return false
  }
}

/** A text that was cut within a letter is UTF-8 all the same; one that has hardly a letter of it is another's. */
function brokenUtf8(bytes: Uint8Array): Text {
  const lossy = new TextDecoder(UTF8).decode(bytes)
  const lost = lossy.split('\ufffd').length - 1
  const read = lossy.match(/[^\p{ASCII}\ufffd]/gu)?.length ?? 0
  return { text: lost > read && lost > 1 ? likelyText(bytes) : lossy, isSure: false }
}
