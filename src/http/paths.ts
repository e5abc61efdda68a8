import type { FastifyInstance } from 'fastify'
import router from 'find-my-way'
import { METHODS } from '../dialects/mount/methods.ts'

/**
 * Learns every path that is mounted from now on, in any scope, and tells which methods the path of a URL has: none when it
 * is unknown. Fastify's own router keeps a tree for each method: it cannot tell, and where a path lacks a method it finds
 * one with a parameter that has it (`/:id` for `/comment`).
 */
export function learnPaths(app: FastifyInstance): (url: string) => readonly string[] {
  // One tree for all methods, by which nothing is ever handled. Read as Fastify's are, or the two would differ.
  const { compile: _, ...asFastify } = app.initialConfig.routerOptions ?? {}
  const paths = router({ ...asFastify, querystringParser: () => ({}) })
  const methodsOf = new Map<string, string[]>()

  function methodsAt(path: string): string[] {
    const known = methodsOf.get(path)
    if (known) return known
    const methods: string[] = []
    methodsOf.set(path, methods)
    paths.on('GET', path, () => {}, methods)
    return methods
  }

  function learn(path: string, method: string): void {
    const methods = methodsAt(path)
    if (methods.includes(method)) return
    methods.push(method)
    methods.sort((one, other) => METHODS.indexOf(one) - METHODS.indexOf(other))
  }

  app.addHook('onRoute', ({ url, method, routePath, prefix }) => {
    for (const each of [method].flat()) {
      learn(url, each)
      // The root of a plugin is there with a slash at its end too, of which Fastify tells no hook.
      if (prefix !== '' && routePath === '') learn(`${url}/`, each)
    }
  })
  return (url) => paths.find('GET', url)?.store ?? []
}

/** The path of a URL in one spelling, so that whose it is does not depend on case and needless encoding. */
export function plainPath(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  return decoded(path).toLowerCase()
}

function decoded(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/**
 * The one form of a request's URL that everything here works with: without scheme and host, which a client may send as it
 * does to a proxy (RFC 9112, 3.2.2), and with one slash where a client that puts a path behind a base address with a slash
 * at its end sends two. An encoded slash is a letter of a name, and a query is nobody's path.
 */
export function requestTarget(url: string): string {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '')
  const [path = ''] = target.split('?', 1)
  const single = path.includes('//') ? path.replace(/\/{2,}/g, '/') + target.slice(path.length) : target
  return target === url || single.startsWith('/') ? single : `/${single}`
}
