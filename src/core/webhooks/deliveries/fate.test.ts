import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Sent } from '../protocol.ts'
import { fateAfter } from './fate.ts'

const AT = '2026-01-15T10:00:00.000Z'
const answered = (status: number): Sent => ({ answer: { status, headers: {}, body: '' } })
const schedule = { retryDelaysMs: [2_000, 4_000], disables: (status: number | null) => status === 404 }

test('every 2xx is a receipt, and nothing else is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.integer({ min: 1, max: 5 }), (status, tries) => {
      const { state } = fateAfter(answered(status), tries, AT, schedule)
      assert.equal(state === 'delivered', status >= 200 && status < 300)
    }),
  )
})

const AS_EVER = { nextAt: null, disables: null, restsUntil: null }

test('a failure is tried again after the delays of the schedule, then given up', () => {
  const fates = [1, 2, 3].map((tries) => fateAfter({ problem: 'Away.' }, tries, AT, schedule))
  assert.deepEqual(fates, [
    { ...AS_EVER, state: 'waiting', nextAt: '2026-01-15T10:00:02.000Z' },
    { ...AS_EVER, state: 'waiting', nextAt: '2026-01-15T10:00:04.000Z' },
    { ...AS_EVER, state: 'dead' },
  ])
})

test('only what the last attempt was answered disables', () => {
  assert.deepEqual(
    [1, 2, 3].map((tries) => fateAfter(answered(404), tries, AT, schedule).disables),
    [null, null, 'failures'],
  )
})

test('410 disables at once, and what it answered waits until somebody enables it again', () => {
  for (const tries of [1, 2, 3])
    assert.deepEqual(fateAfter(answered(410), tries, AT, schedule), {
      ...AS_EVER,
      state: 'waiting',
      nextAt: AT,
      disables: 'gone',
    })
})

/** What is made of a Retry-After, as milliseconds that the delivery waits, and that the receiver is left alone. */
function rest(status: number, retryAfter: string, tries = 1, date?: string): readonly [number | null, number | null] {
  const headers = { 'retry-after': retryAfter, ...(date !== undefined && { date }) }
  const { nextAt, restsUntil } = fateAfter({ answer: { status, headers, body: '' } }, tries, AT, schedule)
  const since = (at: string | null) => (at === null ? null : Date.parse(at) - Date.parse(AT))
  return [since(nextAt), since(restsUntil)]
}

test('the Retry-After of 429 and 503 is heard, in seconds and as a date, within a day and never sooner than the schedule', () => {
  for (const status of [429, 503]) {
    assert.deepEqual(rest(status, '120'), [120_000, 120_000])
    assert.deepEqual(rest(status, ' 3 '), [3_000, 3_000])
    assert.deepEqual(rest(status, '1', 2), [4_000, 1_000])
    assert.deepEqual(rest(status, 'Thu, 15 Jan 2026 10:02:00 GMT'), [120_000, 120_000])
    assert.deepEqual(rest(status, '9999999999'), [86_400_000, 86_400_000])
    assert.deepEqual(rest(status, 'Fri, 15 Jan 2027 10:02:00 GMT'), [86_400_000, 86_400_000])
    assert.deepEqual(rest(status, '60', 3), [null, 60_000])
  }
})

test('a date is meant by the receiver’s own clock', () => {
  assert.deepEqual(rest(503, 'Thu, 15 Jan 2026 08:02:00 GMT', 1, 'Thu, 15 Jan 2026 08:00:00 GMT'), [120_000, 120_000])
})

test('a Retry-After that is past, empty or no time, or of another answer, changes nothing', () => {
  for (const text of ['', '0', '-5', '1e9', 'soon', '99999999999', 'Thu, 15 Jan 2026 09:00:00 GMT'])
    assert.deepEqual(rest(503, text), [2_000, null], text)
  for (const status of [400, 422, 500, 301]) assert.deepEqual(rest(status, '120'), [2_000, null], `${status}`)
})
