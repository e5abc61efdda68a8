import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseJson } from './json.ts'
import { WireRefusal } from './wire.ts'

const refused = (text: string | Buffer) => assert.throws(() => parseJson(Buffer.from(text)), WireRefusal)

test('every JSON value is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      const value: unknown = JSON.parse(text)
      const spaced = JSON.stringify(value, null, indent)
      assert.deepEqual(parseJson(Buffer.from(spaced)), value)
    }),
  )
})

test('a name that an object has twice is refused, however it is written and wherever the object is', () => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"a" : 1, "\\u0061":2}',
    '[{"b":{"a":1,"x":[],"a":{}}}]',
    '{"a":{"a":1},"a":2}',
  ])
    refused(text)
})

test('a byte order mark says nothing', () => {
  assert.deepEqual(parseJson(Buffer.from('\ufeff{"a":"\ufeff"}')), { a: '\ufeff' })
})

test('the same name in different objects is fine', () => {
  assert.deepEqual(parseJson(Buffer.from('[{"a":{"a":"a"}},{"a":"{\\"a\\":"}]')), [{ a: { a: 'a' } }, { a: '{"a":' }])
})

test('what is not UTF-8 JSON is refused, and nothing at all is undefined', () => {
  for (const text of [
    '{',
    'nope',
    '{"a":01}',
    '\ufeff',
    '{}\ufeff',
    '\u0000{}',
    Buffer.from('\ufeff{}', 'utf16le'),
    Buffer.from([0x22, 0xff, 0x22]),
    Buffer.from('{"a":1}', 'utf16le'),
  ])
    refused(text)
  assert.equal(parseJson(Buffer.alloc(0)), undefined)
})
