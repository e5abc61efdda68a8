import type { CoreError } from '../core/errors.ts'

/** What can go wrong on the way to the core; with the core's own errors, all that a dialect must be able to answer. */
export type WireError =
  | CoreError
  /** The body cannot be read: broken JSON, wrong encoding, not an object, nothing where something is required. */
  | { readonly code: 'malformed'; readonly message: string }
  /** The request line or a header cannot be read. */
  | { readonly code: 'bad_request'; readonly message: string }
  /** `right` is the type that is read there; JSON where it does not say so. */
  | { readonly code: 'unsupported_media_type'; readonly right?: string }
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

/** The exception for wire errors that are not the core's. */
export class WireRefusal extends Error {
  readonly error: WireError
  constructor(error: WireError) {
    super(error.code)
    this.name = 'WireRefusal'
    this.error = error
  }
}

/** Refuses whoever has to wait, because secrets were guessed. */
export function demandUnlocked<Outcome extends object>(
  outcome: Outcome,
): asserts outcome is Exclude<Outcome, { readonly lockedSeconds: number }> {
  if ('lockedSeconds' in outcome && typeof outcome.lockedSeconds === 'number')
    throw new WireRefusal({ code: 'rate_limited', retryAfterSeconds: outcome.lockedSeconds })
}

/** A body that cannot be read, and why. */
export function malformed(message: string): WireRefusal {
  return new WireRefusal({ code: 'malformed', message })
}
