import { useQuery } from '@tanstack/react-query'
import type { View } from '../../../sdk/operations.ts'
import { askAgain, cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import type { Words } from '../i18n/en.ts'

/** The views that everyone starts with, in their order, each with the key that follows `g`. What is in each the server knows. */
export const VIEWS = [
  { id: 'mine', key: 'm' },
  { id: 'unassigned', key: 'n' },
  { id: 'open', key: 'o' },
  { id: 'waiting', key: 'w' },
  { id: 'unread', key: 'u' },
  { id: 'snoozed', key: 'h' },
  { id: 'solved', key: 's' },
  { id: 'all', key: 'a' },
] as const
type BuiltinId = (typeof VIEWS)[number]['id']

/** A word for those that everybody has, the server's id for saved ones. */
export type ViewId = string

const SAVED = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The view that an address names; all tickets where it names none. */
export function viewIn(value: unknown): ViewId {
  if (typeof value === 'string' && SAVED.test(value)) return value
  return VIEWS.find(({ id }) => id === value)?.id ?? 'all'
}

function isBuiltin(id: ViewId): id is BuiltinId {
  return VIEWS.some((view) => view.id === id)
}

/** What a view is called; nothing of a saved one that is not known, or not any more. */
export function nameOf(id: ViewId, words: Words, views: readonly View[]): string {
  return isBuiltin(id) ? words.views[id] : (views.find((view) => view.id === id)?.name ?? '')
}

const viewsQuery = {
  queryKey: keys.views,
  queryFn: async ({ signal }: { readonly signal: AbortSignal }) => (await client.call('listViews', { signal })).data,
}

/** All views, in the order of whoever is here. */
export function useViews(): readonly View[] {
  return useQuery(viewsQuery).data ?? []
}

/** Those that were read by now. */
export function knownViews(): readonly View[] {
  return cache.getQueryData<readonly View[]>(keys.views) ?? []
}

/** The saved views among which one can be moved: pinned ones are before the others. */
export function movableWith(view: View, views: readonly View[]): readonly View[] {
  return views.filter(({ saved, pinned }) => saved && pinned === view.pinned)
}

/** Puts a saved view where another one is, for oneself; shown at once. @throws Problem what the server refused */
export async function moveView(view: View, to: View): Promise<void> {
  const before = knownViews()
  const others = before.filter(({ id }) => id !== view.id)
  const at = others.findIndex(({ id }) => id === to.id)
  const placeOf = ({ id }: View): number => before.findIndex((each) => each.id === id)
  const isDown = placeOf(to) > placeOf(view)
  const order = others.toSpliced(isDown ? at + 1 : at, 0, view)
  cache.setQueryData(keys.views, order)
  const ids = order.filter(({ saved }) => saved).map(({ id }) => id)
  try {
    await client.call('orderViews', { body: { views: ids } })
  } finally {
    void askAgain(keys.views)
  }
}

/** Reads anew what depends on views. */
export function readViewsAnew(): void {
  for (const queryKey of [keys.views, keys.counts, keys.lists]) void askAgain(queryKey)
}
