import { useSyncExternalStore } from 'react'

const STAYS_MS = 8_000
let notices: readonly { readonly id: number; readonly text: string }[] = []
let last = 0
const listeners = new Set<() => void>()

function set(next: typeof notices): void {
  notices = next
  for (const listener of listeners) listener()
}

/** Tells something for a while, at the foot of the page and to screen readers. */
export function notify(text: string): void {
  last += 1
  const id = last
  set([...notices, { id, text }])
  setTimeout(() => set(notices.filter((each) => each.id !== id)), STAYS_MS)
}

export const useNotices = (): typeof notices =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => notices,
  )
