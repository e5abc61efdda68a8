import { CATALOGUE_DEFAULTS, type CatalogueDefaults } from '../core/catalogue/defaults.ts'
import { PROFILES } from './profiles.ts'

/** What a fresh tenant starts with: the core's catalogue, and the topics of every dialect. */
export const FRESH_CATALOGUE: CatalogueDefaults = { ...CATALOGUE_DEFAULTS, topics: freshTopics() }

function freshTopics(): CatalogueDefaults['topics'] {
  const topics = PROFILES.flatMap(({ name, topics }) =>
    (topics?.fresh ?? []).map((topic) => ({ ...topic, offered_in: [name] })),
  )
  const given = topics.flatMap(({ id }) => id ?? [])
  let last = Math.max(0, ...given)
  return topics.map((topic) => ({ ...topic, id: topic.id ?? ++last })).sort((one, other) => one.id - other.id)
}

/** What a desk is to each vendor, as help texts say it. */
export const DESKS = PROFILES.flatMap(({ desk }) => desk ?? []).join(', ')
