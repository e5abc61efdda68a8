import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { kindOf } from './content.ts'
import { sentType } from './rules.ts'

const SIGNATURES = [
  '89504e470d0a1a0a0000000d49484452',
  'ffd8ffe000104a464946',
  '474946383961',
  '52494646ffffffff57454250',
]
const MORE = [
  '504b0304',
  '7f454c46',
  '4d5a',
  '25504446',
  '0000001866747970',
  '1a45dfa3',
  '3c3f786d6c',
  'efbbbf',
  '424d',
]

test('any bytes, also those that begin as a picture and go on otherwise, have some kind, and none is run', async () => {
  const start = fc.constantFrom('', ...SIGNATURES, ...MORE)
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 3_000 }), fc.boolean(), async (hex, rest, isWhole) => {
      const { mediaType, width, height } = await kindOf(Buffer.concat([Buffer.from(hex, 'hex'), rest]), isWhole)
      assert.match(mediaType, /^[a-z]+\/[a-z0-9.+-]+$/i)
      assert.equal(width === null, height === null)
      for (const side of [width, height]) assert.ok(side === null || (Number.isInteger(side) && side > 0))
      assert.doesNotMatch(sentType(mediaType), /html|svg|xml|javascript/)
    }),
    { numRuns: 500 },
  )
})

test('text in any script is text, also where it is cut within a character; with a NUL it is not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[A-Za-z äöü日本🦊]{1,80}$/u), async (text) => {
      const bytes = Buffer.from(`Dear desk, ${text}`)
      assert.equal((await kindOf(bytes, true)).mediaType, 'text/plain')
      assert.equal((await kindOf(bytes.subarray(0, -1), false)).mediaType, 'text/plain')
      assert.equal((await kindOf(Buffer.concat([bytes, Buffer.of(0)]), true)).mediaType, 'application/octet-stream')
    }),
  )
})

test('HTML and SVG are texts, whatever their sender says', async () => {
  for (const text of ['<!doctype html><script>alert(1)</script>', '<svg xmlns="http://www.w3.org/2000/svg"/>'])
    assert.equal((await kindOf(Buffer.from(text), true)).mediaType, 'text/plain')
})

test('the size of a picture is told in pixels', async () => {
  const gif = Buffer.from('474946383961050007008000000000000000002c', 'hex')
  assert.deepEqual(await kindOf(gif, true), { mediaType: 'image/gif', width: 5, height: 7 })
})

test('a text that begins as something else is a text, in each way to write it', async () => {
  for (const text of [
    'MZ;Mozambique;Moçambique',
    'BMW,Service für 3er',
    'ID3 tags, käuflich',
    'GIF89a erklärt',
    'BZh, größer',
  ])
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(text, 'latin1'),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(`\ufeff${text} `, 'utf16le').swap16(),
    ])
      assert.equal((await kindOf(bytes, true)).mediaType, 'text/plain', `${text} ${bytes.toString('hex')}`)
  const unmarked = Buffer.from('Name;Ort;Größe\r\n', 'utf16le')
  assert.equal((await kindOf(unmarked, true)).mediaType, 'text/plain')
  assert.equal((await kindOf(unmarked.subarray(0, -1), false)).mediaType, 'text/plain')
})

test('a text with a signature that is long enough is what this says', async () => {
  assert.equal((await kindOf(Buffer.from('%PDF-1.4\n1 0 obj'), true)).mediaType, 'application/pdf')
  assert.equal((await kindOf(Buffer.from('BEGIN:VCALENDAR\r\n'), true)).mediaType, 'text/calendar')
})

/** The beginnings of programs, with nothing behind that could run. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'application/x-msdownload': `4d5a90000300000004000000ffff0000${'00'.repeat(44)}40000000504500006486`,
  'application/x-elf': '7f454c4602010100000000000000000002003e00',
  'application/x-mach-binary': 'cffaedfe0700000103000000020000001000000010050000',
}

test('a program is one by its structure, and a bitmap too', async () => {
  for (const [type, hex] of Object.entries(PROGRAMS))
    assert.equal((await kindOf(Buffer.from(hex, 'hex'), false)).mediaType, type)
  const bitmap = Buffer.from('424d460000000000000036000000280000000200000002000000010018000000000010000000', 'hex')
  assert.equal((await kindOf(bitmap, false)).mediaType, 'image/bmp')
  bitmap.writeUInt32LE(7, 14)
  assert.equal((await kindOf(bitmap, false)).mediaType, 'application/octet-stream')
})
