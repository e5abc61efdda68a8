import type { Store } from '../../storage/store.ts'
import type { MessageRef } from './message.ts'
import type { Answered } from './rules.ts'
import { ANSWERED } from './store.ts'

/** The messages behind refs, whoever asks: which of them can be answered is for the rules to say. */
export async function findAnswered(
  { store, tenant }: { readonly store: Pick<Store, 'run'>; readonly tenant: { readonly id: string } },
  refs: readonly MessageRef[],
): Promise<readonly Answered[]> {
  if (refs.length === 0) return []
  const ids = refs.flatMap((ref) => ('id' in ref ? ref.id : []))
  const integers = refs.flatMap((ref) => ('integer' in ref ? ref.integer : []))
  const rows = await store.run(ANSWERED.with({ tenant_id: tenant.id, ids, integers }))
  return rows.map(({ ticket_id, ...row }) => ({ ...row, ticketId: ticket_id }))
}
