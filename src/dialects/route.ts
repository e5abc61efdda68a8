import type { Static, TObject, TSchema } from 'typebox'
import type { Context } from '../core/context.ts'
import type { Services } from './services.ts'
import type { IsText } from './text.ts'
import type { Answer } from './wire.ts'

/** What a handler gets: the admitted actor's context, and the request after validation. */
export interface Call<Params, Query, Body> {
  readonly ctx: Context
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Where the request came from. */
  readonly address: string
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
  /** Whether its body is lines of JSON, read as they come, likewise (`lines.ts`). */
  readonly takesLines?: boolean
  /** Whether its body is a mail, likewise (`raw-mail.ts`). */
  readonly takesMail?: boolean
  /** Why an operation that writes does not honour an `Idempotency-Key`; absent for all that do (decision 0006). */
  readonly withoutKey?: string
  /** Headers that this operation reads, with what they are for; only to document them. */
  readonly headers?: Readonly<Record<string, string>>
  /** The media type of its success answers, where it is not JSON. */
  readonly answersWith?: string
  /** The media type of text in which it answers whoever asks for that. */
  readonly orWith?: string
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
  // TypeScript has no type for some P, Q and B that fit each other. They do: `handle` gets what these very schemas read.
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
  /** What the caller's program calls itself; empty where it tells nothing. */
  readonly userAgent: string
  /** By which events and the log name the request. */
  readonly requestId: string
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
  // As above.
  return definition as unknown as OpenRoute
}
