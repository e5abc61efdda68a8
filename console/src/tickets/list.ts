import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query'
import type { ListTicketsAnswer, Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useMe } from '../session/session.ts'
import { queryOf, type ViewId } from '../views/views.ts'

const PAGE = '100'

/** The tickets of a view, page after page. */
export function useTickets(view: ViewId) {
  const me = useMe()
  return useInfiniteQuery<
    ListTicketsAnswer,
    Error,
    InfiniteData<ListTicketsAnswer>,
    readonly unknown[],
    string | undefined
  >({
    queryKey: keys.list(view, ''),
    queryFn: ({ pageParam, signal }) =>
      client.call('listTickets', {
        query: {
          ...queryOf(view, me),
          include: 'unread',
          limit: PAGE,
          ...(pageParam !== undefined && { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
}

/** Those of the loaded tickets that have all of the words in what a row shows. */
export function matching(tickets: readonly Ticket[], words: string): readonly Ticket[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return tickets
  return tickets.filter((ticket) => {
    const { number, title, description, requester, tags } = ticket
    const text = [`#${number}`, title, description, nameOf(requester), requester?.email ?? '', ...tags]
      .join(' ')
      .toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}

/** What a person is called: by the name, else by the address. */
export function nameOf(person: Pick<NonNullable<Ticket['requester']>, 'name' | 'surname' | 'email'> | null): string {
  if (!person) return ''
  return `${person.name} ${person.surname}`.trim() || (person.email ?? '')
}
