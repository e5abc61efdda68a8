import type { FastifyInstance, FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import manifest from '../../package.json' with { type: 'json' }
import { isWithin, readAddress, readNetwork } from '../core/address.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Readiness } from './health.ts'

/** Seconds: a read by id takes a millisecond or two, an upload a minute. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30]

/** Numbers that others may see, read when they are asked for. */
export interface Measured {
  /** Connections to the database, by what they do. */
  readonly connections: () => { readonly busy: number; readonly idle: number; readonly waiting: number } | null
  /** How often the embedded database was started again after it had ended by itself. */
  readonly databaseRestarts: () => number
  /** Letters that wait to be sent, and since when the oldest does, as text; null while the store is not open. */
  readonly letters: () => Promise<{ readonly waiting: number; readonly oldest: string | null } | null>
  /** How attempts to hand letters to a relay ended in this process. */
  readonly letterAttempts: () => Readonly<Record<string, number>>
}

/**
 * `/metrics` in the text format of Prometheus: requests by dialect, route and status, the process, and what `measured`
 * tells. Who may read it is decided by address, because Prometheus has no credential of a tenant; to others there is no
 * such path.
 *
 * @param networks addresses or networks that may read.
 */
export function mountMetrics(
  app: FastifyInstance,
  dialectOf: (url: string) => Dialect | undefined,
  readiness: Readiness,
  measured: Measured,
  networks: readonly string[],
): void {
  const registers = new Registry()
  const durations = new Histogram({
    name: 'polydesk_http_request_duration_seconds',
    help: 'How long requests took, from their headers to the last byte of the answer.',
    labelNames: ['dialect', 'method', 'route', 'status'],
    buckets: DURATIONS,
    registers: [registers],
  })
  const build = { name: 'polydesk_build_info', help: 'Which version runs.', labelNames: ['version'] }
  new Gauge({ ...build, registers: [registers] }).labels(manifest.version).set(1)
  gauge(registers, 'polydesk_ready', 'Whether the start is complete.', () => Number(readiness.started()))
  const connections = new Gauge({
    name: 'polydesk_database_connections',
    help: 'Connections to the database that are busy and idle, and calls that wait for one.',
    labelNames: ['state'],
    registers: [registers],
    collect() {
      for (const [state, count] of Object.entries(measured.connections() ?? {})) connections.labels(state).set(count)
    },
  })
  const restarts = new Counter({
    name: 'polydesk_database_restarts_total',
    help: 'How often the embedded database was started again after it had ended by itself.',
    registers: [registers],
    collect() {
      restarts.reset()
      restarts.inc(measured.databaseRestarts())
    },
  })

  measureLetters(registers, measured)

  app.addHook('onResponse', async (request, reply) => {
    const dialect = dialectOf(request.url)?.name ?? 'server'
    // The route as it was declared: what a client makes up must not become a label.
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown')
    durations.labels(dialect, request.method, route, String(reply.statusCode)).observe(reply.elapsedTime / 1_000)
  })

  const mayRead = readersIn(networks)
  // Watching the event loop costs a little, so it begins with the first who wants to know.
  let watched = false
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayRead(request)) return reply.callNotFound()
    if (!watched) collectDefaultMetrics({ register: registers })
    watched = true
    return reply.header('content-type', registers.contentType).send(await registers.metrics())
  })
}

/** What goes out by mail. */
function measureLetters(registers: Registry, { letters, letterAttempts }: Measured): void {
  // Without the store there is nothing to tell, and other numbers are wanted all the more.
  const found = () => letters().catch(() => null)
  const waiting: Gauge = new Gauge({
    name: 'polydesk_letters_waiting',
    help: 'Letters of all tenants that wait to be sent.',
    registers: [registers],
    async collect() {
      waiting.set((await found())?.waiting ?? 0)
    },
  })
  const oldest: Gauge = new Gauge({
    name: 'polydesk_letters_oldest_wait_seconds',
    help: 'For how long the oldest letter of all tenants has waited to be sent; 0 where none waits.',
    registers: [registers],
    async collect() {
      const since = (await found())?.oldest ?? null
      oldest.set(since === null ? 0 : Math.max(0, Date.now() - Date.parse(since)) / 1_000)
    },
  })
  const attempts: Counter = new Counter({
    name: 'polydesk_letter_attempts_total',
    help: 'Attempts to hand a letter to a mail server, by how they ended: taken, refused, later, unknown.',
    labelNames: ['outcome'],
    registers: [registers],
    collect() {
      attempts.reset()
      for (const [outcome, count] of Object.entries(letterAttempts())) attempts.labels(outcome).inc(count)
    },
  })
}

function gauge(registers: Registry, name: string, help: string, value: () => number): void {
  const made: Gauge = new Gauge({ name, help, registers: [registers], collect: () => made.set(value()) })
}

/**
 * Whether a request comes from one of the networks. A proxy that we were not told to trust hides who asks, and is often
 * on loopback itself: what comes through one is from nowhere.
 */
function readersIn(networks: readonly string[]): (request: FastifyRequest) => boolean {
  const readers = networks.map(readNetwork)
  return ({ ip, ips, headers }) => {
    const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined
    if (isForwarded && (ips === undefined || ips.length < 2)) return false
    const address = readAddress(ip)
    return address !== null && readers.some((network) => isWithin(ipaddr.parse(address), network))
  }
}
