import { useSyncExternalStore } from 'react'
import type { ChangeTicketBody, Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { holdLists, showTicket } from '../api/feed.ts'
import { whyOf } from '../api/why.ts'
import { rowsNow } from './selection.ts'

/** How many changes are under way at once. */
const AT_ONCE = 4

/** A change of many tickets: how far it is, and which of them refused it. */
export interface Bulk {
  readonly total: number
  readonly done: number
  readonly failures: readonly { readonly ticket: Ticket; readonly why: string }[]
}

interface State {
  /** Tickets that were picked to be changed at once, by id. */
  readonly picked: ReadonlyMap<string, Ticket>
  readonly bulk: Bulk | null
}

let state: State = { picked: new Map(), bulk: null }
/** From where the next pick with Shift reaches. */
let anchor: string | null = null
const listeners = new Set<() => void>()

function set(next: Partial<State>): void {
  state = { ...state, ...next }
  // Nobody picks from rows that move.
  holdLists('picked', state.picked.size > 0)
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

export const isPicking = (): boolean => state.picked.size > 0

/** Picks a ticket, or lets it go. */
export function pick(ticket: Ticket): void {
  const picked = new Map(state.picked)
  if (!picked.delete(ticket.id)) picked.set(ticket.id, ticket)
  anchor = ticket.id
  set({ picked })
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
  set({ picked: new Map([...state.picked, ...between.map((row) => [row.id, row] as const)]) })
}

/** Lets all go, and forgets how the latest change went. */
export function unpick(): void {
  if (state.picked.size === 0 && state.bulk === null) return
  anchor = null
  set({ picked: new Map(), bulk: null })
}

const isUnderWay = ({ bulk }: State): boolean => bulk !== null && bulk.done < bulk.total

/** Changes all that are picked, a few at a time. Those that refuse stay picked, with the reason. */
export async function changePicked(change: ChangeTicketBody): Promise<void> {
  if (isUnderWay(state)) return
  const tickets = [...state.picked.values()]
  set({ bulk: { total: tickets.length, done: 0, failures: [] } })
  const left = tickets.values()
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(left, change)))
  const failures = state.bulk?.failures ?? []
  set({ picked: new Map(failures.map(({ ticket }) => [ticket.id, ticket])) })
}

async function work(tickets: Iterator<Ticket>, change: ChangeTicketBody): Promise<void> {
  for (let next = tickets.next(); !next.done; next = tickets.next()) {
    const ticket = next.value
    const failure = await client
      .call('changeTicket', { params: { id: ticket.id }, body: change })
      .then(showTicket, (error: unknown) => ({ ticket, why: whyOf(error) }))
    const { total, done, failures } = state.bulk ?? { total: 1, done: 0, failures: [] }
    set({ bulk: { total, done: done + 1, failures: failure ? [...failures, failure] : failures } })
  }
}
