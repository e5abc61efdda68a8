import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FRESH_CATALOGUE } from './catalogue.ts'
import { PROFILES } from './profiles.ts'

test('a fresh tenant has the topics of every dialect, with ids of their own; those that vendors name stay as they are', () => {
  const { topics } = FRESH_CATALOGUE
  const ids = topics.map(({ id }) => id)
  assert.deepEqual(
    ids,
    topics.map((_, index) => index + 1),
  )
  for (const { name, topics: own } of PROFILES) {
    for (const fresh of own?.fresh ?? []) {
      const topic = topics.find((each) => each.name === fresh.name) ?? assert.fail(fresh.name)
      assert.deepEqual([topic.offered_in, topic.word], [[name], fresh.word])
      if (fresh.id !== undefined) assert.equal(topic.id, fresh.id)
    }
  }
})
