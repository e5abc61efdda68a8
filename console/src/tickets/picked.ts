import { useSyncExternalStore } from 'react'
import type { CreateJobBody, Ticket } from '../../../sdk/operations.ts'
import { holdLists } from '../api/feed.ts'
import { beginJob, dismissJob, isJobOver } from './jobs.ts'
import { rowsNow } from './selection.ts'

/** A list, as all that is in it is asked for. */
export interface WholeList {
  readonly view: string
  readonly q: string
}

interface State {
  /** Tickets that were picked to be changed at once, by id. */
  readonly picked: ReadonlyMap<string, Ticket>
  /** The list of which all are picked, also what is not loaded. */
  readonly everything: WholeList | null
}

const NOTHING: State = { picked: new Map(), everything: null }
let state = NOTHING
/** From where the next pick with Shift reaches. */
let anchor: string | null = null
const listeners = new Set<() => void>()

function set(next: State): void {
  state = next
  // Nobody picks from rows that move.
  holdLists('picked', isAnyPicked())
  for (const listener of listeners) listener()
}

export const usePicked = (): State =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )

const isAnyPicked = (): boolean => state.picked.size > 0 || state.everything !== null
/** Whether there is something to let go: what is picked, or what is told of the latest change. */
export const isPicking = (): boolean => isAnyPicked() || isJobOver()

/** Picks a ticket, or lets it go. */
export function pick(ticket: Ticket): void {
  const picked = new Map(state.picked)
  if (!picked.delete(ticket.id)) picked.set(ticket.id, ticket)
  anchor = ticket.id
  set({ picked, everything: null })
}

/** Picks every ticket from the latest that was picked to another. */
export function pickTo(ticket: Ticket): void {
  const rows = rowsNow()
  const from = rows.findIndex(({ id }) => id === anchor)
  const to = rows.findIndex(({ id }) => id === ticket.id)
  if (from === -1) {
    pick(ticket)
    return
  }
  const between = rows.slice(Math.min(from, to), Math.max(from, to) + 1)
  set({ picked: new Map([...state.picked, ...between.map((row) => [row.id, row] as const)]), everything: null })
}

/** Picks all tickets of a list, however many they are. */
export function pickEverything(list: WholeList): void {
  set({ ...state, everything: list })
}

/** Lets all go; where nothing is picked, forgets how the latest change went. */
export function unpick(): void {
  if (!isAnyPicked()) {
    dismissJob()
    return
  }
  letGo()
}

/** Lets all go that is picked. */
export function letGo(): void {
  if (!isAnyPicked()) return
  anchor = null
  set(NOTHING)
}

/** Whether there is something to be changed at once. */
export const hasPicked = isAnyPicked

/** Changes all that are picked, in the background. They are let go once that has begun. */
export async function changePicked(change: NonNullable<CreateJobBody['change']>): Promise<void> {
  const { picked, everything } = state
  const which = everything ? { view: everything.view, query: everything.q } : { tickets: [...picked.keys()] }
  if (await beginJob({ ...which, change })) letGo()
}
