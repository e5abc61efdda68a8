import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Type } from 'typebox'
import { seenIn } from '../scripts/surface.ts'
import { COVERED, testOf } from './facts/facts.ts'
import { shownOf } from './facts/shown.ts'
import type { FileRecord } from './record.ts'

describe('What a value shows of a schema', () => {
  const Person = Type.Object({ name: Type.String() }, { title: 'Person' })
  const schema = Type.Object({
    status: Type.Enum(['new', 'closed']),
    closed: Type.Union([Type.String(), Type.Null()]),
    unused: Type.Null(),
    people: Type.Array(Person),
  })

  test('are its fields, its words, and the objects in it under their own name', () => {
    const value = { status: 'new', closed: 'today', unused: null, people: [{ name: 'Kim' }], unknown: 1 }
    assert.deepEqual(seenIn(schema, value, '200 '), [
      '200 status',
      '200 status=new',
      '200 closed',
      '200 unused',
      '200 people',
      '200 people[]',
      'object Person name',
    ])
  })

  test('is no field that is absent, or null where it could be something else', () => {
    assert.deepEqual(seenIn(schema, { closed: null, people: [] }, '200 '), ['200 people'])
  })

  test('is that alternative only whose constants it has', () => {
    const one = Type.Object({ type: Type.Literal('event'), description: Type.String() })
    const other = Type.Object({ type: Type.Literal('note'), content: Type.String() })
    const value = { type: 'note', content: 'x', description: 'y' }
    assert.deepEqual(seenIn(Type.Union([one, other]), value, ''), ['type', 'type=note', 'content'])
  })
})

for (const covered of COVERED) {
  const { dialect, facts } = covered
  const own = `src/dialects/${dialect.name}/made-up.test.ts`
  const everything = [
    ...dialect.operations.flatMap(({ id, items, errors }) => [
      ...items,
      ...errors.map((each) => item(`${id} ${each}`)),
    ]),
    ...[...dialect.objects.values()].flat(),
    ...dialect.headers,
    ...dialect.errors,
  ]
  const keys = everything.flatMap(({ key, words }) => [key, ...words.map((word) => `${key}=${word}`)])

  /** A run in which all tests of the facts passed, and one file saw what it is given. */
  function record(seen: readonly string[]): readonly FileRecord[] {
    const statuses = dialect.errors.map(({ shown }) => facts.errors.replace('{status}', shown.replaceAll('`', '')))
    const named = [...statuses, ...facts.facts.flatMap(({ shownBy }) => shownBy ?? [])]
    const byFile = Map.groupBy(
      named.map((by) => testOf(dialect.name, by)),
      ({ file }) => file,
    )
    const shown = [...byFile].map(([file, tests]): FileRecord => {
      return { file, tests: tests.map(({ name }) => ({ name, result: 'passed' })), seen: [] }
    })
    return [...shown, seeing(own, seen)]
  }

  function seeing(file: string, seen: readonly string[]): FileRecord {
    return { file, tests: [{ name: 'sees', result: 'passed' }], seen: seen.map((key) => `${dialect.name} ${key}`) }
  }

  describe(`The result of ${dialect.name}`, () => {
    test('has no problems when everything was seen and all that is named has passed', () => {
      assert.deepEqual(shownOf(covered, record(keys)).problems, [])
    })

    test('tells what none has seen, and which named test did not run or failed', () => {
      const [, ...rest] = keys
      assert.deepEqual(shownOf(covered, record(rest)).problems, [`${dialect.name}: no test sees ${keys[0]}`])
      const [first, ...others] = record(keys)
      assert.ok(first)
      const failed = first.tests.map((each) => ({ ...each, result: 'failed' as const }))
      assert.match(shownOf(covered, [{ ...first, tests: failed }, ...others]).problems[0] ?? '', /failed is/)
      assert.match(shownOf(covered, others).problems[0] ?? '', /no test of this run is/)
    })

    test('is the same while the tests that it names do the same, whoever else sees it', () => {
      const { text } = shownOf(covered, record(keys))
      const another = seeing(`src/dialects/${dialect.name}/another.test.ts`, keys)
      assert.equal(shownOf(covered, [another, ...record(keys)]).text, text)
    })
  })
}

function item(key: string) {
  return { key, shown: '', about: '', words: [] }
}
