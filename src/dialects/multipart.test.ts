import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../test/arbitraries.ts'
import { partsOf, readTexts, type TextPart, textBytes } from './multipart.ts'
import { WireRefusal } from './wire.ts'

const TYPE = 'multipart/form-data; boundary=XX'
const MOST = 10_000_000

interface ReadForm {
  readonly fields: readonly (readonly [string, string])[]
  readonly files: readonly { readonly field: string; readonly name: string; readonly bytes: Buffer }[]
}

/** Reads a form that comes in in pieces of these sizes, again and again. */
async function read(body: Uint8Array, sizes: readonly number[] = [body.length || 1], type = TYPE): Promise<ReadForm> {
  async function* coming(): AsyncGenerator<Uint8Array> {
    for (let at = 0, nth = 0; at < body.length; nth++) {
      const size = sizes[nth % sizes.length] ?? 1
      yield body.subarray(at, at + size)
      at += size
    }
  }
  const texts: TextPart[] = []
  const files = []
  for await (const part of partsOf(coming(), type, { bytes: MOST })) {
    const bytes = Buffer.from(await textBytes(part, MOST))
    if (part.hasFileName) files.push({ part, bytes })
    else texts.push({ ...part, bytes })
  }
  const { fields, nameOf, fileNameOf } = readTexts(texts)
  return {
    fields,
    files: files.map(({ part, bytes }) => ({ field: nameOf(part), name: fileNameOf(part), bytes })),
  }
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
/** What UTF-8 bytes are in a header, of which each character is a byte. */
const raw = (text: string, encoding: BufferEncoding = 'utf8'): string => Buffer.from(text, encoding).toString('latin1')

function part(headers: string, bytes: Uint8Array | string = 'x'): Buffer {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return Buffer.concat([latin1(`--XX\r\n${headers}\r\n\r\n`), content, latin1('\r\n')])
}

const formOf = (...parts: readonly Buffer[]): Buffer => Buffer.concat([...parts, latin1('--XX--\r\n')])
const DISPOSITION = 'Content-Disposition: form-data'

async function nameFrom(parameters: string, sizes?: readonly number[]): Promise<string | undefined> {
  const { files } = await read(formOf(part(`${DISPOSITION}; name="file"; ${parameters}`)), sizes)
  assert.equal(files[0]?.field, 'file')
  return files[0]?.name
}

async function malformed(body: Uint8Array, message: RegExp, type?: string): Promise<void> {
  for (const sizes of [[body.length], [1], [7, 3]])
    await assert.rejects(read(body, sizes, type), (error: unknown) => {
      assert.ok(error instanceof WireRefusal && error.error.code === 'malformed', String(error))
      assert.match(error.error.message, message)
      return true
    })
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })
const CONTROLS = /\p{Cc}/u
const shown = anyText({ minLength: 1, maxLength: 20 }).filter((name) => !CONTROLS.test(name))

function percent(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function pieces(bytes: Buffer, count: number): readonly Buffer[] {
  const size = Math.max(1, Math.ceil(bytes.length / count))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, nth) =>
    bytes.subarray(nth * size, (nth + 1) * size),
  )
}

/** How a name can be sent, and which names can be sent so. */
const SPELLINGS: Readonly<Record<string, { write: (name: string) => string; can?: (name: string) => boolean }>> = {
  'as browsers do': {
    write: (name) => `filename="${raw(name.replaceAll('"', '%22'))}"`,
    can: (name) => !/\\|%(?:22|0D|0A)|=\?/i.test(name),
  },
  'with escaped quotes': {
    write: (name) => `filename="${raw(name.replace(/["\\]/g, '\\$&'))}"`,
    can: (name) => !/%(?:22|0D|0A)|=\?/i.test(name),
  },
  'extended, behind a worse one': {
    write: (name) => `filename="worse.txt"; filename*=UTF-8''${percent(Buffer.from(name))}`,
  },
  'extended, before a worse one': {
    write: (name) => `filename*=utf-8'en'${encodeURIComponent(name)}; filename=worse.txt`,
  },
  'extended, in Latin-1': {
    write: (name) => `filename*=iso-8859-1''${percent(latin1(name))}`,
    can: (name) => /^[ -~\u00a0-\u00ff]*$/.test(name),
  },
  'in pieces, cut within characters': {
    write: (name) =>
      pieces(Buffer.from(name), 3)
        .map((piece, nth) => `filename*${nth}*=${nth === 0 ? "utf-8''" : ''}${percent(piece)}`)
        .join('; '),
  },
  'in pieces of which one is escaped, behind a worse one, in another order': {
    write: (name) =>
      `filename*1*=${percent(Buffer.from(name))}; filename=worse; filename*0*=utf-8''; filename*2=".txt"`,
  },
  'as an encoded word in base64': { write: (name) => `filename="=?utf-8?B?${Buffer.from(name).toString('base64')}?="` },
  'as encoded words, cut within characters': {
    write: (name) =>
      `filename="${pieces(Buffer.from(name), 2)
        .map((piece) => `=?UTF-8?Q?${percent(piece).replaceAll('%', '=').toUpperCase()}?=`)
        .join(' ')}"`,
  },
}

describe('A file’s name', () => {
  for (const [how, { write, can = () => true }] of Object.entries(SPELLINGS))
    test(`is read as it was sent ${how}`, async () => {
      const ending = how.includes('another order') ? '.txt' : ''
      await fc.assert(
        fc.asyncProperty(
          shown.filter((name) => name.isWellFormed() && can(name)),
          sizes,
          async (name, cuts) => {
            assert.equal(await nameFrom(write(name), cuts), name + ending)
          },
        ),
      )
    })

  const CASES: readonly (readonly [sent: string, name: string])[] = [
    [`filename="=?utf-8?B?T3RjZXQudHh0?="; filename*=utf-8''Ot%C4%8Det.txt`, 'Otčet.txt'],
    [`FileName="a.txt"`, 'a.txt'],
    ['filename=a.txt', 'a.txt'],
    ['filename = "a b.txt" ; x=y', 'a b.txt'],
    ['filename=""', ''],
    ['filename="a;b, c=d.txt"', 'a;b, c=d.txt'],
    ['filename="C:\\Users\\me\\photo.png"', 'C:\\Users\\me\\photo.png'],
    ['filename="C:\\dir\\"', 'C:\\dir\\'],
    ['filename="a\\"b.txt"; x="y"', 'a"b.txt'],
    ['filename="100%25 %41.txt"', '100%25 %41.txt'],
    [`filename="${raw('naïve “日本”.html')}"`, 'naïve “日本”.html'],
    [`filename="${raw('Größe.txt', 'latin1')}"`, 'Größe.txt'],
    ['filename="\x80 \x93x\x94.txt"', '€ “x”.txt'],
    [`filename*="utf-8''%e2%82%ac%20rates"`, '€ rates'],
    // What cannot be read is passed over, and shown where there is nothing better.
    [`filename*=utf-8''%zz; filename="kept.txt"`, 'kept.txt'],
    [`filename*=utf-8''%ff; filename="kept.txt"`, 'kept.txt'],
    [`filename*=x-unknown''a; filename="kept.txt"`, 'kept.txt'],
    ['filename*=only.txt', 'only.txt'],
    [`filename*=x-unknown''a`, "x-unknown''a"],
    ['filename*0="invoice"; filename*1=".txt"', 'invoice.txt'],
    ['filename*0="invoice"; filename*2=".txt"', 'invoice'],
    ['filename*1="alone.txt"', ''],
    ['filename="=?iso-8859-1?Q?Gr=F6=DFe_1.txt?="', 'Größe 1.txt'],
    ['filename="=?koi8-r?B?8NLJ18XU?=.txt"', 'Привет.txt'],
    ['filename="=?utf-8?B?w7w=?= =?iso-8859-1?q?=E4?="', 'üä'],
    ['filename="=?utf-8*de?q?a?="', 'a'],
    ['filename="=?x-unknown?B?w7w=?="', '=?x-unknown?B?w7w=?='],
    ['filename="=?utf-8?Q?a?= b"', 'a b'],
  ]
  for (const [sent, name] of CASES)
    test(`${JSON.stringify(sent)} is ${JSON.stringify(name)}`, async () => {
      assert.equal(await nameFrom(sent), name)
    })

  test('is in the charset of the form, wherever that is said', async () => {
    const file = part(`${DISPOSITION}; name="file"; filename="\x83\x65\x83\x58\x83\x67.txt"`)
    const said = part(`${DISPOSITION}; name="_charset_"`, 'Shift_JIS')
    for (const form of [formOf(said, file), formOf(file, said)])
      assert.equal((await read(form)).files[0]?.name, 'テスト.txt')
  })
})

function encoded(bytes: Buffer, encoding: string): string {
  if (encoding === 'base64') return bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n')
  const lines = [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`)
  return lines.join('').replace(/.{1,72}/g, '$&=\r\n')
}

describe('The bytes of a part', () => {
  const content = fc
    .oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(fc.constantFrom('\r\n--X', '--XX', '\r', '\n', '-', '\r\n', '\r\n\r\n'), { maxLength: 12 })
        .map((all) => latin1(all.join(''))),
    )
    .filter((bytes) => !Buffer.concat([latin1('\r\n'), bytes, latin1('\r\n')]).includes('\r\n--XX'))

  for (const encoding of ['7bit', '8bit', 'Binary', 'none', 'base64', 'quoted-printable'])
    test(`come out as they went in, sent ${encoding}, wherever the form is cut`, async () => {
      await fc.assert(
        fc.asyncProperty(content, fc.boolean(), sizes, async (bytes, isFile, cuts) => {
          const header = encoding === 'none' ? '' : `\r\nContent-Transfer-Encoding: ${encoding}`
          const isCoded = encoding === 'base64' || encoding === 'quoted-printable'
          const sent = isCoded ? encoded(Buffer.from(bytes), encoding) : bytes
          const naming = `${DISPOSITION}; name="a"${isFile ? '; filename="b"' : ''}`
          const last = part(`${DISPOSITION}; name="last"; filename="c"`, 'z')
          const { files, fields } = await read(
            formOf(part(`${naming}${header}\r\nContent-Type: text/plain; charset=latin1`, sent), last),
            cuts,
          )
          assert.equal(files.at(-1)?.bytes.toString(), 'z')
          if (isFile) assert.deepEqual(files[0]?.bytes, Buffer.from(bytes))
          else assert.equal(fields[0]?.[1], new TextDecoder('latin1').decode(bytes))
        }),
      )
    })

  const READ: readonly (readonly [encoding: string, sent: string, bytes: string])[] = [
    ['base64', '', ''],
    ['BASE64', 'aGVs\r\nbG8=\r\n', 'hello'],
    ['base64', ' aG\tVsb G8 =', 'hello'],
    ['quoted-printable', 'a=3Db=3d', 'a=b='],
    ['quoted-printable', 'a =\r\nb', 'a b'],
    ['quoted-printable', 'a= \t\r\nb=', 'ab'],
    ['quoted-printable', 'a  \r\n\tb\t', 'a\r\n\tb'],
    ['8bit', 'a=3D', 'a=3D'],
  ]
  for (const [encoding, sent, bytes] of READ)
    test(`${JSON.stringify(sent)} in ${encoding} is ${JSON.stringify(bytes)}`, async () => {
      for (const cuts of [[sent.length + 500], [1], [3]]) {
        const form = formOf(part(`${DISPOSITION}; name="a"\r\nContent-Transfer-Encoding: ${encoding}`, sent))
        assert.deepEqual((await read(form, cuts)).fields, [['a', bytes]])
      }
    })

  const REFUSED: readonly (readonly [encoding: string, sent: string, message: RegExp])[] = [
    ['base64', 'aGVsbG8', /not base64/],
    ['base64', 'a', /not base64/],
    ['base64', 'aGV*', /not base64/],
    ['base64', 'aGVsbG8=aGVs', /not base64/],
    ['base64', 'aG=s', /not base64/],
    ['base64', '====', /not base64/],
    ['base64', 'aGVsbG8=x', /not base64/],
    ['quoted-printable', 'a=3', /not quoted-printable/],
    ['quoted-printable', 'a=zz', /not quoted-printable/],
    ['quoted-printable', 'a= b', /not quoted-printable/],
    ['quoted-printable', 'ü', /not quoted-printable/],
    ['quoted-printable', ' '.repeat(2_000), /not quoted-printable/],
    ['x-uuencode', 'a', /another Content-Transfer-Encoding/],
    ['utf-8', 'a', /another Content-Transfer-Encoding/],
  ]
  for (const [encoding, sent, message] of REFUSED)
    test(`${JSON.stringify(sent.slice(0, 20))} in ${encoding} is refused in words`, async () => {
      for (const file of ['', '; filename="b"'])
        await malformed(
          formOf(part(`${DISPOSITION}; name="a"${file}\r\nContent-Transfer-Encoding: ${encoding}`, sent)),
          message,
        )
    })
})

describe('A text of a form', () => {
  const SENT: readonly (readonly [type: string, bytes: Buffer, text: string])[] = [
    ['text/plain', Buffer.from('Größe'), 'Größe'],
    ['text/plain; charset=ISO-8859-1', latin1('Größe'), 'Größe'],
    ['text/plain; Charset="windows-1252"', Buffer.from([0x80]), '€'],
    ['text/plain;charset=utf-16le', Buffer.from('Größe', 'utf16le'), 'Größe'],
    ['text/plain;charset=utf-16', Buffer.from('\ufeffGröße', 'utf16le'), 'Größe'],
    ['text/plain;charset=UTF-16', Buffer.from('\ufeffGröße', 'utf16le').swap16(), 'Größe'],
    ['text/plain;charset=shift_jis', Buffer.from([0x83, 0x65]), 'テ'],
    ['text/plain;charset=us-ascii', Buffer.from('a'), 'a'],
    ['text/plain;charset=', Buffer.from('ü'), 'ü'],
    ['text/plain; charset=utf-8', Buffer.from('\ufeffmarked'), 'marked'],
  ]
  for (const [type, bytes, text] of SENT)
    test(`is read in the charset that its type says: ${type}`, async () => {
      const form = formOf(part(`content-type: ${type}\r\n${DISPOSITION}; name=a`, bytes))
      assert.deepEqual((await read(form)).fields, [['a', text]])
    })

  test('is in the charset of the form, wherever that is said, unless it says its own', async () => {
    const parts = [
      part(`${DISPOSITION}; name="gr\xf6\xdfe"`, latin1('Größe')),
      part(`${DISPOSITION}; name="own"\r\nContent-Type: text/plain; charset=utf-8`, 'Größe'),
    ]
    const said = part(`${DISPOSITION}; name="_charset_"`, 'iso-8859-1')
    for (const form of [formOf(said, ...parts), formOf(...parts, said)])
      assert.deepEqual((await read(form)).fields, [
        ['größe', 'Größe'],
        ['own', 'Größe'],
      ])
    const empty = part(`${DISPOSITION}; name="_charset_"`, '')
    assert.deepEqual((await read(formOf(empty, part(`${DISPOSITION}; name="a"`, 'ü')))).fields, [['a', 'ü']])
  })

  test('has a name in whichever spelling', async () => {
    for (const name of [`name*=utf-8''gr%C3%B6%C3%9Fe`, 'name="=?utf-8?Q?gr=C3=B6=C3=9Fe?="', `name="${raw('größe')}"`])
      assert.deepEqual((await read(formOf(part(`${DISPOSITION}; ${name}`, 'x')))).fields, [['größe', 'x']])
  })

  test('is refused in words when its charset is unknown, or it is none of it', async () => {
    const typed = (type: string, bytes: Buffer) =>
      formOf(part(`${DISPOSITION}; name=a\r\nContent-Type: ${type}`, bytes))
    await malformed(typed('text/plain; charset=x-klingon', latin1('a')), /charset x-klingon is not known/)
    await malformed(typed('text/plain; charset=utf-7', latin1('a')), /charset utf-7 is not known/)
    await malformed(typed('text/plain; charset=utf-8', latin1('ü')), /not UTF-8/)
    await malformed(typed('text/plain', latin1('ü')), /not UTF-8/)
    await malformed(
      formOf(part(`${DISPOSITION}; name=_charset_`, 'x-klingon'), part(`${DISPOSITION}; name=a`)),
      /x-klingon/,
    )
  })
})

describe('A form', () => {
  test('is read as Node’s own client writes it, wherever it is cut', async () => {
    const text = anyText().filter((value) => value.isWellFormed() && !value.startsWith('\ufeff'))
    const field = fc.tuple(
      shown.filter((name) => name.isWellFormed() && !/[\\%=]/.test(name) && name !== '_charset_'),
      text,
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { maxLength: 4 }),
        fc.uint8Array({ maxLength: 100 }),
        sizes,
        async (pairs, bytes, cuts) => {
          const form = new FormData()
          for (const [name, value] of pairs) form.append(name, value)
          form.append('file', new File([bytes], 'a "b" \u200c.txt'))
          const sent = new Response(form)
          const body = Buffer.from(await sent.arrayBuffer())
          const got = await read(body, cuts, sent.headers.get('content-type') ?? '')
          assert.deepEqual(
            got.fields,
            pairs.map(([name, value]) => [name, value.replace(/\r\n|\r|\n/g, '\r\n')]),
          )
          assert.deepEqual(got.files, [{ field: 'file', name: 'a "b" \u200c.txt', bytes: Buffer.from(bytes) }])
        },
      ),
    )
  })

  test('may have words before and behind it, blanks behind boundaries, folded headers, and parts without bytes', async () => {
    const body = latin1(
      [
        'Preamble --XX\r\n--XX \t\r\n',
        'X-Own: 1\r\nX-Own: 2\r\nContent-Disposition: form-data;\r\n\tname="a"\r\n\r\n1\r\n',
        '--XX\r\nContent-Disposition: form-data; name="b"\r\n\r\n--XX\r\n',
        'Content-Disposition: form-data; name="c"\r\n\r\n\r\n--XX--  \r\nEpilogue\r\n--XX\r\n',
      ].join(''),
    )
    for (const cuts of [[body.length], [1], [5, 2]])
      assert.deepEqual((await read(body, cuts)).fields, [
        ['a', '1'],
        ['b', ''],
        ['c', ''],
      ])
    assert.deepEqual(
      (await read(formOf(part(`${DISPOSITION}; name=a`)), [9], 'Multipart/Form-Data; BOUNDARY="XX"; x=y')).fields,
      [['a', 'x']],
    )
  })

  test('that is none, is cut, or does not name its parts is refused in words', async () => {
    const good = part(`${DISPOSITION}; name="a"`)
    await malformed(formOf(good), /no boundary/, 'multipart/form-data')
    await malformed(formOf(good), /no boundary/, 'multipart/form-data; boundary=""')
    await malformed(formOf(good), /too early/, 'multipart/form-data; boundary=YY')
    const whole = formOf(good)
    for (let length = 0; length < whole.length - 2; length++) await malformed(whole.subarray(0, length), /too early/)
    await malformed(formOf(part('Content-Type: text/plain')), /has no name/)
    await malformed(formOf(part('Content-Disposition: form-data')), /has no name/)
    await malformed(formOf(part('Content-Disposition: attachment; name="a"')), /has no name/)
    await malformed(formOf(part(`${DISPOSITION}; name="a"; name="b"`)), /has no name/)
    await malformed(formOf(part(`${DISPOSITION}; name="a"\r\n${DISPOSITION}; name="b"`)), /cannot be read/)
    await malformed(formOf(part(`${DISPOSITION}; name="a"\r\nno header`)), /cannot be read/)
    await malformed(formOf(part(`${DISPOSITION}; name="a\nb"`)), /cannot be read/)
    await malformed(formOf(latin1(`--XXY\r\n${DISPOSITION}; name="a"\r\n\r\nx\r\n`)), /cannot be read/)
    await malformed(formOf(part(`${DISPOSITION}; name="a"${'\r\nx: y'.repeat(20)}`)), /too many headers/)
    await malformed(formOf(part(`${DISPOSITION}; name="a"\r\nx: ${'y'.repeat(9_000)}`)), /too many headers/)
  })

  test('is read no further than its bytes may be', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1_000, ' ')
    }
    await assert.rejects(
      async () => {
        for await (const _ of partsOf(endless(), TYPE, { bytes: 5_000 })) assert.fail()
      },
      (error: unknown) => error instanceof WireRefusal && error.error.code === 'too_large',
    )
  })
})
