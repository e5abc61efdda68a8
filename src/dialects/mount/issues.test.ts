import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { PERMISSIONS } from '../../core/identity/permissions.ts'
import { PRIORITIES } from '../../core/words.ts'
import { schemaIssues } from './issues.ts'

test('an unknown word is answered with those that are known, where they are few', () => {
  const schema = Type.Object({
    priority: Type.Optional(Type.Enum([...PRIORITIES])),
    nothing: Type.Optional(Type.Union([Type.Enum([...PRIORITIES]), Type.Null()])),
    kind: Type.Optional(Type.Literal('report')),
    permission: Type.Optional(Type.Enum([...PERMISSIONS])),
    choice: Type.Optional(Type.Unsafe({ enum: ['one', null] })),
  })
  const said = (value: object) =>
    schemaIssues(Compile(schema).Errors(value), value).map(({ path, message }) => [path.join(), message])
  const known = 'Is none of the allowed values: low, normal, high, urgent.'
  assert.deepEqual(said({ priority: 'urgnt' }), [['priority', known]])
  assert.deepEqual(said({ nothing: 'urgnt' }), [['nothing', known]])
  assert.deepEqual(said({ choice: 'two' }), [['choice', 'Is none of the allowed values: one, null.']])
  assert.deepEqual(said({ kind: 'note' }), [['kind', 'Is none of the allowed values: report.']])
  assert.deepEqual(said({ permission: 'everything' }), [['permission', 'Is none of the allowed values.']])
})
