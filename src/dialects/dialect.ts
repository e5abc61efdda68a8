import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CoreError } from '../core/errors.ts'
import type { Actor } from '../core/identity/actor.ts'
import type { Protocol } from '../core/webhooks/protocol.ts'
import type { AuthorizationForm } from './authorization.ts'
import type { Examples } from './examples.ts'
import type { Blanks } from './mount/blanks.ts'
import type { OpenApiNotes } from './openapi/document.ts'
import type { Profile } from './profile.ts'
import type { OpenRoute, Route } from './route.ts'
import type { Services, Settings } from './services.ts'
import type { ErrorTable, WireError } from './wire.ts'

/** One vendor-compatible wire API over the core. Each dialect folder exports one of these. */
export interface Dialect<Need = unknown, Name extends string = string> extends Omit<Profile<Name>, 'load'> {
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
