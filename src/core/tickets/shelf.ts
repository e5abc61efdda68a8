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
  readonly size: number
}

/**
 * A shelf that holds about `most`, in whatever `sizeOf` counts. What was not asked for while half of that came in is
 * forgotten: two generations cost less than one that keeps an order, and never hold more.
 */
export function createShelf<Shown>(most: number, sizeOf: (shown: Shown) => number): Shelf<Shown> {
  let young = new Map<string, Kept<Shown>>()
  let old: ReadonlyMap<string, Kept<Shown>> = new Map()
  let filled = 0

  function hold(id: string, kept: Kept<Shown>): void {
    const before = young.get(id)
    if (before) filled -= before.size
    young.set(id, kept)
    filled += kept.size
    if (filled <= most / 2) return
    old = young
    young = new Map()
    filled = 0
  }

  return {
    find(tenant, { id, stamp }) {
      const own = young.get(id)
      const kept = own ?? old.get(id)
      // Ids are unique everywhere, and a snapshot belongs to one tenant.
      if (kept?.tenant !== tenant || kept.stamp !== stamp) return undefined
      if (!own) hold(id, kept)
      return kept.shown
    },
    keep(tenant, { id, stamp }, shown) {
      hold(id, { tenant, stamp, shown, size: sizeOf(shown) })
    },
  }
}
