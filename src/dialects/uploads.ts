import { PassThrough, type Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { cleanName } from '../core/attachments/rules.ts'
import { refuseField } from '../core/errors.ts'
import { type NamedPart, type Part, partsOf, readTexts, type TextPart, textBytes } from './multipart.ts'
import type { Services } from './services.ts'
import type { Bytes } from './transfer-encodings.ts'
import { malformed, WireRefusal } from './wire.ts'

/** Where a form with a file is read: its own media type. */
export const UPLOAD_TYPE = 'multipart/form-data'

type Files = NonNullable<Services['store']['files']>
type Received = Awaited<ReturnType<Files['inbox']['receive']>>

/**
 * A file that was sent, as a body holds it. Its name, size and digest stand for it where bodies are compared (of two
 * requests with one Idempotency-Key); where its bytes lie on disk does not.
 */
export class SentFile {
  readonly name: string
  readonly size: number
  readonly sha256: string
  readonly #received: Received
  constructor(name: string, received: Received) {
    this.name = name
    this.size = received.size
    this.sha256 = received.sha256
    this.#received = received
  }
  get received(): Received {
    return this.#received
  }
}

/** The file of a form. @throws Refusal `invalid` when the field is text. */
export function fileIn({ file }: { readonly file: unknown }): SentFile {
  return file instanceof SentFile ? file : refuseField(['file'], 'type', 'Must be a file.')
}

/** Lets a scope read forms with one file, and nothing else. The file goes to disk as it comes in. */
export function acceptUploads(scope: FastifyInstance, services: Services, wrongType: () => WireRefusal): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(UPLOAD_TYPE, (request: FastifyRequest, payload: Readable) =>
    readForm(request, payload, services),
  )
  scope.addContentTypeParser('*', async (_request: FastifyRequest, payload: Readable) => {
    payload.resume()
    throw wrongType()
  })
}

/** Removes what a form brought, unless it was kept. */
export async function discardFiles(body: unknown, { store }: Services): Promise<void> {
  if (typeof body !== 'object' || body === null) return
  for (const each of Object.values(body))
    if (each instanceof SentFile) await store.files?.inbox.discard(each.received).catch(() => {})
}

/** More than a form with one file has a use for. */
const MOST_FIELDS = 20
const FIELD_BYTES = 10_000
/** Bytes of a form beside its file. */
const AROUND_FILE = MOST_FIELDS * FIELD_BYTES
/** How many bytes may stand for one, in quoted-printable with its soft breaks or in base64. */
const MOST_FOR_ONE = 4

interface Limits {
  readonly fileBytes: number
  /** What the request says that the form has, if it does. */
  readonly announced: number
}

/**
 * Reads `multipart/form-data` with at most one file.
 *
 * @throws WireRefusal `malformed`, `too_large`; StoreUnavailable when the disk is full. Nothing is left on disk then.
 */
async function readForm(request: FastifyRequest, payload: Readable, services: Services): Promise<unknown> {
  const files = services.store.files
  if (!files) throw new WireRefusal({ code: 'unavailable' })
  const { fileBytes } = files.limits
  const announced = Number(request.headers['content-length'] ?? 0)
  const most = (fileBytes + AROUND_FILE) * MOST_FOR_ONE
  if (announced > most) throw tooLarge()
  const form = readerOf(payload)
  let received: Received | undefined
  try {
    const texts: TextPart[] = []
    let file: NamedPart | undefined
    for await (const part of partsOf(form.bytes, request.headers['content-type'] ?? '', { bytes: most })) {
      if (isFile(part)) {
        if (file) throw tooMany()
        file = part
        received = await files.inbox.receive(fileOf(part, { fileBytes, announced }))
      } else {
        if (texts.length === MOST_FIELDS) throw tooMany()
        texts.push({ ...part, bytes: await textBytes(part, FIELD_BYTES) })
      }
    }
    const { fields, nameOf, fileNameOf } = readTexts(texts)
    const body: (readonly [string, unknown])[] = [...fields]
    if (file && received) body.push([nameOf(file), new SentFile(cleanName(fileNameOf(file)), received)])
    if (new Set(body.map(([name]) => name)).size < body.length) throw malformed('A field is there twice.')
    // Then nobody handles the request, and nobody would throw away what it brought.
    if (request.socket.destroyed) throw malformed('The client is gone.')
    return Object.fromEntries(body)
  } catch (error) {
    form.giveUp()
    if (received) await files.inbox.discard(received).catch(() => {})
    throw error
  }
}

/** A part is a file if it has a file's name, or says that it is bytes. */
function isFile({ hasFileName, type }: Part): boolean {
  return hasFileName || type.value === 'application/octet-stream'
}

/** The bytes of a file, which fail as too large as soon as that is known. */
async function* fileOf(
  { bytes, isEncoded }: Part,
  { fileBytes, announced }: Limits,
): Bytes & AsyncGenerator<Uint8Array> {
  if (!isEncoded && announced > fileBytes + AROUND_FILE) throw tooLarge()
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > fileBytes) throw tooLarge()
    yield piece
  }
}

/** Reads a body, and can stop to: the rest is then read and thrown away, so that the answer arrives (http/lingering.ts). */
function readerOf(payload: Readable): { readonly bytes: Bytes; readonly giveUp: () => void } {
  const bytes = new PassThrough()
  // Whoever reads hears of it, if anybody still does.
  bytes.on('error', () => {})
  // Whoever let it fail knows better what happened.
  payload.on('error', (error) => bytes.destroy('statusCode' in error ? error : tooEarly()))
  payload.on('close', () => {
    if (!payload.readableEnded) bytes.destroy(tooEarly())
  })
  payload.pipe(bytes)
  return {
    bytes,
    giveUp() {
      payload.unpipe(bytes)
      bytes.destroy()
      payload.resume()
    },
  }
}

function tooEarly(): WireRefusal {
  return malformed('The form ends too early.')
}

function tooMany(): WireRefusal {
  return malformed('The form has too many parts.')
}

function tooLarge(): WireRefusal {
  return new WireRefusal({ code: 'too_large' })
}
