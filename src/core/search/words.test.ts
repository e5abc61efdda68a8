import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../test/arbitraries.ts'
import { SEARCH_LANGUAGES, type SearchLanguage } from '../words.ts'
import { folded, holds, keyOf, keysOf, keysOfTerm, type Sought, termOf, wordsOf } from './words.ts'

/** Words of many scripts, and how addresses and numbers are written. */
const WORDS = [
  ...['Straße', 'Änderung', 'señor', 'Übergröße', 'œuvre', 'Łódź', 'İstanbul', 'ΟΔΥΣΣΕΥΣ', 'ёлка', 'подъезд', 'هاتف'],
  ...['שָׁלוֹם', 'हिन्दी', '東京都の天気', 'がいこく', '한국어', 'ภาษาไทย', 'ﬁle', 'Ｍ４', 'ada.lovelace@example.com'],
  ...['AB-1234-567', '1.234,56', "don't", 'x', '7', 'naïve_name'],
]
const FORMS = ['invoice', 'invoices', 'Rechnungen', 'Rechnung', 'happy', 'happiness', 'Häuser', 'Haus', 'factures']
const text = fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...FORMS), anyText({ maxLength: 6 })), {
  maxLength: 12,
})
const language = fc.constantFrom(null, ...SEARCH_LANGUAGES)
const kind = fc.constantFrom('word' as const, 'prefix' as const, 'phrase' as const)

const isFound = (
  said: string,
  sought: string,
  how: Sought['kind'] = 'word',
  language: SearchLanguage | null = null,
): boolean => {
  const term = termOf({ text: sought, kind: how }, language)
  return term !== null && holds(wordsOf(said), term)
}

describe('words', () => {
  test('are found however their case, marks and letters are written', () => {
    for (const [said, sought] of [
      ['Die STRASSE ist zu', 'straße'],
      ['una señora', 'SENORA'],
      ['Łódź', 'lodz'],
      ['İstanbul', 'istanbul'],
      ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
      ['Подъезд и ёлка', 'елка'],
      ['the ﬁle', 'file'],
      ['Cafe\u0301', 'café'],
      ['שָׁלוֹם', 'שלום'],
      ['soft\u00adware', 'software'],
    ] as const)
      assert.ok(isFound(said, sought), `${sought} in ${said}`)
    assert.ok(!isFound('がいこく', 'かいこく'), 'another letter, not one with a mark')
    assert.ok(!isFound('printers', 'printer'), 'nothing is stemmed')
  })

  test('with signs are found whole, in parts and without their signs', () => {
    const said = 'Order AB-1234-567 of ada.lovelace@example.com, 1.234,56 EUR (see https://shop.example/AB-99)'
    for (const sought of ['ab-1234-567', 'AB1234567', 'ab', '1234', '567', 'ada.lovelace@example.com', 'lovelace'])
      assert.ok(isFound(said, sought), sought)
    for (const sought of ['example.com', 'ada.lovelace', '1.234,56', '123456', 'AB-99'])
      assert.ok(isFound(said, sought), sought)
    for (const sought of ['ab-1234-568', 'b.lovelace@example.com', '23456']) assert.ok(!isFound(said, sought), sought)
  })

  test('of scripts without spaces are found by any of their characters that stand together', () => {
    for (const sought of ['東京', '京都', '東京都', '天気', '気', '都'])
      assert.ok(isFound('きのうの東京都の天気', sought), sought)
    assert.ok(!isFound('東の京都', '東京'))
  })

  test('are found by their beginning from three letters on', () => {
    for (const sought of ['pri', 'print', 'printe', 'printer-cart'])
      assert.ok(isFound('the printer-cartridges', sought, 'prefix'), sought)
    assert.ok(!isFound('the printer', 'pr', 'prefix'), 'two letters are a word')
    assert.ok(isFound('pr is here', 'pr', 'prefix'))
    assert.ok(!isFound('the printer', 'rinter', 'prefix'))
  })

  test('of a phrase stand one after another', () => {
    assert.ok(isFound('The old printer, again', 'old printer', 'phrase'))
    assert.ok(!isFound('The printer is old', 'old printer', 'phrase'))
    assert.ok(isFound('Plan B is on', 'plan b', 'phrase'))
    assert.ok(isFound('mail ada@example.com', 'ada example', 'phrase'))
  })

  test('are found in their other forms where a language is chosen, as words and by their beginnings, and not in phrases', () => {
    for (const [said, sought, language] of [
      ['Two invoices', 'invoice', 'en'],
      ['The invoice is here', 'INVOICES', 'en'],
      ['They refunded it', 'refund', 'en'],
      ['A happy end', 'happiness', 'en'],
      ['Alle Rechnungen', 'Rechnung', 'de'],
      ['Das Haus', 'Häuser', 'de'],
      ['Dem Kunden', 'kunde', 'de'],
      ['Las facturas', 'factura', 'es'],
      ['Les factures', 'facture', 'fr'],
    ] as const) {
      for (const how of ['word', 'prefix'] as const)
        assert.ok(isFound(said, sought, how, language), `${said}: ${sought}`)
      assert.ok(!isFound(said, sought, 'word'), `${said}: ${sought}, of no language`)
    }
    assert.ok(!isFound('Two invoices', 'invoice', 'phrase', 'en'))
    assert.ok(!isFound('An invoker', 'invoice', 'word', 'en'))
    assert.ok(isFound('AB-1234-567', 'AB-1234-567', 'word', 'en'))
    // What begins with it is found as before.
    assert.ok(isFound('Some printers', 'prin', 'prefix', 'en'))
  })

  test('of one letter are not looked for', () => {
    for (const sought of ['x', '7', '', ' - ', '!']) assert.equal(termOf({ text: sought, kind: 'word' }, null), null)
  })
})

test('Whatever holds what is sought has all of its keys', () => {
  fc.assert(
    fc.property(
      text,
      fc.nat(),
      fc.integer({ min: 1, max: 3 }),
      kind,
      fc.boolean(),
      language,
      (said, at, many, how, cut, among) => {
        const part = said.slice(at % (said.length + 1)).slice(0, many)
        const whole = part.join(' ')
        const term = termOf({ text: cut ? whole.slice(0, -1) : whole, kind: how }, among)
        if (term === null) return
        const texts = said.join(' ')
        if (!holds(wordsOf(texts), term)) return
        const keys = new Set(keysOf([texts]))
        assert.ok(keysOfTerm(term).length > 0)
        assert.ok(keysOfTerm(term).every((key) => keys.has(key)))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('Every word of a text that stands between spaces is found in it, as a word and as a phrase', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { minLength: 1 }), fc.nat(), (said, at) => {
      const word = said[at % said.length] ?? ''
      for (const how of ['word', 'phrase', 'prefix'] as const) {
        const term = termOf({ text: word, kind: how }, null)
        if (word.length > 1) assert.ok(term && holds(wordsOf(said.join(' ')), term), `${word} as ${how}`)
      }
    }),
  )
})

test('A text is folded once and for all', () => {
  fc.assert(
    fc.property(text, (said) => {
      const once = folded(said.join(' '))
      assert.equal(folded(once), once)
      assert.equal(folded(said.join(' ').normalize('NFD')), once)
    }),
  )
})

test('The key of a word is the one that is kept', () => {
  // What databases hold: a change of these finds nothing that was written before.
  assert.deepEqual(['printer', '東京', '^pri'].map(keyOf), [525_075_736_529, 134_604_249_766, 354_051_225_969])
  for (const key of keysOf(WORDS)) assert.ok(Number.isSafeInteger(key) && key >= 0 && key < 2 ** 40)
})
