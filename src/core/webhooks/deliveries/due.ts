import type { Instant } from '../../instant.ts'
import type { NewsSystem } from './news.ts'
import { remakeBlank } from './remake.ts'
import { DUE, WAIT_ANEW } from './store/send.ts'

/** What of a tenant's deliveries goes out now, and when it is to be looked at again. */
export interface Due {
  readonly webhookIds: readonly string[]
  /** When the next waiting delivery becomes due. */
  readonly nextAt: Instant | null
}

/**
 * Looks for what is due. Before, it makes again what erasures blanked, and where the clock went back has waits begin anew.
 *
 * @param given what a look needs, with the time of that moment
 * @param isOver whether to stop between two steps
 */
export async function lookForDue(given: () => NewsSystem, isOver: () => boolean): Promise<Due> {
  const first = await look(given())
  if (!first?.has_blank && !first?.went_back) return dueOf(first)
  while (!isOver() && (await remakeBlank(given())));
  const { store, tenant, now } = given()
  await store.run(WAIT_ANEW.with({ tenant_id: tenant.id, now }))
  return dueOf(await look(given()))
}

type DueRow = NonNullable<(typeof DUE)['rowType']>

async function look({ store, tenant, now }: NewsSystem): Promise<DueRow | undefined> {
  return (await store.run(DUE.with({ tenant_id: tenant.id, now })))[0]
}

function dueOf(row: DueRow | undefined): Due {
  return { webhookIds: row?.webhook_ids ?? [], nextAt: row?.next_at ?? null }
}
