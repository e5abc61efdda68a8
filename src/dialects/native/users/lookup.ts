import { demandTenantWide } from '../../../core/access/actor.ts'
import type { Context } from '../../../core/context.ts'
import { refuse } from '../../../core/errors.ts'
import { findUsers, findUsersByInteger } from '../../../core/users/queries.ts'
import type { UserSummary } from '../../../core/users/user.ts'
import { decodeRef } from '../reference.ts'

/** A user by UUID or integer. @throws Refusal `forbidden`, `not_found` */
export async function findUser(ctx: Context, params: { readonly id: string }): Promise<UserSummary> {
  // Looking up users by id also serves the core's own needs, so it demands nothing by itself.
  demandTenantWide(ctx.actor, 'user.read')
  const ref = decodeRef(params, 'user')
  const [user] = 'id' in ref ? await findUsers(ctx, [ref.id]) : await findUsersByInteger(ctx, [ref.integer])
  return user ?? refuse({ code: 'not_found', missing: 'user' })
}
