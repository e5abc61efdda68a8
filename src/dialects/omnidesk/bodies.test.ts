import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WireRefusal } from '../wire.ts'
import { multipartFields, untypedBody, urlencodedFields } from './bodies.ts'

const isMalformed = (error: unknown): boolean => error instanceof WireRefusal && error.error.code === 'malformed'

function bytes(...parts: (string | number[])[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
}

const text = fc.string({ unit: 'grapheme' })

test('urlencoded fields are read as they were written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (pairs) => {
      const body = Buffer.from(new URLSearchParams(pairs).toString())
      assert.deepEqual(urlencodedFields(body), Object.fromEntries(pairs))
    }),
  )
})

test('several values of one name are all kept, in order', () => {
  assert.deepEqual(urlencodedFields(bytes('a[]=1&a%5B%5D=2&b&c=x+y&&')), { 'a[]': ['1', '2'], b: '', c: 'x y' })
})

test('unescaped UTF-8 is read; bytes and escapes that are not UTF-8 are refused', () => {
  assert.deepEqual(urlencodedFields(bytes('title=Größe')), { title: 'Größe' })
  for (const body of [bytes('a=', [0xff]), bytes('a=%FF'), bytes('a=%'), bytes('a=%C3'), bytes('%E0%A4%A=1')]) {
    assert.throws(() => urlencodedFields(body), isMalformed)
  }
})

async function multipart(form: FormData): Promise<Record<string, string | string[]>> {
  const sent = new Response(form)
  return multipartFields(Buffer.from(await sent.arrayBuffer()), sent.headers.get('content-type') ?? '')
}

test('multipart fields are read as a client sends them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (value) => {
      const form = new FormData()
      form.append('ticketIDs[]', '1')
      form.append('title', value)
      form.append('ticketIDs[]', '2')
      // The multipart encoding itself turns each line break into CRLF.
      const title = value.replace(/\r\n|\r|\n/g, '\r\n')
      assert.deepEqual(await multipart(form), { 'ticketIDs[]': ['1', '2'], title })
    }),
    { numRuns: 50 },
  )
})

const part = (header: string, value: string | number[]): Buffer => bytes(`--XX\r\n${header}\r\n\r\n`, value, '\r\n')
const end = bytes('--XX--\r\n')
const type = 'multipart/form-data; boundary=XX'

test('multipart is read in the spellings of other clients too: names without quotes, a type for each part', async () => {
  const body = Buffer.concat([
    part('Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=title', 'Größe'),
    part('content-disposition: form-data; name="from"', ''),
    end,
  ])
  assert.deepEqual(await multipartFields(body, type), { title: 'Größe', from: '' })
  assert.deepEqual(
    await multipartFields(
      Buffer.concat([part('Content-Disposition: form-data; name="a"', '1'), end]),
      'multipart/form-data; boundary="XX"',
    ),
    { a: '1' },
  )
})

test('an empty multipart body has no fields', async () => {
  assert.deepEqual(await multipartFields(bytes(''), type), {})
  assert.deepEqual(await multipartFields(end, type), {})
})

test('files, broken multipart and text that is not UTF-8 are refused', async () => {
  const field = part('Content-Disposition: form-data; name="a"', '1')
  const bodies: [Buffer, string][] = [
    [Buffer.concat([part('Content-Disposition: form-data; name="a"; filename="x.txt"', 'x'), end]), type],
    [Buffer.concat([part('Content-Disposition: form-data; name="a"', [0xff, 0xfe]), end]), type],
    [field, type],
    [Buffer.concat([field, end]), 'multipart/form-data'],
    [Buffer.concat([field, end]), 'multipart/form-data; boundary=YY'],
    [bytes('a=1'), type],
  ]
  for (const [body, contentType] of bodies) await assert.rejects(multipartFields(body, contentType), isMalformed)
})

test('a form has at most 3,000 fields', async () => {
  assert.throws(() => urlencodedFields(bytes('a=1&'.repeat(3001))), isMalformed)
  const many = Buffer.concat([...Array(3001).fill(part('Content-Disposition: form-data; name="a"', '1')), end])
  await assert.rejects(multipartFields(many, type), isMalformed)
})

test('a body of no type is JSON if it looks like it, else urlencoded', () => {
  assert.deepEqual(untypedBody(bytes(' {"title":"x"}')), { title: 'x' })
  assert.deepEqual(untypedBody(bytes('title=x')), { title: 'x' })
  assert.deepEqual(untypedBody(bytes('')), {})
})

test('broken JSON of no type never passes for a form', () => {
  for (const body of [bytes('{"title":'), bytes('{title=x}'), bytes('[1'), bytes('{"a":"', [0xff], '"}')]) {
    assert.throws(() => untypedBody(body), isMalformed)
  }
})

test('a form is read in the charset that its type or the form says, in either encoding; an unknown one is refused', async () => {
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
  const field = part('Content-Disposition: form-data; name="title"', [...latin('Größe')])
  const said = part('Content-Disposition: form-data; name="_charset_"', 'ISO-8859-1')
  const typed = part('Content-Disposition: form-data; name="title"\r\nContent-Type: text/plain; charset=iso-8859-1', [
    ...latin('Größe'),
  ])
  const coded = part(
    "Content-Disposition: form-data; name*=utf-8''title\r\nContent-Transfer-Encoding: base64",
    Buffer.from('Größe').toString('base64'),
  )
  for (const form of [
    [field, said, end],
    [said, field, end],
    [typed, end],
    [coded, end],
  ])
    assert.deepEqual(await multipartFields(Buffer.concat(form), type), { title: 'Größe' })
  const urlencoded = 'application/x-www-form-urlencoded'
  for (const [body, contentType] of [
    ['title=Gr%F6%DFe', `${urlencoded}; charset=ISO-8859-1`],
    ['title=Gr\xf6\xdfe', `${urlencoded}; charset="windows-1252"`],
    ['title=Gr%F6%DFe&_charset_=iso-8859-1', urlencoded],
    ['_charset_=&title=Gr%C3%B6%C3%9Fe', `${urlencoded}; charset=`],
  ] as const)
    assert.deepEqual(urlencodedFields(latin(body), contentType), { title: 'Größe' })
  for (const contentType of [`${urlencoded}; charset=x-klingon`, `${urlencoded}; charset=utf-8`])
    assert.throws(() => urlencodedFields(latin('a=%F6'), contentType), isMalformed)
  const unknown = part('Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=x-klingon', '1')
  await assert.rejects(multipartFields(Buffer.concat([unknown, end]), type), isMalformed)
})
