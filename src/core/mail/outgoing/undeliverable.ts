import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { callValues } from '../../idempotency/claimed.ts'
import { once } from '../../idempotency/store.ts'
import { demandTenantWide } from '../../identity/actor.ts'
import { addressKey } from '../../spelling.ts'
import { UUID } from '../../uuid.ts'
import type { UndeliverableAddress } from './delivery.ts'
import {
  CLEAR_UNDELIVERABLE,
  CLEARED_KEPT,
  FIND_UNDELIVERABLE,
  LIST_UNDELIVERABLE,
  undeliverableOf,
} from './store/outbox.ts'

/** A page of the addresses to which nothing more is sent, the newest first. @throws Refusal `forbidden` */
export async function listUndeliverable(
  ctx: Context,
  { address, before, limit }: { readonly address?: string; readonly before: string | null; readonly limit: number },
): Promise<{ readonly addresses: readonly UndeliverableAddress[]; readonly next: string | null }> {
  demandTenantWide(ctx.actor, 'user.read')
  const wanted = { address_key: address === undefined ? null : addressKey(address), before, limit: limit + 1 }
  const rows = await ctx.store.run(LIST_UNDELIVERABLE.with({ tenant_id: ctx.tenant.id, ...wanted }))
  const addresses = rows.slice(0, limit).map(undeliverableOf)
  return { addresses, next: rows.length > limit ? (addresses.at(-1)?.id ?? null) : null }
}

/**
 * Has mail sent to an address again, also what was held for it.
 *
 * @throws Refusal `forbidden`, `not_found`, `idempotency_mismatch`
 */
export async function clearUndeliverable(ctx: Context, id: string): Promise<void> {
  demandTenantWide(ctx.actor, 'user.read')
  demandTenantWide(ctx.actor, 'message.reply')
  const known = UUID.test(id) ? id.toLowerCase() : refuse({ code: 'not_found', missing: 'undeliverable_address' })
  await once(
    ctx,
    CLEARED_KEPT,
    async () => {
      const [found] = await ctx.store.run(FIND_UNDELIVERABLE.with({ tenant_id: ctx.tenant.id, id: known }))
      if (!found) refuse({ code: 'not_found', missing: 'undeliverable_address' })
      const [row] = await ctx.store.run(CLEAR_UNDELIVERABLE.with(callValues(ctx, { id: known })))
      return row?.id
    },
    ({ undeliverable }) => undeliverable ?? known,
  )
}
