import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import type { Access } from '../core/access/access.ts'
import type { Actor } from '../core/access/actor.ts'
import type { Context } from '../core/context.ts'
import type { CoreError } from '../core/errors.ts'
import type { Store } from '../storage/store.ts'

export type DialectName = 'native' | 'spacebring' | 'moov' | 'netgroot' | 'omnidesk'

/** What can go wrong on the way to the core; with the core's own errors, all that a dialect must be able to answer. */
export type WireError =
  | CoreError
  /** The body cannot be read: broken JSON, wrong encoding, not an object, nothing where something is required. */
  | { readonly code: 'malformed'; readonly message: string }
  /** The request line or a header cannot be read. */
  | { readonly code: 'bad_request'; readonly message: string }
  | { readonly code: 'unsupported_media_type' }
  | { readonly code: 'too_large' }
  | { readonly code: 'unknown_route' }
  | { readonly code: 'method_not_allowed'; readonly allow: readonly string[] }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: 'internal' }

export type WireErrorCode = WireError['code']

/** What leaves: a body of undefined is an empty one; anything else goes out as JSON. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A total table from error codes to a dialect's answers. A missing code does not compile. */
export type ErrorTable = { readonly [Code in WireErrorCode]: (error: Extract<WireError, { code: Code }>) => Answer }

/** Answers any error by a table. */
export function answerError(table: ErrorTable, error: WireError): Answer {
  const answer = table[error.code] as (error: WireError) => Answer
  return answer(error)
}

/** What a handler gets: the admitted actor's context, and the request after validation. */
export interface Call<Params, Query, Body> {
  readonly ctx: Context
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** One operation of a dialect. `Need` is the dialect's own way to say what a caller must hold. */
export interface Route<Need> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Full path with Fastify's `:name` parameters. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly need: Need
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TSchema
  /** Whether a missing body is refused (default) or read as `{}`. */
  readonly bodyOptional?: boolean
  /** Success answers by status: serialised by these schemas, so nothing else leaks. `null` is an empty body. */
  readonly answers: Readonly<Record<number, TSchema | null>>
  readonly handle: (call: Call<never, never, never>) => Promise<Answer>
}

type StaticOr<S, Otherwise> = S extends TSchema ? Static<S> : Otherwise

/** Declares a route; the handler's parameters get their types from the schemas. */
export function route<
  Need,
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(
  definition: Omit<Route<Need>, 'params' | 'query' | 'body' | 'handle'> & {
    readonly params?: P
    readonly query?: Q
    readonly body?: B
    readonly handle: (
      call: Call<StaticOr<P, Record<string, never>>, StaticOr<Q, Record<string, never>>, StaticOr<B, undefined>>,
    ) => Promise<Answer>
  },
): Route<Need> {
  return definition as unknown as Route<Need>
}

/** What every dialect is given to work with. */
export interface Services {
  readonly store: Store
  readonly access: Access
  readonly clock: () => Date
  readonly newId: () => string
  /** Where clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string
}

/** One vendor-compatible wire API over the core. Each dialect folder exports one of these. */
export interface Dialect<Need = unknown> {
  readonly name: DialectName
  readonly title: string
  /** First path segments that belong to this dialect, for instance `/support`. */
  readonly prefixes: readonly string[]
  readonly routes: readonly Route<Need>[]
  readonly errors: ErrorTable
  /** Security schemes and what else the OpenAPI document says at its top. */
  readonly openapi: { readonly description: string; readonly securitySchemes: Readonly<Record<string, object>> }
  /**
   * Decides, before the body is read, who calls and whether they may call this route: the actor, its permissions
   * narrowed to what the operation uses. In the vendor's order of checks.
   *
   * @throws Refusal or `WireRefusal`.
   */
  admit(request: FastifyRequest, need: Need, services: Services): Promise<Actor>
  /** Another spelling of a path that this dialect accepts, as the one its routes use. `path` has no query. */
  readonly canonicalPath?: (path: string) => string
  /** Media types beyond JSON that this dialect reads, and anything else its scope needs. */
  readonly prepare?: (scope: FastifyInstance) => void | Promise<void>
  /** How a present but non-JSON content type is treated; `unsupported_media_type` unless it says `malformed`. */
  readonly wrongMediaType?: 'malformed'
  /** A query parameter that carries a secret and must not be logged. */
  readonly secretQuery?: string
  /** Extra headers on every answer, errors included. */
  readonly everyAnswer?: (request: { readonly id: string }) => Readonly<Record<string, string>>
  /** Turns validated-by-schema failures into core issues in this dialect's own precedence; default: all as `invalid`. */
  readonly invalid?: (
    issues: Extract<CoreError, { code: 'invalid' }>['issues'],
    where: 'params' | 'query' | 'body' | 'headers',
  ) => WireError
}

/** The exception for wire errors that are not the core's. */
export class WireRefusal extends Error {
  readonly error: WireError
  constructor(error: WireError) {
    super(error.code)
    this.name = 'WireRefusal'
    this.error = error
  }
}
