import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSubscriber } from './auth.ts'
import { actorOf } from './fixtures/samples.ts'

test('a person who works on no desk is a subscriber', () => {
  assert.ok(isSubscriber(actorOf()))
  assert.ok(isSubscriber(actorOf({ memberships: [] })))
})

test('whoever works on a desk, owns the tenant or is a machine is staff', () => {
  const customer = { id: 'membership-1', deskId: 'desk-1', role: 'customer' } as const
  const agent = { id: 'membership-2', deskId: 'desk-2', role: 'agent' } as const
  assert.ok(!isSubscriber(actorOf({ memberships: [customer, agent] })))
  assert.ok(!isSubscriber(actorOf({ isOwner: true })))
  assert.ok(!isSubscriber(actorOf({ kind: 'service' })))
})
