import type { Issue } from '../core/errors.ts'
import { readableText, textProblem } from '../core/text.ts'

/** Deeper than any request of ours; what nests further is an attack on whoever walks it. */
const MAXIMUM_DEPTH = 64

type Path = Issue['path']

/** Whether a string of a request, by its path, is a text that people wrote; everything else is a name or an id. */
export type IsText = (path: Path, root: unknown) => boolean

/** Fields that are texts, and whatever is inside of them, wherever in a request they are. */
export function texts(...names: readonly string[]): IsText {
  const known: ReadonlySet<string | number> = new Set(names)
  return (path) => path.some((name) => known.has(name))
}

const NONE: IsText = () => false

/**
 * Looks at every string of a parsed request, names and values. A text is made readable where it stands; of the others
 * those that hold control characters, or half a character, are returned, at most 20. Walks without recursion.
 */
export function readTexts(root: unknown, isText: IsText = NONE): readonly Issue[] {
  const issues: Issue[] = []
  const waiting: { readonly value: unknown; readonly path: Path }[] = [{ value: root, path: [] }]
  for (let next = waiting.pop(); next && issues.length < 20; next = waiting.pop()) {
    const { value: holder, path } = next
    if (typeof holder !== 'object' || holder === null || Buffer.isBuffer(holder)) continue
    if (path.length >= MAXIMUM_DEPTH) return [{ path: [], rule: 'type', message: 'Nested too deeply.' }]
    const isList = Array.isArray(holder)
    for (const [name, value] of Object.entries(holder)) {
      if (!isList && textProblem(name))
        issues.push({ path, rule: 'text', message: 'A field name must not contain control characters.' })
      const place = [...path, isList ? Number(name) : name]
      if (typeof value !== 'string') waiting.push({ value, path: place })
      else {
        const message = textProblem(value)
        if (message === null) continue
        if (isText(place, root)) replace(holder, name, readableText(value))
        else issues.push({ path: place, rule: 'text', message })
      }
    }
  }
  return issues
}

/** The first line of a text, as a title for what has none. */
export function firstLine(text: string): string {
  const [line = ''] = text.trim().split(/\r\n|\r|\n/, 1)
  return line
}

/** As many characters of a text as there may be: none of them is cut in half. */
export function charactersOf(text: string, most: number): string {
  return [...text].slice(0, most).join('')
}

/** Not by an assignment, which would do something else for a field called `__proto__`. */
function replace(holder: object, name: string, value: string): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
}
