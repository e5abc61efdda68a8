import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../test/arbitraries.ts'
import { fragmentOf } from './snippet.ts'
import { holds, type Sought, type Term, termOf, wordsOf } from './words.ts'

const terms = (...sought: Sought[]): readonly Term[] =>
  sought.map((sought) => termOf(sought, null)).filter((term) => term !== null)
const marked = (text: string, ...sought: Sought[]): readonly string[] | null => {
  const fragment = fragmentOf(text, terms(...sought))
  if (!fragment) return null
  return fragment.marks.map(({ at, length }) => fragment.text.slice(at, at + length))
}

test('a fragment marks what was sought as it is written there', () => {
  const said = 'The PRÍNTER is out of paper; printers are, and order AB-1234-567 too.'
  assert.deepEqual(marked(said, { text: 'prin', kind: 'prefix' }), ['PRÍNTER', 'printers'])
  assert.deepEqual(marked(said, { text: 'out of paper', kind: 'phrase' }), ['out of paper'])
  assert.deepEqual(marked(said, { text: 'ab1234567', kind: 'word' }, { text: 'is', kind: 'word' }), [
    'is',
    'AB-1234-567',
  ])
  assert.equal(marked(said, { text: 'scanner', kind: 'prefix' }), null)
})

test('a fragment of a long text begins a little before the first mark', () => {
  const fragment = fragmentOf(
    `${'word '.repeat(1_000)}zebra${' more'.repeat(1_000)}`,
    terms({ text: 'zebra', kind: 'word' }),
  )
  assert.match(fragment?.text ?? '', /^…(word )+zebra( more)+…$|^…(word )+zebra( more)+ \w*…$/)
  assert.ok((fragment?.text.length ?? 0) < 170)
})

test('the marks of any fragment lie in it, apart, and each holds a term', () => {
  const text = fc.array(fc.oneof(anyText({ maxLength: 8 }), fc.constantFrom('Straße', '東京都', 'a-b', 'x@y.z')), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(
      text,
      fc.nat(),
      fc.constantFrom('word' as const, 'prefix' as const, 'phrase' as const),
      (words, at, kind) => {
        const said = words.join(' ')
        const term = termOf({ text: words[at % (words.length || 1)] ?? '', kind }, null)
        if (term === null) return
        const fragment = fragmentOf(said, [term])
        let end = 0
        for (const { at, length } of fragment?.marks ?? []) {
          assert.ok(at >= end && length > 0)
          end = at + length
          assert.ok(fragment && end <= fragment.text.length)
        }
        if (fragment) assert.ok(holds(wordsOf(said), term))
      },
    ),
  )
})
