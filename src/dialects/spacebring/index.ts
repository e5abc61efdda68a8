import type { Dialect } from '../dialect.ts'
import { admit, NETWORK_HEADER, type Need } from './auth.ts'
import { errors } from './errors.ts'
import { withoutSecondMark } from './paging.ts'
import { routes } from './tickets/routes.ts'

/** Spacebring's support tickets: https://www.spacebring.com/docs/api-reference */
export const spacebring: Dialect<Need> = {
  name: 'spacebring',
  title: 'Spacebring support tickets',
  prefixes: ['/support'],
  routes,
  errors,
  openapi: {
    description: `The support ticket operations of the Spacebring API. A bearer token is sent together with \`${NETWORK_HEADER}\`, the id of the network.`,
    securitySchemes: {
      BasicAuth: { type: 'http', scheme: 'basic', description: 'Client id and client secret of the network.' },
      OAuth2: { type: 'http', scheme: 'bearer', description: 'An access token with the scope of the operation.' },
    },
  },
  admit,
  prepare: (scope) => {
    scope.addHook('onRequest', async (request) => {
      request.query = withoutSecondMark(request.query)
    })
  },
  wrongMediaType: 'malformed',
}
