import { STATUS_CODES } from 'node:http'
import type { TObject, TSchema } from 'typebox'
import { Type } from 'typebox'
import type { Dialect } from '../dialect.ts'
import { type DemoValues, FILE, filled, NO_VALUES } from '../examples.ts'
import { LINES_TYPE } from '../lines.ts'
import { MAIL_TYPE } from '../raw-mail.ts'
import type { RouteShape } from '../route.ts'
import { UPLOAD_TYPE } from '../uploads.ts'
import type { Answer, WireError, WireErrorCode } from '../wire.ts'
import { answerError } from '../wire.ts'

/** What a dialect says of itself in its OpenAPI document, beside its routes. */
export interface OpenApiNotes {
  readonly description: string
  readonly securitySchemes: Readonly<Record<string, object>>
  /** Headers that every operation reads, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>
  /** Errors that any operation can answer, also one that is given nothing to get wrong. */
  readonly anywhere?: readonly WireErrorCode[]
  /** The bodies of errors by status; a status that is not among them has that of `default`. */
  readonly errorBodies: { readonly default: TSchema; readonly [status: number]: TSchema }
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: object
  readonly example?: unknown
}

type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>

export interface Response {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: object }>>
  readonly content?: Content
}

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  /** Other than what holds for the whole document. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>
}

/** A document by OpenAPI 3.1, whose schemas are JSON Schema 2020-12, as TypeBox's are. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string; readonly description: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, object>>
    readonly responses: Readonly<Record<string, Response>>
  }
}

/**
 * Makes a dialect's document from the very routes and error table that it is served by.
 *
 * @param values what its examples are filled with; without them it has only examples that need none.
 */
export function openApiOf<Need>(dialect: Dialect<Need>, values: DemoValues = NO_VALUES): OpenApiDocument {
  const { title, openapi, routes } = dialect
  const paths: Record<string, Record<string, Operation>> = {}
  const operations = [
    ...routes.map((route) => ({ route, operation: operationOf(dialect, route, values) })),
    // The empty list takes away what holds for all others.
    ...(dialect.openRoutes ?? []).map((route) => ({
      route,
      operation: { ...operationOf(dialect, route, values), security: [] },
    })),
  ]
  for (const { route, operation } of operations) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.0',
    info: { title: `Polydesk: ${title}`, version: '1', description: openapi.description },
    // Beside this document, so that it also holds below the path of a proxy.
    servers: [{ url: '..', description: 'This server' }],
    tags: [{ name: dialect.name }],
    security: Object.keys(openapi.securitySchemes).map((name) => ({ [name]: [] })),
    paths,
    components: { securitySchemes: withScopes(openapi.securitySchemes, values), responses: errorResponses(dialect) },
  }
}

/** The schemes with those scopes of their flows that can be named: some are of an account of the demo. */
function withScopes(schemes: OpenApiNotes['securitySchemes'], values: DemoValues): OpenApiNotes['securitySchemes'] {
  const scopesOf = (flow: object) => Object.entries('scopes' in flow ? Object(flow.scopes) : {})
  const flowOf = (flow: object) => ({
    ...flow,
    scopes: Object.fromEntries(
      scopesOf(flow).flatMap(([name, about]) => {
        const known = filled(name, values)
        return typeof known === 'string' ? [[known, about]] : []
      }),
    ),
  })
  return Object.fromEntries(
    Object.entries(schemes).map(([name, scheme]) => {
      const flows: Record<string, object> | undefined = 'flows' in scheme ? Object(scheme.flows) : undefined
      const shown = flows && Object.fromEntries(Object.entries(flows).map(([kind, flow]) => [kind, flowOf(flow)]))
      return [name, shown ? { ...scheme, flows: shown } : scheme]
    }),
  )
}

/** Methods that change something, take a body, and honour an `Idempotency-Key` unless a route tells why not. */
export const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

function operationOf<Need>(dialect: Dialect<Need>, route: RouteShape, values: DemoValues): Operation {
  const { params, query, body, headers: sent } = dialect.examples?.[route.operationId] ?? {}
  const headers = {
    ...dialect.openapi.headers,
    ...route.headers,
    ...(WRITES.has(route.method) && route.withoutKey === undefined
      ? { 'Idempotency-Key': 'The same key again gets the same answer, and does nothing.' }
      : {}),
  }
  const mediaTypes = route.takesFile
    ? [UPLOAD_TYPE]
    : route.takesLines
      ? [LINES_TYPE]
      : route.takesMail
        ? [MAIL_TYPE]
        : (dialect.consumes ?? ['application/json'])
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [dialect.name],
    parameters: [
      ...parameters('path', route.params, filled(params, values)),
      ...parameters('query', route.query, filled(query, values)),
      ...Object.entries(headers).map(([name, description]): Parameter => {
        const example = exampleOf(filled(sent, values), name)
        return { name, in: 'header', required: false, description, schema: { type: 'string' }, ...example }
      }),
    ],
    ...(route.body && {
      requestBody: {
        required: route.bodyOptional !== true,
        content: contentOf(mediaTypes, route.body, filled(body, values)),
      },
    }),
    responses: {
      ...errorsOf(dialect, route),
      // What a route says of a status itself counts.
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, schema]) => [
          status,
          {
            description: STATUS_CODES[status] ?? 'Success',
            ...headersOf(dialect, {}),
            ...(schema && {
              content: {
                ...contentOf([route.answersWith ?? 'application/json'], schema),
                ...(route.orWith !== undefined && contentOf([route.orWith], Type.String())),
              },
            }),
          },
        ]),
      ),
    },
  }
}

/** The example of one parameter, where there is one. */
function exampleOf(examples: unknown, name: string): { readonly example?: unknown } {
  const example = typeof examples === 'object' && examples !== null ? Reflect.get(examples, name) : undefined
  return example === undefined ? {} : { example }
}

export function parameters(where: 'path' | 'query', schema: TObject | undefined, examples?: unknown): Parameter[] {
  if (!schema) return []
  const required: ReadonlySet<string> = new Set(schema.required)
  return Object.entries(schema.properties).map(([name, each]) => {
    const { description, ...rest }: { description?: unknown } & TSchema = each
    return {
      name,
      in: where,
      required: where === 'path' || required.has(name),
      ...(typeof description === 'string' && { description }),
      schema: rest,
      ...exampleOf(examples, name),
    }
  })
}

/** The body of a request or an answer, the same in each of some media types. */
export function contentOf(types: readonly string[], schema: TSchema, example?: unknown): Content {
  if (example === undefined) return Object.fromEntries(types.map((type) => [type, { schema }]))
  return Object.fromEntries(
    types.map((type) => [type, { schema: type === 'application/json' ? schema : inFields(schema, example), example }]),
  )
}

/**
 * The schema of a form with an example in each of its fields, which are what the page of /docs fills in and sends: nothing
 * in a field that the example has not. A file is chosen there by whoever sends it.
 */
function inFields(schema: TSchema, example: unknown): TSchema {
  const properties: Readonly<Record<string, TSchema>> = 'properties' in schema ? Object(schema.properties) : {}
  const shown = Object.entries(properties).map(([name, field]) => {
    const value: unknown = Reflect.get(Object(example), name) ?? ''
    return [name, value === FILE ? field : { ...field, example: fieldOf(value) }]
  })
  return { ...schema, properties: Object.fromEntries(shown) }
}

/** A value as one field holds it; several are split by commas. */
function fieldOf(value: unknown): string {
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

// --- errors -----------------------------------------------------------------------------------------------------------

/** One of each error, to see what a dialect answers. */
const SAMPLES: { readonly [Code in WireErrorCode]: Extract<WireError, { code: Code }> } = {
  invalid: { code: 'invalid', issues: [{ path: ['title'], rule: 'required', message: 'The title is required.' }] },
  unauthenticated: { code: 'unauthenticated' },
  forbidden: { code: 'forbidden', permission: 'ticket.read' },
  not_found: { code: 'not_found', missing: 'ticket' },
  ticket_closed: { code: 'ticket_closed' },
  conflict: { code: 'conflict', message: 'It was changed.' },
  precondition_failed: { code: 'precondition_failed' },
  idempotency_mismatch: { code: 'idempotency_mismatch' },
  unavailable: { code: 'unavailable' },
  malformed: { code: 'malformed', message: 'The body cannot be read.' },
  bad_request: { code: 'bad_request', message: 'The request cannot be read.' },
  unsupported_media_type: { code: 'unsupported_media_type' },
  too_large: { code: 'too_large' },
  timed_out: { code: 'timed_out' },
  unknown_route: { code: 'unknown_route' },
  method_not_allowed: { code: 'method_not_allowed', allow: ['GET'] },
  rate_limited: { code: 'rate_limited', retryAfterSeconds: 1 },
  internal: { code: 'internal' },
}

/** In a few words, since several can share a status. */
const ABOUT: Readonly<Record<WireErrorCode, string>> = {
  invalid: 'The request is invalid',
  unauthenticated: 'There is no valid credential',
  forbidden: 'The caller may not do this',
  not_found: 'There is no such thing, or the caller does not see it',
  ticket_closed: 'The ticket is closed',
  conflict: 'It was changed at the same time',
  precondition_failed: 'It was changed in the meantime',
  idempotency_mismatch: 'The Idempotency-Key was used for another request',
  unavailable: 'The server cannot answer now; try again',
  malformed: 'The body cannot be read',
  bad_request: 'The request cannot be read',
  unsupported_media_type: 'The body has a content type that is not read',
  too_large: 'The request is too large',
  timed_out: 'The request came too slowly',
  unknown_route: 'There is nothing at this path',
  method_not_allowed: 'The path has no such method',
  rate_limited: 'There were too many requests; try again after a while',
  internal: 'Something went wrong here',
}

/** What is told of a dialect: a body that hardly comes is a matter of HTTP, and no client can plan for it. */
const CODES = Object.keys(SAMPLES).filter((code): code is WireErrorCode => code in SAMPLES && code !== 'timed_out')

/** Which errors an operation can answer. */
function codesOf<Need>({ openapi }: Dialect<Need>, route: RouteShape): ReadonlySet<WireErrorCode> {
  const codes: WireErrorCode[] = [
    'unauthenticated',
    'forbidden',
    'bad_request',
    'rate_limited',
    'internal',
    'unavailable',
  ]
  if (route.params ?? route.query ?? route.body) codes.push('invalid', 'not_found')
  if (WRITES.has(route.method)) {
    codes.push('malformed', 'unsupported_media_type', 'too_large')
    codes.push('invalid', 'not_found', 'conflict', 'ticket_closed', 'idempotency_mismatch')
  }
  if (route.headers?.['If-Match'] !== undefined) codes.push('precondition_failed')
  return new Set([...codes, ...(openapi.anywhere ?? [])])
}

function errorsOf<Need>(dialect: Dialect<Need>, route: RouteShape): Operation['responses'] {
  const statuses = [...codesOf(dialect, route)].map((code) => answerTo(dialect, code).status)
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Error${status}` }]))
}

function answerTo<Need>({ errors }: Dialect<Need>, code: WireErrorCode): Answer {
  return answerError(errors, SAMPLES[code])
}

/** Every error answer of a dialect by status, as `Error404`. */
function errorResponses<Need>(dialect: Dialect<Need>): Readonly<Record<string, Response>> {
  const answers = CODES.map((code) => ({ code, answer: answerTo(dialect, code) }))
  const byStatus = Map.groupBy(answers, ({ answer }) => answer.status)
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => {
      const headers = Object.assign({}, ...group.map(({ answer }) => answer.headers))
      const content = group.some(({ answer }) => answer.body !== undefined)
      const schema = dialect.openapi.errorBodies[status] ?? dialect.openapi.errorBodies.default
      const type = headers['content-type'] ?? 'application/json'
      return [
        `Error${status}`,
        {
          description: `${group.map(({ code }) => ABOUT[code]).join('. ')}.`,
          ...headersOf(dialect, headers),
          ...(content && { content: contentOf([type], schema) }),
        },
      ]
    }),
  )
}

const ABOUT_HEADERS: Readonly<Record<string, string>> = {
  'retry-after': 'Seconds after which to try again.',
  'www-authenticate': 'How to present a credential.',
  allow: 'The methods that the path has.',
  'x-request-id': 'By which the log and the events name the request.',
}

function headersOf<Need>(dialect: Dialect<Need>, own: Readonly<Record<string, string>>): Pick<Response, 'headers'> {
  const all = Object.keys({ ...dialect.everyAnswer?.({ id: '' }), ...own }).filter((name) => name !== 'content-type')
  if (all.length === 0) return {}
  const described = all.map((name) => [name, { description: ABOUT_HEADERS[name] ?? name, schema: Type.String() }])
  return { headers: Object.fromEntries(described) }
}
