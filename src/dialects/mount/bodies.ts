import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Dialect } from '../dialect.ts'
import { jsonUnderOtherType, parseJson } from '../json.ts'
import { WireRefusal } from '../wire.ts'

/** JSON, strictly; and whatever else a dialect reads as JSON. */
export function addBodyParsers<Need>(scope: FastifyInstance, dialect: Dialect<Need>): void {
  scope.removeAllContentTypeParsers()
  const json = async (_request: FastifyRequest, body: Buffer): Promise<unknown> => parseJson(body)
  scope.addContentTypeParser(/^application\/([\w.-]+\+)?json(\s*;|$)/i, { parseAs: 'buffer' }, json)
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type']
    if (!type) return parseJson(body)
    const text = dialect.readsJsonUnderOtherTypes ? jsonUnderOtherType(type, body) : undefined
    if (text) return parseJson(text)
    throw wrongMediaType(dialect, 'application/json')
  })
}

/** A body of another media type than the right one, in the dialect's words. */
export function wrongMediaType<Need>(dialect: Dialect<Need>, right: string): WireRefusal {
  return new WireRefusal(
    dialect.wrongMediaType === 'malformed'
      ? { code: 'malformed', message: `The content type must be ${right}.` }
      : { code: 'unsupported_media_type', right },
  )
}
