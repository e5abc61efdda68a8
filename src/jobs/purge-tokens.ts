import { purgeGrants } from '../core/authorization/commands.ts'
import { purgeFailures } from '../core/logins/lock.ts'
import { listTenants } from '../core/tenants/queries.ts'
import type { Store } from '../storage/store.ts'

/** For how long an ended token is still known, in milliseconds: a week, as long as what was done with it may be retried. */
const KEPT_MS = 7 * 86_400_000

/** Forgets tokens, logins and grants that ended, and failed logins that lock nothing any more. */
export async function purgeEndedTokens(store: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS).toISOString()
  for (const { id: tenantId } of await listTenants(store)) {
    await purgeGrants(store, tenantId, before)
    await purgeFailures(store, tenantId, now.toISOString())
  }
}
