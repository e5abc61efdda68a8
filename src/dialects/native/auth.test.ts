import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PERMISSIONS } from '../../core/identity/permissions.ts'
import { withinScopes } from './auth.ts'
import { actorWith } from './fixtures/samples.ts'

test('the scope * leaves all permissions to the roles', () => {
  assert.deepEqual([...withinScopes(actorWith({ scopes: ['*'] })).permissions], [...PERMISSIONS])
})

test('a key has the permissions that its scopes name, and no others', () => {
  const { permissions } = withinScopes(actorWith({ scopes: ['ticket.read', 'message.reply', 'no.such.permission'] }))
  assert.deepEqual([...permissions], ['ticket.read', 'message.reply'])
})

test('a key without scopes may do nothing', () => {
  assert.equal(withinScopes(actorWith({ scopes: [] })).permissions.size, 0)
})
