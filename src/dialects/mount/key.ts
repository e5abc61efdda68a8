import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../core/errors.ts'
import type { IdempotencyKey } from '../../core/idempotency/key.ts'
import type { Dialect } from '../dialect.ts'
import type { RouteShape } from '../route.ts'
import type { Validated } from './validation.ts'

/** Printable ASCII, as the Idempotency-Key draft of the IETF suggests for opaque keys. */
const KEY = /^[\x21-\x7e]{1,255}$/
/** A string as the draft has it in the header: in quotes, with quotes and backslashes escaped (RFC 9651, 3.3.3). */
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/

/** The key of a request to an operation; null when it has none. @throws Refusal `invalid` */
export function keyOf<Need>(
  { method, url, headers }: FastifyRequest,
  claimant: string,
  { params, query, body }: Validated,
  dialect: Dialect<Need>,
  route: RouteShape,
): IdempotencyKey | null {
  // A query that the operation does not read says nothing.
  const asked = route.query ? query : {}
  return idempotencyKey({
    ...{ claimant, header: headers['idempotency-key'], method, url, body, params },
    operation: `${route.method} ${route.path}`,
    parameters: dialect.parametersOf?.({ query: asked, body }) ?? [asked, body],
  })
}

/** A request as it was sent, and as it is understood. */
export interface KeyedRequest {
  /** The value of `Idempotency-Key`. */
  readonly header: string | readonly string[] | undefined
  readonly method: string
  /** Whose the key is (`claimantOf`). */
  readonly claimant: string
  /** As it was asked, with its query. */
  readonly url: string
  readonly body: unknown
  /** What the operation reads: which one it is, of what, and all that it was told. */
  readonly operation: string
  readonly params: unknown
  readonly parameters: unknown
}

/**
 * The key of a request; null when it has none.
 *
 * Its fingerprint is of the request as it is understood, so that a client which builds it anew for a retry is answered as
 * before: with its fields in another order, with or without an empty query, as a form or as JSON where both are read.
 *
 * @throws Refusal `invalid` when the header holds no key.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function idempotencyKey(request: KeyedRequest): IdempotencyKey | null {
  const { claimant, header, method, url, body, operation, params, parameters } = request
  if (header === undefined) return null
  const key = typeof header === 'string' ? unquoted(header) : ''
  if (!KEY.test(key)) {
    const message = 'An Idempotency-Key is 1 to 255 printable ASCII characters without blanks.'
    throw new Refusal({ code: 'invalid', issues: [{ path: ['Idempotency-Key'], rule: 'format', message }] })
  }
  return {
    claimant,
    key,
    fingerprint: digest(`${operation}\n${canonical(params)}\n${canonical(parameters)}`),
    formerly: () => digest(`${method}\n${url}\n${JSON.stringify(body) ?? ''}`),
  }
}

function unquoted(header: string): string {
  return QUOTED.exec(header)?.[1]?.replace(/\\(.)/g, '$1') ?? header
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * A value as text that is the same for all spellings of it: names in one order, ids in lower case, numbers as the digits
 * that a form would hold, a list of one as its element. Where a spelling makes a difference, one of the two is refused
 * before anybody asks for its fingerprint.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).join()}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, each]) => each !== undefined)
    const sorted = fields.sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${sorted.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join()}}`
  }
  if (value === null || value === undefined) return 'null'
  const text = String(value)
  return JSON.stringify(UUID.test(text) ? text.toLowerCase() : text)
}
