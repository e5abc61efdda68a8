import { AUTHORIZATION_URLS } from '../authorization.ts'
import type { Dialect } from '../dialect.ts'
import { PUT_IN } from '../examples.ts'
import { attachmentRoutes } from './attachments/routes.ts'
import { admit, authenticate, NETWORK_HEADER, type Need } from './auth.ts'
import { authorization, SCOPES_TOLD } from './authorization.ts'
import { ErrorAnswer, errors } from './errors.ts'
import { examples } from './examples.ts'
import { locationRoutes } from './locations/routes.ts'
import { membershipRoutes } from './memberships/routes.ts'
import { withoutSecondMark } from './paging.ts'
import { profile } from './profile.ts'
import { routes } from './tickets/routes.ts'
import { webhooks } from './webhooks.ts'

/** Spacebring's support tickets: https://www.spacebring.com/docs/api-reference */
export const spacebring: Dialect<Need, 'spacebring'> = {
  ...profile,
  title: 'Spacebring support tickets',
  prefixes: ['/support', '/locations', '/networks', '/community'],
  routes: [...routes, ...attachmentRoutes, ...locationRoutes, ...membershipRoutes],
  errors,
  webhooks,
  examples,
  openapi: {
    headers: { [NETWORK_HEADER]: 'The id of the network; required with a bearer token.' },
    errorBodies: { default: ErrorAnswer },
    description: `The support ticket operations of the Spacebring API, and by which their ids are found: networks, locations, memberships. A bearer token is sent together with \`${NETWORK_HEADER}\`, the id of the network. ${PUT_IN}`,
    securitySchemes: {
      BasicAuth: { type: 'http', scheme: 'basic', description: 'Client id and client secret of the network.' },
      OAuth2: {
        type: 'oauth2',
        description:
          'Log in as a person who lets an app in. The app is registered with a client id, a secret and its redirect URI; for the page of /docs that is `/docs/static/oauth2-redirect.html` of this server.',
        flows: { authorizationCode: { ...AUTHORIZATION_URLS, scopes: SCOPES_TOLD } },
      },
      AccessToken: { type: 'http', scheme: 'bearer', description: 'An access token that you have already.' },
    },
  },
  authenticate,
  admit,
  authorization,
  prepare: (scope) => {
    scope.addHook('onRequest', async (request) => {
      request.query = withoutSecondMark(request.query)
    })
  },
  readsJsonUnderOtherTypes: true,
  blanks: 'null',
  wrongMediaType: 'malformed',
}
