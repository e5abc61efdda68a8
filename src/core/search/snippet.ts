import { COMPOUND, holds, type Term, wordsOf } from './words.ts'

/** A piece of a text that holds something sought, without any markup. */
export interface Fragment {
  readonly text: string
  /** Where in it what was sought is, in UTF-16 units, in their order and apart. */
  readonly marks: readonly Mark[]
}

export interface Mark {
  readonly at: number
  readonly length: number
}

/** Characters of a fragment, about. */
const LONG = 160
/** So many of them before the first mark. */
const BEFORE = 40
const ELLIPSIS = '…'

/** A piece of a text around the first of some terms, or null where none is in it. */
export function fragmentOf(text: string, terms: readonly Term[]): Fragment | null {
  const words = [...text.matchAll(COMPOUND)].map((match) => ({ from: match.index, to: match.index + match[0].length }))
  const first = words.findIndex((_, nth) => endOf(text, words, nth, terms) !== null)
  const start = words[first]
  if (!start) return null
  const from = words.find(({ from }) => from >= start.from - BEFORE)?.from ?? start.from
  const to = cutBefore(text, from + LONG)
  const marks: Mark[] = []
  for (let nth = first; nth < words.length; nth += 1) {
    const word = words[nth]
    if (!word || word.from >= to) break
    const end = endOf(text, words, nth, terms)
    if (end === null) continue
    marks.push({ at: word.from, length: Math.min(end, to) - word.from })
    while ((words[nth + 1]?.from ?? end) < end) nth += 1
  }
  const head = from > 0 ? ELLIPSIS : ''
  // As many characters as there were, so that the marks stay where they are.
  const shown = text.slice(from, to).replace(/\s/g, ' ')
  return {
    text: head + shown + (to < text.length ? ELLIPSIS : ''),
    marks: marks.map(({ at, length }) => ({ at: at - from + head.length, length })),
  }
}

interface Span {
  readonly from: number
  readonly to: number
}

/** Where a term ends that begins with a word. */
function endOf(text: string, words: readonly Span[], nth: number, terms: readonly Term[]): number | null {
  const from = words[nth]?.from ?? 0
  for (const term of terms)
    for (const { to } of words.slice(nth, nth + term.sequence.length)) {
      const read = wordsOf(text.slice(from, to))
      // What only holds it further on does not begin here.
      if (!holds(read, term)) continue
      if (to === words[nth]?.to || read.sequence[0]?.startsWith(term.sequence[0] ?? '')) return to
    }
  return null
}

/** A place at most there that cuts no character in two. */
function cutBefore(text: string, at: number): number {
  if (at >= text.length) return text.length
  return /[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at - 1 : at
}
