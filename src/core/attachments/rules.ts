import { refuseField } from '../errors.ts'
import type { Forwardable, Upload } from './attachment.ts'

/** Characters of a name, as most file systems take at the most. */
const NAME_LENGTH = 200
/** Characters of an ending that is kept when a name is cut. */
const ENDING_LENGTH = 20
/** Files of one message. */
export const FILES_OF_A_MESSAGE = 20
/** How many times what one person may have of files that no message has, all people of a tenant may have. */
export const TENANT_SHARE = 20
const NAMELESS = 'file'

/**
 * Controls, half surrogates, and what turns the direction of writing, by which `exe.txt` can be made to look like
 * `txt.exe`. Not the joiners, without which words of Persian or Hindi and many an emoji are others.
 */
const UNSHOWN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu
/** Joiners that join nothing. */
const LOOSE_JOINERS = /(?<=^|[.\s\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?=$|[.\s])/gu

/**
 * A file's name as it is kept and shown: the last part of whatever path was sent, one line, no invisible characters,
 * never empty, of bounded length with its ending. It may begin with a dot. It is only ever shown; files are kept under ids.
 */
export function cleanName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? ''
  const shown = last
    .replace(UNSHOWN, '')
    .replace(LOOSE_JOINERS, '')
    // What stood apart may be side by side now: spaces, and a letter and its accent.
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(/[. ]+$/, '')
    .replace(/^[. ]+/, (start) => (start.endsWith('.') ? '.' : ''))
  const characters = [...shown]
  if (characters.length === 0) return NAMELESS
  if (characters.length <= NAME_LENGTH) return shown
  const dot = characters.lastIndexOf('.')
  const ending = dot > 0 && characters.length - dot <= ENDING_LENGTH ? characters.slice(dot) : []
  return cleanName([...characters.slice(0, NAME_LENGTH - ending.length), ...ending].join(''))
}

/** Programs, which nobody sends to a help desk for a good reason. */
const PROGRAMS: ReadonlySet<string> = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
  'application/x-ms-shortcut',
  'application/x-msi',
  'application/vnd.android.package-archive',
  'application/java-archive',
])
/** Endings that a desktop runs with a double click, whatever is inside. */
const RUNNABLE =
  /\.(?:apk|appx|bat|cmd|cpl|dll|exe|gadget|hta|jar|js|jse|lnk|msc|msi|msp|pif|ps1|reg|scr|vb|vbe|vbs|wsf)$/i
/** Endings that are names of the internet too, as in `offer from acme.com`: programs where they are scripts, and bytes of no kind. */
const RUNNABLE_TEXT = /\.(?:sh|ws)$/i
const RUNNABLE_BYTES = /\.(?:app|com|sh|ws)$/i

function isProgram(name: string, mediaType: string): boolean {
  if (PROGRAMS.has(mediaType) || RUNNABLE.test(name)) return true
  if (mediaType === 'text/plain') return RUNNABLE_TEXT.test(name)
  return mediaType === 'application/octet-stream' && RUNNABLE_BYTES.test(name)
}

/** Which text a text is, only its name tells. None that a browser would run. */
const TEXT_TYPES: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['tsv', 'text/tab-separated-values'],
  ['md', 'text/markdown'],
  ['json', 'application/json'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
  ['eml', 'message/rfc822'],
])

/** What is wrong with a file as such, or null. @param taken the only media types, `image/*` for all of a kind; empty for any. */
export function kindProblem(name: string, mediaType: string, taken: readonly string[]): string | null {
  if (isProgram(name, mediaType)) return 'Programs are not taken.'
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  const types = [mediaType, mediaType === 'text/plain' ? (TEXT_TYPES.get(ending) ?? mediaType) : mediaType]
  const isTaken = taken.some((each) =>
    types.some((type) => (each.endsWith('/*') ? type.startsWith(each.slice(0, -1)) : each === type)),
  )
  return taken.length === 0 || isTaken ? null : `Files of the type ${types[1]} are not taken.`
}

/** Types that a browser shows without running anything of them. Everything else is told as bytes of no known kind. */
const SHOWN: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'application/pdf',
  'audio/mpeg',
  'video/mp4',
])

/** The content type that a download is sent with. */
export function sentType(mediaType: string): string {
  if (mediaType === 'text/plain') return 'text/plain; charset=utf-8'
  return SHOWN.has(mediaType) ? mediaType : 'application/octet-stream'
}

/** What has a meaning in a path or in the header where a name stands, for one program or another (RFC 6266, appendix D). */
const UNSAFE = /[^ -~]+|["%*/:<>?\\|]/g

/** A name in letters of ASCII, for programs that read no others: as near to it as can be, with its ending. */
export function asciiName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(UNSAFE, '_')
  const ending = /\.[a-z0-9]+$/i.exec(plain)?.[0] ?? ''
  const isLegible = /[a-z0-9]/i.test(plain.slice(0, plain.length - ending.length))
  return plain === name || isLegible ? plain : `${NAMELESS}${ending}`
}

/** The files that a message is to have, as far as they were found. */
export interface FilesWanted {
  readonly ids: readonly string[]
  readonly uploads: ReadonlyMap<string, Upload>
  /** Files of other messages to pass on, by integer. */
  readonly forwarded: readonly number[]
  readonly forwardable: readonly Forwardable[]
  /** What all of them together may have at the most. */
  readonly messageBytes: number
}

/**
 * Refuses files that a user may not put on a message: unknown ones, another's, used ones, one twice, too many.
 *
 * @returns the files to pass on, each once.
 */
export function checkFiles(userId: string, wanted: FilesWanted): readonly Forwardable[] {
  const { ids, uploads, forwardable, messageBytes } = wanted
  const forwarded = [...new Set(wanted.forwarded)]
  const last = forwarded.length > 0 ? FORWARDED : ATTACHMENTS
  if (ids.length + forwarded.length > FILES_OF_A_MESSAGE)
    refuseField(last, 'too_long', `At most ${FILES_OF_A_MESSAGE} files.`, FILES_OF_A_MESSAGE)
  if (new Set(ids).size < ids.length) refuseField(ATTACHMENTS, 'not_allowed', 'Each file at most once.')
  const usable = ids.flatMap((id) => {
    const upload = uploads.get(id)
    return upload && upload.uploaderId === userId && upload.messageId === null ? upload : []
  })
  if (usable.length < ids.length) refuseUnknown()
  const passedOn = forwarded.map(
    (integer) => forwardable.find((file) => file.integer === integer) ?? refuseUnknownForwarded(),
  )
  const bytes = [...usable, ...passedOn].reduce((sum, { size }) => sum + size, 0)
  if (bytes > messageBytes) refuseField(last, 'too_large', `At most ${messageBytes} bytes together.`, messageBytes)
  return passedOn
}

const ATTACHMENTS = ['message', 'attachments']
const FORWARDED = ['message', 'forwarded_files']

/** No word of whether it is another's, used, or nothing at all. */
export function refuseUnknown(): never {
  return refuseField(ATTACHMENTS, 'unknown', 'There is no such file, or it cannot be used.')
}

/** No word of whether it is nothing, or out of sight. */
export function refuseUnknownForwarded(): never {
  return refuseField(FORWARDED, 'unknown', 'There is no such file on a message.')
}
