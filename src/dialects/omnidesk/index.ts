import type { Missing } from '../../core/errors.ts'
import type { Dialect } from '../dialect.ts'
import { admit, authenticate, type Need } from './auth.ts'
import { readForms } from './bodies.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { customerRoutes } from './customers/routes.ts'
import { ErrorAnswer, errors } from './errors.ts'
import { examples } from './examples.ts'
import { formRoutes } from './forms/routes.ts'
import { messageRoutes } from './messages/routes.ts'
import { parametersOf } from './names.ts'
import { profile } from './profile.ts'
import { ticketRoutes } from './tickets/routes.ts'
import { webhooks } from './webhooks.ts'

const routes = [...ticketRoutes, ...messageRoutes, ...customerRoutes, ...formRoutes, ...catalogueRoutes]

const FIXED_PATHS: ReadonlyMap<string, string> = new Map(
  routes.filter(({ path }) => !path.includes(':')).map(({ path }) => [path.toLowerCase(), path]),
)

/** The paths with a parameter, as their parts. */
const OPEN_PATHS: readonly (readonly string[])[] = [...new Set(routes.map(({ path }) => path))]
  .filter((path) => path.includes(':'))
  .map((path) => path.split('/'))

/** The Omnidesk API (the Dutch contact-centre product of docs.omnidesk.io). */
export const omnidesk: Dialect<Need, 'omnidesk'> = {
  ...profile,
  title: 'Omnidesk',
  prefixes: ['/api/v2'],
  routes,
  errors,
  webhooks,
  authenticate,
  admit,
  consumes: ['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json'],
  examples,
  openapi: {
    errorBodies: { default: ErrorAnswer },
    description:
      'The Ticket controller of the Omnidesk API specification, with what of the Message, Customer and Form controllers ' +
      'and of the lists it needs. Bodies may be multipart/form-data, application/x-www-form-urlencoded or application/json; ' +
      'parameters may also come in the query string.',
    securitySchemes: {
      apikey: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'The key, or `apikey` and the key.' },
      apiKeyHeader: { type: 'apiKey', in: 'header', name: 'apiKey' },
      apiKeyQuery: { type: 'apiKey', in: 'query', name: 'apiKey' },
    },
  },
  canonicalPath,
  prepare: readForms,
  readsJsonUnderOtherTypes: true,
  parametersOf: ({ query, body }) => parametersOf({ query: Object(query), body: Object(body) }),
  secretQuery: 'apiKey',
  // An id that holds what no id can hold names nothing, like every other wrong one.
  invalid: (issues, where) =>
    where === 'params' ? { code: 'not_found', missing: named(issues[0]?.path[0]) } : { code: 'invalid', issues },
}

const MISSING_BY_PARAMETER: Readonly<Record<string, Missing>> = {
  customerID: 'user',
  formID: 'form',
  channelID: 'channel',
}

function named(parameter: string | number | undefined): Missing {
  return MISSING_BY_PARAMETER[String(parameter)] ?? 'ticket'
}

/** The vendor's guides spell action names in other cases than its reference does; a trailing slash means nothing. */
export function canonicalPath(path: string): string {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path
  return FIXED_PATHS.get(trimmed.toLowerCase()) ?? respelled(trimmed.split('/')) ?? trimmed
}

/** A path with a parameter in the spelling of its route; what is sent for the parameter stays as it is. */
function respelled(parts: readonly string[]): string | undefined {
  const isAt = (part: string, index: number): boolean =>
    part.startsWith(':') || part.toLowerCase() === parts[index]?.toLowerCase()
  const route = OPEN_PATHS.find((path) => path.length === parts.length && path.every(isAt))
  return route?.map((part, index) => (part.startsWith(':') ? parts[index] : part)).join('/')
}
