import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import * as oauth from 'oauth4webapi'
import { TOTP } from 'otpauth'
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2'
import { anyText } from './arbitraries.ts'
import { assertDocumented } from './documented.ts'
import { databaseUrl, type Received, startWorld, type World } from './world.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const BACK = 'https://app.example.com/back?from=polydesk'
const NOBODY = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

/** Runs the real command line on the server's database. */
async function cli(...args: readonly string[]): Promise<string> {
  const program = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts')
  const env = { ...process.env, DATABASE_URL: databaseUrl(world.database), POLYDESK_DATA_DIR: world.dataDir }
  return (await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout
}

interface Pair {
  readonly id: string
  readonly secret: string
}

async function newClient(...args: readonly string[]): Promise<Pair> {
  const told = await cli('client', 'create', ...args)
  const value = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(told)?.[1] ?? assert.fail(told)
  return { id: value('client_id'), secret: value('client_secret') }
}

const basic = ({ id, secret }: Pair) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
const form = (fields: Record<string, string>) => new URLSearchParams(fields)

/** Every answer of the authorization server can be traced, whatever it says (S41). */
async function ask(
  method: string,
  path: string,
  options: { readonly headers?: Record<string, string>; readonly body?: unknown } = {},
): Promise<Received> {
  const answer = await world.send(method, `/oauth2/${path}`, options)
  assert.match(answer.headers.get('x-request-id') ?? '', UUID_V4, `${method} ${path}`)
  return answer
}

function answers(received: Received, status: number, body: unknown): void {
  assert.deepEqual(
    { status: received.status, body: received.text === '' ? undefined : received.json },
    { status, body },
  )
}

const networkTickets = (accessToken: string, network = world.value('SPACEBRING_NETWORK_ID')) =>
  world.send('GET', `/support/tickets/v1?locationRef=${world.value('SPACEBRING_LOCATION_ID')}`, {
    headers: { authorization: `Bearer ${accessToken}`, 'spacebring-network-id': network },
  })

// --- a person and their browser ---------------------------------------------------------------------------------------

const UNESCAPED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const unescaped = (text: string) =>
  text.replace(/&(#?\w+);/g, (_, name: string) => UNESCAPED[name] ?? assert.fail(name))

/** The page as a browser keeps it. */
interface Page {
  readonly cookie: string
  readonly sealed: string
  readonly text: string
  readonly headers: Headers
}

async function open(url: URL | string): Promise<Page> {
  const answer = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } })
  const text = await answer.text()
  assertDocumented('GET', '/oauth2/authorize', { status: answer.status, headers: answer.headers, text })
  assert.equal(answer.status, 200, text)
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  const sealed = unescaped(/name="request" value="([^"]+)"/.exec(text)?.[1] ?? assert.fail(text))
  return { cookie, sealed, text, headers: answer.headers }
}

async function press(page: Pick<Page, 'cookie' | 'sealed'>, fields: Record<string, string>): Promise<Response> {
  const answer = await fetch(`${world.url}/oauth2/authorize`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: page.cookie },
    body: form({ request: page.sealed, ...fields }),
  })
  const text = await answer.clone().text()
  assertDocumented('POST', '/oauth2/authorize', { status: answer.status, headers: answer.headers, text })
  return answer
}

const owner = () => ({ email: world.value('CONSOLE_EMAIL'), password: world.value('CONSOLE_PASSWORD') })
const allow = (page: Page) => press(page, { ...owner(), decision: 'allow' })

/** Where the browser is sent after the owner let the client in. */
async function letIn(url: URL | string): Promise<URL> {
  const answer = await allow(await open(url))
  assert.equal(answer.status, 303, await answer.clone().text())
  return new URL(answer.headers.get('location') ?? '')
}

function authorizeUrl(parameters: Record<string, string>): string {
  return `${world.url}/oauth2/authorize?${form({ response_type: 'code', ...parameters })}`
}

/** Sets up a second factor of a person. @returns a recovery code. */
async function secondFactor(login: string, password: string): Promise<string> {
  const signed = await world.send('POST', '/v1/sessions', { body: { login, password } })
  const cookie = signed.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const headers = { cookie, 'x-csrf-token': signed.json.csrf_token }
  const begun = await world.send('POST', '/v1/me/second_factor', { headers, body: { password } })
  const code = new TOTP({ secret: begun.json.secret }).generate()
  const confirmed = await world.send('POST', '/v1/me/second_factor/confirmation', { headers, body: { code } })
  assert.equal(confirmed.status, 200, confirmed.text)
  return confirmed.json.recovery_codes[0]
}

// --- Spacebring -------------------------------------------------------------------------------------------------------

describe('an independent client', () => {
  test('gets in by authorization code with PKCE, refreshes, and revokes', async () => {
    const app = await newClient('spacebring', '--name', 'Coffee & <Partners>', '--redirect-uri', BACK)
    const server: oauth.AuthorizationServer = {
      issuer: world.url,
      authorization_endpoint: `${world.url}/oauth2/authorize`,
      token_endpoint: `${world.url}/oauth2/token`,
      revocation_endpoint: `${world.url}/oauth2/revoke`,
    }
    const client: oauth.Client = { client_id: app.id }
    const insecure = { [oauth.allowInsecureRequests]: true }
    const secret = oauth.ClientSecretPost(app.secret)
    const verifier = oauth.generateRandomCodeVerifier()
    const url = new URL(server.authorization_endpoint ?? '')
    url.search = form({
      client_id: app.id,
      redirect_uri: BACK,
      response_type: 'code',
      scope: 'support locations.readonly',
      state: 'a state & more',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString()

    const back = await letIn(url)
    assert.equal(`${back.origin}${back.pathname}`, 'https://app.example.com/back')
    assert.equal(back.searchParams.get('from'), 'polydesk')
    const callback = oauth.validateAuthResponse(server, client, back, 'a state & more')
    const exchanged = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, secret, callback, BACK, verifier, insecure),
    )
    assert.deepEqual(
      { ...exchanged, access_token: '', refresh_token: '' },
      {
        access_token: '',
        refresh_token: '',
        expires_in: 3600,
        scope: 'support locations.readonly',
        token_type: 'bearer',
      },
    )
    assert.equal((await networkTickets(exchanged.access_token)).status, 200)

    const refreshToken = exchanged.refresh_token ?? assert.fail()
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, secret, refreshToken, insecure),
    )
    assert.equal(refreshed.refresh_token, refreshToken, 'a refresh keeps the refresh token (S4)')
    assert.notEqual(refreshed.access_token, exchanged.access_token)
    for (const token of [exchanged.access_token, refreshed.access_token])
      assert.equal((await networkTickets(token)).status, 200)

    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, secret, refreshed.access_token, insecure),
    )
    for (const token of [exchanged.access_token, refreshed.access_token])
      assert.equal((await networkTickets(token)).status, 401, 'one token revoked, the whole grant is')
    answers(
      await ask('POST', 'token', {
        body: form({
          client_id: app.id,
          client_secret: app.secret,
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
        }),
      }),
      400,
      {
        error: 'invalid_grant',
        error_description: 'The code or token is unknown, used, expired, revoked or not this client’s.',
      },
    )
  })

  test("of another make gets in with the network's own client id, scopes separated by commas and no redirect URI", async () => {
    const pair = { id: world.value('SPACEBRING_CLIENT_ID'), secret: world.value('SPACEBRING_CLIENT_SECRET') }
    await cli('client', 'change', pair.id, '--redirect-uri', BACK)
    const app = new AuthorizationCode({
      client: pair,
      auth: {
        tokenHost: world.url,
        tokenPath: '/oauth2/token',
        authorizePath: '/oauth2/authorize',
        revokePath: '/oauth2/revoke',
      },
      options: { authorizationMethod: 'body', scopeSeparator: ',' },
    })
    const back = await letIn(app.authorizeURL({ redirect_uri: BACK, scope: ['support.readonly', 'plans'], state: '1' }))
    // The type demands a redirect URI; the vendor's documented body has none, and neither has this request.
    const exchange: Parameters<typeof app.getToken>[0] = JSON.parse(
      JSON.stringify({ code: back.searchParams.get('code') }),
    )
    const token = await app.getToken(exchange)
    assert.equal(token.token['scope'], 'support.readonly plans')
    assert.ok(!token.expired())
    const held = String(token.token['access_token'])
    const read = await networkTickets(held)
    assert.equal(read.status, 200)
    const created = await world.send('POST', '/support/tickets/v1', {
      headers: { authorization: `Bearer ${held}`, 'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID') },
      body: { ticket: { locationRef: world.value('SPACEBRING_LOCATION_ID'), text: 'x', type: 'other' } },
    })
    assert.equal(created.status, 403, 'reading is not writing')
    const fresh = await token.refresh()
    assert.equal(fresh.token['refresh_token'], token.token['refresh_token'])
    await fresh.revokeAll()
    assert.equal((await networkTickets(held)).status, 401)
  })

  test('gets in with Moov keys by client credentials, refreshes, and revokes', async () => {
    const scope = `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets.read`
    const app = new ClientCredentials({
      client: { id: world.value('MOOV_PUBLIC_KEY'), secret: world.value('MOOV_SECRET_KEY') },
      auth: { tokenHost: world.url, tokenPath: '/oauth2/token', revokePath: '/oauth2/revoke' },
      options: { bodyFormat: 'json' },
    })
    const { token } = await app.getToken({ scope })
    assert.equal(token['scope'], scope)
    assert.equal(token['token_type'], 'Bearer')
    assert.equal((await accountTickets(String(token['access_token']))).status, 200)
    const fresh = await app.createToken(token).refresh()
    assert.notEqual(fresh.token['refresh_token'], token['refresh_token'])
    assert.equal((await accountTickets(String(token['access_token']))).status, 401, 'a refresh rotates both (M7)')
    assert.equal((await accountTickets(String(fresh.token['access_token']))).status, 200)
    // This library reads every answer as JSON, and the vendor's 204 has none.
    const revoked = await ask('POST', 'revoke', { body: { token: fresh.token['refresh_token'] } })
    answers(revoked, 204, undefined)
    assert.equal((await accountTickets(String(fresh.token['access_token']))).status, 401)
  })
})

describe('the consent page', () => {
  let app: Pair
  before(async () => {
    app = await newClient('spacebring', '--name', `Eve's <script>alert(1)</script>`, '--redirect-uri', BACK)
  })
  const request = (more: Record<string, string> = {}) =>
    authorizeUrl({ client_id: app.id, redirect_uri: BACK, scope: 'support', ...more })

  test('runs nothing, loads nothing, is framed by nobody, and leads only here and back', async () => {
    const page = await open(request())
    assert.doesNotMatch(page.text, /<script|\son\w+=|style="/i)
    assert.match(page.text, /Eve&#39;s &lt;script&gt;/)
    const policy = page.headers.get('content-security-policy') ?? ''
    for (const each of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self' https://app.example.com",
    ])
      assert.ok(policy.split('; ').includes(each), policy)
    assert.equal(page.headers.get('cache-control'), 'no-store')
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
    assert.match(page.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Strict$/)
  })

  test('accepts no form that another browser was shown, or none at all', async () => {
    const page = await open(request())
    const other = await open(request())
    for (const forged of [
      { cookie: other.cookie, sealed: page.sealed },
      { cookie: '', sealed: page.sealed },
      { cookie: page.cookie, sealed: 'x' },
      { cookie: page.cookie, sealed: `${page.sealed.slice(0, -3)}abc` },
    ]) {
      const answer = await press(forged, { ...owner(), decision: 'allow' })
      assert.equal(answer.status, 400)
      assert.equal(answer.headers.get('location'), null)
    }
  })

  test('shows a wrong password and an unknown address alike', async () => {
    const page = await open(request())
    const texts = []
    for (const email of [world.value('CONSOLE_EMAIL'), 'nobody@example.com']) {
      const answer = await press(page, { email, password: 'wrong', decision: 'allow' })
      assert.equal(answer.status, 401)
      texts.push((await answer.text()).replaceAll(email, '').replace(/value="ey[^"]+"/, ''))
    }
    assert.match(texts[0] ?? '', /role="alert"/)
    assert.equal(texts[0], texts[1])
  })

  test('tells the app when the person says no', async () => {
    const answer = await press(await open(request({ state: 's' })), { decision: 'deny' })
    assert.equal(answer.headers.get('location'), `${BACK}&error=access_denied&state=s`)
  })

  test('is not shown, and nobody is sent anywhere, for an unknown client or address', async () => {
    const expected = (message: string) => ({ message, type: 'validationError' })
    const unknown = await ask('GET', `authorize?${form({ client_id: 'x', redirect_uri: BACK, response_type: 'code' })}`)
    answers(unknown, 400, expected('The client is unknown.'))
    const elsewhere = { client_id: app.id, redirect_uri: `${BACK}x`, response_type: 'code' }
    answers(
      await ask('GET', `authorize?${form(elsewhere)}`),
      400,
      expected('The redirect URI is not one of this client.'),
    )
    const moov = { ...elsewhere, client_id: world.value('MOOV_PUBLIC_KEY'), redirect_uri: BACK }
    answers(await ask('GET', `authorize?${form(moov)}`), 400, expected('The client is unknown.'))
  })

  test('tells every other mistake to the app', async () => {
    const errorOf = async (more: Record<string, string>) => {
      const answer = await fetch(request({ state: 's', ...more }), { redirect: 'manual' })
      assert.equal(answer.status, 302)
      const back = new URL(answer.headers.get('location') ?? '')
      assert.equal(back.searchParams.get('state'), 's')
      return back.searchParams.get('error')
    }
    assert.equal(await errorOf({ response_type: 'token' }), 'unsupported_response_type')
    assert.equal(await errorOf({ scope: 'support,nonsense' }), 'invalid_scope')
    assert.equal(await errorOf({ scope: '' }), 'invalid_request')
    assert.equal(await errorOf({ code_challenge: 'x'.repeat(43) }), 'invalid_request', 'plain PKCE')
    assert.equal(await errorOf({ code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }), 'invalid_request')
    assert.equal(await errorOf({ code_challenge_method: 'plain' }), 'invalid_request')
    assert.equal(await errorOf({ code_challenge: 'short', code_challenge_method: 'S256' }), 'invalid_request')
  })

  test('locks a name after ten failures from one address, also with the right password then', async () => {
    const agent = 'agent@example.com'
    const page = await open(request())
    const attempts = Array.from({ length: 13 }, () => press(page, { email: agent, password: 'no', decision: 'allow' }))
    const statuses = (await Promise.all(attempts)).map(({ status }) => status).sort()
    assert.deepEqual(statuses, [...Array(10).fill(401), ...Array(3).fill(429)])
    const password = /^password (\S+)$/m.exec(await cli('user', 'password', agent))?.[1] ?? assert.fail()
    const locked = await press(page, { email: agent, password, decision: 'allow' })
    assert.equal(locked.status, 429)
    assert.ok(Number(locked.headers.get('retry-after')) > 0)
    assert.equal((await allow(page)).status, 303, 'nobody else is locked')
  })

  test('asks for the code of whoever has a second factor', async () => {
    await cli('user', 'add', 'Twofold', '--email', 'twofold@example.com')
    const password =
      /^password (\S+)$/m.exec(await cli('user', 'password', 'twofold@example.com'))?.[1] ?? assert.fail()
    const code = await secondFactor('twofold@example.com', password)
    const page = await open(request())
    const person = { email: 'twofold@example.com', password, decision: 'allow' }
    const without = await press(page, person)
    assert.equal(without.status, 401)
    assert.match(await without.text(), /Enter the code of your second factor as well\./)
    const wrong = await press(page, { ...person, code: 'AAAA-AAAA-AAAA-AAAA' })
    assert.equal(wrong.status, 401)
    assert.match(await wrong.text(), /The code is not right/)
    assert.equal((await press(page, { ...person, code })).status, 303)
  })
})

describe('a code', () => {
  let app: Pair
  let other: Pair
  before(async () => {
    app = await newClient('spacebring', '--name', 'App', '--redirect-uri', BACK)
    other = await newClient('spacebring', '--name', 'Other', '--redirect-uri', BACK)
  })
  async function newCode(more: Record<string, string> = {}): Promise<string> {
    const back = await letIn(authorizeUrl({ client_id: app.id, redirect_uri: BACK, scope: 'support', ...more }))
    return back.searchParams.get('code') ?? assert.fail(back.href)
  }
  const exchange = (code: string, more: Record<string, string> = {}, { id, secret } = app) =>
    ask('POST', 'token', {
      body: form({ client_id: id, client_secret: secret, grant_type: 'authorization_code', code, ...more }),
    })

  test('works once; a second use ends what the first one gave', async () => {
    const code = await newCode()
    const first = await exchange(code)
    assert.equal(first.status, 200, first.text)
    assert.equal(first.headers.get('cache-control'), 'no-store')
    assert.equal((await networkTickets(first.json.access_token)).status, 200)
    const second = await exchange(code)
    assert.deepEqual([second.status, second.json.error], [400, 'invalid_grant'])
    assert.equal((await networkTickets(first.json.access_token)).status, 401)
  })

  test('exchanged many times at once gives at most one pair', async () => {
    const code = await newCode()
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => exchange(code)))).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 200).length, 1)
    assert.equal(statuses.filter((status) => status === 400).length, 7)
  })

  test('is only for its client, its address and whoever holds its verifier', async () => {
    const verifier = oauth.generateRandomCodeVerifier()
    const challenge = await oauth.calculatePKCECodeChallenge(verifier)
    const code = await newCode({ code_challenge: challenge, code_challenge_method: 'S256' })
    for (const refused of [
      await exchange(code, { code_verifier: verifier }, other),
      await exchange(code, { code_verifier: verifier, redirect_uri: 'https://evil.example.com/' }),
      await exchange(code, { code_verifier: oauth.generateRandomCodeVerifier() }),
      await exchange(code),
    ])
      assert.deepEqual([refused.status, refused.json.error], [400, 'invalid_grant'])
    assert.equal((await exchange(code, { code_verifier: verifier, redirect_uri: BACK })).status, 200)
    const plain = await newCode()
    assert.equal((await exchange(plain, { code_verifier: verifier })).status, 400, 'a verifier without a challenge')
  })

  test('and tokens die with their client', async () => {
    const { json } = await exchange(await newCode())
    const listed = await cli('client', 'list')
    const id =
      listed
        .split('\n')
        .find((line) => line.includes(app.id))
        ?.split('  ')[0] ?? assert.fail(listed)
    assert.equal((await networkTickets(json.access_token)).status, 200)
    await cli('token', 'revoke', id)
    let status = 200
    for (let tries = 0; status === 200 && tries < 100; tries++) {
      status = (await networkTickets(json.access_token)).status
      if (status === 200) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    assert.equal(status, 401)
    assert.equal((await exchange('x')).status, 401, 'and the client is none any more')
  })
})

// --- Moov -------------------------------------------------------------------------------------------------------------

const accountTickets = (accessToken: string, headers: Record<string, string> = {}, account?: string) =>
  world.send('GET', `/accounts/${account ?? world.value('MOOV_ACCOUNT_ID')}/tickets`, {
    headers: { authorization: `Bearer ${accessToken}`, ...headers },
  })
const moovPair = (): Pair => ({ id: world.value('MOOV_PUBLIC_KEY'), secret: world.value('MOOV_SECRET_KEY') })
const onAccount = (right: string, account = world.value('MOOV_ACCOUNT_ID')) => `/accounts/${account}/${right}`

describe('a Moov token', () => {
  const token = (body: unknown, headers: Record<string, string> = {}, pair = moovPair()) =>
    ask('POST', 'token', { headers: { authorization: basic(pair), ...headers }, body })
  const credentials = (scope: string) => ({ grant_type: 'client_credentials', scope })

  test('comes by JSON or form, Basic or fields, with the five fields of the vendor', async () => {
    const scope = onAccount('tickets.read')
    const pair = moovPair()
    const fields = { client_id: pair.id, client_secret: pair.secret }
    const begun = Math.floor(Date.now() / 1000)
    for (const made of [
      await token(credentials(scope)),
      await token(form(credentials(scope))),
      await ask('POST', 'token', { body: { ...credentials(scope), ...fields } }),
      await ask('POST', 'token', { body: form({ ...credentials(scope), ...fields }) }),
    ]) {
      assert.equal(made.status, 200, made.text)
      assert.deepEqual(Object.keys(made.json).sort(), [
        'access_token',
        'expires_in',
        'refresh_token',
        'scope',
        'token_type',
      ])
      assert.equal(made.json.token_type, 'Bearer')
      assert.ok(made.json.expires_in >= begun + 3600, 'a Unix timestamp (M7)')
      assert.equal((await accountTickets(made.json.access_token)).status, 200)
    }
  })

  test('reaches a connected account with the own scope and its profile', async () => {
    const connected = world.value('MOOV_CONNECTED_ACCOUNT_ID')
    const both = await token(credentials(`${onAccount('tickets.read')} ${onAccount('profile.read', connected)}`))
    assert.equal((await accountTickets(both.json.access_token, {}, connected)).status, 200)
    const one = await token(credentials(onAccount('tickets.read')))
    assert.equal((await accountTickets(one.json.access_token, {}, connected)).status, 403)
  })

  test('is refused as the vendor does (M6)', async () => {
    const pair = moovPair()
    answers(await token(credentials('/ping.read'), {}, { ...pair, secret: 'x' }), 401, { error: 'invalid_client' })
    answers(await token(credentials('/ping.read'), {}, { id: 'x', secret: 'x' }), 401, { error: 'invalid_client' })
    answers(await ask('POST', 'token', { body: credentials('/ping.read') }), 401, { error: 'invalid_client' })
    answers(await token({ grant_type: 'password' }), 400, { error: 'unsupported_grant_type' })
    answers(await token({ grant_type: 'authorization_code', code: 'x' }), 400, { error: 'unsupported_grant_type' })
    answers(await token({ grant_type: 'client_credentials' }), 422, { scope: 'cannot be blank' })
    answers(await token({ grant_type: 'refresh_token' }), 422, { refresh_token: 'cannot be blank' })
    answers(await token({ grant_type: 'refresh_token', refresh_token: 'x' }), 400, { error: 'invalid_grant' })
    answers(await token(credentials('/accounts/tickets.everything')), 422, { scope: 'must be a valid value' })
    answers(await token(credentials(onAccount('money.print'))), 422, { scope: 'must be a valid value' })
    answers(await token(credentials(onAccount('tickets.read', NOBODY))), 403, undefined)
    answers(await token([]), 400, { error: 'invalid_request', error_description: 'The body is not a JSON object.' })
  })

  test('of a key with domains works from these only (M9)', async () => {
    const home = 'https://app.example.com'
    const pair = await newClient('moov', '--name', 'Browser', '--origin', home, '--origin', 'http://localhost:3000')
    const asked = credentials(onAccount('tickets.read'))
    for (const headers of [
      {},
      { origin: 'https://evil.example.com' },
      { origin: `${home}/path` },
      { referer: 'https://evil.example.com/' },
      { origin: 'https://evil.example.com', referer: `${home}/page` },
    ])
      answers(await token(asked, headers, pair), 403, undefined)
    const made = await token(asked, { referer: `${home}/page?x=1` }, pair)
    assert.equal(made.status, 200, made.text)
    const held = made.json.access_token
    assert.equal((await accountTickets(held, { origin: 'http://localhost:3000' })).status, 200)
    assert.equal((await accountTickets(held, { origin: 'https://evil.example.com' })).status, 403)
    assert.equal((await accountTickets(held)).status, 403)
    const direct = await world.send('GET', `${onAccount('tickets')}`, { headers: { authorization: basic(pair) } })
    assert.equal(direct.status, 200, 'a key itself works from anywhere')
  })
})

// --- both vendors on one path -----------------------------------------------------------------------------------------

describe('revoking', () => {
  async function moovToken(): Promise<string> {
    const body = { grant_type: 'client_credentials', scope: onAccount('tickets.read') }
    const made = await ask('POST', 'token', { headers: { authorization: basic(moovPair()) }, body })
    return made.json.access_token
  }

  test("answers as the token's vendor does, without a client", async () => {
    const held = await moovToken()
    answers(await ask('POST', 'revoke', { body: { token: held } }), 204, undefined)
    assert.equal((await accountTickets(held)).status, 401)
    const byHand =
      /^secret (\S+)$/m.exec(await cli('token', 'create', 'spacebring', 'access_token'))?.[1] ?? assert.fail()
    assert.equal((await networkTickets(byHand)).status, 200)
    answers(await ask('GET', `revoke?token=${byHand}`), 200, {})
    assert.equal((await networkTickets(byHand)).status, 401)
  })

  test('of what nobody knows answers by the place of the token (S41, M45)', async () => {
    answers(await ask('POST', 'revoke', { body: { token: 'x' } }), 204, undefined)
    answers(await ask('POST', 'revoke', { body: form({ token: 'x' }) }), 204, undefined)
    answers(await ask('POST', 'revoke?token=x'), 200, {})
    answers(await ask('POST', 'revoke', { body: {} }), 400, { error: 'invalid_request' })
  })

  test("with another client's name does nothing, and does not tell", async () => {
    const held = await moovToken()
    const stranger = await newClient('moov', '--name', 'Stranger')
    for (const authorization of [basic(stranger), basic({ ...moovPair(), secret: 'wrong' })])
      answers(await ask('POST', 'revoke', { headers: { authorization }, body: { token: held } }), 204, undefined)
    assert.equal((await accountTickets(held)).status, 200)
    const hinted = { token: held, token_type_hint: 'nonsense' }
    const headers = { authorization: basic(moovPair()) }
    answers(await ask('POST', 'revoke', { headers, body: hinted }), 422, { token_type_hint: 'must be a valid value' })
    answers(await ask('POST', 'revoke', { headers, body: {} }), 422, { token: 'cannot be blank' })
    answers(await ask('POST', 'revoke', { headers, body: { token: held } }), 204, undefined)
    assert.equal((await accountTickets(held)).status, 401)
  })
})

test('nothing that is sent makes the authorization server fail, or gets anybody in', async () => {
  const value = fc.oneof(
    anyText(),
    fc.constantFrom(
      '',
      '\0',
      'authorization_code',
      'client_credentials',
      'refresh_token',
      'allow',
      'support',
      '/ping.read',
    ),
    fc.constantFrom(world.value('MOOV_PUBLIC_KEY'), world.value('SPACEBRING_CLIENT_ID'), world.value('CONSOLE_EMAIL')),
  )
  const name = fc.constantFrom(
    ...['client_id', 'client_secret', 'grant_type', 'code', 'refresh_token', 'scope', 'token', 'token_type_hint'],
    ...['redirect_uri', 'code_verifier', 'response_type', 'state', 'request', 'decision', 'email', 'password'],
  )
  const fields = fc.array(fc.tuple(name, value), { maxLength: 6 })
  const path = fc.constantFrom('token', 'revoke', 'authorize')
  const property = fc.asyncProperty(
    path,
    fields,
    fc.constantFrom('form', 'json', 'query'),
    async (where, pairs, how) => {
      const query = new URLSearchParams(pairs.map(([key, text]) => [key, text.toWellFormed()]))
      const answer =
        how === 'query'
          ? await ask('GET', `${where}?${query}`)
          : await ask('POST', where, { body: how === 'form' ? query : Object.fromEntries(pairs) })
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`)
      assert.doesNotMatch(answer.text, /access_token/)
    },
  )
  await fc.assert(property, { numRuns: 150 })
})

test('what the authorization server does not know is refused, traceable', async () => {
  assert.equal((await ask('GET', 'nowhere')).status, 404)
  const wrong = await ask('GET', 'token')
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST'])
  const twice = await ask('POST', 'token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=refresh_token&grant_type=refresh_token',
  })
  assert.equal(twice.json.error, 'invalid_request')
  assert.equal((await ask('POST', 'token', { body: '{', headers: { 'content-type': 'application/json' } })).status, 400)
})
