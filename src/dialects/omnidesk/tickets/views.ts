import { refuseField } from '../../../core/errors.ts'
import type { TicketFilter } from '../../../core/tickets/ticket.ts'
import type { Status } from '../../../core/words.ts'
import { STATUSES } from '../../../core/words.ts'
import { WORD_OF_STATUS } from '../words.ts'

/** A named selection of tickets, for `applyView`. */
export interface View {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly filter: TicketFilter
}

/** The statuses of tickets on which there is something left to do. */
export const UNFINISHED: readonly Status[] = ['new', 'open', 'pending', 'on_hold']

/** The views that every tenant has: the public reference tells of views, not which there are. */
export const VIEWS: readonly View[] = [
  { id: 1, slug: 'all', name: 'All tickets', filter: {} },
  { id: 2, slug: 'unsolved', name: 'Unsolved tickets', filter: { statuses: UNFINISHED } },
  { id: 3, slug: 'unassigned', name: 'Unassigned tickets', filter: { unassigned: true } },
  ...STATUSES.map((status, index) => ({
    id: 4 + index,
    slug: WORD_OF_STATUS[status],
    name: `Tickets with status ${WORD_OF_STATUS[status]}`,
    filter: { statuses: [status] },
  })),
]

/** Ids of one digit are accepted although the vendor declares at least two characters. */
const VIEW_WORD = /^(?:[0-9a-zA-Z_-]{2,}|[0-9])$/

/** The view behind an id or a slug. @throws Refusal `invalid` */
export function viewBy(word: string): View {
  if (!VIEW_WORD.test(word)) refuseField(['applyView'], 'format', 'is no id or slug of a view')
  const view = VIEWS.find((each) => each.slug === word || String(each.id) === word)
  return view ?? refuseField(['applyView'], 'unknown', 'names no view')
}
