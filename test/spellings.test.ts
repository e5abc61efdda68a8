import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { openVault } from '../src/core/access/vault.ts'
import type { UserSummary } from '../src/core/identity/user.ts'
import { NO_LIMITS } from '../src/core/limits/limits.ts'
import { logIn } from '../src/core/logins/commands.ts'
import { createUser } from '../src/core/tenants/commands.ts'
import { openDatabase } from '../src/storage/database.ts'
import { openStore, type Store } from '../src/storage/store.ts'
import { type Received, startWorld, type World } from './world.ts'

/** One text as Windows writes it, as macOS does, and with its first mark composed only, as old Vietnamese keyboards do. */
const WORD = 'Trường'
const SPELLINGS = [WORD.normalize('NFC'), WORD.normalize('NFD'), 'Tru\u031bo\u031b\u0300ng', 'Trươ\u0300ng']

let world: World
let store: Store
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const administration = () => ({ store, now: new Date().toISOString(), newId: () => v7() })

async function ask(status: number, authorization: string, method: string, path: string, body?: unknown, headers = {}) {
  const sent = { headers: { authorization, ...headers }, ...(body !== undefined && { body }) }
  const answer: Received = await world.send(method, path, sent)
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
  return answer.json
}

const native = (status: number, method: string, path: string, body?: unknown) =>
  ask(status, `Bearer ${world.value('POLYDESK_API_KEY')}`, method, path, body)
const omnidesk = (status: number, method: string, path: string, body?: unknown) =>
  ask(status, `apikey ${world.value('OMNIDESK_API_KEY')}`, method, path, body)
const moov = (status: number, method: string, path: string, body?: unknown) => {
  const pair = `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
  return ask(status, `Basic ${Buffer.from(pair).toString('base64')}`, method, path, body)
}

const member = { memberships: [{ desk: 1, role: 'customer' }] }
const ids = (items: readonly { readonly id: unknown }[]): readonly unknown[] => items.map(({ id }) => id)

describe('a person whose name or address is written in another spelling', () => {
  test('is the one requester, whichever dialect names the address', async () => {
    const mail = (nth: number) => `${SPELLINGS[nth % SPELLINGS.length]}@example.com`
    const { id, integer, email } = await native(201, 'POST', '/v1/users', {
      name: SPELLINGS[1],
      email: mail(1),
      ...member,
    })
    assert.equal(email, mail(0), 'it is kept composed')
    for (const nth of SPELLINGS.keys()) {
      const made = await native(201, 'POST', '/v1/tickets', {
        title: 'A',
        requester: { email: mail(nth).toUpperCase() },
      })
      assert.equal(made.requester.id, id)
      await native(400, 'POST', '/v1/users', { name: 'Other', email: mail(nth), ...member })
      const { ticketID } = await omnidesk(200, 'POST', '/api/v2/ticket', { from: mail(nth), brandID: 1 })
      assert.equal((await omnidesk(200, 'GET', `/api/v2/ticket/${ticketID}`)).item.customer_id, integer)
      const help = { title: 'Help', body: '<p>Help</p>', contact: { email: mail(nth) } }
      const { ticketID: opened } = await moov(200, 'POST', `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`, help)
      assert.equal((await native(200, 'GET', `/v1/tickets/${opened}`)).requester.id, id)
      const query = new URLSearchParams({ locationRef: world.value('SPACEBRING_LOCATION_ID'), userEmail: mail(nth) })
      const { memberships } = await ask(
        200,
        `Bearer ${world.value('SPACEBRING_ACCESS_TOKEN')}`,
        'GET',
        `/community/memberships/v1?${query}`,
        undefined,
        { 'spacebring-network-id': tenantId() },
      )
      assert.deepEqual(
        memberships.map((each: { user: { id: string } }) => each.user.id),
        [id],
      )
    }
  })

  test('is found by every spelling of name and number, and by wide letters', async () => {
    const number = `K-${SPELLINGS[1]}`
    const made = await native(201, 'POST', '/v1/users', {
      ...{ name: `Anna ${SPELLINGS[1]}`, surname: 'Müller', customer_number: number, ...member },
    })
    assert.equal(made.customer_number, number.normalize('NFC'))
    for (const spelling of SPELLINGS) {
      for (const query of [
        `anna ${spelling}`,
        `${spelling.toLowerCase()} mu\u0308ller`,
        'Ａｎｎａ Ｔｒư',
        ' Müller ',
      ]) {
        const found = await native(200, 'GET', `/v1/users?${new URLSearchParams({ query })}`)
        assert.ok(ids(found.data).includes(made.id), query)
      }
    }
  })

  test('is the one customer by an id of a client’s own system, and by a handle', async () => {
    const made = await omnidesk(200, 'POST', '/api/v2/customer', {
      ...{ primary_id: `crm-${SPELLINGS[1]}`, firstname: 'Kim' },
      ...{ channel_id: 'twitter', customer_link_channel: `@${SPELLINGS[1]}` },
    })
    for (const spelling of SPELLINGS) {
      const again = await omnidesk(200, 'POST', '/api/v2/customer', { primary_id: `crm-${spelling}`, firstname: 'Kim' })
      assert.equal(again.customerID, made.customerID)
      const other = { primary_id: `other-${v7()}`, channel_id: 'twitter', customer_link_channel: `@${spelling}` }
      await omnidesk(400, 'POST', '/api/v2/customer', other)
    }
  })

  test('gets in by every spelling of the user name, the address and the password', async () => {
    const person = { kind: 'person', isOwner: false, name: 'Nina', memberships: [] } as const
    const username = `Nina.${WORD}`
    const password = `a password ${WORD}`.normalize('NFD')
    const email = `nina.${WORD}@example.com`.normalize('NFD')
    const { id } = await createUser(administration(), tenantId(), { ...person, username, email, password })
    const admits = (user: UserSummary): boolean => user.kind === 'person'
    for (const [nth, spelling] of SPELLINGS.entries()) {
      const body = { password: `a password ${SPELLINGS[(nth + 1) % SPELLINGS.length]}` }
      for (const name of [`nina.${spelling}`, ` NINA.${spelling} `, `Ｎｉｎａ.${spelling}`]) {
        const answer = await world.send('POST', '/api/v1/subscriber/Login', { body: { username: name, ...body } })
        assert.equal(answer.status, 200, `${name}: ${answer.text}`)
      }
      const attempt = { by: 'email', name: `Nina.${spelling}@example.com`, address: '::1', admits, ...body } as const
      const outcome = await logIn(
        { store, limits: NO_LIMITS, vault: openVault([randomBytes(32)]), now: new Date().toISOString() },
        tenantId(),
        attempt,
      )
      assert.equal('user' in outcome && outcome.user.id, id)
    }
  })

  test('is locked out for all spellings together', async () => {
    const login = (username: string) =>
      world.send('POST', '/api/v1/subscriber/Login', { body: { username, password: 'wrong' } })
    const statuses: number[] = []
    for (let nth = 0; nth < 12; nth++)
      statuses.push((await login(`locked.${SPELLINGS[nth % SPELLINGS.length]}${' '.repeat(nth % 3)}`)).status)
    assert.deepEqual(statuses.slice(10), [429, 429])
  })
})

describe('a ticket', () => {
  test('keeps its words as they were written, and is found by every spelling of them', async () => {
    const integers: number[] = []
    for (const [nth, spelling] of SPELLINGS.entries()) {
      const title = nth % 2 === 0 ? `Phố ${spelling} 12` : 'Street'
      const made = await native(201, 'POST', '/v1/tickets', { title, text: `Tới ${spelling} hôm nay` })
      integers.push(made.integer)
      assert.equal(made.title, title)
    }
    for (const spelling of SPELLINGS) {
      for (const query of [spelling, spelling.toUpperCase(), `tới ${spelling}`]) {
        const found = await omnidesk(200, 'GET', `/api/v2/ticket?${new URLSearchParams({ query })}`)
        const shown = found.items.map((each: { id: number }) => each.id)
        for (const integer of integers) assert.ok(shown.includes(integer), `${query}: ${shown}`)
      }
    }
  })

  test('is found by wide letters where it has narrow ones', async () => {
    const made = await native(201, 'POST', '/v1/tickets', { title: 'Model AB-4711 100%' })
    for (const query of ['ＡＢ-４７１１', '１００％']) {
      const found = await omnidesk(200, 'GET', `/api/v2/ticket?${new URLSearchParams({ query })}`)
      assert.deepEqual(ids(found.items), [made.integer])
    }
  })
})

test('a group that is called alike in another spelling is refused', async () => {
  const made = await native(201, 'POST', '/v1/groups', { name: SPELLINGS[1] })
  assert.equal(made.name, SPELLINGS[0])
  for (const name of SPELLINGS) await native(409, 'POST', '/v1/groups', { name: ` ${name} ` })
})
