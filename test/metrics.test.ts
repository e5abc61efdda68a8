import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from './world.ts'

/** What Prometheus is told, by the real server. */

let world: World
before(async () => {
  world = await startWorld({ TRUSTED_PROXIES: '127.0.0.1' })
})
after(() => world.stop())

const scrape = async (headers: Record<string, string> = {}) => fetch(`${world.url}/metrics`, { headers })

test('requests are counted by dialect, route and status, and never by what a client made up', async () => {
  const authorization = `Bearer ${world.value('POLYDESK_API_KEY')}`
  for (let i = 0; i < 3; i++) await world.send('GET', '/v1/tickets?limit=1', { headers: { authorization } })
  await world.send('GET', '/v1/tickets', {})
  await world.send('GET', '/v1/made-up-by-a-client', {})
  const response = await scrape()
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  const count = (labels: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`polydesk_http_request_duration_seconds_count{${labels}}`))
        ?.split(' ')[1],
    )
  assert.equal(count('dialect="native",method="GET",route="/v1/tickets",status="200"'), 3)
  assert.equal(count('dialect="native",method="GET",route="/v1/tickets",status="401"'), 1)
  assert.equal(count('dialect="native",method="GET",route="unknown",status="404"'), 1)
  assert.ok(!text.includes('made-up'))
  assert.match(text, /^polydesk_ready 1$/m)
  assert.match(text, /^polydesk_database_connections\{state="waiting"\} 0$/m)
  assert.match(text, /^polydesk_build_info\{version="[^"]+"\} 1$/m)
  assert.match(text, /^polydesk_letters_waiting 0$/m)
  assert.match(text, /^polydesk_letters_oldest_wait_seconds 0$/m)
  assert.match(text, /^polydesk_letter_attempts_total\{outcome="refused"\} 0$/m)
  assert.match(text, /^process_resident_memory_bytes \d+$/m)
})

test('who is in none of the networks finds no metrics, directly or through a proxy', async () => {
  assert.equal((await scrape({ 'x-forwarded-for': '203.0.113.8' })).status, 404)
  assert.equal((await scrape({ 'x-forwarded-for': '127.0.0.1' })).status, 200)
  const other = await startWorld({
    POLYDESK_METRICS_NETWORKS: '10.0.0.0/8, 2001:db8::/32',
    TRUSTED_PROXIES: '127.0.0.1',
  })
  try {
    const from = async (address: string) =>
      (await fetch(`${other.url}/metrics`, { headers: { 'x-forwarded-for': address } })).status
    assert.equal((await fetch(`${other.url}/metrics`)).status, 404)
    assert.equal(await from('10.1.2.3'), 200)
    assert.equal(await from('2001:db8::9'), 200)
    assert.equal(await from('2001:db9::9'), 404)
  } finally {
    await other.stop()
  }
})

test('what a proxy passes on that is not trusted is from nowhere, even on loopback', async () => {
  const behind = await startWorld()
  try {
    assert.equal((await fetch(`${behind.url}/metrics`)).status, 200)
    for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }])
      assert.equal((await fetch(`${behind.url}/metrics`, { headers: { ...headers } })).status, 404)
  } finally {
    await behind.stop()
  }
})

test('an empty list of networks closes the metrics to everybody', async () => {
  const closed = await startWorld({ POLYDESK_METRICS_NETWORKS: '' })
  try {
    assert.equal((await fetch(`${closed.url}/metrics`)).status, 404)
  } finally {
    await closed.stop()
  }
})
