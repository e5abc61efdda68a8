import type { Context } from '../../context.ts'
import { inSight, sightOf } from '../../identity/actor.ts'
import { type Instant, instant } from '../../instant.ts'
import type { Status } from '../../words.ts'
import { type Link, type Relation, relationOf } from '../rules/links.ts'
import { LINKS_OF, type LinkedRow } from '../store/links.ts'
import type { Ticket, TicketRef } from '../ticket.ts'
import { getTicket } from './find.ts'

/** What is shown of the ticket at the other end of a link. */
export type LinkedTicket = Pick<Ticket, 'id' | 'integer' | 'number' | 'deskId' | 'title'> & { readonly status: Status }

/** A link as one of its tickets has it. */
export interface ShownLink {
  readonly id: string
  /** What the other ticket is to this one. */
  readonly relation: Relation
  readonly ticket: LinkedTicket
  readonly createdAt: Instant
}

/** So many links of a ticket are shown at the most: more than anybody makes, and some that merges bring. */
const MOST_SHOWN = 1_000

/** The links of a ticket in sight, the oldest first. Of those to tickets that are out of sight nothing is told. @throws Refusal `not_found` */
export async function listLinks(ctx: Context, ref: TicketRef): Promise<readonly ShownLink[]> {
  const { id } = await getTicket(ctx, ref)
  return (await linksOn(ctx, [id])).get(id) ?? []
}

/** As `listLinks`, of tickets that are in sight, by their ids. */
export async function linksOn(
  ctx: Context,
  ticketIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ShownLink[]>> {
  if (ticketIds.length === 0) return new Map()
  const rows = await rowsOf(ctx, ticketIds)
  const sight = sightOf(ctx.actor)
  const seen = rows.filter(({ other_desk_id: deskId, other_requester_id: id }) =>
    inSight(sight, { deskId, requester: id === null ? null : { id } }),
  )
  const byTicket = Map.groupBy(seen, (row) => row.ticket_id)
  return new Map([...byTicket].map(([id, each]) => [id, each.map(shownOf)]))
}

/** All links of tickets, whoever asks. */
export async function linksAmong(ctx: Context, ticketIds: readonly string[]): Promise<readonly Link[]> {
  const links = (await rowsOf(ctx, ticketIds)).map(linkOf)
  return [...new Map(links.map((link) => [link.id, link])).values()]
}

function rowsOf({ store, tenant }: Context, ids: readonly string[]): Promise<readonly LinkedRow[]> {
  return store.run(LINKS_OF.with({ tenant_id: tenant.id, ticket_ids: ids, limit: MOST_SHOWN }))
}

function linkOf({ id, kind, is_from, ticket_id, other_id }: LinkedRow): Link {
  return is_from ? { id, kind, fromId: ticket_id, toId: other_id } : { id, kind, fromId: other_id, toId: ticket_id }
}

function shownOf(row: LinkedRow): ShownLink {
  return {
    id: row.id,
    relation: relationOf(linkOf(row), row.ticket_id),
    ticket: {
      id: row.other_id,
      integer: row.other_integer,
      number: row.other_number,
      deskId: row.other_desk_id,
      title: row.other_title,
      status: row.other_status,
    },
    createdAt: instant(row.created_at),
  }
}
