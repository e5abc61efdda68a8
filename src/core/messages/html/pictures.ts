import { kindOf } from '../../attachments/content.ts'
import { cleanName, kindProblem, sentType } from '../../attachments/rules.ts'

/** A picture that stands within HTML: it becomes a file of the message. */
export interface Picture {
  readonly name: string
  readonly mediaType: string
  readonly width: number | null
  readonly height: number | null
  readonly bytes: Uint8Array
}

/** What files a message may still have. */
export interface Room {
  readonly files: number
  readonly bytes: number
  /** Bytes of one file. */
  readonly fileBytes: number
  /** The only media types, as `kindProblem` takes them. */
  readonly mediaTypes: readonly string[]
}

/** No files are at hand, or none may be added. */
export const NO_ROOM: Room = { files: 0, bytes: 0, fileBytes: 0, mediaTypes: [] }

/** What is shown in the place of a picture: a file of the message by its place among the pictures, words, or nothing. */
export type Shown = { readonly picture: number } | 'words' | 'nothing'

/** Pixels of a side up to which a picture is a spacer or counts readers. */
const SPECK = 2

/** The pictures of one message, gathered from its `data:` addresses. */
export interface Gathering {
  /** What the picture of an address will be shown as. */
  readonly shown: ReadonlyMap<string, Shown>
  readonly pictures: readonly Picture[]
}

/** Gathers the pictures behind addresses, each once: what they are is told by their bytes, as of any file. */
export async function gatherPictures(sources: ReadonlyMap<string, string>, room: Room): Promise<Gathering> {
  const shown = new Map<string, Shown>()
  const pictures: Picture[] = []
  let left = room.bytes
  for (const [source, alt] of sources) {
    const bytes = bytesOf(source)
    const kind = await kindOf(bytes, true)
    const isSpeck = (kind.width ?? Infinity) <= SPECK && (kind.height ?? Infinity) <= SPECK
    if (isSpeck) {
      shown.set(source, 'nothing')
      continue
    }
    const name = nameOf(alt, kind.mediaType, pictures.length + 1)
    const isTaken = kind.mediaType.startsWith('image/') && kindProblem(name, kind.mediaType, room.mediaTypes) === null
    const hasRoom = pictures.length < room.files && bytes.length <= Math.min(left, room.fileBytes)
    if (!isTaken || !hasRoom) {
      shown.set(source, 'words')
      continue
    }
    left -= bytes.length
    const isShown = sentType(kind.mediaType).startsWith('image/')
    shown.set(source, isShown ? { picture: pictures.length } : 'words')
    pictures.push({ name, ...kind, bytes })
  }
  return { shown, pictures }
}

/** Whether an address holds what it leads to: https://www.rfc-editor.org/rfc/rfc2397 */
export function isData(source: string): boolean {
  return /^\s*data:/i.test(source)
}

/** The bytes in a `data:` address; none when it is broken. */
function bytesOf(source: string): Uint8Array {
  const comma = source.indexOf(',')
  if (comma === -1) return new Uint8Array()
  const data = source.slice(comma + 1)
  if (/;\s*base64\s*$/i.test(source.slice(0, comma).slice(-40))) return Buffer.from(unescaped(data), 'base64')
  return Buffer.from(unescaped(data), 'latin1')
}

/** Percent-decoded, each byte as a character. */
function unescaped(data: string): string {
  return data.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const ENDINGS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/svg+xml': 'svg', 'image/tiff': 'tif' }

/** A name for a picture: what it is called in its place, if that is a file name. */
function nameOf(alt: string, mediaType: string, nth: number): string {
  const ending = ENDINGS[mediaType] ?? mediaType.replace(/^image\/(?:x-)?/, '')
  return /^[^\n]{1,120}\.(?:png|jpe?g|gif|webp|avif|bmp|tiff?|heic)$/i.test(alt.trim())
    ? cleanName(alt.trim())
    : `picture-${nth}.${ending.replace(/[^a-z\d]/gi, '')}`
}
