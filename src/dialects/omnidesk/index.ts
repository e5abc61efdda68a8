import type { Dialect } from '../dialect.ts'
import { admit, type Need } from './auth.ts'
import { readForms } from './bodies.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { errors } from './errors.ts'
import { messageRoutes } from './messages/routes.ts'
import { ticketRoutes } from './tickets/routes.ts'

const routes = [...ticketRoutes, ...messageRoutes, ...catalogueRoutes]

const FIXED_PATHS: ReadonlyMap<string, string> = new Map(
  routes.filter(({ path }) => !path.includes(':')).map(({ path }) => [path.toLowerCase(), path]),
)

/** The Omnidesk API (the Dutch contact-centre product of docs.omnidesk.io). */
export const omnidesk: Dialect<Need> = {
  name: 'omnidesk',
  title: 'Omnidesk',
  prefixes: ['/api/v2'],
  routes,
  errors,
  admit,
  openapi: {
    description:
      'The Ticket controller of the Omnidesk API specification, with what of the Message controller and of the ' +
      'lists it needs. Bodies may be multipart/form-data, application/x-www-form-urlencoded or application/json; ' +
      'parameters may also come in the query string.',
    securitySchemes: {
      apikey: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'apikey <key>' },
      apiKeyHeader: { type: 'apiKey', in: 'header', name: 'apiKey' },
      apiKeyQuery: { type: 'apiKey', in: 'query', name: 'apiKey' },
    },
  },
  canonicalPath,
  prepare: readForms,
  secretQuery: 'apiKey',
  // An id that holds what no id can hold names no ticket, like every other wrong one.
  invalid: (issues, where) =>
    where === 'params' ? { code: 'not_found', missing: 'ticket' } : { code: 'invalid', issues },
}

/** The vendor's guides spell action names in other cases than its reference does; a trailing slash means nothing. */
export function canonicalPath(path: string): string {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path
  return FIXED_PATHS.get(trimmed.toLowerCase()) ?? trimmed
}
