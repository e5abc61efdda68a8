import type { QuerySort } from '../query/list.ts'

/** A saved query over tickets. */
export interface View {
  /** A word for those that everybody has. */
  readonly id: string
  readonly name: string
  /** In the language of queries. */
  readonly query: string
  readonly sort: QuerySort
  readonly descending: boolean
}

/** What everybody starts with, in this order. The names are English; a console has its own for these ids. */
export const BUILTIN_VIEWS: readonly View[] = [
  { id: 'mine', name: 'Mine', query: 'assignee:me -status:solved,closed', sort: 'updated', descending: true },
  {
    id: 'unassigned',
    name: 'Unassigned',
    query: 'assignee:none -status:solved,closed',
    sort: 'created',
    descending: true,
  },
  { id: 'open', name: 'All open', query: '-status:solved,closed', sort: 'created', descending: true },
  { id: 'waiting', name: 'Waiting', query: 'is:waiting', sort: 'latest_message', descending: false },
  { id: 'unread', name: 'Unread', query: 'is:unread', sort: 'updated', descending: true },
  { id: 'solved', name: 'Recently solved', query: 'status:solved updated:<30d', sort: 'updated', descending: true },
  { id: 'all', name: 'All', query: '', sort: 'created', descending: true },
]
