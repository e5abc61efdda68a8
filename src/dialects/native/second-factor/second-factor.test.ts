import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { TOTP, URI } from 'otpauth'
import pg from 'pg'
import { v7 } from 'uuid'
import { polydesk } from '../../../../test/process.ts'
import { databaseUrl, type Received, startWorld, type World } from '../../../../test/world.ts'
import type { Role } from '../../../core/identity/permissions.ts'
import { makePasswordLink } from '../../../core/passwords/commands.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'

const PASSWORD = 'the first one'

let world: World
let store: Store
/** Looks at what is kept. */
let outside: pg.Client
/** A person of the test's own: a customer of the default desk, with a password. */
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
  const memberships = [{ deskId: world.value('MOOV_ACCOUNT_ID'), role: 'customer' as const }]
  const given = { kind: 'person', isOwner: false, name: 'Pia', username, password: PASSWORD, memberships } as const
  person = { ...(await createUser(administration(), tenantId(), given)), username }
})
after(async () => {
  await outside?.end()
  await store?.database.close()
  await world?.stop()
})

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const administration = () => ({ store, now: new Date().toISOString(), newId: () => v7() })

interface Signed {
  readonly cookie: string
  readonly token: string
}

const desk = () => world.value('MOOV_ACCOUNT_ID')
const otherDesk = () => world.value('MOOV_CONNECTED_ACCOUNT_ID')

/** A key of somebody with a role on desks. */
async function keyOf(role: Role, desks: readonly string[], own: object = {}): Promise<string> {
  const memberships = desks.map((deskId) => ({ deskId, role }))
  const given = { kind: 'person', isOwner: false, name: 'Somebody', memberships } as const
  const { id } = await createUser(administration(), tenantId(), given)
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  const made = await world.send('POST', '/v1/credentials', { headers, body: { name: 'Key', user: id, ...own } })
  assert.equal(made.status, 201, made.text)
  return made.json.secret
}

const signIn = (code?: unknown, password = PASSWORD) =>
  world.send('POST', '/v1/sessions', { body: { login: person.username, password, code } })

async function signedIn(code?: string): Promise<Signed> {
  const answer = await signIn(code)
  assert.equal(answer.status, 201, answer.text)
  return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '', token: answer.json.csrf_token }
}

const by = ({ cookie, token }: Signed, method: string, path: string, body?: unknown) =>
  world.send(method, `/v1/me${path}`, { headers: { cookie, 'x-csrf-token': token }, body })

function refuses(answer: Received, status: number, what: string): void {
  const { errors, code } = answer.json
  assert.deepEqual([answer.status, errors?.[0]?.field ?? code], [status, what], answer.text)
}

interface SetUp {
  readonly signed: Signed
  readonly totp: TOTP
  readonly recoveryCodes: readonly string[]
  /** A code that was not used: of the step after the one that set it up. */
  readonly next: string
  /** The code that set it up. */
  readonly used: string
}

/** Sets up a second factor in the first half minute in which nothing ends before the test does. */
async function setUp(): Promise<SetUp> {
  const signed = await signedIn()
  const begun = await by(signed, 'POST', '/second_factor', { password: PASSWORD })
  assert.equal(begun.status, 201, begun.text)
  const totp = URI.parse(begun.json.uri)
  assert.ok(totp instanceof TOTP)
  // The step before is right too, so the present one and the one after are left, whenever this half minute ends.
  const timestamp = Date.now()
  const [used, next] = [-1, 0].map((steps) => totp.generate({ timestamp: timestamp + steps * 30_000 }))
  assert.ok(used !== undefined && next !== undefined)
  const confirmed = await by(signed, 'POST', '/second_factor/confirmation', { code: used })
  // A half minute may have ended in between; then the next one has just begun.
  if (confirmed.status === 400) return setUp()
  assert.equal(confirmed.status, 200, confirmed.text)
  assert.equal(confirmed.headers.get('cache-control'), 'no-store')
  return { signed, totp, recoveryCodes: confirmed.json.recovery_codes, next, used }
}

/** A code that is wrong for years. */
const WRONG = 'AAAA-AAAA-AAAA-AAAA'

describe('a second factor', () => {
  test('counts once a first code was given, and not before', async () => {
    const signed = await signedIn()
    const show = async () => (await by(signed, 'GET', '/second_factor')).json
    assert.deepEqual(await show(), { since: null, recovery_codes: 0 })
    refuses(await by(signed, 'POST', '/second_factor/confirmation', { code: '123456' }), 409, 'conflict')
    refuses(await by(signed, 'POST', '/second_factor', { password: 'not it' }), 400, 'password')
    assert.equal((await by(signed, 'POST', '/second_factor', { password: PASSWORD })).status, 201)
    assert.equal((await signIn()).status, 201)
    refuses(await by(signed, 'POST', '/second_factor/confirmation', { code: WRONG }), 400, 'code')
    assert.deepEqual(await show(), { since: null, recovery_codes: 0 })
    const { recoveryCodes } = await setUp()
    const shown = await show()
    assert.deepEqual([shown.recovery_codes, new Set(recoveryCodes).size], [10, 10])
    assert.ok(Date.parse(shown.since) > 0)
    refuses(await by(signed, 'POST', '/second_factor', { password: PASSWORD }), 409, 'conflict')
  })

  test('is asked for after the right password only', async () => {
    const { next } = await setUp()
    refuses(await signIn(), 401, 'second_factor_required')
    refuses(await signIn(next, 'not it'), 401, 'unauthenticated')
    refuses(await signIn(undefined, 'not it'), 401, 'unauthenticated')
    const wrong = await signIn(WRONG)
    refuses(wrong, 401, 'second_factor_required')
    assert.match(wrong.json.title, /not right/)
    assert.equal((await signIn(next)).status, 201)
  })

  test('takes no code twice, nor one of before', async () => {
    const { used, next, recoveryCodes } = await setUp()
    refuses(await signIn(used), 401, 'second_factor_required')
    assert.equal((await signIn(next)).status, 201)
    refuses(await signIn(next), 401, 'second_factor_required')
    const [first = ''] = recoveryCodes
    const twins = await Promise.all(Array.from({ length: 4 }, () => signIn(first)))
    assert.deepEqual(twins.map(({ status }) => status).toSorted(), [201, 401, 401, 401])
  })

  test('is replaced by a recovery code, written with or without its dashes, once', async () => {
    const { signed, recoveryCodes } = await setUp()
    const [first = '', second = ''] = recoveryCodes
    assert.equal((await signIn(first)).status, 201)
    refuses(await signIn(first), 401, 'second_factor_required')
    assert.equal((await signIn(` ${second.replaceAll('-', '')} `)).status, 201)
    assert.equal((await by(signed, 'GET', '/second_factor')).json.recovery_codes, 8)
  })

  test('is locked after ten wrong codes, which a right password does not forgive', async () => {
    const { recoveryCodes } = await setUp()
    for (let time = 0; time < 10; time++) {
      refuses(await signIn(WRONG), 401, 'second_factor_required')
      refuses(await signIn(), 401, 'second_factor_required')
    }
    const locked = await signIn(recoveryCodes[0])
    assert.equal(locked.status, 429, locked.text)
    assert.ok(Number(locked.headers.get('retry-after')) > 0)
  })

  test('does not tell by it that a password is right while that is locked', async () => {
    await setUp()
    for (let time = 0; time < 10; time++) refuses(await signIn(undefined, 'not it'), 401, 'unauthenticated')
    assert.equal((await signIn()).status, 429)
  })

  test('gets other recovery codes by password and code, and those before end', async () => {
    const { signed, next, recoveryCodes } = await setUp()
    const renew = (password: unknown, code: unknown) =>
      by(signed, 'POST', '/second_factor/recovery_codes', { password, code })
    refuses(await renew('not it', next), 400, 'password')
    refuses(await renew(PASSWORD, WRONG), 400, 'code')
    const renewed = await renew(PASSWORD, next)
    assert.equal(renewed.status, 200, renewed.text)
    refuses(await signIn(recoveryCodes[0]), 401, 'second_factor_required')
    assert.equal((await signIn(renewed.json.recovery_codes[0])).status, 201)
  })

  test('is turned off by password and code, and once more', async () => {
    const { signed, next } = await setUp()
    const end = (password: unknown, code: unknown) => by(signed, 'POST', '/second_factor/removal', { password, code })
    refuses(await end('not it', next), 400, 'password')
    refuses(await end(PASSWORD, WRONG), 400, 'code')
    refuses(await end(PASSWORD, undefined), 400, 'code')
    for (let time = 0; time < 2; time++) assert.equal((await end(PASSWORD, next)).status, 204)
    assert.equal((await signIn()).status, 201)
    const { rows } = await outside.query(
      'select kind, before, after from events where tenant_id = $1 and subject_id = $2 order by position',
      [tenantId(), person.id],
    )
    const kind = 'user.second_factor_changed'
    const [off, on] = [{ second_factor: false }, { second_factor: true }]
    assert.deepEqual(rows, [
      { kind, before: off, after: on },
      { kind, before: on, after: off },
    ])
  })

  test('stays when the password is set by a link, and goes when the operator takes it away', async () => {
    await setUp()
    const { secret } = await makePasswordLink(administration(), tenantId(), person.id)
    const body = { token: secret, password: PASSWORD }
    assert.equal((await world.send('POST', '/v1/password_resets', { body })).status, 204)
    refuses(await signIn(), 401, 'second_factor_required')
    const reset = () =>
      polydesk(['user', 'reset-second-factor', person.id], { DATABASE_URL: databaseUrl(world.database) })
    const done = await reset()
    assert.deepEqual([done.code, done.stdout], [0, 'Done. They sign in by the password alone.\n'], done.stderr)
    assert.match((await reset()).stderr, /has no second factor/)
    assert.equal((await signIn()).status, 201)
  })

  test('is seen and taken away by who manages all desks of its person, and by nobody else', async () => {
    const { signed } = await setUp()
    const path = `/v1/users/${person.id}/second_factor`
    const send = (method: string, key: string) =>
      world.send(method, path, { headers: { authorization: `Bearer ${key}` } })
    const owner = world.value('POLYDESK_API_KEY')
    assert.ok(Date.parse((await send('GET', owner)).json.since) > 0)
    refuses(await send('DELETE', await keyOf('agent', [desk()])), 403, 'forbidden')
    refuses(await send('DELETE', await keyOf('admin', [otherDesk()])), 404, 'not_found')
    refuses(await send('DELETE', await keyOf('admin', [desk()], { desk: desk() })), 403, 'forbidden')
    refuses(
      await send('DELETE', await keyOf('admin', [desk()], { scopes: ['user.manage', 'user.read'] })),
      403,
      'forbidden',
    )
    const own = await world.send('DELETE', path, {
      headers: { cookie: signed.cookie, 'x-csrf-token': signed.token },
    })
    assert.equal(own.status, 403)
    refuses(await signIn(), 401, 'second_factor_required')
    const admin = await keyOf('admin', [desk()])
    for (let time = 0; time < 2; time++) assert.equal((await send('DELETE', admin)).status, 204)
    assert.deepEqual((await send('GET', admin)).json, { since: null })
    assert.equal((await signIn()).status, 201)
    const events = await world.send('GET', '/v1/events?after=0&limit=200', {
      headers: { authorization: `Bearer ${owner}` },
    })
    const told = events.json.data.filter((event: { readonly subject: string }) => event.subject === person.id)
    assert.partialDeepStrictEqual(told.at(-1), {
      kind: 'user.second_factor_changed',
      before: { second_factor: true },
      after: { second_factor: false },
    })
    assert.notEqual(told.at(-1).actor, null)
  })

  test('keeps everybody out of logins that cannot carry a code, in the words of a wrong password', async () => {
    const body = { username: person.username, password: PASSWORD }
    const login = () => world.send('POST', '/api/v1/subscriber/Login', { body })
    assert.equal((await login()).status, 200)
    await setUp()
    const refused = await login()
    assert.deepEqual([refused.status, refused.json], [401, { message: 'Invalid credentials' }])
  })

  test('is erased with its person, and neither secret nor recovery codes are kept as they are', async () => {
    const { totp, recoveryCodes } = await setUp()
    const kept = async () =>
      (
        await outside.query(
          `select encode(f.secret, 'escape') || coalesce(string_agg(encode(r.hash, 'escape'), ' '), '') as text
           from second_factors f left join recovery_codes r using (tenant_id, user_id) where user_id = $1 group by f.secret`,
          [person.id],
        )
      ).rows
    const [{ text }] = await kept()
    for (const secret of [totp.secret.base32, ...recoveryCodes]) assert.ok(!text.includes(secret.replaceAll('-', '')))
    const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
    const erased = await world.send('DELETE', `/v1/users/${person.id}`, { headers })
    assert.equal(erased.status, 204, erased.text)
    assert.deepEqual(await kept(), [])
    assert.deepEqual((await outside.query('select from recovery_codes where user_id = $1', [person.id])).rows, [])
  })
})
