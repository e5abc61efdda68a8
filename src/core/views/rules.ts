import type { Tenant } from '../catalogue/tenant.ts'
import type { Actor } from '../identity/actor.ts'
import { demandMayChangeShared, demandNewAudience } from '../identity/audience.ts'
import type { NewView, View, ViewChange } from './view.ts'

/** The permission to manage the views that others share. */
export const MANAGE = 'view.manage'

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
  demandMayChangeShared(actor, view, MANAGE)
  const changed = { ...view, ...order, ...shared, ...change }
  demandNewAudience(actor, tenant, view, changed, MANAGE)
  return changed
}
