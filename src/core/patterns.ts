import { refuseField } from './errors.ts'

/**
 * What people look for by words is looked for in every row that is in sight, at a cost that grows with the words: so
 * until there is an index of words, these are few and short.
 */

/** Characters that may be looked for, blanks included. */
export const LONGEST_QUERY = 200
/** Words of one search: each is looked for in every ticket. */
export const MOST_WORDS = 20

/** Refuses what is too long to be looked for. @throws Refusal `invalid` (path `query`) */
export function demandShortQuery(query: string | undefined): void {
  if (query !== undefined && [...query].length > LONGEST_QUERY)
    refuseField(['query'], 'too_long', `At most ${LONGEST_QUERY} characters.`, LONGEST_QUERY)
}

/** Refuses more or longer words than may be looked for. @throws Refusal `invalid` (path `query`) */
export function demandFewWords(words: readonly string[]): void {
  if (words.length > MOST_WORDS) refuseField(['query'], 'too_long', `At most ${MOST_WORDS} words.`, MOST_WORDS)
  demandShortQuery(words.join(' '))
}

/** The pattern of `ilike` for texts that hold these very characters. */
export function patternOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
