import type { CredentialForm } from '../credentials.ts'

/** All permissions that Omnidesk knows, also those of operations that are not served: keys keep them for later. */
const PERMISSIONS = [
  ...['TICKET_READ', 'TICKET_CREATE', 'TICKET_UPDATE', 'TICKET_DELETE', 'SET_STATUS', 'TICKET_BATCH', 'MESSAGE_CREATE'],
  ...['CUSTOMER_READ', 'CUSTOMER_CUD', 'FORM_READ', 'FORM_CUD', 'FORM_SAVE', 'CHANNEL_READ', 'CHANNEL_CUD'],
  ...['VIEW_READ', 'VIEW_CUD', 'GROUP_CUD', 'SETTINGS_CRUD', 'API_CHAT', 'USER_READ', 'USER_CUD'],
  ...['API_RESERVE_USER', 'USER_ANONYMOUS_BROWSING_UPDATE', 'BRAND_READ', 'GROUP_READ'],
]

export const credentialKinds: readonly CredentialForm[] = [
  {
    kind: 'api_key',
    about: 'API key; scopes are its permissions.',
    paired: false,
    scopes: PERMISSIONS,
    words: PERMISSIONS,
  },
]
