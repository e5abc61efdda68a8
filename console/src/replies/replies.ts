import { useQuery } from '@tanstack/react-query'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'

/** The saved replies that are for whoever is here, what they used last before the others. */
export function useReplies() {
  return useQuery({
    queryKey: keys.replies,
    queryFn: async ({ signal }) => (await client.call('listSavedReplies', { signal })).data,
  })
}

/** The same as they are to be said on a ticket. Asked for anew each time: what they are filled with changes. */
export function useRepliesFor(ticket: string, isWanted: boolean) {
  return useQuery({
    queryKey: keys.repliesFor(ticket),
    enabled: isWanted,
    staleTime: 0,
    queryFn: async ({ signal }) => (await client.call('listSavedReplies', { query: { ticket }, signal })).data,
  })
}
