import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../test/arbitraries.ts'
import { Refusal } from '../errors.ts'
import type { Upload } from './attachment.ts'
import {
  asciiName,
  checkFiles,
  cleanName,
  FILES_OF_A_MESSAGE,
  type FilesWanted,
  kindProblem,
  sentType,
} from './rules.ts'

const anyName = fc.oneof(
  anyText({ maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({
    unit: fc.constantFrom('\u200d', '\u200c', '.', '/', '\\', ' ', '\u202e', '\u0000', '\ud800', 'a', '\n', '..'),
    maxLength: 60,
  }),
)

test('whatever a file is called, its name is one visible line without a path, and stays as it is', () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = cleanName(given)
      assert.ok(name.length > 0 && [...name].length <= 200)
      assert.ok(name.isWellFormed())
      assert.doesNotMatch(name, /[/\\\p{Cc}\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/u)
      assert.doesNotMatch(name, /^ |^\.\.|^\.?$|[. ]$|[\u200c\u200d]$|^[\u200c\u200d]/)
      assert.equal(cleanName(name), name)
    }),
    { numRuns: 2_000 },
  )
})

test('a usual name is kept; a path, an invisible turn and an endless name are not', () => {
  assert.equal(cleanName('Rechnung März (2).pdf'), 'Rechnung März (2).pdf')
  assert.equal(cleanName('C:\\Users\\me\\photo.png'), 'photo.png')
  assert.equal(cleanName('../../etc/passwd'), 'passwd')
  assert.equal(cleanName('photo\u202egnp.exe'), 'photognp.exe')
  for (const nothing of ['..', '.', '', ' ', '\u200d', '.\u200c.', '../..']) assert.equal(cleanName(nothing), 'file')
  for (const kept of ['می\u200cخواهم.txt', 'क\u094d\u200dष.pdf', '👩\u200d🚒.png', '.env', '.gitignore'])
    assert.equal(cleanName(kept), kept)
  assert.equal(cleanName('...hidden'), '.hidden')
  assert.equal(cleanName('photo.exe\u200d'), 'photo.exe')
  assert.equal(cleanName('a \u200d a'), 'a a')
  assert.equal(cleanName('e\u200e\u0301'), 'é')
  const long = cleanName(`${'x'.repeat(500)}.jpeg`)
  assert.equal(long.length, 200)
  assert.ok(long.endsWith('.jpeg'))
})

test('programs are refused by their content and by their ending, others only where types are listed', () => {
  assert.equal(kindProblem('a.pdf', 'application/pdf', []), null)
  assert.ok(kindProblem('a.pdf', 'application/x-msdownload', []))
  for (const name of ['a.exe', 'a.pdf.EXE', 'a.js', 'a.lnk']) assert.ok(kindProblem(name, 'text/plain', []), name)
  const taken = ['image/*', 'application/pdf']
  assert.equal(kindProblem('a.png', 'image/png', taken), null)
  assert.equal(kindProblem('a.pdf', 'application/pdf', taken), null)
  assert.ok(kindProblem('a.txt', 'text/plain', taken))
  assert.ok(kindProblem('a.exe', 'image/png', taken))
})

test('a name of the internet is no ending of a program, but where there is one', () => {
  for (const name of ['re: offer from acme.com', 'my.app', 'play.sh', 'acme.ws'])
    for (const type of ['image/png', 'application/pdf']) assert.equal(kindProblem(name, type, []), null, name)
  assert.equal(kindProblem('re: offer from acme.com', 'text/plain', []), null)
  for (const name of ['a.sh', 'a.ws']) assert.ok(kindProblem(name, 'text/plain', []), name)
  for (const name of ['a.sh', 'a.ws', 'a.com', 'a.app'])
    assert.ok(kindProblem(name, 'application/octet-stream', []), name)
  assert.ok(kindProblem('re: offer from acme.com', 'application/x-msdownload', []))
})

test('which text a text is, its name tells where types are listed', () => {
  assert.equal(kindProblem('countries.CSV', 'text/plain', ['text/csv']), null)
  assert.equal(kindProblem('countries.csv', 'text/plain', ['text/plain']), null)
  assert.equal(kindProblem('countries.csv', 'text/plain', ['text/*']), null)
  assert.ok(kindProblem('countries.txt', 'text/plain', ['text/csv']))
  for (const name of ['a.svg', 'a.html', 'a.png']) assert.ok(kindProblem(name, 'text/plain', ['image/*', 'text/html']))
  assert.ok(kindProblem('a.csv', 'application/octet-stream', ['text/csv']))
  assert.ok(kindProblem('a.csv', 'application/x-msdownload', ['text/csv']))
})

test('nothing that a browser runs is sent under its own type', () => {
  for (const type of ['text/html', 'image/svg+xml', 'application/xml', 'application/xhtml+xml', 'text/javascript'])
    assert.equal(sentType(type), 'application/octet-stream')
  assert.equal(sentType('image/png'), 'image/png')
  assert.equal(sentType('text/plain'), 'text/plain; charset=utf-8')
})

const upload = (id: string, changes: Partial<Upload> = {}): [string, Upload] => [
  id,
  {
    ...{ id, integer: 1, name: 'a', mediaType: 'text/plain', size: 10, width: null, height: null },
    ...{ createdAt: '2026-01-15T10:00:00.000Z', uploaderId: 'me', messageId: null, ...changes },
  },
]

/** By which rule files are refused, and for the sake of which of them. */
function refusalOf(wanted: Partial<FilesWanted>): string {
  try {
    checkFiles('me', {
      ids: [],
      uploads: new Map(),
      forwarded: [],
      forwardable: [],
      messageBytes: 25,
      ...wanted,
    })
    return 'fine'
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    const [issue] = error.error.issues
    assert.equal(issue?.path[0], 'message')
    return `${issue.path[1]} ${issue.rule}`
  }
}

test('a user puts on a message what it uploaded itself and nobody used, once each, within the limits', () => {
  const uploads = new Map([
    ...['a', 'b', 'c'].map((id) => upload(id)),
    upload('used', { messageId: 'm' }),
    upload('theirs', { uploaderId: 'other' }),
    ...Array.from({ length: FILES_OF_A_MESSAGE + 1 }, (_, nth) => upload(`n${nth}`, { size: 0 })),
  ])
  const rule = (ids: readonly string[]) => refusalOf({ ids, uploads })
  assert.equal(rule([]), 'fine')
  assert.equal(rule(['a', 'b']), 'fine')
  for (const id of ['used', 'theirs', 'nothing']) assert.equal(rule(['a', id]), 'attachments unknown')
  assert.equal(rule(['a', 'a']), 'attachments not_allowed')
  assert.equal(rule(['a', 'b', 'c']), 'attachments too_large')
  const many = Array.from({ length: FILES_OF_A_MESSAGE + 1 }, (_, nth) => `n${nth}`)
  assert.equal(rule(many), 'attachments too_long')
})

test('files of messages in sight are passed on, each once, within the limits that a message has together', () => {
  const uploads = new Map([upload('a'), upload('b')])
  const forwardable = [1, 2, 3].map((integer) => ({ id: `f${integer}`, integer, size: 10 }))
  const all = { ids: ['a'], uploads, forwardable, messageBytes: 25 }
  assert.deepEqual(
    checkFiles('me', { ...all, forwarded: [2, 2] }).map(({ id }) => id),
    ['f2'],
  )
  const rule = (forwarded: readonly number[], ids = ['a']) => refusalOf({ ...all, ids, forwarded })
  assert.equal(rule([1]), 'fine')
  assert.equal(rule([1, 4]), 'forwarded_files unknown')
  assert.equal(rule([1, 2]), 'forwarded_files too_large')
  assert.equal(rule([3], ['a', 'b']), 'forwarded_files too_large')
  assert.equal(rule(Array.from({ length: FILES_OF_A_MESSAGE }, (_, nth) => nth)), 'forwarded_files too_long')
})

test('a name in ASCII is as near to the name as can be, and safe in any path', () => {
  for (const kept of ['plain.txt', '.env', 'a b (1); c.tar.gz', "it's.txt"]) assert.equal(asciiName(kept), kept)
  const names = [
    ['naïve “日本”.html', 'naive _.html'],
    ['Größe.txt', 'Gro_e.txt'],
    ['می\u200cخواهم.txt', 'file.txt'],
    ['.می.txt', 'file.txt'],
    ['日本', 'file'],
    ['a "b" \\c.txt', 'a _b_ _c.txt'],
    ['100%25.txt', '100_25.txt'],
  ] as const
  for (const [name, plain] of names) assert.equal(asciiName(name), plain)
  fc.assert(fc.property(anyText(), (name) => /^[ -~]+$/.test(asciiName(cleanName(name)))))
})
