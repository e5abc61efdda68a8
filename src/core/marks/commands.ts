import type { Store } from '../../storage/store.ts'
import type { Context, System } from '../context.ts'
import { getTicket } from '../tickets/queries/find.ts'
import type { TicketRef } from '../tickets/ticket.ts'
import { BEGIN_READING, MARK_READ, MARK_UNREAD, MARKS_ON } from './store.ts'

/**
 * What is unread is each person's own: something came after what they saw. It is another question whether a requester
 * waits for an answer (`waitingSince`), which opening a ticket never settles.
 */

/**
 * Marks a ticket as read by whoever calls.
 *
 * @param position of the last event that was seen; absent for all there is.
 * @throws Refusal `not_found`
 */
export async function markRead(ctx: Context, ref: TicketRef, position: number | null): Promise<void> {
  const { id } = await getTicket(ctx, ref)
  await ctx.store.run(MARK_READ.with({ tenant_id: ctx.tenant.id, user_id: ctx.actor.user.id, ticket_id: id, position }))
}

/** Marks a ticket as unread for whoever calls. @throws Refusal `not_found` */
export async function markUnread(ctx: Context, ref: TicketRef): Promise<void> {
  const { id } = await getTicket(ctx, ref)
  await ctx.store.run(MARK_UNREAD.with({ tenant_id: ctx.tenant.id, user_id: ctx.actor.user.id, ticket_id: id }))
}

/** Whoever signs in for the first time finds nothing of before unread. */
export async function beginReading(
  { store }: Pick<System, 'store'>,
  person: { readonly tenantId: string; readonly userId: string },
): Promise<void> {
  await store.run(BEGIN_READING.with({ tenant_id: person.tenantId, user_id: person.userId }))
}

/** How far somebody has read a ticket. */
export interface Mark {
  /** Of the last event that they saw. */
  readonly position: number
  /** Whether something came after it. */
  readonly isUnread: boolean
}

/** How far whoever calls has read some tickets, by their ids. */
export async function marksOn(
  { store, tenant, actor }: Pick<Context, 'tenant' | 'actor'> & { readonly store: Pick<Store, 'run'> },
  ids: readonly string[],
): Promise<ReadonlyMap<string, Mark>> {
  if (ids.length === 0) return new Map()
  const rows = await store.run(MARKS_ON.with({ tenant_id: tenant.id, user_id: actor.user.id, ticket_ids: ids }))
  return new Map(rows.map(({ ticket_id, position, is_unread }) => [ticket_id, { position, isUnread: is_unread }]))
}
