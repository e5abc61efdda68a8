import type { Access } from '../core/access/access.ts'
import type { Vault } from '../core/access/vault.ts'
import type { Links } from '../core/attachments/links.ts'
import type { Bounds } from '../core/bounds.ts'
import type { RunningSystem } from '../core/context.ts'
import type { Feed } from '../core/events/feed.ts'
import type { RateLimits } from '../core/limits/limits.ts'
import type { WebhookOffice } from '../core/webhooks/subscriptions/commands.ts'
import type { Choices } from '../options.ts'
import type { Keys } from '../storage/keys.ts'

/** What an operator chose for all dialects, and for each by its own options. */
export interface Settings {
  /** What was chosen of a dialect's own options. */
  readonly chosen: Choices
  /** Whether an authorization request may use the transformation `plain` of PKCE. */
  readonly pkcePlain: boolean
  /** Requests per second of one credential, by dialect, where they are not the dialect's own. */
  readonly rates: Readonly<Record<string, number>>
  /** How much text there may be, and how much of it is answered at once. */
  readonly bounds: Bounds
}

/** What every dialect is given to work with. */
export interface Services extends RunningSystem {
  readonly access: Access
  /** Where clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string
  readonly settings: Settings
  readonly limits: RateLimits
  /** Keys for what this server signs or encrypts. */
  readonly keys: Keys
  /** Hides the secrets of second factors. */
  readonly secondFactors: Vault
  readonly webhooks: WebhookOffice
  /** What happens, for those who read along. */
  readonly feed: Feed
  /** Goes on with bulk jobs; told of each that was begun. */
  readonly bulkJobs: { readonly wake: (tenantId: string) => void }
  /** Files mail; told of each that was handed over. */
  readonly mailWork: { readonly wake: (tenantId: string) => void }
  /** Where attachments are downloaded. */
  readonly links: Links
}
