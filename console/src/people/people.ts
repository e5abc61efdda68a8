import { useQuery } from '@tanstack/react-query'
import type { ListedUser, Me, User } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { askAgain, cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import { usePages } from '../api/pages.ts'
import { administers } from '../session/permissions.ts'
import { useSettled } from '../tickets/list.ts'

/** What of the list of people is in the address. */
export interface PeopleSearch {
  readonly find?: string
  /** Colleagues by default. */
  readonly who?: 'everybody'
}

/** People, page after page, the oldest first. Those of before stay until there are others. */
export function usePeople({ find = '', who }: PeopleSearch) {
  const words = useSettled(find)
  return usePages({
    queryKey: keys.peopleListed(words, who ?? 'colleagues'),
    isKept: true,
    read: (at, signal) =>
      client.call('listUsers', {
        query: {
          ...(words !== '' && { query: words }),
          ...(who === undefined && { works: 'true' }),
          ...at,
        },
        signal,
      }),
  })
}

export function usePerson(id: string) {
  return useQuery({
    queryKey: keys.person(id),
    queryFn: ({ signal }) => client.call('getUser', { params: { id }, signal }),
  })
}

/** Every desk, also those that one is not on. */
export function useDesks() {
  return useQuery({
    queryKey: keys.records('desks'),
    queryFn: () => collect(all(client, 'listDesks', { query: { limit: '200' } })),
  })
}

/** Shows a person as they are now, and has what else shows them read anew. */
export function showPerson(person: User): void {
  cache.setQueryData(keys.person(person.id), person)
  void askAgain(keys.people)
}

/** Whether whoever is here may change a person, as the server decides it. */
export function mayChange(me: Me, { owner, memberships }: ListedUser): boolean {
  if (me.user.owner) return true
  const isWithin = memberships.some(({ desk }) => administers(me, desk.id))
  return !owner && isWithin && memberships.every(({ desk, role }) => role === 'customer' || administers(me, desk.id))
}

/** Whether whoever is here may decide how a person gets in, as the server decides it: never how they do themselves. */
export function mayLetIn(me: Me, person: ListedUser): boolean {
  if (person.id === me.user.id || !mayChange(me, person)) return false
  return person.memberships.every(({ desk }) => administers(me, desk.id))
}
