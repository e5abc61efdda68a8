import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import { BROUGHT, type DemoValues } from '../dialects/examples.ts'
import { ASKED_FOR } from '../dialects/quickstart.ts'
import { documentOf } from '../oauth/document.ts'
import { LOGIN_RETURNS } from './docs-login.ts'

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

/**
 * Colours that stand out as much as WCAG 2.2 asks for (1.4.3, 1.4.11), and nothing wider than a
 * phone: neither the column of links, which is always empty, nor long words in an answer.
 */
const LEGIBLE = `
.swagger-ui .response-col_links { display: none }
.swagger-ui .opblock-body { overflow-x: auto }
html:not(.dark-mode) .swagger-ui .opblock-get .opblock-summary-method { background: #1f5fbf }
html:not(.dark-mode) .swagger-ui .opblock-post .opblock-summary-method { background: #10693f }
html:not(.dark-mode) .swagger-ui .opblock-put .opblock-summary-method { background: #8f5200 }
html:not(.dark-mode) .swagger-ui .opblock-patch .opblock-summary-method { background: #00695c }
html:not(.dark-mode) .swagger-ui .opblock-delete .opblock-summary-method { background: #b3261e }
html:not(.dark-mode) .swagger-ui .btn.execute { background: #1f5fbf; border-color: #1f5fbf }
html:not(.dark-mode) .swagger-ui .btn.authorize { color: #10693f; border-color: #10693f }
html:not(.dark-mode) .swagger-ui :is(input, select, textarea) { border-color: #7b8694 }
`

/**
 * What the page of `/docs` lacks: it is as wide as a phone, and knows where its login comes back to also when its own
 * address has a query, as it has once another document was chosen. It puts in what examples cannot hold: it asks its reader
 * for a secret each time, and keeps for other examples what the steps of a login brought.
 */
const MENDED = `
const viewport = document.createElement('meta')
viewport.name = 'viewport'
viewport.content = 'width=device-width, initial-scale=1'
document.head.append(viewport)

const bundle = window.SwaggerUIBundle
const directory = location.pathname.replace(/[^/]$/, '$&/')
const oauth2RedirectUrl = new URL(directory + '${LOGIN_RETURNS}', location.origin).href

const asked = ${JSON.stringify(ASKED_FOR)}
const brought = new Map()
const names = new RegExp('(?:[$]|%24)(' + [...asked, ...${JSON.stringify(BROUGHT)}].join('|') + ')(?![A-Z_])', 'g')

function valueOf(name) {
  return asked.includes(name) ? prompt(name + ' of quickstart.env') : brought.get(name)
}

function requestInterceptor(request) {
  const { body, headers = {} } = request
  if (typeof body === 'string') {
    const isJson = Object.values(headers).includes('application/json')
    const written = (value) => (isJson ? JSON.stringify(value).slice(1, -1) : encodeURIComponent(value))
    request.body = body.replace(names, (as, name) => {
      const value = valueOf(name)
      return typeof value === 'string' ? written(value) : as
    })
  }
  const url = new URL(request.url, location.href)
  if (url.pathname.endsWith('/oauth2/authorize') && url.search && !url.searchParams.has('redirect_uri'))
    request.url += '&redirect_uri=' + encodeURIComponent(oauth2RedirectUrl)
  return request
}

function responseInterceptor(response) {
  const url = new URL(response.url, location.href)
  const isPage = url.pathname.endsWith('/oauth2/authorize')
  const shown = isPage && /name="request" value="([^"]+)"/.exec(response.text ?? '')
  if (shown) brought.set('AUTHORIZE_REQUEST', shown[1])
  if (url.href.startsWith(oauth2RedirectUrl)) brought.set('AUTHORIZE_CODE', url.searchParams.get('code'))
  return response
}

const added = { oauth2RedirectUrl, requestInterceptor, responseInterceptor }
window.SwaggerUIBundle = Object.assign((config) => bundle({ ...config, ...added }), bundle)
`

/** `/openapi/<dialect>.json`, and a page under `/docs` that shows them all and tries them out. */
export async function mountDocuments(
  app: FastifyInstance,
  dialects: readonly Dialect[],
  demoValues: () => Promise<DemoValues>,
): Promise<void> {
  for (const dialect of dialects) {
    // The demo is made once, after the first start: until then its document has other examples.
    let latest: { readonly of: string; readonly text: string } | undefined
    app.get(`/openapi/${dialect.name}.json`, async (_request, reply) => {
      const values = await demoValues()
      const of = JSON.stringify([...values])
      if (latest?.of !== of) latest = { of, text: JSON.stringify(documentOf(dialect, values)) }
      return reply.type('application/json').send(latest.text)
    })
  }
  await app.register(async (scope) => {
    // The page's plugin wants a document of its scope, beside those that it is told to show.
    const info = { title: 'Polydesk', version: '1', description: 'See /openapi/<dialect>.json.' }
    await scope.register(swagger, { openapi: { openapi: '3.1.0', info } })
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      logLevel: 'error',
      theme: {
        title: 'Polydesk API',
        js: [{ filename: 'mended.js', content: MENDED }],
        css: [{ filename: 'legible.css', content: LEGIBLE }],
      },
      staticCSP: CONTENT_SECURITY_POLICY,
      logo: { type: 'image/svg+xml', content: LOGO, href: '/docs' },
      uiConfig: {
        urls: dialects.map((dialect) => ({
          name: documentOf(dialect).info.title,
          url: `/openapi/${dialect.name}.json`,
        })),
        tryItOutEnabled: true,
        persistAuthorization: false,
        displayRequestDuration: true,
        docExpansion: 'list',
        validatorUrl: null,
      },
    })
  })
}
