import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../core/context.ts'
import { type Actor, claimantOf } from '../../core/identity/actor.ts'
import type { Dialect } from '../dialect.ts'
import { decompressed } from '../encoding.ts'
import { acceptLines, LINES_TYPE } from '../lines.ts'
import { WRITES } from '../openapi/document.ts'
import { acceptMail, MAIL_TYPE } from '../raw-mail.ts'
import type { Call, OpenCall, OpenRoute, Route, RouteShape } from '../route.ts'
import type { Services } from '../services.ts'
import { acceptUploads, discardFiles, UPLOAD_TYPE } from '../uploads.ts'
import { answerError } from '../wire.ts'
import { sendAnswer } from './answer.ts'
import { addBodyParsers, wrongMediaType } from './bodies.ts'
import { wireError } from './errors.ts'
import { keyOf } from './key.ts'
import { methodsByPath, mountOptions } from './methods.ts'
import { authenticated, spendOne } from './rate.ts'
import { requestValidator } from './validation.ts'

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
    else if (route.takesLines) await scope.register(async (lines) => mountLines(lines, dialect, route, services))
    else if (route.takesMail) await scope.register(async (mail) => mountMail(mail, dialect, route, services))
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

/** Likewise. */
function mountLines<Need>(
  scope: FastifyInstance,
  dialect: Dialect<Need>,
  route: Route<Need>,
  services: Services,
): void {
  acceptLines(scope, () => wrongMediaType(dialect, LINES_TYPE))
  mountRoute(scope, dialect, route, services)
}

/** Likewise. */
function mountMail<Need>(scope: FastifyInstance, dialect: Dialect<Need>, route: Route<Need>, services: Services): void {
  acceptMail(scope, () => wrongMediaType(dialect, MAIL_TYPE))
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
      idempotency: WRITES.has(route.method)
        ? keyOf(request, claimantOf(request.actor), { params, query, body }, dialect, route)
        : null,
    }
    return { ctx, params, query, body, headers: request.headers, address: request.ip, services } as Call<
      never,
      never,
      never
    >
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
      const call = {
        body,
        address: request.ip,
        host: request.hostname,
        userAgent: request.headers['user-agent'] ?? '',
        requestId: request.id,
        services,
      } as OpenCall<never>
      return sendAnswer(reply, await route.handle(call))
    },
  })
}

/** By which answers are written. An empty body has the schema of null. */
function responseSchemas({ answers }: RouteShape): object {
  return Object.fromEntries(Object.entries(answers).map(([status, schema]) => [status, schema ?? Type.Null()]))
}
