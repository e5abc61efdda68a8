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
export async function readQuery(
  ctx: Context,
  text: string,
): Promise<{ readonly conditions: Conditions } | { readonly mistake: Mistake }> {
  const parsed = parseQuery(text)
  if ('mistake' in parsed) return parsed
  const people = await peopleBy(ctx, addressesIn(parsed.query))
  const desks = ctx.tenant.desks.filter(({ id }) => reachesDesk(ctx.actor, id))
  return resolveQuery(parsed.query, { tenant: ctx.tenant, desks, userId: ctx.actor.user.id, now: ctx.now, people })
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
  const [row] = await ctx.store.run(countOfQuery(readerOf(ctx, conditions), conditions, limit))
  return row?.count ?? 0
}

function readerOf(ctx: Context, { words = [] }: Conditions): Reader {
  const { actor, tenant } = ctx
  if (!actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  demandFewWords(words)
  const notesOn = tenant.desks.filter(({ id }) => may(actor, 'message.read_internal', id)).map(({ id }) => id)
  return { tenantId: tenant.id, userId: actor.user.id, sight: sightOf(actor), notesOn }
}
