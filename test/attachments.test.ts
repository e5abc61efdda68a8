import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse as parseDisposition } from 'content-disposition'
import pg from 'pg'
import { sweepFiles } from '../src/jobs/sweep-attachments.ts'
import { openDatabase } from '../src/storage/database.ts'
import { openDiskFiles } from '../src/storage/files-disk.ts'
import { openInbox } from '../src/storage/files-inbox.ts'
import { openStore } from '../src/storage/store.ts'
import { makeSite, type Site } from './contract/site.ts'
import { until } from './process.ts'
import { startS3 } from './s3.ts'
import { type Received, startWorld, type World } from './world.ts'

const MIB = 1_048_576
const HOUR_MS = 3_600_000
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGNgYPgPRgiiAQAp9gP9c7k0cQAAAABJRU5ErkJggg==',
  'base64',
)

let world: World
let site: Site
let rows: pg.Pool

before(async () => {
  world = await startWorld({ POLYDESK_FILE_MIB: '1', POLYDESK_MESSAGE_FILES_MIB: '2' })
  site = await makeSite(world, 'attachments')
  rows = new pg.Pool({ ...world.database.connection, max: 1 })
})
after(async () => {
  await rows?.end()
  await world?.stop()
})

const UPLOADS = { native: '/v1/attachments', spacebring: '/support/attachments/v1' } as const
type Name = keyof typeof UPLOADS

function form(content: Uint8Array | string, name: string, field = 'file'): FormData {
  const data = new FormData()
  data.set(field, new File([typeof content === 'string' ? content : new Uint8Array(content)], name))
  return data
}

async function upload(
  name: Name,
  content: Uint8Array | string,
  fileName: string,
  headers: Record<string, string> = {},
): Promise<Received> {
  const body = form(content, fileName)
  return world.send('POST', UPLOADS[name], { headers: { ...site.as(name), ...headers }, body })
}

async function uploaded(name: Name, content: Uint8Array | string, fileName = 'file.txt'): Promise<string> {
  const answer = await upload(name, content, fileName)
  assert.equal(answer.status, 201, answer.text)
  return name === 'native' ? answer.json.id : answer.json.attachment.key
}

async function send(method: string, path: string, body?: unknown, headers: object = {}): Promise<Received> {
  const name = path.startsWith('/v1') ? 'native' : 'spacebring'
  return world.send(method, path, { headers: { ...site.as(name), ...headers }, body })
}

async function newTicket(fields: object = {}): Promise<string> {
  const answer = await send('POST', '/v1/tickets', { title: 'T', text: 'Opening', ...fields })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.id
}

async function download(url: string): Promise<Response> {
  return fetch(url.replace(/^https?:\/\/[^/]+/, world.url))
}

async function kept(): Promise<readonly string[]> {
  const home = join(world.dataDir, 'files', 'kept')
  const tenants = await readdir(home).catch(() => [])
  return (await Promise.all(tenants.map((tenant) => readdir(join(home, tenant))))).flat()
}

const incoming = (): Promise<string[]> => readdir(join(world.dataDir, 'files', 'incoming'))

/** What is taken away after an answer is sent is gone a moment later. */
async function nothingIncoming(): Promise<void> {
  for (let nth = 0; nth < 200 && (await incoming()).length > 0; nth++) await new Promise((next) => setTimeout(next, 10))
  assert.deepEqual(await incoming(), [])
}

describe('An upload', () => {
  test('is answered in each dialect with what the bytes are, whatever they are called', async () => {
    const native = await upload('native', PNG, '../../a "b".exe.txt')
    assert.equal(native.status, 201, native.text)
    const { name, type, size, width, height } = native.json
    assert.deepEqual([type, size, width, height], ['image/png', PNG.length, 3, 2])
    assert.doesNotMatch(name, /[/\\]/)
    const spacebring = await upload('spacebring', '<script>alert(1)</script>', 'page.html')
    assert.equal(spacebring.status, 201, spacebring.text)
    const { key, url, ...rest } = spacebring.json.attachment
    assert.deepEqual(rest, { mime: 'text/plain', name: 'page.html', size: 25 })
    assert.ok(url.includes(key))
    await nothingIncoming()
  })

  test('that is too large, empty, a program or no form is refused and leaves nothing', async () => {
    const before = await kept()
    for (const name of ['native', 'spacebring'] as const) {
      assert.equal((await upload(name, Buffer.alloc(MIB + 1, 'a'), 'large.txt')).status, 413)
      assert.equal((await upload(name, '', 'empty.txt')).status, 400)
      assert.equal((await upload(name, 'MZ', 'tool.exe')).status, 400)
      const elf = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), Buffer.alloc(200)])
      assert.equal((await upload(name, elf, 'holiday.jpg')).status, 400)
      const path = UPLOADS[name]
      const headers = site.as(name)
      assert.equal((await world.send('POST', path, { headers, body: form('x', 'x.txt', 'other') })).status, 400)
      const two = form('x', 'x.txt')
      two.append('file', new File(['y'], 'y.txt'))
      assert.equal((await world.send('POST', path, { headers, body: two })).status, 400)
      const both = form('x', 'x.txt')
      both.append('file', 'no file')
      assert.equal((await world.send('POST', path, { headers, body: both })).status, 400)
      const text = new FormData()
      text.set('file', 'no file')
      assert.equal((await world.send('POST', path, { headers, body: text })).status, 400)
      const wrong = await world.send('POST', path, { headers, body: { file: 'x' } })
      assert.equal(wrong.status, name === 'native' ? 415 : 400)
      const cut = { ...headers, 'content-type': 'multipart/form-data; boundary=x' }
      const half = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc'
      assert.equal((await world.send('POST', path, { headers: cut, body: half })).status, 400)
      const unbound = { ...headers, 'content-type': 'multipart/form-data' }
      assert.equal((await world.send('POST', path, { headers: unbound, body: half })).status, 400)
    }
    await nothingIncoming()
    assert.deepEqual(await kept(), before)
  })

  test('of exactly the limit is taken', async () => {
    assert.equal((await upload('native', Buffer.alloc(MIB, 'a'), 'just.txt')).status, 201)
  })

  test('that is cut off leaves nothing', async () => {
    const before = await kept()
    await new Promise<void>((resolve) => {
      const headers = {
        ...site.as('native'),
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': 9999,
      }
      const sending = httpRequest(`${world.url}${UPLOADS.native}`, { method: 'POST', headers })
      sending.on('error', () => resolve())
      sending.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc')
      setTimeout(() => sending.destroy(new Error('enough')), 100)
    })
    await nothingIncoming()
    assert.deepEqual(await kept(), before)
  })

  test('with a key is one, however often and at once it is sent', async () => {
    const before = (await kept()).length
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => upload('native', 'The same', 'same.txt', headers)),
    )
    assert.deepEqual([...new Set(answers.map((each) => `${each.status} ${each.json.id}`))].length, 1)
    assert.equal(answers[0]?.status, 201)
    assert.equal((await kept()).length, before + 1)
    assert.equal((await upload('native', 'Another', 'same.txt', headers)).status, 422)
  })
})

/** A form as mail programs and others write it, its one part with these headers. */
async function sendPart(name: Name, headers: string, bytes: Uint8Array | string, more = ''): Promise<Received> {
  const type = { 'content-type': 'multipart/form-data; boundary=x' }
  const body = Buffer.concat([
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="file"; ${headers}\r\n\r\n`, 'latin1'),
    Buffer.from(bytes),
    Buffer.from(`\r\n${more}--x--\r\n`, 'latin1'),
  ])
  return world.send('POST', UPLOADS[name], { headers: { ...site.as(name), ...type }, body })
}

describe('A form of another program', () => {
  for (const name of ['native', 'spacebring'] as const) {
    const shown = ({ json }: Received) => (name === 'native' ? json : json.attachment)

    test(`names its file in whichever spelling, and it is downloaded under that name: ${name}`, async () => {
      const spellings: readonly (readonly [sent: string, name: string, ascii: string])[] = [
        ['filename="=?utf-8?B?T3RjZXQudHh0?="; filename*=utf-8\'\'Ot%C4%8Det.txt', 'Otčet.txt', 'Otcet.txt'],
        ["filename*0*=utf-8''in%C3; filename*1*=%BC.txt; filename=worse.txt", 'inü.txt', 'inu.txt'],
        ['filename="=?koi8-r?B?8NLJ18XU?=.txt"', 'Привет.txt', 'file.txt'],
        ['filename="a %22b%22 \\"c\\".txt"', 'a "b" "c".txt', 'a _b_ _c_.txt'],
        ['filename="Gr\xf6\xdfe.txt"', 'Größe.txt', 'Gro_e.txt'],
        ['filename="C:\\Users\\me\\notes.txt"', 'notes.txt', 'notes.txt'],
        ["filename*=utf-8''.%D9%85%DB%8C%E2%80%8C%D8%AE.txt", '.می\u200cخ.txt', 'file.txt'],
        ['filename=.env', '.env', '.env'],
      ]
      for (const [sent, fileName, ascii] of spellings) {
        const answer = await sendPart(name, sent, 'Notes')
        assert.equal(answer.status, 201, answer.text)
        assert.equal(shown(answer).name, fileName)
        const got = await download(shown(answer).url)
        const disposition = got.headers.get('content-disposition') ?? ''
        const { parameters } = parseDisposition(disposition)
        assert.equal(parameters?.['filename'], fileName, disposition)
        assert.equal(parseDisposition(disposition.replace(/filename\*=.*/, 'x=y')).parameters?.['filename'], ascii)
      }
      const charset = '--x\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\nShift_JIS\r\n'
      const japanese = await sendPart(name, 'filename="\x83\x65.txt"', 'Notes', charset)
      assert.equal(shown(japanese).name, 'テ.txt', japanese.text)
    })

    test(`sends its file in base64 or quoted-printable, and it is kept as it was: ${name}`, async () => {
      const as = (encoding: string) => `filename="a"\r\nContent-Transfer-Encoding: ${encoding}`
      const sent = PNG.toString('base64').replace(/.{76}/g, '$&\r\n')
      const quoted = [...PNG].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join('=\r\n')
      const forms = [
        [as('base64'), sent],
        [as('Quoted-Printable'), quoted],
        [as('binary'), PNG],
      ] as const
      for (const [headers, bytes] of forms) {
        const answer = await sendPart(name, headers, bytes)
        assert.equal(answer.status, 201, answer.text)
        assert.equal(shown(answer).size, PNG.length)
        assert.deepEqual(Buffer.from(await (await download(shown(answer).url)).arrayBuffer()), PNG)
      }
      // Of exactly the limit once it is read, which is more on the wire.
      const just = await sendPart(name, as('base64'), Buffer.alloc(MIB, 'a').toString('base64'))
      assert.equal(just.status, 201, just.text)
    })

    test(`is refused in the dialect’s form for what cannot be read, and leaves nothing: ${name}`, async () => {
      const before = await kept()
      const told = ({ json }: Received): string => (name === 'native' ? json.detail : json.issues[0].message)
      const as = (encoding: string) => `filename="a"\r\nContent-Transfer-Encoding: ${encoding}`
      for (const [headers, bytes, message] of [
        [as('base64'), `${PNG.toString('base64')}*`, 'A part of the form is not base64, as it says.'],
        [
          as('base64'),
          `${Buffer.alloc(300_000).toString('base64')}aGVsbG8`,
          'A part of the form is not base64, as it says.',
        ],
        [as('quoted-printable'), 'a=zz', 'A part of the form is not quoted-printable, as it says.'],
        [as('x-uuencode'), 'a', /^A part of the form has another Content-Transfer-Encoding/],
        [`filename=a; filename=b`, 'a', 'A part of the form has no name.'],
      ] as const) {
        const answer = await sendPart(name, headers, bytes)
        assert.equal(answer.status, 400, answer.text)
        if (typeof message === 'string') assert.equal(told(answer), message)
        else assert.match(told(answer), message)
      }
      const text = (type: string, bytes: string) =>
        `--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: ${type}\r\n\r\n${bytes}\r\n`
      const unknown = await sendPart(name, 'filename=a', 'a', text('text/plain; charset=x-klingon', 'a'))
      assert.deepEqual([unknown.status, told(unknown)], [400, 'The charset x-klingon is not known.'])
      const large = await sendPart(name, as('base64'), Buffer.alloc(MIB + 1).toString('base64'))
      assert.equal(large.status, 413, large.text)
      await nothingIncoming()
      assert.deepEqual(await kept(), before)
    })
  }
})

describe('A message', () => {
  test('carries files in either dialect, and both read them', async () => {
    const id = await newTicket({ attachments: [await uploaded('native', 'First', 'first.txt')] })
    const added = await send('POST', `/v1/tickets/${id}/messages`, {
      attachments: [await uploaded('native', PNG, 'two.png'), await uploaded('native', 'Three', 'three.txt')],
    })
    assert.equal(added.status, 201, added.text)
    const names = (message: { attachments: { name: string }[] }) => message.attachments.map((each) => each.name)
    assert.deepEqual(names(added.json.message), ['two.png', 'three.txt'])
    const key = await uploaded('spacebring', PNG, 'photo.png')
    const commented = await send('POST', '/support/tickets/v1/comment', {
      activity: { ticketRef: id, attachments: [{ key }] },
    })
    assert.equal(commented.status, 201, commented.text)
    const { attachments, ...rest } = commented.json.activity.data
    assert.deepEqual(rest, {})
    const { url, ...shown } = attachments[0]
    assert.deepEqual(shown, { key, mime: 'image/png', name: 'photo.png', size: PNG.length, width: 3, height: 2 })
    assert.deepEqual(Buffer.from(await (await download(url)).arrayBuffer()), PNG)

    const conversation = await send('GET', `/v1/tickets/${id}/messages`)
    assert.deepEqual(conversation.json.data.map(names), [['first.txt'], ['two.png', 'three.txt'], ['photo.png']])
    const timeline = await send('GET', `/v1/tickets/${id}/timeline`)
    const told = timeline.json.data.flatMap(({ message }: { message: null | { attachments: { name: string }[] } }) =>
      message ? names(message) : [],
    )
    assert.deepEqual(told, ['first.txt', 'two.png', 'three.txt', 'photo.png'])
    const ticket = await send('GET', `/support/tickets/v1/${id}`)
    const comments = ticket.json.activities.filter(({ type }: { type: string }) => type === 'comment')
    assert.deepEqual(
      comments.map(({ data }: { data: { attachments: { name: string }[] } }) => data.attachments.map((a) => a.name)),
      [['two.png', 'three.txt'], ['photo.png']],
    )
  })

  test('takes no file that is unknown, used, or another user’s; then nothing is written', async () => {
    const id = await newTicket()
    const used = await uploaded('native', 'Used', 'used.txt')
    const foreign = await uploaded('spacebring', 'Foreign', 'foreign.txt')
    assert.equal((await send('POST', `/v1/tickets/${id}/messages`, { attachments: [used] })).status, 201)
    const messages = async () => (await send('GET', `/v1/tickets/${id}/messages`)).text.length
    const before = await messages()
    const fresh = await uploaded('native', 'Fresh', 'fresh.txt')
    for (const wrong of [[crypto.randomUUID()], [used], [foreign], [fresh, fresh], [fresh, used]]) {
      const answer = await send('POST', `/v1/tickets/${id}/messages`, { text: 'Hi', attachments: wrong })
      assert.equal(answer.status, 400, answer.text)
      assert.deepEqual(
        answer.json.errors.map((each: { field: string }) => each.field),
        ['attachments'],
      )
      const opening = await send('POST', '/v1/tickets', { title: 'T', attachments: wrong })
      assert.equal(opening.status, 400, opening.text)
    }
    for (const key of ['unknown', crypto.randomUUID(), used]) {
      const activity = { ticketRef: id, text: 'Hi', attachments: [{ key }] }
      const answer = await send('POST', '/support/tickets/v1/comment', { activity })
      assert.equal(answer.status, 400, answer.text)
      assert.deepEqual(answer.json.issues[0].path, ['activity', 'attachments', 0, 'key'])
    }
    assert.equal(await messages(), before)
    assert.equal((await send('POST', `/v1/tickets/${id}/messages`, { attachments: [fresh] })).status, 201)
  })

  test('has no more files than the limit of all together', async () => {
    const id = await newTicket()
    const large = Buffer.alloc(MIB, 'a')
    const three = await Promise.all(['a', 'b', 'c'].map((name) => uploaded('native', large, name)))
    const refused = await send('POST', `/v1/tickets/${id}/messages`, { text: 'Hi', attachments: three })
    assert.deepEqual([refused.status, refused.json.errors[0].rule], [400, 'too_large'])
    const taken = await send('POST', `/v1/tickets/${id}/messages`, { text: 'Hi', attachments: three.slice(0, 2) })
    assert.equal(taken.status, 201)
  })

  test('alone gets a file that many ask for at once', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => newTicket()))
    const file = await uploaded('native', 'Wanted', 'wanted.txt')
    const answers = await Promise.all([
      ...ids.map((id) => send('POST', `/v1/tickets/${id}/messages`, { text: 'Mine', attachments: [file] })),
      ...ids.map(() => send('POST', '/v1/tickets', { title: 'Mine', attachments: [file] })),
    ])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array.from({ length: 11 }, () => 400)])
  })

  test('with a key is answered again with its files', async () => {
    const id = await newTicket()
    const key = { 'idempotency-key': crypto.randomUUID() }
    const body = { text: 'Hi', attachments: [await uploaded('native', 'Keyed', 'keyed.txt')] }
    const first = await send('POST', `/v1/tickets/${id}/messages`, body, key)
    const again = await send('POST', `/v1/tickets/${id}/messages`, body, key)
    assert.equal(first.status, 201, first.text)
    assert.deepEqual(again.json.message, first.json.message)
  })
})

describe('A download', () => {
  test('is never executed by a browser, under the name that it came with', async () => {
    const answer = await upload('native', '<script>alert(1)</script>', 'naïve “日本”.html')
    const got = await download(answer.json.url)
    assert.equal(got.status, 200)
    assert.equal(await got.text(), '<script>alert(1)</script>')
    assert.equal(got.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(got.headers.get('content-security-policy'), "default-src 'none'; sandbox")
    assert.equal(got.headers.get('content-length'), '25')
    const disposition = got.headers.get('content-disposition') ?? ''
    assert.match(disposition, /^attachment; /)
    const encoded = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1] ?? ''
    assert.equal(decodeURIComponent(encoded), 'naïve “日本”.html')
  })

  test('needs the whole link as it was given', async () => {
    const one = new URL((await upload('native', 'One', 'one.txt')).json.url)
    const other = new URL((await upload('native', 'Other', 'other.txt')).json.url)
    assert.equal((await download(one.href)).status, 200)
    const changed = (change: (url: URL) => void): string => {
      const url = new URL(one)
      change(url)
      return url.href
    }
    const later = String(Number(one.searchParams.get('expires')) + 3_600)
    const flipped = (text: string | null) => (text ?? '').replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    const wrong = [
      changed((url) => url.searchParams.set('expires', later)),
      changed((url) => url.searchParams.set('expires', '1')),
      changed((url) => url.searchParams.set('expires', 'never')),
      changed((url) => url.searchParams.set('signature', flipped(url.searchParams.get('signature')))),
      changed((url) => url.searchParams.set('signature', `${url.searchParams.get('signature')}=`)),
      changed((url) => url.searchParams.append('signature', 'x')),
      changed((url) => url.searchParams.delete('signature')),
      changed((url) => {
        url.search = ''
      }),
      changed((url) => {
        url.pathname = other.pathname
      }),
      changed((url) => {
        url.pathname = url.pathname.replace(/[^/]+$/, '..%2f..%2fsecret.key')
      }),
    ]
    for (const url of wrong) {
      const got = await download(url)
      assert.equal(got.status, 404, url)
      assert.equal(got.headers.get('content-type')?.split(';')[0], 'application/problem+json')
    }
  })
})

/** The names and bytes in a ZIP of files as they are, by its own directory. */
function unzipped(zip: Buffer): ReadonlyMap<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  const files = new Map<string, Buffer>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [size, name, extra, comment] = [20, 28, 30, 32].map((offset) =>
      offset === 20 ? zip.readUInt32LE(at + offset) : zip.readUInt16LE(at + offset),
    )
    const local = zip.readUInt32LE(at + 42)
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    files.set(zip.toString('utf8', at + 46, at + 46 + (name ?? 0)), zip.subarray(from, from + (size ?? 0)))
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0)
  }
  return files
}

describe('All files of a ticket', () => {
  test('come in one archive, those of notes only for who may read these', async () => {
    const id = await newTicket({ attachments: [await uploaded('native', 'First', 'naïve “日本”.txt')] })
    const note = { visibility: 'internal', text: 'See', attachments: [await uploaded('native', PNG, 'photo.png')] }
    assert.equal((await send('POST', `/v1/tickets/${id}/messages`, note)).status, 201)
    const load = async (caller: 'trusted' | 'limited') => {
      const headers = site.as('native', caller)
      const got = await fetch(`${world.url}/v1/tickets/${id}/attachments.zip`, { headers })
      assert.equal(got.status, 200)
      assert.equal(got.headers.get('content-type'), 'application/zip')
      assert.match(got.headers.get('content-disposition') ?? '', /^attachment; filename=ticket-\d+\.zip$/)
      const files = unzipped(Buffer.from(await got.arrayBuffer()))
      return Object.fromEntries([...files].map(([name, bytes]) => [name, bytes.toString('base64')]))
    }
    const first = { 'naïve “日本”.txt': Buffer.from('First').toString('base64') }
    assert.deepEqual(await load('trusted'), { ...first, 'photo.png': PNG.toString('base64') })
    assert.deepEqual(await load('limited'), first)
    assert.equal((await send('GET', `/v1/tickets/${randomUUID()}/attachments.zip`)).status, 404)
  })
})

describe('A PDF', () => {
  test('is shown in a frame of this server where that is asked for, and what is none is not', async () => {
    const pdf = await upload('native', '%PDF-1.4\n%EOF', 'bill.pdf')
    const shown = await download(`${pdf.json.url}&show`)
    assert.match(shown.headers.get('content-disposition') ?? '', /^inline; /)
    assert.equal(shown.headers.get('content-type'), 'application/pdf')
    assert.equal(shown.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'self'")
    const text = await upload('native', '<script>alert(1)</script>', 'page.html')
    for (const url of [pdf.json.url, `${text.json.url}&show`]) {
      const kept = await download(url)
      assert.match(kept.headers.get('content-disposition') ?? '', /^attachment; /)
      assert.equal(kept.headers.get('content-security-policy'), "default-src 'none'; sandbox")
    }
  })
})

describe('Deletion', () => {
  test('of a ticket erases its files', async () => {
    const url: string = (await upload('native', 'Gone', 'gone.txt')).json.url
    const file = new URL(url).pathname.split('/').at(-1) ?? ''
    const id = await newTicket({ attachments: [file] })
    assert.ok((await kept()).includes(file))
    assert.equal((await send('DELETE', `/v1/tickets/${id}`)).status, 204)
    assert.ok(!(await kept()).includes(file))
    assert.equal((await download(url)).status, 404)
    assert.equal((await rows.query('select 1 from attachments where id = $1', [file])).rowCount, 0)
  })

  test('of a comment: 204, then 404; nobody reads it any more, its words and files are nowhere', async () => {
    // Nobody is there to take it, so that what it is told waits.
    const webhook = await send('POST', '/v1/webhooks', { url: 'https://receiver.invalid/', events: ['*'] })
    assert.equal(webhook.status, 201, webhook.text)
    const id = await newTicket()
    const file = await uploaded('spacebring', 'Secret file', 'secret.txt')
    const activity = { ticketRef: id, text: 'Secret words xyzzy-plugh', attachments: [{ key: file }] }
    const key = { 'idempotency-key': crypto.randomUUID() }
    const comment = await send('POST', '/support/tickets/v1/comment', { activity }, key)
    const next = await send('POST', '/support/tickets/v1/comment', { activity: { ticketRef: id, text: 'Next' } })
    const path = `/support/tickets/v1/comment/${comment.json.activity.id}`
    const told = async (what: string) =>
      (await rows.query('select 1 from webhook_deliveries where body like $1', [`%${what}%`])).rowCount ?? 0
    await until('the comment to be told', async () => (await told('xyzzy-plugh')) > 0 && (await told('Next')) > 0)
    const before = (await send('GET', `/v1/tickets/${id}`)).json
    assert.equal((await send('DELETE', path)).status, 204)
    assert.equal(await told('xyzzy-plugh'), 0, 'at once')
    assert.equal((await send('DELETE', path)).status, 404)
    assert.ok((await told('Next')) > 0, 'what others said is still told')
    await until('the deletion to be told', async () => (await told('message.deleted')) > 0)

    const { activities, ticket } = (await send('GET', `/support/tickets/v1/${id}`)).json
    const comments = activities.filter(({ type }: { type: string }) => type === 'comment')
    assert.deepEqual(
      comments.map((each: { id: string }) => each.id),
      [next.json.activity.id],
    )
    assert.ok(ticket.updateDate > before.updated_at)
    const now = (await send('GET', `/v1/tickets/${id}`)).json
    assert.deepEqual(
      [now.version, now.status, now.latest_message_at, now.description],
      [before.version + 1, before.status, before.latest_message_at, 'Opening'],
    )
    const timeline = (await send('GET', `/v1/tickets/${id}/timeline`)).json.data
    const last = timeline.at(-1)
    assert.deepEqual([last.kind, last.message, last.after], ['message.deleted', null, null])
    assert.ok(!(await kept()).includes(file))
    const held = await rows.query<{ text: string }>(
      `select to_jsonb(m)::text as text from messages m union all select to_jsonb(e)::text from events e
       union all select to_jsonb(r)::text from claim_results r union all select to_jsonb(f)::text from attachments f
       union all select to_jsonb(t)::text from tickets t union all select to_jsonb(d)::text from webhook_deliveries d`,
    )
    for (const { text } of held.rows) assert.ok(!text.includes('xyzzy-plugh') && !text.includes('secret.txt'), text)
    // It was done, and is answered so; its words are gone.
    const again = await send('POST', '/support/tickets/v1/comment', { activity }, key)
    assert.equal(again.status, 201, again.text)
    assert.ok(!again.text.includes('xyzzy-plugh') && !again.text.includes('secret.txt'), again.text)
  })

  test('of a message is repeated with its key, and takes the opening one with the description', async () => {
    const id = await newTicket()
    const reply = await send('POST', `/v1/tickets/${id}/messages`, { text: 'Reply' })
    const messages = async () => (await send('GET', `/v1/tickets/${id}/messages`)).json.data
    const [opening] = await messages()
    // What opened the ticket is its description in this dialect, and no comment.
    assert.equal((await send('DELETE', `/support/tickets/v1/comment/${opening.id}`)).status, 404)
    const key = { 'idempotency-key': crypto.randomUUID() }
    const path = `/v1/tickets/${id}/messages/${opening.integer}`
    for (let nth = 0; nth < 2; nth++) assert.equal((await send('DELETE', path, undefined, key)).status, 204)
    assert.equal((await send('DELETE', path)).status, 404)
    assert.equal((await send('GET', `/v1/tickets/${id}`)).json.description, '')
    const { activities } = (await send('GET', `/support/tickets/v1/${id}`)).json
    assert.deepEqual(
      activities.filter(({ type }: { type: string }) => type === 'comment').map((each: { id: string }) => each.id),
      [reply.json.message.id],
    )
    const other = await newTicket()
    assert.equal((await send('DELETE', `/v1/tickets/${other}/messages/${reply.json.message.id}`)).status, 404)
    assert.equal((await send('DELETE', `/v1/tickets/${id}/messages/none`)).status, 404)
    assert.equal((await send('DELETE', `/support/tickets/v1/comment/${crypto.randomUUID()}`)).status, 404)
    assert.equal((await send('DELETE', '/support/tickets/v1/comment/none')).status, 400)
    assert.equal((await send('DELETE', `/support/tickets/v1/comment/${reply.json.message.id}`)).status, 204)
  })
})

describe('Files that no message has', () => {
  test('are so many of one person at the most; then an upload is refused until one is used, and leaves nothing', async () => {
    const small = await startWorld({ POLYDESK_UNUSED_FILES: '3', POLYDESK_UNUSED_FILES_MIB: '1' })
    try {
      const own = await makeSite(small, 'unused')
      for (const name of ['native', 'spacebring'] as const) {
        const put = (content: Uint8Array | string, headers = {}) =>
          small.send('POST', UPLOADS[name], { headers: { ...own.as(name), ...headers }, body: form(content, 'a.txt') })
        const key = { 'idempotency-key': crypto.randomUUID() }
        const first = await put('First', key)
        const answers = await Promise.all(Array.from({ length: 8 }, () => put('Another')))
        assert.deepEqual(answers.map(({ status }) => status).sort(), [
          201,
          201,
          ...Array.from({ length: 6 }, () => 409),
        ])
        const refused = answers.find(({ status }) => status === 409)?.json
        const told: string = name === 'native' ? refused.detail : refused.message
        assert.match(told, /Put them on messages; what no message takes is erased after a day/)
        assert.equal(name === 'native' ? refused.code : refused.type, 'conflict')
        const again = await put('First', key)
        assert.equal(again.status, 201, again.text)
        const idOf = ({ json }: Received): string => (name === 'native' ? json.id : json.attachment.key)
        assert.equal(idOf(again), idOf(first))
        const headers = own.as('native')
        const { json } = await small.send('POST', '/v1/tickets', { headers, body: { title: 'T', text: 'Text' } })
        const taken =
          name === 'native'
            ? await small.send('POST', `/v1/tickets/${json.id}/messages`, {
                headers,
                body: { attachments: [idOf(first)] },
              })
            : await small.send('POST', '/support/tickets/v1/comment', {
                headers: own.as(name),
                body: { activity: { ticketRef: json.id, attachments: [{ key: idOf(first) }] } },
              })
        assert.equal(taken.status, 201, taken.text)
        assert.equal((await put(Buffer.alloc(MIB, 'a'))).status, 409, 'too large beside the others')
        assert.equal((await put('Third')).status, 201)
      }
      const home = join(small.dataDir, 'files', 'kept')
      const tenants = await Promise.all((await readdir(home)).map((tenant) => readdir(join(home, tenant))))
      assert.equal(tenants.flat().length, 8)
    } finally {
      await small.stop()
    }
  })
})

describe('Erasing a person', () => {
  test('erases the files of their messages, and those they left unused', async () => {
    const made = await send('POST', '/v1/users', {
      name: 'Kim',
      email: 'kim@attachments.example',
      memberships: [{ desk: site.desk.id, role: 'customer' }],
    })
    assert.equal(made.status, 201, made.text)
    const person = made.json
    const id = await newTicket({
      requester: { id: person.id },
      attachments: [await uploaded('native', 'Kim’s', 'k.txt')],
    })
    const notes = [await uploaded('native', 'The desk’s', 'note.txt'), await uploaded('native', 'Unused', 'unused.txt')]
    await send('POST', `/v1/tickets/${id}/messages`, { text: 'Answer', attachments: [notes[0]] })
    await rows.query('update attachments set uploader_id = $1 where id = $2', [person.id, notes[1]])
    const [opening, answer] = (await send('GET', `/v1/tickets/${id}/messages`)).json.data
    assert.equal(opening.author.id, person.id)
    const file: string = opening.attachments[0].id
    assert.equal((await send('DELETE', `/v1/users/${person.id}`)).status, 204)
    const left = await kept()
    assert.deepEqual(
      [file, ...notes].map((each) => left.includes(each)),
      [false, true, false],
    )
    assert.equal((await download(opening.attachments[0].url)).status, 404)
    assert.equal((await download(answer.attachments[0].url)).status, 200)
    const after = (await send('GET', `/v1/tickets/${id}/messages`)).json.data
    assert.deepEqual(
      after.map((each: { attachments: object[] }) => each.attachments.length),
      [0, 1],
    )
  })
})

describe('Who may delete a message', () => {
  test('is its author, and who has message.delete; nobody else, and nobody without sight', async () => {
    const id = await newTicket({ requester: { id: site.requester.id } })
    const note = await send('POST', `/v1/tickets/${id}/messages`, { text: 'Note', visibility: 'internal' })
    const reply = await send('POST', `/v1/tickets/${id}/messages`, { text: 'Reply' })
    const limited = site.as('native', 'limited')
    const path = `/v1/tickets/${id}/messages/${reply.json.message.id}`
    assert.equal((await world.send('DELETE', path, { headers: limited })).status, 403)
    // Notes do not exist in the other dialect, for nobody.
    const comment = `/support/tickets/v1/comment/${note.json.message.id}`
    assert.equal((await send('DELETE', comment)).status, 404)
    const readonly = site.as('spacebring', 'limited')
    const theirs = `/support/tickets/v1/comment/${reply.json.message.id}`
    assert.equal((await world.send('DELETE', theirs, { headers: readonly })).status, 403)
    const stranger = await makeSite(world, 'stranger')
    assert.equal((await world.send('DELETE', theirs, { headers: stranger.as('spacebring') })).status, 404)
    assert.equal((await world.send('DELETE', path, { headers: stranger.as('native') })).status, 404)
    for (const each of [path, `/v1/tickets/${id}/messages/${note.json.message.integer}`])
      assert.equal((await send('DELETE', each)).status, 204)
  })
})

describe('Another tenant', () => {
  test('cannot put a file on its messages, nor get it by its own links', async () => {
    const stranger = await makeSite(world, 'foreign')
    const answer = await upload('native', 'Ours', 'ours.txt')
    const headers = stranger.as('native')
    const body = { title: 'T', attachments: [answer.json.id] }
    assert.equal((await world.send('POST', '/v1/tickets', { headers, body })).status, 400)
    await newTicket({ attachments: [answer.json.id] })
    const own = (await world.send('POST', '/v1/tickets', { headers, body: { title: 'T' } })).json
    const forward = { ticketID: own.integer, type: 1, message: 'Theirs', forwardedFileIDs: [answer.json.integer] }
    const asked = await world.send('POST', '/api/v2/message', { headers: stranger.as('omnidesk'), body: forward })
    assert.equal(asked.status, 400, asked.text)
    const url: string = answer.json.url
    assert.equal((await download(url.replace(site.tenantId, stranger.tenantId))).status, 404)
    assert.equal((await download(url)).status, 200)
  })
})

describe('A client that does not wait for its answer', () => {
  test('leaves nothing behind', async () => {
    const { host, hostname, port } = new URL(world.url)
    const head = '--x\r\ncontent-disposition: form-data; name="other"; filename="a.txt"\r\n\r\n'
    const body = `${head}${'a'.repeat(100_000)}\r\n--x--\r\n`
    for (let nth = 0; nth < 20; nth++) {
      const socket = connect(Number(port), hostname)
      await new Promise<void>((sent) => {
        const { authorization } = site.as('native')
        socket.write(
          `POST /v1/attachments HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${authorization}\r\n` +
            `content-type: multipart/form-data; boundary=x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
          () => sent(),
        )
      })
      await new Promise((next) => setTimeout(next, nth))
      socket.destroy()
    }
    // Some of them are still on their way in.
    await new Promise((next) => setTimeout(next, 300))
    await nothingIncoming()
  })
})

describe('The sweep', () => {
  test('erases what nobody used, what has no row, and what a crash left coming in; and nothing else', async () => {
    const unused = await uploaded('native', 'Unused', 'unused.txt')
    const used = await uploaded('native', 'Used', 'kept.txt')
    await newTicket({ attachments: [used] })
    const lost = await uploaded('native', 'Lost', 'lost.txt')
    await rows.query('delete from attachments where id = $1', [lost])
    const home = join(world.dataDir, 'files')
    const database = openDatabase({ connection: world.database.connection, checkRows: true })
    const files = {
      store: openDiskFiles(join(home, 'kept')),
      inbox: openInbox(join(home, 'incoming')),
      limits: { fileBytes: MIB, messageBytes: MIB, mediaTypes: [], unused: { files: 100, bytes: 100_000_000 } },
    }
    const left = await files.inbox.receive(
      (async function* () {
        yield Buffer.from('Left')
      })(),
    )
    try {
      const store = openStore(database, { files })
      await sweepFiles(store, new Date())
      for (const id of [unused, used, lost]) assert.ok((await kept()).includes(id), 'young ones stay')
      assert.equal(await readFile(left.path, 'utf8'), 'Left')
      await sweepFiles(store, new Date(Date.now() + 2 * HOUR_MS))
      assert.deepEqual(await incoming(), [])
      assert.deepEqual([(await kept()).includes(lost), (await kept()).includes(unused)], [false, true])
      await sweepFiles(store, new Date(Date.now() + 25 * HOUR_MS))
      assert.deepEqual([(await kept()).includes(unused), (await kept()).includes(used)], [false, true])
    } finally {
      await database.close()
    }
  })
})

describe('With a store that speaks S3', () => {
  test('files are there and not on disk; while it is away, callers are asked to come back', async () => {
    const s3 = await startS3()
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3.options
    const there = await startWorld({
      POLYDESK_S3_ENDPOINT: endpoint,
      POLYDESK_S3_REGION: region,
      POLYDESK_S3_BUCKET: bucket,
      POLYDESK_S3_ACCESS_KEY_ID: accessKeyId,
      POLYDESK_S3_SECRET_ACCESS_KEY: secretAccessKey,
    })
    try {
      const headers = { authorization: `Bearer ${there.value('POLYDESK_API_KEY')}` }
      const post = () => there.send('POST', '/v1/attachments', { headers, body: form(PNG, 'photo.png') })
      const sent = await post()
      assert.equal(sent.status, 201, sent.text)
      assert.deepEqual(
        [...s3.objects.values()].map(({ bytes }) => bytes),
        [PNG],
      )
      assert.deepEqual(await readdir(join(there.dataDir, 'files')), ['incoming'])
      const get = () => fetch(sent.json.url)
      assert.deepEqual(Buffer.from(await (await get()).arrayBuffer()), PNG)
      s3.failWith(500)
      for (const answer of [await post(), await get()]) {
        assert.equal(answer.status, 503)
        assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]/)
      }
      s3.failWith(null)
      const ticket = await there.send('POST', '/v1/tickets', {
        headers,
        body: { title: 'T', attachments: [sent.json.id] },
      })
      const [message] = (await there.send('GET', `/v1/tickets/${ticket.json.id}/messages`, { headers })).json.data
      const forwardedFileIDs = [message.attachments[0].integer]
      const forward = () =>
        there.send('POST', '/api/v2/message', {
          headers: { authorization: `apikey ${there.value('OMNIDESK_API_KEY')}` },
          body: { ticketID: ticket.json.integer, type: 1, message: 'See the photo', forwardedFileIDs },
        })
      s3.failCopies(true)
      const failed = await forward()
      assert.deepEqual([failed.status, s3.objects.size], [503, 1])
      assert.match(failed.headers.get('retry-after') ?? '', /^[1-9]/)
      s3.failCopies(false)
      assert.equal((await forward()).status, 200)
      assert.deepEqual(
        [...s3.objects.values()].map(({ bytes }) => bytes),
        [PNG, PNG],
      )
      assert.equal((await there.send('DELETE', `/v1/tickets/${ticket.json.id}`, { headers })).status, 204)
      assert.equal(s3.objects.size, 0)
      assert.deepEqual(s3.complaints, [])
    } finally {
      await there.stop()
      await s3.stop()
    }
  })
})

describe('A file that is passed on', () => {
  test('is shown in either dialect as one of its own, and goes with its own message', async () => {
    const [from, to] = [await newTicket(), await newTicket()]
    const path = `/v1/tickets/${from}/messages`
    const added = await send('POST', path, { attachments: [await uploaded('native', PNG, 'photo.png')] })
    const [file] = added.json.message.attachments
    const { integer } = (await send('GET', `/v1/tickets/${to}`)).json
    const body = { ticketID: integer, type: 1, message: 'See the photo', forwardedFileIDs: [file.integer] }
    const said = await world.send('POST', '/api/v2/message', { headers: site.as('omnidesk'), body })
    assert.equal(said.status, 200, said.text)
    const before = await kept()
    const [, passedOn] = (await send('GET', `/v1/tickets/${to}/messages`)).json.data
    const [copy] = passedOn.attachments
    const { id, integer: number, url, created_at, ...same } = copy
    assert.partialDeepStrictEqual(file, same)
    assert.ok(id !== file.id && number > file.integer && url !== file.url && created_at > file.created_at)
    const comments = (await send('GET', `/support/tickets/v1/${to}`)).json.activities.filter(
      ({ type }: { type: string }) => type === 'comment',
    )
    assert.equal(comments[0].data.attachments[0].key, id)
    assert.equal((await send('DELETE', `${path}/${added.json.message.id}`)).status, 204)
    assert.equal((await download(file.url)).status, 404)
    assert.deepEqual(Buffer.from(await (await download(url)).arrayBuffer()), PNG)
    assert.equal((await send('DELETE', `/v1/tickets/${to}/messages/${said.json.messageID}`)).status, 204)
    assert.equal((await download(url)).status, 404)
    assert.equal((await kept()).length, before.length - 2)
  })
})

describe('On a full disk', () => {
  test('an upload is asked to come back, and everything else goes on', async (t) => {
    const disk = await mkdtemp(join(tmpdir(), 'polydesk-disk-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      await rm(disk, { recursive: true })
      return t.skip('A small disk cannot be mounted by this user.')
    }
    const full = await startWorld({ POLYDESK_DATA_DIR: disk })
    try {
      const headers = { authorization: `Bearer ${(await quickstartOf(disk)).get('POLYDESK_API_KEY')}` }
      const others = join(disk, 'others')
      const body = () => form(Buffer.alloc(MIB, 'a'), 'large.txt')
      const refused = await until('an upload to be refused', async () => {
        // Somebody else fills the disk, also with what the reserve gives back meanwhile.
        await appendFile(others, Buffer.alloc(4 * MIB)).catch(demandFull)
        const answer = await full.send('POST', '/v1/attachments', { headers, body: body() })
        return answer.status === 201 ? undefined : answer
      })
      assert.equal(refused.status, 503, refused.text)
      assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]/)
      assert.deepEqual(await readdir(join(disk, 'files', 'incoming')).catch(() => []), [])
      assert.equal((await full.send('POST', '/v1/tickets', { headers, body: { title: 'T' } })).status, 201)
      await rm(others)
      await until('uploads to be taken again', async () => {
        const { status } = await full.send('POST', '/v1/attachments', { headers, body: form('small', 'small.txt') })
        return status === 201
      })
    } finally {
      await full.stop()
      execFileSync('umount', [disk])
      await rm(disk, { recursive: true })
    }
  })
})

function demandFull(error: unknown): void {
  assert.ok(error instanceof Error && 'code' in error && error.code === 'ENOSPC', String(error))
}

async function quickstartOf(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await readFile(join(dataDir, 'quickstart.env'), 'utf8')).split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}
