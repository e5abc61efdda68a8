/** How much there may be, and how much of it is held and answered at once (docs/decisions/0025-bounded-conversations.md). */
export interface Bounds {
  /** Characters of one message's text. HTML may be `MARKUP` times as long, with what it is rendered to. */
  readonly textCharacters: number
  /** Messages of one ticket. */
  readonly messages: number
  /** Bytes of texts in an answer that holds a whole conversation. */
  readonly answerBytes: number
  /** A page of a conversation ends with the message by which its texts come to so many bytes. */
  readonly pageBytes: number
}

/** What holds where no operator says otherwise: as `config.ts` has it. */
export const DEFAULT_BOUNDS: Bounds = {
  textCharacters: 262_144,
  messages: 10_000,
  answerBytes: 8_388_608,
  pageBytes: 1_048_576,
}

/** The bounds of a call. */
export function boundsOf({ bounds = DEFAULT_BOUNDS }: { readonly bounds?: Bounds }): Bounds {
  return bounds
}

/** How many times as long as its text HTML may be. */
export const MARKUP = 4

/** Characters of a ticket's description that lists and webhooks show. */
export const LISTED_CHARACTERS = 10_000

/** Characters of a description that are read where it is only needed for a title. */
export const TITLE_CHARACTERS = 1_000

/** Characters of texts that one call may write onto several tickets, all of them together. */
export const SPREAD_CHARACTERS = 33_554_432

/** Whether a text has more characters than that. */
export function isLonger(text: string, characters: number): boolean {
  // No character has more than two units, nor fewer than one.
  if (text.length <= characters) return false
  return text.length > 2 * characters || [...text].length > characters
}
