import type { Direction, Priority, Status } from '../../core/words.ts'

/** The vendor's words for statuses, as its Ticket page lists them, and ours. */
export const STATUS_BY_WORD = {
  new: 'new',
  open: 'open',
  pending: 'pending',
  holding: 'on_hold',
  solved: 'solved',
  closed: 'closed',
} as const satisfies Record<string, Status>
export type StatusWord = keyof typeof STATUS_BY_WORD

/** The only words that updating one ticket accepts; everything else goes through setStatus. */
export const FINISHING_STATUS_BY_WORD = { solved: 'solved', closed: 'closed' } as const satisfies Record<string, Status>

export const WORD_OF_STATUS: Readonly<Record<Status, StatusWord>> = {
  new: 'new',
  open: 'open',
  pending: 'pending',
  on_hold: 'holding',
  solved: 'solved',
  closed: 'closed',
}

export const PRIORITY_BY_WORD = {
  low: 'low',
  medium: 'normal',
  high: 'high',
  urgent: 'urgent',
} as const satisfies Record<string, Priority>
export type PriorityWord = keyof typeof PRIORITY_BY_WORD

export const WORD_OF_PRIORITY: Readonly<Record<Priority, PriorityWord>> = {
  low: 'low',
  normal: 'medium',
  high: 'high',
  urgent: 'urgent',
}

export const DIRECTION_BY_WORD = { inbound: 'inbound', outbound: 'outbound' } as const satisfies Record<
  string,
  Direction
>
