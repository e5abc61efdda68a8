import type { Tenant } from '../catalogue/tenant.ts'
import { refuse, refuseField } from '../errors.ts'
import { type Actor, isIn, mayTenantWide } from '../identity/actor.ts'
import type { NewView, View, ViewChange } from './view.ts'

/**
 * Who may do what to views. A private one is its author's alone. One of a group is for its members to see and to change,
 * one for everyone for all to see. Whoever manages views sees and changes all but the private ones of others.
 */

/** Whether an actor manages what others share. Whoever is bound to one desk does not change what all see. */
export function managesViews(actor: Actor): boolean {
  return actor.credential.deskId === null && mayTenantWide(actor, 'view.manage')
}

/** Whether an actor may change a view, and delete it. */
export function mayChangeView(actor: Actor, { audience, groupId, authorId }: View): boolean {
  if (audience === 'private') return authorId === actor.user.id
  if (authorId === null) return false
  return managesViews(actor) || (groupId !== null && isIn(actor, groupId))
}

/** @throws Refusal `forbidden` */
export function demandMayChangeView(actor: Actor, view: View): void {
  if (!mayChangeView(actor, view)) refuse({ code: 'forbidden', permission: 'view.manage' })
}

type Shared = Pick<NewView, 'audience' | 'groupId'>

/**
 * Refuses an audience that an actor may not save a view for.
 *
 * @throws Refusal `invalid` (path `group`), `forbidden`
 */
export function demandAudience(actor: Actor, tenant: Pick<Tenant, 'groups'>, { audience, groupId }: Shared): void {
  if (audience !== 'group' && groupId !== null)
    refuseField(['group'], 'not_allowed', 'Only a view for a group has a group.')
  if (audience === 'private') return
  if (audience === 'group' && groupId === null) refuseField(['group'], 'required', 'The group that it is for.')
  if (groupId !== null && !tenant.groups.some(({ id, active }) => id === groupId && active))
    refuseField(['group'], 'unknown', 'There is no such group.')
  if (!managesViews(actor) && !(groupId !== null && isIn(actor, groupId)))
    refuse({ code: 'forbidden', permission: 'view.manage' })
}

/**
 * What a change makes of a view.
 *
 * @throws Refusal `forbidden`, `invalid` (paths `audience`, `group`)
 */
export function changedView(
  actor: Actor,
  tenant: Pick<Tenant, 'groups'>,
  view: View,
  { order, shared, ...change }: ViewChange,
): NewView {
  demandMayChangeView(actor, view)
  const changed = { ...view, ...order, ...shared, ...change }
  const isMoved = changed.audience !== view.audience || changed.groupId !== view.groupId
  if (isMoved) demandAudience(actor, tenant, changed)
  // Else it would be somebody's who did not want it so.
  if (isMoved && changed.audience === 'private' && view.authorId !== actor.user.id)
    refuseField(['audience'], 'not_allowed', 'Only who made a view makes it private.')
  return changed
}
