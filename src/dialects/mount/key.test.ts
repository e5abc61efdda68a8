import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { isSameRequest } from '../../core/idempotency/key.ts'
import { canonical, idempotencyKey, type KeyedRequest } from './key.ts'

const REQUEST: KeyedRequest = {
  claimant: 'somebody',
  header: 'key',
  method: 'POST',
  url: '/v1/tickets',
  body: { title: 'Printer', priority: 'high' },
  operation: 'POST /v1/tickets',
  params: {},
  parameters: [{}, { title: 'Printer', priority: 'high' }],
}

/** The key and fingerprint of the request with changes. */
function keyOf(changes: Partial<KeyedRequest>) {
  return idempotencyKey({ ...REQUEST, ...changes }) ?? assert.fail()
}

test('the fields of a request say the same in any order', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
      const turned = Object.fromEntries(Object.entries(fields).reverse())
      assert.equal(canonical(turned), canonical(fields))
    }),
  )
})

test('what a request says differs where its texts, numbers or lists do', () => {
  const said = [{}, null, '', 'a', 'b', 1, 2, [1, 2], [2, 1], { a: 1 }, { a: 2 }, { b: 1 }, { a: null }, 'null', '{}']
  assert.equal(new Set(said.map(canonical)).size, said.length)
})

test('ids are the same in either case, numbers the same as digits, and a list of one as its element', () => {
  const id = '0198C0DE-0000-7000-8000-00000000DEAD'
  assert.equal(canonical({ desk: id }), canonical({ desk: id.toLowerCase() }))
  assert.equal(canonical({ ids: [7], on: true }), canonical({ ids: '7', on: 'true' }))
})

test('a key is the same in the quotes of the draft and without', () => {
  assert.equal(keyOf({ header: '"8e03978e"' }).key, '8e03978e')
  assert.equal(keyOf({ header: '8e03978e' }).key, '8e03978e')
  assert.equal(keyOf({ header: '"a\\"b\\\\c"' }).key, 'a"b\\c')
  assert.equal(keyOf({ header: '"half' }).key, '"half')
  for (const header of ['', '""', '"two words"', 'two words', 'é', 'x'.repeat(256), ['a', 'b']])
    assert.throws(() => keyOf({ header }), { message: 'invalid' })
})

test('a claim that a version before kept is of the same request, and of no other', () => {
  const old = createHash('sha256')
    .update(`POST\n/v1/tickets\n${JSON.stringify(REQUEST.body)}`)
    .digest('base64url')
  assert.ok(isSameRequest(keyOf({}), old))
  assert.ok(isSameRequest(keyOf({}), keyOf({}).fingerprint))
  const other = { title: 'Other' }
  assert.ok(!isSameRequest(keyOf({ body: other, parameters: [{}, other] }), old))
})
