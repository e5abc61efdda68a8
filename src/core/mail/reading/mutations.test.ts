import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { READING_BOUNDS } from './bounds.ts'
import type { Mail } from './mail.ts'
import { readMail } from './read.ts'

/** Mails that nobody should send, and what holds for each: an answer, within bounds, and every word in it. */

const FOLDER = join(import.meta.dirname, '../../../../test/fixtures/mail')
const CORPUS: readonly Buffer[] = globSync('*.eml', { cwd: FOLDER })
  .sort()
  .map((file) => readFileSync(join(FOLDER, file)))
  .filter((raw) => raw.length < 50_000)

/** What holds for whatever was read. */
function holds(mail: Mail, raw: Uint8Array): void {
  const { body, files, parents, enclosed } = mail
  assert.equal(body.visible + body.folded, body.text)
  assert.ok(body.text.isWellFormed() && !body.text.includes('\0') && !body.text.includes('\r\n'))
  assert.ok(body.text.trim() === '' || body.visible.trim() !== '', 'something is seen of what was said')
  assert.ok(mail.headers.length <= READING_BOUNDS.headers && files.length <= READING_BOUNDS.files)
  for (const id of [...mail.ids, ...parents]) assert.doesNotMatch(id, /[\s<>\p{Cc}]/u)
  for (const { address } of [...mail.from, ...mail.to, ...mail.cc]) assert.doesNotMatch(address, /[\r\n\p{Cc}]/u)
  assert.doesNotMatch(mail.subject, /[\r\n\p{Cc}]/u)
  // Mails within mails are files once for each that they lie in.
  const most = (READING_BOUNDS.enclosedDepth + 1) * raw.length
  assert.ok(files.reduce((sum, { bytes }) => sum + bytes.length, 0) <= most)
  for (const each of enclosed) holds(each, raw)
}

const read = (raw: Buffer): Mail => {
  const mail = readMail(raw)
  holds(mail, raw)
  return mail
}

/** Changes that storage, gateways and people make to mail. */
const mutation = fc.oneof(
  fc.record({ what: fc.constant('cut'), at: fc.nat(), to: fc.nat() }),
  fc.record({ what: fc.constant('end'), at: fc.nat(), to: fc.nat() }),
  fc.record({ what: fc.constant('swap'), at: fc.nat(), to: fc.nat() }),
  fc.record({ what: fc.constant('repeat'), at: fc.nat(), to: fc.nat() }),
  fc.record({ what: fc.constant('byte'), at: fc.nat(), to: fc.nat() }),
  fc.record({ what: fc.constant('line ends'), at: fc.nat(), to: fc.nat() }),
  fc.record({ what: fc.constant('boundary'), at: fc.nat(), to: fc.nat() }),
)

function mutated(raw: Buffer, what: string, at: number, to: number): Buffer {
  const text = raw.toString('latin1')
  const [from = 0, until = 0] = [at % (text.length + 1), to % (text.length + 1)].sort((a, b) => a - b)
  const [before, middle, after] = [text.slice(0, from), text.slice(from, until), text.slice(until)]
  const changes: Readonly<Record<string, () => string>> = {
    cut: () => before + after,
    end: () => before,
    swap: () => before + after + middle,
    repeat: () => before + middle + middle.slice(0, 5_000) + after,
    byte: () => before + String.fromCharCode(to % 256) + text.slice(from + 1),
    'line ends': () => text.replaceAll('\r\n', to % 2 === 0 ? '\n' : '\r'),
    boundary: () => before.replaceAll('--', to % 2 === 0 ? '-' : '--\r\n--') + middle + after,
  }
  return Buffer.from(changes[what]?.() ?? text, 'latin1')
}

test('Whatever happens to a mail on its way, it is read, and what is read holds together', () => {
  fc.assert(
    fc.property(fc.nat(CORPUS.length - 1), fc.array(mutation, { minLength: 1, maxLength: 4 }), (nth, changes) => {
      const raw = CORPUS[nth] ?? Buffer.alloc(0)
      read(changes.reduce((bytes, { what, at, to }) => mutated(bytes, what, at, to), raw))
    }),
    { numRuns: 1_500 },
  )
})

test('Any bytes are read', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void read(Buffer.from(bytes))))
})

const times = (text: string, count: number): string => text.repeat(count)
const wordsOf = (mail: Mail): readonly string[] => mail.doubts.map(({ word }) => word)

const BOMBS: Readonly<Record<string, { readonly raw: string; readonly doubt: string | null }>> = {
  'parts 1,000 deep': {
    raw: `${[...Array(1_000).keys()].map((nth) => `Content-Type: multipart/mixed; boundary=b${nth}\r\n\r\n--b${nth}\r\n`).join('')}\r\nhi`,
    doubt: 'too_deep',
  },
  'mails within 1,000 mails': {
    raw: `${times('Content-Type: message/rfc822\r\n\r\n', 1_000)}\r\nhi`,
    doubt: null,
  },
  '100,000 headers': { raw: `${times('X-A: b\r\n', 100_000)}\r\nhi`, doubt: 'too_many_headers' },
  'a header of 3 MB': { raw: `X-A: ${times('a', 3_000_000)}\r\n\r\nhi`, doubt: 'too_many_headers' },
  '50,000 parts': {
    raw: `Content-Type: multipart/mixed; boundary=b\r\n\r\n${times('--b\r\n\r\nx\r\n', 50_000)}--b--`,
    doubt: 'too_many_parts',
  },
  '100,000 people': { raw: `To: ${times('a@b.test, ', 100_000)}\r\n\r\nhi`, doubt: 'too_many_people' },
  '100,000 ids': { raw: `References: ${times('<a@b>', 100_000)}\r\n\r\nhi`, doubt: null },
  'brackets that never close': {
    raw: `References: ${times('<(', 100_000)}\r\nTo: ${times('<"(', 50_000)}\r\n\r\nhi`,
    doubt: null,
  },
  'parameters without an end': { raw: `Content-Type: text/plain${times(';a="', 100_000)}\r\n\r\nhi`, doubt: null },
  'a multipart without a boundary': {
    raw: 'Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nhi\r\n--b--',
    doubt: 'no_boundary',
  },
  'a multipart without an end': {
    raw: 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi',
    doubt: 'no_end',
  },
  'a multipart without parts': { raw: 'Content-Type: multipart/mixed; boundary=b\r\n\r\nhi', doubt: 'no_end' },
  'no headers': { raw: 'hi\r\nthere', doubt: 'bad_header' },
  'a text of 5 MB': { raw: `\r\n${times('hi there\n', 600_000)}`, doubt: 'too_large' },
}

for (const [name, { raw, doubt }] of Object.entries(BOMBS))
  test(`A mail with ${name} is read within bounds, and says so`, () => {
    const mail = read(Buffer.from(raw, 'latin1'))
    if (doubt !== null) assert.ok(wordsOf(mail).includes(doubt), wordsOf(mail).join())
    assert.ok(mail.body.text !== '' || mail.files.length > 0, 'nothing is lost')
  })

/** Trees of parts, in whose leaves each word stands once. */
interface Leaf {
  readonly subtype: 'plain' | 'html' | 'markdown'
  readonly encoding: '8bit' | 'base64' | 'quoted-printable'
  readonly isNamed: boolean
}
interface Tree {
  readonly type: 'mixed' | 'related' | 'signed' | 'x-unknown'
  readonly parts: readonly (Leaf | Tree)[]
}
const leaf: fc.Arbitrary<Leaf> = fc.record({
  subtype: fc.constantFrom('plain', 'html', 'markdown'),
  encoding: fc.constantFrom('8bit', 'base64', 'quoted-printable'),
  isNamed: fc.boolean(),
})
const { tree } = fc.letrec<{ tree: Tree; node: Leaf | Tree }>((tie) => ({
  node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('tree')),
  tree: fc.record({
    type: fc.constantFrom('mixed', 'related', 'signed', 'x-unknown'),
    parts: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
  }),
}))

const count = { boundaries: 0 }

function written(node: Leaf | Tree, words: string[]): string {
  if ('parts' in node) {
    const boundary = `cut-${++count.boundaries}`
    const parts = node.parts.map((each) => `--${boundary}\r\n${written(each, words)}\r\n`).join('')
    return `Content-Type: multipart/${node.type}; boundary="${boundary}"\r\n\r\nfor old programs\r\n${parts}--${boundary}--\r\n`
  }
  const word = `Wörd${words.length}ß`
  words.push(word)
  const bytes = Buffer.from(node.subtype === 'html' ? `<p>${word}</p>` : word)
  const encoded = {
    '8bit': () => bytes.toString('latin1'),
    base64: () => bytes.toString('base64'),
    'quoted-printable': () =>
      [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('=\r\n'),
  }[node.encoding]()
  const name = node.isNamed ? '\r\nContent-Disposition: inline; filename="a.txt"' : ''
  return `Content-Type: text/${node.subtype}; charset=utf-8${name}\r\nContent-Transfer-Encoding: ${node.encoding}\r\n\r\n${encoded}`
}

test('Every word of every part of text is in the text of the mail or in one of its files, once', () => {
  fc.assert(
    fc.property(tree, (root) => {
      const words: string[] = []
      const mail = read(Buffer.from(`From: ann@example.com\r\n${written(root, words)}`, 'latin1'))
      const all = [mail.body.text, ...mail.files.map(({ bytes }) => Buffer.from(bytes).toString())].join('\n')
      for (const word of words) assert.equal(all.split(word).length, 2, word)
    }),
  )
})
