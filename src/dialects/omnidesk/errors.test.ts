import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Issue } from '../../core/errors.ts'
import { answerError, type WireError } from '../wire.ts'
import { NEEDS } from './auth.ts'
import { errors } from './errors.ts'

function invalid(path: Issue['path'], rule: Issue['rule']): WireError {
  return { code: 'invalid', issues: [{ path, rule, message: 'whatever' }] }
}

const SENTENCES: readonly (readonly [WireError, number, string])[] = [
  [invalid(['status'], 'required'), 400, 'Missing parameter status.'],
  [invalid(['itemLimit'], 'too_large'), 400, 'Invalid value for parameter itemLimit.'],
  [invalid(['title'], 'text'), 400, 'Invalid value for parameter title.'],
  [invalid([], 'type'), 400, 'Invalid request body.'],
  [invalid(['formID'], 'unknown'), 400, 'This form does not exist.'],
  [invalid(['brandID'], 'unknown'), 400, 'This brand does not exist.'],
  [invalid(['channelID'], 'unknown'), 400, 'This channel does not exist.'],
  [invalid(['assignedGroupID'], 'unknown'), 400, 'This group does not exist.'],
  [invalid(['assignedUserID'], 'unknown'), 400, 'This user does not exist.'],
  [invalid(['assignee'], 'unknown'), 400, 'This user does not exist.'],
  [invalid(['externalPrimaryID'], 'unknown'), 400, 'This customer does not exist.'],
  [invalid(['applyView'], 'unknown'), 400, 'This view does not exist.'],
  [invalid(['applyView'], 'format'), 400, 'Invalid value for parameter applyView.'],
  [invalid(['actions', 0, 'actionType'], 'choice'), 400, 'Unknown action type.'],
  [invalid(['actions', 0, 'actionType'], 'required'), 400, 'Missing parameter actions[0][actionType].'],
  [invalid(['actions', 1, 'value'], 'format'), 400, 'Invalid action value.'],
  [{ code: 'malformed', message: 'secret detail' }, 400, 'Invalid request body.'],
  [{ code: 'ticket_closed' }, 400, 'This ticket is closed.'],
  [{ code: 'unauthenticated' }, 401, 'Invalid API key.'],
  [{ code: 'forbidden', permission: 'TICKET_READ' }, 403, 'This API key does not have the TICKET_READ permission.'],
  [{ code: 'forbidden', permission: 'ticket.delete' }, 403, 'This API key does not have the TICKET_DELETE permission.'],
  [{ code: 'not_found', missing: 'ticket' }, 404, 'This ticket does not exist.'],
  [{ code: 'unknown_route' }, 404, 'This endpoint does not exist.'],
  [{ code: 'method_not_allowed', allow: ['GET', 'OPTIONS'] }, 405, 'Method not allowed.'],
  [{ code: 'too_large' }, 413, 'Request body too large.'],
  [{ code: 'unsupported_media_type' }, 415, 'Unsupported content type.'],
  [{ code: 'rate_limited', retryAfterSeconds: 3 }, 429, 'Too many requests.'],
  [{ code: 'internal' }, 500, 'Internal error.'],
  [{ code: 'unavailable' }, 503, 'Service unavailable.'],
]

test('every error is one sentence in the vendor form, with its status', () => {
  for (const [error, status, message] of SENTENCES) {
    const answer = answerError(errors, error)
    assert.deepEqual([answer.status, answer.body], [status, { status: 'error', message }])
  }
})

test('what the owner of a key may not do is told by a permission of the vendor, never by one of ours', () => {
  for (const permission of new Set(Object.values(NEEDS).flatMap(({ uses }) => [...uses]))) {
    const { message } = Object(answerError(errors, { code: 'forbidden', permission }).body)
    assert.match(message, /^This API key does not have the [A-Z_]+ permission\.$/)
  }
})

test('the headers that belong to a status come with it', () => {
  assert.equal(answerError(errors, { code: 'unauthenticated' }).headers?.['www-authenticate'], 'apikey')
  assert.equal(
    answerError(errors, { code: 'method_not_allowed', allow: ['POST', 'OPTIONS'] }).headers?.['allow'],
    'POST, OPTIONS',
  )
  assert.equal(answerError(errors, { code: 'rate_limited', retryAfterSeconds: 3 }).headers?.['retry-after'], '3')
  assert.ok(answerError(errors, { code: 'unavailable' }).headers?.['retry-after'])
})
