import type { Context } from '../context.ts'
import type { SearchLanguage } from '../words.ts'
import { BESIDE, CANDIDATES, TEXTS } from './store.ts'
import { holds, keysOfTerm, type Sought, type Term, termOf, type Words, wordsOf } from './words.ts'

/** What words ask of a ticket. */
export interface Search {
  /** All of these have to be there. */
  readonly terms: readonly SearchTerm[]
  /** None of these may be there. */
  readonly without: readonly Term[]
}

/** One thing that is sought: words, or what may be the number of a ticket, or either. */
export interface SearchTerm {
  readonly term: Term | null
  readonly number: number | null
}

/** As far as PostgreSQL counts. */
const NUMBER = /^#?(\d{1,15})$/

/**
 * What some words ask, or that nothing can be found by them. A letter alone beside other words is no reason to find nothing.
 */
export function searchOf(
  language: SearchLanguage | null,
  words: readonly Sought[],
  without: readonly Sought[] = [],
): Search | 'nothing' {
  const sought = words.map((word) => {
    const [, digits] = NUMBER.exec(word.text.trim()) ?? []
    return { term: termOf(word, language), number: digits === undefined ? null : Number(digits) }
  })
  const terms = sought.filter(({ term, number }) => term !== null || number !== null)
  if (words.length > 0 && terms.length === 0) return 'nothing'
  return { terms, without: without.map((word) => termOf(word, language)).filter((term) => term !== null) }
}

/** The terms as statements take them. */
export function soughtTerms({ terms }: Pick<Search, 'terms'>) {
  return terms.map(({ term, number }) => ({ keys: term === null ? [] : keysOfTerm(term), number }))
}

/**
 * The integers of all tickets that may hold what is sought, whoever asks: a ticket that is not among them does not. Null
 * where these are more than `most`.
 */
export async function candidatesOf(
  ctx: Pick<Context, 'store' | 'tenant'>,
  search: Search,
  most: number,
): Promise<readonly number[] | null> {
  const { terms } = search
  if (terms.length === 0) return null
  const whole = await candidatesOfTerms(ctx, terms, most)
  if (whole !== null || terms.length === 1) return whole
  // Where one of the words names many people, another one may be rare by itself.
  for (const term of terms) {
    const found = await candidatesOfTerms(ctx, [term], most)
    if (found !== null) return found
  }
  return null
}

async function candidatesOfTerms(
  { store, tenant }: Pick<Context, 'store' | 'tenant'>,
  terms: readonly SearchTerm[],
  most: number,
): Promise<readonly number[] | null> {
  const sought = soughtTerms({ terms })
  const keys = [...new Set(sought.flatMap((each) => each.keys))]
  const areWords = sought.every((each) => each.keys.length > 0)
  const [said, [beside]] = await Promise.all([
    areWords ? store.run(CANDIDATES.with({ tenant_id: tenant.id, keys, limit: most + 1 })) : [],
    store.run(BESIDE.with({ tenant_id: tenant.id, terms: sought, limit: most })),
  ])
  if (said.length > most || !beside?.all) return null
  return [...new Set([...said.map(({ ticket }) => ticket), ...beside.tickets])]
}

/** A ticket that was found, as far as it is told whether it holds what is sought. */
export interface Found {
  readonly integer: number
  readonly number: number
}

/**
 * Those of some tickets that hold what is sought, each thing anywhere in what of the ticket the caller may read: title,
 * description, tags, reference, names and addresses on it and of its requester, its messages, and its notes on some desks.
 * A key is there also for a word that has gone, for another word by chance, or of a note: so the texts are read.
 */
export async function holding<Ticket extends Found>(
  { store, tenant }: Pick<Context, 'store' | 'tenant'>,
  { terms, without }: Search,
  tickets: readonly Ticket[],
  notesOn: readonly string[],
): Promise<readonly Ticket[]> {
  if (tickets.length === 0) return []
  const integers = tickets.map(({ integer }) => integer)
  const rows = await store.run(TEXTS.with({ tenant_id: tenant.id, tickets: integers, notes_on: notesOn }))
  const texts = new Map(rows.map((row) => [row.ticket, row.texts]))
  return tickets.filter((ticket) => {
    const said = texts.get(ticket.integer)
    if (said === undefined) return false
    const read = lazily(said)
    const isHeld = ({ term, number }: SearchTerm): boolean =>
      (number !== null && (number === ticket.integer || number === ticket.number)) ||
      (term !== null && read((words) => holds(words, term)))
    return terms.every(isHeld) && !without.some((term) => read((words) => holds(words, term)))
  })
}

/** Whether some text holds something: each is taken apart once, and only when it is come to. */
function lazily(texts: readonly string[]): (isThere: (words: Words) => boolean) => boolean {
  const read: Words[] = []
  return (isThere) =>
    texts.some((text, nth) => {
      read[nth] ??= wordsOf(text)
      return isThere(read[nth])
    })
}
