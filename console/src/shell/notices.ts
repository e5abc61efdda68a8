import { useSyncExternalStore } from 'react'

const STAYS_MS = 8_000

/** Something that is told, and what can be done about it. */
interface Notice {
  readonly id: number
  readonly text: string
  readonly offer: Offer | null
}

/** What a button of a notice does. It stands for `about`: what is newer of the same takes its place. */
export interface Offer {
  readonly about: string
  readonly name: string
  readonly run: () => void
}

let notices: readonly Notice[] = []
let last = 0
const listeners = new Set<() => void>()

function set(next: readonly Notice[]): void {
  notices = next
  for (const listener of listeners) listener()
}

/** Tells something for a while, at the foot of the page and to screen readers. */
export function notify(text: string, offer: Offer | null = null): void {
  last += 1
  const id = last
  const others = offer === null ? notices : notices.filter((each) => each.offer?.about !== offer.about)
  set([...others, { id, text, offer }])
  setTimeout(() => dismiss(id), STAYS_MS)
}

/** Takes a notice away. */
export function dismiss(id: number): void {
  set(notices.filter((each) => each.id !== id))
}

export const useNotices = (): readonly Notice[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => notices,
  )
