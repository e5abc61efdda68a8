import { Type } from 'typebox'
import type { Missing } from '../../core/errors.ts'
import type { Answer, ErrorTable } from '../wire.ts'

const MISSING: Readonly<Record<Missing, string>> = {
  ticket: 'Ticket not found',
  user: 'Subscriber not found',
  message: 'Not found',
  desk: 'Not found',
  credential: 'Not found',
  webhook: 'Not found',
  delivery: 'Not found',
  form: 'Not found',
  channel: 'Not found',
  record: 'Not found',
  attachment: 'Not found',
  session: 'Not found',
  view: 'Not found',
  saved_reply: 'Not found',
  macro: 'Not found',
  draft: 'Not found',
  mail: 'Not found',
  link: 'Not found',
  tag: 'Not found',
  letter: 'Not found',
  undeliverable_address: 'Not found',
  scheduled_message: 'Not found',
  job: 'Not found',
}

/** What every error is, for the OpenAPI document. */
export const ErrorAnswer = Type.Object(
  { success: Type.Literal(false), message: Type.String() },
  { title: 'Error', additionalProperties: false },
)

const RETRY_SECONDS = 1

/** Every error as `{success: false, message}`; the vendor has one text for all that is wrong with a request. */
export const errors: ErrorTable = {
  invalid: () => failure(400, 'Invalid request data'),
  malformed: () => failure(400, 'Invalid request data'),
  bad_request: () => failure(400, 'Invalid request data'),
  unsupported_media_type: () => failure(400, 'Invalid request data'),
  ticket_closed: () => failure(400, 'Invalid request data'),
  unauthenticated: () => failure(401, 'Unauthorized', { 'www-authenticate': 'Bearer' }),
  forbidden: () => failure(403, 'Forbidden'),
  not_found: ({ missing }) => failure(404, MISSING[missing]),
  unknown_route: () => failure(404, 'Not found'),
  method_not_allowed: ({ allow }) => failure(405, 'Method not allowed', { allow: allow.join(', ') }),
  conflict: () => failure(409, 'Conflict'),
  precondition_failed: () => failure(412, 'Precondition failed'),
  timed_out: () => failure(408, 'Request timeout'),
  too_large: () => failure(413, 'Request too large'),
  idempotency_mismatch: () => failure(422, 'Idempotency-Key was used for another request'),
  rate_limited: ({ retryAfterSeconds }) =>
    failure(429, 'Too many requests', { 'retry-after': String(retryAfterSeconds) }),
  internal: () => failure(500, 'Internal server error'),
  unavailable: () => failure(503, 'Service unavailable', { 'retry-after': String(RETRY_SECONDS) }),
}

function failure(status: number, message: string, headers: Answer['headers'] = {}): Answer {
  return { status, headers, body: { success: false, message } }
}
