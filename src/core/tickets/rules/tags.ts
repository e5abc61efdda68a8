import type { TagWay } from '../../catalogue/tenant.ts'
import { composed } from '../../spelling.ts'

/** Tags as they are kept, each once: letters written in several ways are one, and blanks around a tag are not part of it. */
export function distinct(tags: readonly string[], ways: readonly TagWay[] = []): readonly string[] {
  return [...new Set(tags.map((tag) => ledTo(tagOf(tag), ways)))].filter((tag) => tag !== '')
}

export function tagOf(text: string): string {
  return composed(text).trim()
}

/** What a tag is called by now. Whatever somebody renames to leads nowhere, so that no way comes back to its beginning. */
export function ledTo(tag: string, ways: readonly TagWay[]): string {
  let name = tag
  for (const _ of ways) {
    const way = ways.find((each) => each.name === name)
    if (way === undefined) return name
    name = way.leadsTo
  }
  return name
}

/** All names that mean the same as a tag, with its own: tickets may still have an earlier one. */
export function namesOf(tag: string, ways: readonly TagWay[]): readonly string[] {
  const name = ledTo(tag, ways)
  return [name, ...ways.filter((way) => ledTo(way.name, ways) === name).map((way) => way.name)]
}
