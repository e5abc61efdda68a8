import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Context } from '../../core/context.ts'
import { type Issue, Refusal } from '../../core/errors.ts'
import type { IdempotencyKey } from '../../core/idempotency/key.ts'
import { type Actor, claimantOf } from '../../core/identity/actor.ts'
import { networkOf } from '../../core/limits/network.ts'
import { isTooSlow, StoreFull, StoreUnavailable } from '../../storage/failures.ts'
import type { Answer, Call, Dialect, OpenCall, OpenRoute, Route, RouteShape, Services, WireError } from '../dialect.ts'
import { answerError, WireRefusal } from '../dialect.ts'
import { decompressed } from '../encoding.ts'
import { jsonUnderOtherType, parseJson } from '../json.ts'
import { WRITES } from '../openapi/document.ts'
import { readTexts } from '../text.ts'
import { acceptUploads, discardFiles, UPLOAD_TYPE } from '../uploads.ts'
import { blanksRemover } from './blanks.ts'
import { schemaIssues } from './issues.ts'
import { idempotencyKey } from './key.ts'
import { unknownPlaces } from './places.ts'

/** In the order in which `Allow` names them. */
export const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

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
  scope.decorateRequest('actor', null)
  // Requests are validated below, by the same schemas, so that each dialect's order of checks can be kept.
  scope.setValidatorCompiler(() => () => true)
  addBodyParsers(scope, dialect)
  scope.addHook('preParsing', decompressed)
  scope.setErrorHandler((error, request, reply) =>
    sendAnswer(reply, answerError(dialect.errors, wireError(error, request))),
  )
  await dialect.prepare?.(scope)

  for (const route of dialect.routes) {
    if (route.takesFile) await scope.register(async (uploads) => mountUpload(uploads, dialect, route, services))
    else mountRoute(scope, dialect, route, services)
  }
  for (const route of dialect.openRoutes ?? []) mountOpenRoute(scope, dialect, route, services)
  for (const [path, methods] of methodsByPath([...dialect.routes, ...(dialect.openRoutes ?? [])]))
    mountOptions(scope, path, methods)
}

/** In a scope of its own, because it reads another media type. */
function mountUpload<Need>(
  scope: FastifyInstance,
  dialect: Dialect<Need>,
  route: Route<Need>,
  services: Services,
): void {
  acceptUploads(scope, services, () => wrongMediaType(dialect, UPLOAD_TYPE))
  mountRoute(scope, dialect, route, services)
}

function mountRoute<Need>(
  scope: FastifyInstance,
  dialect: Dialect<Need>,
  route: Route<Need>,
  services: Services,
): void {
  const validate = requestValidator(dialect, route)
  async function callOf(request: FastifyRequest): Promise<Call<never, never, never>> {
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
      bounds: services.settings.bounds,
      idempotency: WRITES.has(route.method) ? keyOf(request, claimantOf(request.actor), { params, query, body }) : null,
    }
    return { ctx, params, query, body, headers: request.headers, services } as Call<never, never, never>
  }

  function keyOf(
    { method, url, headers }: FastifyRequest,
    claimant: string,
    { params, query, body }: Validated,
  ): IdempotencyKey | null {
    // A query that the operation does not read says nothing.
    const asked = route.query ? query : {}
    return idempotencyKey({
      ...{ claimant, header: headers['idempotency-key'], method, url, body, params },
      operation: `${route.method} ${route.path}`,
      parameters: dialect.parametersOf?.({ query: asked, body }) ?? [asked, body],
    })
  }

  scope.route({
    method: route.method,
    url: route.path,
    schema: { response: responseSchemas(route) },
    onRequest: async (request) => {
      const caller = await authenticated(request, dialect, services)
      request.allowedOrigins = caller.credential.origins ?? []
      await spendOne(request, caller, dialect, services)
      request.actor = await dialect.admit(request, route.need, services, caller)
    },
    handler: async (request, reply) => {
      try {
        return sendAnswer(reply, await route.handle(await callOf(request)))
      } finally {
        // Whatever was answered, and whether or not anybody still listens: what was to be kept has another name by now.
        if (route.takesFile) await discardFiles(request.body, services)
      }
    },
  })
}

function mountOpenRoute<Need>(
  scope: FastifyInstance,
  dialect: Dialect<Need>,
  route: OpenRoute,
  services: Services,
): void {
  const validate = requestValidator(dialect, route)
  scope.route({
    method: route.method,
    url: route.path,
    schema: { response: responseSchemas(route) },
    handler: async (request, reply) => {
      const { body } = validate(request)
      const call = { body, address: request.ip, host: request.hostname, services } as OpenCall<never>
      return sendAnswer(reply, await route.handle(call))
    },
  })
}

/** By which answers are written. An empty body has the schema of null. */
function responseSchemas({ answers }: RouteShape): object {
  return Object.fromEntries(Object.entries(answers).map(([status, schema]) => [status, schema ?? Type.Null()]))
}

/**
 * Who calls. For an address whose credentials failed too often nothing is looked up; only what was good before is let in, since
 * many can be behind one address.
 */
async function authenticated<Need>(
  request: FastifyRequest,
  dialect: Dialect<Need>,
  services: Services,
): Promise<Actor> {
  const wait = services.limits.heldOff(request.ip)
  try {
    return await dialect.authenticate(request, wait > 0 ? withoutGuessing(services) : services)
  } catch (error) {
    if (error instanceof Refusal && error.error.code === 'unauthenticated') {
      demandNoWait(wait)
      services.limits.failed(request.ip)
    }
    throw error
  }
}

function withoutGuessing(services: Services): Services {
  const { access } = services
  return { ...services, access: { ...access, resolve: access.resolveProven } }
}

/** Counts a request against its credential's rate. @throws WireRefusal `rate_limited` */
export async function spendOne<Need>(
  request: FastifyRequest,
  {
    tenantId,
    credential,
  }: { readonly tenantId: string; readonly credential: { readonly id: string; readonly testMode?: boolean } },
  { name, rate }: Dialect<Need>,
  { limits, settings }: Services,
): Promise<void> {
  const bucket = rate.perAddress ? `${credential.id} ${networkOf(request.ip)}` : credential.id
  const own = (credential.testMode && rate.testPerSecond) || rate.perSecond
  demandNoWait(await limits.spend(tenantId, `${name} ${bucket}`, settings.rates[name] ?? own))
}

function demandNoWait(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new WireRefusal({ code: 'rate_limited', retryAfterSeconds })
}

/** Sends what a dialect answers, or the server itself. A body of undefined is an empty one, without a content type. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status)
  if (headers) reply.headers(headers)
  return body === undefined ? reply.send() : reply.send(body)
}

// --- bodies -----------------------------------------------------------------------------------------------------------

function addBodyParsers<Need>(scope: FastifyInstance, dialect: Dialect<Need>): void {
  scope.removeAllContentTypeParsers()
  const json = async (_request: FastifyRequest, body: Buffer): Promise<unknown> => parseJson(body)
  scope.addContentTypeParser(/^application\/([\w.-]+\+)?json(\s*;|$)/i, { parseAs: 'buffer' }, json)
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type']
    if (!type) return parseJson(body)
    const text = dialect.readsJsonUnderOtherTypes ? jsonUnderOtherType(type, body) : undefined
    if (text) return parseJson(text)
    throw wrongMediaType(dialect, 'application/json')
  })
}

function wrongMediaType<Need>(dialect: Dialect<Need>, right: string): WireRefusal {
  return new WireRefusal(
    dialect.wrongMediaType === 'malformed'
      ? { code: 'malformed', message: `The content type must be ${right}.` }
      : { code: 'unsupported_media_type' },
  )
}

// --- validation -------------------------------------------------------------------------------------------------------

interface Validated {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

type Place = 'params' | 'query' | 'body' | 'headers'

function requestValidator<Need>(dialect: Dialect<Need>, route: RouteShape): (request: FastifyRequest) => Validated {
  const check = (schema: TSchema | undefined): ((value: unknown) => readonly Issue[]) => {
    if (!schema) return (value) => readTexts(value)
    const compiled = Compile(schema)
    return (value) => {
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

// --- errors -----------------------------------------------------------------------------------------------------------

/** Whatever was thrown, as something that may leave. What is unknown becomes `internal` and is logged, once. */
export function wireError(error: unknown, request: FastifyRequest): WireError {
  if (error instanceof Refusal || error instanceof WireRefusal) return error.error
  if (error instanceof StoreUnavailable || isTooSlow(error)) {
    // Whoever watches the disk tells of it, once a minute and not for each request.
    if (!(error instanceof StoreFull)) request.log.warn({ err: error }, 'The store is unavailable.')
    return { code: 'unavailable' }
  }
  const { code, statusCode } = fastifyError(error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) return { code: 'too_large' }
  if (statusCode === 408) return { code: 'timed_out' }
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

function methodsByPath(routes: readonly RouteShape[]): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of routes) {
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method))
    if (method === 'GET') known.add('HEAD')
  }
  return methods
}

/** A known path answers OPTIONS with what it allows. The server itself refuses every other method (http/paths.ts). */
function mountOptions(scope: FastifyInstance, path: string, methods: ReadonlySet<string>): void {
  const allow = METHODS.filter((method) => method === 'OPTIONS' || methods.has(method)).join(', ')
  scope.route({
    method: 'OPTIONS',
    url: path,
    handler: async (_request, reply) => sendAnswer(reply, { status: 204, headers: { allow } }),
  })
}
