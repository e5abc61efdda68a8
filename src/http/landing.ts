import type { FastifyInstance } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'

/** `/`: leads a browser to the page of `/docs`, and tells everybody else which documents there are. */
export function mountLanding(app: FastifyInstance, dialects: readonly Dialect[]): void {
  const documents = dialects.map(({ title, name }) => ({ title, url: `./openapi/${name}.json` }))
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    reply.header('vary', 'accept')
    if (request.headers.accept?.includes('text/html')) return reply.redirect('./docs', 302)
    return { name: 'Polydesk', docs: './docs', documents }
  })
}
