import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WireRefusal } from '../wire.ts'
import { nested, parametersOf } from './names.ts'

test('a list of ids is the same parameter in every bracket spelling', () => {
  const two = ['1', '2']
  assert.deepEqual(nested([['ticketIDs[]', two]]), { ticketIDs: two })
  assert.deepEqual(nested([['ticketIDs', two]]), { ticketIDs: two })
  assert.deepEqual(
    nested([
      ['ticketIDs[1]', '2'],
      ['ticketIDs[0]', '1'],
    ]),
    { ticketIDs: two },
  )
  assert.deepEqual(
    nested([
      ['ticketIDs[10]', '2'],
      ['ticketIDs[9]', '1'],
    ]),
    { ticketIDs: two },
  )
})

test('actions are the same in brackets and as JSON, in the order of their index', () => {
  const fields = [
    ['actions[10][actionType]', 'note'],
    ['actions[2][actionType]', 'status'],
    ['actions[2][value]', 'open'],
    ['actions[10][value]', 'Hello'],
  ] as const
  const actions = [
    { actionType: 'status', value: 'open' },
    { actionType: 'note', value: 'Hello' },
  ]
  assert.deepEqual(nested(fields), { actions })
  assert.deepEqual(nested([['actions', actions]]), { actions })
})

test('a name that would reach a prototype is refused', () => {
  for (const name of [
    '__proto__',
    'constructor',
    'a[__proto__]',
    'a[constructor]',
    'a[0][prototype]',
    '__proto__[x]',
    'constructor[]',
  ]) {
    assert.throws(
      () => nested([[name, 1]]),
      (error) => error instanceof WireRefusal && error.error.code === 'malformed',
    )
  }
})

test('no names whatever change what other objects are', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.jsonValue())), (fields) => {
      try {
        nested(fields)
      } catch (error) {
        assert.ok(error instanceof WireRefusal)
      }
      assert.deepEqual(Object.keys({}), [])
      assert.equal(Object.getPrototypeOf({}), Object.prototype)
    }),
  )
})

test('a name with brackets in other places is a name like any other', () => {
  assert.deepEqual(
    nested([
      ['a[', 1],
      ['[b]', 2],
      ['c[d]e', 3],
      ['f[g][h][i]', 4],
    ]),
    { 'a[': 1, '[b]': 2, 'c[d]e': 3, 'f[g][h][i]': 4 },
  )
})

test('parameters come from body and query, the body wins, and the key is none of them', () => {
  const query = { apiKey: 'k', apikey: 'k', 'ticketIDs[]': ['1', '2'], status: 'new' }
  assert.deepEqual(parametersOf({ query, body: { status: 'open' } }), { ticketIDs: ['1', '2'], status: 'open' })
  assert.deepEqual(parametersOf({ query }), { ticketIDs: ['1', '2'], status: 'new' })
})

test('a name in two spellings is refused, since one of its values would be lost', () => {
  const twice: readonly (readonly [string, string])[] = [
    ['ticketIDs[0]', 'ticketIDs[]'],
    ['ticketIDs[]', 'ticketIDs[0]'],
    ['ticketIDs', 'ticketIDs[]'],
    ['actions', 'actions[0][value]'],
    ['actions[0]', 'actions[0][value]'],
  ]
  for (const [one, other] of twice)
    assert.throws(
      () =>
        nested([
          [one, '1'],
          [other, '2'],
        ]),
      WireRefusal,
      `${one} ${other}`,
    )
})
