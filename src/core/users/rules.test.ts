import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../errors.ts'
import type { Actor } from '../identity/actor.ts'
import { PERMISSIONS } from '../identity/permissions.ts'
import type { Membership, UserSummary } from '../identity/user.ts'
import { demandMayChange, demandMayErase, demandMayGive } from './rules.ts'

const on = (deskId: string, role: Membership['role']): Membership => ({ id: `${deskId} ${role}`, deskId, role })

function user(memberships: readonly Membership[], isOwner = false): UserSummary {
  const nothing = { email: null, username: null, customerNumber: null, phone: null, photoUrl: null, about: null }
  return { id: 'u', integer: 1, kind: 'person', isOwner, name: 'U', surname: '', active: true, memberships, ...nothing }
}

function actor(memberships: readonly Membership[], isOwner = false, deskId: string | null = null): Actor {
  const credential = { id: 'c', dialect: 'native', kind: 'api_key', name: 'Key', scopes: [], expiresAt: null, deskId }
  return { tenantId: 't', user: user(memberships, isOwner), credential, permissions: new Set(PERMISSIONS) }
}

function allowed(demand: () => void): boolean {
  try {
    demand()
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

const owner = actor([], true)
const adminOfOne = actor([on('one', 'admin')])
const agent = actor([on('one', 'agent')])

test('an owner changes everybody, an admin the customers and colleagues of the own desk, an agent nobody', () => {
  const changes = (by: Actor, whom: UserSummary) => allowed(() => demandMayChange(by, whom))
  const customer = user([on('one', 'customer'), on('two', 'customer')])
  assert.ok(changes(owner, customer) && changes(owner, user([], true)) && changes(owner, user([])))
  assert.ok(changes(adminOfOne, customer) && changes(adminOfOne, user([on('one', 'agent')])))
  assert.ok(!changes(adminOfOne, user([on('two', 'customer')])))
  assert.ok(!changes(adminOfOne, user([on('one', 'customer'), on('two', 'agent')])), 'who works on another desk')
  assert.ok(!changes(adminOfOne, user([on('one', 'customer')], true)), 'an owner')
  assert.ok(!changes(agent, customer))
  assert.ok(!changes(actor([], true, 'two'), user([on('one', 'customer')])), 'a key that is bound to another desk')
})

test('a role is given only by those who manage the users of its desk', () => {
  const gives = (by: Actor, deskId: string) => allowed(() => demandMayGive(by, [{ deskId, role: 'admin' }]))
  assert.deepEqual(
    [gives(owner, 'two'), gives(adminOfOne, 'one'), gives(adminOfOne, 'two'), gives(agent, 'one')],
    [true, true, false, false],
  )
})

test('only people who work nowhere are erased, by those who manage all their desks', () => {
  const erases = (by: Actor, whom: UserSummary) => allowed(() => demandMayErase(by, whom))
  assert.ok(erases(owner, user([on('one', 'customer')])) && erases(adminOfOne, user([on('one', 'customer')])))
  assert.ok(!erases(adminOfOne, user([on('one', 'customer'), on('two', 'customer')])))
  assert.ok(!erases(owner, user([on('one', 'agent')])) && !erases(owner, user([], true)))
})
