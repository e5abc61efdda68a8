import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareCode, makeRecoveryCodes, makeSecret, stepOf, uriOf } from './codes.ts'

/** `12345678901234567890` of RFC 6238, Appendix B, in base 32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const at = (seconds: number) => new Date(seconds * 1000).toISOString()

test('codes are those of RFC 6238, of which six digits are shown', () => {
  assert.equal(stepOf(SECRET, '287082', at(59)), 1)
  assert.equal(stepOf(SECRET, '081804', at(1_111_111_109)), 37_037_036)
  assert.equal(stepOf(SECRET, '005 924', at(1_234_567_890)), 41_152_263)
})

test('a code counts for the step before and the one after, and no longer', () => {
  assert.equal(stepOf(SECRET, '287082', at(89)), 1)
  assert.equal(stepOf(SECRET, '287082', at(90)), null)
  assert.equal(stepOf(SECRET, '287082', at(0)), 1)
  for (const code of ['', '28708', '2870822', 'abcdef', '-87082', '２８７０８２'])
    assert.equal(stepOf(SECRET, code, at(59)), null, code)
})

test('an app is told whose secret it is, and secrets have 160 bits', () => {
  const uri = new URL(uriOf(SECRET, { issuer: 'Ada: Söhne', label: 'ada@example.com' }))
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(decodeURIComponent(uri.pathname), '/Ada  Söhne:ada@example.com')
  assert.equal(uri.searchParams.get('secret'), SECRET)
  assert.match(makeSecret(), /^[A-Z2-7]{32}$/)
})

test('recovery codes are ten, and read with or without their dashes', () => {
  const codes = makeRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) assert.match(code, /^\w{4}-\w{4}-\w{4}-\w{4}$/)
  assert.equal(bareCode(' Abcd-efGh 1234-5678 '), 'AbcdefGh12345678')
})
