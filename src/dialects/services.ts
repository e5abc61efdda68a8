import type { Access } from '../core/access/access.ts'
import type { Links } from '../core/attachments/links.ts'
import type { Bounds } from '../core/bounds.ts'
import type { RateLimits } from '../core/limits/limits.ts'
import type { WebhookOffice } from '../core/webhooks/commands.ts'
import type { Keys } from '../storage/keys.ts'
import type { Store } from '../storage/store.ts'
import type { DialectName } from './dialect.ts'

/** What an operator may choose for a dialect, read from the configuration. */
export interface Settings {
  /** M7: what `expires_in` of a Moov access token is. */
  readonly moovExpiresIn: 'timestamp' | 'seconds'
  /** M30: whether a second ticket with the same `X-Idempotency-Key` is refused. */
  readonly moovOnceOnly: boolean
  /** NetGroot 2: for how long a login is good. */
  readonly netgrootLoginHours: number
  /** S5: whether Spacebring's client id and secret are refused where the reference lists OAuth2 only. */
  readonly spacebringStrictSecurity: boolean
  /** S7: which of the reference's generations the activities of a Spacebring ticket follow. */
  readonly spacebringActivityProfile: 'older' | 'current'
  /** The origins whose pages may use the native API with a key that has no list of its own. */
  readonly origins: readonly string[]
  /** Whether an authorization request may use the transformation `plain` of PKCE. */
  readonly pkcePlain: boolean
  /** Requests per second of one credential, by dialect, where they are not the dialect's own. */
  readonly rates: Readonly<Partial<Record<DialectName, number>>>
  /** How much text there may be, and how much of it is answered at once. */
  readonly bounds: Bounds
}

/** What every dialect is given to work with. */
export interface Services {
  readonly store: Store
  readonly access: Access
  readonly clock: () => Date
  readonly newId: () => string
  /** Where clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string
  readonly settings: Settings
  readonly limits: RateLimits
  /** Keys for what this server signs or encrypts. */
  readonly keys: Keys
  readonly webhooks: WebhookOffice
  /** Where attachments are downloaded. */
  readonly links: Links
}
