import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { createTurns } from './turns.ts'

test('Work that shares a key runs one after the other, in the order of arrival, and all of it runs', async () => {
  const KEYS: readonly string[] = ['a', 'b', 'c', 'd']
  const anyWork = fc.record({
    keys: fc.array(fc.constantFrom(...KEYS), { maxLength: 3 }),
    pauses: fc.nat(3),
    fails: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(anyWork, { maxLength: 12 }), async (works) => {
      const inTurn = createTurns()
      const busy = new Set<string>()
      const begun: number[] = []
      const outcomes = await Promise.allSettled(
        works.map(({ keys, pauses, fails }, index) =>
          inTurn(keys, async () => {
            for (const key of new Set(keys)) {
              assert.ok(!busy.has(key), 'nobody else is at it')
              busy.add(key)
            }
            begun.push(index)
            for (let n = 0; n < pauses; n++) await pause()
            for (const key of keys) busy.delete(key)
            if (fails) throw new Error(`failed ${index}`)
            return index
          }),
        ),
      )
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') assert.equal(outcome.value, index)
        else assert.equal(outcome.reason.message, `failed ${index}`)
      }
      for (const key of KEYS) {
        const order = begun.filter((index) => works[index]?.keys.includes(key))
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
        )
      }
    }),
  )
})

test('Work on another key does not wait', async () => {
  const inTurn = createTurns()
  const { promise: gate, resolve: open } = Promise.withResolvers<string>()
  const held = inTurn(['a'], () => gate)
  const behind = inTurn(['a', 'b'], async () => 'behind')
  assert.equal(await inTurn(['c'], async () => 'beside'), 'beside')
  open('held')
  assert.deepEqual(await Promise.all([held, behind]), ['held', 'behind'])
})
