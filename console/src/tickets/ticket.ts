import { queryOptions, usePrefetchQuery, useQuery } from '@tanstack/react-query'
import type { TimelineEntry } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'

const ticketBy = (id: string) =>
  queryOptions({
    queryKey: keys.ticket(id),
    queryFn: () => client.call('getTicket', { params: { id }, query: { include: 'unread,abilities' } }),
  })

const timelineBy = (id: string) => queryOptions({ queryKey: keys.timeline(id), queryFn: () => readTimeline(id) })

export function useTicket(id: string) {
  return useQuery(ticketBy(id))
}

/** All that happened to a ticket, the oldest first. */
export async function readTimeline(id: string): Promise<readonly TimelineEntry[]> {
  return collect(all(client, 'listTimeline', { params: { id }, query: { limit: '200' } }))
}

export function useTimeline(id: string) {
  return useQuery(timelineBy(id))
}

/** Asks for what is said on a ticket while it is itself asked for. */
export function useTimelineSoon(id: string): void {
  usePrefetchQuery(timelineBy(id))
}

/** Asks for a ticket that one may go on to, so that it is there at once. What changes meanwhile the feed tells, as of any. */
export function readAhead(id: string): void {
  void cache.prefetchQuery(ticketBy(id))
  void cache.prefetchQuery(timelineBy(id))
}

/** What a ticket may be given: groups and topics that are in use. */
export function useCatalogue() {
  return useQuery({
    queryKey: keys.catalogue,
    queryFn: async () => {
      const [groups, topics] = await Promise.all([
        collect(all(client, 'listGroups', { query: { limit: '200' } })),
        collect(all(client, 'listTopics', { query: { limit: '200' } })),
      ])
      return { groups: groups.filter(({ active }) => active), topics: topics.filter(({ active }) => active) }
    },
  })
}

/** Who may be made responsible: people who work on some desk. */
export function useColleagues() {
  return useQuery({
    queryKey: keys.colleagues,
    queryFn: async () =>
      (await collect(all(client, 'listUsers', { query: { works: 'true', limit: '200' } }))).filter(
        ({ active }) => active,
      ),
  })
}
