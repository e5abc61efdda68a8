import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judge, leastFree } from './space.ts'

const MIB = 1_048_576

test('what is needed grows with the disk, within bounds', () => {
  const needed = [110, 1_000, 10_000, 1_000_000].map((mebibytes) => leastFree({ total: mebibytes * MIB }) / MIB)
  assert.deepEqual(needed, [16, 16, 100, 256])
})

test('writes are refused before there is nothing left, and taken only when the reserve is back', () => {
  const disk = fc.record({ total: fc.integer({ min: 64, max: 100_000 }), free: fc.integer({ min: 0, max: 100_000 }) })
  const state = fc.record({ isFull: fc.boolean(), hasReserve: fc.boolean() })
  fc.assert(
    fc.property(disk, state, ({ total, free }, before) => {
      const left = { total: total * MIB, free: Math.min(free, total) * MIB }
      const verdict = judge(left, before)
      if (left.free < leastFree(left)) assert.equal(verdict.isFull, true)
      if (before.isFull && !verdict.isFull) assert.ok(before.hasReserve && left.free >= leastFree(left))
      if (verdict.reserve === 'give back') assert.ok(before.hasReserve && verdict.isFull)
      if (verdict.reserve === 'take') assert.ok(!before.hasReserve && left.free > leastFree(left) + 16 * MIB)
    }),
  )
})

test('a disk that stays as it is comes to rest: nothing comes and goes', () => {
  const sizes = fc.record({ total: fc.integer({ min: 64, max: 5_000 }), free: fc.integer({ min: 0, max: 5_000 }) })
  fc.assert(
    fc.property(sizes, ({ total, free }) => {
      let left = { total: total * MIB, free: Math.min(free, total) * MIB }
      let state = { isFull: false, hasReserve: false }
      const seen: string[] = []
      for (let look = 0; look < 8; look++) {
        const { isFull, reserve } = judge(left, state)
        if (reserve === 'take') left = { ...left, free: left.free - 16 * MIB }
        if (reserve === 'give back') left = { ...left, free: left.free + 16 * MIB }
        state = { isFull, hasReserve: reserve === 'take' || (state.hasReserve && reserve === 'keep') }
        seen.push(JSON.stringify(state))
      }
      assert.equal(new Set(seen.slice(3)).size, 1, seen.join(' '))
    }),
  )
})
