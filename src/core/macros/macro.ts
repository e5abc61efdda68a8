import type { BulkChange } from '../bulk/job.ts'
import type { Kept, Shared } from '../identity/audience.ts'
import type { Visibility } from '../messages/message.ts'

/** In the place of an assignee: whoever runs the macro. */
export const ME = 'me'

/** What a macro changes: how a ticket is filed, and for how long it sleeps. The assignee may be `ME`. */
export interface MacroChange extends BulkChange {
  /** From when it is run on; null for until a reply. */
  readonly snoozeMinutes?: number | null
}

/** What is said by a macro: plain text, with the variables of saved replies. */
export interface MacroMessage {
  readonly visibility: Visibility
  readonly text: string
}

/** A change of a ticket that has a name, and what is said with it. */
export interface Macro extends Kept {
  readonly id: string
  /** Goes up with each change. */
  readonly version: number
  readonly name: string
  readonly change: MacroChange
  readonly message: MacroMessage | null
}

/** A macro to make. */
export interface NewMacro extends Shared {
  readonly name: string
  readonly change: MacroChange
  readonly message: MacroMessage | null
}

/** What is to change of a macro; absent stays as it is. */
export interface MacroEdit {
  readonly name?: string
  readonly change?: MacroChange
  readonly message?: MacroMessage | null
  readonly shared?: Shared
}

/** How many private ones a person has at the most, and a tenant shared ones. */
export const MOST_MACROS = 200
/** For how long a macro snoozes a ticket at the most, in minutes: a year. */
export const LONGEST_SNOOZE = 366 * 24 * 60
