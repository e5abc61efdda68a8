import type { BoundStatement } from '../../storage/statement.ts'
import { LISTED_CHARACTERS } from '../bounds.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { may, reachesDesk, sightOf } from '../identity/actor.ts'
import { demandFewWords } from '../patterns.ts'
import { candidatesOf, holding, type Search, searchOf, soughtTerms } from '../search/match.ts'
import { type Snippet, snippetsOf } from '../search/snippets.ts'
import type { Sought } from '../search/words.ts'
import { addressKey } from '../spelling.ts'
import { withPeople } from '../tickets/queries/list.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Conditions } from './conditions.ts'
import { parseQuery } from './parse.ts'
import type { Mistake } from './query.ts'
import { addressesIn, resolveQuery } from './resolve.ts'
import {
  countOfQuery,
  type Exact,
  fewestOf,
  narrowed,
  PEOPLE_BY_EMAIL,
  pageOfQuery,
  type QueriedRow,
  type Reader,
  type WordsAsked,
} from './store.ts'

export const QUERY_SORTS = ['created', 'updated', 'priority', 'latest_message'] as const
export type QuerySort = (typeof QUERY_SORTS)[number]

/** A place in an order: what it is sorted by there, and the ticket. */
export interface QueryCursor {
  readonly key: string
  readonly id: string
  /** Whether the page ends before it, and not begins after it. */
  readonly isBack: boolean
  /** Whether it is among those that come first because they are what was meant. */
  readonly isExact: boolean
}

export interface QueryPage {
  readonly sort: QuerySort
  readonly descending: boolean
  readonly cursor: QueryCursor | null
  readonly limit: number
}

/** What a query text means to whoever asks, or where it is wrong. */
export type ReadQuery = { readonly conditions: Conditions } | { readonly mistake: Mistake }

export async function readQuery(ctx: Context, text: string): Promise<ReadQuery> {
  const [read] = await readQueries(ctx, [text])
  return read ?? { conditions: {} }
}

/** The same of several texts, whose people are looked up together. */
export async function readQueries(ctx: Context, texts: readonly string[]): Promise<readonly ReadQuery[]> {
  const parsed = texts.map(parseQuery)
  const people = await peopleBy(ctx, [
    ...new Set(parsed.flatMap((each) => ('query' in each ? addressesIn(each.query, ctx.tenant) : []))),
  ])
  const desks = ctx.tenant.desks.filter(({ id }) => reachesDesk(ctx.actor, id))
  const meaning = { tenant: ctx.tenant, desks, userId: ctx.actor.user.id, now: ctx.now, people }
  return parsed.map((each) => ('query' in each ? resolveQuery(each.query, meaning) : each))
}

/**
 * What a query text means.
 *
 * @param field what the text is called, for its mistake.
 * @throws Refusal `invalid`, with the place of the mistake.
 */
export async function demandQuery(ctx: Context, text: string, field: string): Promise<Conditions> {
  const read = await readQuery(ctx, text)
  if ('conditions' in read) return read.conditions
  const { at, length, expected } = read.mistake
  const message = `Expected ${expected}, at character ${at + 1}.`
  const place = { at, length, expected }
  return refuse({ code: 'invalid', issues: [{ path: [field], rule: 'format', message, place }] })
}

/** The people behind addresses: for who may not read users nobody but themselves, so that nobody can be guessed. */
async function peopleBy(ctx: Context, addresses: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { user } = ctx.actor
  const own = user.email === null ? null : addressKey(user.email)
  const keys = new Map(addresses.map((address) => [address, addressKey(address)]))
  const asked = isReaderOfUsers(ctx) ? [...keys.values()] : []
  const rows =
    asked.length === 0 ? [] : await ctx.store.run(PEOPLE_BY_EMAIL.with({ tenant_id: ctx.tenant.id, keys: asked }))
  const ids = new Map(rows.map(({ id, email_key }) => [email_key, id]))
  const idOf = (key: string): string | undefined => (key === own ? user.id : ids.get(key))
  return new Map(
    [...keys].flatMap(([address, key]) => {
      const id = idOf(key)
      return id === undefined ? [] : [[address, id] as const]
    }),
  )
}

function isReaderOfUsers({ actor, tenant }: Context): boolean {
  return tenant.desks.some(({ id }) => may(actor, 'user.read', id))
}

/** So many tickets, by words or by a condition, are looked for by themselves; more by walking through the order. */
const MOST_AMONG = 2_000
/** So many tickets are read for words at a time: of a phrase that nobody said each word may be in all. */
const MOST_READ = 1_000
/** As far as tickets with words are counted: each has to be read. */
const COUNTED_WITH_WORDS = 100

/**
 * A page of the tickets in sight that meet some conditions, in an order, with the places before and after it. A ticket that
 * moves in the order meanwhile may be met again or missed; none that stays where it is. Whose number or address is all that
 * is asked for comes before the others. A page may end early, where many tickets had to be read: `next` goes on from there.
 *
 * @param most as many tickets as are looked for by themselves: what is found is the same with any.
 * @param reads as many tickets as are read for words.
 * @throws Refusal `forbidden`, `invalid` (path `query`) for more words than may be looked for.
 */
export async function queryTickets(
  ctx: Context,
  conditions: Conditions,
  page: QueryPage,
  most = MOST_AMONG,
  reads = MOST_READ,
): Promise<{
  readonly tickets: readonly Ticket[]
  readonly next: QueryCursor | null
  readonly previous: QueryCursor | null
}> {
  const characters = LISTED_CHARACTERS
  const lookup = await lookupOf(ctx, conditions, most)
  const wanted = { ...page, limit: page.limit + 1 }
  const { found, end } = lookup === null ? NOTHING : await read(ctx, lookup, wanted, { characters, reads })
  const isBack = page.cursor?.isBack ?? false
  const isMore = found.length > page.limit
  const shown = found.slice(0, page.limit)
  if (isBack) shown.reverse()
  const [first, last] = [shown[0], shown.at(-1)]
  return {
    tickets: await withPeople(
      ctx,
      shown.map(({ row }) => row),
      characters,
    ),
    // Where one came from there is something, or was a moment ago.
    next: isBack || isMore ? (last ? placeOf(last, false) : null) : end,
    previous: isBack && !isMore ? end : (isBack || page.cursor !== null) && first ? placeOf(first, true) : null,
  }
}

interface FoundRow {
  readonly row: QueriedRow
  readonly isExact: boolean
}

function placeOf({ row: { sort_key: key, id }, isExact }: FoundRow, isBack: boolean): QueryCursor {
  return { key, id, isBack, isExact }
}

/**
 * The next tickets in sight that meet some conditions, without their descriptions, in the order in which they were opened.
 *
 * @param after the integer of the ticket before.
 * @returns `next`: the integer to go on after, null at the end. @throws Refusal as `queryTickets`
 */
export async function walkTickets(
  ctx: Context,
  conditions: Conditions,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ readonly tickets: readonly Ticket[]; readonly next: number | null }> {
  const lookup = await lookupOf(ctx, conditions, MOST_AMONG)
  if (lookup === null) return { tickets: [], next: null }
  const cursor = { key: String(after), id: ctx.tenant.id, isBack: false, isExact: false }
  const page: QueryPage = { sort: 'created', descending: false, cursor, limit }
  const { found, end } = await read(ctx, { ...lookup, exact: null }, page, { characters: 0, reads: MOST_READ })
  const rows = found.map(({ row }) => row)
  const tickets = await withPeople(ctx, rows, 0)
  const last = rows.length >= limit ? rows.at(-1) : undefined
  return { tickets, next: last?.integer ?? (end === null ? null : Number(end.key)) }
}

/** So many pages are read where all tickets are wanted: words that are in more of them are too common. */
const MOST_PAGES = 40

/**
 * The ids of all tickets in sight that meet some conditions, the oldest first. Null where these are more than `limit`, or
 * where so many have to be read for words that it cannot be told. @throws Refusal as `queryTickets`
 */
export async function idsOfTickets(
  ctx: Context,
  conditions: Conditions,
  limit: number,
  most = MOST_AMONG,
): Promise<readonly string[] | null> {
  const lookup = await lookupOf(ctx, conditions, most)
  if (lookup === null) return []
  const ids: string[] = []
  let cursor: QueryCursor | null = null
  for (let page = 1; page <= MOST_PAGES; page++) {
    const part: QueryPage = { sort: 'created', descending: false, cursor, limit: MOST_READ }
    const reading = await read(ctx, lookup, part, { characters: 0, reads: MOST_READ })
    ids.push(...reading.found.map(({ row }) => row.id))
    if (ids.length > limit) return null
    const last = reading.found.at(-1)
    cursor = reading.found.length >= MOST_READ && last ? placeOf(last, false) : reading.end
    if (cursor === null) return ids
  }
  return null
}

/** Of each of some tickets that a query found, where its words are said: as much as the caller may read. */
export async function snippetsFor(
  ctx: Context,
  conditions: Conditions,
  tickets: readonly Ticket[],
): Promise<ReadonlyMap<string, Snippet>> {
  const search = searchOf(ctx.tenant.searchLanguage, conditions.words ?? [])
  return search === 'nothing' ? new Map() : snippetsOf(ctx, search, tickets, readerOf(ctx, conditions).notesOn)
}

export interface TicketCount {
  readonly count: number
  /** Whether there are more than were counted. */
  readonly more: boolean
}

/**
 * How many tickets in sight meet some conditions, up to a limit. Those with words are counted less far. @throws Refusal as
 * `queryTickets`
 */
export async function countTickets(
  ctx: Context,
  conditions: Conditions,
  limit: number,
  most = MOST_AMONG,
): Promise<TicketCount> {
  const [counted = { count: 0, more: false }] = await countEach(ctx, [conditions], limit, most)
  return counted
}

/** The same of several conditions, all that have no words asked in two round trips. */
export async function countEach(
  ctx: Context,
  each: readonly Conditions[],
  limit: number,
  most = MOST_AMONG,
): Promise<readonly TicketCount[]> {
  const readers = each.map((conditions) => readerOf(ctx, conditions))
  const plain = each.flatMap((conditions, at) => {
    const reader = readers[at]
    return reader && !hasWords(conditions) ? [{ at, reader, conditions }] : []
  })
  const [counts, found] = await Promise.all([
    countPlain(ctx, plain, limit + 1, most),
    Promise.all(each.map((conditions) => (hasWords(conditions) ? countFound(ctx, conditions, limit, most) : null))),
  ])
  const known = new Map(plain.map(({ at }, nth) => [at, upTo(limit, counts[nth] ?? 0)]))
  return each.map((_, at) => found[at] ?? known.get(at) ?? { count: 0, more: false })
}

function upTo(limit: number, count: number): TicketCount {
  return { count: Math.min(count, limit), more: count > limit }
}

async function countPlain(
  { store }: Context,
  each: readonly { readonly reader: Reader; readonly conditions: Conditions }[],
  limit: number,
  most: number,
): Promise<readonly number[]> {
  const narrows = each.map(({ reader, conditions }) => narrowed(reader, conditions, most))
  const rows = [
    ...(await together(
      store,
      narrows.filter((narrow) => narrow !== null),
    )),
  ]
  const counts = each.map(({ reader, conditions }, at) => {
    const narrow = narrows[at] ? rows.shift() : undefined
    return countOfQuery(reader, conditions, fewestOf(narrow?.[0], most), limit)
  })
  return (await together(store, counts)).map(([row]) => row?.count ?? 0)
}

async function together<Row>({ database }: Context['store'], bounds: readonly BoundStatement<Row>[]) {
  return bounds.length === 0 ? [] : database.pipeline(bounds)
}

async function countFound(ctx: Context, conditions: Conditions, wanted: number, most: number): Promise<TicketCount> {
  const limit = Math.min(wanted, COUNTED_WITH_WORDS)
  const page = { sort: 'created', descending: true, cursor: null, limit: limit + 1 } as const
  const lookup = await lookupOf(ctx, conditions, most)
  if (lookup === null) return upTo(limit, 0)
  const { found, end } = await read(ctx, lookup, page, { characters: 0, reads: MOST_READ })
  const { count, more } = upTo(limit, found.length)
  return { count, more: more || end !== null }
}

function hasWords({ words = [], notWords = [] }: Conditions): boolean {
  return words.length + notWords.length > 0
}

/** What is to be looked for, and where. */
interface Lookup {
  readonly reader: Reader
  readonly conditions: Conditions
  /** What the words ask, where there are any. */
  readonly search: Search | null
  readonly exact: Exact | null
  /** Among these tickets alone; null for all. */
  readonly among: readonly number[] | null
  /** What of the words the statement has to look at: nothing where all candidates are known to have their keys. */
  readonly terms: WordsAsked['terms']
}

/** Where it is best to look for tickets: among those that are few by words or by a condition. Null where there are none. */
async function lookupOf(ctx: Context, conditions: Conditions, most: number): Promise<Lookup | null> {
  const reader = readerOf(ctx, conditions)
  const { words = [], notWords = [] } = conditions
  const search = hasWords(conditions) ? searchOf(ctx.tenant.searchLanguage, words, notWords) : null
  if (search === 'nothing') return null
  const narrow = narrowed(reader, conditions, most)
  const [rows, candidates] = await Promise.all([
    narrow === null ? [] : ctx.store.run(narrow),
    search === null ? null : candidatesOf(ctx, search, most),
  ])
  const filtered = fewestOf(rows[0], most)
  const isByWords = candidates !== null && (filtered === null || candidates.length <= filtered.length)
  return {
    ...{ reader, conditions, search },
    exact: search === null ? null : exactOf(search, words),
    among: isByWords ? candidates : filtered,
    terms: search === null ? [] : soughtTerms(search),
  }
}

/** The one word that is a number, or an address. */
function exactOf({ terms }: Search, words: readonly Sought[]): Exact | null {
  const [word, ...others] = words
  if (word === undefined || others.length > 0) return null
  const number = terms[0]?.number ?? null
  const address = /^[^\s@]+@[^\s@]+$/.test(word.text) ? addressKey(word.text) : null
  return number === null && address === null ? null : { number, address }
}

/** What was read of an order: the tickets that hold what is sought, and where reading ended early. */
interface Reading {
  readonly found: readonly FoundRow[]
  /** Null where it went to the end of the order, or found enough. */
  readonly end: QueryCursor | null
}

const NOTHING: Reading = { found: [], end: null }

interface ReadBounds {
  readonly characters: number
  /** As many tickets as are read for words. */
  readonly reads: number
}

/** As many tickets as a page wants, in the order in which it is read; all of them hold what is sought. */
async function read(ctx: Context, lookup: Lookup, page: QueryPage, bounds: ReadBounds): Promise<Reading> {
  const { cursor, limit } = page
  const isBack = cursor?.isBack ?? false
  const parts = lookup.exact === null ? [false] : isBack ? [false, true] : [true, false]
  const from = cursor === null ? 0 : Math.max(parts.indexOf(cursor.isExact), 0)
  const found: FoundRow[] = []
  let left = bounds.reads
  for (const isExact of parts.slice(from)) {
    const after = cursor !== null && isExact === cursor.isExact ? cursor : null
    const rest = { ...page, limit: limit - found.length }
    const part = await readPart(ctx, lookup, { isExact, after, isBack }, rest, { ...bounds, reads: left })
    found.push(...part.rows.map((row) => ({ row, isExact })))
    if (found.length >= limit) break
    if (part.end !== null) return { found, end: { ...part.end, isBack, isExact } }
    left -= part.read
  }
  return { found, end: null }
}

interface Place {
  readonly key: string
  readonly id: string
}

async function readPart(
  ctx: Context,
  { reader, conditions, search, exact, among, terms }: Lookup,
  begin: { readonly isExact: boolean; readonly after: Place | null; readonly isBack: boolean },
  { sort, descending, limit }: QueryPage,
  { characters, reads }: ReadBounds,
): Promise<{ readonly rows: readonly QueriedRow[]; readonly end: Place | null; readonly read: number }> {
  const direction = descending === begin.isBack ? 'asc' : 'desc'
  const where = { among, words: search && { terms, exact, isExact: begin.isExact } }
  const found: QueriedRow[] = []
  let after = begin.after
  for (let read = 0; ; ) {
    const part = { sort, direction, after, limit, characters } as const
    const rows = await ctx.store.run(pageOfQuery(reader, conditions, where, part))
    read += rows.length
    const held = search === null ? rows : await holding(ctx, search, rows, reader.notesOn)
    found.push(...held)
    const last = rows.at(-1)
    if (found.length >= limit || rows.length < limit || last === undefined)
      return { rows: found.slice(0, limit), end: null, read }
    after = { key: last.sort_key, id: last.id }
    if (read >= reads) return { rows: found, end: after, read }
  }
}

function readerOf(ctx: Context, { words = [], notWords = [] }: Conditions): Reader {
  const { actor, tenant } = ctx
  if (!actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  demandFewWords([...words, ...notWords].map(({ text }) => text))
  const notesOn = tenant.desks.filter(({ id }) => may(actor, 'message.read_internal', id)).map(({ id }) => id)
  return { tenantId: tenant.id, userId: actor.user.id, sight: sightOf(actor), notesOn }
}
