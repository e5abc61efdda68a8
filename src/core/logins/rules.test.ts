import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureKey, lockedSeconds } from './rules.ts'

const SINCE = '2026-01-15T10:00:00.000Z'

test('ten failures lock until fifteen minutes after the first', () => {
  assert.equal(lockedSeconds(null, SINCE), 0)
  assert.equal(lockedSeconds({ failures: 9, since: SINCE }, SINCE), 0)
  const counted = { failures: 10, since: SINCE }
  assert.equal(lockedSeconds(counted, '2026-01-15T10:05:00.000Z'), 600)
  assert.equal(lockedSeconds(counted, '2026-01-15T10:14:59.500Z'), 1)
  assert.equal(lockedSeconds(counted, '2026-01-15T10:15:00.000Z'), 0)
})

test('failures are counted by name without case, and by address', () => {
  const key = (name: string, address: string) => failureKey(name, address).toString('hex')
  assert.equal(key('Rosa', '192.0.2.1'), key('rosa', '192.0.2.1'))
  assert.notEqual(key('rosa', '192.0.2.1'), key('rosa', '192.0.2.2'))
  assert.equal(key('rosa', '2001:db8::1'), key('rosa', '2001:db8::ffff:2'), 'one network of 64 bits')
  assert.notEqual(key('rosa', '2001:db8::1'), key('rosa', '2001:db8:0:1::1'))
})
