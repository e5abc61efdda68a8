import type { RecordKind } from '../catalogue/records.ts'
import type { Issue } from '../errors.ts'
import type { Role } from '../identity/permissions.ts'
import type { AddressKind, UserChange, UserKind } from '../identity/user.ts'
import type { Instant } from '../instant.ts'
import type { AuthorRole, Visibility } from '../messages/message.ts'
import type { Direction, Priority, Status } from '../words.ts'
import type { ImportedField } from './fields.ts'

/** By what the events of an import tell how they came about; webhooks are not told of these. */
export const IMPORT_DIALECT = 'import'

/** Somebody as another system names them: by its id, or by an e-mail address. */
export interface ImportedPerson {
  readonly id?: string
  readonly email?: string | null
  readonly name?: string
  readonly surname?: string
}

export interface ImportedFile {
  readonly id: string
  readonly name?: string
  /** In hexadecimal. */
  readonly sha256?: string
}

export interface ImportedMessage {
  readonly id: string
  readonly visibility: Visibility
  readonly author: ImportedPerson | null
  readonly authorName: string | null
  readonly authorRole?: AuthorRole
  readonly direction?: Direction
  readonly channel?: string
  readonly format: 'text' | 'html'
  readonly text: string
  readonly plain?: string
  readonly status?: Status
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  /** The id there of the message that it answers. */
  readonly inReplyTo: string | null
  readonly reference: string | null
  readonly files: readonly ImportedFile[]
  readonly createdAt?: Instant
}

/** When something happened to a ticket there; what is absent is told by its messages. */
export interface ImportedTimes {
  readonly createdAt?: Instant
  readonly updatedAt?: Instant
  readonly statusChangedAt?: Instant | null
  readonly firstResponseAt?: Instant | null
  readonly latestMessageAt?: Instant | null
  readonly latestAgentAt?: Instant | null
  readonly latestRequesterAt?: Instant | null
  readonly waitingSince?: Instant | null
  readonly solvedAt?: Instant | null
  readonly closedAt?: Instant | null
  readonly finishedAt?: Instant | null
}

/** A ticket as another system has it. Desks and the catalogue are named; absent is what it says nothing of. */
export interface ImportedTicket {
  readonly title?: string
  readonly desk?: string
  readonly status?: Status
  readonly priority?: Priority
  readonly topic?: string | null
  readonly type?: string | null
  readonly form?: string | null
  readonly group?: string | null
  readonly requester?: ImportedPerson | null
  readonly assignee?: ImportedPerson | null
  readonly tags?: readonly string[]
  /** In fields of the tenant's own, by key; absent for none. */
  readonly fields?: Readonly<Record<string, unknown>>
  readonly channel?: string
  readonly direction?: Direction
  readonly from?: { readonly address: string; readonly name: string }
  readonly to?: { readonly address: string; readonly name: string }
  readonly reference?: string | null
  readonly times: ImportedTimes
  readonly messages: readonly ImportedMessage[]
}

/** A user as another system has them. */
export interface ImportedUser extends Omit<UserChange, 'isOwner' | 'memberships' | 'addExternalIds' | 'addAddresses'> {
  readonly userKind?: UserKind
  readonly owner?: boolean
  readonly memberships?: readonly { readonly desk: string; readonly role: Role }[]
  readonly addresses?: readonly { readonly kind: AddressKind; readonly address: string }[]
  readonly externalIds?: readonly { readonly desk: string; readonly id: string }[]
}

/** A record of the catalogue as another system has it. */
export interface ImportedRecord {
  readonly of: RecordKind
  readonly name: string
  readonly active?: boolean
  readonly status?: Status
  readonly priority?: Priority
  readonly offeredIn?: readonly string[]
  readonly channel?: string
}

/** What one line brings. */
export type ImportedThing =
  | { readonly kind: 'catalogue'; readonly record: ImportedRecord }
  | { readonly kind: 'field'; readonly field: ImportedField }
  | { readonly kind: 'user'; readonly user: ImportedUser }
  | { readonly kind: 'members'; readonly group: string; readonly users: readonly string[] }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly sha256: string | null
      readonly part: number
      readonly isLast: boolean
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'ticket'; readonly ticket: ImportedTicket }
  | { readonly kind: 'messages'; readonly ticket: string; readonly messages: readonly ImportedMessage[] }

/** What comes from where: the source with the id there makes it the same thing each time. */
export interface Imported {
  readonly source: string
  readonly id: string
  readonly thing: ImportedThing
}

/** What came of a line. */
export type ImportOutcome = 'created' | 'changed' | 'unchanged' | 'refused'

/** Something of a line that is not kept: the whole line is refused, or a field is left out. */
export interface ImportProblem {
  readonly outcome: 'refused' | 'left_out'
  readonly issue: Issue
}
