import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerError, type WireError } from '../wire.ts'
import { errors } from './errors.ts'

const EVERY: readonly [WireError, number, string][] = [
  [{ code: 'invalid', issues: [] }, 400, 'validationError'],
  [{ code: 'malformed', message: 'Broken' }, 400, 'validationError'],
  [{ code: 'bad_request', message: 'Broken' }, 400, 'validationError'],
  [{ code: 'unsupported_media_type' }, 400, 'validationError'],
  [{ code: 'ticket_closed' }, 400, 'ticketClosed'],
  [{ code: 'unauthenticated' }, 401, 'unauthorized'],
  [{ code: 'forbidden', permission: 'ticket.status' }, 403, 'forbidden'],
  [{ code: 'not_found', missing: 'ticket' }, 404, 'notFound'],
  [{ code: 'unknown_route' }, 404, 'notFound'],
  [{ code: 'method_not_allowed', allow: ['GET', 'HEAD'] }, 405, 'methodNotAllowed'],
  [{ code: 'conflict', message: 'Again' }, 409, 'conflict'],
  [{ code: 'precondition_failed' }, 412, 'preconditionFailed'],
  [{ code: 'too_large' }, 413, 'tooLarge'],
  [{ code: 'idempotency_mismatch' }, 422, 'idempotencyMismatch'],
  [{ code: 'rate_limited', retryAfterSeconds: 1 }, 429, 'tooManyRequests'],
  [{ code: 'internal' }, 500, 'internalError'],
  [{ code: 'unavailable' }, 503, 'unavailable'],
]

test('every error is a message and a type with the status of its kind', () => {
  for (const [error, status, type] of EVERY) {
    const answer = answerError(errors, error)
    assert.equal(answer.status, status)
    const { message, ...rest } = answer.body as { message: unknown; type: unknown; issues?: unknown }
    assert.ok(typeof message === 'string' && message !== '')
    assert.equal(rest.type, type)
  }
})

test('an issue that the core found is told at the field that was sent', () => {
  const issue = { rule: 'unknown', message: 'No' } as const
  const paths = (['requester', 'desk', 'topic', 'assignee'] as const).map((field) => [field])
  const issues = paths.map((path) => ({ ...issue, path }))
  assert.deepEqual(errors.invalid({ code: 'invalid', issues }).body, {
    message: 'Invalid request parameters',
    type: 'validationError',
    issues: ['userRefRequester', 'locationRef', 'type', 'userRefAssignee'].map((field) => ({
      code: 'unknown',
      path: ['ticket', field],
      message: 'No',
    })),
  })
})

test('an issue found on the wire keeps its path', () => {
  const issues = [{ path: ['activity', 'attachments', 0, 'key'], rule: 'unknown', message: 'No' }] as const
  assert.deepEqual((errors.invalid({ code: 'invalid', issues }).body as { issues: unknown }).issues, [
    { code: 'unknown', path: ['activity', 'attachments', 0, 'key'], message: 'No' },
  ])
})

test('errors that tell a client what to do next have the header for it', () => {
  const allow = errors.method_not_allowed({ code: 'method_not_allowed', allow: ['GET', 'POST'] }).headers
  assert.deepEqual(allow, { allow: 'GET, POST' })
  assert.deepEqual(errors.rate_limited({ code: 'rate_limited', retryAfterSeconds: 1 }).headers, { 'retry-after': '1' })
  assert.ok(errors.unavailable({ code: 'unavailable' }).headers?.['retry-after'])
  const challenge = errors.unauthenticated({ code: 'unauthenticated' }).headers?.['www-authenticate'] ?? ''
  assert.match(challenge, /^Basic .*, Bearer /)
})
