import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seldom } from './seldom.ts'

test('the same message is told once a minute, others at once', () => {
  const told: string[] = []
  let now = 0
  const log = seldom(
    (message) => told.push(message),
    () => now,
  )
  for (; now < 180_000; now += 1_000) log('away')
  log('another')
  assert.deepEqual(told, ['away', 'away', 'away', 'another'])
})
