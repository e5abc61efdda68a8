import type { FastifyReply } from 'fastify'
import type { Answer } from '../wire.ts'

/** Sends what a dialect answers, or the server itself. A body of undefined is an empty one, without a content type. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status)
  if (headers) reply.headers(headers)
  return body === undefined ? reply.send() : reply.send(body)
}
