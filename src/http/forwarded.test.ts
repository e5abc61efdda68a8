import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readForwarded } from './forwarded.ts'

function read(headers: Record<string, string>): string | string[] | undefined {
  readForwarded({ headers })
  return headers['x-forwarded-for']
}

test('ports, brackets and spellings of the addresses in X-Forwarded-For go', () => {
  for (const [told, known] of [
    ['203.0.113.8', '203.0.113.8'],
    ['203.0.113.8:40001', '203.0.113.8'],
    ['[2001:db8::1]:4000', '2001:db8::1'],
    ['2001:DB8::0001', '2001:db8::1'],
    ['::ffff:203.0.113.8', '203.0.113.8'],
    ['198.51.100.1:1, 203.0.113.8:40001 ,, 10.0.0.1', '198.51.100.1, 203.0.113.8, 10.0.0.1'],
  ] as const)
    assert.equal(read({ 'x-forwarded-for': told }), known, told)
})

test('what stands before an entry that is no address is not known', () => {
  assert.equal(read({ 'x-forwarded-for': '198.51.100.1, unknown, 203.0.113.8' }), '203.0.113.8')
  assert.equal(read({ 'x-forwarded-for': 'unknown' }), '')
})

test('Forwarded counts where there is no X-Forwarded-For', () => {
  for (const [told, known] of [
    ['for=203.0.113.8', '203.0.113.8'],
    ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', '192.0.2.60'],
    ['for=192.0.2.43, for=198.51.100.17;by="[::1]:80"', '192.0.2.43, 198.51.100.17'],
    ['by="x,for=192.0.2.1";for="192.0.2.60:_p"', '192.0.2.60'],
    ['for=192.0.2.43, for=_hidden, for=198.51.100.17', '198.51.100.17'],
    ['for=192.0.2.43, proto=https', ''],
    ['nonsense', ''],
  ] as const)
    assert.equal(read({ forwarded: told }), known, told)
  assert.equal(read({ 'x-forwarded-for': '203.0.113.8', forwarded: 'for=192.0.2.1' }), '203.0.113.8')
  assert.equal(read({}), undefined)
})
