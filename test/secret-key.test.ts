import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { TOTP } from 'otpauth'
import { type TestDatabase, testDatabase } from './database.ts'
import { type Installation, laterInstallation, polydesk, type Served, until } from './process.ts'
import { databaseUrl, send } from './world.ts'

/** The secret key of an installation is replaced, as an operator does it, and nothing that it made is lost. */

let database: TestDatabase
let installation: Installation
let environment: Readonly<Record<string, string>>

before(async () => {
  database = await testDatabase()
  installation = await laterInstallation()
  environment = { DATABASE_URL: databaseUrl(database), POLYDESK_DATA_DIR: installation.dataDir }
})
after(async () => {
  await installation.remove()
  await database.close()
})

async function stop(served: Served): Promise<void> {
  served.signal('SIGTERM')
  await served.ended
}

async function command(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await polydesk(args, environment)
  assert.equal(code, 0, stderr)
  return stdout
}

/** Gives the demo's person a second factor. @returns a recovery code. */
async function secondFactor({ url, quickstart }: Served): Promise<string> {
  const password = quickstart['CONSOLE_PASSWORD']
  const signed = await send(url, 'POST', '/v1/sessions', { body: { login: quickstart['CONSOLE_EMAIL'], password } })
  const cookie = signed.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const headers = { cookie, 'x-csrf-token': signed.json.csrf_token }
  const begun = await send(url, 'POST', '/v1/me/second_factor', { headers, body: { password } })
  const code = new TOTP({ secret: begun.json.secret }).generate()
  const confirmed = await send(url, 'POST', '/v1/me/second_factor/confirmation', { headers, body: { code } })
  assert.equal(confirmed.status, 200, confirmed.text)
  return confirmed.json.recovery_codes[0]
}

test('a new secret key takes over from the old one, and every secret, login and link of before goes on', async () => {
  const first = await installation.start(environment)
  const headers = { authorization: `Bearer ${first.quickstart['POLYDESK_API_KEY']}` }
  const body = { url: 'https://receiver.example/hook', events: ['ticket.created'] }
  const made = await send(first.url, 'POST', '/v1/webhooks', { headers, body })
  assert.equal(made.status, 201, made.text)
  const { id, secret } = made.json
  const login = await send(first.url, 'POST', '/api/v1/subscriber/Login', {
    body: { username: first.quickstart['NETGROOT_USERNAME'], password: first.quickstart['NETGROOT_PASSWORD'] },
  })
  const { token } = login.json
  assert.equal(login.status, 200, login.text)
  const recoveryCode = await secondFactor(first)
  await stop(first)

  await command('key', 'rotate')
  // Before the server runs with the new key, the old one may not go.
  assert.match(
    (await polydesk(['key', 'retire'], environment)).stderr,
    /1 webhook secrets and 1 second factors are still encrypted/,
  )

  const second = await installation.start(environment)
  await until('the secrets to be encrypted anew', () => second.stderr().includes('Encrypted the secrets of 1 webhooks'))
  await until('second factors too', () => second.stderr().includes('Encrypted the second factors of 1 people'))
  const subjects = await send(second.url, 'GET', '/api/v1/Tickets/getSubjects', {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(subjects.status, 200, subjects.text)
  assert.match(
    await command('key', 'status'),
    /^1 former keys[\s\S]*by the current key: 1; by a former one: 0\.\nSecond factors by the current key: 1; by a former one: 0\.$/m,
  )
  await stop(second)

  assert.match(await command('key', 'retire'), /The former keys are gone/)
  const third = await installation.start(environment)
  // Rotating the signing secret needs the stored one: it signs on for a while.
  const rotated = await send(third.url, 'POST', `/v1/webhooks/${id}/rotate_secret`, { headers })
  assert.equal(rotated.status, 200, rotated.text)
  assert.notEqual(rotated.json.secret, secret)
  // A code is compared with what the stored secret makes.
  const withCode = { login: third.quickstart['CONSOLE_EMAIL'], password: third.quickstart['CONSOLE_PASSWORD'] }
  const entered = await send(third.url, 'POST', '/v1/sessions', { body: { ...withCode, code: recoveryCode } })
  assert.equal(entered.status, 201, entered.text)
  const ended = await send(third.url, 'GET', '/api/v1/Tickets/getSubjects', {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(ended.status, 401)
  await stop(third)
})

test('a key that comes from the configuration is replaced there, and the command says how', async () => {
  const configured = { ...environment, POLYDESK_SECRET_KEY: 'k'.repeat(40) }
  const { code, stderr } = await polydesk(['key', 'rotate'], configured)
  assert.equal(code, 1)
  assert.match(stderr, /POLYDESK_FORMER_SECRET_KEYS/)
})
