import { type InfiniteData, keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query'

interface Pages<Page> {
  readonly queryKey: QueryKey
  /** Asks for the page at a cursor; for the first one without any. */
  readonly read: (at: { readonly cursor?: string }, signal: AbortSignal) => Promise<Page>
  /** What is shown while another list is read: nothing, or the list of before. */
  readonly isKept?: boolean
  /** Whether it is asked for anew whenever somebody comes to it: what the feed does not tell. */
  readonly isFresh?: boolean
  /** How often it is asked for anew while somebody looks, in milliseconds; who reads further down is left in peace. */
  readonly againMs?: number
  readonly enabled?: boolean
}

/** A list of the API, page after page. */
export function usePages<Page extends { readonly next: string | null }>(pages: Pages<Page>) {
  const { queryKey, read, isKept = false, isFresh = false, againMs, enabled = true } = pages
  return useInfiniteQuery<Page, Error, InfiniteData<Page>, QueryKey, string | undefined>({
    queryKey,
    enabled,
    ...(isKept && { placeholderData: keepPreviousData }),
    ...(isFresh && { staleTime: 0 }),
    ...(againMs !== undefined && {
      refetchInterval: ({ state: { data } }) => (data && data.pages.length > 1 ? false : againMs),
    }),
    queryFn: ({ pageParam, signal }) => read(pageParam === undefined ? {} : { cursor: pageParam }, signal),
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
}
