import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deskOfAddress, mailboxOf, readDeskAddresses } from './addresses.ts'

const desk = (id: string, addresses: readonly string[], active = true) => ({
  ...{ id, integer: 1, name: id, isDefault: false, active, createdAt: '2026-01-01T00:00:00.000Z' },
  addresses: readDeskAddresses(addresses),
})

const desks = [
  desk('help', ['help@example.com', 'Hilfe@Bücher.example']),
  desk('vip', ['help+vip@example.com']),
  desk('rest', ['*@example.com']),
  desk('retired', ['old@example.org'], false),
]

function found(address: string): readonly string[] | null {
  const addressed = deskOfAddress({ desks }, address)
  return addressed && [addressed.desk.id, addressed.tag]
}

describe('mail is for a desk', () => {
  test('by its address, in whatever letters', () => {
    assert.deepEqual(found(' HELP@Example.COM'), ['help', ''])
    assert.deepEqual(found('hilfe@xn--bcher-kva.example'), ['help', ''])
    assert.deepEqual(found('HILFE@BÜCHER.EXAMPLE'), ['help', ''])
  })

  test('by what stands before the plus, unless all of it is an address', () => {
    assert.deepEqual(found('help+r42+x@example.com'), ['help', 'r42+x'])
    assert.deepEqual(found('help+vip@example.com'), ['vip', ''])
  })

  test('by a catch-all, where there is nothing better', () => {
    assert.deepEqual(found('anybody+tag@example.com'), ['rest', 'tag'])
    assert.equal(found('anybody@example.net'), null)
  })

  test('unless it is retired', () => assert.equal(found('old@example.org'), null))
})

test('what is no address is none', () => {
  for (const text of ['', 'help', '@example.com', 'a b@example.com', 'a@b@c', 'help@', '"a b"@example.com'])
    assert.equal(mailboxOf(text), null, text)
})
