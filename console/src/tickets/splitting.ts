import { useSyncExternalStore } from 'react'
import type { Message, SplitTicketBody, Ticket } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { showTicket } from '../api/feed.ts'
import { keys } from '../api/keys.ts'
import { whyOf } from '../api/why.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'

/** A message of which it is asked whether it becomes a ticket of its own. */
export interface SplitAsked {
  readonly ticket: Ticket
  readonly message: Message
}

let asked: SplitAsked | null = null
const listeners = new Set<() => void>()

/** Asks about a message; null asks no more. */
export function askSplit(next: SplitAsked | null): void {
  asked = next
  for (const listener of listeners) listener()
}

export const useSplitAsked = (): SplitAsked | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )

/** Splits a message off, and offers to take that back. @returns the new ticket, or null where it could not */
export async function split(ticket: Ticket, body: SplitTicketBody): Promise<Ticket | null> {
  const words = wordsNow().splitting
  try {
    const fresh = await client.call('splitTicket', { params: { id: ticket.id }, body })
    readAnew(ticket, fresh)
    notify(words.done(fresh.number), {
      ...{ about: fresh.id, name: wordsNow().ticket.undo },
      run: () => void takeBack(ticket, fresh),
    })
    return fresh
  } catch (error) {
    notify(`${words.failed} ${whyOf(error)}`)
    return null
  }
}

/** Takes a split back. The page of the new ticket is that of the other one from then on. */
async function takeBack(ticket: Ticket, fresh: Ticket): Promise<void> {
  try {
    showTicket(await client.call('undoChange', { params: { id: fresh.id }, ifVersion: fresh.version }))
    readAnew(ticket, fresh)
    notify(wordsNow().splitting.back(ticket.number))
  } catch (error) {
    notify(`${wordsNow().ticket.notUndone} ${whyOf(error)}`)
  }
}

/** What shows either of two tickets is stale. */
function readAnew(...tickets: readonly Ticket[]): void {
  for (const { id } of tickets) void askAgain(keys.ticket(id))
  void askAgain(keys.lists)
}
