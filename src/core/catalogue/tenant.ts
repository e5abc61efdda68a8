import type { Instant } from '../instant.ts'
import type { Priority, SearchLanguage, Status } from '../words.ts'
import type { Field } from './field.ts'

/** A place within a tenant that tickets belong to. */
export interface Desk {
  readonly id: string
  readonly integer: number
  readonly name: string
  readonly isDefault: boolean
  readonly active: boolean
  readonly createdAt: Instant
  /** Where it gets mail: addresses, and `*@` with a domain for all that are nobody else's, as `mailboxOf` writes them. */
  readonly addresses: readonly string[]
}

/** A team of agents a ticket is routed to. */
export interface Group {
  readonly id: string
  readonly integer: number
  readonly name: string
  readonly active: boolean
}

/** What a ticket is about. */
export interface Topic {
  readonly id: number
  readonly name: string
  /** The dialects whose callers may choose it by themselves; the native API offers every active topic. */
  readonly offeredIn: readonly string[]
  /** The word that a vendor uses for it on the wire, where it is not chosen by id. */
  readonly word: string | null
  readonly active: boolean
}

/** A record of the catalogue that is only a name. */
export interface CatalogueRecord {
  readonly id: number
  readonly name: string
  readonly active: boolean
}

/** A tenant's own name for a status. */
export interface StatusLabel extends CatalogueRecord {
  readonly status: Status
}

/** A tenant's own name for a priority. */
export interface PriorityLabel extends CatalogueRecord {
  readonly priority: Priority
}

/** How messages come in or go out. */
export interface Channel extends CatalogueRecord {
  readonly kind: string
  readonly icon: string
}

/**
 * A tenant with everything that is small and rarely changes: its desks, groups and catalogue. A snapshot of at most a
 * few seconds' age, shared by all requests of the tenant, so that decoding and rules stay pure and cost no query.
 * Lists hold inactive records too, ordered by id (integer for desks and groups).
 */
export interface Tenant {
  readonly id: string
  readonly name: string
  /** Whose forms of words are known to the search; null knows none. */
  readonly searchLanguage: SearchLanguage | null
  readonly desks: readonly Desk[]
  readonly defaultDesk: Desk
  readonly groups: readonly Group[]
  readonly topics: readonly Topic[]
  readonly types: readonly CatalogueRecord[]
  readonly statusLabels: readonly StatusLabel[]
  readonly priorityLabels: readonly PriorityLabel[]
  readonly channels: readonly Channel[]
  readonly forms: readonly CatalogueRecord[]
  readonly fields: readonly Field[]
  readonly tagWays: readonly TagWay[]
}

/** A tag that was renamed or merged: whoever names it means the other one. */
export interface TagWay {
  readonly name: string
  readonly leadsTo: string
}

/** The integer ids of the channels that every tenant has from the beginning. */
export const CHANNEL = {
  email: 1,
  telephone: 3,
  note: 5,
  chat: 7,
  facebook: 8,
  twitter: 9,
  sms: 10,
  whatsapp: 12,
  api: 13,
  web: 14,
} as const
