import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { WireRefusal } from './wire.ts'

/** Lines of which each is an object of JSON. */
export const LINES_TYPE = 'application/x-ndjson'

/** Bytes of a line. A ticket with its conversation is one, and an export ends it after 8 MiB of texts. */
export const LINE_BYTES = 33_554_432
/** Bytes of a body, unpacked. */
const BODY_BYTES = 4_294_967_296

/** Lines as they come in, which are read once. Whoever compares bodies sees nothing of them. */
export class SentLines {
  readonly #bytes: Readable
  constructor(bytes: Readable) {
    this.#bytes = bytes
  }
  /** Each line with its number, counted from 1; null in the place of one that is too long. @throws WireRefusal `too_large` */
  get lines(): AsyncGenerator<{ readonly number: number; readonly bytes: Buffer | null }> {
    // Whoever stops in the middle still answers: the connection stays.
    return linesIn(this.#bytes.iterator({ destroyOnReturn: false }))
  }
}

/** Lets a scope read lines, and nothing else. They are read as the handler takes them. */
export function acceptLines(scope: FastifyInstance, wrongType: () => WireRefusal): void {
  scope.removeAllContentTypeParsers()
  const types = [LINES_TYPE, 'application/ndjson', 'application/jsonl']
  scope.addContentTypeParser(types, async (_request: FastifyRequest, payload: Readable) => new SentLines(payload))
  scope.addContentTypeParser('*', async (_request: FastifyRequest, payload: Readable) => {
    payload.resume()
    throw wrongType()
  })
}

const LINE_END = 0x0a

async function* linesIn(
  bytes: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly number: number; readonly bytes: Buffer | null }> {
  let pieces: Buffer[] = []
  let length = 0
  let read = 0
  let number = 1
  const line = (): { readonly number: number; readonly bytes: Buffer | null } => {
    const whole = length > LINE_BYTES ? null : Buffer.concat(pieces)
    pieces = []
    length = 0
    return { number: number++, bytes: whole }
  }
  const add = (piece: Buffer): void => {
    length += piece.length
    if (length > LINE_BYTES) pieces = []
    else pieces.push(piece)
  }
  for await (const chunk of bytes) {
    read += chunk.length
    if (read > BODY_BYTES) throw new WireRefusal({ code: 'too_large' })
    let from = 0
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
      add(chunk.subarray(from, end))
      yield line()
      from = end + 1
    }
    if (from < chunk.length) add(chunk.subarray(from))
  }
  if (length > 0) yield line()
}
