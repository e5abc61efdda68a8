import type { IncomingHttpHeaders } from 'node:http'
import type { TObject, TSchema } from 'typebox'
import type { Client, Issued, Lifetimes } from '../core/authorization/client.ts'
import type { Tenant } from '../core/catalogue/tenant.ts'
import type { Settings } from './services.ts'
import type { Answer } from './wire.ts'

export type GrantType = 'authorization_code' | 'client_credentials' | 'refresh_token'

/** Why a client gets no token or cannot revoke one: RFC 6749, 5.2, and what vendors tell beside it. */
export type TokenRefusal =
  | { readonly code: 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type' | 'unauthorized_client' }
  | { readonly code: 'invalid_request'; readonly message: string }
  | { readonly code: 'missing'; readonly field: 'scope' | 'refresh_token' | 'code' | 'token' }
  | { readonly code: 'wrong_hint' }
  | { readonly code: 'invalid_scope' }
  /** The client may not have it, whatever it says. */
  | { readonly code: 'forbidden' }

/** What of the scopes that a client asks for it can get. */
export type Scoping = { readonly granted: readonly string[] } | { readonly refusal: TokenRefusal }

/** How the shared authorization server serves the clients of one dialect. */
export interface AuthorizationForm {
  readonly grantTypes: readonly GrantType[]
  readonly lifetimes: Lifetimes
  /** Splits and checks what a client asks for. */
  scopes(asked: string, client: Client, tenant: Tenant): Scoping
  /** What a scope lets a client do, as the consent page tells it; only where users are asked. */
  readonly told?: (scope: string) => string
  /** Whether a request for a token may come from where it comes from. */
  readonly admitsFrom?: (client: Client, headers: IncomingHttpHeaders) => boolean
  /** Whether an unknown `token_type_hint` is refused; RFC 7009 lets a server ignore it. */
  readonly checksHints?: true
  issued(issued: Issued, settings: Settings): Answer
  refused(refusal: TokenRefusal): Answer
  readonly revoked: Answer
  /** What a browser is told when it cannot be sent back: the client or the address is not known. Only where users are asked. */
  readonly misdirected?: (message: string) => Answer
  readonly openapi: AuthorizationNotes
}

/** What a dialect's OpenAPI document says of `/oauth2`, beside what it refuses. */
export interface AuthorizationNotes {
  /** The security scheme of the document by which a client presents itself as Basic. */
  readonly clientScheme: string
  readonly tokenRequest: TObject
  readonly tokenAnswer: TSchema
  /** The bodies of refusals by status, where they are not those of OAuth 2.0. */
  readonly errorBodies: { readonly [status: number]: TSchema }
}

/** Splits a list of scopes; the empty text has none. */
export function splitScopes(text: string, separator: RegExp): readonly string[] {
  return [...new Set(text.split(separator).filter((each) => each !== ''))]
}

/** How a client that was not known presents itself (RFC 6749, 5.2), with the error, for clients that read challenges only. */
export const CLIENT_CHALLENGE = 'Basic realm="Polydesk", charset="UTF-8", error="invalid_client"'

/** RFC 6749, 5.1: nobody may keep an answer with tokens. */
export const NOT_KEPT = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

/** Where a document's security schemes find the authorization server: beside the operations, also below the path of a proxy. */
export const AUTHORIZATION_URLS = {
  authorizationUrl: './oauth2/authorize',
  tokenUrl: './oauth2/token',
  refreshUrl: './oauth2/token',
} as const
