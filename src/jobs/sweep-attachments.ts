import { sweepAttachments } from '../core/attachments/commands.ts'
import { listTenants } from '../core/tenants/queries.ts'
import type { Store } from '../storage/store.ts'

const HOUR_MS = 3_600_000
/** For how long an upload waits for its message. */
const UNUSED_MS = 24 * HOUR_MS
/** For how long a file may be on its way: far longer than any request. */
const UNDER_WAY_MS = HOUR_MS

/**
 * Erases files that nothing needs. Only folders of tenants that this database knows are looked at, so that a server that
 * was given an empty database by mistake erases nothing of another's.
 */
export async function sweepFiles(store: Store, now: Date): Promise<void> {
  const ago = (milliseconds: number): Date => new Date(now.getTime() - milliseconds)
  await store.files?.inbox.sweep(ago(UNDER_WAY_MS))
  const tenants = await listTenants(store)
  for (const { id } of tenants)
    await sweepAttachments(store, id, { unused: ago(UNUSED_MS), rowless: ago(UNDER_WAY_MS) })
}
