import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../test/arbitraries.ts'
import { presentedIn } from './auth.ts'

test('the vendor’s own example of client id and secret is read', () => {
  assert.deepEqual(presentedIn('Basic Y2xpZW50IGlkOmNsaWVudCBzZWNyZXQ='), {
    kind: 'basic',
    secret: 'client id:client secret',
  })
})

test('every client id and secret is read as it was sent, whatever the letter case of the scheme', () => {
  fc.assert(
    fc.property(anyText(), fc.constantFrom('Basic', 'basic', 'BASIC'), (secret, scheme) => {
      const pair = `client:${secret}`
      assert.deepEqual(presentedIn(`${scheme} ${Buffer.from(pair).toString('base64')}`), {
        kind: 'basic',
        secret: Buffer.from(pair).toString('utf8'),
      })
    }),
  )
})

test('a bearer token is an access token', () => {
  assert.deepEqual(presentedIn('Bearer abc.def-1'), { kind: 'access_token', secret: 'abc.def-1' })
})

test('anything else presents nothing', () => {
  const noPair = Buffer.from('without colon').toString('base64')
  for (const header of [undefined, '', 'Basic', 'Bearer', 'Digest abc', `Basic ${noPair}`, 'Basic !!!', 'Bearer a b']) {
    assert.equal(presentedIn(header), null, header ?? 'no header')
  }
})
