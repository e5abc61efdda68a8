import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import { findUsersByInteger } from '../../../core/users/queries.ts'

/** The agent behind a user id, by UUID; null when none is named. @throws Refusal `invalid` for one who is no agent. */
export async function authorBy(ctx: Context, userID: number | undefined): Promise<string | null> {
  if (userID === undefined) return null
  const [user] = await findUsersByInteger(ctx, [userID])
  const isAgent = user?.isOwner || user?.memberships.some((each) => each.role !== 'customer')
  return user && isAgent ? user.id : refuseField(['userID'], 'unknown', 'names no user')
}
