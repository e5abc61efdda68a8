/** What a dialect has of the topics of tickets. */
export interface DialectTopics {
  /** Who chooses topics by their ids, as help texts call them; absent where the vendor's words are fixed. */
  readonly choosers?: string
  /** Those that a fresh tenant starts with, offered in this dialect. */
  readonly fresh: readonly FreshTopic[]
}

export interface FreshTopic {
  /** Only where the vendor's documents name it; the others get what is free. */
  readonly id?: number
  readonly name: string
  /** The word that the vendor uses for it on the wire, where it is not chosen by id. */
  readonly word: string | null
}
