import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from './contract/raw.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { type Installation, newInstallation, type Served, until } from './process.ts'
import { databaseUrl, send } from './world.ts'

/** What an operator sees who asks for the most of the log, read from a server of its own process. */

let database: TestDatabase
let installation: Installation
let served: Served

before(async () => {
  database = await testDatabase()
  installation = await newInstallation()
  served = await installation.start({ DATABASE_URL: databaseUrl(database), LOG_LEVEL: 'debug' })
})
after(async () => {
  await installation.remove()
  await database.close()
})

test('a key in the query of Omnidesk is never in the log, however its name is spelled', async () => {
  const key = served.quickstart['OMNIDESK_API_KEY'] ?? assert.fail()
  const names = ['apiKey', 'apikey', '%61piKey', 'api%4Bey', 'APIKEY']
  for (const [index, name] of names.entries()) {
    await send(served.url, 'GET', `/api/v2/ticket?itemLimit=1&${name}=${key}&query=seen${index}`)
    await until('the request in the log', () => served.stderr().includes(`query=seen${index}`))
  }
  assert.ok(served.stderr().includes('apiKey=[redacted]'))
  assert.ok(!served.stderr().includes(key))
})

test('nor is one that was sent to a path that takes none', async () => {
  for (const [index, path] of ['/v1/tickets', '/accounts/x/tickets', '/nowhere', '/', '/healthz'].entries()) {
    await send(served.url, 'GET', `${path}?access_token=astray${index}&Api-Key=astray${index}&seen=too${index}`)
    await until('the request in the log', () => served.stderr().includes(`seen=too${index}`))
  }
  assert.doesNotMatch(served.stderr(), /astray/)
})

test('nor however its path is spelled, and no more is what a link to a file is good by', async () => {
  const spelled = [
    'http://desk.example/api/v2/ticket',
    '/api/v%32/ticket',
    'http://desk.example/files/a/b',
    '/file%73/a/b',
  ]
  for (const [index, path] of spelled.entries()) {
    const line = `GET ${path}?apiKey=hidden${index}&signature=hidden${index} HTTP/1.1`
    const { status } = await exchange(served.url, `${line}\r\nhost: desk.example\r\nconnection: close\r\n\r\n`)
    assert.ok(status >= 400, line)
  }
  await send(served.url, 'GET', '/last-of-these')
  await until('the last request in the log', () => served.stderr().includes('/last-of-these'))
  assert.deepEqual(served.stderr().match(/apiKey=hidden\d|\/file(?:s|%73)[^"]*hidden\d/gi), null)
})

test('the access log has a line for each request: who, what, how it ended, and no secret', async () => {
  const kept = await installation.start({ DATABASE_URL: databaseUrl(database), POLYDESK_ACCESS_LOG: 'on' })
  const key = kept.quickstart['OMNIDESK_API_KEY'] ?? assert.fail()
  await send(kept.url, 'GET', `/api/v2/ticket?itemLimit=1&apiKey=${key}`)
  await send(kept.url, 'GET', '/v1/tickets')
  await send(kept.url, 'GET', '/the-last-of-them')
  await until('the last request in the access log', () => kept.stdout().includes('/the-last-of-them'))
  const lines = kept
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ url }) => !url.startsWith('/readyz'))
  assert.deepEqual(
    lines.map(({ method, url, dialect, status }) => [method, url, dialect, status]),
    [
      ['GET', '/api/v2/ticket?itemLimit=1&apiKey=[redacted]', 'omnidesk', 200],
      ['GET', '/v1/tickets', 'native', 401],
      ['GET', '/the-last-of-them', null, 404],
    ],
  )
  const [known, unknown] = lines
  assert.match(known.credential, /^[0-9a-f-]{36}$/)
  assert.match(known.tenant, /^[0-9a-f-]{36}$/)
  assert.equal(unknown.credential, null)
  assert.equal(known.address, '127.0.0.1')
  assert.ok(known.bytes > 0 && known.milliseconds > 0 && Date.parse(known.time) > 0)
  assert.ok(!kept.stdout().includes(key))
})
