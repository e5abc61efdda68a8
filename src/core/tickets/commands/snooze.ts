import type { Store } from '../../../storage/store.ts'
import type { Context, System } from '../../context.ts'
import type { Instant } from '../../instant.ts'
import { demandSnooze } from '../rules/snooze.ts'
import { TENANTS_DUE, WAKE } from '../store/snooze.ts'
import type { ChangeOptions, TicketRef } from '../ticket.ts'
import { changeTicket } from './change.ts'
import type { OneTicket } from './outcome.ts'

/**
 * Takes a ticket out of the everyday views until a moment, or until its requester says something. Where it stands does not
 * change by it.
 *
 * @param until null for a reply alone.
 * @throws Refusal `invalid` (path `until`), `conflict` for one that is done, and as `changeTicket`
 */
export async function snoozeTicket(
  ctx: Context,
  ref: TicketRef,
  until: Instant | null,
  options: Pick<ChangeOptions, 'version'> = {},
): Promise<OneTicket> {
  return changeTicket(ctx, ref, { decide: (ticket) => demandSnooze(ticket, until, ctx.now) }, options)
}

/** Brings a ticket back into the everyday views; one that is there stays. @throws Refusal as `changeTicket` */
export async function wakeTicket(
  ctx: Context,
  ref: TicketRef,
  options: Pick<ChangeOptions, 'version'> = {},
): Promise<OneTicket> {
  return changeTicket(ctx, ref, { snoozedUntil: null }, options)
}

/** The tenants in which tickets are to be woken. */
export async function tenantsToWake(store: Pick<Store, 'run'>, now: Instant): Promise<readonly string[]> {
  return (await store.run(TENANTS_DUE.with({ now }))).map(({ tenant_id }) => tenant_id)
}

/**
 * Wakes the tickets of a tenant whose time has come, some at once. Each is woken once, whoever else is at it: what is due is
 * looked at again under its lock.
 *
 * @returns how many; fewer than `limit` when there are no more.
 */
export async function wakeDue({ store, now, newId }: System, tenantId: string, limit: number): Promise<number> {
  const event_ids = Array.from({ length: limit }, () => newId())
  return (await store.run(WAKE.with({ tenant_id: tenantId, now, event_ids, request_id: newId() }))).length
}
