import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { likelyText, UTF8 } from '../../core/charsets.ts'
import { headerValue, percentDecoded } from '../../core/header-values.ts'
import { textIn } from '../charsets.ts'
import { jsonUnderOtherType, parseJson } from '../json.ts'
import { CHARSET_FIELD, partsOf, readTexts, type TextPart, textBytes } from '../multipart.ts'
import { WireRefusal } from '../wire.ts'

/** Fields by name as sent, brackets included; a name that came several times has all its values. */
export type Fields = Record<string, string | string[]>

const URLENCODED = 'application/x-www-form-urlencoded'

/** More than any operation has a use for. */
const MOST_FIELDS = 3000

/**
 * Lets a scope read the two form encodings, of which the vendor's reference declares multipart for bodies, and bodies
 * whose type is not said.
 */
export function readForms(scope: FastifyInstance): void {
  const asBuffer = { parseAs: 'buffer' } as const
  scope.addContentTypeParser(URLENCODED, asBuffer, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type'] ?? URLENCODED
    const text = jsonUnderOtherType(type, body)
    return text ? parseJson(text) : urlencodedFields(body, type)
  })
  scope.addContentTypeParser('multipart/form-data', asBuffer, async (request: FastifyRequest, body: Buffer) =>
    multipartFields(body, request.headers['content-type'] ?? ''),
  )
  scope.removeContentTypeParser('*')
  scope.addContentTypeParser('*', asBuffer, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers['content-type']
    if (!type) return untypedBody(body)
    const text = jsonUnderOtherType(type, body)
    if (text) return parseJson(text)
    throw new WireRefusal({ code: 'unsupported_media_type' })
  })
}

/** Reads a body whose type is not said: JSON if it looks like it, else urlencoded. @throws WireRefusal `malformed` */
export function untypedBody(body: Buffer): unknown {
  // Not as a form, which it would be as well: a broken JSON text must not pass for a parameter that nobody knows.
  const text = jsonUnderOtherType(URLENCODED, body)
  return text ? parseJson(text) : urlencodedFields(body)
}

/**
 * Reads `application/x-www-form-urlencoded`, in the charset that the type says, else in that which the form says in a field
 * made for it (HTML, 4.10.19.2), else in UTF-8.
 *
 * @throws WireRefusal `malformed`
 */
export function urlencodedFields(body: Buffer, contentType: string = URLENCODED): Fields {
  const pairs = body
    .toString('latin1')
    .split('&')
    .filter((pair) => pair !== '')
    .map(decodedPair)
  const [, said] = pairs.find(isCharset) ?? []
  const charset = headerValue(contentType)?.parameters.get('charset') || (said && likelyText(said).trim()) || UTF8
  const read = (bytes: Buffer): string => textIn(charset, bytes)
  return fieldsOf(pairs.filter((pair) => !isCharset(pair)).map(([name, value]) => [read(name), read(value)]))
}

function isCharset([name]: readonly [Buffer, Buffer]): boolean {
  return name.toString('latin1') === CHARSET_FIELD
}

/**
 * Reads `multipart/form-data` without files, which no operation takes.
 *
 * @throws WireRefusal `malformed`
 */
export async function multipartFields(body: Buffer, contentType: string): Promise<Fields> {
  if (body.length === 0) return fieldsOf([])
  const texts: TextPart[] = []
  for await (const part of partsOf(Readable.from([body]), contentType, { bytes: body.length })) {
    if (part.hasFileName || texts.length === MOST_FIELDS) unreadable()
    texts.push({ ...part, bytes: await textBytes(part, body.length) })
  }
  return fieldsOf(readTexts(texts).fields)
}

function fieldsOf(pairs: readonly (readonly [name: string, value: string])[]): Fields {
  if (pairs.length > MOST_FIELDS) unreadable()
  const values = Map.groupBy(pairs, ([name]) => name)
  return Object.fromEntries([...values].map(([name, group]) => [name, oneOrAll(group.map(([, value]) => value))]))
}

function oneOrAll(values: string[]): string | string[] {
  const [only, ...more] = values
  return only === undefined || more.length > 0 ? values : only
}

function decodedPair(pair: string): readonly [Buffer, Buffer] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [decoded(pair), decoded('')] : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))]
}

/** Percent-decodes strictly: a broken escape is refused, not kept. */
function decoded(escaped: string): Buffer {
  return percentDecoded(escaped.replaceAll('+', ' ')) ?? unreadable()
}

function unreadable(): never {
  throw new WireRefusal({ code: 'malformed', message: 'The form cannot be read.' })
}
