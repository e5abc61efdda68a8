import type { Context } from '../context.ts'
import type { Search } from './match.ts'
import { type Fragment, fragmentOf } from './snippet.ts'
import { SAYINGS } from './store.ts'

/** Where something that was sought is said on a ticket. */
export interface Snippet extends Fragment {
  /** The message, or null for the ticket's title or first text. */
  readonly messageId: string | null
}

/** What of a ticket is at hand. */
interface Shown {
  readonly id: string
  readonly integer: number
  readonly title: string
  readonly description: string
}

/**
 * Of each ticket the newest message that holds some of what is sought, else its title or its first text, and there the place.
 * Bounded: of each only the beginnings of its newest messages are read. Notes are read on some desks.
 */
export async function snippetsOf(
  { store, tenant }: Pick<Context, 'store' | 'tenant'>,
  { terms }: Search,
  tickets: readonly Shown[],
  notesOn: readonly string[],
): Promise<ReadonlyMap<string, Snippet>> {
  const sought = terms.flatMap(({ term }) => (term === null ? [] : [term]))
  if (sought.length === 0 || tickets.length === 0) return new Map()
  const ids = tickets.map(({ id }) => id)
  const said = Map.groupBy(
    await store.run(SAYINGS.with({ tenant_id: tenant.id, ids, notes_on: notesOn })),
    ({ ticket_id }) => ticket_id,
  )
  const snippets = new Map<string, Snippet>()
  for (const { id, title, description } of tickets) {
    const texts = (said.get(id) ?? []).map((each) => ({ text: each.said, messageId: each.id }))
    for (const { text, messageId } of [...texts, ...[title, description].map((text) => ({ text, messageId: null }))]) {
      const fragment = fragmentOf(text, sought)
      if (fragment === null) continue
      snippets.set(id, { ...fragment, messageId })
      break
    }
  }
  return snippets
}
