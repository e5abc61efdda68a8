import { useEffect, useState } from 'react'
import type { Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { usePages } from '../api/pages.ts'
import type { ViewId } from '../views/views.ts'

const PAGE = '100'

/** For how long nothing is typed before it is asked for, in milliseconds. */
const TYPING_MS = 200

/** A text once it stands still. */
export function useSettled(text: string): string {
  const [settled, settle] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => settle(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  // What was emptied, and the words that a page begins with, need no rest.
  return text === '' ? text : settled
}

/** The tickets of a view for which a query holds, page after page. Those of before stay until there are others. */
export function useTickets(view: ViewId, sought: string) {
  const q = useSettled(sought)
  return usePages({
    queryKey: keys.list(view, q),
    isKept: true,
    read: (at, signal) =>
      client.call('listTickets', {
        query: {
          view,
          ...(q !== '' && { q }),
          include: q === '' ? 'unread,abilities' : 'unread,abilities,snippets',
          limit: PAGE,
          ...at,
        },
        signal,
      }),
  })
}

/** What a person is called: by the name, else by the address. */
export function nameOf(person: Pick<NonNullable<Ticket['requester']>, 'name' | 'surname' | 'email'> | null): string {
  if (!person) return ''
  return `${person.name} ${person.surname}`.trim() || (person.email ?? '')
}
