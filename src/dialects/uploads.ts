import type { Readable } from 'node:stream'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { cleanName } from '../core/attachments/rules.ts'
import { refuseField } from '../core/errors.ts'
import type { Services } from './dialect.ts'
import { WireRefusal } from './dialect.ts'

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
const PART_HEADERS = { headerPairs: 20, headerSize: 8_192, fieldNameSize: 100 }

/**
 * Reads `multipart/form-data` (RFC 7578) with at most one file.
 *
 * @throws WireRefusal `malformed`, `too_large`; StoreUnavailable when the disk is full. Nothing is left on disk then.
 */
async function readForm(request: FastifyRequest, payload: Readable, services: Services): Promise<unknown> {
  const files = services.store.files
  if (!files) throw new WireRefusal({ code: 'unavailable' })
  const { fileBytes } = files.limits
  if (Number(request.headers['content-length'] ?? 0) > fileBytes + AROUND_FILE) throw tooLarge()
  const fields: [string, unknown][] = []
  const receiving: Promise<void>[] = []
  try {
    await readParts(payload, openForm(request, fileBytes), {
      field: (name, value) => fields.push([name, value]),
      file: (field, name, stream) => {
        const received = files.inbox.receive(stream).then((file) => {
          fields.push([field, new SentFile(cleanName(name), file)])
        })
        receiving.push(received)
        return received
      },
    })
    await Promise.all(receiving)
    if (new Set(fields.map(([name]) => name)).size < fields.length) throw malformed('A field is there twice.')
    // Then nobody handles the request, and nobody would throw away what it brought.
    if (request.socket.destroyed) throw malformed('The client is gone.')
    return Object.fromEntries(fields)
  } catch (error) {
    // The rest is read and thrown away, so that the answer arrives (http/lingering.ts).
    payload.resume()
    await Promise.allSettled(receiving)
    for (const [, value] of fields) await discardFiles({ value }, services)
    throw error
  }
}

function openForm(request: FastifyRequest, fileBytes: number): BusboyInstance {
  const limits = { ...PART_HEADERS, fileSize: fileBytes, files: 1, fields: MOST_FIELDS, fieldSize: FIELD_BYTES }
  const type = request.headers['content-type'] ?? ''
  try {
    return new Busboy({ headers: { 'content-type': type }, limits: { ...limits, parts: MOST_FIELDS + 1 } })
  } catch {
    throw malformed('The form has no boundary.')
  }
}

interface PartReader {
  readonly field: (name: string, value: string) => void
  /** @returns when all of the file is there. */
  readonly file: (field: string, name: string, bytes: Readable) => Promise<void>
}

function readParts(payload: Readable, form: BusboyInstance, reader: PartReader): Promise<void> {
  return new Promise((resolve, reject) => {
    const streams: Readable[] = []
    const fail = (error: unknown): void => {
      payload.unpipe(form)
      // Whoever still receives learns that no more comes, and removes what it has.
      for (const stream of streams) stream.destroy(new Error('The form was given up.'))
      reject(error)
    }
    form.on('field', (name, value, nameCut, valueCut) => {
      if (nameCut || valueCut) fail(malformed('A field is too long.'))
      else reader.field(name, value)
    })
    form.on('file', (field, stream, name) => {
      streams.push(stream)
      stream.on('error', () => {})
      stream.on('limit', () => fail(tooLarge()))
      reader.file(field, name ?? '', stream).catch(fail)
    })
    for (const event of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
      form.on(event, () => fail(malformed('The form has too many parts.')))
    form.on('error', () => fail(malformed('The form cannot be read.')))
    form.on('finish', () => resolve())
    // Whoever let it fail knows better what happened.
    payload.on('error', (error) => fail('statusCode' in error ? error : malformed('The form ends too early.')))
    payload.on('close', () => {
      if (!payload.readableEnded) fail(malformed('The form ends too early.'))
    })
    payload.pipe(form)
  })
}

function malformed(message: string): WireRefusal {
  return new WireRefusal({ code: 'malformed', message })
}

function tooLarge(): WireRefusal {
  return new WireRefusal({ code: 'too_large' })
}
