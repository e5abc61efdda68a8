import type { FastifyInstance } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import { clientOf } from './forwarded.ts'
import { loggedUrl } from './logged-request.ts'

/** One line of the access log: what was asked, by whom, and how it ended. */
interface AccessLine {
  readonly time: string
  readonly id: string
  readonly address: string
  readonly method: string
  readonly url: string
  readonly dialect: string | null
  readonly status: number
  /** Milliseconds from the request's headers to the last byte of its answer. */
  readonly milliseconds: number
  /** Bytes of the answer's body, as its Content-Length tells; null where it has none. */
  readonly bytes: number | null
  /** Who called, where a credential was found. */
  readonly tenant: string | null
  readonly credential: string | null
}

/**
 * Writes a JSON line for each request that was answered, or given up by its client. No line holds a secret, a body, or
 * what a customer wrote.
 *
 * @param write takes one whole line.
 */
export function keepAccessLog(
  app: FastifyInstance,
  dialectOf: (url: string) => Dialect | undefined,
  clock: () => Date,
  write: (line: string) => void,
): void {
  app.addHook('onResponse', async (request, reply) => {
    const dialect = dialectOf(request.url)
    const length = reply.getHeader('content-length')
    const line: AccessLine = {
      time: clock().toISOString(),
      id: request.id,
      address: clientOf(request),
      method: request.method,
      url: loggedUrl(request.url, dialect),
      dialect: dialect?.name ?? null,
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      bytes: length === undefined ? null : Number(length),
      tenant: request.actor?.tenantId ?? null,
      credential: request.actor?.credential.id ?? null,
    }
    write(`${JSON.stringify(line)}\n`)
  })
}
