import type { Actor } from '../identity/actor.ts'
import type { Instant } from '../instant.ts'

/** How a session's credential is kept. */
export const SESSION_KIND = 'session'

/**
 * A person's stay in a browser: a credential like any other, which expires, is revoked at once, and carries what its
 * person may do. Only how it is presented differs, which is a dialect's business.
 */
export interface Session {
  readonly id: string
  /** With what it was begun, as the browser calls itself. */
  readonly userAgent: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  /** To within a minute. */
  readonly lastUsedAt: Instant | null
}

/** Whether it is by a session that somebody calls. */
export function cameBySession({ credential }: Pick<Actor, 'credential'>): boolean {
  return credential.kind === SESSION_KIND
}
