import { Type } from 'typebox'
import type { Client, Issued } from '../../core/authorization/client.ts'
import type { Tenant } from '../../core/catalogue/tenant.ts'
import type { AuthorizationForm, Scoping, TokenRefusal } from '../authorization.ts'
import { CLIENT_CHALLENGE, NOT_KEPT, splitScopes } from '../authorization.ts'
import type { Settings } from '../services.ts'
import type { Answer } from '../wire.ts'
import { options } from './options.ts'
import { comesFrom } from './origins.ts'

const HOUR_SECONDS = 3600
const DAY_SECONDS = 86_400

/** Scopes page and API reference: what belongs to no account. Only `/ping.read` and `/accounts.read` have an effect here. */
const SCOPES = new Set([
  ...['/ping.read', '/accounts.read', '/accounts.write', '/profile-enrichment.read', '/institutions.read', '/fed.read'],
  ...['/card-metadata.read', '/terminal-applications.read', '/terminal-applications.write', '/issued-cards.read'],
])

/** Scopes page and API reference: what belongs to one account. Only tickets and profile have an effect here. */
const ACCOUNT_SCOPES = new Set([
  ...['tickets', 'profile', 'transfers', 'wallets', 'issued-cards', 'bank-accounts', 'cards', 'representatives'],
  ...['invoices', 'apple-pay', 'terminal-applications', 'terminal-configuration', 'payment-methods', 'files'],
  ...['capabilities', 'branding', 'documents'],
])

const ACCOUNT_SCOPE =
  /^\/accounts\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/([a-z-]+)\.(?:read|write)$/

/** Tokens for API keys (Moov access tokens page; M6 to M10). */
export const authorization: AuthorizationForm = {
  grantTypes: ['client_credentials', 'refresh_token'],
  lifetimes: { accessTokenSeconds: HOUR_SECONDS, refreshTokenSeconds: 30 * DAY_SECONDS, rotates: true },
  scopes,
  checksHints: true,
  admitsFrom: (client, headers) => comesFrom(client.origins, headers),
  issued,
  refused,
  revoked: { status: 204 },
  openapi: {
    clientScheme: 'apiKey',
    errorBodies: {
      422: Type.Object(
        {
          scope: Type.Optional(Type.String()),
          refresh_token: Type.Optional(Type.String()),
          token: Type.Optional(Type.String()),
          token_type_hint: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    },
    tokenRequest: Type.Object({
      client_id: Type.Optional(Type.String({ description: 'The public key, unless it is the user name of Basic.' })),
      client_secret: Type.Optional(Type.String({ description: 'The secret key, unless it is the password of Basic.' })),
      grant_type: Type.String({ description: 'client_credentials or refresh_token' }),
      scope: Type.Optional(
        Type.String({ description: 'For client_credentials: separated by spaces, such as `/ping.read`.' }),
      ),
      refresh_token: Type.Optional(Type.String({ description: 'For refresh_token; the answer has another one.' })),
    }),
    tokenAnswer: Type.Object(
      {
        token_type: Type.Literal('Bearer'),
        access_token: Type.String(),
        refresh_token: Type.String(),
        expires_in: Type.Integer({ description: 'The time at which it ends, as seconds since 1970.' }),
        scope: Type.String({ description: 'What was granted, separated by spaces.' }),
      },
      { additionalProperties: false },
    ),
  },
}

function scopes(asked: string, client: Client, tenant: Tenant): Scoping {
  const names = splitScopes(asked, /\s+/).map((name) => name.toLowerCase())
  if (names.length === 0) return { refusal: { code: 'missing', field: 'scope' } }
  const accounts: string[] = []
  for (const name of names) {
    const [, account, right] = ACCOUNT_SCOPE.exec(name) ?? []
    if (account !== undefined && right !== undefined && ACCOUNT_SCOPES.has(right)) accounts.push(account)
    else if (!SCOPES.has(name)) return { refusal: { code: 'invalid_scope' } }
  }
  const areConnected = accounts.every((account) => isConnected(account, client, tenant))
  return areConnected ? { granted: names } : { refusal: { code: 'forbidden' } }
}

/** The key of the platform account reaches all accounts, any other key only its own (M42). */
function isConnected(account: string, client: Client, tenant: Tenant): boolean {
  const desk = tenant.desks.find((each) => each.id === account)
  const own = client.deskId ?? tenant.defaultDesk.id
  return desk?.active === true && (own === tenant.defaultDesk.id || own === desk.id)
}

/** All five fields; `expires_in` is a point in time at this vendor (M7). */
function issued({ accessToken, refreshToken, scopes: granted, expiresAt }: Issued, settings: Settings): Answer {
  const end = Math.floor(Date.parse(expiresAt) / 1000)
  const body = {
    token_type: 'Bearer',
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: settings.chosen(options).expiresIn === 'seconds' ? HOUR_SECONDS : end,
    scope: granted.join(' '),
  }
  return { status: 200, headers: NOT_KEPT, body }
}

/** M6: 400 and 401 as `{error}`, fields that fail by their name as 422, 403 without a body. */
function refused(refusal: TokenRefusal): Answer {
  switch (refusal.code) {
    case 'invalid_client':
      return { ...explained(401, 'invalid_client'), headers: { ...NOT_KEPT, 'www-authenticate': CLIENT_CHALLENGE } }
    case 'invalid_grant':
    case 'unsupported_grant_type':
    case 'unauthorized_client':
      return explained(400, refusal.code)
    case 'invalid_request':
      return explained(400, refusal.message)
    case 'missing':
      return { status: 422, headers: NOT_KEPT, body: { [refusal.field]: 'cannot be blank' } }
    case 'invalid_scope':
      return { status: 422, headers: NOT_KEPT, body: { scope: 'must be a valid value' } }
    case 'wrong_hint':
      return { status: 422, headers: NOT_KEPT, body: { token_type_hint: 'must be a valid value' } }
    case 'forbidden':
      return { status: 403 }
  }
}

function explained(status: number, error: string): Answer {
  return { status, headers: NOT_KEPT, body: { error } }
}
