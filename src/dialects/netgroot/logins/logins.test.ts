import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { addHost, setActive } from '../../../core/logins/commands.ts'
import { createTenant, createUser } from '../../../core/tenants/commands.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { FRESH_CATALOGUE } from '../../catalogue.ts'

const UNAUTHORIZED = { success: false, message: 'Unauthorized' }
const REFUSED = { message: 'Invalid credentials' }

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

const administration = () => ({ store, now: new Date().toISOString(), newId: () => v7() })

function answers(received: Received, status: number, body: unknown): void {
  assert.deepEqual({ status: received.status, body: received.json }, { status, body })
}

const login = (username: unknown, password: unknown) =>
  world.send('POST', '/api/v1/subscriber/Login', { body: { username, password } })
const rosa = () => login(world.value('NETGROOT_USERNAME'), world.value('NETGROOT_PASSWORD'))
const as = (token: string, method: string, path: string) =>
  world.send(method, `/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })

async function rosasToken(): Promise<string> {
  const answer = await rosa()
  assert.equal(answer.status, 200, answer.text)
  return answer.json.token
}

async function newSubscriber(username: string, tenantId = world.value('SPACEBRING_NETWORK_ID')): Promise<string> {
  const person = { kind: 'person', isOwner: false, name: 'Nina', memberships: [], password: 'a password' } as const
  return (await createUser(administration(), tenantId, { ...person, username })).id
}

/** Changes whether somebody may get in, and waits until the server has heard of it. */
async function switchTo(active: boolean, userId: string, heard: () => Promise<boolean>): Promise<void> {
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  await setActive(administration(), tenantId, userId, active)
  while (!(await heard())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('a login', () => {
  test('answers outside of the envelope, and its token acts as the subscriber until Logout', async () => {
    const answer = await rosa()
    const { token, ...rest } = answer.json
    const details = (await as(token, 'GET', 'subscriber/getCustomerDetails')).json.data
    assert.deepEqual(rest, {
      message: 'Login successful',
      subscriber: {
        id: details.id,
        customer_id: '10001',
        username: 'rosa',
        firstname: 'Rosa',
        lastname: 'Requester',
      },
    })
    const other = await rosasToken()
    answers(await as(token, 'POST', 'subscriber/Logout'), 200, { success: true, message: 'Logout successful' })
    answers(await as(token, 'GET', 'subscriber/getCustomerDetails'), 401, UNAUTHORIZED)
    answers(await as(token, 'POST', 'subscriber/Logout'), 401, UNAUTHORIZED)
    assert.equal((await as(other, 'GET', 'subscriber/getCustomerTickets')).status, 200, 'other logins stay')
  })

  test('gives a JWT by HS256 with sub, iat, exp after 24 hours, and jti', async () => {
    const answer = await rosa()
    const claims = decodeJwt(answer.json.token)
    assert.equal(decodeProtectedHeader(answer.json.token).alg, 'HS256')
    assert.equal(claims.sub, String(answer.json.subscriber.id))
    assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 86_400)
    assert.ok(claims.jti)
  })

  test('is not had by a token of another key, without a signature, or with another subject', async () => {
    const token = await rosasToken()
    const [head = '', body = '', signature = ''] = token.split('.')
    const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    const subject = Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: '1' })).toString('base64url')
    for (const wrong of [
      forged,
      none,
      `${head}.${subject}.${signature}`,
      `${head}.${body}`,
      'a.b.c',
      '.',
      token.slice(1),
    ])
      answers(await as(wrong, 'GET', 'subscriber/getCustomerDetails'), 401, UNAUTHORIZED)
  })

  test('is refused alike to unknown, wrong, inactive and staff', async () => {
    const inactive = await newSubscriber('inactive')
    await setActive(administration(), world.value('SPACEBRING_NETWORK_ID'), inactive, false)
    await createUser(administration(), world.value('SPACEBRING_NETWORK_ID'), {
      kind: 'person',
      isOwner: true,
      name: 'Staff',
      username: 'staff',
      password: 'a password',
      memberships: [],
    })
    for (const refused of [
      await login('nobody', 'a password'),
      await login(world.value('NETGROOT_USERNAME'), 'wrong'),
      await login('inactive', 'a password'),
      await login('staff', 'a password'),
    ])
      answers(refused, 401, REFUSED)
  })

  test('without a user name or password as text is an invalid request', async () => {
    const invalid = { success: false, message: 'Invalid request data' }
    for (const [username, password] of [
      [undefined, 'x'],
      ['rosa', undefined],
      [1, 'x'],
      ['rosa', null],
      [['rosa'], 'x'],
    ])
      answers(await login(username, password), 400, invalid)
  })

  test('is locked after ten failures, even for many at once, and for nobody else', async () => {
    await newSubscriber('locked')
    const statuses = (await Promise.all(Array.from({ length: 14 }, () => login('LOCKED', 'wrong')))).map(
      (each) => each.status,
    )
    assert.deepEqual(statuses.sort(), [...Array(10).fill(401), ...Array(4).fill(429)])
    const right = await login('locked', 'a password')
    answers(right, 429, { success: false, message: 'Too many requests' })
    assert.ok(Number(right.headers.get('retry-after')) > 0)
    assert.equal((await rosa()).status, 200)
  })

  test('that succeeds makes good for the failures before', async () => {
    await newSubscriber('forgetful')
    for (let round = 0; round < 3; round++) {
      for (let failure = 0; failure < 6; failure++) answers(await login('forgetful', 'wrong'), 401, REFUSED)
      assert.equal((await login('forgetful', 'a password')).status, 200)
    }
  })

  test('belongs to the tenant of the host that was asked', async () => {
    const { tenantId } = await createTenant(administration(), {
      name: 'Other ISP',
      deskName: 'Default',
      catalogue: FRESH_CATALOGUE,
    })
    await newSubscriber('elsewhere', tenantId)
    answers(await login('elsewhere', 'a password'), 401, REFUSED)
    // By another name of this very server, which fetch would not let a test send as it likes.
    await addHost(administration(), tenantId, 'localhost')
    const url = new URL('/api/v1/subscriber/Login', world.url)
    url.hostname = 'localhost'
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'elsewhere', password: 'a password' }),
    })
    assert.equal(answer.status, 200)
  })
})

test('API access tokens are not ended by Logout', async () => {
  const token = world.value('NETGROOT_TOKEN')
  assert.equal((await as(token, 'POST', 'subscriber/Logout')).status, 200)
  assert.equal((await as(token, 'GET', 'subscriber/getCustomerDetails')).status, 200)
})

test('a subscriber who was deactivated is not found, and no one under Tickets (section 8, 7)', async () => {
  const id = await newSubscriber('gone')
  const { token } = (await login('gone', 'a password')).json
  const status = async () => (await as(token, 'GET', 'subscriber/getCustomerDetails')).status
  assert.equal(await status(), 200)
  await switchTo(false, id, async () => (await status()) !== 200)
  const missing = { success: false, message: 'Subscriber not found' }
  answers(await as(token, 'GET', 'subscriber/getCustomerDetails'), 404, missing)
  answers(await as(token, 'GET', 'subscriber/getCustomerTickets'), 404, missing)
  answers(await as(token, 'GET', 'Tickets/getSubjects'), 401, UNAUTHORIZED)
  answers(await login('gone', 'a password'), 401, REFUSED)
  await switchTo(true, id, async () => (await status()) === 200)
})

test('logins end after the hours that the operator chose', async () => {
  const brief = await startWorld({ NETGROOT_LOGIN_HOURS: '0.0001' })
  try {
    const body = { username: brief.value('NETGROOT_USERNAME'), password: brief.value('NETGROOT_PASSWORD') }
    const { token } = (await brief.send('POST', '/api/v1/subscriber/Login', { body })).json
    const answer = await brief.send('GET', '/api/v1/Tickets/getSubjects', {
      headers: { authorization: `Bearer ${token}` },
    })
    answers(answer, 401, UNAUTHORIZED)
  } finally {
    await brief.stop()
  }
})
