import type { Dialect } from '../dialect.ts'
import { admit, authenticate, NETWORK_HEADER, type Need } from './auth.ts'
import { authorization } from './authorization.ts'
import { ErrorAnswer, errors } from './errors.ts'
import { withoutSecondMark } from './paging.ts'
import { routes } from './tickets/routes.ts'
import { webhooks } from './webhooks.ts'

/** Spacebring's support tickets: https://www.spacebring.com/docs/api-reference */
export const spacebring: Dialect<Need> = {
  name: 'spacebring',
  title: 'Spacebring support tickets',
  prefixes: ['/support'],
  routes,
  errors,
  webhooks,
  openapi: {
    headers: { [NETWORK_HEADER]: 'The id of the network; required with a bearer token.' },
    errorBodies: { default: ErrorAnswer },
    description: `The support ticket operations of the Spacebring API. A bearer token is sent together with \`${NETWORK_HEADER}\`, the id of the network.`,
    securitySchemes: {
      BasicAuth: { type: 'http', scheme: 'basic', description: 'Client id and client secret of the network.' },
      OAuth2: { type: 'http', scheme: 'bearer', description: 'An access token with the scope of the operation.' },
    },
  },
  authenticate,
  admit,
  authorization,
  // Spacebring reference, Rate limiting; S16.
  rate: { perSecond: 10 },
  prepare: (scope) => {
    scope.addHook('onRequest', async (request) => {
      request.query = withoutSecondMark(request.query)
    })
  },
  wrongMediaType: 'malformed',
}
