/** The colours that a tag can have: words, so that each console shows them as it can be read there. */
export const COLOURS = ['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink', 'brown'] as const
export type Colour = (typeof COLOURS)[number]

/** What tickets are tagged with. One is there because a ticket has it, or because somebody described it. */
export interface Tag {
  readonly name: string
  readonly colour: Colour | null
  readonly description: string
  /** How many tickets have it. */
  readonly tickets: number
  /** Whether it is there also while no ticket has it. */
  readonly kept: boolean
}

/** What is to be said of a tag; absent stays as it is. */
export interface TagWords {
  readonly colour?: Colour | null
  readonly description?: string
}

/** How many tags of a tenant are described at the most, and how many names that lead to others it remembers. */
export const MOST_TAGS = 1_000
export const LONGEST_TAG = 100
export const LONGEST_TAG_DESCRIPTION = 1_000

/** In which order tags are listed: by name, or those that most tickets have before the others. */
export const TAG_SORTS = ['name', '-tickets'] as const
export type TagSort = (typeof TAG_SORTS)[number]
