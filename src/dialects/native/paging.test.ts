import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../test/arbitraries.ts'
import { Refusal } from '../../core/errors.ts'
import { cursorAfter, cursorAt, decodeCount, decodeKey, decodeLimit, pageOf } from './paging.ts'

/** The field that a call refuses as invalid; anything else it throws fails the test. */
function refusedField(call: () => unknown): string | null {
  try {
    call()
    return null
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    return error.error.issues.flatMap((issue) => issue.path).join('.')
  }
}

test('a limit is a whole number from 1 to 200, and 50 when absent', () => {
  assert.equal(decodeLimit({}), 50)
  assert.equal(decodeLimit({ limit: '1' }), 1)
  assert.equal(decodeLimit({ limit: '200' }), 200)
  for (const limit of ['', '0', '-1', '201', '1000', '1.5', '1e1', ' 1', '01', '٣', 'ten']) {
    assert.equal(
      refusedField(() => decodeLimit({ limit })),
      'limit',
      limit,
    )
  }
})

test('a cursor leads to where the page ended', () => {
  const moment = fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((each) => each.toISOString())
  fc.assert(
    fc.property(moment, fc.uuid(), fc.integer({ min: 1, max: 1e9 }), (at, id, count) => {
      assert.deepEqual(decodeKey({ cursor: cursorAfter({ at, id }) }), { at, id })
      assert.equal(decodeCount({ cursor: cursorAt(count) }), count)
    }),
  )
})

test('a cursor holds only characters that need no escaping in an address', () => {
  assert.match(cursorAfter({ at: '2026-01-15T10:20:30.123Z', id: '0198c0de-0000-7000-8000-000000000000' }), /^[\w-]+$/)
})

test('without a cursor a list begins at its beginning', () => {
  assert.equal(decodeKey({}), null)
  assert.equal(decodeCount({}), 0)
})

test('what is no cursor of this list is refused, whatever it is', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64url')
  const wrong = [
    '',
    'nonsense',
    '==',
    cursorAt(5),
    `${cursorAfter({ at: '2026-01-15T10:20:30.123Z', id: '0198c0de-0000-7000-8000-000000000000' })}=`,
    encoded('2026-02-31T10:20:30.123Z 0198c0de-0000-7000-8000-000000000000'),
    encoded('0000-01-01T00:00:00.000Z 0198c0de-0000-7000-8000-000000000000'),
    encoded('infinity 0198c0de-0000-7000-8000-000000000000'),
  ]
  for (const cursor of wrong) {
    assert.equal(
      refusedField(() => decodeKey({ cursor })),
      'cursor',
      cursor,
    )
  }
  assert.equal(
    refusedField(() => decodeCount({ cursor: encoded('99999999999999999999') })),
    'cursor',
  )
  fc.assert(
    fc.property(anyText(), (cursor) => {
      assert.equal(
        refusedField(() => decodeKey({ cursor })),
        'cursor',
      )
    }),
  )
})

test('pages of records at hand, one after the other, are all records once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (records, limit) => {
      const seen: number[] = []
      let cursor: string | null = null
      do {
        const page: ReturnType<typeof pageOf<number>> = pageOf(records, {
          limit: String(limit),
          ...(cursor !== null && { cursor }),
        })
        assert.ok(page.data.length <= limit)
        seen.push(...page.data)
        cursor = page.next
      } while (cursor !== null)
      assert.deepEqual(seen, records)
    }),
  )
})
