import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { setActive } from '../../../core/logins/commands.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'

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

function signIn(login: unknown, password: unknown, headers: Record<string, string> = {}): Promise<Received> {
  return world.send('POST', '/v1/sessions', { headers, body: { login, password } })
}

interface Signed {
  readonly id: string
  readonly cookie: string
  readonly token: string
}

async function signedIn(login = world.value('CONSOLE_EMAIL'), password = world.value('CONSOLE_PASSWORD')) {
  const answer = await signIn(login, password, { 'user-agent': 'A browser' })
  assert.equal(answer.status, 201, answer.text)
  const [cookie = ''] = answer.headers.getSetCookie()
  const signed: Signed = {
    id: answer.json.session.id,
    cookie: cookie.split(';')[0] ?? '',
    token: answer.json.csrf_token,
  }
  return signed
}

function by(signed: Signed, method: string, path: string, body?: unknown, token: string | null = signed.token) {
  const headers = { cookie: signed.cookie, ...(token !== null && { 'x-csrf-token': token }) }
  return world.send(method, `/v1${path}`, { headers, body })
}

function refused(answer: Received, status = 401, code = 'unauthenticated'): void {
  assert.deepEqual([answer.status, answer.json.code], [status, code], answer.text)
}

describe('a session', () => {
  test('is a cookie that no script and no other site gets, and shows who is there', async () => {
    const answer = await signIn(world.value('CONSOLE_EMAIL'), world.value('CONSOLE_PASSWORD'))
    assert.equal(answer.status, 201, answer.text)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const [cookie = ''] = answer.headers.getSetCookie()
    assert.match(cookie, /^polydesk_session=\w{40}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Strict$/)
    assert.ok(!answer.text.includes(cookie.slice(17, 57)), 'the secret is in no body')
    const signed = await signedIn()
    const me = await by(signed, 'GET', '/me')
    assert.equal(me.status, 200, me.text)
    assert.deepEqual([me.json.user.email, me.json.csrf_token], [world.value('CONSOLE_EMAIL'), signed.token])
    assert.deepEqual(
      me.json.desks.map(({ name, role }: { name: string; role: string }) => [name, role]),
      [
        ['Default', 'admin'],
        ['Connected', 'admin'],
      ],
    )
  })

  test('changes something only together with its token', async () => {
    const [signed, other] = [await signedIn(), await signedIn()]
    for (const token of [null, '', 'x', other.token, `${signed.token}x`])
      refused(await by(signed, 'POST', '/tickets', { title: 'Forged' }, token))
    const made = await by(signed, 'POST', '/tickets', { title: 'Meant' })
    assert.equal(made.status, 201, made.text)
    assert.equal(made.json.requester.email, world.value('CONSOLE_EMAIL'))
    const listed = await by(signed, 'GET', '/tickets?limit=200', undefined, null)
    const titles = listed.json.data.map(({ title }: { title: string }) => title)
    assert.ok(titles.includes('Meant') && !titles.includes('Forged'))
  })

  test('lets its person repeat a write with its key, also after signing in again', async () => {
    const key = { 'idempotency-key': v7() }
    const post = async (signed: Signed) =>
      world.send('POST', '/v1/tickets', {
        headers: { cookie: signed.cookie, 'x-csrf-token': signed.token, ...key },
        body: { title: 'Once' },
      })
    const [first, again] = [await post(await signedIn()), await post(await signedIn())]
    assert.deepEqual([first.status, again.json.id], [201, first.json.id])
  })

  test('is listed and ended by its person, also from another one, and by nobody else', async () => {
    const [signed, other] = [await signedIn(), await signedIn()]
    const listed = await by(signed, 'GET', '/sessions')
    const shown = listed.json.data.find(({ id }: { id: string }) => id === signed.id)
    assert.partialDeepStrictEqual(shown, { user_agent: 'A browser', current: true })
    assert.ok(listed.json.data.some(({ id, current }: { id: string; current: boolean }) => id === other.id && !current))
    await createUser(administration(), tenantId(), {
      kind: 'person',
      isOwner: false,
      name: 'Mallory',
      username: 'mallory',
      password: 'a password',
      memberships: [],
    })
    const stranger = await signedIn('mallory', 'a password')
    refused(await by(stranger, 'DELETE', `/sessions/${other.id}`), 404, 'not_found')
    for (const id of ['x', '1', v7()]) refused(await by(signed, 'DELETE', `/sessions/${id}`), 404, 'not_found')
    for (let time = 0; time < 2; time++)
      assert.equal((await by(signed, 'DELETE', `/sessions/${other.id.toUpperCase()}`)).status, 204)
    refused(await by(other, 'GET', '/me'))
    const out = await by(signed, 'DELETE', '/sessions/current')
    assert.equal(out.status, 204)
    assert.match(out.headers.get('set-cookie') ?? '', /^polydesk_session=; Path=\/; Max-Age=0;/)
    refused(await by(signed, 'GET', '/me'))
  })

  test('counts for nothing beside a key, which says alone who calls', async () => {
    const signed = await signedIn()
    const headers = { cookie: signed.cookie, authorization: 'Bearer nonsense' }
    refused(await world.send('GET', '/v1/me', { headers }))
    const good = { cookie: signed.cookie, authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
    assert.equal((await world.send('GET', '/v1/me', { headers: good })).json.user.name, 'API')
  })
})

describe('signing in', () => {
  test('is refused alike to unknown, wrong, inactive and services', async () => {
    const inactive = await createUser(administration(), tenantId(), {
      kind: 'person',
      isOwner: false,
      name: 'Ivan',
      username: 'ivan',
      password: 'a password',
      memberships: [],
    })
    await setActive(administration(), tenantId(), inactive.id, false)
    await createUser(administration(), tenantId(), {
      kind: 'service',
      isOwner: false,
      name: 'Robot',
      username: 'robot',
      password: 'a password',
      memberships: [],
    })
    const answers = [
      await signIn('nobody', 'a password'),
      await signIn('nobody@example.com', 'a password'),
      await signIn(world.value('CONSOLE_EMAIL'), 'wrong'),
      await signIn('ivan', 'a password'),
      await signIn('robot', 'a password'),
    ]
    for (const answer of answers) refused(answer)
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
  })

  test('names the field that is missing', async () => {
    for (const [login, password, field] of [
      [undefined, 'x', 'login'],
      ['rosa', undefined, 'password'],
      ['', 'x', 'login'],
      [1, 'x', 'login'],
    ] as const) {
      const answer = await signIn(login, password)
      refused(answer, 400, 'invalid')
      assert.equal(answer.json.errors[0].field, field)
    }
  })

  test('is locked after ten failures', async () => {
    for (let time = 0; time < 10; time++) refused(await signIn('locked@example.com', 'wrong'))
    const answer = await signIn('locked@example.com', 'wrong')
    refused(answer, 429, 'rate_limited')
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
  })
})
