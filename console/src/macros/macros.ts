import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Macro, Ticket } from '../../../sdk/operations.ts'
import { cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'

/** A ticket on which a macro is to be run, and which: null while it is chosen. */
export interface Asked {
  readonly ticket: Ticket
  readonly macro: Macro | null
}

let asked: Asked | null = null
const listeners = new Set<() => void>()

/** Shows which macros there are for a ticket, or what one of them would do to it; null takes that away. */
export function askMacro(next: Asked | null): void {
  asked = next
  for (const listener of listeners) listener()
}

export const useMacroAsked = (): Asked | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )

/** The macros that are for whoever is here. */
export function useMacros(isWanted = true) {
  return useQuery({
    queryKey: keys.macros,
    enabled: isWanted,
    queryFn: async ({ signal }) => (await client.call('listMacros', { signal })).data,
  })
}

/** Those that were read already. */
export function knownMacros(): readonly Macro[] {
  return cache.getQueryData<readonly Macro[]>(keys.macros) ?? []
}
