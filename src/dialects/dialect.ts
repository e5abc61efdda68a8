import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import type { Access } from '../core/access/access.ts'
import type { Links } from '../core/attachments/links.ts'
import type { Bounds } from '../core/bounds.ts'
import type { Context } from '../core/context.ts'
import type { CoreError } from '../core/errors.ts'
import type { Actor } from '../core/identity/actor.ts'
import type { RateLimits } from '../core/limits/limits.ts'
import type { WebhookOffice } from '../core/webhooks/commands.ts'
import type { Protocol } from '../core/webhooks/protocol.ts'
import type { Keys } from '../storage/keys.ts'
import type { Store } from '../storage/store.ts'
import type { AuthorizationForm } from './authorization.ts'
import type { Examples } from './examples.ts'
import type { Blanks } from './mount/blanks.ts'
import type { OpenApiNotes } from './openapi/document.ts'
import type { IsText } from './text.ts'

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
  /** The request came more slowly than anybody needs. */
  | { readonly code: 'timed_out' }
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
  readonly services: Services
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
  /** Which of its fields are texts that people wrote, and are made readable; the others are refused control characters. */
  readonly isText?: IsText
  /** Whether its body is a form with a file, in the place of the dialect's own media types (`uploads.ts`). */
  readonly takesFile?: boolean
  /** Why an operation that writes does not honour an `Idempotency-Key`; absent for all that do (decision 0006). */
  readonly withoutKey?: string
  /** Headers that this operation reads, with what they are for; only to document them. */
  readonly headers?: Readonly<Record<string, string>>
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

/** What an operation takes and answers, whoever may call it. */
export type RouteShape = Omit<Route<never>, 'need' | 'handle'>

/** What a handler gets of a caller who is nobody yet. */
export interface OpenCall<Body> {
  readonly body: Body
  /** Where the request came from. */
  readonly address: string
  /** The host name that was asked, without a port. */
  readonly host: string
  readonly services: Services
}

/** An operation without authentication, such as a login. */
export interface OpenRoute extends RouteShape {
  readonly handle: (call: OpenCall<never>) => Promise<Answer>
}

/** Declares an open route; the handler's body gets its type from the schema. */
export function openRoute<B extends TSchema>(
  definition: Omit<OpenRoute, 'body' | 'handle'> & {
    readonly body: B
    readonly handle: (call: OpenCall<Static<B>>) => Promise<Answer>
  },
): OpenRoute {
  return definition as unknown as OpenRoute
}

/** What an operator may choose for a dialect, read from the configuration. */
export interface Settings {
  /** M7: what `expires_in` of a Moov access token is. */
  readonly moovExpiresIn: 'timestamp' | 'seconds'
  /** M30: whether a second ticket with the same `X-Idempotency-Key` is refused. */
  readonly moovOnceOnly: boolean
  /** NetGroot 2: for how long a login is good. */
  readonly netgrootLoginHours: number
  /** S5: whether Spacebring's client id and secret are refused where the reference lists OAuth2 only. */
  readonly spacebringStrictSecurity: boolean
  /** S7: which of the reference's generations the activities of a Spacebring ticket follow. */
  readonly spacebringActivityProfile: 'older' | 'current'
  /** The origins whose pages may use the native API with a key that has no list of its own. */
  readonly origins: readonly string[]
  /** Whether an authorization request may use the transformation `plain` of PKCE. */
  readonly pkcePlain: boolean
  /** Requests per second of one credential, by dialect, where they are not the dialect's own. */
  readonly rates: Readonly<Partial<Record<DialectName, number>>>
  /** How much text there may be, and how much of it is answered at once. */
  readonly bounds: Bounds
}

/** What every dialect is given to work with. */
export interface Services {
  readonly store: Store
  readonly access: Access
  readonly clock: () => Date
  readonly newId: () => string
  /** Where clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string
  readonly settings: Settings
  readonly limits: RateLimits
  /** Keys for what this server signs or encrypts. */
  readonly keys: Keys
  readonly webhooks: WebhookOffice
  /** Where attachments are downloaded. */
  readonly links: Links
}

/** One vendor-compatible wire API over the core. Each dialect folder exports one of these. */
export interface Dialect<Need = unknown> {
  readonly name: DialectName
  readonly title: string
  /** First path segments that belong to this dialect, for instance `/support`. */
  readonly prefixes: readonly string[]
  readonly routes: readonly Route<Need>[]
  readonly openRoutes?: readonly OpenRoute[]
  readonly errors: ErrorTable
  readonly openapi: OpenApiNotes
  /** Requests that its document shows, of which each works as it stands on a fresh demo. */
  readonly examples?: Examples
  /** The media types of its bodies; JSON only unless it says so. */
  readonly consumes?: readonly string[]
  /** How many requests per second one credential may make, one for tests if they differ, and whether from each address that many. */
  readonly rate: { readonly perSecond: number; readonly testPerSecond?: number; readonly perAddress?: boolean }
  /**
   * Tells, before the body is read, who calls: the first step in the vendor's order of checks. What it lets pass is
   * counted against its rate before anything else is looked at.
   *
   * @throws Refusal or `WireRefusal`.
   */
  authenticate(request: FastifyRequest, services: Services): Promise<Actor>
  /**
   * Decides whether the caller may call this route: the actor, its permissions narrowed to what the operation uses. In
   * the vendor's order of checks.
   *
   * @throws Refusal or `WireRefusal`.
   */
  admit(request: FastifyRequest, need: Need, services: Services, caller: Actor): Promise<Actor>
  /** How it tells events to those who subscribed; absent where the vendor has no webhooks. */
  readonly webhooks?: Protocol
  /** Another spelling of a path that this dialect accepts, as the one its routes use. `path` has no query. */
  readonly canonicalPath?: (path: string) => string
  /** Media types beyond JSON that this dialect reads, and anything else its scope needs. */
  readonly prepare?: (scope: FastifyInstance) => void | Promise<void>
  /**
   * Whether JSON is read as JSON also under the types that tools put on it by themselves, because the vendor prints commands
   * or has clients that do so.
   */
  readonly readsJsonUnderOtherTypes?: true
  /** What an optional field of a body may hold as if it were left out; nothing unless it says so. */
  readonly blanks?: Blanks
  /** How a present but non-JSON content type is treated; `unsupported_media_type` unless it says `malformed`. */
  readonly wrongMediaType?: 'malformed'
  /** What query and body say together, where a parameter may come in either; absent where the two are apart. */
  readonly parametersOf?: (call: { readonly query: unknown; readonly body: unknown }) => unknown
  /**
   * That pages of other sites may use it, and which origins may where a credential has no list of its own; absent where the
   * vendor lets none.
   */
  readonly browsers?: (settings: Settings) => readonly string[]
  /** A query parameter that carries a secret and must not be logged. */
  readonly secretQuery?: string
  /** Extra headers on every answer, errors included. */
  readonly everyAnswer?: (request: { readonly id: string }) => Readonly<Record<string, string>>
  /** How the authorization server answers clients of this dialect; absent when the vendor has none. */
  readonly authorization?: AuthorizationForm
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

/** A body that cannot be read, and why. */
export function malformed(message: string): WireRefusal {
  return new WireRefusal({ code: 'malformed', message })
}
