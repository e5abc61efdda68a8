import { createRequire } from 'node:module'
import { convert } from 'html-to-text'
import sanitizeHtml from 'sanitize-html'

/** The three forms in which a message is kept. */
export interface Content {
  readonly original: string
  /** For search and for dialects that show text. */
  readonly plain: string
  /** What a browser may be given; null for plain text, which is escaped when shown. */
  readonly safeHtml: string | null
  /** Name and version of the sanitiser that made `safeHtml`, so that old messages can be cleaned again. */
  readonly sanitizer: string | null
}

const { version } = createRequire(import.meta.url)('sanitize-html/package.json') as { version: string }
const SANITIZER = `sanitize-html ${version}`

/** Text formatting, lists, tables, links and images by https; no scripts, styles, forms or frames. */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [...sanitizeHtml.defaults.allowedTags, 'img'],
  allowedAttributes: {
    a: ['href', 'title'],
    img: ['src', 'alt', 'width', 'height'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['https'] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nestingLimit: 50,
}

/**
 * Text of a message as it came in, made into all forms that are kept.
 *
 * @param given the plain text of HTML, where its sender wrote one, as e-mail programs do. Text is plain by itself.
 */
export function contentOf(format: 'text' | 'html', original: string, given?: string): Content {
  if (format === 'text') return { original, plain: original, safeHtml: null, sanitizer: null }
  const safeHtml = sanitizeHtml(original, ALLOWED)
  return { original, plain: given ?? plainOf(safeHtml), safeHtml, sanitizer: SANITIZER }
}

function plainOf(safeHtml: string): string {
  // From the safe form: what was removed as dangerous is not shown as text either.
  const plain = convert(safeHtml, {
    wordwrap: false,
    limits: { maxDepth: 60, maxChildNodes: 10_000, maxInputLength: 2_000_000 },
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'img', format: 'skip' },
    ],
  })
  return plain.trim()
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Plain text as HTML that shows it unchanged: escaped, each line break kept. */
export function textAsHtml(text: string): string {
  const escaped = text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
  return `<p>${escaped.replace(/\r\n|\r|\n/g, '<br>')}</p>`
}
