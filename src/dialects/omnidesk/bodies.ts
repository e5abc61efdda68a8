import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { WireRefusal } from '../dialect.ts'
import { jsonUnderOtherType, parseJson } from '../json.ts'

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
    const text = jsonUnderOtherType(request.headers['content-type'] ?? URLENCODED, body)
    return text ? parseJson(text) : urlencodedFields(body)
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

/** Reads `application/x-www-form-urlencoded`. @throws WireRefusal `malformed` */
export function urlencodedFields(body: Buffer): Fields {
  if (!isUtf8(body)) unreadable()
  return fieldsOf(
    body
      .toString()
      .split('&')
      .filter((pair) => pair !== '')
      .map(decodedPair),
  )
}

/**
 * Reads `multipart/form-data` without files, which no operation takes.
 *
 * @throws WireRefusal `malformed`
 */
export async function multipartFields(body: Buffer, contentType: string): Promise<Fields> {
  if (body.length === 0) return fieldsOf([])
  // The parser would replace what is not UTF-8; nothing may be stored that was not sent.
  if (!isUtf8(body)) unreadable()
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(unreadable)
  return fieldsOf([...form.entries()].map(([name, value]) => [name, typeof value === 'string' ? value : unreadable()]))
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

function decodedPair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))]
}

/** Percent-decodes strictly: broken escapes and bytes that are not UTF-8 are refused, not replaced. */
function decoded(escaped: string): string {
  try {
    return decodeURIComponent(escaped.replaceAll('+', ' '))
  } catch {
    return unreadable()
  }
}

function unreadable(): never {
  throw new WireRefusal({ code: 'malformed', message: 'The form cannot be read.' })
}
