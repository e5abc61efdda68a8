import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Client, Grant } from './client.ts'
import {
  isSecretOf,
  keptChallenge,
  mayExchange,
  mayRefresh,
  originOf,
  redirectUriProblem,
  registeredRedirectUri,
} from './rules.ts'

const NOW = '2026-01-15T10:00:00.000Z'
const BEFORE = '2026-01-15T09:59:59.999Z'
const AFTER = '2026-01-15T10:00:00.001Z'

const client: Client = {
  tenantId: 'tenant',
  id: 'client',
  dialect: 'any',
  publicId: 'public',
  name: 'App',
  secretHash: createHash('sha256').update('public:secret').digest('base64'),
  userId: 'user',
  deskId: null,
  scopes: [],
  redirectUris: [],
  origins: [],
}

const grant: Grant = {
  id: 'grant',
  clientId: 'client',
  scopes: ['x'],
  redirectUri: 'https://example.com/',
  codeChallenge: null,
  codeExpiresAt: AFTER,
  codeUsedAt: null,
  refreshExpiresAt: null,
  revokedAt: null,
  userActive: true,
}

const nothing = { redirectUri: null, verifier: null }

test('a code is exchanged only by its client, in time, once, while the grant and its user are good', () => {
  assert.ok(mayExchange(grant, client, nothing, NOW))
  for (const wrong of [
    { clientId: 'another' },
    { codeExpiresAt: NOW },
    { codeExpiresAt: null },
    { codeUsedAt: BEFORE },
    { revokedAt: BEFORE },
    { userActive: false },
    { codeChallenge: 'x' },
  ])
    assert.ok(!mayExchange({ ...grant, ...wrong }, client, nothing, NOW), JSON.stringify(wrong))
})

test('only the verifier of a challenge proves it', () => {
  // RFC 7636, appendix B.
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const challenged = { ...grant, codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }
  assert.ok(mayExchange(challenged, client, { ...nothing, verifier }, NOW))
  const proves = (other: string) =>
    [challenged, grant].some((each) => mayExchange(each, client, { ...nothing, verifier: other }, NOW))
  fc.assert(fc.property(fc.string(), (other) => assert.ok(!proves(other))))
})

test('a refresh token is good for its client until it ends, or until it is revoked when it has no end', () => {
  assert.ok(mayRefresh(grant, client, NOW))
  assert.ok(mayRefresh({ ...grant, refreshExpiresAt: AFTER }, client, NOW))
  for (const wrong of [
    { refreshExpiresAt: NOW },
    { revokedAt: BEFORE },
    { userActive: false },
    { clientId: 'another' },
  ])
    assert.ok(!mayRefresh({ ...grant, ...wrong }, client, NOW), JSON.stringify(wrong))
})

test('a secret is right only as it was issued', () => {
  assert.ok(isSecretOf(client, 'secret'))
  fc.assert(fc.property(fc.string(), (other) => assert.equal(isSecretOf(client, other), other === 'secret')))
})

test('people are sent back only to addresses that nobody else can listen at', () => {
  for (const uri of [
    'https://app.example.com/back?x=1',
    'http://127.0.0.1:5000/',
    'http://localhost/',
    'com.example.app:/back',
  ])
    assert.equal(redirectUriProblem(uri), null, uri)
  for (const uri of [
    '',
    'https://user@app.example.com/back',
    'https://user:secret@app.example.com/back',
    'https://@app.example.com/back',
    'https://app.example.com@evil.example/',
    'com.example.app://user@back',
    'https://app.example.com\\@evil.example/',
    'https://app.example.com/a b',
    ' https://app.example.com/',
    'https://app.exa\tmple.com/',
    'https://ünsafe.example/',
    '/back',
    'http://example.com/',
    'https://example.com/#x',
    'javascript:alert(1)',
    'data:text/html,x',
  ])
    assert.notEqual(redirectUriProblem(uri), null, uri)
})

test('an app on the own computer is answered at any port, and nobody anywhere else than registered', () => {
  const registered = [
    'http://127.0.0.1/back?x=1',
    'http://[::1]:5000/six',
    'http://localhost:3000/local',
    'https://app.example.com:8443/back',
    'com.example.app:/back',
  ]
  for (const uri of [
    ...registered,
    'http://127.0.0.1:49152/back?x=1',
    'http://127.0.0.1:1/back?x=1',
    'http://[::1]/six',
    'http://[::1]:65535/six',
    'http://localhost:8080/local',
    'http://127.0.0.1:8080/local',
  ])
    assert.equal(registeredRedirectUri(registered, uri), uri)
  for (const uri of [
    'http://127.0.0.1:49152/back',
    'http://127.0.0.1:49152/back?x=1&y=2',
    'http://127.0.0.1:49152/other?x=1',
    'http://127.0.0.2:49152/back?x=1',
    'http://127.0.0.1:49152/back?x=1#y',
    'https://127.0.0.1:49152/back?x=1',
    'http://127.0.0.1:99999/back?x=1',
    'http://127.0.0.1:/back?x=1',
    'http://127.0.0.1:80@evil.example/back?x=1',
    'http://127.0.0.1:80.evil.example/back?x=1',
    'http://127.0.0.1.evil.example/back?x=1',
    'http://127.1:80/back?x=1',
    'http://[::2]:5000/six',
    'http://localhost.evil.example:3000/local',
    'http://user@localhost:3000/local',
    'https://app.example.com/back',
    'https://app.example.com:9000/back',
    'com.example.app:/other',
    '',
  ])
    assert.equal(registeredRedirectUri(registered, uri), null, uri)
  const user = 'https://user@app.example.com/back'
  assert.equal(registeredRedirectUri([user], user), null, 'registered before it was refused')
})

test('a plain challenge is its verifier, and never taken for the digest of one', () => {
  const verifier = 'x'.repeat(43)
  const plain = { ...grant, codeChallenge: keptChallenge(verifier, 'plain') }
  assert.ok(mayExchange(plain, client, { ...nothing, verifier }, NOW))
  for (const other of ['y'.repeat(43), `${verifier}x`, '', `plain:${verifier}`, null])
    assert.ok(!mayExchange(plain, client, { ...nothing, verifier: other }, NOW))
  assert.ok(
    !mayExchange({ ...grant, codeChallenge: keptChallenge(verifier, 'S256') }, client, { ...nothing, verifier }, NOW),
  )
  for (const [challenge, method] of [
    ['short', 'S256'],
    ['short', 'plain'],
    [`plain:${'x'.repeat(40)}`, 'S256'],
  ] as const)
    assert.equal(keptChallenge(challenge, method), null)
})

test('an origin is scheme and host, as browsers send it', () => {
  assert.equal(originOf('https://App.example.com'), 'https://app.example.com')
  assert.equal(originOf('http://localhost:3000'), 'http://localhost:3000')
  for (const text of ['app.example.com', 'https://app.example.com/', 'https://a.example/x', 'ftp://a.example', 'null'])
    assert.equal(originOf(text), null, text)
})
