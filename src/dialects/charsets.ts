import { decoderOf } from '../core/charsets.ts'
import { malformed } from './wire.ts'

/**
 * The text that bytes are in a charset.
 *
 * @throws WireRefusal `malformed` when the charset is unknown, or the bytes are none of its texts.
 */
export function textIn(charset: string, bytes: Uint8Array): string {
  const decoder = decoderOf(charset, bytes)
  if (!decoder) throw malformed(`The charset ${charset.slice(0, LONGEST_NAME)} is not known.`)
  try {
    return decoder.decode(bytes)
  } catch {
    throw malformed(`A text of the form is not ${decoder.encoding.toUpperCase()}.`)
  }
}

/** Of a charset that is not known, what is told of it. */
const LONGEST_NAME = 40
