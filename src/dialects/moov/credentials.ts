import type { CredentialForm } from '../credentials.ts'

export const credentialKinds: readonly CredentialForm[] = [
  {
    kind: 'basic',
    client: true,
    about: 'Public and secret key; bind it to a desk (--desk) for one account only.',
    paired: true,
    scopes: [],
    browsers: true,
  },
  {
    kind: 'access_token',
    about: 'OAuth2 access token; scopes such as /accounts/{id}/tickets.write.',
    paired: false,
    scopes: [],
    browsers: true,
  },
]
