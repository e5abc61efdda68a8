import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import { openApiOf } from '../dialects/openapi.ts'

/**
 * What the page of `/docs` may load: what this server has, and nothing from elsewhere. The page sets styles on its own
 * elements; its pictures are part of it.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="140" height="40"><text x="0" y="28" font-family="sans-serif" font-size="26" fill="#fff">Polydesk</text></svg>'

/** `/openapi/<dialect>.json`, and a page under `/docs` that shows them all and tries them out. */
export async function mountDocuments(app: FastifyInstance, dialects: readonly Dialect[]): Promise<void> {
  const documents = dialects.map((dialect) => ({ name: dialect.name, document: openApiOf(dialect) }))
  for (const { name, document } of documents) {
    const text = JSON.stringify(document)
    app.get(`/openapi/${name}.json`, async (_request, reply) => reply.type('application/json').send(text))
  }
  await app.register(async (scope) => {
    // The page's plugin wants a document of its scope, beside those that it is told to show.
    const info = { title: 'Polydesk', version: '1', description: 'See /openapi/<dialect>.json.' }
    await scope.register(swagger, { openapi: { openapi: '3.1.0', info } })
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      logLevel: 'error',
      theme: { title: 'Polydesk API' },
      staticCSP: CONTENT_SECURITY_POLICY,
      logo: { type: 'image/svg+xml', content: LOGO, href: '/docs' },
      uiConfig: {
        urls: documents.map(({ name, document }) => ({ name: document.info.title, url: `/openapi/${name}.json` })),
        tryItOutEnabled: true,
        persistAuthorization: false,
        displayRequestDuration: true,
        docExpansion: 'list',
        validatorUrl: null,
      },
    })
  })
}
