import { useQuery } from '@tanstack/react-query'
import type { ListTicketsAnswer, ListUsersAnswer } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useSettled } from '../tickets/list.ts'

const MOST = '6'
/** Fewer letters are in everything. */
const FEWEST = 2

export interface Found {
  readonly tickets: ListTicketsAnswer['data']
  readonly people: ListUsersAnswer['data']
}

/** Tickets and people that some words find, once these stand still. */
export function useFound(typed: string): Found {
  const words = useSettled(typed.trim())
  const isAsked = words.length >= FEWEST || /^#?\d+$/.test(words)
  // As one writes it: a number alone, or with its sign.
  const number = /^#?(\d+)$/.exec(words)?.[1]
  const tickets = useQuery({
    queryKey: keys.found(words),
    enabled: isAsked,
    // A page of a list, so that the feed keeps it true like any other.
    queryFn: async ({ signal }) => {
      const byNumber = number === undefined ? null : await list(`number:${number}`, signal)
      const page = byNumber !== null && byNumber.data.length > 0 ? byNumber : await list(words, signal)
      return { pages: [page], pageParams: [] }
    },
  })
  const people = useQuery({
    queryKey: keys.peopleFound(words),
    enabled: isAsked && number === undefined,
    queryFn: ({ signal }) => client.call('listUsers', { query: { query: words, limit: MOST }, signal }),
  })
  return {
    tickets: (isAsked && tickets.data?.pages[0]?.data) || [],
    people: (isAsked && number === undefined && people.data?.data) || [],
  }
}

function list(q: string, signal: AbortSignal): Promise<ListTicketsAnswer> {
  return client.call('listTickets', { query: { q, include: 'unread,abilities', limit: MOST }, signal })
}
