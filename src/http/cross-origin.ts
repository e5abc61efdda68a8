import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import type { Services } from '../dialects/services.ts'
import type { Answer } from '../dialects/wire.ts'
import { plainPath } from './paths.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The list of the credential that was presented, once it is known; null before. */
    allowedOrigins: readonly string[] | null
  }
}

/** What a page may read of an answer besides what every page may. */
const EXPOSED = 'allow, etag, location, retry-after, www-authenticate, x-request-id'
/** How long a browser keeps the answer to a preflight, in seconds: an origin that is taken off a list is refused anyway. */
const PREFLIGHT_SECONDS = 600
/** A list of header names, as a preflight has it. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/

/**
 * Lets pages of other sites use the API (Fetch standard, CORS protocol), by one rule: an answer is for the origins on the
 * list of the credential that was presented. A preflight presents none, nor does a failed login: there it is enough that
 * some live credential of the dialect lists the origin. No answer is for everybody, and none lets a browser send what it
 * knows by itself (cookies, Basic): pages present their credential.
 *
 * @returns the answer to a preflight for a path with these methods; undefined for every other request.
 */
export function mountCrossOrigin(
  app: FastifyInstance,
  servedAt: (url: string) => Dialect | undefined,
  services: Services,
): (request: FastifyRequest, methods: readonly string[]) => Answer | undefined {
  app.decorateRequest('allowedOrigins', null)
  app.addHook('onSend', async (request, reply) => {
    const dialect = servedAt(request.url)
    if (!dialect?.browsers) return
    reply.header('vary', joined(reply.getHeader('vary'), 'Origin'))
    const { origin } = request.headers
    if (origin === undefined || !(await isAllowed(origin, request, dialect, services))) return
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED })
    if (isPreflight(request)) allowAsked(request, reply)
  })
  return (request, methods) => {
    if (!isPreflight(request) || methods.length === 0 || !servedAt(request.url)?.browsers) return undefined
    const allow = methods.join(', ')
    return { status: 204, headers: { allow, 'access-control-allow-methods': allow } }
  }
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

function allowAsked(request: FastifyRequest, reply: FastifyReply): void {
  const names = request.headers['access-control-request-headers']
  reply.header('access-control-max-age', String(PREFLIGHT_SECONDS))
  reply.header('vary', joined(reply.getHeader('vary'), 'Access-Control-Request-Headers'))
  if (names !== undefined && HEADER_NAMES.test(names)) reply.header('access-control-allow-headers', names)
}

async function isAllowed(
  origin: string,
  request: FastifyRequest,
  { name, browsers }: Dialect,
  services: Services,
): Promise<boolean> {
  const general = browsers?.(services.settings) ?? []
  const own = request.allowedOrigins
  if (own !== null) return (own.length > 0 ? own : general).includes(origin)
  if (general.includes(origin)) return true
  // A store that is away lists nobody; that must not take the place of what the answer says.
  return services.access.listsOrigin(name, origin).catch(() => false)
}

function joined(there: unknown, name: string): string {
  return typeof there === 'string' && there !== '' ? `${there}, ${name}` : name
}

/** The authorization server's paths that pages call: tokens are had by pages, logins are pages of our own. */
const BY_PAGES: ReadonlySet<string> = new Set(['/oauth2/token', '/oauth2/revoke'])

/** Whose rules hold at a path: its dialect's, or at `/oauth2` those of the dialect whose clients get tokens in pages. */
export function crossOriginAt(
  dialects: readonly Dialect[],
  dialectOf: (url: string) => Dialect | undefined,
): (url: string) => Dialect | undefined {
  const issuer = dialects.find(({ authorization, browsers }) => authorization && browsers)
  return (url) => (BY_PAGES.has(plainPath(url)) ? issuer : dialectOf(url))
}
