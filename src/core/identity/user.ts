import type { Instant } from '../instant.ts'
import type { Role } from './permissions.ts'

export const USER_KINDS = ['person', 'service', 'automation'] as const
/** A `service` is what a key without a person acts as; an `automation` is a machine that decides by itself. */
export type UserKind = (typeof USER_KINDS)[number]

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
  readonly kind: UserKind
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

/** A user's name as one text; empty for who has none. */
export function fullName({ name, surname }: Pick<UserSummary, 'name' | 'surname'>): string {
  return `${name} ${surname}`.trim()
}

/** A user in their place on one desk. */
export interface Member {
  readonly membership: Membership
  readonly joinedAt: Instant
  readonly user: UserSummary
}

export const ADDRESS_KINDS = ['email', 'telephone', 'facebook', 'twitter'] as const
/** How a person is reached at an address; a telephone number is in E.164. */
export type AddressKind = (typeof ADDRESS_KINDS)[number]

export interface Address {
  readonly kind: AddressKind
  readonly address: string
}

/** The id by which a client's own system knows a user on a desk. */
export interface ExternalId {
  readonly deskId: string
  readonly externalId: string
}

/** Texts under the tenant's own names. */
export type UserFields = Readonly<Record<string, string>>

/** Everything that is known of a user. */
export interface UserProfile extends UserSummary {
  readonly externalIds: readonly ExternalId[]
  /** All addresses, the e-mail address that names the user first. */
  readonly addresses: readonly Address[]
  readonly fields: UserFields
  readonly createdAt: Instant
}

/** What a user can be given; absent stays as it is. */
export interface UserChange {
  readonly name?: string
  readonly surname?: string
  readonly email?: string | null
  readonly username?: string | null
  readonly customerNumber?: string | null
  readonly phone?: string | null
  readonly photoUrl?: string | null
  readonly about?: string | null
  readonly active?: boolean
  /** Of the tenant. */
  readonly isOwner?: boolean
  /** Fields to set by name; null takes one away. */
  readonly fields?: Readonly<Record<string, string | null>>
  /** Roles on desks, to add or to set. */
  readonly memberships?: readonly { readonly deskId: string; readonly role: Role }[]
  readonly addExternalIds?: readonly ExternalId[]
  readonly addAddresses?: readonly Address[]
}

/** A user to make: as a change of nobody, with a name. */
export interface NewProfile extends UserChange {
  readonly name: string
  /** A person by default. */
  readonly kind?: UserKind
}
