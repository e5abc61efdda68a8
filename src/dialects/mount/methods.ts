import type { FastifyInstance } from 'fastify'
import type { RouteShape } from '../route.ts'
import { sendAnswer } from './answer.ts'

/** In the order in which `Allow` names them. */
export const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Which methods each path has. */
export function methodsByPath(routes: readonly RouteShape[]): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of routes) {
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method))
    if (method === 'GET') known.add('HEAD')
  }
  return methods
}

/** A known path answers OPTIONS with what it allows. The server itself refuses every other method (http/paths.ts). */
export function mountOptions(scope: FastifyInstance, path: string, methods: ReadonlySet<string>): void {
  const allow = METHODS.filter((method) => method === 'OPTIONS' || methods.has(method)).join(', ')
  scope.route({
    method: 'OPTIONS',
    url: path,
    handler: async (_request, reply) => sendAnswer(reply, { status: 204, headers: { allow } }),
  })
}
