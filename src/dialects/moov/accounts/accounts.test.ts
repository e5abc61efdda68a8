import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { LIST_OWNERS } from '../../../core/identity/store.ts'
import { createDesk } from '../../../core/tenants/commands.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { type Database, openDatabase } from '../../../storage/database.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

type Headers = Record<string, string>

let world: World
let database: Database
let platform: string
let connected: string
let further: string
let key: Headers
let keyOfConnected: Headers
let testKey: Headers

before(async () => {
  world = await startWorld()
  database = openDatabase({ connection: world.database.connection })
  platform = world.value('MOOV_ACCOUNT_ID')
  connected = world.value('MOOV_CONNECTED_ACCOUNT_ID')
  key = basic(world.value('MOOV_PUBLIC_KEY'), world.value('MOOV_SECRET_KEY'))
  further = (await createDesk(administration(), tenantId(), 'Gym 100% West')).id
  keyOfConnected = await newKey({ deskId: connected })
  testKey = await newKey({ testMode: true })
})
after(async () => {
  await database.close()
  await world.stop()
})

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const administration = () => ({ store: database, now: new Date().toISOString(), newId: () => v7() })
const basic = (publicKey: string, secretKey: string) => ({
  authorization: `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`,
})

async function newKey(choices: { readonly deskId?: string; readonly testMode?: boolean }): Promise<Headers> {
  const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'moov' && each.kind === 'basic')
  const [service] = await database.run(LIST_OWNERS.with({ tenant_id: tenantId() }))
  assert.ok(kind && service)
  const { publicId, secret } = await issueMinted(administration(), tenantId(), kind, 'Test', service.id, choices)
  return basic(publicId ?? '', secret)
}

async function tokenOf(headers: Headers, scope: string): Promise<Headers> {
  const body = { grant_type: 'client_credentials', scope }
  const { status, json, text } = await world.send('POST', '/oauth2/token', { headers, body })
  assert.equal(status, 200, text)
  return { authorization: `Bearer ${json.access_token}` }
}

const get = (path: string, headers: Headers): Promise<Received> => world.send('GET', path, { headers })
const listed = async (query = '', headers = key): Promise<string[]> =>
  (await get(`/accounts${query}`, headers)).json.map(({ accountID }: { accountID: string }) => accountID)

describe('Accounts', () => {
  test('those connected to the platform are listed; it finds itself by its id', async () => {
    const { json, headers } = await get('/accounts', key)
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f]{8}-/)
    const [account, ...others] = json
    assert.deepEqual(account, {
      accountID: connected,
      mode: 'production',
      accountType: 'business',
      displayName: 'Connected',
      profile: { business: { legalBusinessName: 'Connected', ownersProvided: false } },
      verification: { verificationStatus: 'unverified', status: 'unverified' },
      createdOn: account.createdOn,
      updatedOn: account.createdOn,
    })
    assert.deepEqual(
      others.map(({ accountID }: { accountID: string }) => accountID),
      [further],
    )
    assert.deepEqual((await get(`/accounts/${connected}`, key)).json, account)
    assert.equal((await get(`/accounts/${platform.toUpperCase()}`, key)).json.displayName, 'Default')
  })

  test('a key of a connected account is connected to nobody and reads itself', async () => {
    assert.deepEqual(await listed('', keyOfConnected), [])
    assert.equal((await get(`/accounts/${connected}`, keyOfConnected)).status, 200)
    for (const id of [platform, further, v7(), 'none']) {
      const answer = await get(`/accounts/${id}`, keyOfConnected)
      assert.deepEqual([answer.status, answer.text], [403, ''])
    }
  })

  test('a list is narrowed by name and by parts; what no account has here finds none', async () => {
    assert.deepEqual(await listed('?name=GYM%20100%25'), [further])
    assert.deepEqual(await listed('?name=%25'), [further])
    assert.deepEqual(await listed('?type=business&count=1'), [connected])
    assert.deepEqual(await listed('?skip=1&count=5000'), [further])
    assert.deepEqual(await listed('?skip=2'), [])
    for (const query of [
      'email=a@b.example',
      'foreignID=7',
      'type=individual',
      'capability=transfers',
      'capabilityStatus=enabled',
    ])
      assert.deepEqual(await listed(`?${query}`), [], query)
    for (const query of ['count=0', 'count=many', 'skip=-1', 'type=guest', 'includeDisconnected=perhaps']) {
      const answer = await get(`/accounts?${query}`, key)
      assert.equal(answer.status, 400, query)
      assert.equal(typeof answer.json.error, 'string')
    }
  })

  test('a token lists with /accounts.read and reads with profile.read of the account', async () => {
    const lister = await tokenOf(key, '/accounts.read')
    assert.deepEqual(await listed('', lister), [connected, further])
    assert.equal((await get(`/accounts/${connected}`, lister)).status, 403)
    const reader = await tokenOf(key, `/accounts/${connected}/profile.read`)
    assert.equal((await get(`/accounts/${connected}`, reader)).status, 200)
    assert.equal((await get(`/accounts/${platform}`, reader)).status, 403)
    assert.equal((await get('/accounts', reader)).status, 403)
  })

  test('a key for tests, and a token of it, sees them in sandbox mode', async () => {
    assert.equal((await get(`/accounts/${connected}`, testKey)).json.mode, 'sandbox')
    const token = await tokenOf(testKey, '/accounts.read')
    const { json } = await get('/accounts', token)
    assert.deepEqual(
      json.map(({ mode }: { mode: string }) => mode),
      ['sandbox', 'sandbox'],
    )
  })

  test('versions, credentials and methods are answered as elsewhere', async () => {
    assert.equal((await get('/accounts', { ...key, 'x-moov-version': '2022' })).status, 404)
    assert.equal((await get('/accounts', { ...key, 'x-moov-version': 'v2024.01.00' })).status, 200)
    assert.equal((await get('/accounts', basic('none', 'none'))).status, 401)
    const { status, headers } = await world.send('POST', '/accounts', { headers: key, body: {} })
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD, OPTIONS'])
  })

  test('a disconnected account is listed on demand only, and can still be read', async () => {
    const pool = new pg.Pool({ ...world.database.connection, max: 1 })
    try {
      await pool.query('update desks set active = false where tenant_id = $1 and id = $2', [tenantId(), further])
      // Nothing here disconnects an account yet, so that nothing tells of it either.
      await pool.query("select pg_notify('polydesk_access', $1)", [tenantId()])
    } finally {
      await pool.end()
    }
    for (let tries = 0; (await listed()).length > 1; tries++) assert.ok(tries < 500, 'it stays listed')
    assert.deepEqual(await listed('?includeDisconnected=false'), [connected])
    assert.deepEqual(await listed('?includeDisconnected=true'), [connected, further])
    assert.equal((await get(`/accounts/${further}`, key)).status, 200)
    assert.equal((await get(`/accounts/${further}/tickets`, key)).status, 403)
  })
})
