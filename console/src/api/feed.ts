import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { isProblem } from '../../../sdk/client.ts'
import { feed } from '../../../sdk/feed.ts'
import type { Event, ListTicketsAnswer, Ticket } from '../../../sdk/operations.ts'
import { cache, endSession } from './cache.ts'
import { client } from './client.ts'
import { keys } from './keys.ts'

export type FeedState = 'live' | 'away'

/** Whether what happens arrives here at the moment. */
let state: FeedState = 'live'
/** New tickets that wait while somebody points at the list, so that no row moves under the pointer. */
let waiting = 0
/** Why lists are held: somebody points at one, or picks tickets of it. */
const holds = new Set<'pointer' | 'picked'>()
const isHeld = (): boolean => holds.size > 0
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useFeedState = (): FeedState => useSyncExternalStore(subscribe, () => state)
export const useWaitingTickets = (): number => useSyncExternalStore(subscribe, () => waiting)

/** Holds the order of lists while there is a reason; what came meanwhile is shown when they are let go. */
export function holdLists(reason: 'pointer' | 'picked', held: boolean): void {
  if (held) holds.add(reason)
  else holds.delete(reason)
  if (!isHeld() && waiting > 0) showWaitingTickets()
}

/** Shows the new tickets that wait. */
export function showWaitingTickets(): void {
  waiting = 0
  tell()
  void cache.invalidateQueries({ queryKey: keys.lists })
}

/** Keeps the cache true to what happens on the server, for as long as it is shown. */
export function useFeed(): void {
  const queries = useQueryClient()
  useEffect(() => {
    const end = new AbortController()
    let hasBegun = false
    const onState = (next: FeedState): void => {
      if (next === 'live' && !hasBegun) {
        hasBegun = true
        void readAnew(queries)
      }
      if (next === state) return
      const wasAway = state === 'away'
      state = next
      tell()
      // What was missed is read anew when the feed had to begin again.
      if (wasAway) void queries.invalidateQueries()
    }
    const follow = async (): Promise<void> => {
      try {
        for await (const event of feed(client, { after: 'latest', signal: end.signal, onState })) take(event)
      } catch (error) {
        if (isProblem(error, 'unauthenticated')) endSession()
        else if (!end.signal.aborted) onState('away')
      }
    }
    void follow()
    return () => end.abort()
  }, [queries])
}

/**
 * What was read, or asked for, before the feed had its place may lack what happened before that place: nobody would tell of
 * it any more. So it is asked for once more from there on.
 */
async function readAnew(queries: QueryClient): Promise<void> {
  const shown = { predicate: ({ queryKey }: { readonly queryKey: readonly unknown[] }) => queryKey[0] !== keys.me[0] }
  await queries.cancelQueries(shown)
  await queries.invalidateQueries(shown)
}

/** For how long what happens is collected before views are counted again, in milliseconds. */
const COUNT_MS = 500
let isCounting = false

function countAgain(): void {
  if (isCounting) return
  isCounting = true
  setTimeout(() => {
    isCounting = false
    void cache.invalidateQueries({ queryKey: keys.counts })
  }, COUNT_MS)
}

/** What is stale after something happened that is about no ticket. */
function aboutRecord(kind: Event['kind']): readonly (readonly string[])[] {
  if (kind.startsWith('credential.')) return [keys.credentials]
  if (kind.startsWith('user.')) return [keys.people, keys.me]
  if (kind.startsWith('desk.') || kind.startsWith('tenant.')) return [keys.catalogue, keys.people, keys.me]
  return [keys.catalogue]
}

function take({ kind, ticket }: Event): void {
  if (kind.startsWith('view.') || kind.startsWith('group.member_')) {
    // Who comes into a group has its views from then on.
    for (const queryKey of [keys.views, keys.me, keys.lists]) void cache.invalidateQueries({ queryKey })
    countAgain()
  }
  if (ticket === null) {
    for (const queryKey of aboutRecord(kind)) void cache.invalidateQueries({ queryKey })
    return
  }
  countAgain()
  if (kind === 'ticket.created' && isHeld()) {
    waiting += 1
    tell()
  } else if (kind === 'ticket.created' || kind === 'ticket.deleted') {
    void cache.invalidateQueries({ queryKey: keys.lists })
  }
  if (kind !== 'ticket.created') void refresh(ticket)
}

/** Reads a ticket anew where it is shown: in its place in each list, and in its page. */
async function refresh(id: string): Promise<void> {
  const lists = cache.getQueriesData<InfiniteData<ListTicketsAnswer>>({ queryKey: keys.lists })
  const isListed = lists.some(([, list]) => list?.pages.some(({ data }) => data.some((each) => each.id === id)))
  const isOpen = cache.getQueryData(keys.ticket(id)) !== undefined
  if (isOpen) void cache.invalidateQueries({ queryKey: keys.timeline(id) })
  if (isListed || isOpen) {
    const ticket = await client
      .call('getTicket', { params: { id }, query: { include: 'unread,abilities' } })
      .catch(() => null)
    if (ticket) showTicket(ticket)
  }
  // It may belong to a list now that does not have it, or no longer to one that has it.
  if (!isHeld()) void cache.invalidateQueries({ queryKey: keys.lists })
}

/** What is only told to whoever asks for it. */
const INCLUDED = ['unread', 'read_position', 'abilities'] as const

/** Puts a ticket as it is now into every place of the cache that shows it. What is not told of it stays. */
export function showTicket(shown: Ticket): void {
  const known = cache.getQueryData<Ticket>(keys.ticket(shown.id))
  const kept = INCLUDED.filter((field) => shown[field] === undefined && known?.[field] !== undefined)
  const ticket = { ...shown, ...Object.fromEntries(kept.map((field) => [field, known?.[field]])) }
  if (known === undefined || known.version <= ticket.version) cache.setQueryData(keys.ticket(ticket.id), ticket)
  cache.setQueriesData<InfiniteData<ListTicketsAnswer>>({ queryKey: keys.lists }, (list) => {
    if (!list) return list
    const pages = list.pages.map((page) => ({
      ...page,
      data: page.data.map((each) => (each.id === ticket.id && each.version <= ticket.version ? ticket : each)),
    }))
    return { ...list, pages }
  })
}
