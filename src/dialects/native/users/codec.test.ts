import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import { withinScopes } from '../auth.ts'
import { actorWith, DESK, tenant, user } from '../fixtures/samples.ts'
import { namesOf } from '../names.ts'
import { cursorAt } from '../paging.ts'
import { decodeListing, encodeMe, encodeUser, nextPage } from './codec.ts'
import { MeAnswer, UserAnswer } from './schema.ts'

test('a list of users goes on as long as there are more', () => {
  const listing = decodeListing({ query: 'ro', limit: '10', cursor: cursorAt(10) })
  assert.deepEqual(listing, { query: 'ro', activeOnly: false, agentsOnly: false, offset: 10, limit: 10 })
  assert.equal(nextPage(listing, 10, 21), cursorAt(20))
  assert.equal(nextPage(listing, 10, 20), null)
  assert.equal(nextPage(listing, 0, 0), null)
})

test('a user is shown with the desk of each membership', () => {
  const shown = encodeUser(namesOf(tenant), user)
  assert.ok(Value.Check(UserAnswer, shown))
  assert.deepEqual(shown.memberships[0]?.desk, { id: DESK, integer: 1, name: 'Default' })
})

test('a caller learns the permissions and the desk of its key', () => {
  const me = encodeMe(tenant, withinScopes(actorWith({ scopes: ['user.read', 'ticket.read'], deskId: DESK })))
  assert.ok(Value.Check(MeAnswer, me))
  assert.deepEqual(me.permissions, ['ticket.read', 'user.read'])
  assert.equal(me.credential.desk?.name, 'Default')
})
