import type { Client, Issued } from '../../core/authorization/client.ts'
import type { AuthorizationForm, Scoping, TokenRefusal } from '../authorization.ts'
import { NOT_KEPT, splitScopes } from '../authorization.ts'
import type { Answer } from '../dialect.ts'

/** Spacebring reference, Authentication: tokens live one hour. */
const ACCESS_TOKEN_SECONDS = 3600

/** Spacebring reference, Authentication: the areas of the vendor; each is a scope, and so is each with `.readonly`. */
const AREAS = [
  ...['benefits', 'community', 'events', 'feed', 'invoices', 'locations', 'plans', 'resources'],
  ...['subscriptions', 'shop', 'support', 'transactions', 'visitors'],
]

/** All 26 scopes of the vendor. Only the two of support have an effect here (S2). */
export const SCOPES: ReadonlySet<string> = new Set(AREAS.flatMap((area) => [area, `${area}.readonly`]))

/** The authorization code flow for partners (Spacebring reference, Authentication; S1 to S4). */
export const authorization: AuthorizationForm = {
  grantTypes: ['authorization_code', 'refresh_token'],
  lifetimes: { accessTokenSeconds: ACCESS_TOKEN_SECONDS, refreshTokenSeconds: null, rotates: false },
  scopes,
  told,
  issued,
  refused,
  revoked: { status: 200, body: {} },
  misdirected: (message) => ({ status: 400, body: { message, type: 'validationError' } }),
}

/** The list is separated by spaces or commas. What a client was not given is left out of what it gets (RFC 6749, 3.3). */
function scopes(asked: string, client: Client): Scoping {
  const names = splitScopes(asked, /[\s,]+/)
  if (names.length === 0) return { refusal: { code: 'missing', field: 'scope' } }
  if (names.some((name) => !SCOPES.has(name))) return { refusal: { code: 'invalid_scope' } }
  return { granted: names.filter((name) => mayHave(client, name)) }
}

function mayHave(client: Client, name: string): boolean {
  const isOfSupport = name === 'support' || name === 'support.readonly'
  if (!isOfSupport || client.scopes.length === 0) return true
  return client.scopes.includes(name) || client.scopes.includes('support')
}

function told(scope: string): string {
  if (scope === 'support') return 'Read your support tickets, create and change them, and comment on them'
  if (scope === 'support.readonly') return 'Read your support tickets and their comments'
  return `“${scope}”, which has no effect here`
}

function issued({ accessToken, refreshToken, scopes: granted }: Issued): Answer {
  const body = {
    access_token: accessToken,
    expires_in: ACCESS_TOKEN_SECONDS,
    refresh_token: refreshToken,
    scope: granted.join(' '),
    token_type: 'Bearer',
  }
  return { status: 200, headers: NOT_KEPT, body }
}

/** OAuth 2.0's own errors (S3; RFC 6749, 5.2). */
function refused(refusal: TokenRefusal): Answer {
  switch (refusal.code) {
    case 'invalid_client':
      return failure(401, 'invalid_client', 'The client is unknown or its secret is wrong.', {
        'www-authenticate': 'Basic realm="Polydesk", charset="UTF-8"',
      })
    case 'invalid_grant':
      return failure(400, 'invalid_grant', 'The code or token is unknown, used, expired, revoked or not this client’s.')
    case 'unsupported_grant_type':
      return failure(400, 'unsupported_grant_type', 'Only authorization_code and refresh_token are supported.')
    case 'missing':
      return failure(400, 'invalid_request', `The parameter ${refusal.field} is missing.`)
    case 'invalid_request':
      return failure(400, 'invalid_request', refusal.message)
    case 'invalid_scope':
      return failure(400, 'invalid_scope', 'A scope is unknown, or more than was granted.')
    case 'unauthorized_client':
    case 'wrong_hint':
    case 'forbidden':
      return failure(400, 'unauthorized_client', 'This client may not do this.')
  }
}

function failure(status: number, error: string, description: string, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { ...NOT_KEPT, ...headers }, body: { error, error_description: description } }
}
