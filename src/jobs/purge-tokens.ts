import { purgeGrants } from '../core/authorization/commands.ts'
import { purgeFailures } from '../core/logins/lock.ts'
import { LIST_TENANTS } from '../core/tenants/store.ts'
import type { Store } from '../storage/store.ts'

/** For how long an ended token is still known, in milliseconds: a week, as long as what was done with it may be retried. */
const KEPT_MS = 7 * 86_400_000

/** Forgets tokens, logins and grants that ended, and failed logins that lock nothing any more. */
export async function purgeEndedTokens(store: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS).toISOString()
  for (const { tenant_id } of await store.run(LIST_TENANTS.with({}))) {
    await purgeGrants(store, tenant_id, before)
    await purgeFailures(store, tenant_id, now.toISOString())
  }
}
