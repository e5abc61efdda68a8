import { type Issue, refuse } from '../errors.ts'
import type { Upload } from './attachment.ts'

/** Characters of a name, as most file systems take at the most. */
const NAME_LENGTH = 200
/** Characters of an ending that is kept when a name is cut. */
const ENDING_LENGTH = 20
/** Files of one message. */
export const FILES_OF_A_MESSAGE = 20
const NAMELESS = 'file'

/** Controls, half surrogates, and what turns the direction of writing, by which `exe.txt` can be made to look like `txt.exe`. */
const UNSHOWN = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/**
 * A file's name as it is kept and shown: the last part of whatever path was sent, one line, no invisible characters,
 * never empty, of bounded length with its ending. It is only ever shown; files are kept under ids.
 */
export function cleanName(given: string): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const shown = last
    .replace(UNSHOWN, '')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
  const characters = [...shown]
  if (characters.length === 0) return NAMELESS
  if (characters.length <= NAME_LENGTH) return shown
  const dot = characters.lastIndexOf('.')
  const ending = dot > 0 && characters.length - dot <= ENDING_LENGTH ? characters.slice(dot) : []
  return [...characters.slice(0, NAME_LENGTH - ending.length), ...ending].join('').trim()
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
  /\.(?:apk|app|appx|bat|cmd|com|cpl|dll|exe|gadget|hta|jar|js|jse|lnk|msc|msi|msp|pif|ps1|reg|scr|sh|vb|vbe|vbs|ws|wsf)$/i

/** What is wrong with a file as such, or null. @param taken the only media types, `image/*` for all of a kind; empty for any. */
export function kindProblem(name: string, mediaType: string, taken: readonly string[]): string | null {
  if (PROGRAMS.has(mediaType) || RUNNABLE.test(name)) return 'Programs are not taken.'
  const isTaken = taken.some((each) =>
    each.endsWith('/*') ? mediaType.startsWith(each.slice(0, -1)) : each === mediaType,
  )
  return taken.length === 0 || isTaken ? null : `Files of the type ${mediaType} are not taken.`
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

/**
 * Refuses attachments that a user may not put on a message: unknown ones, another's, used ones, one twice, too many.
 *
 * @param messageBytes what all of them together may have at the most.
 */
export function checkAttachments(
  ids: readonly string[],
  userId: string,
  uploads: ReadonlyMap<string, Upload>,
  messageBytes: number,
): void {
  if (ids.length > FILES_OF_A_MESSAGE)
    refuseAttachments('too_long', `At most ${FILES_OF_A_MESSAGE} files.`, FILES_OF_A_MESSAGE)
  if (new Set(ids).size < ids.length) refuseAttachments('not_allowed', 'Each file at most once.')
  const usable = ids.flatMap((id) => {
    const upload = uploads.get(id)
    return upload && upload.uploaderId === userId && upload.messageId === null ? upload : []
  })
  if (usable.length < ids.length) refuseUnknown()
  const bytes = usable.reduce((sum, { size }) => sum + size, 0)
  if (bytes > messageBytes) refuseAttachments('too_large', `At most ${messageBytes} bytes together.`, messageBytes)
}

/** No word of whether it is another's, used, or nothing at all. */
export function refuseUnknown(): never {
  return refuseAttachments('unknown', 'There is no such file, or it cannot be used.')
}

function refuseAttachments(rule: Issue['rule'], message: string, limit?: number): never {
  const issue: Issue = { path: ['message', 'attachments'], rule, message, ...(limit !== undefined && { limit }) }
  return refuse({ code: 'invalid', issues: [issue] })
}
