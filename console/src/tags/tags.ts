import { useQuery } from '@tanstack/react-query'
import type { Tag } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import { worksHere } from '../session/permissions.ts'
import { useMe } from '../session/session.ts'

export const COLOURS = [
  ...(['grey', 'red', 'orange', 'yellow', 'green'] as const),
  ...(['teal', 'blue', 'purple', 'pink', 'brown'] as const),
] as const satisfies readonly NonNullable<Tag['colour']>[]
export type Colour = (typeof COLOURS)[number]

/** The tags of this tenant by name, with how many tickets have each. */
export function useTags() {
  return useQuery({
    queryKey: keys.tagsListed,
    queryFn: () => collect(all(client, 'listTags', { query: { limit: '200' } })),
  })
}

/** What is offered to whoever types a tag: those that most tickets have first. */
export function useTagsLike(words: string, isWanted: boolean) {
  return useQuery({
    queryKey: keys.tagsLike(words),
    enabled: isWanted,
    queryFn: async ({ signal }) => {
      const query = { sort: '-tickets', limit: '200', ...(words !== '' && { q: words }) } as const
      return (await client.call('listTags', { query, signal })).data
    },
  })
}

const NONE: ReadonlyMap<string, Colour> = new Map()

/** The colour of each tag that has one; none for whoever does not work here, who sees no tags of the tenant. */
export function useTagColours(): ReadonlyMap<string, Colour> {
  const { data } = useQuery({ queryKey: keys.tagColours, enabled: worksHere(useMe()), queryFn: readColours })
  return data ?? NONE
}

async function readColours(): Promise<ReadonlyMap<string, Colour>> {
  const tags = await collect(all(client, 'listTags', { query: { coloured: 'true', limit: '200' } }))
  return new Map(tags.flatMap(({ name, colour }) => (colour === null ? [] : [[name, colour] as const])))
}
