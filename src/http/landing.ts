import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'
import { mountConsole } from './console.ts'

/** What a browser is told where the console is not built. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Polydesk</title>
<h1>Polydesk</h1>
<p>The server runs. Its console is not built: run <code>npm ci</code>, without <code>--omit=dev</code>, and start the server again.</p>
<p><a href="./docs">The API documentation</a> is here all the same.</p></html>`

/** `/`: the console for a browser; everybody else is told which documents there are. */
export async function mountLanding(app: FastifyInstance, dialects: readonly Dialect[]): Promise<void> {
  const page = (await mountConsole(app)) ?? notBuilt
  const documents = dialects.map(({ title, name }) => ({ title, url: `./openapi/${name}.json` }))
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    reply.header('vary', 'accept')
    if (request.headers.accept?.includes('text/html')) return page(request, reply)
    return { name: 'Polydesk', docs: './docs', documents }
  })
}

async function notBuilt(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    .send(NOT_BUILT)
}
