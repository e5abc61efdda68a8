import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { userWith } from '../../../test/users.ts'
import { type Actor, inSight, may, narrowed, reachesDesk, roleOn, sightOf, worksOn } from './actor.ts'
import { PERMISSIONS, type Permission, ROLE_PERMISSIONS, type Role } from './permissions.ts'

const DESKS = ['desk-1', 'desk-2', 'desk-3']
const ME = 'me'

interface Given {
  readonly roles: readonly (Role | null)[]
  readonly isOwner: boolean
  readonly boundTo: string | null
}

/** Any combination of roles on three desks, ownership and a desk the credential is bound to. */
const anyGiven: fc.Arbitrary<Given> = fc.record({
  roles: fc.tuple(...DESKS.map(() => fc.constantFrom<Role | null>(null, 'customer', 'agent', 'admin'))),
  isOwner: fc.boolean(),
  boundTo: fc.constantFrom(null, ...DESKS),
})

function actorOf({ roles, isOwner, boundTo }: Given): Actor {
  const memberships = roles.flatMap((role, index) => {
    const deskId = DESKS[index]
    return role === null || deskId === undefined ? [] : [{ id: `membership ${deskId}`, deskId, role }]
  })
  return {
    tenantId: 'tenant',
    user: userWith({ id: ME, isOwner, memberships }),
    credential: { id: 'key', dialect: 'any', kind: 'any', name: 'Key', scopes: [], deskId: boundTo, expiresAt: null },
    permissions: new Set(PERMISSIONS),
  }
}

const anyDesk = fc.constantFrom(...DESKS)
const anyRequester = fc.constantFrom(null, ME, 'somebody else')

test('In sight is what one works on and what one asked for, all for an owner, and nothing off the desk a key is bound to', () => {
  fc.assert(
    fc.property(anyGiven, anyDesk, anyRequester, (given, deskId, requesterId) => {
      const role = given.roles[DESKS.indexOf(deskId)] ?? null
      const works = role === 'agent' || role === 'admin'
      const withinReach = given.boundTo === null || given.boundTo === deskId
      const expected = withinReach && (given.isOwner || works || requesterId === ME)
      const ticket = { deskId, requester: requesterId === null ? null : { id: requesterId } }
      assert.equal(inSight(sightOf(actorOf(given)), ticket), expected)
    }),
  )
})

test('A role gives exactly its permissions on its own desk, an owner has all, and off the bound desk there are none', () => {
  fc.assert(
    fc.property(anyGiven, anyDesk, fc.constantFrom(...PERMISSIONS), (given, deskId, permission) => {
      const actor = actorOf(given)
      const role = given.roles[DESKS.indexOf(deskId)] ?? null
      const withinReach = given.boundTo === null || given.boundTo === deskId
      // Without a membership there is what a customer has, which holds for tickets one requested.
      const byRole = given.isOwner || ROLE_PERMISSIONS[role ?? 'customer'].has(permission)
      assert.equal(may(actor, permission, deskId), withinReach && byRole)
      assert.equal(reachesDesk(actor, deskId), withinReach && (given.isOwner || role !== null))
      assert.equal(worksOn(actor, deskId), withinReach && (given.isOwner || role === 'agent' || role === 'admin'))
      assert.equal(roleOn(actor, deskId), withinReach ? (given.isOwner ? 'admin' : role) : null)
    }),
  )
})

test('The roles get what the table of roles says', () => {
  const lists: Readonly<Record<Role, readonly Permission[]>> = {
    customer: ['ticket.read', 'ticket.create', 'message.reply', 'attachment.create', 'catalogue.read'],
    agent: PERMISSIONS.filter((each) => /^(ticket|message|attachment)\./.test(each) && !each.endsWith('.delete')),
    admin: PERMISSIONS.filter((each) => !['audit.read', 'tenant.manage'].includes(each)),
  }
  const agentToo: readonly Permission[] = ['user.read', 'catalogue.read', 'view.read']
  assert.deepEqual([...ROLE_PERMISSIONS.customer].sort(), [...lists.customer].sort())
  assert.deepEqual([...ROLE_PERMISSIONS.agent].sort(), [...lists.agent, ...agentToo].sort())
  assert.deepEqual([...ROLE_PERMISSIONS.admin].sort(), [...lists.admin].sort())
})

test('Narrowing only takes away', () => {
  fc.assert(
    fc.property(fc.subarray([...PERMISSIONS]), fc.subarray([...PERMISSIONS]), (first, second) => {
      const actor = narrowed(
        narrowed(actorOf({ roles: [null, null, null], isOwner: true, boundTo: null }), first),
        second,
      )
      for (const permission of PERMISSIONS)
        assert.equal(may(actor, permission, 'desk-1'), first.includes(permission) && second.includes(permission))
    }),
  )
})
