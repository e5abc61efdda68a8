import { Type } from 'typebox'
import type { Client, Issued } from '../../core/authorization/client.ts'
import type { AuthorizationForm, Scoping, TokenRefusal } from '../authorization.ts'
import { CLIENT_CHALLENGE, NOT_KEPT, splitScopes } from '../authorization.ts'
import type { Answer } from '../wire.ts'
import { AREAS_SERVED, type Scope } from './auth.ts'

/** Spacebring reference, Authentication: tokens live one hour. */
const ACCESS_TOKEN_SECONDS = 3600

/** Spacebring reference, Authentication: the areas of the vendor; each is a scope, and so is each with `.readonly`. */
const AREAS = [
  ...['benefits', 'community', 'events', 'feed', 'invoices', 'locations', 'plans', 'resources'],
  ...['subscriptions', 'shop', 'support', 'transactions', 'visitors'],
]

/** All 26 scopes of the vendor. Those of three areas have an effect here (S2). */
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
  openapi: {
    clientScheme: 'BasicAuth',
    errorBodies: {},
    tokenRequest: Type.Object({
      client_id: Type.Optional(Type.String({ description: 'Here, or as the user name of Basic.' })),
      client_secret: Type.Optional(Type.String({ description: 'Here, or as the password of Basic.' })),
      grant_type: Type.String({ description: 'authorization_code or refresh_token' }),
      code: Type.Optional(Type.String({ description: 'For authorization_code: what the app was sent.' })),
      redirect_uri: Type.Optional(
        Type.String({ description: 'May be left out, also where the page was asked with one.' }),
      ),
      code_verifier: Type.Optional(Type.String({ description: 'Of PKCE, where the page was asked with a challenge.' })),
      refresh_token: Type.Optional(Type.String({ description: 'For refresh_token; it stays the same.' })),
      scope: Type.Optional(Type.String({ description: 'For refresh_token: less than was granted.' })),
    }),
    tokenAnswer: Type.Object(
      {
        access_token: Type.String(),
        expires_in: Type.Integer({ description: 'Seconds.' }),
        refresh_token: Type.String(),
        scope: Type.String({ description: 'What was granted, separated by spaces.' }),
        token_type: Type.Literal('Bearer'),
      },
      { additionalProperties: false },
    ),
  },
}

/** The list is separated by spaces or commas. What a client was not given is left out of what it gets (RFC 6749, 3.3). */
function scopes(asked: string, client: Client): Scoping {
  const names = splitScopes(asked, /[\s,]+/)
  if (names.length === 0) return { refusal: { code: 'missing', field: 'scope' } }
  if (names.some((name) => !SCOPES.has(name))) return { refusal: { code: 'invalid_scope' } }
  return { granted: names.filter((name) => mayHave(client, name)) }
}

function mayHave(client: Client, name: string): boolean {
  const area = AREAS_SERVED.find((each) => name === each || name === `${each}.readonly`)
  if (area === undefined || client.scopes.length === 0) return true
  return client.scopes.includes(name) || client.scopes.includes(area)
}

const LOCATIONS = 'See the locations that you belong to'
const COMMUNITY = 'See your memberships, and the people of the locations that you work in'

/** The scopes that have an effect, for those who choose. */
export const SCOPES_TOLD: Readonly<Record<Scope, string>> = {
  support: 'Read your support tickets, create and change them, and comment on them',
  'support.readonly': 'Read your support tickets and their comments',
  locations: LOCATIONS,
  'locations.readonly': LOCATIONS,
  community: COMMUNITY,
  'community.readonly': COMMUNITY,
}

function told(scope: string): string {
  const known = Object.entries(SCOPES_TOLD).find(([name]) => name === scope)
  return known?.[1] ?? `“${scope}”, which has no effect here`
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
        'www-authenticate': CLIENT_CHALLENGE,
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
