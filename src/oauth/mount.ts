import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import { decompressed } from '../dialects/encoding.ts'
import { sendAnswer } from '../dialects/mount/answer.ts'
import { wireError } from '../dialects/mount/errors.ts'
import type { Services } from '../dialects/services.ts'
import type { Answer, WireError } from '../dialects/wire.ts'
import { decide, showPage } from './authorize.ts'
import { readParameters } from './parameters.ts'
import { answerRevoke } from './revoke.ts'
import type { Service } from './service.ts'
import { answerToken } from './token.ts'

/** The paths of the authorization server, which several dialects share. */
const PREFIX = '/oauth2'

/** Whether a path is the authorization server's. @param path in its plain spelling. */
export function ofAuthorization(path: string): boolean {
  return path === PREFIX || path.startsWith(`${PREFIX}/`)
}

/** More than any request here has a use for. */
const MOST_BYTES = 65_536

type Handler = (service: Service, request: FastifyRequest) => Promise<Answer>

const PATHS: Readonly<Record<string, Readonly<Partial<Record<'GET' | 'POST', Handler>>>>> = {
  [`${PREFIX}/authorize`]: { GET: showPage, POST: decide },
  [`${PREFIX}/token`]: { POST: answerToken },
  [`${PREFIX}/revoke`]: { GET: answerRevoke, POST: answerRevoke },
}

/** Mounts the authorization server, one for all dialects that have a form for it. */
export function mountAuthorization(scope: FastifyInstance, dialects: readonly Dialect[], services: Services): void {
  const served = dialects.flatMap((dialect) =>
    dialect.authorization ? [{ dialect, form: dialect.authorization }] : [],
  )
  const service: Service = { services, dialects: served }
  readParameters(scope)
  scope.addHook('preParsing', decompressed)
  scope.setErrorHandler((error, request, reply) => sendAnswer(reply, authorizationError(wireError(error, request))))
  for (const [url, handlers] of Object.entries(PATHS)) mountPath(scope, url, handlers, service)
}

function mountPath(
  scope: FastifyInstance,
  url: string,
  handlers: Readonly<Partial<Record<'GET' | 'POST', Handler>>>,
  service: Service,
): void {
  for (const [method, handle] of Object.entries(handlers)) {
    scope.route({
      method,
      url,
      bodyLimit: MOST_BYTES,
      exposeHeadRoute: false,
      schema: { hide: true },
      handler: async (request, reply) => sendAnswer(reply, await handle(service, request)),
    })
  }
}

/** What went wrong before a client was known, in OAuth 2.0's own form (RFC 6749, 5.2). */
export function authorizationError(error: WireError): Answer {
  switch (error.code) {
    case 'unknown_route':
      return { status: 404, body: { error: 'invalid_request' } }
    case 'method_not_allowed':
      return { status: 405, headers: { allow: error.allow.join(', ') }, body: { error: 'invalid_request' } }
    case 'rate_limited':
      return { status: 429, headers: { 'retry-after': String(error.retryAfterSeconds) } }
    case 'unavailable':
      return { status: 503, headers: { 'retry-after': '1' }, body: { error: 'temporarily_unavailable' } }
    case 'timed_out':
      return { status: 408, body: { error: 'invalid_request' } }
    case 'too_large':
      return { status: 413, body: { error: 'invalid_request' } }
    case 'malformed':
    case 'bad_request':
      return { status: 400, body: { error: 'invalid_request', error_description: error.message } }
    case 'unsupported_media_type':
      return { status: 400, body: { error: 'invalid_request' } }
    default:
      return { status: 500, body: { error: 'server_error' } }
  }
}
