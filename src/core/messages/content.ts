import { createRequire } from 'node:module'
import type { FileLimits } from '../../storage/files.ts'
import { FILES_OF_A_MESSAGE } from '../attachments/rules.ts'
import { NO_ROOM, type Picture, type Room } from './html/pictures.ts'
import { fileAddress } from './html/safe.ts'
import { renderAside } from './html/threads.ts'
import type { NewMessage } from './message.ts'

/** The forms in which a message is kept. */
export interface Content {
  readonly format: 'text' | 'html'
  /** As it came in. */
  readonly original: string
  /** For search and for dialects that show text. */
  readonly plain: string
  /** Whether `plain` is the sender's own, and not made of the original. */
  readonly plainGiven: boolean
  /** What a browser may be given; null for plain text, which is escaped when shown. */
  readonly safeHtml: string | null
  /** Name and version of what made `safeHtml`. */
  readonly sanitizer: string | null
  /** By which rules `plain` and `safeHtml` were made: `RENDERING`, or 0 when they were made in haste; null for text. */
  readonly rendering: number | null
  /** Pictures of the HTML, which become files of the message under these ids. */
  readonly pictures: readonly NewPicture[]
}

/** A picture with the id that its file gets. */
export interface NewPicture extends Picture {
  readonly id: string
}

/**
 * The number of the rules by which HTML is rendered: counted up with every change of what `html/` or the sanitiser make of
 * a message. Messages of lower numbers are rendered again in the background (`jobs/renew-messages.ts`); 1 stands for all
 * that was made before there were numbers. `content.test.ts` tells who changes the rules and forgets it.
 */
export const RENDERING = 3
/** Of a message that had to be rendered in haste. */
export const IN_HASTE = 0

const { version } = createRequire(import.meta.url)('sanitize-html/package.json') as { version: string }
export const SANITIZER = `sanitize-html ${version}`

/** What of a message its forms are made of. */
export type Written = Pick<NewMessage, 'format' | 'text' | 'plain'>

/** Makes all forms of a message that came in. Text is itself; HTML is rendered, aside when it is long. */
export async function contentOf(
  { format, text, plain: given }: Written,
  { room = NO_ROOM, newId }: { readonly room?: Room; readonly newId: () => string },
): Promise<Content> {
  if (format === 'text') return plainContent(text)
  const { inHaste, pictures: found, ...made } = await renderAside({ text, format, room })
  if (made.format === 'text' || made.safeHtml === null) {
    const content = plainContent(text)
    return inHaste ? { ...content, rendering: IN_HASTE } : content
  }
  const pictures = found.map((picture) => ({ ...picture, id: newId() }))
  return {
    format: 'html',
    original: text,
    plain: given ?? made.plain,
    plainGiven: given !== undefined,
    safeHtml: withFiles(made.safeHtml, pictures),
    sanitizer: SANITIZER,
    rendering: inHaste ? IN_HASTE : RENDERING,
    pictures,
  }
}

function plainContent(text: string): Content {
  const none = { plainGiven: false, safeHtml: null, sanitizer: null, rendering: null, pictures: [] }
  return { format: 'text', original: text, plain: text, ...none }
}

/** Safe HTML with the places of pictures named by the ids of their files. */
export function withFiles(safeHtml: string, pictures: readonly { readonly id: string }[]): string {
  if (pictures.length === 0) return safeHtml
  return safeHtml.replace(/<img src="attachment:(\d+)"/g, (_, nth: string) => {
    return `<img src="${fileAddress(pictures[Number(nth)]?.id ?? '')}"`
  })
}

/** What files the pictures of a message may become, beside those that it names. */
export function roomFor(limits: FileLimits | undefined, message: NewMessage): Room {
  if (!limits) return NO_ROOM
  const named = (message.attachmentIds?.length ?? 0) + (message.forwardedFiles?.length ?? 0)
  return {
    files: Math.max(0, FILES_OF_A_MESSAGE - named),
    bytes: limits.messageBytes,
    fileBytes: limits.fileBytes,
    mediaTypes: limits.mediaTypes,
  }
}
