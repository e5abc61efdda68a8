import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { v7 } from 'uuid'
import { LIST_OWNERS } from '../src/core/identity/store.ts'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { openDatabase } from '../src/storage/database.ts'
import { type Headers, makeSite, type Site } from './contract/site.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { laterInstallation, type Served, until } from './process.ts'
import { databaseUrl, type Received, send, startWorld, type World } from './world.ts'

const LIMITED = { POLYDESK_RATE_LIMITS: 'on' }

/** A read of each dialect that its trusted caller may do. */
const READS: Readonly<Record<string, (site: Site) => string>> = {
  native: () => '/v1/tickets?limit=1',
  spacebring: ({ desk }) => `/support/tickets/v1?locationRef=${desk.id}&limit=1`,
  moov: ({ desk }) => `/accounts/${desk.id}/tickets?count=1`,
  netgroot: () => '/api/v1/Tickets/getSubjects',
  omnidesk: () => '/api/v2/brand',
}

/** What each dialect says to who asks too often. */
const REFUSALS: Readonly<Record<string, unknown>> = {
  native: {
    type: 'urn:polydesk:error:rate_limited',
    title: 'There were too many requests',
    status: 429,
    code: 'rate_limited',
  },
  spacebring: { message: 'Too many requests', type: 'tooManyRequests' },
  moov: null,
  netgroot: { success: false, message: 'Too many requests' },
  omnidesk: { status: 'error', message: 'Too many requests.' },
}

/** So many requests at once; the answers by status. */
async function burst(
  urls: readonly string[],
  path: string,
  headers: Headers,
  requests: number,
): Promise<Map<number, Received[]>> {
  const answers = Array.from({ length: requests }, (_, nth) =>
    send(urls[nth % urls.length] ?? '', 'GET', path, { headers: { ...headers } }),
  )
  return Map.groupBy(await Promise.all(answers), ({ status }) => status)
}

const count = (answers: ReadonlyMap<number, readonly Received[]>, status: number) => answers.get(status)?.length ?? 0

describe('A credential that asks more often than its rate', () => {
  let world: World
  let site: Site
  before(async () => {
    // As slow as can be, so that hardly anything is earned back while a test runs.
    const rates = DIALECTS.map(({ name }) => `${name}=2`).join(',')
    world = await startWorld({ ...LIMITED, POLYDESK_RATES: rates })
    site = await makeSite(world, 'limits')
  })
  after(() => world.stop())

  for (const dialect of DIALECTS) {
    test(`is answered 429 by ${dialect.name}, in its form and with Retry-After`, async () => {
      const path = READS[dialect.name]?.(site) ?? ''
      const answers = await burst([world.url], path, site.as(dialect.name), 40)
      assert.ok(count(answers, 200) >= 2)
      const [refused, ...others] = answers.get(429) ?? []
      assert.ok(refused && others.length > 10)
      assert.equal(refused.headers.get('retry-after'), '1')
      if (REFUSALS[dialect.name] === null) assert.equal(refused.text, '')
      else assert.deepEqual(refused.json, REFUSALS[dialect.name])
      assert.equal(count(answers, 200) + count(answers, 429), 40)
    })
  }

  test('leaves other credentials alone', async () => {
    await burst([world.url], READS['native']?.(site) ?? '', site.as('native'), 20)
    const other = await world.send('GET', '/v1/tickets', { headers: { ...site.as('native', 'limited') } })
    assert.equal(other.status, 200)
  })

  test('is told so before anything else about its request but who it is', async () => {
    const { authorization = '' } = site.as('spacebring', 'limited')
    // Without the network header, and with a scope that is not enough: 400 and 403, were there no limit (S42).
    const noNetwork = await burst([world.url], READS['spacebring']?.(site) ?? '', { authorization }, 40)
    assert.ok(count(noNetwork, 429) > 0 && count(noNetwork, 400) > 0)
    assert.equal(count(noNetwork, 429) + count(noNetwork, 400), 40)
    // Without a right credential there is no rate (401).
    const stranger = await world.send('GET', READS['spacebring']?.(site) ?? '', {
      headers: { authorization: 'Bearer nobody' },
    })
    assert.equal(stranger.status, 401)
  })
})

describe('By default', () => {
  let world: World
  let site: Site
  before(async () => {
    world = await startWorld(LIMITED)
    site = await makeSite(world, 'defaults')
  })
  after(() => world.stop())

  // Bursts that are far above what the one earns while they run, and below the other.
  test('Spacebring lets pass 10 requests a second and Moov 40', async () => {
    const spacebring = await burst([world.url], READS['spacebring']?.(site) ?? '', site.as('spacebring'), 10)
    assert.equal(count(spacebring, 200), 10)
    const moov = await burst([world.url], READS['moov']?.(site) ?? '', site.as('moov'), 40)
    assert.equal(count(moov, 200), 40)
    const more = await burst([world.url], READS['spacebring']?.(site) ?? '', site.as('spacebring'), 200)
    assert.ok(count(more, 429) > 0)
  })

  test('an address that presents wrong credentials again and again is held off, and told for how long', async () => {
    const headers = { authorization: 'Bearer wrong' }
    const answers = await burst([world.url], '/v1/tickets', headers, 300)
    assert.ok(count(answers, 401) >= 60)
    const [held] = answers.get(429) ?? []
    assert.ok(held)
    assert.ok(Number(held.headers.get('retry-after')) >= 1)
    assert.equal(held.json.code, 'rate_limited')
  })
})

describe('Behind a proxy that writes ports', () => {
  let world: World
  before(async () => {
    world = await startWorld({ ...LIMITED, TRUSTED_PROXIES: '127.0.0.1' })
  })
  after(() => world.stop())

  const FROM: Readonly<Record<string, (port: number) => Readonly<Record<string, string>>>> = {
    'X-Forwarded-For': (port) => ({ 'x-forwarded-for': `203.0.113.8:${port}` }),
    'X-Forwarded-For with IPv6': (port) => ({ 'x-forwarded-for': `[2001:db8::${port.toString(16)}]:${port}` }),
    Forwarded: (port) => ({ forwarded: `for="203.0.113.9:${port}";proto=https` }),
  }
  for (const [header, from] of Object.entries(FROM)) {
    test(`wrong keys are held off by the address alone, in ${header}`, async () => {
      const tryAgain = (port: number) =>
        world.send('GET', '/v1/tickets', { headers: { authorization: 'Bearer wrong', ...from(port) } })
      // Failures are earned back by time, so a slow machine needs more of them.
      await until('the address to be held off', async () => {
        const tried = await Promise.all(Array.from({ length: 100 }, (_, nth) => tryAgain(40_000 + nth)))
        return tried.some(({ status }) => status === 429) || undefined
      })
      const elsewhere = { authorization: 'Bearer wrong', 'x-forwarded-for': '198.51.100.1:40001' }
      assert.equal((await world.send('GET', '/v1/tickets', { headers: elsewhere })).status, 401)
    })
  }

  test('wrong passwords lock a name by the address alone', async () => {
    const attempt = (address: string, password: string) =>
      world.send('POST', '/api/v1/subscriber/Login', {
        headers: { 'x-forwarded-for': address },
        body: { username: world.value('NETGROOT_USERNAME'), password },
      })
    for (let nth = 0; nth < 10; nth++) assert.equal((await attempt(`192.0.2.9:${5_000 + nth}`, 'wrong')).status, 401)
    const right = world.value('NETGROOT_PASSWORD')
    assert.equal((await attempt('192.0.2.9:6000', right)).status, 429)
    assert.equal((await attempt('192.0.2.10:6000', right)).status, 200, 'nobody else is locked')
  })
})

describe('Behind one address with somebody who guesses', () => {
  let world: World
  let site: Site
  before(async () => {
    world = await startWorld(LIMITED)
    site = await makeSite(world, 'neighbours')
  })
  after(() => world.stop())

  test('keys, sessions, people and clients that were let in before still are', async () => {
    const rosa = () =>
      world.send('POST', '/api/v1/subscriber/Login', {
        body: { username: world.value('NETGROOT_USERNAME'), password: world.value('NETGROOT_PASSWORD') },
      })
    const session = { authorization: `Bearer ${(await rosa()).json.token}` }
    const details = () => world.send('GET', '/api/v1/subscriber/getCustomerDetails', { headers: session })
    const read = (name: (typeof DIALECTS)[number]['name']) =>
      world.send('GET', READS[name]?.(site) ?? '', { headers: { ...site.as(name) } })
    const pair = `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
    const token = () =>
      world.send('POST', '/oauth2/token', {
        headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
        body: { grant_type: 'client_credentials', scope: '/ping.read' },
      })
    assert.equal((await details()).status, 200)
    assert.equal((await token()).status, 200)
    for (const { name } of DIALECTS) assert.equal((await read(name)).status, 200, name)

    const guess = () => world.send('GET', '/v1/tickets', { headers: { authorization: 'Bearer guessed' } })
    for (let round = 1; ; round++) {
      assert.ok(round <= 20, 'the address is never held off')
      await Promise.all(Array.from({ length: 100 }, guess))
      const good = [...DIALECTS.map(({ name }) => read(name)), details(), rosa(), token()]
      const [first, last, ...answers] = await Promise.all([guess(), guess(), ...good])
      // A busy machine may take so long that the address is free again.
      if (first?.status !== 429 || last?.status !== 429) continue
      assert.deepEqual(
        answers.map(({ status }) => status),
        good.map(() => 200),
      )
      break
    }
  })
})

test('an address that tries one password on many names is held off, whoever they are', async (t) => {
  const world = await startWorld(LIMITED)
  t.after(() => world.stop())
  const back = 'https://app.example.com/back'
  const program = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts')
  const making = [program, 'client', 'create', 'spacebring', '--name', 'App', '--redirect-uri', back]
  const env = { ...process.env, DATABASE_URL: databaseUrl(world.database), POLYDESK_DATA_DIR: world.dataDir }
  const { stdout } = await promisify(execFile)(process.execPath, making, { env })
  const client_id = /^client_id (\S+)$/m.exec(stdout)?.[1] ?? assert.fail(stdout)

  const guess = (nth: number) =>
    world.send('POST', '/api/v1/subscriber/Login', { body: { username: `name ${nth}`, password: 'password' } })
  const tried = Array.from({ length: 120 }, (_, nth) => guess(nth))
  const answers = Map.groupBy(await Promise.all(tried), ({ status }) => status)
  assert.ok(count(answers, 401) > 0 && count(answers, 401) + count(answers, 429) === 120)
  /** A slow machine may have given it time enough to try once more. */
  const holdOff = () => until('the address to be held off', async () => (await guess(0)).status === 429)

  await holdOff()
  const rosa = { username: world.value('NETGROOT_USERNAME'), password: world.value('NETGROOT_PASSWORD') }
  const held = await world.send('POST', '/api/v1/subscriber/Login', { body: rosa })
  assert.equal(held.status, 429, held.text)
  assert.ok(Number(held.headers.get('retry-after')) >= 1)
  // The same on the login page of /oauth2, which the address may still look at.
  const query = new URLSearchParams({ response_type: 'code', client_id, redirect_uri: back, scope: 'support' })
  const page = await fetch(`${world.url}/oauth2/authorize?${query}`)
  const request = /name="request" value="([^"]+)"/.exec(await page.text())?.[1] ?? assert.fail()
  const owner = { email: world.value('CONSOLE_EMAIL'), password: world.value('CONSOLE_PASSWORD') }
  await holdOff()
  const pressed = await fetch(`${world.url}/oauth2/authorize`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '' },
    body: new URLSearchParams({ request, decision: 'allow', ...owner }),
  })
  assert.equal(pressed.status, 429)
  assert.match(await pressed.text(), /Too many attempts/)
})

test('a Moov key for tests, and a token of it, pass 10', async (t) => {
  const world = await startWorld(LIMITED)
  t.after(() => world.stop())
  const site = await makeSite(world, 'trying')
  const database = openDatabase({ connection: world.database.connection })
  try {
    const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'moov' && each.kind === 'basic')
    const [service] = await database.run(LIST_OWNERS.with({ tenant_id: site.tenantId }))
    assert.ok(kind && service)
    const admin = { store: database, now: new Date().toISOString(), newId: () => v7() }
    const made = await issueMinted(admin, site.tenantId, kind, 'Trying', service.id, { testMode: true })
    const key = { authorization: `Basic ${Buffer.from(`${made.publicId}:${made.secret}`).toString('base64')}` }
    const body = { grant_type: 'client_credentials', scope: '/ping.read' }
    const { json } = await world.send('POST', '/oauth2/token', { headers: key, body })
    for (const headers of [key, { authorization: `Bearer ${json.access_token}` }]) {
      const answers = await burst([world.url], '/ping', headers, 200)
      assert.ok(count(answers, 200) >= 9 && count(answers, 429) > 100, `${count(answers, 200)} passed`)
    }
  } finally {
    await database.close()
  }
})

test('POLYDESK_RATE_LIMITS=off turns every limit off', async (t) => {
  const world = await startWorld({ POLYDESK_RATE_LIMITS: 'off', POLYDESK_RATES: 'native=1' })
  t.after(() => world.stop())
  const site = await makeSite(world, 'off')
  const answers = await burst([world.url], '/v1/tickets', site.as('native'), 100)
  assert.equal(count(answers, 200), 100)
  const wrong = await burst([world.url], '/v1/tickets', { authorization: 'Bearer wrong' }, 100)
  assert.equal(count(wrong, 401), 100)
})

describe('Two server processes on one database', () => {
  let database: TestDatabase
  before(async () => {
    database = await testDatabase()
  })
  after(() => database.close())

  async function server(t: TestContext): Promise<Served> {
    const installation = await laterInstallation()
    t.after(() => installation.remove())
    return installation.start({
      ...LIMITED,
      DATABASE_URL: databaseUrl(database),
      POLYDESK_RATES: 'native=5',
      POLYDESK_SECRET_KEY: 'the same key for both of the servers',
    })
  }

  test('share the rate of a credential', async (t) => {
    const first = await server(t)
    const second = await server(t)
    const key = first.quickstart['POLYDESK_API_KEY'] ?? ''
    const begun = Date.now()
    const answers = await burst([first.url, second.url], '/v1/tickets', { authorization: `Bearer ${key}` }, 200)
    const seconds = (Date.now() - begun) / 1_000
    // A bucket, what it earned meanwhile, and for each process one on credit.
    assert.ok(count(answers, 200) <= 5 + Math.ceil(seconds * 5) + 2, `${count(answers, 200)} passed in ${seconds} s`)
    assert.ok(count(answers, 200) >= 5)
    assert.equal(count(answers, 200) + count(answers, 429), 200)
  })
})
