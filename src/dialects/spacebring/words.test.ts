import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STATUSES } from '../../core/words.ts'
import { tenant } from './fixtures/samples.ts'
import {
  CHANGE_OF_STATUS_WORD,
  STATUS_WORDS,
  TYPE_WORDS,
  topicOfTypeWord,
  typeWordOf,
  WORD_OF_STATUS,
} from './words.ts'

test('setting a status word leads to a status that is shown by that word', () => {
  for (const word of STATUS_WORDS) assert.equal(WORD_OF_STATUS[CHANGE_OF_STATUS_WORD[word].to], word)
})

test('setting a status word leaves exactly the statuses alone that are shown by it already', () => {
  for (const word of STATUS_WORDS) {
    const { to, sameAs = [to] } = CHANGE_OF_STATUS_WORD[word]
    assert.deepEqual(
      [...sameAs],
      STATUSES.filter((status) => WORD_OF_STATUS[status] === word),
    )
  }
})

test('each of the fourteen types is a topic and back', () => {
  for (const word of TYPE_WORDS) assert.equal(typeWordOf(tenant, topicOfTypeWord(tenant, word)), word)
})

test('a topic of another vendor, and no topic, are shown as other', () => {
  assert.equal(typeWordOf(tenant, 1), 'other')
  assert.equal(typeWordOf(tenant, null), 'other')
})

test('a topic that the tenant gave up is still shown but cannot be chosen', () => {
  const topics = tenant.topics.map((topic) => (topic.word === 'printing' ? { ...topic, active: false } : topic))
  const printing = topicOfTypeWord(tenant, 'printing')
  assert.equal(topicOfTypeWord({ ...tenant, topics }, 'printing'), null)
  assert.equal(typeWordOf({ ...tenant, topics }, printing), 'printing')
})
