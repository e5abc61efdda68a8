import { randomSecret } from '../core/access/secrets.ts'
import { PERMISSIONS } from '../core/identity/permissions.ts'
import type { DialectName } from './dialect.ts'

/** One kind of credential that a dialect's callers present. */
export interface CredentialKind {
  readonly dialect: DialectName
  readonly kind: string
  readonly about: string
  /** A public id goes with the secret, and both are presented together. */
  readonly paired: boolean
  /** What a credential may do unless said otherwise, in the vendor's words. */
  readonly scopes: readonly string[]
  /** Every word that a scope can be, where that is a closed list which this server knows. */
  readonly words?: readonly string[]
  /** Whether pages of other sites may present it, from the origins on its list. */
  readonly browsers?: true
}

/** All permissions that Omnidesk knows, also those of operations that are not served: keys keep them for later. */
const OMNIDESK_PERMISSIONS = [
  ...['TICKET_READ', 'TICKET_CREATE', 'TICKET_UPDATE', 'TICKET_DELETE', 'SET_STATUS', 'TICKET_BATCH', 'MESSAGE_CREATE'],
  ...['CUSTOMER_READ', 'CUSTOMER_CUD', 'FORM_READ', 'FORM_CUD', 'FORM_SAVE', 'CHANNEL_READ', 'CHANNEL_CUD'],
  ...['VIEW_READ', 'VIEW_CUD', 'GROUP_CUD', 'SETTINGS_CRUD', 'API_CHAT', 'USER_READ', 'USER_CUD'],
  ...['API_RESERVE_USER', 'USER_ANONYMOUS_BROWSING_UPDATE', 'BRAND_READ', 'GROUP_READ'],
]

/** What of Spacebring has an effect here: its tickets, and what clients find their ids by. */
const SPACEBRING_SCOPES = ['support', 'locations', 'community']

/** Everything that `polydesk token create` can issue. */
export const CREDENTIAL_KINDS: readonly CredentialKind[] = [
  {
    dialect: 'native',
    kind: 'api_key',
    about: 'Bearer key of the native API; scopes are core permissions, * is all.',
    paired: false,
    scopes: ['*'],
    words: ['*', ...PERMISSIONS],
    browsers: true,
  },
  {
    dialect: 'spacebring',
    kind: 'basic',
    about: 'Client id and secret of the network.',
    paired: true,
    scopes: SPACEBRING_SCOPES,
  },
  {
    dialect: 'spacebring',
    kind: 'oauth_client',
    about: "Client id and secret of a partner's app, which people let in; `client create` makes one.",
    paired: true,
    scopes: SPACEBRING_SCOPES,
  },
  {
    dialect: 'spacebring',
    kind: 'access_token',
    about: 'OAuth2 access token of a person.',
    paired: false,
    scopes: SPACEBRING_SCOPES,
  },
  {
    dialect: 'moov',
    kind: 'basic',
    about: 'Public and secret key; bind it to a desk (--desk) for one account only.',
    paired: true,
    scopes: [],
    browsers: true,
  },
  {
    dialect: 'moov',
    kind: 'access_token',
    about: 'OAuth2 access token; scopes such as /accounts/{id}/tickets.write.',
    paired: false,
    scopes: [],
    browsers: true,
  },
  {
    dialect: 'netgroot',
    kind: 'api_token',
    about: 'API access token of a subscriber or of a staff user.',
    paired: false,
    scopes: [],
  },
  {
    dialect: 'omnidesk',
    kind: 'api_key',
    about: 'API key; scopes are its permissions.',
    paired: false,
    scopes: OMNIDESK_PERMISSIONS,
    words: OMNIDESK_PERMISSIONS,
  },
]

/** A fresh secret of a kind: what is shown to its owner, and what callers will present. */
export interface Minted {
  readonly publicId: string | null
  readonly secret: string
  readonly presented: string
}

/** Makes a random secret; only its hash will be kept. */
export function mint(kind: CredentialKind): Minted {
  const secret = randomSecret(40)
  if (!kind.paired) return { publicId: null, secret, presented: secret }
  const publicId = randomSecret(20)
  return { publicId, secret, presented: `${publicId}:${secret}` }
}
