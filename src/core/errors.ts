/** What kind of thing was looked for in vain. */
export type Missing =
  | 'ticket'
  | 'message'
  | 'user'
  | 'desk'
  | 'credential'
  | 'webhook'
  | 'delivery'
  | 'form'
  | 'channel'
  | 'record'
  | 'attachment'
  | 'session'
  | 'view'
  | 'saved_reply'
  | 'macro'
  | 'draft'
  | 'tag'
  | 'scheduled_message'
  | 'job'
  | 'mail'
  | 'letter'
  | 'link'
  | 'undeliverable_address'

/** One thing wrong with what a caller sent. `path` leads to the field in the core's words; a dialect turns it into its own. */
export interface Issue {
  readonly path: readonly (string | number)[]
  readonly rule:
    | 'required' // absent, or blank where that is the same
    | 'type' // of the wrong JSON type
    | 'format' // not a uuid, an e-mail address, a date, ...
    | 'choice' // none of the allowed words
    | 'unknown' // names nothing that exists, or nothing that may be used here
    | 'text' // holds control characters or half of a surrogate pair
    | 'too_short'
    | 'too_long'
    | 'too_small'
    | 'too_large'
    | 'not_allowed' // a field that must not be there
  /** The limit that was missed, where there is one. */
  readonly limit?: number
  /** Where in a text that is read piece by piece, and what would be right there. */
  readonly place?: { readonly at: number; readonly length: number; readonly expected: string }
  readonly message: string
}

/**
 * Everything the core can refuse, with its data. No HTTP here: each dialect maps every code to its own answer, and a
 * missing one does not compile.
 */
export type CoreError =
  | { readonly code: 'invalid'; readonly issues: readonly Issue[] }
  | { readonly code: 'unauthenticated' }
  | { readonly code: 'forbidden'; readonly permission: string }
  | { readonly code: 'not_found'; readonly missing: Missing }
  | { readonly code: 'ticket_closed' }
  | { readonly code: 'conflict'; readonly message: string }
  | { readonly code: 'precondition_failed' }
  | { readonly code: 'idempotency_mismatch' }
  | { readonly code: 'unavailable' }

export type CoreErrorCode = CoreError['code']

/** The exception that carries a core error to the dialect that answers it. */
export class Refusal extends Error {
  readonly error: CoreError
  constructor(error: CoreError) {
    super(error.code)
    this.name = 'Refusal'
    this.error = error
  }
}

export function refuse(error: CoreError): never {
  throw new Refusal(error)
}

/** Refuses one field. */
export function refuseField(path: Issue['path'], rule: Issue['rule'], message: string, limit?: number): never {
  refuse({ code: 'invalid', issues: [{ path, rule, message, ...(limit === undefined ? {} : { limit }) }] })
}
