/** What `include=abilities` tells of a ticket, and what the same caller is then refused. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { createClient, isProblem } from '../sdk/client.ts'
import { PERMISSIONS } from '../src/core/identity/permissions.ts'
import { ABILITIES, type Ability } from '../src/core/tickets/rules/abilities.ts'
import { STATUSES } from '../src/core/words.ts'
import { seeNothing } from './evidence.ts'
import { startWorld, type World } from './world.ts'

// What is seen here is not the same in every run.
seeNothing()

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

const clientOf = (key: string) => createClient({ url: world.url, key })
type Client = ReturnType<typeof clientOf>

/** Does what an ability allows. */
const ACTS: Readonly<Record<Ability, (client: Client, id: string) => Promise<unknown>>> = {
  reply: (client, id) => client.call('addMessage', { params: { id }, body: { text: 'Yes.' } }),
  note: (client, id) => client.call('addMessage', { params: { id }, body: { text: 'Hm.', visibility: 'internal' } }),
  change: (client, id) => client.call('changeTicket', { params: { id }, body: { priority: 'high' } }),
  status: (client, id) => client.call('changeTicket', { params: { id }, body: { status: 'open' } }),
  close: (client, id) => client.call('changeTicket', { params: { id }, body: { status: 'closed' } }),
  assign: (client, id) => client.call('changeTicket', { params: { id }, body: { assignee: null } }),
  // Into itself: whoever is told that it is not possible was allowed to.
  merge: (client, id) =>
    client
      .call('mergeTicket', { params: { id }, body: { into: id } })
      .catch((error: unknown) => (isProblem(error, 'invalid') ? null : Promise.reject(error))),
  // By a message that it has not, likewise.
  split: (client, id) =>
    client
      .call('splitTicket', { params: { id }, body: { message: 1 } })
      .catch((error: unknown) => (isProblem(error, 'invalid') ? null : Promise.reject(error))),
  // To itself, likewise.
  link: (client, id) =>
    client
      .call('linkTickets', { params: { id }, body: { ticket: id, relation: 'related' } })
      .catch((error: unknown) => (isProblem(error, 'invalid') ? null : Promise.reject(error))),
  delete: (client, id) => client.call('deleteTicket', { params: { id } }),
}

const role = fc.constantFrom('customer', 'agent', 'admin', null)

/** A person with a key, and a ticket: of theirs or not, on one of two desks. */
const situation = fc.record({
  roles: fc.tuple(role, role),
  scopes: fc.oneof(fc.constant(['*']), fc.subarray([...PERMISSIONS], { minLength: 12 })),
  /** The only desk that the key reaches. */
  boundTo: fc.constantFrom(0, 1, null),
  desk: fc.constantFrom(0, 1),
  isOwn: fc.boolean(),
  status: fc.constantFrom(...STATUSES),
  acts: fc.shuffledSubarray([...ABILITIES], { minLength: 3 }),
})

test('what a ticket says that its reader may do is what is not refused, whoever it is and wherever it stands', async () => {
  const owner = clientOf(world.value('POLYDESK_API_KEY'))
  const desks = [world.value('MOOV_ACCOUNT_ID'), world.value('MOOV_CONNECTED_ACCOUNT_ID')] as const
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(situation, async ({ roles, scopes, boundTo, desk, isOwn, status, acts }) => {
      // Who has no role on a desk had one before, or no key and no ticket would be theirs there.
      const memberships = roles.map((role, nth) => ({ desk: desks[nth === 0 ? 0 : 1], role: role ?? 'customer' }))
      const { id: person } = await owner.call('createUser', { body: { name: 'P', memberships } })
      const bound = boundTo === null ? null : desks[boundTo]
      const { secret } = await owner.call('createCredential', {
        body: { name: 'Key', user: person, scopes: [...new Set(['ticket.read', ...scopes])], desk: bound },
      })
      const requester = isOwn ? { id: person } : null
      const { id } = await owner.call('createTicket', {
        body: { title: 'T', text: 'Hello', desk: desks[desk], status, ...(requester && { requester }) },
      })
      for (const [nth, role] of roles.entries())
        if (role === null)
          await owner.call('removeMembership', { params: { id: person, desk: desks[nth === 0 ? 0 : 1] } })
      const caller = clientOf(secret)
      for (const act of acts) {
        const shown = await caller
          .call('getTicket', { params: { id }, query: { include: 'abilities' } })
          .catch((error: unknown) => (isProblem(error, 'not_found') ? null : Promise.reject(error)))
        const outcome = await ACTS[act](caller, id).then(
          () => 'done',
          (error: unknown) => (isProblem(error) ? error.code : Promise.reject(error)),
        )
        if (shown === null) {
          // A key without the scope is told so before anything is looked for.
          assert.ok(outcome === 'not_found' || outcome === 'forbidden', `${act} on what is out of sight: ${outcome}`)
          if (act === 'delete') return
          continue
        }
        const isAllowed = shown.abilities?.includes(act) ?? assert.fail('it tells no abilities')
        seen.add(`${act} ${isAllowed}`)
        assert.equal(
          outcome === 'done',
          isAllowed,
          `${act} on a ticket that is ${shown.status}: told ${isAllowed}, answered ${outcome}`,
        )
        if (!isAllowed) assert.ok(outcome === 'forbidden' || outcome === 'ticket_closed', outcome)
        if (act === 'delete' && isAllowed) return
      }
    }),
    { numRuns: 100 },
  )
  // Both answers were there for each.
  for (const ability of ABILITIES)
    for (const isAllowed of [true, false]) assert.ok(seen.has(`${ability} ${isAllowed}`), `${ability} ${isAllowed}`)
})
