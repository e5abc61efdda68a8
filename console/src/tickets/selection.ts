import { useSyncExternalStore } from 'react'
import type { Ticket } from '../../../sdk/operations.ts'

/** The rows of the list that is shown, and which one the keys work on. */
let rows: readonly Ticket[] = []
let selected: string | null = null
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

export function keepRows(shown: readonly Ticket[]): void {
  rows = shown
}

export function select(id: string): void {
  if (selected === id) return
  selected = id
  tell()
}

/** Moves the selection; from nowhere to the first row. */
export function movedSelection(by: 1 | -1): void {
  const at = rows.findIndex(({ id }) => id === selected)
  const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]
  if (next) select(next.id)
}

export function selectedTicket(): Ticket | null {
  return rows.find(({ id }) => id === selected) ?? null
}

export const useSelected = (): string | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => selected,
  )
