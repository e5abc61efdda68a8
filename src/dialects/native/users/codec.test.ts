import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import { withinScopes } from '../auth.ts'
import { actorWith, DESK, tenant, user } from '../fixtures/samples.ts'
import { namesOf } from '../names.ts'
import { cursorAt } from '../paging.ts'
import { decodeListing, encodeMe, encodeUser } from './codec.ts'
import { MeAnswer, UserAnswer } from './schema.ts'

test('a list of users goes on after the last one of its page', () => {
  const listing = decodeListing({ query: 'ro', works: 'true', limit: '10', cursor: cursorAt(10) })
  assert.deepEqual(listing, {
    filter: { query: 'ro', activeOnly: false, agentsOnly: true },
    page: { by: 'key', after: 10, limit: 10 },
  })
})

test('a user is shown with the desk of each membership', () => {
  const shown = encodeUser(namesOf(tenant), user)
  assert.ok(Value.Check(UserAnswer, shown))
  assert.deepEqual(shown.memberships[0]?.desk, { id: DESK, integer: 1, name: 'Default' })
})

test('a caller learns the permissions and the desk of its key', () => {
  const me = encodeMe(tenant, withinScopes(actorWith({ scopes: ['user.read', 'ticket.read'], deskId: DESK })), null)
  assert.ok(Value.Check(MeAnswer, me))
  assert.deepEqual(me.permissions, ['ticket.read', 'user.read'])
  assert.equal(me.credential.desk?.name, 'Default')
  assert.deepEqual(
    me.desks.map(({ id }) => id),
    [DESK],
  )
})
