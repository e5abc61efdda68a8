import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { jsonUnderOtherType, parseJson } from '../dialects/json.ts'
import { readTexts } from '../dialects/text.ts'
import { WireRefusal } from '../dialects/wire.ts'

/** What a client sent, by name. A parameter without a value counts as left out (RFC 6749, 3.1). */
export type Parameters = ReadonlyMap<string, string>

const FORM = 'application/x-www-form-urlencoded'

function unreadable(message: string): never {
  throw new WireRefusal({ code: 'malformed', message })
}

/** Lets a scope read bodies as parameters: forms as OAuth 2.0 has them, and JSON objects as some vendors document them. */
export function readParameters(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  const asBuffer = { parseAs: 'buffer' } as const
  const form = async (_: FastifyRequest, body: Buffer): Promise<Parameters> => formOrJsonParameters(body)
  const json = async (_: FastifyRequest, body: Buffer): Promise<Parameters> => jsonParameters(body)
  scope.addContentTypeParser(FORM, asBuffer, form)
  scope.addContentTypeParser('application/json', asBuffer, json)
  scope.addContentTypeParser('*', asBuffer, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type']
    if (!type || body.length === 0) return formOrJsonParameters(body)
    const text = jsonUnderOtherType(type, body)
    return text ? jsonParameters(text) : unreadable('The body must be a form or a JSON object.')
  })
}

/** The parameters of a request's body; none when there is no body. */
export function bodyParameters(request: FastifyRequest): Parameters {
  return request.body instanceof Map ? request.body : new Map()
}

/** The parameters of a request's query. */
export function queryParameters(request: FastifyRequest): Parameters {
  const at = request.url.indexOf('?')
  return at === -1 ? new Map() : pairs(new URLSearchParams(request.url.slice(at + 1)))
}

/** Printed commands of vendors send JSON under the type of a form, which curl puts on everything. */
function formOrJsonParameters(body: Buffer): Parameters {
  const text = jsonUnderOtherType(FORM, body)
  return text ? jsonParameters(text) : formParameters(body)
}

function formParameters(body: Buffer): Parameters {
  if (!isUtf8(body)) unreadable('The body is not UTF-8.')
  return pairs(new URLSearchParams(body.toString()))
}

function jsonParameters(body: Buffer): Parameters {
  const value = parseJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) unreadable('The body is not a JSON object.')
  const texts = Object.entries(value).filter(([, each]) => each !== null)
  const wrong = texts.find(([, each]) => typeof each !== 'string')
  if (wrong) unreadable(`The parameter ${wrong[0]} is not a string.`)
  return pairs(texts.map(([name, each]) => [name, String(each)]))
}

/** A parameter that comes twice is refused: which of them counts differs from reader to reader (RFC 6749, 3.1). */
function pairs(entries: Iterable<readonly [string, string]>): Parameters {
  const read = new Map<string, string>()
  for (const [name, value] of entries) {
    if (read.has(name)) unreadable(`The parameter ${name} is there twice.`)
    if (readTexts({ value }).length > 0) unreadable(`The parameter ${name} is not text.`)
    read.set(name, value)
  }
  for (const [name, value] of read) if (value === '') read.delete(name)
  return read
}

/** A client as it presents itself. */
export interface PresentedClient {
  readonly publicId: string
  readonly secret: string | null
}

/** The client of a request, by Basic or by fields (RFC 6749, 2.3.1); null when none is named, `unclear` when two are. */
export function presentedClient(request: FastifyRequest, parameters: Parameters): PresentedClient | 'unclear' | null {
  const publicId = parameters.get('client_id')
  const secret = parameters.get('client_secret') ?? null
  const basic = basicClient(request.headers.authorization)
  if (basic === null) return publicId === undefined ? null : { publicId, secret }
  const agrees = (publicId ?? basic.publicId) === basic.publicId && (secret ?? basic.secret) === basic.secret
  return agrees ? basic : 'unclear'
}

function basicClient(authorization: string | undefined): PresentedClient | null {
  const encoded = /^basic +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return null
  const [, publicId = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return { publicId: formDecoded(publicId), secret: formDecoded(secret) }
}

/** Both halves are encoded like form values before they become Basic; clients that leave that out mean the plain text. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
