import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import { TITLE_CHARACTERS } from '../../core/bounds.ts'
import type { Context } from '../../core/context.ts'
import type { TicketKey } from '../../core/tickets/queries/list.ts'
import { listTickets } from '../../core/tickets/queries/list.ts'
import type { Ticket, TicketFilter } from '../../core/tickets/ticket.ts'
import type { Answer } from '../wire.ts'

/** A page that a caller asked for, counted from 1. */
export interface Page {
  readonly page: number
  readonly limit: number
}

/** A list as far as it was asked for; `total` only with a page. */
export interface Listing {
  readonly tickets: readonly Ticket[]
  readonly pagination: (Page & { readonly total: number }) | null
}

const MAX_LIMIT = 100
const CHUNK = 1000

/** The page that a query asks for; null asks for everything, as the vendor documents no paging. */
export function decodePage(query: { readonly page?: string; readonly limit?: string }): Page | null {
  if (query.page === undefined && query.limit === undefined) return null
  return { page: Number(query.page ?? 1), limit: Number(query.limit ?? MAX_LIMIT) }
}

/** Tickets in sight, newest first: one page, or all. */
export async function list(ctx: Context, filter: TicketFilter, page: Page | null): Promise<Listing> {
  if (page === null) return { tickets: await all(ctx, filter), pagination: null }
  const offset = (page.page - 1) * page.limit
  const { tickets, total } = await listTickets(
    ctx,
    filter,
    { by: 'offset', offset, limit: page.limit },
    TITLE_CHARACTERS,
  )
  return { tickets, pagination: { ...page, total: total ?? 0 } }
}

// In chunks, so that no single statement holds the database for as long as a large tenant's list takes.
async function all(ctx: Context, filter: TicketFilter): Promise<readonly Ticket[]> {
  const found: Ticket[] = []
  let after: TicketKey | null = null
  do {
    const chunk = await listTickets(ctx, filter, { by: 'key', order: 'newest', after, limit: CHUNK }, TITLE_CHARACTERS)
    found.push(...chunk.tickets)
    after = chunk.next
  } while (after !== null)
  return found
}

/** The schema of what a list of tickets answers. */
export function listedAs<Item extends TSchema>(item: Item) {
  return Type.Object({
    success: Type.Literal(true),
    data: Type.Array(item),
    pagination: Type.Optional(Type.Object({ page: Type.Integer(), limit: Type.Integer(), total: Type.Integer() })),
  })
}

/** Answers a list; `pagination` appears only when a page was asked for. */
export function showList(listing: Listing, encode: (ticket: Ticket) => unknown): Answer {
  const { tickets, pagination } = listing
  return {
    status: 200,
    body: { success: true, data: tickets.map(encode), ...(pagination !== null && { pagination }) },
  }
}
