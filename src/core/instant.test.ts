import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { instant, isInstant, toSeconds } from './instant.ts'

test('PostgreSQL text and JSON forms of a time become the same instant', () => {
  const time = fc.date({
    min: new Date('1970-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(time, (date) => {
      const iso = date.toISOString()
      const fraction = iso.slice(19, 23).replace(/0+$/, '').replace(/^\.$/, '')
      assert.equal(instant(`${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction}+00`), iso)
      assert.equal(instant(`${iso.slice(0, 19)}${fraction}+00:00`), iso)
      assert.equal(instant(iso), iso)
    }),
  )
})

test('a time that is not UTC is refused', () => {
  assert.throws(() => instant('2026-01-15 10:20:30+01'))
})

test('an instant from outside is one that both the calendar and PostgreSQL have', () => {
  const times = ['2026-02-28T23:59:59.999Z', '2024-02-29T00:00:00.000Z', '0001-01-01T00:00:00.000Z']
  for (const text of times) assert.ok(isInstant(text), text)
  const none = [
    '',
    'now',
    '2026-01-15',
    '2026-01-15T10:20:30Z',
    '2026-01-15T10:20:30.123+01:00',
    '2026-01-15 10:20:30.123Z',
  ]
  const never = ['2026-02-30T00:00:00.000Z', '2026-99-99T99:99:99.999Z', '9999-12-31T24:00:00.000Z']
  const notThere = ['0000-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z', '-000001-01-01T00:00:00.000Z']
  for (const text of [...none, ...never, ...notThere]) assert.ok(!isInstant(text), text)
})

test('seconds precision drops the fraction', () => {
  assert.equal(toSeconds('2026-01-15T10:20:30.999Z'), '2026-01-15T10:20:30Z')
})
