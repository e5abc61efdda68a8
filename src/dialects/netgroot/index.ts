import type { Dialect } from '../dialect.ts'
import { admit, type Need } from './auth.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { errors } from './errors.ts'
import { subscriberRoutes } from './subscribers/routes.ts'
import { staffTicketRoutes, subscriberTicketRoutes } from './tickets/routes.ts'

const routes = [...catalogueRoutes, ...subscriberRoutes, ...subscriberTicketRoutes, ...staffTicketRoutes]

const DOCUMENTED_SPELLING = new Map(routes.map(({ path }) => [path.toLowerCase(), path]))

export const netgroot: Dialect<Need> = {
  name: 'netgroot',
  title: 'NetGroot ISPCRM',
  prefixes: ['/api/v1'],
  routes,
  errors,
  openapi: {
    description: 'Tickets of internet subscribers and the staff who serve them, as in the NetGroot ISPCRM API.',
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API access token of a subscriber or of a staff user.',
      },
    },
  },
  admit,
  canonicalPath,
  wrongMediaType: 'malformed',
}

/** The vendor's own pages differ in the case of paths, so every case is accepted, and a slash at the end. */
function canonicalPath(path: string): string {
  return DOCUMENTED_SPELLING.get(path.toLowerCase().replace(/\/$/, '')) ?? path
}
