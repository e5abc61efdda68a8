import { AUTHORIZATION_URLS } from '../authorization.ts'
import type { Dialect } from '../dialect.ts'
import { accountRoutes } from './accounts/routes.ts'
import { admit, authenticate, type Need } from './auth.ts'
import { authorization } from './authorization.ts'
import { ERROR_BODIES, errors, invalid } from './errors.ts'
import { examples } from './examples.ts'
import { profile } from './profile.ts'
import { ticketRoutes } from './tickets/routes.ts'
import { webhooks } from './webhooks/protocol.ts'
import { webhookRoutes } from './webhooks/routes.ts'

/** Moov's support tickets: accounts are desks, contacts are requesters, and answers outside 200, 400, 409 and 422 are empty. */
export const moov: Dialect<Need, 'moov'> = {
  ...profile,
  title: 'Moov',
  prefixes: ['/accounts', '/webhooks', '/event-types', '/ping'],
  routes: [...accountRoutes, ...ticketRoutes, ...webhookRoutes],
  errors,
  webhooks,
  invalid,
  authenticate,
  admit,
  authorization,
  readsJsonUnderOtherTypes: true,
  blanks: 'null and empty',
  wrongMediaType: 'malformed',
  // By the list of the key alone (M9).
  browsers: () => [],
  everyAnswer: (request) => ({ 'x-request-id': request.id }),
  examples,
  openapi: {
    headers: { 'X-Moov-Version': 'vYYYY.QQ.BB, latest or dev; v2024.01.00 unless given.' },
    errorBodies: ERROR_BODIES,
    // A malformed version, whatever the operation.
    anywhere: ['unknown_route'],
    description:
      'Support tickets of Moov accounts, and the accounts, read-only. The optional `X-Moov-Version` header (`vYYYY.QQ.BB`, default `v2024.01.00`) changes no shape here; a malformed one is answered 404.',
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'basic', description: 'Public key as username, secret key as password.' },
      oauth2: {
        type: 'oauth2',
        description:
          'A token for a key: the public key is the client id, the secret key its secret. Scopes of one account, such as `/accounts/{accountID}/tickets.read`, are got by POST /oauth2/token.',
        flows: {
          clientCredentials: {
            tokenUrl: AUTHORIZATION_URLS.tokenUrl,
            refreshUrl: AUTHORIZATION_URLS.refreshUrl,
            scopes: {
              '/accounts/{MOOV_ACCOUNT_ID}/tickets.read': 'Read the tickets of the account',
              '/accounts/{MOOV_ACCOUNT_ID}/tickets.write': 'Create and close tickets of the account',
              '/accounts/{MOOV_ACCOUNT_ID}/profile.read': 'Read the account',
              '/accounts.read': 'List the connected accounts',
              '/ping.read': 'Ping',
            },
          },
        },
      },
      accessToken: {
        type: 'http',
        scheme: 'bearer',
        description:
          'Needs `/accounts/{accountID}/tickets.read` or `tickets.write`; on behalf of another account that scope on the own account and `/accounts/{accountID}/profile.read`.',
      },
    },
  },
}
