/** Text that is safe to stand in a page as it is. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** As for messages (`core/messages/content.ts`): five characters are not worth an arrow from here into the core. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

type Piece = string | Html | readonly Html[]

/** Writes a page: what is put into the template is escaped, unless it is HTML by this template itself. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(parts.reduce((page, part, at) => `${page}${written(pieces[at - 1] ?? '')}${part}`))
}

function written(piece: Piece): string {
  if (piece instanceof Html) return piece.text
  if (typeof piece !== 'string') return piece.map(({ text }) => text).join('')
  return piece.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
