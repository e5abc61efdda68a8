import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { openVault } from './vault.ts'

const key = randomBytes(32)

test('what is sealed opens for its owner, and is never the same text twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, owner) => {
      const vault = openVault(key)
      const [one, other] = [vault.seal(secret, owner), vault.seal(secret, owner)]
      assert.equal(vault.open(one, owner), secret)
      assert.notDeepEqual(one, other)
    }),
  )
})

test('it does not open for another owner, with another key, or changed in any byte', () => {
  const vault = openVault(key)
  const sealed = vault.seal('secret', 'webhook 1')
  assert.throws(() => vault.open(sealed, 'webhook 2'))
  assert.throws(() => openVault(randomBytes(32)).open(sealed, 'webhook 1'), /another POLYDESK_SECRET_KEY/)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    assert.throws(() => vault.open(changed, 'webhook 1'))
  }
})
