import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'

export type Link = NonNullable<Ticket['links']>[number]
export type Relation = Link['relation']

/** In the order in which they are shown and offered. */
export const RELATIONS: readonly Relation[] = ['parent', 'child', 'predecessor', 'follow_up', 'related']

/** What is asked: to what a ticket is to be linked, or whether its children are solved with it. */
export type LinkAsked =
  | { readonly what: 'link'; readonly ticket: Ticket }
  | { readonly what: 'children'; readonly ticket: Ticket; readonly children: readonly Link[] }

let asked: LinkAsked | null = null
const listeners = new Set<() => void>()

function ask(next: LinkAsked | null): void {
  asked = next
  for (const listener of listeners) listener()
}

/** Asks to what a ticket is to be linked. */
export function askLink(ticket: Ticket): void {
  ask({ what: 'link', ticket })
}

/** Asks no more. */
export function endAsking(): void {
  ask(null)
}

export const useLinkAsked = (): LinkAsked | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )

/** The links of a ticket to others that one sees. */
export function useLinks({ id, version }: Ticket) {
  return useQuery({
    // A link is a change of its tickets.
    queryKey: [...keys.links(id), version],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readLinks(id, signal),
  })
}

async function readLinks(id: string, signal?: AbortSignal): Promise<readonly Link[]> {
  return (await client.call('listLinks', { params: { id }, ...(signal && { signal }) })).data
}

/** Asks about the children of a ticket that was solved, as far as these are not. */
export async function askAboutChildren(ticket: Ticket): Promise<void> {
  const links = await readLinks(ticket.id).catch(() => [])
  const children = links.filter(({ relation, ticket: child }) => relation === 'child' && !isDone(child.status))
  if (children.length > 0) ask({ what: 'children', ticket, children })
}

export const isDone = (status: Ticket['status'] | undefined): boolean => status === 'solved' || status === 'closed'
