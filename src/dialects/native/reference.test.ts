import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../core/errors.ts'
import { decodeRef } from './reference.ts'

test('a ticket is named by its UUID in either case, or by its integer', () => {
  const uuid = '0198c0de-0000-7000-8000-00000000000a'
  assert.deepEqual(decodeRef({ id: uuid }, 'ticket'), { id: uuid })
  assert.deepEqual(decodeRef({ id: uuid.toUpperCase() }, 'ticket'), { id: uuid })
  assert.deepEqual(decodeRef({ id: '42' }, 'ticket'), { integer: 42 })
})

test('what is neither names nothing', () => {
  for (const id of [
    '',
    '0',
    '-1',
    '007',
    '1.5',
    '9'.repeat(16),
    'x',
    '0198c0de00007000800000000000000a',
    ' 1',
    '1\n',
  ]) {
    assert.throws(
      () => decodeRef({ id }, 'user'),
      (error) => error instanceof Refusal && error.error.code === 'not_found' && error.error.missing === 'user',
      id,
    )
  }
})
