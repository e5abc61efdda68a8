import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { blanksRemover } from './blanks.ts'

const SCHEMA = Type.Object({
  title: Type.String(),
  author: Type.Optional(Type.String({ minLength: 1 })),
  assignee: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  contact: Type.Object({ email: Type.String(), name: Type.Optional(Type.String()) }),
})

test('what an optional field holds of nothing is left out, at any depth', () => {
  const sent = { title: '', author: null, contact: { email: null, name: null }, more: null }
  assert.deepEqual(blanksRemover(SCHEMA, 'null')(sent), { title: '', contact: { email: null }, more: null })
})

test('the empty text is nothing only where the dialect says so', () => {
  const sent = { title: '', author: '', assignee: '', contact: { email: '', name: '' } }
  assert.deepEqual(blanksRemover(SCHEMA, 'null')(sent), sent)
  assert.deepEqual(blanksRemover(SCHEMA, 'null and empty')(sent), { title: '', contact: { email: '' } })
})

test('a null that means something stays', () => {
  const sent = { title: 'x', assignee: null, contact: { email: 'a@b.example' } }
  assert.deepEqual(blanksRemover(SCHEMA, 'null and empty')(sent), sent)
})

test('what is no object is as it was, and so is everything where blanks mean nothing', () => {
  for (const sent of [null, undefined, [], 'x', 7, { contact: null }, { contact: [null] }])
    assert.deepEqual(blanksRemover(SCHEMA, 'null')(sent), sent)
  const sent = { author: null }
  assert.equal(blanksRemover(SCHEMA, undefined)(sent), sent)
  assert.equal(blanksRemover(undefined, 'null')(sent), sent)
})

test('a name that would reach a prototype is a name', () => {
  const sent: object = JSON.parse('{"__proto__": {"x": 1}, "author": null}')
  const left = blanksRemover(SCHEMA, 'null')(sent)
  assert.deepEqual(Object.getOwnPropertyNames(left), ['__proto__'])
  assert.equal(Object.getPrototypeOf(left), Object.prototype)
})
