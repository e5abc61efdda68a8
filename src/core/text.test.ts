import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../test/arbitraries.ts'
import { readableText, textProblem } from './text.ts'

const PASTES: Readonly<Record<string, readonly [pasted: string, read: string]>> = {
  'colours of a terminal': ['\u001b[1;31mERROR\u001b[0m disk full', 'ERROR disk full'],
  'colours by number': ['\u001b[38;2;255;0;0mred\u001b[m', 'red'],
  'a moved cursor': ['50 %\u001b[2K\u001b[1Gdone', '50 %done'],
  'the title of a window': ['\u001b]0;root@host\u0007$ ls', '$ ls'],
  'a link in a terminal': ['\u001b]8;;https://a.example\u001b\\here\u001b]8;;\u001b\\', 'here'],
  'a string without an end': ['\u001b]0;kept', ']0;kept'],
  'a character set': ['\u001b(B plain', ' plain'],
  'an escape before words': ['\u001bvi', 'vi'],
  'the soft return of Word': ['Dear desk,\u000bit broke.', 'Dear desk,\nit broke.'],
  'the end of a page': ['one\ftwo', 'one\ntwo'],
  'quotes of Windows': ['\u0093so\u0094 \u0096 5 \u0080\u0085', '“so” – 5 €…'],
  'what Windows has no letter for': ['a\u0081\u008d\u008f\u0090\u009db', 'ab'],
  'a NUL, a bell and a delete': ['a\u0000b\u0007c\u007fd', 'abcd'],
  'half a character': ['a\ud83db \udc00', 'a\ufffdb \ufffd'],
  'nothing unusual': ['a\tb\r\nc\u00a0\u200d\ufeff🦊', 'a\tb\r\nc\u00a0\u200d\ufeff🦊'],
}

for (const [name, [pasted, read]] of Object.entries(PASTES))
  test(`a paste is read without what nobody sees: ${name}`, () => assert.equal(readableText(pasted), read))

/** Anything, and often what the rules are about. */
const paste = fc
  .array(fc.oneof(anyText(), fc.constantFrom('\u001b[', '\u001b]', '\u001b\\', '\u0007', '\u0085', '\ud800')))
  .map((parts) => parts.join(''))

test('any text is read as text, in which there is nothing more to mend', () => {
  fc.assert(
    fc.property(paste, (pasted) => {
      const read = readableText(pasted)
      assert.equal(textProblem(read), null)
      assert.equal(readableText(read), read)
    }),
  )
})

test('every letter of a text without a terminal stays, in its order', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\u0000', '\u0007', '\u001f', '\u007f'),
      (text, put) => {
        assert.equal(readableText([...text].join(put)), text)
      },
    ),
  )
})

test('a name with a control character or half a character has a problem', () => {
  for (const name of ['a\u0000', '\u001b[31m', 'a\u0085', '\u000b', '\ud800']) assert.ok(textProblem(name), name)
  for (const name of ['Zoë 🦊', 'a\tb', '']) assert.equal(textProblem(name), null)
})
