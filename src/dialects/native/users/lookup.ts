import type { Context } from '../../../core/context.ts'
import { refuse } from '../../../core/errors.ts'
import type { UserProfile } from '../../../core/identity/user.ts'
import { findProfile } from '../../../core/users/queries.ts'
import { decodeRef } from '../reference.ts'

/** A user by UUID or integer, with all that is known of them. @throws Refusal `forbidden`, `not_found` */
export async function findKnown(ctx: Context, params: { readonly id: string }): Promise<UserProfile> {
  return (await findProfile(ctx, decodeRef(params, 'user'))) ?? refuse({ code: 'not_found', missing: 'user' })
}
