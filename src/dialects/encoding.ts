import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { WireRefusal } from './wire.ts'

/** How bodies may be compressed (RFC 9110, 8.4.1); one way at a time. */
const CODINGS = ['gzip', 'deflate', 'br'] as const
type Coding = (typeof CODINGS)[number]

const SPELLINGS: ReadonlyMap<string, Coding | null> = new Map([
  ...CODINGS.map((coding) => [coding, coding] as const),
  ['x-gzip', 'gzip'],
  ['identity', null],
  ['', null],
])

/**
 * The body of a request as it was before it was compressed. Whoever reads it counts what comes out against its limit, so
 * that a small body which unfolds to a huge one is refused as too large when the limit is reached, and not unfolded.
 *
 * For Fastify's `preParsing`: after the caller is known, before the body is read.
 *
 * @throws WireRefusal `unsupported_media_type`; from the stream `malformed`
 */
export async function decompressed(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: Readable,
): Promise<Readable | undefined> {
  const coding = SPELLINGS.get((request.headers['content-encoding'] ?? '').trim().toLowerCase())
  if (coding === null || !hasBody(request)) return undefined
  if (coding === undefined) {
    payload.resume()
    // What would be taken, as the specification has servers say it (RFC 9110, 12.5.3).
    reply.header('accept-encoding', CODINGS.join(', '))
    throw new WireRefusal({ code: 'unsupported_media_type' })
  }
  return unfolding(payload, coding)
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

async function unfolding(payload: Readable, coding: Coding): Promise<Readable> {
  const decoder = await decoderOf(payload, coding)
  const broken = new WireRefusal({ code: 'malformed', message: `The body cannot be read as ${coding}.` })
  const stream = decoder.on('error', () => payload.unpipe(decoder).resume())
  // Not as a pipeline, which would close the connection where an answer is to be sent.
  payload.on('error', (error) => decoder.destroy(error))
  payload.on('close', () => {
    if (!payload.readableEnded) decoder.destroy(broken)
  })
  payload.pipe(decoder)
  return stream
}

async function decoderOf(payload: Readable, coding: Coding): Promise<Decoder> {
  const decoder = await madeFor(payload, coding)
  // By which Fastify tells whether all that was announced has come.
  Object.defineProperty(decoder, 'receivedEncodedLength', { get: () => decoder.bytesWritten })
  return decoder
}

type Decoder = ReturnType<typeof createGunzip | typeof createBrotliDecompress | typeof createInflate>

async function madeFor(payload: Readable, coding: Coding): Promise<Decoder> {
  if (coding === 'gzip') return createGunzip()
  if (coding === 'br') return createBrotliDecompress()
  // The zlib format, as specified; some clients leave its header out (RFC 9110, 8.4.1.2).
  return ZLIB_HEADER === ((await firstByte(payload)) & 0x0f) ? createInflate() : createInflateRaw()
}

/** The method of compression in the first byte of the zlib format (RFC 1950, 2.2). */
const ZLIB_HEADER = 8

/** The first byte of a stream, which stays there for its reader; that of the zlib format when there is none. */
async function firstByte(payload: Readable): Promise<number> {
  if (payload.readableLength === 0 && !payload.readableEnded)
    await new Promise<void>((resolve) => {
      for (const event of ['readable', 'end', 'close', 'error'] as const) payload.once(event, () => resolve())
    })
  const chunk: unknown = payload.read()
  if (!Buffer.isBuffer(chunk)) return ZLIB_HEADER
  payload.unshift(chunk)
  return chunk[0] ?? ZLIB_HEADER
}
