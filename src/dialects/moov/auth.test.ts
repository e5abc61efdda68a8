import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fastify from 'fastify'
import { userWith } from '../../../test/users.ts'
import type { Desk, Tenant } from '../../core/catalogue/tenant.ts'
import { Refusal } from '../../core/errors.ts'
import { type Actor, may, worksOn } from '../../core/identity/actor.ts'
import { PERMISSIONS } from '../../core/identity/permissions.ts'
import { answerError, WireRefusal } from '../wire.ts'
import { admit, authenticate, type Need, presentedIn, scopesAllow } from './auth.ts'
import { errors } from './errors.ts'

const desk = (id: string, integer: number, active = true): Desk => ({
  id,
  integer,
  name: `Desk ${integer}`,
  isDefault: integer === 1,
  active,
  createdAt: '2026-01-01T00:00:00.000Z',
  addresses: [],
})

const PLATFORM = desk('6f9619ff-8b86-4d01-b42d-00cf4fc96401', 1)
const CONNECTED = desk('6f9619ff-8b86-4d01-b42d-00cf4fc96402', 2)
const OTHER = desk('6f9619ff-8b86-4d01-b42d-00cf4fc96403', 3)
const DISCONNECTED = desk('6f9619ff-8b86-4d01-b42d-00cf4fc96404', 4, false)
const UNWORKED = desk('6f9619ff-8b86-4d01-b42d-00cf4fc96405', 5)
const UNKNOWN = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'

const tenant: Tenant = {
  id: 'tenant',
  name: 'Tenant',
  desks: [PLATFORM, CONNECTED, OTHER, DISCONNECTED, UNWORKED],
  defaultDesk: PLATFORM,
  groups: [],
  topics: [],
  types: [],
  statusLabels: [],
  priorityLabels: [],
  channels: [],
  forms: [],
  fields: [],
  tagWays: [],
  searchLanguage: null,
}

function actor(kind: 'basic' | 'access_token', deskId: string | null, scopes: readonly string[] = []): Actor {
  return {
    tenantId: tenant.id,
    user: userWith({
      id: 'user',
      kind: 'service',
      name: 'Moov client',
      memberships: [PLATFORM, CONNECTED, OTHER, DISCONNECTED].map(({ id }) => ({ id, deskId: id, role: 'agent' })),
    }),
    credential: { id: 'credential', dialect: 'moov', kind, name: 'key', scopes, deskId, expiresAt: null },
    permissions: new Set(PERMISSIONS),
  }
}

const on = (account: Desk, right: string): string => `/accounts/${account.id}/${right}`

const CREDENTIALS: Readonly<Record<string, Actor>> = {
  'basic pk:sk': actor('basic', null),
  'basic pk-default:sk': actor('basic', PLATFORM.id),
  'basic pk-connected:sk': actor('basic', CONNECTED.id),
  'access_token own': actor('access_token', PLATFORM.id, [on(PLATFORM, 'tickets.write')]),
  'access_token path': actor('access_token', null, [on(CONNECTED, 'tickets.write')]),
  'access_token partner': actor('access_token', null, [on(PLATFORM, 'tickets.write'), on(CONNECTED, 'profile.read')]),
  'access_token profile': actor('access_token', null, [on(CONNECTED, 'profile.read')]),
  'access_token reader': actor('access_token', null, [on(CONNECTED, 'tickets.read')]),
  'access_token strayed': actor('access_token', CONNECTED.id, [on(OTHER, 'tickets.write')]),
}

const access = {
  resolve: async (dialect: string, kind: string, secret: string) => {
    assert.equal(dialect, 'moov')
    return CREDENTIALS[`${kind} ${secret}`] ?? null
  },
  tenant: async () => tenant,
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

/** What `admit` makes of a real request: the actor, or the status of the answer. */
async function admitted(
  accountId: string,
  need: Need,
  headers: Readonly<Record<string, string>>,
): Promise<Actor | number> {
  const server = fastify()
  let outcome: Actor | number = 0
  server.get('/accounts/:accountID/tickets', async (request) => {
    try {
      outcome = await admit(request, need, { access }, await authenticate(request, { access }))
    } catch (error) {
      assert.ok(error instanceof Refusal || error instanceof WireRefusal, String(error))
      outcome = answerError(errors, error.error).status
    }
    return {}
  })
  await server.inject({ url: `/accounts/${accountId}/tickets`, headers })
  return outcome
}

async function status(accountId: string, need: Need, headers: Readonly<Record<string, string>>): Promise<number> {
  const outcome = await admitted(accountId, need, headers)
  return typeof outcome === 'number' ? outcome : 200
}

const CREATE = 'create a ticket'
const READ = 'read tickets'

test('an API key of the default desk reaches every account, another key only its own', async () => {
  const reach = async (pair: string) =>
    Promise.all([PLATFORM, CONNECTED, OTHER].map(({ id }) => status(id, CREATE, { authorization: basic(pair) })))
  assert.deepEqual(await reach('pk:sk'), [200, 200, 200])
  assert.deepEqual(await reach('pk-default:sk'), [200, 200, 200])
  assert.deepEqual(await reach('pk-connected:sk'), [403, 200, 403])
})

test('the admitted actor sees the account in the path only and may do only what the operation needs', async () => {
  const outcome = await admitted(CONNECTED.id.toUpperCase(), CREATE, { authorization: basic('pk:sk') })
  assert.ok(typeof outcome === 'object')
  assert.deepEqual([...outcome.permissions], ['ticket.create'])
  assert.ok(may(outcome, 'ticket.create', CONNECTED.id))
  assert.ok(worksOn(outcome, CONNECTED.id))
  assert.ok(!worksOn(outcome, PLATFORM.id))
})

test('a token is held to its scopes', async () => {
  const reach = async (token: string, need: Need) =>
    Promise.all([PLATFORM, CONNECTED].map(({ id }) => status(id, need, { authorization: `Bearer ${token}` })))
  assert.deepEqual(await reach('own', CREATE), [200, 403])
  assert.deepEqual(await reach('own', 'close a ticket'), [200, 403])
  assert.deepEqual(await reach('own', READ), [403, 403])
  assert.deepEqual(await reach('path', CREATE), [403, 200])
  assert.deepEqual(await reach('partner', CREATE), [200, 200])
  assert.deepEqual(await reach('profile', CREATE), [403, 403])
  assert.deepEqual(await reach('reader', READ), [403, 200])
  assert.deepEqual(await reach('reader', CREATE), [403, 403])
})

test('a scope on an account that the token’s own account does not reach is worth nothing', async () => {
  assert.equal(await status(OTHER.id, CREATE, { authorization: 'Bearer strayed' }), 403)
})

test('on behalf of another account both scopes are needed, each on its account', () => {
  assert.ok(scopesAllow(['/accounts/p/tickets.write', '/accounts/c/profile.read'], 'tickets.write', 'p', 'c'))
  assert.ok(!scopesAllow(['/accounts/p/tickets.write', '/accounts/p/profile.read'], 'tickets.write', 'p', 'c'))
  assert.ok(!scopesAllow(['/accounts/p/tickets.write'], 'tickets.write', 'p', 'c'))
  assert.ok(!scopesAllow(['/accounts/c/profile.read'], 'tickets.write', 'p', 'c'))
})

describe('accounts out of reach', () => {
  const headers = { authorization: basic('pk:sk') }

  test('one that does not exist and one without membership are refused alike', async () => {
    for (const need of [CREATE, READ] as const) {
      assert.equal(await status(UNKNOWN, need, headers), 403)
      assert.equal(await status(UNWORKED.id, need, headers), 403)
    }
  })

  test('a disconnected one is gone to writers that reached it', async () => {
    assert.equal(await status(DISCONNECTED.id, CREATE, headers), 404)
    assert.equal(await status(DISCONNECTED.id, READ, headers), 403)
    assert.equal(await status(DISCONNECTED.id, CREATE, { authorization: basic('pk-connected:sk') }), 403)
  })

  test('a malformed id is a syntax error to writers only', async () => {
    assert.equal(await status('acct_1', CREATE, headers), 400)
    assert.equal(await status('acct_1', READ, headers), 403)
  })
})

describe('the version header', () => {
  const answer = (version: string, authorization = basic('pk:sk')) =>
    status(PLATFORM.id, CREATE, { authorization, 'X-Moov-Version': version })

  test('every well-formed version is served', async () => {
    for (const version of ['v2024.01.00', 'v2026.08.00', 'v2020.04.03', 'v2099.10.00', 'latest', 'dev']) {
      assert.equal(await answer(version), 200, version)
    }
  })

  test('a malformed one is answered 404, before anything is said about the credential', async () => {
    for (const version of ['2022', 'v2024', 'v2024.13.00', 'v2024.1.0', '2024.01.00', 'v2024.01.00, latest', '']) {
      assert.equal(await answer(version, 'Bearer nobody'), 404, version)
    }
  })
})

test('without a known credential every account is 401, malformed or not', async () => {
  const wrong: readonly Readonly<Record<string, string>>[] = [
    {},
    { authorization: basic('pk:wrong') },
    { authorization: 'Bearer x' },
    { authorization: 'Token own' },
  ]
  for (const headers of wrong) {
    assert.equal(await status(PLATFORM.id, CREATE, headers), 401)
    assert.equal(await status('acct_1', CREATE, headers), 401)
  }
})

test('both credentials are read as they are presented', () => {
  assert.deepEqual(presentedIn(basic('pk:s:k')), { kind: 'basic', secret: 'pk:s:k' })
  assert.deepEqual(presentedIn('bEARER t0ken'), { kind: 'access_token', secret: 't0ken' })
  for (const header of [undefined, '', 'Basic', 'Bearer ', basic('pk'), basic('pk:'), basic(':sk'), 'Bearer a b']) {
    assert.equal(presentedIn(header), null, String(header))
  }
})
