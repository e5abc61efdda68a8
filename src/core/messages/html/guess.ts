import { BLOCKS } from './elements.ts'
import { readMarkup } from './markup.ts'

/** Elements that are often written without an end: one of them is enough to tell. */
const WITHOUT_END: ReadonlySet<string> = new Set('br hr img p li'.split(' '))
/** What may be a character reference, and ends as it should. */
const REFERENCE = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi
/** How many different ones are looked at. */
const MOST_REFERENCES = 50

/**
 * Whether text that may be HTML is: it has an element that ends, one that needs no end, or one with attributes; or
 * character references. `Bob <bob@example.com>`, `List<String>`, `press <Ctrl>+<B>` and `a < b` are text.
 */
export function looksLikeHtml(text: string): boolean {
  if (!text.includes('<')) return hasReference(text)
  const open = new Set<string>()
  let isHtml = false
  readMarkup(text, {
    open({ name, attributes }) {
      if (isNobodys(name)) return
      isHtml ||= WITHOUT_END.has(name) || attributes.values().some((value) => value !== '')
      open.add(name)
    },
    close(name) {
      if (isNobodys(name)) return
      isHtml ||= name === 'br' || open.has(name) || BLOCKS.has(name)
    },
    text() {},
  })
  return isHtml || (open.size === 0 && hasReference(text))
}

/** An author's own element, or XML that somebody tells of. */
function isNobodys(name: string): boolean {
  return name.includes('-') || name.includes(':')
}

function hasReference(text: string): boolean {
  if (!text.includes('&')) return false
  const seen = new Set<string>()
  for (const [reference] of text.matchAll(REFERENCE)) {
    if (seen.size === MOST_REFERENCES) return false
    if (!seen.has(reference) && isReference(reference)) return true
    seen.add(reference)
  }
  return false
}

/** `&amp;` is one, `&Sons;` is not. */
function isReference(text: string): boolean {
  let decoded = ''
  readMarkup(text, {
    open() {},
    close() {},
    text(part) {
      decoded += part
    },
  })
  return decoded !== text
}
