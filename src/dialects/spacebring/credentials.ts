import type { CredentialForm } from '../credentials.ts'

/** What of Spacebring has an effect here: its tickets, and what clients find their ids by. */
const SCOPES = ['support', 'locations', 'community']

export const credentialKinds: readonly CredentialForm[] = [
  {
    kind: 'basic',
    about: 'Client id and secret of the network.',
    paired: true,
    scopes: SCOPES,
  },
  {
    kind: 'oauth_client',
    client: true,
    about: "Client id and secret of a partner's app, which people let in; `client create` makes one.",
    paired: true,
    scopes: SCOPES,
  },
  {
    kind: 'access_token',
    about: 'OAuth2 access token of a person.',
    paired: false,
    scopes: SCOPES,
  },
]
