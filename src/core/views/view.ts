import type { Kept, Shared } from '../identity/audience.ts'
import type { QuerySort } from '../query/list.ts'

/** A query over tickets that has a name. */
export interface View extends Kept {
  /** A word for those that everybody has, a UUID for those that were saved. */
  readonly id: string
  /** Goes up with each change; 0 for those that everybody has. */
  readonly version: number
  readonly name: string
  /** In the language of queries. */
  readonly query: string
  readonly sort: QuerySort
  readonly descending: boolean
  /** Whether whoever asks wants it before the others. */
  readonly pinned: boolean
}

/** A view to save. */
export interface NewView extends Shared {
  readonly name: string
  readonly query: string
  readonly sort: QuerySort
  readonly descending: boolean
}

/** What is to change of a view; absent stays as it is. */
export interface ViewChange {
  readonly name?: string
  readonly query?: string
  readonly order?: { readonly sort: QuerySort; readonly descending: boolean }
  readonly shared?: Shared
}

/** How many private views a person has at the most, and a tenant shared ones: nobody sees more than both. */
export const MOST_VIEWS = 50

/** What everybody starts with, in this order. The names are English; a console has its own for these ids. */
export const BUILTIN_VIEWS: readonly View[] = [
  builtin('mine', 'Mine', 'assignee:me -status:solved,closed -is:snoozed', 'updated'),
  builtin('unassigned', 'Unassigned', 'assignee:none -status:solved,closed -is:snoozed', 'created'),
  builtin('open', 'All open', '-status:solved,closed -is:snoozed', 'created'),
  { ...builtin('waiting', 'Waiting', 'is:waiting -is:snoozed', 'latest_message'), descending: false },
  builtin('unread', 'Unread', 'is:unread', 'updated'),
  builtin('snoozed', 'Snoozed', 'is:snoozed', 'updated'),
  builtin('solved', 'Recently solved', 'status:solved updated:<30d', 'updated'),
  builtin('all', 'All', '', 'created'),
]

function builtin(id: string, name: string, query: string, sort: QuerySort): View {
  const forAll = { audience: 'everyone', groupId: null, authorId: null, version: 0, pinned: false } as const
  return { id, name, query, sort, descending: true, ...forAll }
}
