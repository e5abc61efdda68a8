import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Actor } from '../core/access/actor.ts'
import type { Context, IdempotencyKey } from '../core/context.ts'
import { type Issue, Refusal } from '../core/errors.ts'
import { isTooSlow, StoreUnavailable } from '../storage/failures.ts'
import type { Answer, Call, Dialect, Route, Services, WireError } from './dialect.ts'
import { answerError, WireRefusal } from './dialect.ts'
import { parseJson } from './json.ts'
import { textIssues } from './text.ts'
import { schemaIssues } from './validation.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** Printable ASCII, as the Idempotency-Key draft of the IETF suggests for opaque keys. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | null
  }
}

/** Mounts a dialect as an encapsulated scope: its own parsers, authentication and errors; nothing of it leaks out. */
export async function mountDialect<Need>(
  scope: FastifyInstance,
  dialect: Dialect<Need>,
  services: Services,
): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `Polydesk: ${dialect.title}`, version: '1', description: dialect.openapi.description },
      components: { securitySchemes: { ...dialect.openapi.securitySchemes } as never },
      security: Object.keys(dialect.openapi.securitySchemes).map((name) => ({ [name]: [] })),
    },
  })
  scope.decorateRequest('actor', null)
  // Requests are validated below, by the same schemas, so that each dialect's order of checks can be kept.
  scope.setValidatorCompiler(() => () => true)
  addBodyParsers(scope, dialect)
  scope.setErrorHandler((error, request, reply) =>
    sendAnswer(reply, dialect, request, answerError(dialect.errors, wireError(error, request))),
  )
  await dialect.prepare?.(scope)

  for (const route of dialect.routes) mountRoute(scope, dialect, route, services)
  for (const [path, methods] of methodsByPath(dialect.routes)) mountOtherMethods(scope, dialect, path, methods)
}

function mountRoute<Need>(
  scope: FastifyInstance,
  dialect: Dialect<Need>,
  route: Route<Need>,
  services: Services,
): void {
  const validate = requestValidator(dialect, route)
  scope.route({
    method: route.method,
    url: route.path,
    schema: openApiOf(dialect, route),
    onRequest: async (request) => {
      request.actor = await dialect.admit(request, route.need, services)
    },
    handler: async (request, reply) => {
      if (!request.actor) throw new Error('A request was handled before its caller was admitted.')
      const { params, query, body } = validate(request)
      const tenant = await services.access.tenant(request.actor.tenantId)
      const ctx: Context = {
        store: services.store,
        tenant,
        actor: request.actor,
        now: services.clock().toISOString(),
        newId: services.newId,
        dialect: dialect.name,
        requestId: request.id,
        idempotency: WRITES.has(route.method) ? idempotencyKey(request, body) : null,
      }
      const call = { ctx, params, query, body, headers: request.headers } as Call<never, never, never>
      return sendAnswer(reply, dialect, request, await route.handle(call))
    },
  })
}

/** Sends what a dialect answers. A body of undefined is an empty one, without a content type. */
export function sendAnswer<Need>(
  reply: FastifyReply,
  dialect: Dialect<Need>,
  request: FastifyRequest,
  answer: Answer,
): FastifyReply {
  reply.code(answer.status)
  const every = dialect.everyAnswer?.(request)
  if (every) reply.headers(every)
  if (answer.headers) reply.headers(answer.headers)
  return answer.body === undefined ? reply.send() : reply.send(answer.body)
}

// --- bodies -----------------------------------------------------------------------------------------------------------

function addBodyParsers<Need>(scope: FastifyInstance, dialect: Dialect<Need>): void {
  scope.removeAllContentTypeParsers()
  const json = async (_request: FastifyRequest, body: Buffer): Promise<unknown> => parseJson(body)
  scope.addContentTypeParser(/^application\/([\w.-]+\+)?json(\s*;|$)/i, { parseAs: 'buffer' }, json)
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (request.headers['content-type'] === undefined) return parseJson(body)
    if (dialect.wrongMediaType === 'malformed')
      throw new WireRefusal({ code: 'malformed', message: 'The content type must be application/json.' })
    throw new WireRefusal({ code: 'unsupported_media_type' })
  })
}

// --- validation -------------------------------------------------------------------------------------------------------

interface Validated {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

type Place = 'params' | 'query' | 'body' | 'headers'

function requestValidator<Need>(dialect: Dialect<Need>, route: Route<Need>): (request: FastifyRequest) => Validated {
  const check = (schema: TSchema | undefined): ((value: unknown) => readonly Issue[]) => {
    if (!schema) return textIssues
    const compiled = Compile(schema)
    return (value) => {
      const text = textIssues(value)
      return compiled.Check(value) ? text : [...schemaIssues(compiled.Errors(value), value), ...text]
    }
  }
  const checks = { params: check(route.params), query: check(route.query), body: check(route.body) }

  function demandValid(place: Place, issues: readonly Issue[]): void {
    if (issues.length === 0) return
    throw new WireRefusal(dialect.invalid?.(issues, place) ?? { code: 'invalid', issues })
  }

  return (request) => {
    demandReadableQuery(request)
    demandValid('params', checks.params(request.params))
    demandValid('query', checks.query(request.query))
    const body = request.body ?? (route.body && route.bodyOptional ? {} : undefined)
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

function idempotencyKey(request: FastifyRequest, body: unknown): IdempotencyKey | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    const message = 'An Idempotency-Key is 1 to 255 printable ASCII characters without blanks.'
    throw new Refusal({ code: 'invalid', issues: [{ path: ['Idempotency-Key'], rule: 'format', message }] })
  }
  const digest = createHash('sha256').update(`${request.method}\n${request.url}\n${JSON.stringify(body) ?? ''}`)
  return { key, fingerprint: digest.digest('base64url') }
}

// --- errors -----------------------------------------------------------------------------------------------------------

/** Whatever was thrown, as something that may leave. What is unknown becomes `internal` and is logged, once. */
export function wireError(error: unknown, request: FastifyRequest): WireError {
  if (error instanceof Refusal || error instanceof WireRefusal) return error.error
  if (error instanceof StoreUnavailable || isTooSlow(error)) {
    request.log.warn({ err: error }, 'The store is unavailable.')
    return { code: 'unavailable' }
  }
  const { code, statusCode } = fastifyError(error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) return { code: 'too_large' }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'unsupported_media_type' }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: 'malformed', message: 'The body cannot be read.' }
  }
  request.log.error({ err: error }, 'An unexpected failure.')
  return { code: 'internal' }
}

function fastifyError(error: unknown): { readonly code?: string; readonly statusCode?: number } {
  if (!(error instanceof Error)) return {}
  return {
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('statusCode' in error && typeof error.statusCode === 'number' ? { statusCode: error.statusCode } : {}),
  }
}

// --- methods ----------------------------------------------------------------------------------------------------------

function methodsByPath<Need>(routes: readonly Route<Need>[]): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of routes) {
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method))
    if (method === 'GET') known.add('HEAD')
  }
  return methods
}

/** A known path answers OPTIONS with what it allows, and every other method with a refusal in the dialect's form. */
function mountOtherMethods<Need>(
  scope: FastifyInstance,
  dialect: Dialect<Need>,
  path: string,
  methods: ReadonlySet<string>,
): void {
  const allow = [...METHODS.filter((method) => methods.has(method)), 'OPTIONS']
  scope.route({
    method: 'OPTIONS',
    url: path,
    schema: { hide: true },
    handler: async (request, reply) =>
      sendAnswer(reply, dialect, request, { status: 204, headers: { allow: allow.join(', ') } }),
  })
  const others: HTTPMethods[] = METHODS.filter((method) => !allow.includes(method))
  if (others.length === 0) return
  scope.route({
    method: others,
    url: path,
    schema: { hide: true },
    // Before the body is read: whatever it is, the method is wrong.
    onRequest: async (request, reply) =>
      sendAnswer(reply, dialect, request, answerError(dialect.errors, { code: 'method_not_allowed', allow })),
    handler: async () => {},
  })
}

// --- documents --------------------------------------------------------------------------------------------------------

function openApiOf<Need>(dialect: Dialect<Need>, route: Route<Need>): object {
  const response = Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => [
      status,
      schema ?? { type: 'null', description: 'No content' },
    ]),
  )
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [dialect.name],
    ...(route.params ? { params: route.params } : {}),
    ...(route.query ? { querystring: route.query } : {}),
    ...(route.body ? { body: route.body } : {}),
    response,
  }
}
