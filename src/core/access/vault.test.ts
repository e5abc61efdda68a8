import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { openVault } from './vault.ts'

const key = randomBytes(32)

test('what is sealed opens for its owner, and is never the same text twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, owner) => {
      const vault = openVault([key])
      const [one, other] = [vault.seal(secret, owner), vault.seal(secret, owner)]
      assert.equal(vault.open(one, owner), secret)
      assert.notDeepEqual(one, other)
    }),
  )
})

test('it does not open for another owner, with another key, or changed in any byte', () => {
  const vault = openVault([key])
  const sealed = vault.seal('secret', 'webhook 1')
  assert.throws(() => vault.open(sealed, 'webhook 2'))
  assert.throws(() => openVault([randomBytes(32)]).open(sealed, 'webhook 1'), /another POLYDESK_SECRET_KEY/)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    assert.throws(() => vault.open(changed, 'webhook 1'))
  }
})

test('a former key still opens what it sealed, and what is sealed now is sealed with the current one', () => {
  const [former, current] = [randomBytes(32), randomBytes(32)]
  const old = openVault([former]).seal('secret', 'webhook 1')
  const vault = openVault([current, former])
  assert.equal(vault.open(old, 'webhook 1'), 'secret')
  const anew = vault.seal('secret', 'webhook 1')
  assert.deepEqual([vault.keyOf(old), vault.keyOf(anew)], ['former', 'current'])
  assert.equal(openVault([current]).keyOf(old), 'unknown')
  assert.equal(openVault([current]).open(anew, 'webhook 1'), 'secret')
})
