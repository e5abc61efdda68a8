import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { MAIL_BYTES } from '../core/mail/intake/received.ts'
import type { WireRefusal } from './wire.ts'

/** A mail as it came by the wire. */
export const MAIL_TYPE = 'message/rfc822'

/** A mail that was sent. Its size and digest stand for it where bodies are compared (of two requests with one Idempotency-Key). */
export class SentMail {
  readonly size: number
  readonly sha256: string
  readonly #bytes: Buffer
  constructor(bytes: Buffer) {
    this.size = bytes.length
    this.sha256 = createHash('sha256').update(bytes).digest('hex')
    this.#bytes = bytes
  }
  get bytes(): Buffer {
    return this.#bytes
  }
}

/** Lets a scope read mail, and nothing else. */
export function acceptMail(scope: FastifyInstance, wrongType: () => WireRefusal): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    [MAIL_TYPE, 'message/global'],
    { parseAs: 'buffer', bodyLimit: MAIL_BYTES },
    async (_request: FastifyRequest, bytes: Buffer) => new SentMail(bytes),
  )
  scope.addContentTypeParser('*', async () => {
    throw wrongType()
  })
}
