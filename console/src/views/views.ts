import type { Words } from '../i18n/en.ts'

/** The views that everyone starts with, in their order, each with the key that follows `g`. What is in each the server knows. */
export const VIEWS = [
  { id: 'mine', key: 'm' },
  { id: 'unassigned', key: 'n' },
  { id: 'open', key: 'o' },
  { id: 'waiting', key: 'w' },
  { id: 'unread', key: 'u' },
  { id: 'solved', key: 's' },
  { id: 'all', key: 'a' },
] as const
export type ViewId = (typeof VIEWS)[number]['id']

export function nameOf(view: ViewId, words: Words): string {
  return words.views[view]
}

/** The view that an address names; all tickets where it names none. */
export function viewIn(value: unknown): ViewId {
  return VIEWS.find(({ id }) => id === value)?.id ?? 'all'
}
