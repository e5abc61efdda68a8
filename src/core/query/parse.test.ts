import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../test/arbitraries.ts'
import { parseQuery, printQuery } from './parse.ts'
import { COMPARISONS, QUERY_FIELDS, type Query, type QueryTerm } from './query.ts'

/** A query without where its pieces stand, as comparing needs it. */
function meant(query: Query): unknown {
  return query.map((term) =>
    term.kind === 'word'
      ? { kind: term.kind, isNot: term.isNot, text: term.text, isPhrase: term.isPhrase }
      : {
          ...term,
          ...(term.kind === 'own' && { key: term.key.text }),
          values: term.values.map(({ text }) => text),
        },
  )
}

const NOWHERE = { at: 0, length: 0 }
const anyValue = fc
  .oneof(
    fc.constantFrom('open', 'a b', 'a,b', '"', '\\', '>=x', '=x', '//x', 'x:y', '-x', 'ß', 'two\nlines'),
    fc.string({ minLength: 1, maxLength: 12 }),
  )
  .filter((text) => text.trim() !== '' && !/[^\P{Cc}\t\n\v\f\r]/u.test(text))
const anyField: fc.Arbitrary<QueryTerm> = fc.record({
  kind: fc.constant('field' as const),
  field: fc.constantFrom(...(Object.keys(QUERY_FIELDS) as (keyof typeof QUERY_FIELDS)[])),
  isNot: fc.boolean(),
  comparison: fc.constantFrom('=' as const, ...COMPARISONS),
  values: fc.array(
    anyValue.map((text) => ({ text, ...NOWHERE })),
    { minLength: 1, maxLength: 4 },
  ),
})
const anyOwn: fc.Arbitrary<QueryTerm> = fc
  .record({ term: anyField, key: fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/) })
  .map(({ term, key }) => {
    assert.ok(term.kind === 'field')
    const { field: _, ...rest } = term
    return { ...rest, kind: 'own', key: { text: key, ...NOWHERE } }
  })
const anyWord = (isPhrase: boolean, text: fc.Arbitrary<string>): fc.Arbitrary<QueryTerm> =>
  fc
    .record({ kind: fc.constant('word' as const), isNot: fc.boolean(), isPhrase: fc.constant(isPhrase), text })
    .map((word) => ({ ...word, ...NOWHERE }))
const anyTerm = fc.oneof(
  anyField,
  anyOwn,
  anyWord(true, anyValue),
  anyWord(false, fc.stringMatching(/^[a-z0-9äß.@/]{1,10}$/)),
)

test('what is printed of a query is read as the same query', () => {
  fc.assert(
    fc.property(fc.array(anyTerm, { maxLength: 8 }), (query) => {
      const text = printQuery(query)
      const read = parseQuery(text)
      assert.ok('query' in read, `${text}: ${JSON.stringify(read)}`)
      assert.deepEqual(meant(read.query), meant(query), text)
    }),
  )
})

test('any text is read, or told where it cannot be', () => {
  const pieces = fc.array(fc.constantFrom(...'status:open -tag:a , " \\ > >= : - x  number:'.split('')), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(
      fc.oneof(
        anyText(),
        pieces.map((each) => each.join('')),
      ),
      (text) => {
        const read = parseQuery(text)
        if ('query' in read) return
        const { at, length, expected } = read.mistake
        assert.ok(at >= 0 && length >= 1 && at + length <= text.length + 1 && expected !== '', JSON.stringify(read))
      },
    ),
  )
})

test('a mistake is pointed at, with what would be right there', () => {
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['statsu:open', 0, 6, /^a field: status, /],
    ['a statsu:open', 2, 6, /^a field/],
    ['status:', 0, 0, /./],
    ['status:open,', 12, 1, /^a value/],
    ['"open', 0, 5, /closing/],
    ['field.plan:', 11, 1, /^a value, for instance field.plan:none/],
    ['tag:"', 4, 1, /closing/],
    ['tag:""', 4, 2, /something/],
    ['tag:"a"b', 7, 1, /comma or a space/],
    ['-"spam', 1, 5, /closing/],
    ['a\u0000b', 1, 1, /seen/],
  ]
  for (const [text, at, length, expected] of cases) {
    const read = parseQuery(text)
    if (text === 'status:') {
      assert.ok('mistake' in read, text)
      continue
    }
    assert.ok('mistake' in read, text)
    assert.deepEqual([read.mistake.at, read.mistake.length], [at, length], text)
    assert.match(read.mistake.expected, expected, text)
  }
})

test('what only looks like a field is a word', () => {
  for (const text of [
    'https://example.com/x',
    '10:30',
    'field.example.com:80',
    'field.:x',
    'a:',
    'ticket-9',
    '-',
    'x"y',
  ])
    assert.ok('query' in parseQuery(text), text)
})

test('a text that is a hundred times as long is a hundred times the work', () => {
  // By what is read of it: each character once, and once more where a name is looked for.
  const reads = (text: string): number => {
    let count = 0
    const counted = new Proxy(Object(text), {
      get(target, key) {
        count += 1
        const value = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    parseQuery(counted)
    return count
  }
  for (const piece of ['x', 'x ', 'tag:a ', '"a" ', 'tag:a,']) {
    const [short, long] = [reads(piece.repeat(7)), reads(piece.repeat(49))]
    assert.ok(long <= short * 8 + 100, `${piece}: ${short}, ${long}`)
  }
})

test('the document tells of every field what the table does', () => {
  const document = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'query.md'), 'utf8')
  const rows = document.split('\n').filter((line) => line.startsWith('| `'))
  const own = '| `field.KEY` | what a field of your own holds; none for nothing | `field.plan:pro -field.seats:<10` |'
  const expected = Object.entries(QUERY_FIELDS).map(
    ([field, { about, example }]) => `| \`${field}\` | ${about} | \`${example}\` |`,
  )
  assert.deepEqual(rows, [...expected, own])
})
