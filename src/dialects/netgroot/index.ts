import type { Dialect } from '../dialect.ts'
import { PUT_IN } from '../examples.ts'
import { admit, authenticate, type Need } from './auth.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { ErrorAnswer, errors } from './errors.ts'
import { examples } from './examples.ts'
import { loginRoutes, openLoginRoutes } from './logins/routes.ts'
import { profile } from './profile.ts'
import { subscriberRoutes } from './subscribers/routes.ts'
import { staffTicketRoutes, subscriberTicketRoutes } from './tickets/routes.ts'

const routes = [
  ...catalogueRoutes,
  ...loginRoutes,
  ...subscriberRoutes,
  ...subscriberTicketRoutes,
  ...staffTicketRoutes,
]

const DOCUMENTED_SPELLING = new Map([...openLoginRoutes, ...routes].map(({ path }) => [path.toLowerCase(), path]))

export const netgroot: Dialect<Need, 'netgroot'> = {
  ...profile,
  title: 'NetGroot ISPCRM',
  prefixes: ['/api/v1'],
  routes,
  openRoutes: openLoginRoutes,
  errors,
  examples,
  openapi: {
    errorBodies: { default: ErrorAnswer },
    // A caller who is no subscriber has no details and no tickets.
    anywhere: ['not_found'],
    description: `Tickets of internet subscribers and the staff who serve them, as in the NetGroot ISPCRM API. ${PUT_IN}`,
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'The token of a login, or an API access token of a subscriber or of a staff user.',
      },
    },
  },
  authenticate,
  admit,
  canonicalPath,
  readsJsonUnderOtherTypes: true,
  wrongMediaType: 'malformed',
}

/** The vendor's own pages differ in the case of paths, so every case is accepted, and a slash at the end. */
function canonicalPath(path: string): string {
  return DOCUMENTED_SPELLING.get(path.toLowerCase().replace(/\/$/, '')) ?? path
}
