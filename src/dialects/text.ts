import type { Issue } from '../core/errors.ts'

/** Deeper than any request of ours; what nests further is an attack on whoever walks it. */
const MAXIMUM_DEPTH = 64
/** Control characters but tab, line feed and carriage return (Unicode category Cc). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

/** What is wrong with a string as text, or null. PostgreSQL could not even store half a surrogate pair or a NUL. */
function textProblem(value: string): string | null {
  if (CONTROL.test(value)) return 'Must not contain control characters.'
  return value.isWellFormed() ? null : 'Must be well-formed Unicode.'
}

/** Every string of a parsed request (names and values) that is not text; at most 20. Walks without recursion. */
export function textIssues(root: unknown): readonly Issue[] {
  const issues: Issue[] = []
  const waiting: { readonly value: unknown; readonly path: readonly (string | number)[] }[] = [
    { value: root, path: [] },
  ]
  for (let next = waiting.pop(); next && issues.length < 20; next = waiting.pop()) {
    const { value, path } = next
    if (typeof value === 'string') {
      const message = textProblem(value)
      if (message) issues.push({ path, rule: 'text', message })
    } else if (Array.isArray(value)) {
      if (path.length >= MAXIMUM_DEPTH) return [{ path: [], rule: 'type', message: 'Nested too deeply.' }]
      value.forEach((each, index) => {
        waiting.push({ value: each, path: [...path, index] })
      })
    } else if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
      if (path.length >= MAXIMUM_DEPTH) return [{ path: [], rule: 'type', message: 'Nested too deeply.' }]
      for (const [name, each] of Object.entries(value)) {
        if (textProblem(name))
          issues.push({ path, rule: 'text', message: 'A field name must not contain control characters.' })
        waiting.push({ value: each, path: [...path, name] })
      }
    }
  }
  return issues
}
