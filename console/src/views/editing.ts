import { useSyncExternalStore } from 'react'
import type { View } from '../../../sdk/operations.ts'

/** What is done to a view at the moment: a new one is saved, one is changed, or one is to be deleted. */
export type Editing =
  | { readonly what: 'save' }
  | { readonly what: 'change'; readonly view: View }
  | { readonly what: 'delete'; readonly view: View }

let editing: Editing | null = null
const listeners = new Set<() => void>()

/** Shows the dialog for it; null takes it away. */
export function editView(next: Editing | null): void {
  editing = next
  for (const listener of listeners) listener()
}

export const useEditing = (): Editing | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => editing,
  )
