import { type TSchema, Type } from 'typebox'
import type { Issue } from '../../core/errors.ts'
import type { Answer, ErrorTable, WireErrorCode } from '../wire.ts'
import { closed } from './shapes.ts'

/** The errors of all dialects, and what only sessions answer: the password is right, and a code is needed too. */
type ProblemCode = WireErrorCode | 'second_factor_required'

/** A problem document (RFC 9457); `code` is the last part of `type`. */
interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  readonly detail?: string
  /** What is wrong with the request, field by field; only with `invalid`. */
  readonly errors?: readonly FieldError[]
}

interface FieldError {
  /** Where in the request: `title`, `requester.email`, `tags[0]`; empty for the whole. */
  readonly field: string
  readonly rule: Issue['rule']
  readonly message: string
  /** Of a query: where, and what would be right there. */
  readonly at?: number
  readonly length?: number
  readonly expected?: string
}

const problemProperties = {
  type: Type.String({ description: 'urn:polydesk:error:<code>' }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'The last part of type.' }),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(
    Type.Array(
      Type.Object(
        {
          field: Type.String({ description: 'Where in the request, for instance requester.email or tags[0].' }),
          rule: Type.String(),
          message: Type.String(),
          at: Type.Optional(Type.Integer({ description: 'Of a query: at which character, from 0.' })),
          length: Type.Optional(Type.Integer({ description: 'Of a query: for how many.' })),
          expected: Type.Optional(Type.String({ description: 'Of a query: what would be right there.' })),
        },
        { additionalProperties: false },
      ),
    ),
  ),
}

/** What a problem document is, for the OpenAPI document. */
export const ProblemBody = closed(problemProperties)

/** The same with the ticket or view as it is by now. @param given what these are. */
export function tooLateBody({ ticket, view }: { readonly ticket: TSchema; readonly view: TSchema }): TSchema {
  return closed({ ...problemProperties, ticket: Type.Optional(ticket), view: Type.Optional(view) })
}

const RETRY_SECONDS = '1'

/** Every error as a problem document. Types are stable names, not addresses: clients compare them. */
export const errors: ErrorTable = {
  invalid: ({ issues }) => problem('invalid', 400, 'The request is invalid', { errors: issues.map(fieldError) }),
  malformed: ({ message }) => problem('malformed', 400, 'The body cannot be read', { detail: message }),
  bad_request: ({ message }) => problem('bad_request', 400, 'The request cannot be read', { detail: message }),
  unauthenticated: () =>
    problem(
      'unauthenticated',
      401,
      'A valid API key or session is required',
      {
        detail:
          'Send a key as Authorization: Bearer <key>. A session needs its cookie and, to change something, X-CSRF-Token.',
      },
      { 'www-authenticate': 'Bearer' },
    ),
  forbidden: ({ permission }) =>
    problem('forbidden', 403, 'This is not permitted', { detail: `It needs the permission ${permission}.` }),
  not_found: ({ missing }) => problem('not_found', 404, `There is no such ${missing}`),
  unknown_route: () => problem('unknown_route', 404, 'There is nothing at this path'),
  method_not_allowed: ({ allow }) =>
    problem('method_not_allowed', 405, 'This method is not allowed here', {}, { allow: allow.join(', ') }),
  conflict: ({ message }) => problem('conflict', 409, 'The change conflicts with another', { detail: message }),
  ticket_closed: () =>
    problem('ticket_closed', 409, 'The ticket is closed', { detail: 'Its requester cannot add to it any more.' }),
  precondition_failed: () =>
    problem('precondition_failed', 412, 'It was changed in the meantime', {
      detail:
        'It is not at the version in If-Match, something public was said after unless_public_after, or somebody took it.',
    }),
  timed_out: () => problem('timed_out', 408, 'The request came too slowly'),
  too_large: () => problem('too_large', 413, 'The request is too large'),
  unsupported_media_type: ({ right = 'application/json' }) =>
    problem('unsupported_media_type', 415, `The body must be sent as ${right}`),
  idempotency_mismatch: () => problem('idempotency_mismatch', 422, 'The Idempotency-Key was used for another request'),
  rate_limited: ({ retryAfterSeconds }) =>
    problem('rate_limited', 429, 'There were too many requests', {}, { 'retry-after': String(retryAfterSeconds) }),
  internal: () => problem('internal', 500, 'Something went wrong'),
  unavailable: () =>
    problem('unavailable', 503, 'The server is not ready; try again', {}, { 'retry-after': RETRY_SECONDS }),
}

/** A problem document. */
export function problem(
  code: ProblemCode,
  status: number,
  title: string,
  more: Pick<Problem, 'detail' | 'errors'> = {},
  headers: Answer['headers'] = {},
): Answer {
  const body: Problem = { type: `urn:polydesk:error:${code}`, title, status, code, ...more }
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body }
}

function fieldError({ path, rule, message, place }: Issue): FieldError {
  // What the core calls a message's is beside it in requests of this API.
  return { field: fieldAt(path[0] === 'message' && path.length > 1 ? path.slice(1) : path), rule, message, ...place }
}

/** A path as people write it: `requester.email`, `tags[0]`. */
export function fieldAt(path: Issue['path']): string {
  return path.reduce<string>((field, part) => {
    if (typeof part === 'number') return `${field}[${part}]`
    return field === '' ? part : `${field}.${part}`
  }, '')
}
