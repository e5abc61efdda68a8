import type { ListTicketsQuery, Me } from '../../../sdk/operations.ts'
import type { Words } from '../i18n/en.ts'

/** The views that everyone starts with, in their order, each with the key that follows `g`. */
export const VIEWS = [
  { id: 'mine', key: 'm' },
  { id: 'unassigned', key: 'u' },
  { id: 'open', key: 'o' },
  { id: 'pending', key: 'p' },
  { id: 'solved', key: 's' },
  { id: 'all', key: 'a' },
] as const
export type ViewId = (typeof VIEWS)[number]['id']

const OPEN = 'new,open,pending,on_hold'

/** What a view asks the server for. */
export function queryOf(view: ViewId, me: Me): ListTicketsQuery {
  const queries: Readonly<Record<ViewId, ListTicketsQuery>> = {
    mine: { assignee: me.user.id, status: OPEN },
    unassigned: { unassigned: 'true', status: OPEN },
    open: { status: OPEN },
    pending: { status: 'pending' },
    solved: { status: 'solved' },
    all: {},
  }
  return queries[view]
}

export function nameOf(view: ViewId, words: Words): string {
  return words.views[view]
}

/** The view that an address names; all tickets where it names none. */
export function viewIn(value: unknown): ViewId {
  return VIEWS.find(({ id }) => id === value)?.id ?? 'all'
}
