import { composed } from '../../spelling.ts'

/** Tags as they are kept, each once: letters written in several ways are one, and blanks around a tag are not part of it. */
export function distinct(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map(tagOf))].filter((tag) => tag !== '')
}

export function tagOf(text: string): string {
  return composed(text).trim()
}
