import { looksLikeHtml } from './guess.ts'
import { gatherPictures, type Picture, type Room } from './pictures.ts'
import { plainOf } from './plain.ts'
import { escaped, safeHtmlOf } from './safe.ts'
import { survey } from './survey.ts'

/** Words of a message that are HTML, or may be. */
export interface Written {
  readonly text: string
  /** `either`: HTML if it looks like that, else text. */
  readonly format: 'html' | 'either'
  /** What files its pictures may become. */
  readonly room: Room
}

/** The forms of what was written. Files are named by their place among `pictures` (`fileAddress`). */
export interface Rendered {
  readonly format: 'text' | 'html'
  readonly plain: string
  /** Null for text. */
  readonly safeHtml: string | null
  readonly pictures: readonly Picture[]
}

/** Makes all forms: pure, and in time that grows with the length only. */
export async function render({ text, format, room }: Written): Promise<Rendered> {
  if (format === 'either' && !looksLikeHtml(text)) return { format: 'text', plain: text, safeHtml: null, pictures: [] }
  const known = survey(text)
  const { shown, pictures } = await gatherPictures(known.data, room)
  return { format: 'html', plain: plainOf(text, known, shown), safeHtml: safeHtmlOf(text, known, shown), pictures }
}

/**
 * What is kept when there is no time for more: the words between the tags, each tag a line end. Words in angle brackets
 * are told from tags when there is time again.
 */
export function renderInHaste({ text, format }: Pick<Written, 'text' | 'format'>): Rendered {
  if (format === 'either') return { format: 'text', plain: text, safeHtml: null, pictures: [] }
  const pieces: string[] = []
  let from = 0
  while (from < text.length) {
    const start = text.indexOf('<', from)
    const end = start === -1 ? -1 : text.indexOf('>', start)
    if (end === -1) break
    pieces.push(text.slice(from, start))
    from = end + 1
  }
  pieces.push(text.slice(from))
  const plain = pieces
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .join('\n')
  return { format: 'html', plain, safeHtml: `<pre>${escaped(plain)}</pre>`, pictures: [] }
}
