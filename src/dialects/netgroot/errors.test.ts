import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireError } from '../wire.ts'
import { answerError } from '../wire.ts'
import { errors } from './errors.ts'

const expected: readonly (readonly [WireError, number, string])[] = [
  [{ code: 'invalid', issues: [] }, 400, 'Invalid request data'],
  [{ code: 'malformed', message: 'secret detail' }, 400, 'Invalid request data'],
  [{ code: 'bad_request', message: 'secret detail' }, 400, 'Invalid request data'],
  [{ code: 'unsupported_media_type' }, 400, 'Invalid request data'],
  [{ code: 'ticket_closed' }, 400, 'Invalid request data'],
  [{ code: 'unauthenticated' }, 401, 'Unauthorized'],
  [{ code: 'forbidden', permission: 'ticket.read' }, 403, 'Forbidden'],
  [{ code: 'not_found', missing: 'user' }, 404, 'Subscriber not found'],
  [{ code: 'not_found', missing: 'ticket' }, 404, 'Ticket not found'],
  [{ code: 'unknown_route' }, 404, 'Not found'],
  [{ code: 'method_not_allowed', allow: ['GET', 'HEAD'] }, 405, 'Method not allowed'],
  [{ code: 'too_large' }, 413, 'Request too large'],
  [{ code: 'rate_limited', retryAfterSeconds: 7 }, 429, 'Too many requests'],
  [{ code: 'internal' }, 500, 'Internal server error'],
  [{ code: 'unavailable' }, 503, 'Service unavailable'],
]

test('every error is the fixed text of its kind and nothing more', () => {
  for (const [error, status, message] of expected) {
    const answer = answerError(errors, error)
    assert.equal(answer.status, status, error.code)
    assert.deepEqual(answer.body, { success: false, message }, error.code)
  }
})

test('errors that tell a client what to do next have the header for it', () => {
  const headersOf = (error: WireError) => answerError(errors, error).headers
  assert.deepEqual(headersOf({ code: 'unauthenticated' }), { 'www-authenticate': 'Bearer' })
  assert.deepEqual(headersOf({ code: 'method_not_allowed', allow: ['GET', 'HEAD'] }), { allow: 'GET, HEAD' })
  assert.deepEqual(headersOf({ code: 'rate_limited', retryAfterSeconds: 7 }), { 'retry-after': '7' })
})
