import { refuseField } from './errors.ts'
import { composed, plainLetters } from './spelling.ts'

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

/** The pattern of `ilike` for texts that hold this one, where letters are composed. */
export function patternOf(text: string): string {
  return `%${composed(text).replace(/[\\%_]/g, '\\$&')}%`
}

/** Besides, the pattern of what is written in wide letters or another variant of letters; null where it is the same. */
export function plainPatternOf(text: string): string | null {
  const plain = patternOf(plainLetters(text))
  return plain === patternOf(text) ? null : plain
}

/** What names and addresses, which are kept composed, are compared with by `ilike any`. */
export function patternsOf(text: string): readonly string[] {
  const plain = plainPatternOf(text)
  return [patternOf(text), ...(plain === null ? [] : [plain])]
}

/**
 * Whether the letters of a text may be written in several ways, composed or apart (not as a mere sign for one, as of Ohm). For those of which none can, as in an
 * English or a Chinese word, texts are searched as they are, which takes a third of the time.
 */
export function isSpelledVariously(text: string): boolean {
  return composed(text) !== text || text.normalize('NFD') !== text
}

/** Whether a name holds what is looked for, whatever its letters are written like. */
export function holds(name: string, sought: string): boolean {
  return plainLetters(name).toLowerCase().includes(plainLetters(sought).toLowerCase())
}
