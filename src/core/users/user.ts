import type { Role } from '../access/permissions.ts'

/** A user's place on one desk. */
export interface Membership {
  readonly id: string
  readonly deskId: string
  readonly role: Role
}

/** A user of the tenant with their memberships. */
export interface UserSummary {
  readonly id: string
  readonly integer: number
  readonly kind: 'person' | 'service'
  readonly isOwner: boolean
  readonly name: string
  readonly surname: string
  readonly email: string | null
  readonly username: string | null
  readonly customerNumber: string | null
  readonly phone: string | null
  readonly photoUrl: string | null
  readonly about: string | null
  readonly active: boolean
  readonly memberships: readonly Membership[]
}
