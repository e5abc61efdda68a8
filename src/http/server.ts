import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { answerError, type Dialect, type Services, type WireError } from '../dialects/dialect.ts'
import { mountDialect, sendAnswer, wireError } from '../dialects/mount.ts'
import { DEFAULT_ERRORS } from './errors.ts'
import { mountHealth, type Readiness } from './health.ts'

/** Limits on what a request may cost, before any dialect's own. */
export const LIMITS = {
  /** Bytes of a body. */
  body: 1_048_576,
  /** Bytes of all header lines together. */
  headers: 16_384,
  /** Characters of one path parameter. */
  pathParameter: 500,
  /** Milliseconds for a client to send a whole request. */
  request: 60_000,
  /** Milliseconds an idle connection is kept: longer than the minute of usual proxies, so that these close first. */
  idle: 72_000,
} as const

export interface ServerOptions {
  readonly dialects: readonly Dialect[]
  readonly services: Services
  readonly readiness: Readiness
  readonly trustedProxies: readonly string[]
  readonly logLevel: string
}

/** Builds the HTTP server: health, documents, and every dialect in a scope of its own. It does not listen yet. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { dialects, services, readiness } = options
  const dialectOf = dialectByPath(dialects)

  const app = Fastify({
    logger: { level: options.logLevel, stream: process.stderr, serializers: { req: loggedRequest(dialectOf) } },
    logController: new LogController({ disableRequestLogging: options.logLevel !== 'debug' }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    bodyLimit: LIMITS.body,
    requestTimeout: LIMITS.request,
    keepAliveTimeout: LIMITS.idle,
    http: { maxHeaderSize: LIMITS.headers },
    routerOptions: { maxParamLength: LIMITS.pathParameter },
    forceCloseConnections: 'idle',
    rewriteUrl: (request) => canonicalUrl(request.url ?? '/', dialectOf),
    frameworkErrors: (error, request, reply) => {
      const wire: WireError =
        error.code === 'FST_ERR_BAD_URL'
          ? { code: 'bad_request', message: 'The path cannot be read.' }
          : wireError(error, request)
      return sendError(request, reply, wire)
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) return
      const raw = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : ''
      const path = /^[A-Z]+ (\S+)/.exec(raw)?.[1] ?? '/'
      socket.end(rawAnswer(dialectOf(path), { code: 'bad_request', message: 'The request cannot be read as HTTP.' }))
    },
  })

  /** In the form of the dialect whose path it is, wherever it went wrong. */
  function sendError(request: FastifyRequest, reply: FastifyReply, error: WireError): FastifyReply {
    const dialect = dialectOf(request.url)
    if (dialect) return sendAnswer(reply, dialect, request, answerError(dialect.errors, error))
    const answer = answerError(DEFAULT_ERRORS, error)
    return reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .send(answer.body)
  }

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    // While the store is not there yet, health answers and everything else asks to come back.
    if (!readiness.started() && dialectOf(request.url)) await sendError(request, reply, { code: 'unavailable' })
  })
  app.setNotFoundHandler((request, reply) => sendError(request, reply, { code: 'unknown_route' }))
  app.setErrorHandler((error, request, reply) => sendError(request, reply, wireError(error, request)))

  mountHealth(app, readiness)
  for (const dialect of dialects) {
    await app.register(async (scope) => {
      await mountDialect(scope, dialect, services)
      app.get(`/openapi/${dialect.name}.json`, { schema: { hide: true } }, async () => scope.swagger())
    })
  }
  return app
}

/** Which dialect a path belongs to; a prefix owns whole segments, in any case. */
export function dialectByPath(dialects: readonly Dialect[]): (url: string) => Dialect | undefined {
  const owners = dialects.flatMap((dialect) =>
    dialect.prefixes.map((prefix) => ({ dialect, prefix: prefix.toLowerCase() })),
  )
  return (url) => {
    const path = (url.split('?', 1)[0] ?? '').toLowerCase()
    return owners.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))?.dialect
  }
}

function canonicalUrl(url: string, dialectOf: (url: string) => Dialect | undefined): string {
  const canonical = dialectOf(url)?.canonicalPath
  if (!canonical) return url
  const end = url.indexOf('?')
  return end === -1 ? canonical(url) : canonical(url.slice(0, end)) + url.slice(end)
}

/** What the log shows of a request: a key in the query stays out. */
function loggedRequest(
  dialectOf: (url: string) => Dialect | undefined,
): (request: FastifyRequest) => Record<string, unknown> {
  return (request) => {
    const secret = dialectOf(request.url)?.secretQuery
    const url = secret ? request.url.replace(new RegExp(`([?&]${secret}=)[^&]*`, 'gi'), '$1[redacted]') : request.url
    return { method: request.method, url, remoteAddress: request.ip }
  }
}

/** An answer for a connection on which no request could be read. */
function rawAnswer(dialect: Dialect | undefined, error: WireError): string {
  const id = randomUUID()
  const answer = answerError(dialect?.errors ?? DEFAULT_ERRORS, error)
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body)
  const headers: Record<string, string> = {
    ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...answer.headers,
    ...dialect?.everyAnswer?.({ id }),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`
}
