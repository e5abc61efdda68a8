import { LRUCache } from 'lru-cache'
import type { Store } from '../../storage/store.ts'
import { networkOf } from './network.ts'
import { leaseTokens } from './store.ts'

/** Keeps each credential to its rate, over all processes together, and each address to some failed credentials. */
export interface RateLimits {
  /**
   * Spends one request.
   *
   * @param bucket what shares the rate, unique in the tenant.
   * @returns seconds after which to try again; 0 when the request may pass.
   * @throws StoreUnavailable when a lease is needed and the store is away. Nothing could be served then anyway, and a store
   * that comes back is not met by everything that was held off.
   */
  spend(tenantId: string, bucket: string, perSecond: number): Promise<number>
  /**
   * Seconds after which an address may present credentials again; 0 when it may now.
   *
   * @param caller a digest of who presents them. Who was let in from there before is not held off: behind one address there
   * can be many, and one of them guesses.
   */
  heldOff(address: string, caller?: string): number
  /** Notes that what an address presented was no good. */
  failed(address: string): void
  /** Notes that somebody was let in from an address. */
  passed(address: string, caller: string): void
}

/** No limits: for load tests. */
export const NO_LIMITS: RateLimits = { spend: async () => 0, heldOff: () => 0, failed: () => {}, passed: () => {} }

/** A lease is good for as long as a bucket takes to fill, in milliseconds: what is held back for longer serves no one. */
const LEASE_MS = 1_000
/** Who was told to wait asks the store no more often than this, in milliseconds, however often the client tries. */
const REST_MS = 250
/** A bucket's first lease, and its largest, as parts of the rate: a busy credential asks four times a second. */
const FIRST_PART = 16
const LARGEST_PART = 4
const MAXIMUM_LEASES = 50_000

/** Failed credentials that an address has free, each earned back in so many milliseconds. */
const FREE_FAILURES = 60
const FAILURE_MS = 1_000
const MAXIMUM_ADDRESSES = 20_000
/** Who was let in from where is known for so long, in milliseconds, of so many. */
const KNOWN_MS = 86_400_000
const MAXIMUM_KNOWN = 20_000

/** What this process may let pass of one bucket without asking. */
interface Lease {
  tokens: number
  /** Used before they were leased: the next lease pays. */
  owed: number
  /** Tokens that the next lease asks for; doubles while they are used up in time. */
  block: number
  /** When it was made or renewed. */
  at: number
  /** Until when the bucket need not be asked, because it was empty. */
  emptyUntil: number
  /** Callers that wait for a renewal. */
  waiting: number
  renewal: Promise<void> | null
}

/** The failed credentials of an address: in how many milliseconds they are earned back, counted from when. */
interface Failures {
  readonly owed: number
  readonly at: number
}

/**
 * Opens the limits of one process. Tokens are leased in blocks, so that most requests cost nothing but a decrement; the
 * first after a second of silence passes on credit, so that a quiet credential costs no write either. Processes together
 * let pass at most the rate and one request each.
 *
 * @param clock milliseconds since the epoch; the processes' clocks should agree within some tens of milliseconds.
 * @param steady milliseconds that only go on: what this process alone remembers is not to be moved by who sets the clock.
 */
export function openRateLimits(
  store: Pick<Store, 'run'>,
  clock: () => number = Date.now,
  steady: () => number = clock,
): RateLimits {
  const leases = new LRUCache<string, Lease>({ max: MAXIMUM_LEASES })
  const failures = new LRUCache<string, Failures>({ max: MAXIMUM_ADDRESSES })
  const known = new LRUCache<string, number>({ max: MAXIMUM_KNOWN })

  function isKnown(network: string, caller: string | undefined): boolean {
    const letInAt = caller === undefined ? undefined : known.get(`${network} ${caller}`)
    return letInAt !== undefined && steady() - letInAt < KNOWN_MS
  }

  /** Milliseconds until all failures of an address are earned back; a clock that goes back is no time that passes. */
  function owedBy(network: string): number {
    const counted = failures.get(network)
    if (!counted) return 0
    const now = steady()
    const owed = Math.max(0, counted.owed - Math.max(0, now - counted.at))
    failures.set(network, { owed, at: now })
    return owed
  }

  function leaseOf(key: string, perSecond: number): Lease {
    const known = leases.get(key)
    const now = clock()
    if (known && (known.renewal !== null || Math.abs(now - known.at) <= LEASE_MS)) return known
    const first = Math.ceil(perSecond / FIRST_PART)
    const fresh: Lease = {
      tokens: 1,
      owed: 1 - (known?.tokens ?? 0),
      block: Math.max(first, Math.ceil((known?.block ?? 0) / 2)),
      at: now,
      emptyUntil: 0,
      waiting: 0,
      renewal: null,
    }
    leases.set(key, fresh)
    return fresh
  }

  async function renew(lease: Lease, tenantId: string, bucket: string, perSecond: number): Promise<void> {
    const { owed } = lease
    const wanted = Math.min(perSecond, Math.max(lease.block, lease.waiting))
    const now = clock()
    const granted = await leaseTokens(store, { tenantId, bucket, perSecond, wanted, owed, now })
    lease.owed -= owed
    lease.tokens += granted
    lease.at = now
    lease.block = Math.min(Math.ceil(perSecond / LARGEST_PART), lease.block * 2)
    if (granted < wanted) lease.emptyUntil = clock() + REST_MS
  }

  return {
    async spend(tenantId, bucket, perSecond) {
      const lease = leaseOf(`${tenantId} ${bucket}`, perSecond)
      while (lease.tokens === 0) {
        if (clock() < lease.emptyUntil) return Math.ceil(1 / perSecond)
        lease.waiting++
        lease.renewal ??= renew(lease, tenantId, bucket, perSecond).finally(() => {
          lease.renewal = null
        })
        try {
          await lease.renewal
        } finally {
          lease.waiting--
        }
      }
      lease.tokens--
      return 0
    },

    heldOff(address, caller) {
      const network = networkOf(address)
      if (!failures.has(network) || isKnown(network, caller)) return 0
      const wait = owedBy(network) - (FREE_FAILURES - 1) * FAILURE_MS
      return Math.max(0, Math.ceil(wait / 1_000))
    },

    failed(address) {
      const network = networkOf(address)
      failures.set(network, { owed: owedBy(network) + FAILURE_MS, at: steady() })
    },

    passed(address, caller) {
      known.set(`${networkOf(address)} ${caller}`, steady())
    },
  }
}
