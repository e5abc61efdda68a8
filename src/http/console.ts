import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Where the console is once it is built: by `npm ci`, which runs `console/build.ts`. */
const BUILT = join(import.meta.dirname, '..', '..', 'console', 'dist')

/** The pages of the console: the same document, which shows what its address says. */
const PAGES = ['/tickets', '/tickets/*', '/settings', '/settings/*', '/password']

/** What the console's page may load: what this server has. React sets styles on elements, which no policy forbids scripts. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** What a message's frame may load: pictures, those of other hosts where its reader asked for them; and nothing runs. */
const framePolicy = (pictures: string): string =>
  [
    "default-src 'none'",
    `img-src ${pictures}`,
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox',
  ].join('; ')

/** The page in which the console puts the HTML of a message. */
const FRAME = `<!doctype html><meta charset="utf-8"><base target="_blank"><style>
:root { color-scheme: light; overflow-wrap: anywhere; font: 14px/1.5 system-ui, sans-serif; color: #1c1d26; background: #fff }
body { margin: 8px; overflow-x: auto } img { max-width: 100%; height: auto } p:first-child { margin-top: 0 } p:last-child { margin-bottom: 0 }
blockquote { margin-inline: 0; padding-inline-start: 10px; border-inline-start: 3px solid #e3e4ea }
</style><title>Message</title><body></body>`

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** How files are packed, the better first, with the ends of their names. */
const PACKED = [
  { coding: 'br', end: '.br' },
  { coding: 'gzip', end: '.gz' },
] as const

/** Serves the console, where it is built. @returns what answers `/` for whoever reads HTML; null where it is not built. */
export async function mountConsole(
  app: FastifyInstance,
): Promise<((request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) | null> {
  const names = await readdir(BUILT, { recursive: true }).catch(() => [])
  const files = new Set(names.map((name) => name.split(sep).join('/')))
  if (!files.has('index.html')) return null

  async function send(request: FastifyRequest, reply: FastifyReply, name: string): Promise<FastifyReply> {
    const accepted = String(request.headers['accept-encoding'] ?? '')
    const packed = PACKED.find(({ coding, end }) => accepted.includes(coding) && files.has(name + end))
    const path = join(BUILT, name + (packed?.end ?? ''))
    const { size } = await stat(path)
    return reply
      .headers({
        'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
        'content-length': String(size),
        vary: 'accept, accept-encoding',
        ...(packed && { 'content-encoding': packed.coding }),
      })
      .send(createReadStream(path))
  }
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.headers({
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'same-origin',
      'cache-control': 'no-cache',
    })
    return send(request, reply, 'index.html')
  }

  const schema = { hide: true }
  for (const path of PAGES) app.get(path, { schema }, page)
  for (const name of files) {
    if (TYPES[extname(name)] === undefined || name === 'index.html') continue
    // What has its content in its name never changes.
    const age = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'
    app.get(`/${name}`, { schema }, (request, reply) => send(request, reply.header('cache-control', age), name))
  }
  const frames = { '/message-frame': "'self' data:", '/message-frame/pictures': "'self' data: https: http:" }
  for (const [path, pictures] of Object.entries(frames))
    app.get(path, { schema }, async (_request, reply) =>
      reply
        .headers({
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': framePolicy(pictures),
          'referrer-policy': 'no-referrer',
          'cache-control': 'public, max-age=3600',
        })
        .send(FRAME),
    )
  return page
}
