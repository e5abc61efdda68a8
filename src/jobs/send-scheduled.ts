import { createIds } from '../core/ids.ts'
import { sendDue, tenantsToSend } from '../core/scheduled/send.ts'
import type { Store } from '../storage/store.ts'

/** Messages that are taken at once: what one server has, the others leave alone for a while. */
const MESSAGES_AT_ONCE = 20

/** Sends the messages whose time has come. Where none is due, no tenant is asked. */
export async function sendScheduled(store: Store, now: Date, stopping: AbortSignal): Promise<void> {
  const sender = { store, now: now.toISOString(), newId: createIds() }
  for (const tenantId of await tenantsToSend(store, sender.now)) {
    while (!stopping.aborted && (await sendDue(sender, tenantId, MESSAGES_AT_ONCE)) === MESSAGES_AT_ONCE);
    if (stopping.aborted) return
  }
}
