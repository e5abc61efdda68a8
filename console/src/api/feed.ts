import type { InfiniteData } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { isProblem } from '../../../sdk/client.ts'
import { feed } from '../../../sdk/feed.ts'
import type { Event, ListTicketsAnswer, Ticket } from '../../../sdk/operations.ts'
import { askAgain, askForAll, cache, endSession } from './cache.ts'
import { client } from './client.ts'
import { keys } from './keys.ts'

export type FeedState = 'live' | 'away'

/** Whether what happens arrives here at the moment. */
let state: FeedState = 'live'
/** New tickets that wait while somebody points at the list, so that no row moves under the pointer. */
let waiting = 0
/** Whether lists lack more than that, because many tickets changed while they were held. */
let isBehind = false
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
  if (!isHeld() && (waiting > 0 || isBehind)) showWaitingTickets()
}

/** Shows the new tickets that wait. */
export function showWaitingTickets(): void {
  waiting = 0
  isBehind = false
  tell()
  void askAgain(keys.lists)
}

/** Keeps the cache true to what happens on the server, for as long as it is shown. */
export function useFeed(): void {
  useEffect(() => {
    const end = new AbortController()
    let hasBegun = false
    const onState = (next: FeedState): void => {
      const isFirst = next === 'live' && !hasBegun
      const isBack = next === 'live' && state === 'away'
      if (isFirst || isBack) {
        hasBegun = true
        // What was read before the feed had its place may lack what nobody tells of any more.
        void askForAll()
      }
      if (next === state) return
      state = next
      tell()
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
  }, [])
}

/** For how long what happens is collected before views are counted again, in milliseconds. */
const COUNT_MS = 500
let isCounting = false

function countAgain(): void {
  if (isCounting) return
  isCounting = true
  setTimeout(() => {
    isCounting = false
    void askAgain(keys.counts)
  }, COUNT_MS)
}

/** What is stale after something happened that is about no ticket. */
function aboutRecord(kind: Event['kind']): readonly (readonly string[])[] {
  if (kind.startsWith('bulk_job.')) return [keys.jobs]
  if (kind.startsWith('credential.')) return [keys.credentials]
  if (kind.startsWith('saved_reply.')) return [keys.replies]
  if (kind.startsWith('macro.')) return [keys.macros]
  if (kind.startsWith('tag.')) return [keys.tags]
  if (kind.startsWith('scheduled_message.')) return []
  if (kind.startsWith('letter.') || kind === 'undeliverable_address.cleared') return [keys.letters]
  // Whoever writes for the first time is made, and changes nobody's rights.
  if (kind === 'user.created') return [keys.people]
  if (kind.startsWith('user.')) return [keys.people, keys.me]
  if (kind.startsWith('desk.') || kind.startsWith('tenant.')) return [keys.catalogue, keys.people, keys.me]
  return [keys.catalogue]
}

function take({ kind, ticket }: Event): void {
  if (kind.startsWith('view.') || kind.startsWith('group.member_')) {
    // Who comes into a group has its views from then on.
    for (const queryKey of [keys.views, keys.me, keys.lists]) void askAgain(queryKey)
    countAgain()
  }
  if (ticket === null) {
    for (const queryKey of aboutRecord(kind)) void askAgain(queryKey)
    return
  }
  countAgain()
  // By its name the page of another ticket is shown from then on, or its own again.
  if (kind === 'ticket.merged' || kind === 'ticket.unmerged') void askAgain(keys.ticket(ticket))
  if (kind === 'ticket.created' && isHeld()) {
    waiting += 1
    tell()
  } else if (kind === 'ticket.created' || kind === 'ticket.deleted') {
    void askAgain(keys.lists)
  }
  if (kind !== 'ticket.created') refreshSoon(ticket)
}

/** For how long tickets that change are collected, once these are many, in milliseconds. */
const BURST_MS = 500
/** So many of them are read anew each by itself, and at once. */
const ONE_BY_ONE = 8
/** So many rows are shown anew where they stand; the others once the list is let go. */
const MOST_IN_PLACE = 200
/** How many changed in this while, and those that wait for its end. */
let changed = 0
const collected = new Set<string>()

/** Reads a ticket anew, or together with the others where thousands change at once. */
function refreshSoon(id: string): void {
  if (changed === 0) setTimeout(refreshCollected, BURST_MS)
  changed += 1
  if (changed <= ONE_BY_ONE) void refresh(id)
  else collected.add(id)
}

function refreshCollected(): void {
  const ids = [...collected]
  changed = 0
  collected.clear()
  if (ids.length === 0) return
  for (const id of ids) {
    if (cache.getQueryData(keys.ticket(id)) === undefined) continue
    void askAgain(keys.ticket(id))
  }
  isBehind = isHeld()
  if (!isBehind) void askAgain(keys.lists)
  // No row moves under the pointer, but each shows what its ticket is by now.
  else void showEach(ids.filter(isListed).slice(0, MOST_IN_PLACE))
}

async function showEach(ids: readonly string[]): Promise<void> {
  for (const id of ids) await showAnew(id)
}

/** Reads a ticket anew where it is shown: in its place in each list, and in its page. */
async function refresh(id: string): Promise<void> {
  const isOpen = cache.getQueryData(keys.ticket(id)) !== undefined
  if (isOpen) void askAgain(keys.timeline(id))
  if (isOpen || isListed(id)) await showAnew(id)
  // It may belong to a list now that does not have it, or no longer to one that has it.
  if (!isHeld()) void askAgain(keys.lists)
}

function isListed(id: string): boolean {
  const lists = cache.getQueriesData<InfiniteData<ListTicketsAnswer>>({ queryKey: keys.lists })
  return lists.some(([, list]) => list?.pages.some(({ data }) => data.some((each) => each.id === id)))
}

async function showAnew(id: string): Promise<void> {
  const query = { include: 'unread,abilities' }
  const ticket = await client.call('getTicket', { params: { id }, query }).catch(() => null)
  if (ticket) showTicket(ticket)
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
