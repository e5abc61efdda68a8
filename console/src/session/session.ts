import { useQuery } from '@tanstack/react-query'
import { isProblem } from '../../../sdk/client.ts'
import type { Me, SignInBody } from '../../../sdk/operations.ts'
import { cache, endSession } from '../api/cache.ts'
import { client, keepCsrfToken } from '../api/client.ts'
import { keys } from '../api/keys.ts'

/** Who is here: null is nobody. */
async function readMe(): Promise<Me | null> {
  try {
    const me = await client.call('getMe')
    keepCsrfToken(me.csrf_token)
    return me
  } catch (error) {
    if (isProblem(error, 'unauthenticated')) return null
    throw error
  }
}

export const meQuery = { queryKey: keys.me, queryFn: readMe }

export function useSession() {
  return useQuery(meQuery)
}

/** Who is here, where only somebody can be. @throws Error outside of the pages of somebody. */
export function useMe(): Me {
  const { data } = useSession()
  if (!data) throw new Error('Nobody is signed in.')
  return data
}

/** @throws Problem `unauthenticated`, `second_factor_required`, `rate_limited`. */
export async function signIn(given: SignInBody): Promise<void> {
  await client.call('signIn', { body: given })
  const before = cache.getQueryData<Me | null>(keys.me)
  const me = await readMe()
  // What another person read is not for this one.
  if (me?.user.id !== before?.user.id) forgetAll()
  cache.setQueryData(keys.me, me)
}

export async function signOut(): Promise<void> {
  await client.call('signOut', { params: { id: 'current' } })
  keepCsrfToken(null)
  forgetAll()
  endSession()
}

/** All but who is here: that is looked at by the page itself. */
function forgetAll(): void {
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.me[0] })
}
