import type { Store } from '../../storage/store.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { userOf } from './rows.ts'
import { LIST_OWNERS, LIVING_BY_ID, USERS_BY_ID } from './store.ts'
import type { UserSummary } from './user.ts'

/** Those of the users that exist in the tenant, by UUID. */
export async function findUsers(
  ctx: Pick<Context, 'store' | 'tenant'>,
  ids: readonly string[],
): Promise<readonly UserSummary[]> {
  if (ids.length === 0) return []
  return (await ctx.store.run(USERS_BY_ID.with({ tenant_id: ctx.tenant.id, ids }))).map(userOf)
}

/** Those of the users who may be named in something new, by UUID: who was erased is nobody any more. */
export async function findLiving(
  ctx: Pick<Context, 'store' | 'tenant'>,
  ids: readonly string[],
): Promise<readonly UserSummary[]> {
  if (ids.length === 0) return []
  return (await ctx.store.run(LIVING_BY_ID.with({ tenant_id: ctx.tenant.id, ids }))).map(userOf)
}

/** For a write that found somebody erased: whoever was erased while they called is nobody's caller. @throws Refusal `unauthenticated` */
export async function demandLiving(ctx: Pick<Context, 'store' | 'tenant' | 'actor'>): Promise<void> {
  const [caller] = await findLiving(ctx, [ctx.actor.user.id])
  if (!caller) refuse({ code: 'unauthenticated' })
}

/** The owners and services of a tenant, who administer every desk, by UUID: who came first is first. */
export async function listOwners(store: Pick<Store, 'run'>, tenantId: string): Promise<readonly string[]> {
  return (await store.run(LIST_OWNERS.with({ tenant_id: tenantId }))).map(({ id }) => id)
}
