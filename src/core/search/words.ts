/**
 * What a word is when tickets are searched: one form for all languages, made here alone, so that every PostgreSQL finds the
 * same. Case, marks and ways of writing a letter do not count. Forms of a word are known by its tenant's language, see `stems.ts`.
 */

import type { SearchLanguage } from '../words.ts'
import { commonBeginning, stemOf } from './stems.ts'

/** So much of one text is searched, in UTF-16 units. */
export const SEARCHED_CHARACTERS = 100_000

/** Letters that are no plain letter with a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', æ: 'ae', œ: 'oe', ı: 'i', ς: 'σ' },
}
/** Marks that may be left out; not those that make another letter of one, as in Devanagari and kana. */
const MARKS = /(?![\u3099\u309a])\p{Script=Inherited}|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]/gu
/** What is not seen. */
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/g

/** Most texts are of these alone once they are folded: what is known of them need not be asked of each letter. */
const IS_ASCII = /^[\0-\x7f]*$/

/** A text without what does not count. Twice the same as once. */
export function folded(text: string): string {
  if (IS_ASCII.test(text)) return text.toLowerCase()
  const lower = text.replace(UNSEEN, '').normalize('NFKC').toLowerCase().normalize('NFD').replace(MARKS, '')
  return lower.replace(/[ßøłđðþæœıς]/g, (letter) => LETTERS[letter] ?? letter).normalize('NFKC')
}

/** Scripts that put no spaces between words. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\u30fc'
const IS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u')
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu')
/** Letters and digits, also with signs between them: addresses, order numbers, amounts. */
const COMPOUNDS = /[\p{L}\p{N}\p{M}]+(?:(?:[-\u2010._@+'\u2019]|,(?=\p{N}))[\p{L}\p{N}\p{M}]+)*/gu
const PARTS = /[\p{L}\p{N}\p{M}]+/gu
/** What these two find in a folded text of ASCII. */
const ASCII_COMPOUNDS = /[a-z\d]+(?:(?:[-._@+']|,(?=\d))[a-z\d]+)*/g
const ASCII_PARTS = /[a-z\d]+/g
const HAS_SIGN = /[^a-z\d]/

/** The same in a text as it was written, in which there may be what is not seen. */
export const COMPOUND = new RegExp(
  COMPOUNDS.source.replaceAll('\\p{M}]', '\\p{M}\\u00ad\\u200b-\\u200d\\u2060\\ufeff]'),
  'gu',
)

/** What was written without a space. */
interface Piece {
  /** Its words, in their order. */
  readonly parts: readonly string[]
  /** What it is without its signs, whole and on each side of an `@`: empty for what has none. */
  readonly joined: readonly string[]
}

function piecesOf(text: string, isSought: boolean): readonly Piece[] {
  const searched = folded(text.slice(0, SEARCHED_CHARACTERS))
  if (IS_ASCII.test(searched)) return (searched.match(ASCII_COMPOUNDS) ?? []).map(pieceOfAscii)
  return (searched.match(COMPOUNDS) ?? []).map((compound) => {
    if (IS_ASCII.test(compound)) return pieceOfAscii(compound)
    const words = compound.match(PARTS) ?? []
    const parts = words.flatMap((word) => (word.match(RUNS) ?? []).flatMap((run) => wordsOfRun(run, isSought)))
    if (words.length < 2 || IS_UNSPACED.test(compound)) return { parts, joined: [] }
    return { parts, joined: joinedOf(compound, PARTS) }
  })
}

function pieceOfAscii(compound: string): Piece {
  if (!HAS_SIGN.test(compound)) return { parts: [compound], joined: [] }
  const parts = compound.match(ASCII_PARTS) ?? []
  return { parts, joined: parts.length < 2 ? [] : joinedOf(compound, ASCII_PARTS) }
}

function joinedOf(compound: string, partsOfIt: RegExp): readonly string[] {
  const sides = compound.split('@')
  const joined = sides.length === 1 ? sides : [compound, ...sides]
  return joined.map((side) => (side.match(partsOfIt) ?? []).join(''))
}

/** Where no space tells words, each two characters are one; the last one stands alone too, where it is looked for in. */
function wordsOfRun(run: string, isSought: boolean): readonly string[] {
  if (!IS_UNSPACED.test(run)) return [run]
  const characters = [...run]
  const pairs = characters.map((character, nth) => character + (characters[nth + 1] ?? ''))
  return isSought && pairs.length > 1 ? pairs.slice(0, -1) : pairs
}

/** A text as it is looked through. */
export interface Words {
  /** Its words, in their order. */
  readonly sequence: readonly string[]
  /** These, and what is written with signs without them. */
  readonly all: ReadonlySet<string>
}

/** The words of a text. */
export function wordsOf(text: string): Words {
  const pieces = piecesOf(text, false)
  const sequence = pieces.flatMap(({ parts }) => parts)
  return { sequence, all: new Set([...sequence, ...pieces.flatMap(({ joined }) => joined)]) }
}

/** Something to be found: a word, a beginning of one, or words one after another. */
export interface Sought {
  readonly text: string
  readonly kind: 'word' | 'prefix' | 'phrase'
}

/** What is sought, read. */
export interface Term {
  /** Words one after another; one alone may also be one without its signs. */
  readonly sequence: readonly string[]
  /** Whether the last one may go on. */
  readonly isOpen: boolean
  /** Of a word alone: its other forms are sought, too. */
  readonly forms?: Forms
}

/** Forms of a word: words of its stem that begin alike. One that begins otherwise is not found by it, as `went` is not by `go`. */
interface Forms {
  readonly language: SearchLanguage
  readonly stem: string
  /** A beginning that has a key. */
  readonly beginning: string
}

/**
 * Reads what is sought: null where there is no word in it that could be found. With a language a word is found in its other
 * forms, too; a phrase is what it is.
 */
export function termOf({ text, kind }: Sought, language: SearchLanguage | null): Term | null {
  const pieces = piecesOf(text, true)
  const [first] = pieces
  const whole = first?.joined[0]
  const sequence =
    pieces.length === 1 && whole !== undefined && kind !== 'phrase' ? [whole] : pieces.flatMap(({ parts }) => parts)
  const last = sequence.at(-1)
  if (last === undefined) return null
  const isOpen = isLoneCharacter(last) || (kind === 'prefix' && beginningOf(last) !== null)
  const forms = language === null || kind === 'phrase' || sequence.length > 1 ? null : formsOf(last, language)
  const term = { sequence, isOpen, ...(forms && { forms }) }
  return keysOfTerm(term).length === 0 ? null : term
}

function formsOf(word: string, language: SearchLanguage): Forms | null {
  const stem = stemOf(word, language)
  if (stem === null) return null
  const beginning = beginningOf(commonBeginning(word, stem))
  return beginning === null ? null : { language, stem, beginning }
}

const isForm = (word: string, { language, stem, beginning }: Forms): boolean =>
  word.startsWith(beginning) && stemOf(word, language) === stem

/** Whether a text holds what is sought. */
export function holds({ sequence, all }: Words, term: Term): boolean {
  const [first, ...more] = term.sequence
  if (first === undefined) return false
  if (more.length === 0) {
    const { isOpen, forms } = term
    if (!isOpen && !forms) return all.has(first)
    return [...all].some((word) => (isOpen ? word.startsWith(first) : word === first) || (forms && isForm(word, forms)))
  }
  const last = term.sequence.length - 1
  return sequence.some((_, from) =>
    term.sequence.every((word, nth) => {
      const there = sequence[from + nth]
      return nth === last && term.isOpen ? there?.startsWith(word) : there === word
    }),
  )
}

/** How long the beginnings are that have a key, in characters: what is longer is looked for by the longest of them. */
const BEGINNINGS = [3, 5, 8]

function isLoneCharacter(word: string): boolean {
  return [...word].length === 1 && IS_UNSPACED.test(word)
}

/** The longest beginning of a word that has a key, where any has. */
function beginningOf(word: string): string | null {
  return beginningsOf(word).at(-1) ?? null
}

function beginningsOf(word: string): readonly string[] {
  if (IS_ASCII.test(word))
    return BEGINNINGS.filter((length) => length <= word.length).map((length) => word.slice(0, length))
  const characters = [...word.slice(0, 32)]
  if (IS_UNSPACED.test(word)) return characters.slice(0, 1)
  return BEGINNINGS.filter((length) => length <= characters.length).map((length) =>
    characters.slice(0, length).join(''),
  )
}

/** A letter or digit alone is in nearly everything, and has no key. */
const hasKey = (word: string): boolean => word.length > 1 || IS_UNSPACED.test(word)

/** The keys by which texts are found: of every word, and of its beginnings. */
export function keysOf(texts: readonly string[]): readonly number[] {
  const words = new Set<string>()
  // The description of a ticket is what its first message says.
  for (const text of new Set(texts))
    for (const { parts, joined } of piecesOf(text, false)) {
      for (const word of parts) words.add(word)
      for (const word of joined) words.add(word)
    }
  const keys = new Set<number>()
  for (const word of words) {
    if (!hasKey(word)) continue
    keys.add(keyOf(word))
    for (const beginning of beginningsOf(word)) keys.add(keyOfBeginning(beginning))
  }
  return [...keys]
}

/** The keys that every text has which holds what is sought. */
export function keysOfTerm({ sequence, isOpen, forms }: Term): readonly number[] {
  if (forms) return [keyOfBeginning(forms.beginning)]
  const open = isOpen ? sequence.at(-1) : undefined
  const beginning = open === undefined ? null : beginningOf(open)
  const whole = open === undefined ? sequence : sequence.slice(0, -1)
  return [...whole.filter(hasKey).map(keyOf), ...(beginning === null ? [] : [keyOfBeginning(beginning)])]
}

const keyOfBeginning = (beginning: string): number => keyOf(`^${beginning}`)

/**
 * 40 bits of a word. They are kept, so they must never change. Two words of one key cost a look at a text, no more.
 *
 * Two FNV-1a of 32 bits, each mixed as MurmurHash3 ends.
 */
export function keyOf(word: string): number {
  let high = 0x811c9dc5
  let low = 0x9e3779b1
  for (let at = 0; at < word.length; at += 1) {
    const unit = word.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x01000193)
    low = Math.imul(low ^ unit, 0x85ebca6b)
  }
  return (mixed(high) & 0xff) * 0x1_0000_0000 + mixed(low)
}

function mixed(bits: number): number {
  let mix = bits
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return (mix ^ (mix >>> 16)) >>> 0
}
