import type { FastifyRequest } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import { ofAuthorization } from '../oauth/mount.ts'
import { FILES } from './files.ts'
import { clientOf } from './forwarded.ts'
import { withoutSecrets } from './logged-url.ts'
import { plainPath } from './paths.ts'

/** The URL of a request as logs may show it: a key in the query stays out, and so does what a client sends to get one. */
export function loggedUrl(url: string, dialect: Dialect | undefined): string {
  // The query of a link to a file is the right to it.
  const path = plainPath(url)
  if (ofAuthorization(path) || path.startsWith(FILES)) return url.split('?', 1)[0] ?? ''
  return withoutSecrets(url, dialect?.secretQuery)
}

/** What the log shows of a request. */
export function loggedRequest(
  dialectOf: (url: string) => Dialect | undefined,
): (request: FastifyRequest) => Record<string, unknown> {
  return (request) => ({
    method: request.method,
    url: loggedUrl(request.url, dialectOf(request.url)),
    remoteAddress: clientOf(request),
  })
}
