import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { type S3Double, startS3 } from '../../test/s3.ts'
import { StoreUnavailable } from './failures.ts'
import type { FileStore, Inbox } from './files.ts'
import { openDiskFiles } from './files-disk.ts'
import { openInbox } from './files-inbox.ts'
import { openS3Files, readListing } from './files-s3.ts'

let home: string
let inbox: Inbox
let s3: S3Double
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'polydesk-files-'))
  inbox = openInbox(join(home, 'incoming'))
  s3 = await startS3()
})
after(async () => {
  await s3?.stop()
  await rm(home, { recursive: true, force: true })
})

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

async function read(stream: Readable | null): Promise<Buffer | null> {
  return stream && Buffer.concat(await stream.toArray())
}

async function listed(store: FileStore, tenantId: string): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { id, since } of store.list(tenantId)) {
    assert.ok(Math.abs(since.getTime() - Date.now()) < 600_000)
    found.push(id)
  }
  return found.sort()
}

const STORES: readonly { readonly name: string; readonly open: () => FileStore }[] = [
  { name: 'on disk', open: () => openDiskFiles(join(home, 'kept')) },
  { name: 'in a store that speaks S3', open: () => openS3Files(s3.options) },
]

for (const { name, open } of STORES) {
  describe(`Files ${name}`, () => {
    test('are kept whole under their ids, listed for their tenant, and forgotten', async () => {
      const store = open()
      const [tenantId, other] = [randomUUID(), randomUUID()]
      const contents = Array.from({ length: 5 }, (_, nth) => randomBytes(nth * 300_000 + 1))
      const ids = contents.map(() => randomUUID())
      for (const [nth, content] of contents.entries()) {
        const file = await inbox.receive(chunks(content.subarray(0, 1), content.subarray(1)))
        assert.equal(file.size, content.length)
        assert.equal(file.sha256, createHash('sha256').update(content).digest('hex'))
        await store.keep({ tenantId, id: ids[nth] ?? '' }, file)
        await inbox.discard(file)
      }
      for (const [nth, content] of contents.entries())
        assert.deepEqual(await read(await store.open({ tenantId, id: ids[nth] ?? '' })), content)
      assert.deepEqual(await listed(store, tenantId), [...ids].sort())
      assert.deepEqual(await listed(store, other), [])
      assert.equal(await store.open({ tenantId: other, id: ids[0] ?? '' }), null)
      const [first = '', ...rest] = ids
      await store.remove([{ tenantId, id: first }])
      await store.remove([{ tenantId, id: first }])
      assert.equal(await store.open({ tenantId, id: first }), null)
      assert.deepEqual(await listed(store, tenantId), rest.sort())
      assert.deepEqual(await readdir(join(home, 'incoming')), [])
      assert.deepEqual(s3.complaints, [])
    })

    test('are copied under another id, and then go separate ways', async () => {
      const store = open()
      const [tenantId, other] = [randomUUID(), randomUUID()]
      const [id, copy, third] = [randomUUID(), randomUUID(), randomUUID()]
      const content = randomBytes(1_200_000)
      const file = await inbox.receive(chunks(content))
      await store.keep({ tenantId, id }, file)
      await inbox.discard(file)
      assert.equal(await store.copy({ tenantId, id }, copy), true)
      assert.deepEqual(await listed(store, tenantId), [id, copy].sort())
      await store.remove([{ tenantId, id }])
      assert.deepEqual(await read(await store.open({ tenantId, id: copy })), content)
      for (const gone of [
        { tenantId, id },
        { tenantId: other, id: copy },
      ])
        assert.equal(await store.copy(gone, third), false)
      assert.deepEqual([await listed(store, tenantId), await listed(store, other)], [[copy], []])
      assert.deepEqual(s3.complaints, [])
    })

    test('have no key that is no id', async () => {
      const store = open()
      const id = randomUUID()
      for (const wrong of ['..', '../../etc/passwd', '', `${id}/..`, id.toUpperCase(), `${id}\n`]) {
        await assert.rejects(async () => store.open({ tenantId: id, id: wrong }), /ids only/)
        await assert.rejects(async () => store.open({ tenantId: wrong, id }), /ids only/)
        await assert.rejects(async () => store.remove([{ tenantId: id, id: wrong }]), /ids only/)
        await assert.rejects(async () => store.copy({ tenantId: id, id: wrong }, id), /ids only/)
        await assert.rejects(async () => store.copy({ tenantId: id, id }, wrong), /ids only/)
      }
    })
  })
}

describe('A store that speaks S3', () => {
  test('that fails, refuses or is away is unavailable', async () => {
    const key = { tenantId: randomUUID(), id: randomUUID() }
    const file = await inbox.receive(chunks(Buffer.from('x')))
    const attempts = async (store: FileStore): Promise<void> => {
      await assert.rejects(store.keep(key, file), StoreUnavailable)
      await assert.rejects(store.open(key), StoreUnavailable)
      await assert.rejects(store.copy(key, randomUUID()), StoreUnavailable)
      await assert.rejects(store.remove([key]), StoreUnavailable)
      await assert.rejects(listed(store, key.tenantId), StoreUnavailable)
    }
    s3.failWith(503)
    await attempts(openS3Files(s3.options))
    s3.failWith(null)
    await attempts(openS3Files({ ...s3.options, secretAccessKey: 'another' }))
    assert.ok(s3.complaints.splice(0).every((each) => each === 'The signature is another.'))
    await attempts(openS3Files({ ...s3.options, endpoint: 'http://127.0.0.1:9' }))
    await inbox.discard(file)
  })

  test('is not sent other bytes than came in', async () => {
    const file = await inbox.receive(chunks(Buffer.from('right')))
    await writeFile(file.path, 'wrong')
    const keeping = openS3Files(s3.options).keep({ tenantId: randomUUID(), id: randomUUID() }, file)
    await assert.rejects(keeping, StoreUnavailable)
    assert.deepEqual(s3.complaints.splice(0), ['The bytes are not those that were signed.'])
    await inbox.discard(file)
  })

  test('that fails in the middle of a copy has made none', async () => {
    const store = openS3Files(s3.options)
    const key = { tenantId: randomUUID(), id: randomUUID() }
    const file = await inbox.receive(chunks(Buffer.from('x')))
    await store.keep(key, file)
    await inbox.discard(file)
    s3.failCopies(true)
    await assert.rejects(store.copy(key, randomUUID()), StoreUnavailable)
    s3.failCopies(false)
    assert.deepEqual(await listed(store, key.tenantId), [key.id])
  })

  test('that breaks off in the middle of its answer is unavailable, and no failure of ours', async (t) => {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(200, { 'content-length': 1_000 }).write('<CopyObjectResult>', () => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const address = server.address()
    assert.ok(typeof address === 'object' && address)
    const store = openS3Files({ ...s3.options, endpoint: `http://127.0.0.1:${address.port}` })
    await assert.rejects(store.copy({ tenantId: randomUUID(), id: randomUUID() }, randomUUID()), StoreUnavailable)
    await assert.rejects(listed(store, randomUUID()), StoreUnavailable)
  })

  test('may answer a listing of nothing, or one that makes no sense', () => {
    assert.deepEqual(readListing('<ListBucketResult></ListBucketResult>'), { files: [], next: null })
    assert.deepEqual(readListing('<Contents><Key>a</Key></Contents>garbage'), { files: [], next: null })
  })
})

describe('What comes in', () => {
  test('leaves nothing behind when it breaks off', async () => {
    const breaking = (async function* () {
      yield Buffer.from('some')
      throw new Error('cut off')
    })()
    await assert.rejects(inbox.receive(breaking), /cut off/)
    assert.deepEqual(await readdir(join(home, 'incoming')), [])
  })

  test('is for the eyes of the server alone', async () => {
    const file = await inbox.receive(chunks(Buffer.from('x')))
    const modes = await Promise.all([stat(file.path), stat(join(home, 'incoming'))])
    if (process.platform !== 'win32')
      assert.deepEqual(
        modes.map(({ mode }) => mode & 0o777),
        [0o600, 0o700],
      )
    await inbox.discard(file)
  })

  test('on a full disk is refused as unavailable, and leaves nothing', async (t) => {
    const small = join(home, 'small')
    try {
      await inbox.sweep(new Date(0))
      execFileSync('mkdir', [small])
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], { stdio: 'ignore' })
    } catch {
      return t.skip('A small disk cannot be mounted by this user.')
    }
    try {
      const tiny = openInbox(small)
      await assert.rejects(tiny.receive(chunks(randomBytes(50_000), randomBytes(50_000))), StoreUnavailable)
      assert.deepEqual(await readdir(small), [])
    } finally {
      execFileSync('umount', [small])
    }
  })
})
