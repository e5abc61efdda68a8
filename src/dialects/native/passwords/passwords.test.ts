import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import pg from 'pg'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { setActive } from '../../../core/logins/commands.ts'
import { makePasswordLink } from '../../../core/passwords/commands.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'

let world: World
let store: Store
/** Looks at what is kept. */
let outside: pg.Client
/** A person of the test's own, with a password. */
let person: { readonly id: string; readonly username: string }
let count = 0

before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  outside = new pg.Client(world.database.connection)
  await outside.connect()
})
beforeEach(async () => {
  const username = `person ${++count}`
  const given = { kind: 'person', isOwner: false, name: 'Pia', username, password: FIRST, memberships: [] } as const
  person = { ...(await createUser(administration(), tenantId(), given)), username }
})
after(async () => {
  await outside?.end()
  await store?.database.close()
  await world?.stop()
})

const FIRST = 'the first one'
const SECOND = 'the second one'
const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const administration = (now = new Date()) => ({ store, now: now.toISOString(), newId: () => v7() })

interface Signed {
  readonly cookie: string
  readonly token: string
}

const signIn = (password: string) => world.send('POST', '/v1/sessions', { body: { login: person.username, password } })

async function signedIn(password: string): Promise<Signed> {
  const answer = await signIn(password)
  assert.equal(answer.status, 201, answer.text)
  return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '', token: answer.json.csrf_token }
}

const by = ({ cookie, token }: Signed, method: string, path: string, body?: unknown) =>
  world.send(method, `/v1${path}`, { headers: { cookie, 'x-csrf-token': token, 'idempotency-key': v7() }, body })

const change = (signed: Signed, password: unknown, next: unknown) =>
  by(signed, 'POST', '/me/password', { password, new_password: next })

const reset = (token: unknown, password: unknown) =>
  world.send('POST', '/v1/password_resets', { body: { token, password } })

const link = async (now?: Date) => (await makePasswordLink(administration(now), tenantId(), person.id)).secret

function refusesField(answer: Received, field: string): void {
  assert.deepEqual([answer.status, answer.json.errors?.[0]?.field], [400, field], answer.text)
}

describe('a change of the password', () => {
  test('ends the other sessions, and this one goes on', async () => {
    const [signed, other] = [await signedIn(FIRST), await signedIn(FIRST)]
    const changed = await change(signed, FIRST, SECOND)
    assert.deepEqual([changed.status, changed.text], [204, ''])
    assert.equal((await by(signed, 'GET', '/me')).status, 200)
    assert.equal((await by(other, 'GET', '/me')).status, 401)
    assert.equal((await signIn(FIRST)).status, 401)
    assert.equal((await signIn(SECOND)).status, 201)
  })

  test('is done when it is sent once more, and keeps no digest of a password', async () => {
    const signed = await signedIn(FIRST)
    for (let time = 0; time < 2; time++) assert.equal((await change(signed, FIRST, SECOND)).status, 204)
    const { rows } = await outside.query('select 1 from claims where tenant_id = $1', [tenantId()])
    assert.deepEqual(rows, [])
  })

  test('is told by an event that holds neither password', async () => {
    const signed = await signedIn(FIRST)
    await change(signed, FIRST, SECOND)
    const { rows } = await outside.query(
      'select kind, actor_id, before, after from events where tenant_id = $1 and subject_id = $2',
      [tenantId(), person.id],
    )
    assert.deepEqual(rows, [{ kind: 'user.password_changed', actor_id: person.id, before: null, after: null }])
  })

  test('needs the present one, and names the field that is wrong', async () => {
    const signed = await signedIn(FIRST)
    refusesField(await change(signed, 'not it', SECOND), 'password')
    refusesField(await change(signed, undefined, SECOND), 'password')
    refusesField(await change(signed, FIRST, undefined), 'new_password')
    const short = await change(signed, FIRST, 'seven c')
    refusesField(short, 'new_password')
    assert.equal(short.json.errors[0].rule, 'too_short')
    assert.equal((await signIn(FIRST)).status, 201)
  })

  test('is locked after ten guesses, whoever has the session', async () => {
    const signed = await signedIn(FIRST)
    for (let time = 0; time < 10; time++) refusesField(await change(signed, `guess ${time}`, SECOND), 'password')
    const locked = await change(signed, FIRST, SECOND)
    assert.equal(locked.status, 429, locked.text)
    assert.ok(Number(locked.headers.get('retry-after')) > 0)
  })
})

describe('a password link', () => {
  test('sets the password once, and ends every session', async () => {
    const signed = await signedIn(FIRST)
    const secret = await link()
    assert.equal((await reset(secret, SECOND)).status, 204)
    assert.equal((await by(signed, 'GET', '/me')).status, 401)
    assert.equal((await signIn(FIRST)).status, 401)
    assert.equal((await signIn(SECOND)).status, 201)
    refusesField(await reset(secret, 'the third one'), 'token')
    assert.equal((await signIn(SECOND)).status, 201)
  })

  test('sets one password, however many use it at once', async () => {
    const secret = await link()
    const passwords = Array.from({ length: 8 }, (_, nth) => `password ${nth}`)
    const answers = await Promise.all(passwords.map((password) => reset(secret, password)))
    const set = passwords.filter((_, nth) => answers[nth]?.status === 204)
    assert.equal(set.length, 1, answers.map(({ text }) => text).join())
    assert.equal((await signIn(set[0] ?? '')).status, 201)
  })

  test('is ended by the next one, by its day, and by a change of the password', async () => {
    const [older, newer] = [await link(), await link()]
    refusesField(await reset(older, SECOND), 'token')
    assert.equal((await change(await signedIn(FIRST), FIRST, SECOND)).status, 204)
    refusesField(await reset(newer, 'the third one'), 'token')
    const old = await link(new Date(Date.now() - 25 * 3_600_000))
    refusesField(await reset(old, 'the third one'), 'token')
    refusesField(await reset('nonsense', 'the third one'), 'token')
  })

  test('is no way in for whoever was kept out, and no credential', async () => {
    const secret = await link()
    const headers = { authorization: `Bearer ${secret}` }
    assert.equal((await world.send('GET', '/v1/me', { headers })).status, 401)
    await setActive(administration(), tenantId(), person.id, false)
    refusesField(await reset(secret, SECOND), 'token')
  })

  test('unlocks the logins of its person from there', async () => {
    for (let time = 0; time < 10; time++) assert.equal((await signIn('forgotten')).status, 401)
    assert.equal((await signIn(FIRST)).status, 429)
    assert.equal((await reset(await link(), SECOND)).status, 204)
    assert.equal((await signIn(SECOND)).status, 201)
  })

  test('is made by who manages all desks of its person, tells it once, and is recorded without it', async () => {
    const key = world.value('POLYDESK_API_KEY')
    const as = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } })
    const ask = (secret: string, id = person.id) => world.send('POST', `/v1/users/${id}/password_link`, as(secret))
    const [first, made] = [await ask(key), await ask(key)]
    assert.deepEqual([made.status, made.headers.get('cache-control')], [201, 'no-store'], made.text)
    assert.ok(Date.parse(made.json.expires_at) > Date.now())
    refusesField(await reset(first.json.token, SECOND), 'token')
    const { json, text } = await world.send('GET', '/v1/events?after=0&limit=200', as(key))
    const told = json.data.filter((event: { readonly subject: string }) => event.subject === person.id)
    const kinds = told.map(({ kind }: { readonly kind: string }) => kind)
    assert.deepEqual(kinds.slice(-2), ['user.password_link_created', 'user.password_link_created'])
    assert.ok(!text.includes(made.json.token))
    assert.equal((await reset(made.json.token, SECOND)).status, 204)
    assert.equal((await signIn(SECOND)).status, 201)

    const me = (await world.send('GET', '/v1/me', as(key))).json.user.id
    refusesField(await ask(key, me), 'user')
    assert.equal((await ask(key, v7())).status, 404)
    await setActive(administration(), tenantId(), person.id, false)
    refusesField(await ask(key), 'user')
    const issued = await world.send('POST', '/v1/credentials', {
      ...as(key),
      body: { name: 'Little', scopes: ['user.manage', 'user.read'] },
    })
    assert.equal((await ask(issued.json.secret)).status, 403)
  })

  test('is kept as a digest', async () => {
    const secret = await link()
    const { rows } = await outside.query('select to_jsonb(c)::text as row from credentials c')
    assert.ok(rows.every(({ row }) => !row.includes(secret)))
  })
})
