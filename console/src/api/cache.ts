import { hashKey, QueryCache, QueryClient, type QueryKey } from '@tanstack/react-query'
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

interface Asking {
  isDue: boolean
  end: Promise<void>
}

/** What is asked for again at the moment. */
const asking = new Map<string, Asking>()

/**
 * Asks again for all that is known by keys that begin with this one, since something changed. What is under way may have
 * been read too early, and the library would content itself with it where nothing is known yet: it is waited for, and asked
 * for once more. So each answer is shown, however often something changes, and the last one lacks nothing.
 */
export function askAgain(queryKey: QueryKey): Promise<void> {
  const name = hashKey(queryKey)
  const under = asking.get(name) ?? { isDue: true, end: Promise.resolve() }
  under.isDue = true
  if (!asking.has(name)) {
    asking.set(name, under)
    under.end = askWhileDue(queryKey, under)
  }
  return under.end
}

async function askWhileDue(queryKey: QueryKey, under: Asking): Promise<void> {
  while (under.isDue) {
    // Nobody looks at these any more: what comes of them must not count as known.
    await cache.cancelQueries({ queryKey, type: 'inactive' })
    under.isDue = cache.isFetching({ queryKey, type: 'active' }) > 0
    await cache.invalidateQueries({ queryKey }, { cancelRefetch: false })
  }
  asking.delete(hashKey(queryKey))
}

/** Asks for everything but who one is, from now on: what is under way by now counts no more. */
export async function askForAll(): Promise<void> {
  const all = { predicate: ({ queryKey }: { readonly queryKey: QueryKey }) => queryKey[0] !== keys.me[0] }
  await cache.cancelQueries(all)
  await cache.invalidateQueries(all)
}
