import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { v7 } from 'uuid'
import { openAccess } from '../src/core/access/access.ts'
import { openVault } from '../src/core/access/vault.ts'
import { type Link, openLinks } from '../src/core/attachments/links.ts'
import type { Lifetimes } from '../src/core/authorization/client.ts'
import { exchangeCode, findClient, grantByConsent, refresh } from '../src/core/authorization/commands.ts'
import { NO_LIMITS, openRateLimits } from '../src/core/limits/limits.ts'
import { logIn } from '../src/core/logins/commands.ts'
import { setPassword } from '../src/core/passwords/commands.ts'
import { issueCredential } from '../src/core/tenants/commands.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import { CREDENTIAL_KINDS, mint } from '../src/dialects/credentials.ts'
import { runJob, SCHEDULE } from '../src/jobs/schedule.ts'
import { seal, unseal } from '../src/oauth/sealed.ts'
import { type Core, makeTenant, openCore, type SmallTenant } from './core.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND
const DAY = 24 * HOUR
const T = Date.parse('2026-03-01T12:00:00.000Z')
const at = (milliseconds: number): string => new Date(milliseconds).toISOString()

let core: Core
let made: SmallTenant
before(async () => {
  core = await openCore()
})
after(() => core?.close())
const vault = openVault([randomBytes(32)])

beforeEach(async () => {
  made = await makeTenant(core.store)
})

test('A locked login waits for its quarter of an hour and no longer, however far the clock goes back', async () => {
  const { store } = core
  const admin = { store, now: at(T), newId: () => v7() }
  await setPassword(admin, made.tenant.id, made.customer.id, 'right')
  const attempt = (password: string, now: number) =>
    logIn({ store, limits: NO_LIMITS, vault, now: at(now) }, made.tenant.id, {
      ...{ by: 'email', name: 'rosa@example.com', password, address: '192.0.2.1', admits: () => true },
    })
  for (let nth = 0; nth < 10; nth++) assert.ok('refused' in (await attempt('wrong', T)))
  for (const jump of [DAY, 40 * DAY]) {
    assert.deepEqual(await attempt('right', T - jump), { lockedSeconds: 900 })
    assert.deepEqual(await attempt('right', T - jump + 600 * SECOND), { lockedSeconds: 300 })
    assert.deepEqual(await attempt('right', T + 60 * SECOND), { lockedSeconds: 840 }, 'a server that is right')
  }
  const later = T - 40 * DAY + 901 * SECOND
  for (let nth = 0; nth < 10; nth++) assert.ok('refused' in (await attempt('wrong', later)), `${nth}`)
  assert.deepEqual(await attempt('right', later), { lockedSeconds: 900 }, 'guesses are counted anew')
  assert.ok('user' in (await attempt('right', later + 900 * SECOND)))
})

test('An address that is held off earns its failures back by the time that passes, not by what the clock says', () => {
  let now = T
  let steady = 0
  const byClock = openRateLimits(core.store, () => now)
  const bySteady = openRateLimits(
    core.store,
    () => now,
    () => steady,
  )
  for (const limits of [byClock, bySteady]) for (let nth = 0; nth < 70; nth++) limits.failed('192.0.2.1')
  assert.deepEqual([byClock.heldOff('192.0.2.1'), bySteady.heldOff('192.0.2.1')], [11, 11])
  now -= DAY
  assert.deepEqual([byClock.heldOff('192.0.2.1'), bySteady.heldOff('192.0.2.1')], [11, 11])
  now += 5 * SECOND
  steady += 5 * SECOND
  assert.deepEqual([byClock.heldOff('192.0.2.1'), bySteady.heldOff('192.0.2.1')], [6, 6])
  now += 2 * DAY
  assert.equal(bySteady.heldOff('192.0.2.1'), 6, 'a clock that goes ahead lets nobody in')
  steady += 6 * SECOND
  assert.equal(bySteady.heldOff('192.0.2.1'), 0)
})

test('A rate goes on within a second or two when the clock went back', async () => {
  let now = T
  const limits = openRateLimits(core.store, () => now)
  const spend = () => limits.spend(made.tenant.id, 'bucket', 5)
  while ((await spend()) === 0);
  now -= DAY
  const waits: number[] = []
  for (let nth = 0; nth < 8; nth++) {
    now += SECOND
    waits.push(await spend())
  }
  assert.deepEqual(waits.slice(3), [0, 0, 0, 0, 0])
})

test('A token holds as long as it was issued for, also when the clock goes back, and what ended it counts at once', async () => {
  const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'moov' && each.kind === 'access_token')
  const issue = async (lifetime: number) => {
    const { presented } = mint(kind ?? assert.fail())
    const admin = { store: core.store, now: at(T), newId: () => v7() }
    await issueCredential(admin, made.tenant.id, {
      ...{ dialect: 'moov', kind: 'access_token', name: 'Token', presented, userId: made.agent.id, scopes: [] },
      expiresAt: at(T + lifetime),
    })
    return presented
  }
  let now = T
  const access = openAccess(core.store, () => now)
  const isLetIn = async (secret: string) => (await access.resolve('moov', 'access_token', secret)) !== null
  const token = await issue(HOUR)
  assert.ok(await isLetIn(token))
  now = T - 30 * DAY
  assert.ok(await isLetIn(token))
  now += HOUR - SECOND
  assert.ok(await isLetIn(token))
  now += SECOND
  assert.ok(!(await isLetIn(token)), 'an hour has passed')
  now = T + HOUR
  assert.ok(!(await isLetIn(token)))

  const long = await issue(365 * DAY)
  now = T
  assert.ok(await isLetIn(long))
  await core.outside.query('update users set active = false where tenant_id = $1 and id = $2', [
    made.tenant.id,
    made.agent.id,
  ])
  now = T - DAY
  assert.ok(!(await isLetIn(long)), 'what was read before the jump is not used for as long as that')
})

test('A code and a refresh token hold as long as they were issued for, also when the clock goes back', async () => {
  const kind = CREDENTIAL_KINDS.find((each) => each.kind === 'oauth_client') ?? assert.fail()
  const { publicId, presented } = mint(kind)
  const access = openAccess(core.store)
  const around = (now: number) => ({ store: core.store, access, now: at(now), newId: () => v7() })
  await issueCredential(around(T), made.tenant.id, {
    ...{ dialect: kind.dialect, kind: kind.kind, name: 'App', presented, userId: made.owner.id, scopes: ['support'] },
    publicId: publicId ?? '',
    redirectUris: ['https://app.example/'],
  })
  const client = (await findClient(around(T), publicId ?? '')) ?? assert.fail()
  const lifetimes: Lifetimes = { accessTokenSeconds: 3_600, refreshTokenSeconds: 86_400, rotates: false }
  const consent = {
    userId: made.agent.id,
    scopes: ['support'],
    redirectUri: 'https://app.example/',
    codeChallenge: null,
  }
  const proof = { redirectUri: null, verifier: null }
  const exchange = (code: string, now: number) => exchangeCode(around(now), client, code, proof, lifetimes)

  const [soon, late] = [
    await grantByConsent(around(T), client, consent),
    await grantByConsent(around(T), client, consent),
  ]
  const issued = await exchange(soon, T - DAY)
  assert.ok(issued, 'a code that was issued a moment ago')
  // Whoever looks at it first after the jump begins its time.
  assert.equal(
    await exchangeCode(around(T - DAY), client, late, { ...proof, redirectUri: 'https://other.example/' }, lifetimes),
    null,
  )
  assert.equal(await exchange(late, T - DAY + 600 * SECOND), null)

  const again = (now: number) => refresh(around(now), client, issued.refreshToken, null, lifetimes)
  const back = T - 40 * DAY
  assert.ok(await again(back))
  assert.ok(await again(back + DAY / 2))
})

test('A link to a file and an open page of consent are not good for as long as the clock jumped', async () => {
  const links = openLinks([randomBytes(32)], () => 'https://desk.example', 2)
  const { pathname, searchParams } = new URL(links.to({ tenantId: v7(), id: v7() }, at(T)))
  const [, , tenantId = '', id = ''] = pathname.split('/')
  const link: Link = {
    tenantId,
    id,
    expires: searchParams.get('expires') ?? '',
    signature: searchParams.get('signature') ?? '',
  }
  assert.deepEqual(
    [T, T - 30 * SECOND, T - 2 * HOUR, T - 30 * DAY].map((now) => links.accepts(link, new Date(now))),
    [true, true, false, false],
  )
  const key = randomBytes(32)
  const asked = { client: 'app', redirectUri: 'https://app.example/', scopes: [], state: null, challenge: null }
  const page = await seal(asked, 'cookie', key, new Date(T))
  const open = await Promise.all(
    [T + 599 * SECOND, T - 5 * SECOND, T - HOUR, T + 620 * SECOND].map((now) =>
      unseal(page, 'cookie', [key], new Date(now)),
    ),
  )
  assert.deepEqual(
    open.map((each) => each !== null),
    [true, true, false, false],
  )
})

test('A key answers as before when the clock went back, and a server that is ahead forgets none', async () => {
  const credentialId = v7()
  const create = (now: number) =>
    createTicket(made.as(made.agent, { key: 'once', credentialId, now: at(now) }), {
      deskId: made.desks[0],
      requester: { by: 'nobody' },
      title: 'Once',
    })
  const now = Date.now()
  const first = await create(now)
  assert.equal((await create(now - 30 * DAY)).ticket.id, first.ticket.id)
  const stopping = new AbortController().signal
  const forgetting = SCHEDULE.filter(({ forgets }) => forgets)
  assert.deepEqual(
    forgetting.map(({ name }) => name),
    ['purge claims', 'purge deliveries', 'purge bulk jobs', 'purge tokens', 'purge rate buckets', 'sweep files'],
  )
  for (const job of forgetting) {
    await assert.rejects(runJob(job, core.store, new Date(now + 30 * DAY), stopping), /ahead of the database/)
    await runJob(job, core.store, new Date(now - 30 * DAY), stopping)
    await runJob(job, core.store, new Date(), stopping)
  }
  assert.equal((await create(now)).ticket.id, first.ticket.id)
})
