import { QueryCache, QueryClient } from '@tanstack/react-query'
import { isProblem } from '../../../sdk/client.ts'
import { keys } from './keys.ts'

/** What was read from the server. Who turns out to be nobody any more is asked to sign in again, where they are. */
export const cache: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (isProblem(error, 'unauthenticated')) endSession()
    },
  }),
  defaultOptions: {
    // The feed tells what changed, and the SDK tries again by itself.
    queries: { staleTime: Number.POSITIVE_INFINITY, gcTime: 600_000, retry: false, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
})

/** Makes the page one of nobody; drafts stay on the device. */
export function endSession(): void {
  cache.setQueryData(keys.me, null)
}
