import { randomUUID } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import type { DemoValues } from '../dialects/examples.ts'
import { sendAnswer } from '../dialects/mount/answer.ts'
import { wireError } from '../dialects/mount/errors.ts'
import { mountDialect } from '../dialects/mount/mount.ts'
import type { Services } from '../dialects/services.ts'
import { type Answer, answerError, type WireError } from '../dialects/wire.ts'
import { authorizationError, mountAuthorization, ofAuthorization } from '../oauth/mount.ts'
import { keepAccessLog } from './access-log.ts'
import { crossOriginAt, mountCrossOrigin } from './cross-origin.ts'
import { mountDocuments } from './documents.ts'
import { DEFAULT_ERRORS } from './errors.ts'
import { mountFiles } from './files.ts'
import { readForwarded } from './forwarded.ts'
import { mountHealth, type Readiness } from './health.ts'
import { mountLanding } from './landing.ts'
import { askForBody, close, endAfter, hasBody, isLingering, letEarlyAnswersArrive, readFirst } from './lingering.ts'
import { loggedRequest } from './logged-request.ts'
import { type Measured, mountMetrics } from './metrics.ts'
import { mountOperator } from './operator.ts'
import { BrokenBody, failBody, keepPace, type Pace } from './pace.ts'
import { learnPaths, plainPath, requestTarget } from './paths.ts'
import { buildSerializer } from './serializers.ts'

/** Limits on what a request may cost, before any dialect's own. */
export const LIMITS = {
  /** Bytes of a body. */
  body: 1_048_576,
  /** Characters of all header names and values together. */
  headers: 16_384,
  /** Bytes of headers that the parser still reads, so that too many are refused in the form of the dialect. */
  readHeaders: 32_768,
  /** Milliseconds for a client to send the head of a request. */
  head: 60_000,
  /** The pace of a body: 4 KiB a second, and a small one has a minute. */
  pace: { bytes: 245_760, milliseconds: 60_000 },
  /**
   * Milliseconds an idle connection is kept. Longer than every proxy and load balancer keeps one by itself (ten minutes is
   * the longest), so that these close first: one that has just sent a request when we close has to answer 502.
   */
  idle: 620_000,
} as const

export interface ServerOptions {
  readonly dialects: readonly Dialect[]
  readonly services: Services
  readonly readiness: Readiness
  readonly trustedProxies: readonly string[]
  /** In place of that in `LIMITS`. */
  readonly pace?: Pace
  /** The ids of the demo, which the documents' examples name; none where there is no demo. */
  readonly demoValues: () => Promise<DemoValues>
  readonly logLevel: string
  readonly measured: Measured
  /** By which tenants are administered; null for not at all. */
  readonly operatorToken: string | null
  /** From where `/metrics` may be read. */
  readonly metricsNetworks: readonly string[]
  /** Takes each line of the access log; null to keep none. */
  readonly accessLog: ((line: string) => void) | null
}

/** Builds the HTTP server: health, documents, and every dialect in a scope of its own. It does not listen yet. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { dialects, services, readiness } = options
  const dialectOf = dialectByPath(dialects)
  const pace = keepPace(options.pace ?? LIMITS.pace)
  /** The last answer of each connection, under way or done. */
  const answering = new WeakMap<Socket, FastifyReply>()

  const app = Fastify({
    logger: { level: options.logLevel, stream: process.stderr, serializers: { req: loggedRequest(dialectOf) } },
    logController: new LogController({ disableRequestLogging: options.logLevel !== 'debug' }),
    genReqId: () => randomUUID(),
    schemaController: { compilersFactory: { buildSerializer } },
    requestIdHeader: false,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    bodyLimit: LIMITS.body,
    keepAliveTimeout: LIMITS.idle,
    // A request without a host is refused below, in the form of the dialect.
    http: {
      maxHeaderSize: LIMITS.readHeaders,
      requireHostHeader: false,
      headersTimeout: LIMITS.head,
      requestTimeout: 0,
    },
    // What is too long for an id is so by the dialect's own rules, and told in its own order of checks.
    routerOptions: { maxParamLength: LIMITS.readHeaders },
    forceCloseConnections: 'idle',
    // Requests that arrive while it stops are refused below, in the form of their dialect.
    return503OnClosing: false,
    rewriteUrl: (request) => {
      // The first that happens to a request: nobody has asked yet who the client is.
      if (options.trustedProxies.length > 0) readForwarded(request)
      return canonicalUrl(requestTarget(request.url ?? '/'), dialectOf)
    },
    frameworkErrors: (error, request, reply) => {
      const wire: WireError =
        error.code === 'FST_ERR_BAD_URL'
          ? { code: 'bad_request', message: 'The path cannot be read.' }
          : wireError(error, request)
      if (hasBody(request.raw)) letEarlyAnswersArrive(request.raw, reply.raw)
      reply.headers(headersAt(request.url, request.id))
      return sendError(request, reply, wire)
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable || isLingering(socket)) return
      const reply = answering.get(socket)
      if (reply && !reply.raw.writableFinished) {
        // What is broken is the body of its request, or comes after it: it is answered as every other, and nothing else is.
        const { raw } = reply.request
        endAfter(reply.raw, socket)
        if (!raw.complete) failBody(raw, new BrokenBody())
        return
      }
      const raw = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : ''
      const [, method, url = '/'] = /^(\S+) (\S+)/.exec(raw) ?? []
      const path = requestTarget(url)
      const wire: WireError =
        error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? { code: 'timed_out' }
          : { code: 'bad_request', message: 'The request cannot be read as HTTP.' }
      const answer = rawAnswer(answerAt(path, wire), headersAt(path, randomUUID()))
      close(socket, method === 'HEAD' ? answer.head : answer.head + answer.body)
    },
  })

  /** An error in the form of the dialect whose path it is, or of the authorization server, wherever it went wrong. */
  function answerAt(url: string, error: WireError): Answer {
    if (ofAuthorization(plainPath(url))) return authorizationError(error)
    return answerError(dialectOf(url)?.errors ?? DEFAULT_ERRORS, error)
  }

  function sendError(request: FastifyRequest, reply: FastifyReply, error: WireError): FastifyReply {
    return sendAnswer(reply, answerAt(request.url, error))
  }

  /** What every answer at a path has beside its own headers. */
  function headersAt(url: string, id: string): Readonly<Record<string, string>> {
    // S41: every answer there can be traced, whichever vendor's it is.
    const own = ofAuthorization(plainPath(url)) ? { 'x-request-id': id } : dialectOf(url)?.everyAnswer?.({ id })
    return { 'x-content-type-options': 'nosniff', ...own }
  }

  const methodsAt = learnPaths(app)
  const answerPreflight = mountCrossOrigin(app, crossOriginAt(dialects, dialectOf), services)
  app.addHook('onRequest', async (request, reply) => {
    if (isLingering(request.socket)) return reply.hijack()
    answering.set(request.socket, reply)
    if (hasBody(request.raw)) {
      pace.watch(request.raw, () => reply.header('x-request-id', request.id))
      letEarlyAnswersArrive(request.raw, reply.raw)
    }
    reply.headers(headersAt(request.url, request.id))
    // An empty type is none, as when a tool is told to send no type.
    if (request.headers['content-type'] === '') delete request.headers['content-type']
    const problem = headerProblem(request.raw)
    if (problem) {
      // Whoever sends such a request may mean something else by what follows.
      reply.header('connection', 'close')
      return sendError(request, reply, { code: 'bad_request', message: problem })
    }
    const allow = methodsAt(request.url)
    const preflight = answerPreflight(request, allow)
    if (preflight) return sendAnswer(reply, preflight)
    // Before the body is read: whatever it is, there is nothing that would take it (RFC 9110, 15.5.6).
    if (allow.length > 0 && !allow.includes(request.method))
      return sendError(request, reply, { code: 'method_not_allowed', allow })
    if (request.is404) return sendError(request, reply, { code: 'unknown_route' })
    // While the store is not there yet, or not any more, health answers and everything else asks to come back.
    if (!readiness.started() && dialectOf(request.url)) return sendError(request, reply, { code: 'unavailable' })
    return undefined
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 413 || request.raw.complete) done(null, payload)
    else readFirst(request.raw, () => done(null, payload))
  })
  // An expectation that nobody knows is ignored; Node by itself answers 417 in no dialect's form.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  app.server.on('checkContinue', (request, response) => {
    askForBody(request, response)
    app.server.emit('request', request, response)
  })
  app.addHook('onClose', async () => pace.stop())
  app.setNotFoundHandler((request, reply) => sendError(request, reply, { code: 'unknown_route' }))
  app.setErrorHandler((error, request, reply) => sendError(request, reply, wireError(error, request)))

  if (options.accessLog) keepAccessLog(app, dialectOf, services.clock, options.accessLog)
  mountMetrics(app, dialectOf, readiness, options.measured, options.metricsNetworks)
  mountHealth(app, readiness)
  await mountLanding(app, dialects)
  mountFiles(app, services)
  mountOperator(app, services, options.operatorToken)
  await mountDocuments(app, dialects, options.demoValues)
  await app.register(async (scope) => mountAuthorization(scope, dialects, services))
  for (const dialect of dialects) {
    await app.register(async (scope) => {
      await mountDialect(scope, dialect, services)
    })
  }
  return app
}

/** Which dialect a path belongs to; a prefix owns whole segments, in any case. */
export function dialectByPath(dialects: readonly Dialect[]): (url: string) => Dialect | undefined {
  const owners = dialects.flatMap((dialect) =>
    dialect.prefixes.map((prefix) => ({ dialect, prefix: prefix.toLowerCase(), below: `${prefix.toLowerCase()}/` })),
  )
  return (url) => {
    const path = plainPath(url)
    return owners.find(({ prefix, below }) => path.startsWith(below) || path === prefix)?.dialect
  }
}

function canonicalUrl(url: string, dialectOf: (url: string) => Dialect | undefined): string {
  const canonical = dialectOf(url)?.canonicalPath
  if (!canonical) return url
  const end = url.indexOf('?')
  return end === -1 ? canonical(url) : canonical(url.slice(0, end)) + url.slice(end)
}

/** What is wrong with a request's headers as a whole, or null. */
function headerProblem({ httpVersion, headers, rawHeaders }: IncomingMessage): string | null {
  if (headers.host === undefined && httpVersion !== '1.0') return 'The header Host is required.'
  // Where another coding is the last, nobody knows where the body ends (RFC 9112, 6.3).
  if (!/^(?:chunked)?$/i.test(headers['transfer-encoding'] ?? '')) return 'The Transfer-Encoding must be chunked.'
  const length = rawHeaders.reduce((sum, each) => sum + each.length, 0)
  return length > LIMITS.headers ? 'The headers are too large.' : null
}

/** An answer for a connection on which no request could be read. */
function rawAnswer(
  answer: Answer,
  every: Readonly<Record<string, string>>,
): { readonly head: string; readonly body: string } {
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body)
  const headers: Record<string, string> = {
    ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...answer.headers,
    ...every,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return { head: `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Error'}\r\n${lines.join('')}\r\n`, body }
}
