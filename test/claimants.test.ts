/** Whose an Idempotency-Key is: a retry after a refresh or a new login is still a retry. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { readMigrations } from '../src/storage/migrate.ts'
import { startWorld, type World } from './world.ts'

let world: World
let outside: pg.Pool
before(async () => {
  world = await startWorld()
  outside = new pg.Pool({ ...world.database.connection, max: 1 })
})
after(async () => {
  await outside?.end()
  await world?.stop()
})

const basicOf = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
const moovKey = () => basicOf(world.value('MOOV_PUBLIC_KEY'), world.value('MOOV_SECRET_KEY'))

async function token(fields: Record<string, string>, authorization = moovKey()) {
  const { status, json, text } = await world.send('POST', '/oauth2/token', { headers: { authorization }, body: fields })
  assert.equal(status, 200, text)
  return { bearer: `Bearer ${json.access_token}`, refresh: String(json.refresh_token) }
}

const ofMoov = () => {
  const scope = ['tickets.write', 'tickets.read'].map((right) => `/accounts/${world.value('MOOV_ACCOUNT_ID')}/${right}`)
  return token({ grant_type: 'client_credentials', scope: scope.join(' ') })
}

const inMoov = (authorization: string, key: string, title = 'Once') =>
  world.send('POST', `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`, {
    headers: { authorization, 'idempotency-key': key },
    body: { title, body: 'b', contact: { email: 'pat@example.com' } },
  })

async function assertSame(calls: readonly (() => ReturnType<typeof world.send>)[]): Promise<void> {
  const texts: string[] = []
  for (const call of calls) {
    const { status, text } = await call()
    assert.ok(status < 300, text)
    texts.push(text)
  }
  assert.deepEqual(new Set(texts).size, 1, texts.join('\n'))
}

test('Moov: a retry with a refreshed token, with another one and with the key itself makes no second ticket', async () => {
  const first = await ofMoov()
  const answer = await inMoov(first.bearer, 'pay')
  const refreshed = await token({ grant_type: 'refresh_token', refresh_token: first.refresh })
  assert.equal((await inMoov(first.bearer, 'pay')).status, 401, 'the old token has ended')
  const another = await ofMoov()
  await assertSame([
    () => inMoov(refreshed.bearer, 'pay'),
    () => inMoov(another.bearer, 'pay'),
    () => inMoov(moovKey(), 'pay'),
    async () => answer,
  ])
  assert.equal((await inMoov(another.bearer, 'pay', 'Another')).status, 409, 'another request under it is refused')
})

test('NetGroot: a retry after a new login makes no second ticket, and is that person’s alone', async () => {
  const login = async () => {
    const body = { username: world.value('NETGROOT_USERNAME'), password: world.value('NETGROOT_PASSWORD') }
    return `Bearer ${(await world.send('POST', '/api/v1/subscriber/Login', { body })).json.token}`
  }
  const create = (authorization: string) =>
    world.send('POST', '/api/v1/subscriber/CreateTicket', {
      headers: { authorization, 'idempotency-key': 'down' },
      body: { subject_id: 1, type_id: 1, status_id: 1, priority_id: 1, group_id: 1, message: 'Down' },
    })
  const first = await login()
  const answer = await create(first)
  await world.send('POST', '/api/v1/subscriber/Logout', { headers: { authorization: first } })
  const [second, third] = [await login(), await login()]
  await assertSame([async () => answer, () => create(second), () => create(third)])
  const byToken = await create(`Bearer ${world.value('NETGROOT_TOKEN')}`)
  assert.notEqual(byToken.text, answer.text, 'an API access token is a credential of its own')
})

/** Lets the demo's client in as the owner, and gives what its code is exchanged for. */
async function consented() {
  const client = basicOf(world.value('SPACEBRING_CLIENT_ID'), world.value('SPACEBRING_CLIENT_SECRET'))
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: world.value('SPACEBRING_CLIENT_ID'),
    scope: 'support',
  })
  const page = await fetch(`${world.url}/oauth2/authorize?${asked}`, { headers: { accept: 'text/html' } })
  const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? ''
  const request = /name="request" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
  const [email, password] = [world.value('CONSOLE_EMAIL'), world.value('CONSOLE_PASSWORD')]
  const answer = await fetch(`${world.url}/oauth2/authorize`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ request, email, password, decision: 'allow' }),
  })
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
  return token({ grant_type: 'authorization_code', code }, client)
}

const inSpacebring = (authorization: string, key: string) =>
  world.send('POST', '/support/tickets/v1', {
    headers: { authorization, 'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID'), 'idempotency-key': key },
    body: { ticket: { type: 'other', text: 'Once', locationRef: world.value('SPACEBRING_LOCATION_ID') } },
  })

test('Spacebring: a retry after a new consent or a refresh makes no second ticket, and is nobody else’s', async () => {
  const [first, second] = [await consented(), await consented()]
  const client = basicOf(world.value('SPACEBRING_CLIENT_ID'), world.value('SPACEBRING_CLIENT_SECRET'))
  const refreshed = await token({ grant_type: 'refresh_token', refresh_token: first.refresh }, client)
  await assertSame(
    [first, second, refreshed].map(
      ({ bearer }) =>
        () =>
          inSpacebring(bearer, 'door'),
    ),
  )
  const others = [
    await inSpacebring(client, 'door'),
    await inSpacebring(`Bearer ${world.value('SPACEBRING_ACCESS_TOKEN')}`, 'door'),
  ]
  const numbers = [await inSpacebring(first.bearer, 'door'), ...others].map(({ json }) => json.ticket.number)
  assert.equal(new Set(numbers).size, 3, 'the client for itself, and a token of another kind')
})

test('what the version before claimed by a token is still answered after the upgrade', async () => {
  const newest = async (): Promise<string> => {
    const { rows } = await outside.query<{ id: string }>(
      'select id from credentials where grant_id is not null order by created_at desc, id desc limit 1',
    )
    return rows[0]?.id ?? assert.fail()
  }
  const asBefore = async (key: string, id: string) => {
    for (const table of ['claim_results', 'claims'])
      await outside.query(`update ${table} set credential_id = $1 where key = $2`, [id, key])
  }
  const moov = await inMoov((await ofMoov()).bearer, 'old-moov')
  await asBefore('old-moov', await newest())
  const spacebring = await inSpacebring((await consented()).bearer, 'old-spacebring')
  await asBefore('old-spacebring', await newest())
  // Another token of the same client used the key later, for something else.
  await ofMoov()
  await outside.query(
    `insert into claims (tenant_id, credential_id, key, fingerprint, created_at)
     select tenant_id, $1, key, 'later', created_at + interval '1 second' from claims where key = 'old-moov'`,
    [await newest()],
  )
  const upgrade = (await readMigrations()).find(({ name }) => name.endsWith('_claims_of_clients.sql'))
  assert.ok(upgrade)
  await outside.query(upgrade.sql)
  const [again, anew] = [await ofMoov(), await consented()]
  await assertSame([async () => moov, () => inMoov(again.bearer, 'old-moov')])
  await assertSame([async () => spacebring, () => inSpacebring(anew.bearer, 'old-spacebring')])
})
