import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../../test/world.ts'

const KEY = '3f0f7c62-6a57-4d2f-9f7e-0d9a4f1f2b11'

let world: World
before(async () => {
  world = await startWorld({ MOOV_ONCE_ONLY: 'on' })
})
after(() => world.stop())

function create(key: string, title = 'Once', account = 'MOOV_ACCOUNT_ID', more: Readonly<Record<string, string>> = {}) {
  const pair = `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  return world.send('POST', `/accounts/${world.value(account)}/tickets`, {
    headers: { authorization, 'x-idempotency-key': key, ...more },
    body: { title, body: 'B', contact: { email: 'kim@example.com' } },
  })
}

test('with MOOV_ONCE_ONLY a second ticket of an account with the same X-Idempotency-Key is a 409 (M30)', async () => {
  const twins = await Promise.all(Array.from({ length: 8 }, () => create(KEY)))
  assert.deepEqual(twins.map(({ status }) => status).sort(), [200, ...Array(7).fill(409)])
  const again = await create(KEY, 'Another title')
  assert.deepEqual([again.status, Object.keys(again.json)], [409, ['error']])
  assert.equal((await create(KEY, 'Once', 'MOOV_CONNECTED_ACCOUNT_ID')).status, 200, 'another account')
  assert.equal((await create('another-key')).status, 200)
})

test('Idempotency-Key goes before it: a repeat is answered again', async () => {
  const headers = { 'idempotency-key': 'retry-1' }
  const [first, second] = [
    await create('key-of-both', 'Both', 'MOOV_ACCOUNT_ID', headers),
    await create('key-of-both', 'Both', 'MOOV_ACCOUNT_ID', headers),
  ]
  assert.deepEqual([first.status, second.status], [200, 200])
  assert.deepEqual(first.json, second.json)
})

test('a key that is too long is a 400, as the vendor has it', async () => {
  const refused = await create('k'.repeat(37))
  assert.deepEqual([refused.status, Object.keys(refused.json)], [400, ['error']])
})
