import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Issue } from '../../core/errors.ts'
import { answerError, type WireError } from '../wire.ts'
import { errors, invalid } from './errors.ts'
import recorded from './fixtures/create-ticket-errors.json' with { type: 'json' }

const issue = (path: Issue['path'], rule: Issue['rule'], limit?: number): Issue => ({
  path,
  rule,
  message: `is ${rule}`,
  ...(limit !== undefined && { limit }),
})

const ofStatus: Readonly<Record<number, WireError>> = {
  400: { code: 'malformed', message: 'not JSON' },
  401: { code: 'unauthenticated' },
  403: { code: 'forbidden', permission: 'tickets.write' },
  404: { code: 'not_found', missing: 'ticket' },
  409: { code: 'conflict', message: 'the ticket has changed' },
  422: {
    code: 'invalid',
    issues: [
      issue(['title'], 'required'),
      issue(['body'], 'required'),
      issue(['contact', 'email'], 'format'),
      issue(['contact', 'name'], 'too_long', 255),
    ],
  },
  429: { code: 'rate_limited', retryAfterSeconds: 1 },
  500: { code: 'internal' },
  504: { code: 'unavailable' },
}

/** The same shape with every text as the vendor's page shows it. */
function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
}

describe('each documented error status has the documented body', () => {
  for (const documented of recorded.answers) {
    test(`${documented.status}`, () => {
      const error = ofStatus[documented.status]
      assert.ok(error)
      const { status, body } = answerError(errors, error)
      assert.equal(status, documented.status)
      assert.deepEqual(body && shape(body), documented.body)
    })
  }
})

test('a 422 mirrors only the failing fields, each with the plainest of its complaints', () => {
  const issues = [
    issue(['contact', 'email'], 'format'),
    issue(['contact', 'email'], 'too_short', 1),
    issue(['foreignID'], 'format'),
    issue(['foreignID'], 'too_long', 64),
    issue(['title'], 'text'),
  ]
  assert.deepEqual(answerError(errors, { code: 'invalid', issues }), {
    status: 422,
    body: {
      title: 'must be a valid value',
      foreignID: 'the length must be no more than 64',
      contact: { email: 'cannot be blank' },
    },
  })
})

test('a missing contact is a missing address', () => {
  const { body } = answerError(errors, { code: 'invalid', issues: [issue(['contact'], 'required')] })
  assert.deepEqual(body, { contact: { email: 'cannot be blank' } })
})

test('what the mirror has no place for is a 400, whatever it is called', () => {
  for (const name of ['extra', '__proto__', 'constructor']) {
    const answer = answerError(errors, { code: 'invalid', issues: [issue([name], 'text')] })
    assert.deepEqual(answer, { status: 400, body: { error: 'is text' } })
  }
})

test('a wrong JSON type is syntax, even beside wrong values', () => {
  const error = invalid([issue(['title'], 'required'), issue(['contact', 'email'], 'type')], 'body')
  assert.deepEqual(answerError(errors, error), { status: 400, body: { error: 'contact.email: is type' } })
})

test('whatever is wrong with a query is a 400', () => {
  const error = invalid([issue(['status'], 'choice')], 'query')
  assert.deepEqual(answerError(errors, error), { status: 400, body: { error: 'status: is choice' } })
})

test('405 names the methods that are answered, 504 and 429 when to come back', () => {
  assert.deepEqual(answerError(errors, { code: 'method_not_allowed', allow: ['GET', 'POST'] }).headers, {
    allow: 'GET, POST',
  })
  assert.deepEqual(answerError(errors, { code: 'rate_limited', retryAfterSeconds: 7 }).headers, { 'retry-after': '7' })
  assert.ok(answerError(errors, { code: 'unavailable' }).headers?.['retry-after'])
})
