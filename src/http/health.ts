import type { FastifyInstance } from 'fastify'

/** What the process knows of its own state. */
export interface Readiness {
  /** Whether the start is complete: store migrated, quickstart.env written. */
  started(): boolean
  /** Whether the store answers now. */
  storeAnswers(): Promise<boolean>
}

/** `/healthz`: the process lives. `/readyz`: it can serve. */
export function mountHealth(app: FastifyInstance, readiness: Readiness): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }))
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    if (!readiness.started()) return reply.code(503).header('retry-after', '1').send({ status: 'starting' })
    if (!(await readiness.storeAnswers()))
      return reply.code(503).header('retry-after', '1').send({ status: 'store unavailable' })
    return { status: 'ready' }
  })
}
