import { LRUCache } from 'lru-cache'
import type { Tenant } from '../catalogue/tenant.ts'

/** Which state of a ticket's row something was made of. */
export interface Mark {
  readonly id: string
  /** Differs whenever the row was written anew, also where its version stays, such as by an erasure. */
  readonly stamp: string
}

/**
 * What was made of tickets, kept for as long as the row and the tenant's snapshot stand that it was made of. It answers
 * nothing by itself: who may see which tickets, and what their state is, was asked of the store a moment ago.
 */
export interface Shelf<Shown> {
  find(tenant: Tenant, mark: Mark): Shown | undefined
  keep(tenant: Tenant, mark: Mark, shown: Shown): void
}

interface Kept<Shown> {
  readonly tenant: Tenant
  readonly stamp: string
  readonly shown: Shown
}

/** A shelf that holds at most `most`, in whatever `sizeOf` counts. What was not asked for the longest makes room. */
export function createShelf<Shown>(most: number, sizeOf: (shown: Shown) => number): Shelf<Shown> {
  const cache = new LRUCache<string, Kept<Shown>>({ maxSize: most, sizeCalculation: ({ shown }) => sizeOf(shown) })
  return {
    find(tenant, { id, stamp }) {
      const kept = cache.get(id)
      // Ids are unique everywhere, and a snapshot belongs to one tenant.
      return kept?.tenant === tenant && kept.stamp === stamp ? kept.shown : undefined
    },
    keep(tenant, { id, stamp }, shown) {
      cache.set(id, { tenant, stamp, shown })
    },
  }
}
