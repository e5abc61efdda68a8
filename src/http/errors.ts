import type { Answer, ErrorTable } from '../dialects/wire.ts'

/** A problem document (RFC 9457) of the server itself, for paths that belong to no dialect. */
function problem(status: number, title: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: { type: 'about:blank', title, status },
  }
}

const internal = (): Answer => problem(500, 'Internal error')

/** Answers outside of all dialects. Most codes cannot occur there; they are internal errors then. */
export const DEFAULT_ERRORS: ErrorTable = {
  unknown_route: () => problem(404, 'There is nothing at this path'),
  method_not_allowed: ({ allow }) => problem(405, 'This method is not allowed here', { allow: allow.join(', ') }),
  bad_request: ({ message }) => problem(400, message),
  malformed: ({ message }) => problem(400, message),
  unsupported_media_type: () => problem(415, 'This content type is not supported'),
  timed_out: () => problem(408, 'The request came too slowly'),
  too_large: () => problem(413, 'The request is too large'),
  rate_limited: ({ retryAfterSeconds }) =>
    problem(429, 'Too many requests', { 'retry-after': String(retryAfterSeconds) }),
  unavailable: () => problem(503, 'The server is not ready; try again', { 'retry-after': '1' }),
  invalid: () => problem(400, 'The request is invalid'),
  unauthenticated: () => problem(401, 'Authentication is required'),
  forbidden: () => problem(403, 'Forbidden'),
  not_found: () => problem(404, 'Not found'),
  ticket_closed: internal,
  conflict: ({ message }) => problem(409, message),
  precondition_failed: internal,
  idempotency_mismatch: internal,
  internal,
}
