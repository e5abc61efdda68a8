import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { newStandardSecret, standardHeaders, standardSignature } from './standard-webhooks.ts'

test("the vendor's check vector", () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
  const signature = standardSignature(secret, id, '1614265330', '{"test": 2432232314}')
  assert.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('whatever is sent is accepted by svix and standardwebhooks, and nothing else is', () => {
  fc.assert(
    fc.property(fc.json(), fc.uuid(), (body, deliveryId) => {
      const [secret, other] = [newStandardSecret(), newStandardSecret()]
      const signing = { deliveryId, attemptId: '', at: new Date().toISOString(), body, deskId: '' }
      const svix = standardHeaders('svix', { ...signing, secrets: [secret] })
      const standard = standardHeaders('webhook', { ...signing, secrets: [secret] })
      new SvixWebhook(secret).verify(body, { ...svix })
      assert.deepEqual(new StandardWebhook(secret).verify(body, { ...standard }), JSON.parse(body))
      assert.throws(() => new SvixWebhook(other).verify(body, { ...svix }))
      assert.throws(() => new StandardWebhook(secret).verify(`${body} `, { ...standard }))
    }),
    { numRuns: 30 },
  )
})

test('while a secret is being replaced, receivers with the old one and with the new one accept', () => {
  const [secret, former] = [newStandardSecret(), newStandardSecret()]
  const at = new Date().toISOString()
  const headers = standardHeaders('webhook', {
    deliveryId: 'd',
    attemptId: '',
    at,
    body: '{}',
    secrets: [secret, former],
    deskId: '',
  })
  for (const each of [secret, former]) assert.deepEqual(new StandardWebhook(each).verify('{}', { ...headers }), {})
})
