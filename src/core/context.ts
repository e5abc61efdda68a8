import type { Store } from '../storage/store.ts'
import type { Bounds } from './bounds.ts'
import type { Tenant } from './catalogue/tenant.ts'
import type { IdempotencyKey } from './idempotency/key.ts'
import type { Actor } from './identity/actor.ts'
import type { Instant } from './instant.ts'

/** Everything a command needs to know of its surroundings: passed explicitly, never ambient. */
export interface Context {
  readonly store: Store
  readonly tenant: Tenant
  readonly actor: Actor
  /** The time of this call; rules never read a clock. */
  readonly now: Instant
  /** Makes a UUIDv7. */
  readonly newId: () => string
  readonly dialect: string
  readonly requestId: string
  readonly idempotency: IdempotencyKey | null
  /** `DEFAULT_BOUNDS` where it tells none. */
  readonly bounds?: Bounds
}
