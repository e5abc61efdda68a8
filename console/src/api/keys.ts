/** The one place where keys of the cache are made: what is about a ticket begins with it, so one call makes all of it stale. */
export const keys = {
  me: ['me'] as const,
  lists: ['tickets'] as const,
  list: (view: string, words: string) => ['tickets', view, words] as const,
  ticket: (id: string) => ['ticket', id] as const,
  timeline: (id: string) => ['ticket', id, 'timeline'] as const,
  file: (id: string) => ['file', id] as const,
  counts: ['counts'] as const,
  views: ['views'] as const,
  othersOf: (requester: string) => ['tickets', 'requester', requester] as const,
  catalogue: ['catalogue'] as const,
  people: ['people'] as const,
  found: (words: string) => ['tickets', 'found', words] as const,
  peopleFound: (words: string) => ['people', 'found', words] as const,
  sessions: ['sessions'] as const,
  secondFactor: ['second factor'] as const,
}
