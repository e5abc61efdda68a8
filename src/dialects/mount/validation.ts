import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Issue } from '../../core/errors.ts'
import type { Dialect } from '../dialect.ts'
import type { RouteShape } from '../route.ts'
import { readTexts } from '../text.ts'
import { WireRefusal } from '../wire.ts'
import { blanksRemover } from './blanks.ts'
import { schemaIssues } from './issues.ts'
import { unknownPlaces } from './places.ts'

/** A request as its operation's schemas have it. */
export interface Validated {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

type Place = 'params' | 'query' | 'body' | 'headers'

/**
 * Makes what checks a request by its route's schemas: parameters, query, body, and what its texts hold.
 *
 * @throws WireRefusal from what is made
 */
export function requestValidator<Need>(
  dialect: Dialect<Need>,
  route: RouteShape,
): (request: FastifyRequest) => Validated {
  const check = (schema: TSchema | undefined): ((value: unknown) => readonly Issue[]) => {
    if (!schema) return (value) => readTexts(value)
    // When it is first needed: of the hundreds of operations most desks use a few.
    let compiled: Validator | undefined
    return (value) => {
      compiled ??= Compile(schema)
      // First, so that a text is measured and judged as it will be kept.
      const text = readTexts(value, route.isText)
      return compiled.Check(value) ? text : [...schemaIssues(compiled.Errors(value), value), ...text]
    }
  }
  const withoutBlanks = blanksRemover(route.body, dialect.blanks)
  const places = route.method === 'GET' ? Object.keys(route.query?.properties ?? {}) : undefined
  const checks = { params: check(route.params), query: check(route.query), body: check(route.body) }

  function demandValid(place: Place, issues: readonly Issue[]): void {
    if (issues.length === 0) return
    throw new WireRefusal(dialect.invalid?.(issues, place) ?? { code: 'invalid', issues })
  }

  return (request) => {
    demandReadableQuery(request)
    demandValid('params', checks.params(request.params))
    demandValid('query', places ? unknownPlaces(request.query, places) : [])
    demandValid('query', checks.query(request.query))
    // A JSON null is a body, and never a right one.
    const body = request.body === undefined && route.body && route.bodyOptional ? {} : withoutBlanks(request.body)
    if (route.body) {
      if (body === undefined) throw new WireRefusal({ code: 'malformed', message: 'A body is required.' })
      demandValid('body', checks.body(body))
    }
    return { params: request.params, query: request.query, body }
  }
}

/** A query that is not percent-encoded UTF-8 would otherwise be taken literally. */
function demandReadableQuery(request: FastifyRequest): void {
  const start = request.url.indexOf('?')
  if (start === -1 || !request.url.includes('%', start)) return
  try {
    decodeURIComponent(request.url.slice(start + 1).replaceAll('+', ' '))
  } catch {
    throw new WireRefusal({ code: 'bad_request', message: 'The query is not valid percent-encoded UTF-8.' })
  }
}
