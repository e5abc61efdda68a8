import { refuse, refuseField } from '../errors.ts'
import { type Actor, isIn, mayTenantWide } from './actor.ts'
import type { Permission } from './permissions.ts'

/**
 * Whom something that is kept for colleagues is for. What is private is its author's alone. What is for a group is for its
 * members to see and to change, what is for everyone for all to see. Whoever manages its kind sees and changes all but
 * what is private to others.
 */
export const AUDIENCES = ['private', 'group', 'everyone'] as const
export type Audience = (typeof AUDIENCES)[number]

/** For whom something is to be. */
export interface Shared {
  readonly audience: Audience
  /** The group, where it is for one. */
  readonly groupId: string | null
}

/** For whom something is, and who made it; null for what everybody has from the beginning. */
export interface Kept extends Shared {
  readonly authorId: string | null
}

/** Whether an actor manages what others share. Whoever is bound to one desk does not change what all see. */
export function managesShared(actor: Actor, permission: Permission): boolean {
  return actor.credential.deskId === null && mayTenantWide(actor, permission)
}

/** Whether an actor may change something, and delete it. @param permission of managing its kind. */
export function mayChangeShared(actor: Actor, { audience, groupId, authorId }: Kept, permission: Permission): boolean {
  if (audience === 'private') return authorId === actor.user.id
  if (authorId === null) return false
  return managesShared(actor, permission) || (groupId !== null && isIn(actor, groupId))
}

/** @throws Refusal `forbidden` */
export function demandMayChangeShared(actor: Actor, kept: Kept, permission: Permission): void {
  if (!mayChangeShared(actor, kept, permission)) refuse({ code: 'forbidden', permission })
}

/** Groups of a tenant, of which some are retired. */
interface Groups {
  readonly groups: readonly { readonly id: string; readonly active: boolean }[]
}

/** Refuses an audience that an actor may not make something for. @throws Refusal `invalid` (path `group`), `forbidden` */
export function demandAudience(actor: Actor, tenant: Groups, shared: Shared, permission: Permission): void {
  const { audience, groupId } = shared
  if (audience !== 'group' && groupId !== null)
    refuseField(['group'], 'not_allowed', 'Only what is for a group has a group.')
  if (audience === 'private') return
  if (audience === 'group' && groupId === null) refuseField(['group'], 'required', 'The group that it is for.')
  if (groupId !== null && !tenant.groups.some(({ id, active }) => id === groupId && active))
    refuseField(['group'], 'unknown', 'There is no such group.')
  if (!managesShared(actor, permission) && !(groupId !== null && isIn(actor, groupId)))
    refuse({ code: 'forbidden', permission })
}

/**
 * Refuses what an actor may not make of the audience of something that is there.
 *
 * @throws Refusal `invalid` (paths `audience`, `group`), `forbidden`
 */
export function demandNewAudience(
  actor: Actor,
  tenant: Groups,
  kept: Kept,
  { audience, groupId }: Shared,
  permission: Permission,
): void {
  if (audience === kept.audience && groupId === kept.groupId) return
  demandAudience(actor, tenant, { audience, groupId }, permission)
  // Else it would be somebody's who did not want it so.
  if (audience === 'private' && kept.authorId !== actor.user.id)
    refuseField(['audience'], 'not_allowed', 'Only who made it makes it private.')
}
