import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../../core/errors.ts'
import { decodePrecondition } from './codec.ts'
import { isKnown } from './entity-tags.ts'

const demanded = (condition: string) => decodePrecondition({ 'if-match': condition }).version

test('If-Match demands the version in its entity tag, whatever a proxy that compresses made of it', () => {
  assert.equal(decodePrecondition({}).version, undefined)
  for (const any of ['*', ' * ']) assert.equal(demanded(any), undefined)
  for (const tag of ['"12"', 'W/"12"', '"12-gzip"', 'W/"12-br"', '"12--gzip"', '"12-zstd"', ' "12" ', ', "12",'])
    assert.equal(demanded(tag), 12, tag)
})

test('of a list of entity tags any version will do', () => {
  assert.deepEqual(demanded('"0", "1"'), [0, 1])
  assert.deepEqual(demanded('W/"3-gzip" , "7"'), [3, 7])
})

test('an entity tag that is none of ours matches no ticket', () => {
  for (const tag of ['"012"', '""', '"abc"', '"12-"', '"-gzip"', '"12 gzip"', '"1.2"', '"99999999999"', 'W/"0"'])
    if (!tag.includes(' ')) assert.equal(demanded(tag), 0, tag)
})

test('what is no list of entity tags is refused: a version without quotes, half a tag, nothing', () => {
  for (const condition of ['12', 'W/12', '12, "13"', '"12', '12"', "'12'", '', ' ', ',', '"1" x', '*, "1"', '"1 2"'])
    for (const name of ['if-match', 'if-none-match']) {
      const decoding = () => (name === 'if-match' ? demanded(condition) : isKnown({ [name]: condition }, 1))
      assert.throws(
        decoding,
        (error) => error instanceof Refusal && error.error.code === 'invalid',
        `${name}: ${condition}`,
      )
    }
})

test('If-None-Match knows a version by the same rule', () => {
  const known = (condition: string) => isKnown({ 'if-none-match': condition }, 2)
  assert.equal(isKnown({}, 2), false)
  for (const tags of ['*', '"2"', 'W/"2"', '"2-gzip"', '"1", W/"2"']) assert.equal(known(tags), true, tags)
  for (const tags of ['"1"', '"22"', '"x"', '"1", "3"']) assert.equal(known(tags), false, tags)
})
