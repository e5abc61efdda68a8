import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Issue, Refusal } from '../../core/errors.ts'
import { actions, choice, choiceOrNull, flag, idList, number, numberOr, required, text } from './coercion.ts'

function refusedAs(rule: Issue['rule'], path: Issue['path'], call: () => unknown): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Refusal && error.error.code === 'invalid')
    assert.deepEqual([error.error.issues[0]?.rule, error.error.issues[0]?.path], [rule, path])
    return true
  })
}

const id = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

test('a number means the same as JSON and as text with blanks around it', () => {
  fc.assert(
    fc.property(id, fc.nat(3), (n, blanks) => {
      const pad = ' '.repeat(blanks)
      assert.equal(number({ a: n }, 'a'), n)
      assert.equal(number({ a: `${pad}${n}${pad}` }, 'a'), n)
    }),
  )
})

test('what is no whole number from 0 is refused by its name', () => {
  for (const value of [
    '',
    ' ',
    'null',
    null,
    '1.5',
    1.5,
    -1,
    '-1',
    '+1',
    '1e3',
    '0x10',
    true,
    [1],
    {},
    '9007199254740992',
    2 ** 53,
  ]) {
    refusedAs('type', ['a'], () => number({ a: value }, 'a'))
  }
})

test('any value at all is read as a number or refused, never thrown over', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      try {
        const read = number({ a: value }, 'a')
        assert.ok(read === undefined || (Number.isSafeInteger(read) && read >= 0))
      } catch (error) {
        assert.ok(error instanceof Refusal)
      }
    }),
  )
})

test('a number with a default takes nothing, null, blanks and the word null for it', () => {
  for (const value of [undefined, null, '', '  ', 'null']) assert.equal(numberOr({ a: value }, 'a', 0), 0)
  assert.equal(numberOr({}, 'a', null), null)
  assert.equal(numberOr({ a: '7' }, 'a', 0), 7)
  refusedAs('type', ['a'], () => numberOr({ a: 'x' }, 'a', 0))
})

test('a text may come as a JSON number; null is absent, empty is a value', () => {
  assert.equal(text({ a: 42 }, 'a'), '42')
  assert.equal(text({ a: '' }, 'a'), '')
  assert.equal(text({ a: null }, 'a'), undefined)
  assert.equal(text({}, 'a'), undefined)
  for (const value of [true, [], ['a'], {}]) refusedAs('type', ['a'], () => text({ a: value }, 'a'))
})

test('a flag is read in any case, as JSON or text', () => {
  for (const value of [true, 'true', 'TRUE', 1, '1']) assert.equal(flag({ a: value }, 'a', false), true)
  for (const value of [false, 'False', 0, '0']) assert.equal(flag({ a: value }, 'a', true), false)
  assert.equal(flag({}, 'a', true), true)
  for (const value of ['yes', '', null, 2, ['true'], {}]) refusedAs('type', ['a'], () => flag({ a: value }, 'a', false))
})

test('a choice is one of the words as a whole and in their case', () => {
  const words = { inbound: 'in', outbound: 'out' }
  assert.equal(choice({ a: 'inbound' }, 'a', words), 'in')
  assert.equal(choice({}, 'a', words), undefined)
  for (const value of [
    'inboundX',
    'Xoutbound',
    'Inbound',
    ' inbound',
    '',
    null,
    1,
    ['inbound'],
    'constructor',
    'toString',
  ]) {
    refusedAs('choice', ['a'], () => choice({ a: value }, 'a', words))
  }
  assert.equal(choiceOrNull({ a: null }, 'a', words), null)
})

test('ids mean the same in every spelling, and each counts once', () => {
  fc.assert(
    fc.property(
      fc.array(id, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(',', ', ', ' ', ' ,, '),
      (ids, comma) => {
        const once = [...new Set(ids)]
        assert.deepEqual(idList({ a: ids }, 'a'), once)
        assert.deepEqual(idList({ a: ids.map(String) }, 'a'), once)
        assert.deepEqual(idList({ a: ids.join(comma) }, 'a'), once)
      },
    ),
  )
  assert.deepEqual(idList({ a: 7 }, 'a'), [7])
})

test('a list without an id is a missing parameter; one malformed id spoils the list', () => {
  for (const value of ['', ' , ', []]) refusedAs('required', ['a'], () => idList({ a: value }, 'a'))
  for (const value of ['1;2', '1,x', [1, 'x'], [[1]], null, {}, true])
    refusedAs('type', ['a'], () => idList({ a: value }, 'a'))
  assert.equal(idList({}, 'a'), undefined)
})

test('a call takes at most 1,000 ids and 50 actions', () => {
  assert.equal(idList({ a: Array.from({ length: 1000 }, (_, n) => n) }, 'a')?.length, 1000)
  refusedAs('too_long', ['a'], () => idList({ a: Array.from({ length: 1001 }, () => 1) }, 'a'))
  const action = { actionType: 'status', value: 'open' }
  assert.equal(actions({ a: Array(50).fill(action) }, 'a')?.length, 50)
  refusedAs('too_long', ['a'], () => actions({ a: Array(51).fill(action) }, 'a'))
})

test('an action needs a type, and is named by its place', () => {
  assert.deepEqual(actions({ a: [{ actionType: 'note', value: 'x', more: 1 }] }, 'a'), [
    { actionType: 'note', value: 'x' },
  ])
  refusedAs('required', ['a'], () => actions({ a: [] }, 'a'))
  refusedAs('required', ['a', 1, 'actionType'], () => actions({ a: [{ actionType: 'note' }, { value: 1 }] }, 'a'))
  refusedAs('type', ['a', 0, 'actionType'], () => actions({ a: [{ actionType: 3 }] }, 'a'))
  refusedAs('type', ['a', 0], () => actions({ a: ['status'] }, 'a'))
  for (const value of ['status', { actionType: 'status' }, null])
    refusedAs('type', ['a'], () => actions({ a: value }, 'a'))
})

test('what a call cannot do without is asked for by its name', () => {
  assert.equal(required('a', 0), 0)
  refusedAs('required', ['a'], () => required('a', undefined))
})
