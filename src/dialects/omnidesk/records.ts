import type { Channel, Desk, Tenant } from '../../core/catalogue/tenant.ts'
import type { Context } from '../../core/context.ts'
import { refuseField } from '../../core/errors.ts'
import { reachesDesk } from '../../core/identity/actor.ts'

/** What decoding needs to know of the caller and its tenant. */
export type Caller = Pick<Context, 'tenant' | 'actor'>

/** The brands that a caller's key reaches. */
export function brandsOf({ tenant, actor }: Caller): readonly Desk[] {
  return tenant.desks.filter((desk) => desk.active && reachesDesk(actor, desk.id))
}

/** The desk behind a brand id. @throws Refusal `invalid` */
export function brandBy(caller: Caller, brandID: number): Desk {
  return brandsOf(caller).find((desk) => desk.integer === brandID) ?? unknown('brandID')
}

/** The group behind an id, by its UUID; 0 is none. @throws Refusal `invalid` */
export function groupIdBy({ groups }: Tenant, groupID: number): string | null {
  if (groupID === 0) return null
  return groups.find((group) => group.active && group.integer === groupID)?.id ?? unknown('assignedGroupID')
}

/** The channel behind an id that came as the named parameter. @throws Refusal `invalid` */
export function channelBy({ channels }: Tenant, channelID: number, parameter: string): Channel {
  return channels.find((channel) => channel.active && channel.id === channelID) ?? unknown(parameter)
}

/** A form id that names a form, or none. @throws Refusal `invalid` */
export function formIdBy({ forms }: Tenant, formID: number | null): number | null {
  if (formID === null) return null
  return forms.find((form) => form.active && form.id === formID)?.id ?? unknown('formID')
}

function unknown(parameter: string): never {
  refuseField([parameter], 'unknown', 'names nothing that exists')
}
