import { LISTED_CHARACTERS } from '../bounds.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { may, reachesDesk, sightOf } from '../identity/actor.ts'
import { demandFewWords } from '../patterns.ts'
import { addressKey } from '../spelling.ts'
import { withPeople } from '../tickets/queries/list.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Conditions } from './conditions.ts'
import { parseQuery } from './parse.ts'
import type { Mistake } from './query.ts'
import { addressesIn, resolveQuery } from './resolve.ts'
import { countOfQuery, PEOPLE_BY_EMAIL, pageOfQuery, type QueriedRow, type Reader } from './store.ts'

export const QUERY_SORTS = ['created', 'updated', 'priority', 'latest_message'] as const
export type QuerySort = (typeof QUERY_SORTS)[number]

/** A place in an order: what it is sorted by there, and the ticket. */
export interface QueryCursor {
  readonly key: string
  readonly id: string
  /** Whether the page ends before it, and not begins after it. */
  readonly isBack: boolean
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
    ...new Set(parsed.flatMap((each) => ('query' in each ? addressesIn(each.query) : []))),
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

/**
 * A page of the tickets in sight that meet some conditions, in an order, with the places before and after it. A ticket that
 * moves in the order meanwhile may be met again or missed; none that stays where it is.
 *
 * @throws Refusal `forbidden`, `invalid` (path `query`) for more words than may be looked for.
 */
export async function queryTickets(
  ctx: Context,
  conditions: Conditions,
  page: QueryPage,
): Promise<{
  readonly tickets: readonly Ticket[]
  readonly next: QueryCursor | null
  readonly previous: QueryCursor | null
}> {
  const characters = LISTED_CHARACTERS
  const rows = await ctx.store.run(pageOfQuery(readerOf(ctx, conditions), conditions, { ...page, characters }))
  const isBack = page.cursor?.isBack ?? false
  const isMore = rows.length > page.limit
  const shown = rows.slice(0, page.limit)
  if (isBack) shown.reverse()
  const [first, last] = [shown[0], shown.at(-1)]
  return {
    tickets: await withPeople(ctx, shown, characters),
    // Where one came from there is something, or was a moment ago.
    next: (isBack || isMore) && last ? placeOf(last, false) : null,
    previous: (isBack ? isMore : page.cursor !== null) && first ? placeOf(first, true) : null,
  }
}

function placeOf({ sort_key: key, id }: QueriedRow, isBack: boolean): QueryCursor {
  return { key, id, isBack }
}

/** How many tickets in sight meet some conditions, up to a limit. @throws Refusal as `queryTickets` */
export async function countTickets(ctx: Context, conditions: Conditions, limit: number): Promise<number> {
  const [count = 0] = await countEach(ctx, [conditions], limit)
  return count
}

/** The same of several conditions, all asked in one round trip. */
export async function countEach(ctx: Context, each: readonly Conditions[], limit: number): Promise<readonly number[]> {
  const counts = each.map((conditions) => countOfQuery(readerOf(ctx, conditions), conditions, limit))
  const rows = await ctx.store.database.pipeline(counts)
  return rows.map(([row]) => row?.count ?? 0)
}

function readerOf(ctx: Context, { words = [] }: Conditions): Reader {
  const { actor, tenant } = ctx
  if (!actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  demandFewWords(words)
  const notesOn = tenant.desks.filter(({ id }) => may(actor, 'message.read_internal', id)).map(({ id }) => id)
  return { tenantId: tenant.id, userId: actor.user.id, sight: sightOf(actor), notesOn }
}
