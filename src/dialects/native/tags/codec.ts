import type { TagPage } from '../../../core/tags/queries.ts'
import type { Tag } from '../../../core/tags/tag.ts'
import { decodeLimit, decodePlace } from '../paging.ts'
import type { TagAnswer, TagListQuery } from './schema.ts'

/** @throws Refusal `invalid` */
export function decodeTagPage(query: TagListQuery): TagPage {
  const { q = '', coloured, sort = 'name' } = query
  const place = decodePlace(query)
  const after = place && { name: place.text, tickets: place.count }
  return { words: q, coloured: coloured === 'true', sort, after, limit: decodeLimit(query) }
}

export function encodeTag({ name, colour, description, tickets }: Tag, job: string | null = null): TagAnswer {
  return { name, colour, description, tickets, job }
}
