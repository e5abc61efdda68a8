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
