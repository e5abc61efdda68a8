import { refuse } from '../errors.ts'
import type { Instant } from '../instant.ts'
import type { Permission, Role } from './permissions.ts'
import { ROLE_PERMISSIONS } from './permissions.ts'
import type { UserSummary } from './user.ts'

/** The credential that was presented, as far as answers and rules need it. */
export interface ActorCredential {
  readonly id: string
  readonly dialect: string
  /** How it is presented: `api_key`, `basic`, `access_token`, ... as its dialect defines. */
  readonly kind: string
  readonly name: string
  /** The vendor's own words for what it may do; its dialect maps them to core permissions. */
  readonly scopes: readonly string[]
  /** The only desk that it reaches; null for every desk of its user. */
  readonly deskId: string | null
  readonly expiresAt: Instant | null
  /** Absent: not known, and then `expiresAt` counts by the clock alone. */
  readonly issuedAt?: Instant
  /** Whose its idempotency keys are: a token's are its client's or person's, so that they outlive it. Absent: its own. */
  readonly claimantId?: string
  /** The grant of the authorization server by which an access token was issued; absent or null for every other. */
  readonly grantId?: string | null
  /** From where it may be used in a browser, as scheme and host; absent or empty for anywhere. */
  readonly origins?: readonly string[]
  /** Whether it is for trying things out: such credentials have a rate of their own. */
  readonly testMode?: boolean
}

/** Who is calling: a tenant's user by way of a credential, with what that credential allows at the most. */
export interface Actor {
  readonly tenantId: string
  readonly user: UserSummary
  readonly credential: ActorCredential
  /** The ceiling: a role never gives more than this. A dialect narrows it to what the called operation uses. */
  readonly permissions: ReadonlySet<Permission>
  /** The groups that the user is in; absent for none. */
  readonly groupIds?: readonly string[]
}

/**
 * Which tickets an actor sees: all, or those on some desks, or those it requested itself. What is out of sight does
 * not exist for it.
 */
export interface Sight {
  readonly all: boolean
  readonly deskIds: readonly string[]
  /** Set when tickets requested by this user are in sight on the other desks too. */
  readonly requesterId: string | null
  /** The only desk on which anything is in sight; null for no such limit. */
  readonly onlyDeskId: string | null
}

/** What an actor sees, from its roles and the desk its credential is bound to. */
export function sightOf(actor: Actor): Sight {
  const { user, credential } = actor
  const onlyDeskId = credential.deskId
  if (user.isOwner) {
    return { all: onlyDeskId === null, deskIds: onlyDeskId === null ? [] : [onlyDeskId], requesterId: null, onlyDeskId }
  }
  const deskIds = user.memberships.filter((each) => each.role !== 'customer').map((each) => each.deskId)
  return {
    all: false,
    deskIds: deskIds.filter((id) => onlyDeskId === null || id === onlyDeskId),
    requesterId: user.id,
    onlyDeskId,
  }
}

/** Whether a desk as such is within an actor's reach, at least as a customer. */
export function reachesDesk(actor: Actor, deskId: string): boolean {
  if (actor.credential.deskId !== null && actor.credential.deskId !== deskId) return false
  return actor.user.isOwner || actor.user.memberships.some((each) => each.deskId === deskId)
}

/** The role that counts on a desk; an owner is an admin everywhere. */
export function roleOn(actor: Actor, deskId: string): Role | null {
  if (!reachesDesk(actor, deskId)) return null
  if (actor.user.isOwner) return 'admin'
  return actor.user.memberships.find((each) => each.deskId === deskId)?.role ?? null
}

/** Whether the actor works on a desk: as agent, admin or owner. */
export function worksOn(actor: Actor, deskId: string): boolean {
  const role = roleOn(actor, deskId)
  return role === 'agent' || role === 'admin'
}

/** Whether an actor may do something on a desk: its credential allows it and its role there gives it. */
export function may(actor: Actor, permission: Permission, deskId: string): boolean {
  if (!actor.permissions.has(permission)) return false
  if (actor.credential.deskId !== null && actor.credential.deskId !== deskId) return false
  if (actor.user.isOwner) return true
  // A requester keeps a customer's rights to the own ticket also where no membership says so (any more).
  const role = roleOn(actor, deskId) ?? 'customer'
  return ROLE_PERMISSIONS[role].has(permission)
}

/** Refuses as `forbidden` unless `may`. */
export function demand(actor: Actor, permission: Permission, deskId: string): void {
  if (!may(actor, permission, deskId)) refuse({ code: 'forbidden', permission })
}

/** Whether an actor has a permission that belongs to no desk: its credential allows it, and its role on any gives it. */
export function mayTenantWide({ permissions, user }: Actor, permission: Permission): boolean {
  if (!permissions.has(permission)) return false
  return user.isOwner || user.memberships.some((each) => ROLE_PERMISSIONS[each.role].has(permission))
}

/** Refuses as `forbidden` unless `mayTenantWide`. */
export function demandTenantWide(actor: Actor, permission: Permission): void {
  if (!mayTenantWide(actor, permission)) refuse({ code: 'forbidden', permission })
}

/** Whether an actor is in a group. */
export function isIn({ groupIds = [] }: Actor, groupId: string): boolean {
  return groupIds.includes(groupId)
}

/** To whom the idempotency keys of an actor's calls belong. */
export function claimantOf({ credential }: Actor): string {
  return credential.claimantId ?? credential.id
}

/** The same actor with no more than the given permissions. */
export function narrowed(actor: Actor, permissions: readonly Permission[]): Actor {
  return { ...actor, permissions: new Set(permissions.filter((each) => actor.permissions.has(each))) }
}

/** Whether a ticket is in an actor's sight. */
export function inSight(
  sight: Sight,
  ticket: { readonly deskId: string; readonly requester: { readonly id: string } | null },
): boolean {
  if (sight.onlyDeskId !== null && ticket.deskId !== sight.onlyDeskId) return false
  if (sight.all || sight.deskIds.includes(ticket.deskId)) return true
  return sight.requesterId !== null && ticket.requester?.id === sight.requesterId
}
