import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { type TestDatabase, testDatabase } from './database.ts'
import { type Installation, laterInstallation, until } from './process.ts'
import { databaseUrl } from './world.ts'

/** Whom a forwarded request claims to come from. */
const CLAIMED = '198.51.100.7'
/** A second address of this computer, to stand for another one. Linux has the whole network 127.0.0.0/8. */
const OTHER = '127.0.0.2'

describe('behind a proxy', { skip: process.platform !== 'linux' && 'needs a second loopback address' }, () => {
  let database: TestDatabase
  let installation: Installation
  before(async () => {
    database = await testDatabase()
    installation = await laterInstallation()
  })
  after(async () => {
    await installation?.remove()
    await database?.close()
  })

  /** Starts a server that logs every request, and tells whom it takes a request from an address to come from. */
  async function withServer(
    environment: Readonly<Record<string, string>>,
    work: (clientOf: (address: string, forwarded: string) => Promise<string>) => Promise<void>,
  ): Promise<void> {
    const server = await installation.start({
      DATABASE_URL: databaseUrl(database),
      LOG_LEVEL: 'debug',
      ...environment,
    })
    let count = 0
    await work(async (address, forwarded) => {
      const path = `/healthz?count=${++count}`
      await get(`${server.url}${path}`, address, { 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' })
      return until('the log of the request', () => loggedClient(server.stderr(), path))
    })
    server.signal('SIGTERM')
    await server.ended
  }

  test('nobody is believed by default', async () => {
    await withServer({}, async (clientOf) => {
      assert.equal(await clientOf('127.0.0.1', CLAIMED), '127.0.0.1')
      assert.equal(await clientOf(OTHER, CLAIMED), OTHER)
    })
  })

  test('a listed proxy is believed, and nobody else, whether it writes ports or not', async () => {
    await withServer({ TRUSTED_PROXIES: `${OTHER}, 10.0.0.0/8` }, async (clientOf) => {
      assert.equal(await clientOf(OTHER, CLAIMED), CLAIMED)
      assert.equal(await clientOf('127.0.0.1', CLAIMED), '127.0.0.1')
      assert.equal(await clientOf(OTHER, `203.0.113.1, ${CLAIMED}`), CLAIMED, 'only what the listed proxy added counts')
      assert.equal(await clientOf(OTHER, `${CLAIMED}, 10.1.2.3`), CLAIMED, 'a chain of listed proxies')
      assert.equal(await clientOf(OTHER, `${CLAIMED}:40001, 10.1.2.3:8080`), CLAIMED, 'the same with ports')
      assert.equal(await clientOf(OTHER, '[2001:db8::1]:4000'), '2001:db8::1')
      assert.equal(await clientOf(OTHER, `${CLAIMED}, unknown`), OTHER, 'nothing is known before an unknown one')
      assert.equal(await clientOf('127.0.0.1', `${CLAIMED}:40001`), '127.0.0.1')
    })
  })

  test('a listed network covers its addresses', async () => {
    await withServer({ TRUSTED_PROXIES: '127.0.0.2/31' }, async (clientOf) => {
      assert.equal(await clientOf('127.0.0.3', CLAIMED), CLAIMED)
      assert.equal(await clientOf('127.0.0.4', CLAIMED), '127.0.0.4')
    })
  })

  test('PUBLIC_URL is the address that clients are told', async () => {
    const environment = { DATABASE_URL: databaseUrl(database), PUBLIC_URL: 'https://help.example.com/desk/' }
    const server = await installation.start(environment)
    assert.equal(server.quickstart['POLYDESK_URL'], 'https://help.example.com/desk')
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/)
    server.signal('SIGTERM')
    await server.ended
  })
})

function get(url: string, localAddress: string, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { localAddress, headers, agent: false }, (response) => {
      response.resume().once('end', resolve)
    })
      .once('error', reject)
      .end()
  })
}

function loggedClient(log: string, path: string): string | undefined {
  for (const line of log.split('\n')) {
    if (!line.startsWith('{') || !line.endsWith('}')) continue
    const { req } = JSON.parse(line)
    if (req?.url === path) return req.remoteAddress
  }
  return undefined
}
