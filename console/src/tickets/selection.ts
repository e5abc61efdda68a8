import { useSyncExternalStore } from 'react'
import type { Ticket } from '../../../sdk/operations.ts'

/** The rows of the list that is shown, and which one the keys work on. */
let rows: readonly Ticket[] = []
let selected: string | null = null
/** Where in the list the selected ticket is, or was before it left it. */
let at = 0
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function findPlace(): void {
  const found = rows.findIndex(({ id }) => id === selected)
  if (found !== -1) at = found
}

/** The tickets of the list that is shown. */
export const rowsNow = (): readonly Ticket[] => rows

export function keepRows(shown: readonly Ticket[]): void {
  rows = shown
  findPlace()
  tell()
}

export function select(id: string): void {
  if (selected === id) return
  selected = id
  findPlace()
  tell()
}

/** Moves the selection; from nowhere to the first row. */
export function moveSelection(by: 1 | -1): void {
  const next = neighbour(by) ?? selectedTicket() ?? rows[0]
  if (next) select(next.id)
}

export function selectedTicket(): Ticket | null {
  return rows.find(({ id }) => id === selected) ?? null
}

/** The ticket after or before the selected one. Where that has left the list, those that were beside it still are. */
export function neighbour(by: 1 | -1): Ticket | null {
  if (selected === null) return rows[0] ?? null
  const isThere = rows[at]?.id === selected
  return rows[by === 1 && !isThere ? at : at + by] ?? null
}

export const useSelected = (): string | null => useSyncExternalStore(subscribe, () => selected)
/** The ticket after or before the selected one. */
export const useNeighbour = (by: 1 | -1): Ticket | null => useSyncExternalStore(subscribe, () => neighbour(by))
