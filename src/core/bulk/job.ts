import type { CoreError } from '../errors.ts'
import type { Instant } from '../instant.ts'
import type { TicketChange } from '../tickets/ticket.ts'

/** How many tickets one job changes at the most. */
export const MOST_TICKETS = 10_000

/** How many jobs of a tenant may be under way. */
export const MOST_RUNNING = 20

export const BULK_JOB_STATES = ['running', 'done', 'cancelled'] as const
export type BulkJobState = (typeof BULK_JOB_STATES)[number]

/** What can come of a ticket: it was changed, it was so already, or the change was refused. */
export const BULK_OUTCOMES = ['changed', 'unchanged', 'refused'] as const
export type BulkOutcome = (typeof BULK_OUTCOMES)[number]

export const BULK_FIELDS = [
  'status',
  'priority',
  'topicId',
  'typeId',
  'groupId',
  'assigneeId',
  'addTags',
  'removeTags',
  'fields',
] as const
/** What a job changes: how tickets are filed, and nothing of what they say. */
export type BulkChange = Pick<TicketChange, (typeof BULK_FIELDS)[number]>

/** Which tickets: all that a query finds in a view, or some by name. They are fixed when the job is made. */
export type BulkChoice =
  | { readonly query: string; readonly viewId: string | null }
  | { readonly ticketIds: readonly string[] }

/** That a tag is taken off all tickets that have it, also those that get it meanwhile. */
export interface Retag {
  readonly from: string
  /** What they get in its place; null for nothing. */
  readonly into: string | null
  /** Whether the other one is there by this alone. */
  readonly isNew: boolean
}

/** One change of many tickets, which goes on by itself. */
export interface BulkJob {
  readonly id: string
  /** Who asked for it. */
  readonly userId: string
  readonly state: BulkJobState
  /** What its tickets were looked for by; null where they were named. */
  readonly query: string | null
  readonly viewId: string | null
  /** Null for an undo. */
  readonly change: BulkChange | null
  /** Of a job for all tickets with a tag, whoever may change each, and of what takes it back. */
  readonly retag: Retag | null
  /** The job that this one takes back. */
  readonly undoes: string | null
  /** The job that took this one back. */
  readonly undoneBy: string | null
  readonly total: number
  readonly changed: number
  readonly unchanged: number
  readonly refused: number
  readonly createdAt: Instant
  readonly finishedAt: Instant | null
}

/** What came of one ticket of a job. */
export interface BulkResult {
  /** Its place in the job, from 1. */
  readonly nth: number
  readonly ticketId: string
  /** Null while it was not its turn. */
  readonly outcome: BulkOutcome | null
  /** Why it was refused: as a change of this ticket alone would have been. */
  readonly problem: CoreError | null
  /** What whoever reads may see of the ticket now; null where it is out of sight, or gone. */
  readonly ticket: { readonly number: number; readonly title: string } | null
}
