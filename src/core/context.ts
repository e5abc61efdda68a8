import type { Store } from '../storage/store.ts'
import type { Bounds } from './bounds.ts'
import type { Tenant } from './catalogue/tenant.ts'
import type { IdempotencyKey } from './idempotency/key.ts'
import type { Actor } from './identity/actor.ts'
import type { Instant } from './instant.ts'

/** What a command works with also when nobody calls: a store, or a transaction of it, the time, and fresh ids. */
export interface System<Kept extends Pick<Store, 'run'> = Pick<Store, 'run'>> {
  readonly store: Kept
  /** The time of this call; rules never read a clock. */
  readonly now: Instant
  /** Makes a UUIDv7. */
  readonly newId: () => string
}

/** A system that goes on beside the calls: it looks at the clock for each thing that it does. */
export interface RunningSystem extends Omit<System<Store>, 'now'> {
  readonly clock: () => Date
}

/** Who administers a tenant: an actor, or the command line, which is nobody, has no keys, and may do everything. */
export interface Administration extends System<Store> {
  readonly tenant: Tenant
  readonly actor: Actor | null
  readonly dialect?: string
  readonly requestId?: string
  readonly idempotency?: IdempotencyKey | null
}

/** Everything a command needs to know of a call: passed explicitly, never ambient. */
export interface Context extends Administration {
  readonly actor: Actor
  readonly dialect: string
  readonly requestId: string
  readonly idempotency: IdempotencyKey | null
  /** `DEFAULT_BOUNDS` where it tells none. */
  readonly bounds?: Bounds
}
