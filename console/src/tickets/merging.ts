import { useSyncExternalStore } from 'react'
import type { Ticket } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { showTicket } from '../api/feed.ts'
import { keys } from '../api/keys.ts'
import { whyOf } from '../api/why.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'

/** The ticket that is to be merged, while it is asked into which. */
let asked: Ticket | null = null
const listeners = new Set<() => void>()

/** Asks into which ticket this one is to be merged; null asks no more. */
export function askInto(ticket: Ticket | null): void {
  asked = ticket
  for (const listener of listeners) listener()
}

export const useAsked = (): Ticket | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )

/** What shows either of two tickets is stale. */
function readAnew(...ids: readonly string[]): void {
  for (const id of ids) void askAgain(keys.ticket(id))
  void askAgain(keys.lists)
}

/** Merges a ticket into another, and offers to take it back. @returns whether it could */
export async function merge(from: Ticket, into: Pick<Ticket, 'id'>): Promise<boolean> {
  const words = wordsNow().merging
  try {
    const stays = await client.call('mergeTicket', { params: { id: from.id }, body: { into: into.id } })
    showTicket(stays)
    readAnew(from.id, stays.id)
    notify(words.merged(from.number, stays.number), {
      ...{ about: stays.id, name: wordsNow().ticket.undo },
      run: () => void unmerge(from, stays),
    })
    return true
  } catch (error) {
    notify(`${words.failed} ${whyOf(error)}`)
    return false
  }
}

/** Takes a merge back. */
export async function unmerge(from: Pick<Ticket, 'id'>, into: Pick<Ticket, 'id'>): Promise<void> {
  const words = wordsNow().merging
  try {
    const back = await client.call('unmergeTicket', { params: { id: from.id } })
    readAnew(from.id, into.id)
    notify(words.back(back.number))
  } catch (error) {
    notify(`${words.failed} ${whyOf(error)}`)
  }
}
