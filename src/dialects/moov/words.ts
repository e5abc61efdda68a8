import { STATUSES, type Status } from '../../core/words.ts'

export const MOOV_STATUSES = ['new', 'in-progress', 'on-hold', 'closed'] as const
export type MoovStatus = (typeof MOOV_STATUSES)[number]

/** How each of our statuses is shown (Moov decision M22; who is assigned plays no part). */
export const SHOWN_STATUS: Readonly<Record<Status, MoovStatus>> = {
  new: 'new',
  open: 'in-progress',
  pending: 'on-hold',
  on_hold: 'on-hold',
  solved: 'closed',
  closed: 'closed',
}

/** All of our statuses that are shown as this one: what the list's filter means by it (M22). */
export function statusesShownAs(word: MoovStatus): readonly Status[] {
  return STATUSES.filter((status) => SHOWN_STATUS[status] === word)
}

/** What a message's author is called when nothing else is known of them (M40). */
export const UNKNOWN_AUTHOR = { agent: 'Agent', requester: 'Customer' } as const
