import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { holds, isSpelledVariously, patternsOf } from './patterns.ts'
import { addressKey, composed, isNamed, nameKey, usernameKey } from './spelling.ts'

/** Texts whose letters can be written in several ways: Latin, Greek, Vietnamese, Hangul, kana, and any others. */
const various = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'ü',
        'é',
        'Å',
        'Å',
        'ế',
        'ﬁ',
        'Ω',
        'ά',
        '각',
        'が',
        'й',
        'ß',
        'İ',
        'Ｍ',
        '４',
        ' ',
        '.',
        'x',
        'X',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    { maxLength: 12 },
  )
  .map((letters) => letters.join(''))

/** Another way to write each letter: composed, apart, or apart but for the first mark. */
const respelled = fc
  .tuple(various, fc.array(fc.constantFrom('NFC', 'NFD', 'mixed'), { minLength: 1, maxLength: 5 }))
  .map(([text, forms]) => {
    const letters = [...new Intl.Segmenter('und').segment(text)].map(({ segment }) => segment)
    const written = letters.map((letter, nth) => {
      const form = forms[nth % forms.length]
      if (form === 'NFC') return letter.normalize('NFC')
      const [base = '', mark = '', ...rest] = letter.normalize('NFD')
      return form === 'NFD' ? base + mark + rest.join('') : (base + mark).normalize('NFC') + rest.join('')
    })
    return { text, other: written.join('') }
  })

describe('two spellings of one text', () => {
  test('have one key of each kind', () => {
    fc.assert(
      fc.property(respelled, ({ text, other }) => {
        assert.equal(text.normalize('NFC'), other.normalize('NFC'), 'the other is another spelling')
        for (const key of [addressKey, usernameKey, nameKey, composed]) assert.equal(key(other), key(text))
        assert.ok(isNamed({ name: text }, other))
      }),
    )
  })

  test('have the key of their key', () => {
    fc.assert(
      fc.property(various, (text) => {
        for (const key of [addressKey, usernameKey, nameKey]) assert.equal(key(key(text)), key(text))
      }),
    )
  })

  test('are looked for by one pattern, and one holds the other', () => {
    fc.assert(
      fc.property(respelled, ({ text, other }) => {
        assert.deepEqual(patternsOf(other), patternsOf(text))
        assert.ok(holds(text, other))
        // A character that is only another one, such as the sign of Ohm, does not show what else it could be.
        if (text !== other && composed(text) !== text.normalize('NFD'))
          assert.ok(isSpelledVariously(text) && isSpelledVariously(other))
      }),
    )
  })
})

test('a user name is one in wide letters, in capitals, with a ligature, and with blanks around it', () => {
  for (const name of ['ｍüller.fi', 'MÜLLER.FI', 'müller.ﬁ', ' müller.fi ', 'mu\u0308ller.fi\u00a0'])
    assert.equal(usernameKey(name), 'müller.fi')
  assert.notEqual(usernameKey('muller.fi'), usernameKey('müller.fi'))
  assert.notEqual(addressKey('ﬁ@example.com'), addressKey('fi@example.com'))
})

test('what stands for anything in a pattern is looked for as itself, however wide it is written', () => {
  assert.deepEqual(patternsOf('100％'), ['%100％%', '%100\\%%'])
  assert.deepEqual(patternsOf('a＿b＼c'), ['%a＿b＼c%', '%a\\_b\\\\c%'])
})

test('plain words are looked for in texts as they are', () => {
  assert.deepEqual(['printer', 'принтер', '打印机'].filter(isSpelledVariously), [])
})
