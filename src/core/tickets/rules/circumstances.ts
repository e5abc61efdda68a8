import type { Forwardable, Upload } from '../../attachments/attachment.ts'
import type { Tenant } from '../../catalogue/tenant.ts'
import type { Actor } from '../../identity/actor.ts'
import type { UserSummary } from '../../identity/user.ts'
import type { Instant } from '../../instant.ts'
import type { Content } from '../../messages/content.ts'
import type { OpeningMessage } from '../../messages/message.ts'
import type { Answered } from '../../messages/rules.ts'

/** All that a decision depends on beside the ticket and the request: passed in, so that rules stay pure. */
export interface Circumstances {
  readonly actor: Actor
  readonly tenant: Tenant
  readonly now: Instant
  readonly newId: () => string
  /** The kept forms of a message that the request holds: they take time to make, and are made before. */
  readonly contentOf: (message: OpeningMessage) => Content
  /** Users that the request names, by id; a missing one does not exist. */
  readonly people: ReadonlyMap<string, UserSummary>
  readonly recordAlways: boolean
  /** Messages that the request says it answers; a missing one does not exist. */
  readonly answered?: readonly Answered[]
  /** Attachments that the request names, by id; a missing one does not exist. */
  readonly uploads?: ReadonlyMap<string, Upload>
  /** Files to pass on that the request names, as far as the actor sees them. */
  readonly forwardable?: readonly Forwardable[]
  /** Bytes that the attachments of a message may have together. */
  readonly messageBytes?: number
}
