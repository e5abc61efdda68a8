import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerError, type WireError } from '../wire.ts'
import { errors, fieldAt } from './errors.ts'

const EVERY: readonly (readonly [number, WireError])[] = [
  [400, { code: 'invalid', issues: [] }],
  [400, { code: 'malformed', message: 'Broken.' }],
  [400, { code: 'bad_request', message: 'Broken.' }],
  [401, { code: 'unauthenticated' }],
  [403, { code: 'forbidden', permission: 'ticket.delete' }],
  [404, { code: 'not_found', missing: 'ticket' }],
  [404, { code: 'unknown_route' }],
  [405, { code: 'method_not_allowed', allow: ['GET', 'HEAD'] }],
  [409, { code: 'conflict', message: 'Twice.' }],
  [409, { code: 'ticket_closed' }],
  [412, { code: 'precondition_failed' }],
  [413, { code: 'too_large' }],
  [415, { code: 'unsupported_media_type' }],
  [422, { code: 'idempotency_mismatch' }],
  [429, { code: 'rate_limited', retryAfterSeconds: 7 }],
  [500, { code: 'internal' }],
  [503, { code: 'unavailable' }],
]

test('every error is a problem document whose type, status and code agree', () => {
  for (const [status, error] of EVERY) {
    const answer = answerError(errors, error)
    assert.equal(answer.status, status, error.code)
    assert.equal(answer.headers?.['content-type'], 'application/problem+json')
    assert.partialDeepStrictEqual(answer.body, { type: `urn:polydesk:error:${error.code}`, status, code: error.code })
  }
})

test('an error says by header what a client is to do', () => {
  const headersOf = (error: WireError) => answerError(errors, error).headers ?? {}
  assert.equal(headersOf({ code: 'unauthenticated' })['www-authenticate'], 'Bearer')
  assert.equal(headersOf({ code: 'method_not_allowed', allow: ['GET', 'HEAD'] })['allow'], 'GET, HEAD')
  assert.equal(headersOf({ code: 'rate_limited', retryAfterSeconds: 7 })['retry-after'], '7')
  assert.equal(headersOf({ code: 'unavailable' })['retry-after'], '1')
})

test('an invalid request is answered with each field and what is wrong with it', () => {
  const answer = answerError(errors, {
    code: 'invalid',
    issues: [{ path: ['requester', 'email'], rule: 'format', message: 'Is no address.' }],
  })
  assert.partialDeepStrictEqual(answer.body, {
    errors: [{ field: 'requester.email', rule: 'format', message: 'Is no address.' }],
  })
})

test('a field is named as people write it', () => {
  assert.equal(fieldAt(['title']), 'title')
  assert.equal(fieldAt(['a', 'b', 0]), 'a.b[0]')
  assert.equal(fieldAt(['a', 2, 'b']), 'a[2].b')
  assert.equal(fieldAt([0]), '[0]')
  assert.equal(fieldAt([]), '')
})
