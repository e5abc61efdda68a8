/** Pages of other sites (CORS): which answers they may read. That browsers agree: test/end-to-end. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { openDatabase } from '../src/storage/database.ts'
import { openStore } from '../src/storage/store.ts'
import { type Received, startWorld, type World } from './world.ts'

const APP = 'https://app.example.com'
const OTHER = 'https://other.example.com'
const GENERAL = 'https://console.example.com'

let world: World
/** A key of Moov for APP, one for OTHER, one for nobody; native keys likewise. */
let keys: { readonly app: string; readonly other: string; readonly none: string; readonly native: string }

before(async () => {
  world = await startWorld({ POLYDESK_ORIGINS: GENERAL })
  const store = openStore(openDatabase({ connection: world.database.connection }))
  const admin = { store, now: new Date().toISOString(), newId: () => v7() }
  const issue = async (dialect: string, kind: string, origins: string[]) => {
    const found = CREDENTIAL_KINDS.find((each) => each.dialect === dialect && each.kind === kind) ?? assert.fail()
    const tenantId = world.value('SPACEBRING_NETWORK_ID')
    const made = await issueMinted(admin, tenantId, found, 'Page', world.value('SPACEBRING_ADMIN_USER_ID'), { origins })
    return made.publicId === null
      ? `Bearer ${made.secret}`
      : `Basic ${Buffer.from(`${made.publicId}:${made.secret}`).toString('base64')}`
  }
  keys = {
    app: await issue('moov', 'basic', [APP, 'http://localhost:3000']),
    other: await issue('moov', 'basic', [OTHER]),
    none: await issue('moov', 'basic', []),
    native: await issue('native', 'api_key', [APP]),
  }
  await store.database.close()
})
after(() => world?.stop())

const tickets = () => `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`
const allowed = ({ headers }: Received) => headers.get('access-control-allow-origin')

async function ask(
  method: string,
  path: string,
  origin: string | null,
  authorization?: string,
  body?: unknown,
  more = {},
) {
  const headers = { ...(origin === null ? {} : { origin }), ...(authorization ? { authorization } : {}), ...more }
  const answer = await world.send(method, path, { headers, body })
  const vary = answer.headers.get('vary')?.toLowerCase().split(/, */) ?? []
  assert.ok(vary.includes('origin'), `${method} ${path} varies by origin`)
  assert.notEqual(allowed(answer), '*')
  assert.equal(answer.headers.get('access-control-allow-credentials'), null)
  return answer
}

const preflight = (
  path: string,
  origin: string,
  method = 'POST',
  names = 'authorization,content-type,x-moov-version',
) =>
  ask('OPTIONS', path, origin, undefined, undefined, {
    'access-control-request-method': method,
    'access-control-request-headers': names,
  })

async function tokenOf(authorization: string, origin: string): Promise<string> {
  const scope = `${tickets()}.read ${tickets()}.write`
  const answer = await ask('POST', '/oauth2/token', origin, authorization, { grant_type: 'client_credentials', scope })
  assert.deepEqual([answer.status, allowed(answer)], [200, origin])
  return `Bearer ${answer.json.access_token}`
}

test('a preflight is answered with the methods of the path, for origins that some key lists', async () => {
  const paths = {
    [tickets()]: 'GET, HEAD, POST, OPTIONS',
    '/ping': 'GET, HEAD, OPTIONS',
    '/webhooks': 'GET, HEAD, POST, OPTIONS',
  }
  for (const [path, methods] of [
    ...Object.entries(paths),
    ['/oauth2/token', 'POST'],
    ['/oauth2/revoke', 'GET, POST'],
  ] as const)
    for (const origin of [APP, OTHER, 'http://localhost:3000']) {
      const answer = await preflight(path, origin)
      assert.deepEqual([answer.status, allowed(answer), answer.text], [204, origin, ''], path)
      assert.equal(answer.headers.get('access-control-allow-methods'), methods)
      assert.equal(answer.headers.get('access-control-allow-headers'), 'authorization,content-type,x-moov-version')
      assert.ok(Number(answer.headers.get('access-control-max-age')) > 0)
    }
})

test('a preflight is for nobody else, and allows no header that is none', async () => {
  const strangers = [
    'https://evil.example',
    `${APP}.evil.example`,
    `${APP}:8443`,
    'http://app.example.com',
    'null',
    '*',
    `${APP}/`,
  ]
  for (const origin of strangers)
    for (const path of [tickets(), '/oauth2/token']) {
      const answer = await preflight(path, origin)
      assert.deepEqual([allowed(answer), answer.headers.get('access-control-allow-headers')], [null, null], origin)
    }
  const odd = await preflight(tickets(), APP, 'POST', 'a b; c')
  assert.equal(odd.headers.get('access-control-allow-headers'), null)
})

test('a token’s answers are for the origins of its key, and of no other, errors too', async () => {
  const token = await tokenOf(keys.app, APP)
  const help = { title: 'T', body: 'B', contact: { email: 'pat@example.com' } }
  const calls: readonly (readonly [number, string, string, unknown?])[] = [
    [200, 'POST', tickets(), help],
    [200, 'GET', tickets()],
    [422, 'POST', tickets(), {}],
    [400, 'POST', tickets(), 'x'],
    [404, 'GET', `${tickets()}/${v7()}`],
    [403, 'GET', `/accounts/${v7()}/tickets`],
    [413, 'POST', tickets(), 'x'.repeat(1_100_000)],
    [405, 'DELETE', tickets()],
    [404, 'GET', '/accounts/none/none/none'],
  ]
  for (const [status, method, path, body] of calls) {
    const answer = await ask(method, path, APP, token, body)
    assert.deepEqual([answer.status, allowed(answer)], [status, APP], `${method} ${path}`)
    const exposed = answer.headers.get('access-control-expose-headers') ?? ''
    for (const name of ['x-request-id', 'retry-after']) assert.ok(exposed.includes(name))
  }
  for (const origin of [OTHER, 'https://evil.example', 'null']) {
    const answer = await ask('GET', tickets(), origin, token)
    assert.deepEqual([answer.status, allowed(answer)], [403, null], origin)
  }
  // A key itself needs no origin, and no page but its own reads what it got.
  assert.equal(allowed(await ask('GET', tickets(), APP, keys.app)), APP)
  for (const origin of [OTHER, GENERAL]) {
    const answer = await ask('GET', tickets(), origin, keys.app)
    assert.deepEqual([answer.status, allowed(answer)], [200, null])
  }
  assert.equal(allowed(await ask('GET', tickets(), APP, keys.none)), null, 'a key without a list is for no page')
  assert.equal(allowed(await ask('GET', tickets(), null, token)), null)
})

test('a page can read that its login is over', async () => {
  for (const authorization of [undefined, 'Bearer over', 'Basic eDp5']) {
    const answer = await ask('GET', tickets(), APP, authorization)
    assert.deepEqual([answer.status, allowed(answer)], [401, APP])
    assert.equal(allowed(await ask('GET', tickets(), 'https://evil.example', authorization)), null)
  }
  const wrong = await ask('POST', '/oauth2/token', APP, 'Basic eDp5', {
    grant_type: 'client_credentials',
    scope: '/ping.read',
  })
  assert.deepEqual([wrong.status, allowed(wrong)], [401, APP])
  const elsewhere = await ask('POST', '/oauth2/token', OTHER, keys.app, {
    grant_type: 'client_credentials',
    scope: '/ping.read',
  })
  assert.deepEqual([elsewhere.status, allowed(elsewhere)], [403, null])
})

test('native: a key with a list is for its pages, every other for those of the configuration', async () => {
  const general = `Bearer ${world.value('POLYDESK_API_KEY')}`
  const expected: readonly (readonly [string, string, string | null])[] = [
    [keys.native, APP, APP],
    [keys.native, GENERAL, null],
    [general, GENERAL, GENERAL],
    [general, APP, null],
    [general, 'https://evil.example', null],
    ['Bearer over', GENERAL, GENERAL],
    ['Bearer over', APP, APP],
    ['Bearer over', OTHER, null],
  ]
  for (const [authorization, origin, shown] of expected)
    assert.equal(allowed(await ask('GET', '/v1/tickets', origin, authorization)), shown, `${origin}`)
  assert.equal(allowed(await preflight('/v1/tickets', GENERAL)), GENERAL)
  assert.equal(allowed(await preflight('/v1/tickets', OTHER)), null, 'a list of Moov is none of the native API')
})

test('the other dialects and the login page are for no page of another site', async () => {
  for (const path of [
    '/api/v2/ticket',
    '/api/v1/Tickets/getSubjects',
    '/support/tickets/v1',
    '/oauth2/authorize',
    '/healthz',
    '/openapi/moov.json',
  ])
    for (const method of ['GET', 'OPTIONS']) {
      const headers = { origin: APP, 'access-control-request-method': 'GET' }
      assert.equal(allowed(await world.send(method, path, { headers })), null, path)
    }
})
