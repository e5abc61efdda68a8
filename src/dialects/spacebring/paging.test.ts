import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../core/errors.ts'
import { decodePageToken, encodePageToken, searchQueryNext, withoutSecondMark } from './paging.ts'
import { ORDER_WORDS } from './words.ts'

const listing = fc.record({ order: fc.constantFrom(...ORDER_WORDS), locationRef: fc.uuid() })
const key = fc.record({ at: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), id: fc.uuid() })

const refusesToken = (error: unknown) =>
  error instanceof Refusal && error.error.code === 'invalid' && error.error.issues[0]?.path[0] === 'nextPageToken'

test('a page token leads back to where its page ended', () => {
  fc.assert(
    fc.property(listing, key, fc.nat(), (list, { at, id }, position) => {
      const place = { at: list.order.startsWith('update') ? String(position) : at.toISOString(), id }
      assert.deepEqual(decodePageToken(encodePageToken(list, place), list), place)
    }),
  )
})

test('a page token by time is none of a list by change, nor the other way round', () => {
  const list = { order: 'updateDate:asc', locationRef: '0197c9a0-0000-7000-8000-000000000002' } as const
  const created = { ...list, order: 'createDate:asc' } as const
  const place = (at: string) => ({ at, id: list.locationRef })
  const refusesIn = (of: typeof list | typeof created, at: string) =>
    assert.throws(() => decodePageToken(encodePageToken(of, place(at)), of), refusesToken)
  refusesIn(list, '2026-01-15T10:00:00.000Z')
  for (const at of ['7', '', '-1']) refusesIn(created, at)
  for (const at of ['', '-1', '1.5', '1e3', '9'.repeat(16)]) refusesIn(list, at)
})

test('a page token of another list is refused', () => {
  fc.assert(
    fc.property(listing, listing, key, (mine, other, { at, id }) => {
      fc.pre(mine.order !== other.order || mine.locationRef !== other.locationRef)
      const token = encodePageToken(other, { at: at.toISOString(), id })
      assert.throws(() => decodePageToken(token, mine), refusesToken)
    }),
  )
})

test('whatever is no page token is refused', () => {
  const list = { order: 'createDate:asc', locationRef: '0197c9a0-0000-7000-8000-000000000002' } as const
  const times = fc.constantFrom('0000-01-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-99-99T99:99:99.999Z')
  const never = times.map((at) => JSON.stringify([list.order, list.locationRef, at, list.locationRef]))
  const forged = fc.oneof(fc.json(), never).map((text) => Buffer.from(text).toString('base64url'))
  fc.assert(
    fc.property(fc.oneof(fc.string(), forged), (token) => {
      assert.throws(() => decodePageToken(token, list), refusesToken)
    }),
  )
})

test('the query of the next page is what was asked and the token, ready to append', () => {
  const asked = { locationRef: 'l', limit: undefined, order: 'createDate:asc', membershipRefRequester: 'a,b' }
  assert.equal(
    searchQueryNext(asked, 'token'),
    '?locationRef=l&order=createDate%3Aasc&membershipRefRequester=a%2Cb&nextPageToken=token',
  )
})

test('a second question mark before the query is read as if it were not there', () => {
  assert.deepEqual(withoutSecondMark({ '?locationRef': 'l', order: 'o' }), { locationRef: 'l', order: 'o' })
})
