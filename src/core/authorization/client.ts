import type { Instant } from '../instant.ts'

/** An application that asks the authorization server for tokens: a credential that comes as a pair of names. */
export interface Client {
  readonly tenantId: string
  /** The credential's id. */
  readonly id: string
  readonly dialect: string
  readonly publicId: string
  readonly name: string
  /** SHA-256 of `${publicId}:${secret}`, in base64. */
  readonly secretHash: string
  /** The user it is when it asks for itself. */
  readonly userId: string
  /** The only desk that it reaches; null for every desk of its user. */
  readonly deskId: string | null
  readonly scopes: readonly string[]
  /** Where its users may be sent back to. */
  readonly redirectUris: readonly string[]
  /** From where its tokens may be used, as scheme and host; none means anywhere. */
  readonly origins: readonly string[]
}

/** What a client was allowed: by a user on the consent page, or for itself. */
export interface Grant {
  readonly id: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly redirectUri: string | null
  readonly codeChallenge: string | null
  readonly codeExpiresAt: Instant | null
  readonly codeUsedAt: Instant | null
  readonly refreshExpiresAt: Instant | null
  readonly revokedAt: Instant | null
  /** Whether the user who allowed it may still get in. */
  readonly userActive: boolean
}

/** How long what a client gets is good, and what a refresh does. Each dialect has its own. */
export interface Lifetimes {
  readonly accessTokenSeconds: number
  /** Null for until it is revoked. */
  readonly refreshTokenSeconds: number | null
  /** Whether a refresh makes a new refresh token and ends the old pair. */
  readonly rotates: boolean
}

/** What a client gets, once: nothing of it is stored but hashes. */
export interface Issued {
  readonly accessToken: string
  readonly refreshToken: string
  readonly scopes: readonly string[]
  readonly expiresAt: Instant
}
