import { PERMISSIONS } from '../../core/identity/permissions.ts'
import type { CredentialForm } from '../credentials.ts'

export const credentialKinds: readonly CredentialForm[] = [
  {
    kind: 'api_key',
    about: 'Bearer key of the native API; scopes are core permissions, * is all.',
    paired: false,
    scopes: ['*'],
    words: ['*', ...PERMISSIONS],
    browsers: true,
  },
]
