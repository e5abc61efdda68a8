import { findRecord } from '../catalogue/commands.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { demandTenantWide } from '../identity/actor.ts'
import { asReached, reachesPerson } from '../identity/reach.ts'
import { userOf } from '../identity/rows.ts'
import type { UserSummary } from '../identity/user.ts'
import { findProfile, type UserRef } from '../users/queries.ts'
import { ADD_MEMBER, LIST_MEMBERS, REMOVE_MEMBER } from './store.ts'

/** Those in a group who are there for the actor, the oldest first. @throws Refusal `forbidden`, `not_found` */
export async function membersOf(ctx: Context, groupId: string): Promise<readonly UserSummary[]> {
  demandTenantWide(ctx.actor, 'user.read')
  const group = findRecord(ctx.tenant, 'group', groupId)
  const rows = await ctx.store.run(LIST_MEMBERS.with({ tenant_id: ctx.tenant.id, group_id: group.id }))
  return rows
    .map(userOf)
    .filter((user) => reachesPerson(ctx.actor, user))
    .map((user) => asReached(ctx.actor, user))
}

/**
 * Puts somebody who works on a desk into a group. Who is in it already stays. The caller tells `Access.changed`.
 *
 * @throws Refusal `forbidden`, `not_found`, `conflict`
 */
export async function addToGroup(ctx: Context, groupId: string, ref: UserRef): Promise<void> {
  const { group, user } = await demandMayPlace(ctx, groupId, ref)
  if (!user.isOwner && user.memberships.every(({ role }) => role === 'customer'))
    refuse({ code: 'conflict', message: 'Only who works on a desk is in a group.' })
  await ctx.store.run(ADD_MEMBER.with(callValues(ctx, { group_id: group.id, user_id: user.id })))
}

/** Takes somebody out of a group. Who is not in it stays so. The caller tells `Access.changed`. @throws Refusal `forbidden`, `not_found` */
export async function removeFromGroup(ctx: Context, groupId: string, ref: UserRef): Promise<void> {
  const { group, user } = await demandMayPlace(ctx, groupId, ref)
  await ctx.store.run(REMOVE_MEMBER.with(callValues(ctx, { group_id: group.id, user_id: user.id })))
}

/** Groups are every desk's: whoever is bound to one does not say who is in them. */
async function demandMayPlace(ctx: Context, groupId: string, ref: UserRef) {
  const { actor, tenant } = ctx
  demandTenantWide(actor, 'catalogue.manage')
  if (actor.credential.deskId !== null) refuse({ code: 'forbidden', permission: 'catalogue.manage' })
  const group = findRecord(tenant, 'group', groupId)
  const user = (await findProfile(ctx, ref)) ?? refuse({ code: 'not_found', missing: 'user' })
  return { group, user }
}
