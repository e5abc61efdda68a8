/** What OAuth clients of all kinds do at `/oauth2`, with the newest versions of two that are used a lot. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { ClientCredentials } from 'simple-oauth2'
import { assertDocumented } from './documented.ts'
import { send, startWorld, type World } from './world.ts'

let world: World
before(async () => {
  world = await startWorld({ OAUTH_PKCE_PLAIN: 'on', MOOV_EXPIRES_IN: 'seconds' })
})
after(() => world?.stop())

const moov = () => ({ id: world.value('MOOV_PUBLIC_KEY'), secret: world.value('MOOV_SECRET_KEY') })
const basicOf = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
const serverOf = (): oauth.AuthorizationServer => ({
  issuer: world.url,
  token_endpoint: `${world.url}/oauth2/token`,
  revocation_endpoint: `${world.url}/oauth2/revoke`,
})
const insecure = { [oauth.allowInsecureRequests]: true }

test('a client that is not known is told so by a challenge with a realm and the error, whoever it says it is', async () => {
  const presented: readonly Record<string, string>[] = [
    {},
    { authorization: basicOf('none', 'none') },
    { authorization: basicOf(moov().id, 'wrong') },
    { authorization: basicOf(world.value('SPACEBRING_CLIENT_ID'), 'wrong') },
    { authorization: 'Bearer none' },
  ]
  for (const headers of presented) {
    const body = { grant_type: 'client_credentials', scope: '/ping.read' }
    const answer = await send(world.url, 'POST', '/oauth2/token', { headers, body })
    assert.equal(answer.status, 401)
    const challenge = answer.headers.get('www-authenticate') ?? ''
    assert.match(challenge, /^Basic realm="[^"]+"/)
    assert.match(challenge, /error="invalid_client"/)
    const response = new Response(answer.text, { status: 401, headers: answer.headers })
    await assert.rejects(oauth.processClientCredentialsResponse(serverOf(), { client_id: 'x' }, response), (error) => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError)
      const [told] = error.cause
      assert.equal(told?.scheme, 'basic')
      assert.deepEqual([told?.parameters['realm'], told?.parameters['error']], ['Polydesk', 'invalid_client'])
      return true
    })
  }
})

test('oauth4webapi gets a token by Basic and by fields', async () => {
  const { id, secret } = moov()
  for (const auth of [oauth.ClientSecretBasic(secret), oauth.ClientSecretPost(secret)]) {
    const client = { client_id: id }
    const parameters = new URLSearchParams({ scope: '/ping.read' })
    const response = await oauth.clientCredentialsGrantRequest(serverOf(), client, auth, parameters, insecure)
    const token = await oauth.processClientCredentialsResponse(serverOf(), client, response)
    assert.deepEqual([token.token_type, token.scope, token.expires_in], ['bearer', '/ping.read', 3600])
    const revoked = await oauth.revocationRequest(serverOf(), client, auth, token.access_token, insecure)
    await oauth.processRevocationResponse(revoked.status === 204 ? new Response('', { status: 200 }) : revoked)
  }
})

test('simple-oauth2 gets a token by Basic and by fields, and is told why it gets none', async () => {
  for (const authorizationMethod of ['header', 'body'] as const)
    for (const bodyFormat of ['form', 'json'] as const) {
      const auth = { tokenHost: world.url, tokenPath: '/oauth2/token' }
      const options = { authorizationMethod, bodyFormat }
      const token = await new ClientCredentials({ client: moov(), auth, options }).getToken({ scope: '/ping.read' })
      assert.equal(token.token['scope'], '/ping.read')
      const wrong = new ClientCredentials({ client: { ...moov(), secret: 'wrong' }, auth, options })
      await assert.rejects(wrong.getToken({ scope: '/ping.read' }), (error) => {
        assert.ok(error instanceof Error && 'output' in error)
        assert.partialDeepStrictEqual(error.output, { statusCode: 401 })
        return true
      })
    }
})

/** Where the owner is sent back to after letting the demo's client in. */
async function letIn(more: Record<string, string>): Promise<URL> {
  const client = world.value('SPACEBRING_CLIENT_ID')
  const asked = new URLSearchParams({ response_type: 'code', client_id: client, scope: 'support', ...more })
  const page = await fetch(`${world.url}/oauth2/authorize?${asked}`, { headers: { accept: 'text/html' } })
  const text = await page.text()
  assertDocumented('GET', '/oauth2/authorize', { status: page.status, headers: page.headers, text })
  assert.equal(page.status, 200, text)
  const answer = await fetch(`${world.url}/oauth2/authorize`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '' },
    body: new URLSearchParams({
      request: /name="request" value="([^"]+)"/.exec(text)?.[1] ?? '',
      email: world.value('CONSOLE_EMAIL'),
      password: world.value('CONSOLE_PASSWORD'),
      decision: 'allow',
    }),
  })
  assert.equal(answer.status, 303)
  return new URL(answer.headers.get('location') ?? '')
}

async function exchange(fields: Record<string, string>): Promise<number> {
  const authorization = basicOf(world.value('SPACEBRING_CLIENT_ID'), world.value('SPACEBRING_CLIENT_SECRET'))
  const body = { grant_type: 'authorization_code', ...fields }
  return (await send(world.url, 'POST', '/oauth2/token', { headers: { authorization }, body })).status
}

test('an app on the own computer is answered at the port it got when it ran, and its code is good for that address', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const address = `http://${host}:49152/docs/static/oauth2-redirect.html`
    const back = await letIn({ redirect_uri: address })
    assert.equal(`${back.origin}${back.pathname}`, address)
    const code = back.searchParams.get('code') ?? ''
    assert.equal(await exchange({ code, redirect_uri: address.replace('49152', '49153') }), 400)
    assert.equal(await exchange({ code, redirect_uri: address }), 200)
  }
})

test('where an option says so, the method plain of PKCE is taken, also as the default that it is; S256 stays', async () => {
  const verifier = 'v'.repeat(43)
  const digest = createHash('sha256').update(verifier).digest('base64url')
  for (const [asked, wrong] of [
    [{ code_challenge: verifier, code_challenge_method: 'plain' }, digest],
    [{ code_challenge: verifier }, 'w'.repeat(43)],
    [{ code_challenge: digest, code_challenge_method: 'S256' }, digest],
  ] as const) {
    const code = (await letIn(asked)).searchParams.get('code') ?? ''
    assert.equal(await exchange({ code, code_verifier: wrong }), 400)
    assert.equal(await exchange({ code, code_verifier: verifier }), 200)
  }
})
