import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WireRefusal } from '../wire.ts'
import { cursorAt, pageFrom } from './paging.ts'

const key = fc.record(
  {
    at: fc
      .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    id: fc.uuid(),
  },
  { noNullPrototype: true },
)

const badRequest = (error: unknown) => error instanceof WireRefusal && error.error.code === 'bad_request'

test('a cursor leads back to where its page ended', () => {
  fc.assert(
    fc.property(key, (end) => {
      assert.deepEqual(pageFrom({ cursor: cursorAt(end) }), { by: 'key', order: 'newest', after: end, limit: 200 })
    }),
  )
})

test('anything else as a cursor is refused before it reaches the store', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.throws(() => pageFrom({ cursor: text }), badRequest)))
  const id = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'
  for (const at of ['2026-02-30T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '2026-01-01T24:00:00.000Z', 'infinity']) {
    assert.throws(() => pageFrom({ cursor: cursorAt({ at, id }) }), badRequest, at)
  }
  const cursor = cursorAt({ at: '2026-01-15T10:20:30.000Z', id })
  for (const changed of [`${cursor}=`, ` ${cursor}`, cursor.slice(0, -1)]) {
    assert.throws(() => pageFrom({ cursor: changed }), badRequest, changed)
  }
})

test('a page holds 200 tickets unless asked for, and never more than 1000', () => {
  const limits = [undefined, '1', '007', '1000', '1001', '9'.repeat(400)].map(
    (count) => pageFrom(count === undefined ? {} : { count }).limit,
  )
  assert.deepEqual(limits, [200, 1, 7, 1000, 1000, 1000])
})
