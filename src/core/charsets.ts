/** What bytes are read by when nobody says: UTF-8, strictly, so that nothing is kept that was not sent. */
export const UTF8 = 'utf-8'
/** What bytes are that are no UTF-8, of senders who do not say: every byte is a letter of it, and so is Latin-1. */
const LATIN = 'windows-1252'

/** The text that bytes are in a charset, or null when that is unknown or they are none. */
export function textOrNull(charset: string, bytes: Uint8Array): string | null {
  try {
    return decoderOf(charset, bytes)?.decode(bytes) ?? null
  } catch {
    return null
  }
}

/** In these no name can stand in a header, whatever charset the form is in. */
const WIDE = /^utf-?(?:16|32)/i

/** The text that bytes most likely are, for what nobody is to be refused for: a name. */
export function likelyText(bytes: Uint8Array, charset: string = UTF8): string {
  return (
    (WIDE.test(charset) ? null : textOrNull(charset, bytes)) ??
    textOrNull(UTF8, bytes) ??
    new TextDecoder(LATIN).decode(bytes)
  )
}

/**
 * What reads bytes in a charset, by any of its names (WHATWG Encoding), and throws where they are none of its texts; null
 * when it is unknown. A byte order mark stays, but where it tells how to read the rest.
 */
export function decoderOf(charset: string, bytes: Uint8Array): TextDecoder | null {
  const label = charset.trim().toLowerCase()
  // By itself the name says the one order of bytes to decoders of the web, and to everybody else that a mark tells.
  const isUtf16 = label === 'utf-16'
  const name = isUtf16 && bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : label
  try {
    return new TextDecoder(name, { fatal: true, ignoreBOM: !isUtf16 })
  } catch {
    return null
  }
}
