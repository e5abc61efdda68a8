import { createIds } from '../core/ids.ts'
import { tenantsToWake, wakeDue } from '../core/tickets/commands/snooze.ts'
import type { Store } from '../storage/store.ts'

/** Tickets of one statement. Whoever else writes in the tenant waits for no more than these. */
const TICKETS_AT_ONCE = 200

/** Wakes the snoozed tickets whose time has come. Where none is due, no tenant is asked. */
export async function wakeTickets(store: Store, now: Date, stopping: AbortSignal): Promise<void> {
  const newId = createIds()
  const system = { store, now: now.toISOString(), newId }
  for (const tenantId of await tenantsToWake(store, system.now)) {
    while (!stopping.aborted && (await wakeDue(system, tenantId, TICKETS_AT_ONCE)) === TICKETS_AT_ONCE);
    if (stopping.aborted) return
  }
}
