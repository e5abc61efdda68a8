import { useQuery } from '@tanstack/react-query'
import type { TimelineEntry } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'

export function useTicket(id: string) {
  return useQuery({
    queryKey: keys.ticket(id),
    queryFn: () => client.call('getTicket', { params: { id }, query: { include: 'unread,abilities' } }),
  })
}

/** All that happened to a ticket, the oldest first. */
export async function readTimeline(id: string): Promise<readonly TimelineEntry[]> {
  return collect(all(client, 'listTimeline', { params: { id }, query: { limit: '200' } }))
}

export function useTimeline(id: string) {
  return useQuery({ queryKey: keys.timeline(id), queryFn: () => readTimeline(id) })
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
