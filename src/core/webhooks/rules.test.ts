import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Sent } from './protocol.ts'
import { fateAfter } from './rules.ts'

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

test('a failure is tried again after the delays of the schedule, then given up', () => {
  const fates = [1, 2, 3].map((tries) => fateAfter({ problem: 'Away.' }, tries, AT, schedule))
  assert.deepEqual(fates, [
    { state: 'waiting', nextAt: '2026-01-15T10:00:02.000Z', disables: false },
    { state: 'waiting', nextAt: '2026-01-15T10:00:04.000Z', disables: false },
    { state: 'dead', disables: false },
  ])
})

test('only what the last attempt was answered disables', () => {
  assert.deepEqual(
    [1, 2, 3].map((tries) => fateAfter(answered(404), tries, AT, schedule).disables),
    [false, false, true],
  )
})
