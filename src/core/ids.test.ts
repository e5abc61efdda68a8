import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { validate, version } from 'uuid'
import { createIds } from './ids.ts'

test('Ids sort in the order in which they were made, whatever the clock does, and none comes twice', () => {
  const ticks = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 600 })
  fc.assert(
    fc.property(ticks, (steps) => {
      let now = Date.UTC(2026, 0, 1)
      const newId = createIds(() => now)
      const made = steps.map((step) => {
        now += step
        return newId()
      })
      assert.deepEqual([...new Set(made)].sort(), made)
      assert.ok(made.every((id) => validate(id) && version(id) === 7))
    }),
  )
})

test('An id carries the time at which it was made', () => {
  const at = Date.UTC(2026, 10, 21, 6, 30)
  const id = createIds(() => at)()
  assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), at)
})

test('Two processes make different ids in the same millisecond', () => {
  const at = Date.UTC(2026, 10, 21)
  const [one, other] = [createIds(() => at), createIds(() => at)]
  const made = Array.from({ length: 1000 }, () => [one(), other()]).flat()
  assert.equal(new Set(made).size, made.length)
})
