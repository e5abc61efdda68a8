import type { CredentialForm } from '../credentials.ts'

export const credentialKinds: readonly CredentialForm[] = [
  {
    kind: 'api_token',
    about: 'API access token of a subscriber or of a staff user.',
    paired: false,
    scopes: [],
  },
]
